import Operations
import TestSupport
import Testing

@testable import Planning

/// Orders that share stock and capacity.
@Suite struct BatchRoutingTests {
  @Test(arguments: 0..<60 as Range<UInt64>) func findsWhatTryingEverythingFinds(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let problem = RoutingWorld.random(&random, orders: 3, locations: 1...3, lines: 1...2, quantity: 1...2)
    let result = route(problem)
    expectKeepsTheRules(result, of: problem, "seed \(seed)")
    #expect(result.isProved, "seed \(seed)")
    #expect(result.cost == BruteForce(problem: problem).leastCost(), "seed \(seed)")
  }

  /// The first order would take the last unit where it is nearest, and the second has nowhere else to go.
  @Test func anOrderMakesRoomForAnother() {
    let problem = RoutingProblem(
      locations: [RoutingLocation(id: "near"), RoutingLocation(id: "far")],
      stock: [RoutingStock(location: 0, item: 0, units: 1), RoutingStock(location: 1, item: 0, units: 1)],
      orders: [
        Self.order("a", [(0, 100), (1, 150)]), Self.order("b", [(0, 100)]),
      ])
    #expect(route(problem, effort: .none).cost == 1100)
    let result = route(problem)
    #expect(result.cost == 250 && result.isProved)
    #expect(result.routes.map { $0.shipments.map(\.location) } == [[1], [0]])
    #expect(result.routes[0].binding == [.stock(location: 0, item: 0)])
  }

  @Test func capacityIsSharedAsStockIs() {
    var problem = RoutingProblem(
      locations: [RoutingLocation(id: "near", shipmentCapacity: 1), RoutingLocation(id: "far", unitCapacity: 1)],
      stock: [RoutingStock(location: 0, item: 0, units: 9), RoutingStock(location: 1, item: 0, units: 9)],
      orders: [
        Self.order("a", [(0, 100), (1, 150)]), Self.order("b", [(0, 100), (1, 300)]),
        Self.order("c", [(0, 100), (1, 900)]),
      ])
    let result = route(problem)
    expectKeepsTheRules(result, of: problem, "both full")
    #expect(result.cost == 100 + 150 + 1000 && result.isProved)
    problem.locations[0].shipmentCapacity = 0
    problem.locations[1].unitCapacity = 0
    let closed = route(problem)
    #expect(closed.cost == 3000 && closed.routes.allSatisfy { $0.candidates == [.noCapacity, .noCapacity] })
  }

  /// Many orders are proved where only two each are in each other's way.
  @Test func aBatchThatFallsApartIsProved() {
    let pairs: Range<Int32> = 0..<20
    let problem = RoutingProblem(
      locations: [RoutingLocation(id: "near"), RoutingLocation(id: "far")],
      stock: pairs.flatMap { item in (0..<2).map { RoutingStock(location: $0, item: item, units: 1) } },
      orders: pairs.flatMap { item in
        [Self.order(OrderID("a\(item)"), [(0, 100), (1, 150)]), Self.order(OrderID("b\(item)"), [(0, 100)])].map {
          order in
          var order = order
          order.lines[0].item = item
          return order
        }
      })
    let result = route(problem)
    expectKeepsTheRules(result, of: problem, "pairs")
    #expect(result.isProved && result.cost == 20 * 250)
  }

  static func order(_ id: OrderID, _ options: [(location: Int, fixed: Int64)]) -> RoutingOrder {
    RoutingOrder(
      id: id, lines: [RoutingLine(item: 0, quantity: 1, unfilledPenalty: 1000)],
      options: options.map { RoutingOption(location: $0.location, fixed: $0.fixed, unitCosts: [0]) })
  }

  /// Equal inputs give equal routes, in whatever order they stand.
  @Test(arguments: 0..<20 as Range<UInt64>) func theOrderOfTheInputDoesNotMatter(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let problem = RoutingWorld.random(&random, orders: Int.random(in: 2...30, using: &random))
    let effort = RoutingEffort(rounds: 300)
    let expected = route(problem, effort: effort, explains: false)
    expectKeepsTheRules(expected, of: problem, "seed \(seed)")
    let orders = problem.orders.indices.shuffled(using: &random)
    let places = problem.locations.indices.shuffled(using: &random)
    var shuffled = problem
    shuffled.locations = places.map { problem.locations[$0] }
    shuffled.stock = problem.stock.shuffled(using: &random).map { row in
      RoutingStock(location: places.firstIndex(of: row.location) ?? 0, item: row.item, units: row.units)
    }
    shuffled.orders = orders.map { index in
      var order = problem.orders[index]
      order.options = order.options.shuffled(using: &random).map { option in
        var option = option
        option.location = places.firstIndex(of: option.location) ?? 0
        return option
      }
      return order
    }
    let result = route(shuffled, effort: effort, explains: false)
    #expect(result.cost == expected.cost, "seed \(seed)")
    for (position, index) in orders.enumerated() {
      let shipments = result.routes[position].shipments.map { [$0.line, places[$0.location], $0.service] }
      #expect(shipments == expected.routes[index].shipments.map { [$0.line, $0.location, $0.service] }, "seed \(seed)")
    }
  }

  /// More work never makes a batch dearer than routing its orders one after the other.
  @Test(arguments: 0..<10 as Range<UInt64>) func improvingImproves(seed: UInt64) {
    var random = SplitMix64(seed: seed + 700)
    let problem = RoutingWorld.random(&random, orders: 25, locations: 3...5)
    let sequence = route(problem, effort: .none, explains: false)
    let better = route(problem, effort: RoutingEffort(rounds: 400), explains: false)
    expectKeepsTheRules(sequence, of: problem, "seed \(seed)")
    expectKeepsTheRules(better, of: problem, "seed \(seed)")
    #expect(better.cost <= sequence.cost, "seed \(seed)")
  }
}
