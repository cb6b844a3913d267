import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// What no order of a channel could leave from is not sold to it: by its profile, its services and the lanes there are.
@Suite struct ReachTests {
  /// A warehouse, a shop and a shed without a lane; the channel `trade` beside `web`.
  private static func network(_ profiles: String) -> String {
    func node(_ name: String, _ type: String) -> String {
      "---\nkind: Node\nname: \(name)\ntype: \(type)\nregion: north\n"
    }
    func lane(_ node: String, _ service: String) -> String {
      "---\nkind: Lane\nname: \(node)-\(service)\nnode: \(node)\nto: north\ncarrier: post\ntransit: 1d\n"
        + "service: \(service)\nparcel_cost: 4.00\n"
    }
    return "---\nkind: Channel\nname: trade\ntype: wholesale\ntier: one\n---\nkind: Carrier\nname: post\n"
      + node("dc", "dc") + node("shop", "store") + node("shed", "dc") + lane("dc", "standard")
      + lane("shop", "standard")
      + lane("shop", "express") + profiles
  }

  private static func profile(_ name: String, _ fields: String) -> String {
    "---\nkind: RoutingProfile\nname: \(name)\n" + fields
  }

  private static func shop(_ profiles: String, stock: [(SKU, NodeID, Quantity)]? = nil) throws -> RoutedShop {
    let shop = try RoutedShop(
      network(profiles), stock: stock ?? [("A", "dc", 10), ("A", "shop", 10), ("A", "shed", 10)])
    try shop.apply()
    return shop
  }

  private static func told(_ shop: RoutedShop) throws -> [Quantity?] {
    try ["web", "trade"].map { try shop.store.grant("A", $0, .everywhere)?.published }
  }

  private static func obstacles(_ order: OrderID, _ shop: RoutedShop) throws -> [Obstacle] {
    let explanation = OrderExplanation(
      of: order, policy: Policy(shop.state, at: shop.now), snapshot: try shop.store.observe(.all), now: shop.now)
    return explanation.uncovered.flatMap(\.obstacles)
  }

  @Test(
    arguments: [
      // Without a profile everything leaves but what no lane leads from.
      ("", [20, 20]), (profile("all", "use_stores: false\n"), [10, 10]),
      (profile("trade", "channel: trade\nuse_stores: false\n"), [20, 10]),
      (profile("trade", "channel: trade\nservices: [express]\n"), [20, 10]),
      (profile("all", "services: [overnight]\n"), [0, 0]),
      (profile("all", "use_stores: false\n") + profile("trade", "channel: trade\n"), [10, 20]),
    ] as [(String, [Quantity])])
  func aChannelIsToldOfWhatCanLeaveForIt(profiles: String, expected: [Quantity]) throws {
    let shop = try Self.shop(profiles)
    #expect(try Self.told(shop) == expected)
  }

  @Test func whatLiesInStoresOnlyIsNotSold() throws {
    let shop = try Self.shop(Self.profile("all", "use_stores: false\n"))
    try shop.place("o", [("A", 14)])
    try shop.apply()
    #expect(try shop.places("o") == ["dc": 10])
    let obstacles = try Self.obstacles("o", shop)
    let words = obstacles.map(\.words)
    #expect(words.contains("10 at shop cannot leave for orders of web: stores are not used for them"), "\(words)")
    #expect(words.contains("10 at shed cannot leave for orders of web: no lane leads from there"), "\(words)")
    let places = PolicyPlaces(shop.state, at: shop.now)
    let cited = obstacles.flatMap { $0.places(in: places, for: CatalogPart()) }.map(\.words)
    #expect(cited == ["Node/shed has no lane", "RoutingProfile/all use_stores: false"], "\(cited)")
  }

  /// Those of one channel cannot, and those of the other can: each has what can leave for it.
  @Test func oneChannelHasLessThanAnother() throws {
    let shop = try Self.shop(Self.profile("trade", "channel: trade\nuse_stores: false\n"))
    try shop.place("t", [("A", 13)], channel: "trade")
    #expect(try shop.store.line("t", "1")?.claimed == 10)
    try shop.apply()
    #expect(try shop.places("t") == ["dc": 10] && Self.told(shop) == [10, 0])
    let words = try Self.obstacles("t", shop).map(\.words)
    #expect(words.first == "10 at shop cannot leave for orders of trade: stores are not used for them", "\(words)")
    try shop.place("w", [("A", 10)])
    try shop.apply()
    #expect(try shop.places("w") == ["shop": 10])
    #expect(try shop.cases() == [])
  }

  /// In one plan two channels do not take the same room.
  @Test func theRoomIsSharedByThoseWhoHaveNoOther() throws {
    let shop = try RoutedShop(
      Self.network(
        Self.profile("all", "use_stores: false\n")
          + "---\nkind: Channel\nname: open\ntype: dtc\ntier: one\n"
          + Self.profile("open", "channel: open\nuse_stores: true\n")), stock: [])
    try shop.take("catalog.item_upserted", ["sku": "A", "uom": "each"])
    try shop.apply()
    try shop.place("w", [("A", 8)])
    try shop.place("t", [("A", 8)], channel: "trade")
    try shop.count("A", "dc", 10)
    try shop.count("A", "shop", 10)
    try shop.apply()
    #expect(try shop.places("t") == ["dc": 8] && shop.places("w") == ["dc": 2])
    #expect(try Self.told(shop) == [0, 0])
    #expect(try shop.store.grant("A", "open", .everywhere)?.published == 10)
  }

  /// Between two plans they may: what they claim is there, and what cannot leave is a case until it can.
  @Test func twoThatSellBetweenTwoPlansAreNotOversold() throws {
    let shop = try Self.shop(
      Self.profile("all", "use_stores: false\n") + "---\nkind: Channel\nname: open\ntype: dtc\ntier: one\n"
        + Self.profile("open", "channel: open\nuse_stores: true\n"))
    #expect(try Self.told(shop) == [10, 10])
    try shop.place("w", [("A", 10)])
    try shop.place("t", [("A", 10)], channel: "trade")
    try shop.place("o", [("A", 5)], channel: "open")
    let claimed = try ["w", "t", "o"].map { try shop.store.line($0, "1")?.claimed }
    #expect(claimed == [10, 10, 0], "twenty are on hand where something can leave")
    try shop.apply()
    // Of two that are alike the first by name leaves.
    #expect(try shop.places("t") == ["dc": 10] && shop.places("w") == ["-": 10])
    #expect(try Self.told(shop) == [0, 0])
    #expect(try shop.cases().map { $0.prefix(2) } == ["w:"])
    try shop.count("A", "dc", 20)
    try shop.apply()
    #expect(try shop.places("t") == ["dc": 10] && shop.places("w") == ["dc": 10])
    #expect(try shop.places("o") == ["shop": 5])
    #expect(try shop.cases().isEmpty && Auditor(shop.store).problems.isEmpty)
  }

  /// A plan after a sale lowers what others are told whose orders leave from the same place.
  @Test func aSaleLowersTheRoomOfTheOthers() throws {
    let profile = Self.profile("all", "use_stores: false\n") + Self.profile("web", "channel: web\n")
    let shop = try Self.shop(profile)
    try shop.place("w", [("A", 4)])
    try shop.place("t", [("A", 4)], channel: "trade")
    try shop.apply(.dirty)
    #expect(try Self.told(shop) == [12, 6])
    #expect(try shop.store.grant("A", "trade", .everywhere)?.grant?.capLeft == 6)
  }
}
