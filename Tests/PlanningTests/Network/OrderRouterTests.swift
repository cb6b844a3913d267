import ActualState
import Operations
import Testing

@testable import Planning

/// Orders onto nodes: from events through a plan to claims that stand there.
@Suite struct OrderRouterTests {
  private static let two = RoutedShop.network(
    nodes: [("east", ""), ("west", "")], ways: [("east", "north", "4.00"), ("west", "north", "5.00")])

  @Test func anOrderGoesToTheCheapestNodeAndItsPromiseIsThatOfTheLane() throws {
    let shop = try RoutedShop(Self.two, stock: [("A", "east", 5), ("A", "west", 5)])
    try shop.apply()
    try shop.place("o", [("A", 2)])
    let before = try #require(try shop.store.item("A")).shared
    let plan = try shop.apply(.dirty)
    #expect(try shop.places("o") == ["east": 2])
    #expect(try #require(try shop.store.item("A")).shared == before)
    #expect(try shop.store.line("o", "1")?.promisedAt == RoutedShop.noon + .hour + .day)
    let route = try #require(try shop.store.routes(of: "o").first).decision
    #expect(route.cost.total == 400 && route.isProved && route.parcels.map(\.lane) == ["east-north"])
    #expect(route.runnerUp == .init(nodes: ["west"], extra: 100))
    #expect(plan.actions.count { if case .route = $0.action { true } else { false } } == 1)
  }

  @Test func whatNoNodeHasWholeIsSplit() throws {
    let shop = try RoutedShop(Self.two, stock: [("A", "east", 3), ("B", "west", 3)])
    try shop.apply()
    try shop.place("o", [("A", 2), ("B", 1)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["east": 2, "west": 1])
  }

  @Test func withoutLanesNothingIsRouted() throws {
    let network = "---\nkind: Node\nname: east\ntype: dc\nregion: north\n"
    let shop = try RoutedShop(network, stock: [("A", "east", 3)])
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["-": 2])
    #expect(try shop.cases().isEmpty)
    shop.state = try RoutedShop.state(Self.two)
    try shop.apply()
    #expect(try shop.places("o") == ["east": 2])
    shop.state = try RoutedShop.state(network)
    try shop.apply()
    #expect(try shop.places("o") == ["east": 2])
  }

  /// The reason that stands in the case, and that it goes when the reason goes.
  @Test(arguments: [
    ("south", Self.two, "o: 2 units: no lane leads to the region 'south'"),
    (
      "north", RoutedShop.network(nodes: [("east", "")], ways: [("east", "north", "4")], carrier: "disrupted"),
      "o: 2 units: the carrier post is disrupted"
    ),
    (
      "north",
      RoutedShop.network(
        nodes: [("east", "labour_capacity: 1\n")], ways: [("east", "north", "4")], profile: "split: by_line\n"),
      "o: 2 units: a whole day's work at east is 1 unit; each of its lines must ship from one node (split: by_line)"
    ),
  ])
  func anOrderThatNoNodeCanSendHasACase(region: String, network: String, reason: String) throws {
    let shop = try RoutedShop(network, stock: [("A", "east", 5)])
    try shop.apply()
    try shop.place("o", [("A", 2)], to: region)
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["-": 2])
    #expect(try shop.cases() == [reason])
    try shop.take("order.cancelled", ["order": "o"])
    try shop.apply(.dirty)
    #expect(try shop.cases().isEmpty)
  }

  /// More than the solver weighs exactly is told of, and never shipped by a guess.
  @Test func anOrderOfTooLargeAmountsHasACase() throws {
    let network = RoutedShop.network(nodes: [("east", "")], ways: [("east", "north", "4")]).replacing(
      "parcel_cost: 4\n", "parcel_cost: 4\nunit_cost: 9000000.00\n")
    let shop = try RoutedShop(network, stock: [("A", "east", 1_000_000_000_000)])
    try shop.apply()
    try shop.place("o", [("A", 900_000_000_000)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["-": 900_000_000_000])
    #expect(try shop.cases() == ["o: 900000000000 units: too many units to compute the cost: split the order"])
    try shop.place("small", [("A", 1)])
    try shop.apply(.dirty)
    #expect(try shop.places("small") == ["east": 1])
  }

  /// In units, or in working time: 5 minutes are enough for 3 units of 90 seconds.
  @Test(arguments: ["labour_capacity: 3\n", "labour_time: 5m\nhandling_time: 90s\n"])
  func aDaysLabourIsSharedAndTheNextHourOfTheNextDayGoesOn(labour: String) throws {
    let network = RoutedShop.network(
      nodes: [("east", labour)], ways: [("east", "north", "4")], profile: "split: by_line\n")
    let shop = try RoutedShop(network, stock: [("A", "east", 9)])
    try shop.apply()
    for order in ["o1", "o2"] {
      try shop.place(order, [("A", 2)])
      try shop.apply(.dirty)
    }
    #expect(try shop.places("o1") == ["east": 2])
    #expect(try shop.places("o2") == ["-": 2])
    shop.now = shop.now + .day
    try shop.apply()
    #expect(try shop.places("o2") == ["east": 2])
    #expect(try shop.cases().isEmpty)
  }

  /// What is routed a minute after the cut-off has missed it: it takes the next day's labour, and arrives a day later.
  @Test(arguments: [(-61, 24), (-1, 24), (0, 24), (1, 25), (59, 25)])
  func whoeverMissesTheCutOffByAMinuteMissesIt(minutes: Int64, day: Int64) throws {
    let network = RoutedShop.network(
      nodes: [("east", "cut_off: \"12:00\"\nlabour_capacity: 9\n")], ways: [("east", "north", "4.00")])
    let shop = try RoutedShop(network, stock: [("A", "east", 5)])
    shop.now = RoutedShop.noon + TimeSpan(milliseconds: minutes * 60_000)
    try shop.place("o", [("A", 2)])
    try shop.apply()
    let parcel = try #require(try shop.store.routes(of: "o").first?.decision.parcels.first)
    #expect(parcel.workDay == LocalDate("2026-11-\(day)"))
    #expect(parcel.leavesAt >= shop.now - TimeSpan(milliseconds: 1))
  }

  /// A closed node and one whose count is too low: the newest claims move, and the customers hear when it comes.
  @Test func claimsLeaveANodeInTrouble() throws {
    let shop = try RoutedShop(Self.two, stock: [("A", "east", 5), ("A", "west", 5)])
    try shop.apply()
    for order in ["o1", "o2"] {
      try shop.place(order, [("A", 2)])
      try shop.apply(.dirty)
    }
    #expect(try shop.places("o2") == ["east": 2])
    try shop.count("A", "east", 3)
    try shop.apply(.dirty)
    #expect(try shop.places("o1") == ["east": 2])
    #expect(try shop.places("o2") == ["east": 1, "west": 1])
    shop.state = try RoutedShop.state(
      Self.two.replacing("name: east\ntype: dc", "name: east\nstatus: paused\ntype: dc"))
    try shop.apply()
    #expect(try shop.places("o1") == ["west": 2])
    #expect(try shop.places("o2") == ["west": 2])
  }

  @Test func whatTheWarehouseHasStays() throws {
    let shop = try RoutedShop(Self.two, stock: [("A", "east", 5), ("A", "west", 5)])
    try shop.apply()
    try shop.place("o", [("A", 2)])
    try shop.apply(.dirty)
    try shop.take("order.released", ["order": "o"])
    try shop.count("A", "east", 1)
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["east": 2])
  }

  /// The order waits for B as a whole; when B comes, the plan of B alone routes A too.
  @Test func completeOrdersWaitAndAPlanOfOneItemRoutesThemAll() throws {
    let network = RoutedShop.network(
      nodes: [("east", "")], ways: [("east", "north", "4")], profile: "ship_complete: true\n")
    let shop = try RoutedShop(network, stock: [("A", "east", 5), ("B", "east", 0)])
    try shop.apply()
    try shop.place("o", [("A", 2), ("B", 1)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["-": 2])
    #expect(try shop.cases().isEmpty)
    try shop.count("B", "east", 1)
    let plan = try shop.apply(.dirty)
    #expect(plan.scope == .dirty && plan.readVersions.map(\.sku) == ["A", "B"])
    #expect(try shop.places("o") == ["east": 3])
  }

  /// The units that an order waited with leave by hand: its case ends in the plan of that item, whatever else is in it.
  @Test func aCaseEndsWhenWhatWaitedHasLeft() throws {
    let network = RoutedShop.network(
      nodes: [("east", "labour_capacity: 3\n")], ways: [("east", "north", "4")], profile: "split: by_line\n")
    let shop = try RoutedShop(network, stock: [("A", "east", 9), ("B", "east", 9)])
    try shop.apply()
    try shop.place("o", [("A", 2), ("A", 2), ("B", 1)])
    try shop.apply(.dirty)
    #expect(try shop.cases().count == 1)
    var waiting: [ClaimRow] = []
    try shop.store.eachClaim { if $0.state == .active, $0.node == nil { waiting.append($0) } }
    let claim = try #require(waiting.first)
    #expect(waiting.count == 1)
    try shop.take(
      "shipment.dispatched",
      ["order": "o", "node": "east", "lines": [["line": .string(claim.line), "qty": .integer(claim.quantity)]]])
    try shop.apply(.dirty)
    #expect(try shop.cases().isEmpty)
  }

  @Test func ordersOfOneNodeKeepToIt() throws {
    let network = RoutedShop.network(
      nodes: [("east", ""), ("west", "")], ways: [("east", "north", "4.00"), ("west", "north", "5.00")],
      profile: "split: none\n")
    let shop = try RoutedShop(network, stock: [("A", "east", 1), ("B", "west", 1), ("B", "east", 0)])
    try shop.apply()
    try shop.place("o", [("A", 1), ("B", 1)])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["east": 1, "-": 1])
    try shop.count("B", "east", 1)
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["east": 2])
  }

  @Test func aDecisionIsReadBackAsItWas() throws {
    let shop = try RoutedShop(Self.two, stock: [("A", "east", 5), ("A", "west", 5)])
    try shop.apply()
    try shop.place("o", [("A", 6)])
    try shop.apply(.dirty)
    let decision = try #require(try shop.store.routes(of: "o").first).decision
    #expect(decision.parcels.count == 2 && decision.limits.contains(.init(.stock, node: "east", sku: "A")))
    #expect(RouteDecision(json: try JSONValue.parse(decision.json.canonical)) == decision)
  }
}

extension String {
  fileprivate func replacing(_ old: String, _ new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
