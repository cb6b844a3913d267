import Operations
import TestSupport
import Testing

@testable import Planning

/// One order, routed exactly.
@Suite struct OrderRoutingTests {
  /// domain.md §3, vector 1: three near stores hold one item each, the distribution centre all of them.
  @Test func oneParcelBeatsThreeNearOnes() {
    let problem = RoutingWorld.order(
      items: 3,
      [
        ("s1", 400, 50, [0]), ("s2", 420, 50, [1]), ("s3", 440, 50, [2]), ("dc", 600, 90, [0, 1, 2]),
      ])
    let result = route(problem)
    #expect(result.cost == 870 && result.isProved)
    #expect(result.routes[0].parcels == 1)
    #expect(Set(result.routes[0].shipments.map(\.location)) == [3])
    // Without the centre the three stores are the only way.
    #expect(result.routes[0].runnerUp == RoutingRunnerUp(locations: [0, 1, 2], cost: 1410))
  }

  /// domain.md §3, vector 2, one unit of each: X and W share the order with Y and Z; the ids break the tie.
  @Test func idsBreakATie() {
    let problem = RoutingWorld.order(
      items: 4,
      [("x", 500, 100, [0, 1]), ("y", 500, 100, [0, 2]), ("z", 500, 100, [1, 3]), ("w", 500, 100, [2, 3])])
    let result = route(problem)
    #expect(result.cost == 1400 && result.isProved)
    #expect(Set(result.routes[0].shipments.map(\.location)) == [0, 3], "w and x before y and z")
    #expect(result.routes[0].runnerUp == RoutingRunnerUp(locations: [1, 2], cost: 1400))
  }

  @Test func rankGoesBeforeIdAndThePromiseBeforeBoth() {
    var problem = RoutingWorld.order(items: 1, [("a", 500, 100, [0]), ("b", 500, 100, [0]), ("c", 500, 100, [0])])
    #expect(route(problem).routes[0].shipments.map(\.location) == [0])
    problem.locations[0].rank = 5
    #expect(route(problem).routes[0].shipments.map(\.location) == [1])
    problem.orders[0].options[1].promised = Instant(milliseconds: 9)
    problem.orders[0].options[0].promised = Instant(milliseconds: 9)
    problem.orders[0].options[2].promised = Instant(milliseconds: 8)
    #expect(route(problem).routes[0].shipments.map(\.location) == [2])
  }

  /// Cost, and among equals what the tie-break of domain.md §3 says.
  @Test(arguments: 0..<15 as Range<UInt64>) func findsWhatTryingEverythingFinds(group: UInt64) {
    for seed in (group * 100)..<(group * 100 + 100) {
      var random = SplitMix64(seed: seed)
      let problem = RoutingWorld.random(&random, orders: 1)
      let result = route(problem)
      expectKeepsTheRules(result, of: problem, "seed \(seed)")
      let best = BruteForce(problem: problem).best(problem.orders[0])
      let chosen = Set(result.routes[0].shipments.map(\.location)).map { BruteForce.Place(problem.locations[$0]) }
      #expect(result.cost == best.cost && result.isProved, "seed \(seed)")
      #expect(result.routes[0].parcels == best.parcels, "seed \(seed)")
      #expect(chosen.sorted() == best.places, "seed \(seed)")
    }
  }

  /// The runner-up against the best answer that lacks one of the chosen locations.
  @Test(arguments: 0..<300 as Range<UInt64>) func theRunnerUpIsTheNextBest(seed: UInt64) {
    var random = SplitMix64(seed: seed + 5000)
    let problem = RoutingWorld.random(&random, orders: 1, locations: 2...4)
    let result = route(problem).routes[0]
    let (order, chosen) = (problem.orders[0], Set(result.shipments.map(\.location)))
    let others = BruteForce(problem: problem).answers(order, BruteForce.Left(problem)).filter { answer in
      let places = Set(answer.parts.keys.map { order.options[$0].location })
      return chosen.isEmpty ? !places.isEmpty : !chosen.isSubset(of: places)
    }
    // Shipping at a loss is no alternative to shipping nothing, so that one is not looked for.
    if !chosen.isEmpty { #expect(result.runnerUp?.cost == others.map(\.cost).min(), "seed \(seed)") }
  }

  /// What a location lacks binds where the order would be cheaper if there were enough of it, and nowhere else.
  @Test(arguments: 0..<400 as Range<UInt64>) func whatBindsIsWhatWouldMakeItCheaper(seed: UInt64) {
    var random = SplitMix64(seed: seed + 7000)
    let problem = RoutingWorld.random(&random, orders: 1, locations: 2...4)
    let (order, cost) = (problem.orders[0], route(problem, explains: false).cost)
    let binding = route(problem).routes[0].binding
    for (location, limits) in problem.locations.enumerated() {
      func isCheaper(_ change: (inout RoutingProblem) -> Void) -> Bool {
        var lifted = problem
        change(&lifted)
        return route(lifted, explains: false).cost < cost
      }
      let stocked = isCheaper { lifted in
        lifted.stock += order.lines.map { RoutingStock(location: location, item: $0.item, units: $0.quantity) }
      }
      let namesStock = binding.contains { if case .stock(location, _) = $0 { true } else { false } }
      #expect(namesStock == stocked, "stock of \(location), seed \(seed)")
      if limits.unitCapacity != nil {
        let isFaster = isCheaper { $0.locations[location].unitCapacity = nil }
        #expect(binding.contains(.unitCapacity(location: location)) == isFaster, "units of \(location), seed \(seed)")
      }
      guard limits.shipmentCapacity == 0 else { continue }
      let isOpen = isCheaper { $0.locations[location].shipmentCapacity = 1 }
      #expect(binding.contains(.shipmentCapacity(location: location)) == isOpen, "parcels of \(location), seed \(seed)")
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func moreStockNeverCostsMore(seed: UInt64) {
    var random = SplitMix64(seed: seed + 9000)
    var problem = RoutingWorld.random(&random, orders: 1, locations: 2...6, lines: 1...4, quantity: 1...5)
    var last = route(problem, explains: false).cost
    for _ in 0..<8 {
      let location = Int.random(in: 0..<problem.locations.count, using: &random)
      problem.stock.append(
        RoutingStock(location: location, item: Int32.random(in: 0..<4, using: &random), units: 1))
      let next = route(problem, explains: false).cost
      #expect(next <= last, "seed \(seed)")
      last = next
    }
  }
}
