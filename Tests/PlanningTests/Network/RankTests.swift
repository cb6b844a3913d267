import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Who gets a day's labour, or what lies where they can be sent from, when there is not enough for all.
@Suite struct RankTests {
  private static let small = RoutedShop.network(
    nodes: [("east", "labour_capacity: 10\n")], ways: [("east", "north", "4")])
  private static let second =
    "---\nkind: AllocationTier\nname: two\nrank: 2\n"
    + "---\nkind: Channel\nname: late\ntype: dtc\ntier: two\n"

  /// Days on each of which one new order wants all labour, for a unit's price that is better by the parcel.
  private static func days(_ shop: RoutedShop, _ count: Int, before order: OrderID, channel: String = "web") throws
    -> Int?
  {
    for day in 1...count {
      shop.now = shop.now + .day
      try shop.place("new\(day)", [("A", 10)], channel: channel)
      try shop.apply()
      if try shop.places(order)["-"] == nil { return day }
    }
    return nil
  }

  /// Small orders are dearer by the unit, and go all the same when it is their turn.
  @Test(arguments: [
    ("", "web", 900), ("", "late", 0), ("split: by_line\n", "web", 0), ("ship_complete: true\n", "web", 0),
  ])
  func nobodyWaitsForEver(profile: String, others: String, priority: Int64) throws {
    let network = RoutedShop.network(
      nodes: [("east", "labour_capacity: 10\n")], ways: [("east", "north", "4")], profile: profile)
    let shop = try RoutedShop(network + Self.second, stock: [("A", "east", 900)])
    try shop.place("first", [("A", 10)])
    try shop.apply()
    try shop.place("old", [("A", 5)], priority: priority)
    try shop.apply(.dirty)
    #expect(try shop.places("old") == ["-": 5])
    #expect(try Self.days(shop, 4, before: "old", channel: others) == 1)
    // What is left of the day goes to who comes next.
    #expect(try shop.places("new1") == (profile.isEmpty ? ["east": 5, "-": 5] : ["-": 10]))
  }

  /// Tier before priority before age; who holds a day's labour keeps it.
  @Test func theRankIsTierThenPriorityThenAge() throws {
    let shop = try RoutedShop(Self.small + Self.second, stock: [("A", "east", 900)])
    try shop.place("holds", [("A", 10)], channel: "late")
    try shop.apply()
    try shop.place("d", [("A", 10)], channel: "late", priority: 9)
    shop.now = shop.now + .day
    try shop.place("c", [("A", 10)])
    shop.now = shop.now + .day
    try shop.place("b", [("A", 10)])
    try shop.place("a", [("A", 10)], priority: 1)
    try shop.apply()
    #expect(try shop.places("holds") == ["east": 10])
    for order in ["a", "c", "b", "d"] as [OrderID] {
      #expect(try shop.places(order) == ["east": 10], "\(order)")
      shop.now = shop.now + .day
      try shop.apply()
    }
  }

  /// A day is one of the channel's clocks: at two in the morning of UTC it is the evening before in Los Angeles, so that an
  /// order goes before one that is placed earlier, on the day after by its own clocks, and would be cheaper by the unit.
  @Test(arguments: [("America/Los_Angeles", 5), ("UTC", 0)] as [(String, Quantity)])
  func daysAreThoseOfTheChannel(zone: String, units: Quantity) throws {
    let far = "---\nkind: Channel\nname: far\ntype: dtc\ntier: one\ntime_zone: \(zone)\n"
    let shop = try RoutedShop(Self.small + far, stock: [("A", "east", 900)])
    shop.now = try #require(Instant("2026-11-25T01:00:00Z"))
    try shop.place("near", [("A", 10)])
    shop.now = shop.now + .hour
    try shop.place("far", [("A", 5)], channel: "far")
    try shop.apply()
    #expect(try shop.places("far")["east"] ?? 0 == units)
    #expect(try shop.places("near")["east"] == 10 - units)
  }

  /// What was promised and lost its way goes before what was placed later and promised nothing, though that day of the one is
  /// of delivery and that of the other of its order.
  @Test func whatWasPromisedGoesFirst() throws {
    func network(_ post: String) -> String {
      RoutedShop.network(
        nodes: [("east", ""), ("west", "")], ways: [("east", "north", "4")], carrier: post)
        + "---\nkind: Carrier\nname: low\n---\nkind: Lane\nname: west-north\nnode: west\nto: north\ncarrier: low\n"
        + "transit: 2d\nparcel_cost: 5\n"
    }
    let shop = try RoutedShop(network("active"), stock: [("A", "east", 5), ("A", "west", 1)])
    try shop.place("z-early", [("A", 1)])
    try shop.apply()
    try #require(try shop.places("z-early") == ["east": 1])
    shop.now = shop.now + .hour
    try shop.place("a-later", [("A", 1)])
    shop.state = try RoutedShop.state(network("disrupted"))
    try shop.apply()
    #expect(try shop.places("z-early") == ["west": 1])
    #expect(try shop.places("a-later") == ["-": 1])
  }

  /// As long as there is enough for all, ranks cost nothing: who pays most for the dear way does not take it first.
  @Test func whereLabourSufficesOnlyTheCostCounts() throws {
    let network = RoutedShop.network(
      nodes: [("east", "labour_capacity: 10\n"), ("west", "")],
      ways: [("east", "north", "1"), ("west", "north", "2"), ("east", "south", "1"), ("west", "south", "50")])
    let shop = try RoutedShop(network, stock: [("A", "east", 10), ("A", "west", 10)])
    try shop.place("low", [("A", 10)], to: "south")
    try shop.place("high", [("A", 10)], priority: 5)
    try shop.apply()
    #expect(try shop.places("low") == ["east": 10] && shop.places("high") == ["west": 10])
  }

  /// Whatever is routed: with all that orders of lower rank got, units and labour, no order that waits could leave.
  @Test(arguments: 0..<16) func nobodyGetsWhatAHigherRankCouldUse(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func pick<Element>(_ elements: [Element]) -> Element {
      elements[Int.random(in: 0..<elements.count, using: &random)]
    }
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    let nodes = ["east", "north", "west"]
    var ways: [(String, String, String)] = []
    for node in nodes {
      for region in ["a", "b"] where number(0...9) < 7 { ways.append((node, region, "\(number(1...9))")) }
    }
    let profile =
      pick(["", "", "split: by_line\n", "split: none\n"]) + pick(["", "", "ship_complete: true\n"])
      + pick(["", "max_parcels: 1\n"]) + pick(["", "deliver_within: 1d\nlate: refused\n"])
    let network = RoutedShop.network(
      nodes: nodes.map { ($0, pick(["", "labour_capacity: \(number(3...14))\n", "labour_capacity: 5\n"])) },
      ways: ways + [("east", "a", "5")].filter { lane in !ways.contains { $0.0 == lane.0 && $0.1 == lane.1 } },
      profile: profile)
    let skus: [SKU] = ["A", "B"]
    let shop = try RoutedShop(
      network + Self.second, stock: skus.flatMap { sku in nodes.map { (sku, NodeID($0), number(0...30)) } })
    for day in 0..<2 {
      for order in 0..<number(2...4) {
        try shop.place(
          "o\(day)\(order)", (0..<number(1...2)).map { _ in (pick(skus), number(1...9)) }, to: pick(["a", "b"]),
          channel: pick(["web", "late"]), priority: pick([0, 0, 7]))
        shop.now = shop.now + TimeSpan(milliseconds: number(0...20) * 3_600_000)
      }
      try check(shop, "seed \(seed), day \(day)")
      try shop.apply()
    }
  }

  private func check(_ shop: RoutedShop, _ place: String) throws {
    let policy = Policy(shop.state, at: shop.now)
    let (_, planner) = try Plan.actions(of: policy, on: shop.store.snapshot(.all), now: shop.now)
    var router = OrderRouter(planner)
    router.gather()
    let ranks = Dictionary(uniqueKeysWithValues: router.orders.map { ($0.id, router.rank($0)) })
    router.routeByRank()
    for (index, order) in router.orders.enumerated() where order.isDue {
      let rank = try #require(ranks[order.id])
      var alone = router
      for (id, decision) in router.decisions where try #require(ranks[id]) > rank {
        for parcel in decision.parcels { alone.giveBack(parcel) }
      }
      let mayLeave = alone.routeOnce([index], readyAt: order.ready(from: router.start), effort: .standard)
      #expect(!mayLeave, "\(order.id) of \(rank) waits with \(order.rest) at \(place)")
    }
  }
}

extension OrderRouter {
  fileprivate mutating func giveBack(_ parcel: RouteDecision.Parcel) {
    load[LoadKey(node: parcel.node, day: parcel.workDay), default: 0] -= parcel.units
    for line in parcel.lines {
      guard let item = snapshot.items.sku.firstIndex(of: line.sku), let location = locations.firstIndex(of: parcel.node)
      else { continue }
      stock[StockKey(item: Int32(item), location: location), default: 0] += line.units
    }
  }
}
