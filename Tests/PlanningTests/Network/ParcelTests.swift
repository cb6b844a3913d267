import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// What is under way of an order by earlier plans, and what the next plan makes of that.
@Suite struct ParcelTests {
  /// A warehouse that packs few units a day, and one that is far and slow.
  private static func network(_ profile: String, labour: Int = 10, rest: String = "", status: String = "active")
    -> String
  {
    func lane(_ node: String, _ days: Int, _ cost: String) -> String {
      "---\nkind: Lane\nname: \(node)-north\nnode: \(node)\nto: north\ncarrier: post\ntransit: \(days)d\n"
        + "parcel_cost: \(cost)\nunit_cost: 0.20\n"
    }
    return "---\nkind: Carrier\nname: post\n"
      + "---\nkind: Node\nname: dc\ntype: dc\nregion: north\nlabour_capacity: \(labour)\nstatus: \(status)\n"
      + "---\nkind: Node\nname: far\ntype: dc\nregion: north\n" + lane("dc", 1, "4.00") + lane("far", 10, "6.00")
      + (profile.isEmpty ? "" : "---\nkind: RoutingProfile\nname: all\n" + profile) + rest
  }

  /// A shop and an order of units of one item, after the plan of the hour.
  private static func shop(_ network: String, far: Quantity = 0, _ units: Quantity) throws -> RoutedShop {
    let shop = try RoutedShop(network, stock: [("A", "dc", 20), ("A", "far", far)])
    try shop.apply()
    try shop.place("o", [("A", units)])
    try shop.apply(.dirty)
    return shop
  }

  private static func nextDay(_ shop: RoutedShop) throws {
    shop.now = shop.now + .day
    try shop.apply()
  }

  private static func ship(_ units: Quantity, from node: String, _ shop: RoutedShop) throws {
    try shop.take(
      "shipment.dispatched",
      ["order": "o", "node": .string(node), "lines": [["line": "1", "qty": .integer(units)]]])
    try shop.apply(.dirty)
  }

  /// A node's parcel of another day is another parcel: it waits until the first has left.
  @Test func aSecondDayIsASecondParcel() throws {
    let shop = try Self.shop(Self.network("max_parcels: 1\n"), 13)
    #expect(try shop.places("o") == ["dc": 10, "-": 3])
    try Self.nextDay(shop)
    #expect(try shop.places("o") == ["dc": 10, "-": 3])
    #expect(
      try shop.cases() == ["o: 3 units: it may have at most 1 parcel (max_parcels)"])
    try Self.ship(10, from: "dc", shop)
    #expect(try shop.places("o") == ["dc": 3] && shop.cases().isEmpty)
  }

  /// What leaves in a parcel that is to leave anyway is no further parcel, and pays for none.
  @Test func whatJoinsAParcelIsNoOther() throws {
    let shop = try Self.shop(Self.network("max_parcels: 1\n", labour: 30), 13)
    #expect(try shop.places("o") == ["dc": 13])
    try shop.take(
      "order.placed",
      [
        "order": "p", "channel": "web", "ship_to": ["region": "north"],
        "placed_at": .string(shop.now.description), "lines": [["line": "1", "sku": "A", "qty": 9]],
      ])
    try shop.applyInPart(.dirty)
    #expect(try shop.places("p") == ["dc": 7])
    try shop.count("A", "dc", 30)
    try shop.apply(.dirty)
    #expect(try shop.places("p") == ["dc": 9])
    let last = try #require(try shop.store.routes(of: "p").last).decision
    #expect(last.cost == RouteDecision.Cost(parcels: 0, units: 40, late: 0, split: 0))
  }

  /// The threshold and the penalty of a split order hold whichever day splits it.
  @Test(arguments: [(13, 10, 0), (16, 16, 150)] as [(Quantity, Quantity, Int64)])
  func aLaterParcelIsPartOfTheSplit(units: Quantity, onNodes: Quantity, penalty: Int64) throws {
    let shop = try Self.shop(Self.network("split_value_threshold: 50.00\nsplit_penalty: 1.50\n"), units)
    #expect(try shop.store.routes(of: "o").map(\.decision.cost.split) == [0])
    try Self.nextDay(shop)
    #expect(try shop.places("o")["dc"] == onNodes)
    let words = "3 units: its parcels would be worth less than 50.00 (split_value_threshold)"
    #expect(try shop.cases() == (penalty == 0 ? ["o: \(words)"] : []))
    guard penalty == 0 else {
      let cost = try #require(try shop.store.routes(of: "o").last).decision.cost
      return #expect(cost == RouteDecision.Cost(parcels: 400, units: 120, late: 0, split: penalty))
    }
    // Once the first has left nothing is saved by waiting.
    try Self.ship(10, from: "dc", shop)
    #expect(try shop.places("o") == ["dc": 3] && shop.cases().isEmpty)
  }

  /// The promise is that of the last parcel, whichever plan made it and whether or not it has left.
  @Test(arguments: [false, true]) func aPromiseCountsWhatIsUnderWay(hasLeft: Bool) throws {
    let shop = try Self.shop(Self.network("", labour: 5), far: 5, 12)
    #expect(try shop.places("o") == ["dc": 5, "far": 5, "-": 2])
    if hasLeft { try Self.ship(5, from: "far", shop) }
    try Self.nextDay(shop)
    #expect(try shop.places("o")["-"] == nil)
    #expect(try shop.store.line("o", "1")?.promisedAt?.day == (RoutedShop.noon + .day).day + 9)
  }

  /// Of an order that lost its way a part goes another one, which is slower: the promise does not hold, and someone knows.
  @Test func aPartThatComesLaterThanPromisedIsACase() throws {
    let shop = try Self.shop(Self.network(""), far: 3, 6)
    #expect(try shop.store.line("o", "1")?.promisedAt?.day == (RoutedShop.noon + .day).day)
    shop.state = try RoutedShop.state(Self.network("", status: "paused"))
    try shop.apply()
    #expect(try shop.places("o") == ["far": 3, "-": 3])
    var cases: [String] = []
    try shop.store.eachCase { _, one, _ in if one.kind == .promiseAtRisk { cases.append(one.detail) } }
    #expect(cases == ["promised for 2026-11-25; a part arrives 2026-12-04, and 3 units are not routed yet"])
    shop.state = try RoutedShop.state(Self.network(""))
    try shop.apply()
    #expect(try shop.places("o") == ["far": 3, "dc": 3])
    // It is further than promises move by themselves.
    #expect(try shop.store.line("o", "1")?.promisedAt?.day == (RoutedShop.noon + .day).day)
    cases = []
    try shop.store.eachCase { _, one, _ in if one.kind == .promiseAtRisk { cases.append(one.detail) } }
    #expect(
      cases == [
        "promised for 2026-11-25; it now arrives 2026-12-04; the promise may move by at most 5d"
      ])
  }

  /// A node of which nothing counts is out, and not without stock.
  @Test func aNodeThatIsOutIsNamed() throws {
    let rule = "---\nkind: FallbackRule\nname: out\nwhen: node_outage\nnode: dc\nthen: zero\nactive: "
    let shop = try Self.shop(Self.network("", rest: rule + "false\n"), far: 9, 6)
    shop.state = try RoutedShop.state(Self.network("", rest: rule + "true\n"))
    try shop.apply()
    #expect(try shop.places("o") == ["far": 6])
    let decision = try #require(try shop.store.routes(of: "o").last).decision
    #expect(decision.candidates.first { $0.node == "dc" }?.outcome == .nodeNotTrusted && decision.limits.isEmpty)
  }
}
