import Operations
import TestSupport
import Testing

@testable import Planning

/// Input at the edges: large, empty or contradictory. Each gives an answer that keeps the rules.
@Suite struct HostileRoutingTests {
  @Test(arguments: [SplitMode.any, .none]) func anOrderWithTenThousandLines(split: SplitMode) {
    var random = SplitMix64(seed: 4)
    let lines = 10_000
    let problem = RoutingProblem(
      locations: (0..<30).map { RoutingLocation(id: NodeID("n\($0)"), unitCapacity: $0 < 20 ? 6000 : nil) },
      stock: (0..<30).flatMap { location in
        (0..<(lines / 2)).map { _ in
          RoutingStock(
            location: location, item: Int32.random(in: 0..<Int32(lines), using: &random),
            units: Quantity.random(in: 1...4, using: &random))
        }
      },
      orders: [
        RoutingOrder(
          id: "huge",
          lines: (0..<lines).map {
            RoutingLine(item: Int32($0), quantity: 1 + Quantity($0 % 3), unfilledPenalty: 3000)
          },
          options: (0..<30).map { location in
            RoutingOption(
              location: location, fixed: 500,
              unitCosts: (0..<lines).map { _ in Int64.random(in: 20...200, using: &random) })
          }, split: split, splitPenalty: 300)
      ])
    let result = route(problem)
    expectKeepsTheRules(result, of: problem, "\(split)")
    #expect(result.routes[0].parcels > (split == .none ? 0 : 10) && !result.routes[0].isTooLarge)
    #expect(result.isProved == (split == .none))
  }

  @Test(arguments: SplitMode.allCases, [false, true]) func anOrderForATrillionUnits(split: SplitMode, complete: Bool) {
    let units = Limits.quantity
    func order(_ id: OrderID, _ quantity: Quantity) -> RoutingOrder {
      RoutingOrder(
        id: id, lines: [RoutingLine(item: 0, quantity: quantity, unfilledPenalty: 300)],
        options: (0..<3).map { RoutingOption(location: $0, fixed: 500, unitCosts: [Int64(20 + $0)]) }, split: split,
        shipsComplete: complete)
    }
    let problem = RoutingProblem(
      locations: (0..<3).map { RoutingLocation(id: NodeID("n\($0)"), unitCapacity: $0 == 1 ? units / 2 : nil) },
      stock: (0..<3).map { RoutingStock(location: $0, item: 0, units: units - 1) },
      orders: [order("a", units), order("b", 5)])
    let result = route(problem)
    expectKeepsTheRules(result, of: problem, "\(split) \(complete)")
    #expect(result.routes.allSatisfy { $0.isProved })
    // The last unit costs a parcel more, or the whole order.
    let isAll = complete && split == .any
    let unfilled = isAll ? 0 : complete ? units : 1
    #expect(result.routes[0].unfilled(line: 0, of: units) == (split == .byLine ? units : unfilled))
  }

  /// Units and money of very different sizes in one batch: no sum overflows, and the rules are kept.
  @Test(arguments: 0..<150 as Range<UInt64>) func amountsOfEverySize(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var problem = RoutingWorld.random(&random, orders: Int.random(in: 2...14, using: &random), locations: 2...5)
    let powers: [Int64] = [1, 1, 1000, 1_000_000, 1_000_000_000, 300_000_000_000]
    func scale() -> Int64 { powers.randomElement(using: &random) ?? 1 }
    for index in problem.stock.indices { problem.stock[index].units *= scale() }
    for index in problem.locations.indices {
      problem.locations[index].unitCapacity = problem.locations[index].unitCapacity.map { $0 * scale() }
    }
    for order in problem.orders.indices {
      for line in problem.orders[order].lines.indices {
        problem.orders[order].lines[line].quantity *= scale()
        problem.orders[order].lines[line].unfilledPenalty *= scale()
      }
      for option in problem.orders[order].options.indices { problem.orders[order].options[option].fixed *= scale() }
    }
    let result = route(problem, effort: RoutingEffort(rounds: 200))
    expectKeepsTheRules(result, of: problem, "seed \(seed)")
  }

  /// Amounts beyond 64 bits are said, and never computed wrongly.
  @Test func amountsThatDoNotFitAreRefused() {
    var problem = RoutingWorld.order(items: 1, penalty: Limits.money, [("a", 1, 1, [0])])
    problem.orders[0].lines[0].quantity = Limits.quantity
    problem.orders.append(BatchRoutingTests.order("z", [(0, 100)]))
    let result = route(problem)
    #expect(result.routes[0].isTooLarge && !result.routes[0].isProved && result.routes[0].shipments.isEmpty)
    #expect(result.routes[1].shipments.count == 1 && result.routes[1].isProved)
    #expect(!result.isProved)
  }

  @Test func nothingToRouteIsRouted() {
    #expect(route(RoutingProblem(locations: [], stock: [], orders: [])).routes.isEmpty)
    var empty = BatchRoutingTests.order("o", [])
    #expect(route(RoutingProblem(locations: [], stock: [], orders: [empty])).cost == 1000)
    empty.lines = []
    let result = route(RoutingProblem(locations: [], stock: [], orders: [empty, empty]))
    #expect(result.cost == 0 && result.isProved && result.routes.count == 2)
  }

  @Test func everyOptionSaysWhyItIsNotUsed() {
    var problem = RoutingWorld.order(
      items: 1,
      [
        ("best", 100, 10, [0]), ("closed", 1, 1, [0]), ("dear", 90, 90, [0]), ("empty", 1, 1, []), ("full", 1, 1, [0]),
        ("worse", 200, 20, [0]),
      ])
    problem.orders[0].options[1].closure = .carrierDown
    problem.locations[4].unitCapacity = 0
    let order = route(problem).routes[0]
    #expect(
      order.candidates == [
        .chosen, .closed(.carrierDown), .dearer(alone: 180), .noStock, .noCapacity, .dominated(by: 0),
      ])
    #expect(order.binding == [.stock(location: 3, item: 0), .unitCapacity(location: 4)])
    #expect(order.runnerUp == RoutingRunnerUp(locations: [2], cost: 180))
  }

  @Test func rulesThatBindAreNamed() {
    // Two stores together cost 1000; the centre has everything and costs 1500.
    func problem(_ change: (inout RoutingOrder) -> Void) -> RoutingProblem {
      var problem = RoutingWorld.order(
        items: 2, [("s1", 500, 0, [0]), ("s2", 500, 0, [1]), ("dc", 1500, 0, [0, 1])])
      change(&problem.orders[0])
      return problem
    }
    #expect(route(problem { _ in }).routes[0].binding.contains(.parcelLimit) == false)
    let limited = route(problem { $0.parcelLimit = 1 }).routes[0]
    #expect(limited.terms.total == 1500 && limited.binding.contains(.parcelLimit))
    let single = route(problem { $0.split = .none }).routes[0]
    #expect(single.terms.total == 1500 && single.binding.contains(.splitMode))
    let valued = route(
      problem {
        $0.splitThreshold = 50
        $0.lines[0].unitValue = 60
        $0.lines[1].unitValue = 40
      }
    ).routes[0]
    #expect(valued.terms.total == 1500 && valued.binding.contains(.splitThreshold))
    let complete = route(
      problem {
        $0.shipsComplete = true
        $0.lines.append(RoutingLine(item: 7, quantity: 1, unfilledPenalty: 5))
        for index in $0.options.indices { $0.options[index].unitCosts.append(0) }
      }
    ).routes[0]
    #expect(complete.shipments.isEmpty && complete.binding.contains(.shipComplete))
  }
}
