import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// Orders whose promise decides: what binds their route, and who comes first.
@Suite struct PromisedOrderTests {
  /// A warehouse, and a dear one that has few.
  private static func shop(_ profile: String, rest: String = "", west: Quantity = 3) throws -> RoutedShop {
    let shop = try RoutedShop(network(profile, rest: rest), stock: [("A", "dc", 100), ("A", "west", west)])
    try shop.apply()
    return shop
  }

  private static func network(_ profile: String, rest: String = "") -> String {
    RoutedShop.network(
      nodes: [("dc", "labour_capacity: 10\n"), ("west", "")], ways: [("dc", "north", "4"), ("west", "north", "9")],
      profile: profile) + rest
  }

  /// What was promised for later than the channel delivers, because the goods were to come later, leaves when it can.
  @Test func anAcceptedBackorderIsNotRefused() throws {
    let shop = try RoutedShop(
      Self.network("deliver_within: 3d\nlate: refused\n", rest: RoutedShop.backorders),
      stock: [("A", "dc", 0), ("A", "west", 0)])
    try shop.take(
      "purchase_order.confirmed",
      [
        "po": "p", "supplier": "mill", "node": "dc",
        "lines": [["line": "1", "sku": "A", "qty": 10, "eta": "2026-12-02T06:00:00Z"]],
      ])
    try shop.place("o", [("A", 4)], channel: "shop")
    try shop.apply()
    let promised = try #require(try shop.store.line("o", "1")?.promisedAt)
    #expect(promised.description.hasPrefix("2026-12-03"))
    shop.now = try #require(Instant("2026-12-02T09:00:00Z"))
    try shop.take("purchase_order.received", ["po": "p", "lines": [["line": "1", "qty": 10]]])
    try shop.apply()
    #expect(try shop.places("o") == ["dc": 4] && shop.cases().isEmpty)
  }

  /// Whoever was promised a day goes before who came later and was promised nothing.
  @Test func aPromiseComesBeforeAnOrderWithout() throws {
    let shop = try Self.shop("", west: 1)
    try shop.place("early", [("A", 1)])
    try shop.apply(.dirty)
    #expect(try shop.places("early") == ["dc": 1])
    try shop.place("later", [("A", 1)])
    shop.state = try RoutedShop.state(
      Self.network("").split(separator: "name: dc\ntype: dc\n").joined(
        separator: "name: dc\nstatus: paused\ntype: dc\n"))
    try shop.apply()
    #expect(try shop.places("early") == ["west": 1])
  }

  /// A count below what is reserved takes the claims of the lowest tier off the node, however old.
  @Test func aShortNodeKeepsTheHighestTier() throws {
    let tiers = "---\nkind: AllocationTier\nname: two\nrank: 2\n---\nkind: Channel\nname: low\ntype: dtc\ntier: two\n"
    let network = RoutedShop.network(nodes: [("dc", "")], ways: [("dc", "north", "4")]) + tiers
    let shop = try RoutedShop(network, stock: [("A", "dc", 20)])
    try shop.apply()
    try shop.place("low", [("A", 10)], channel: "low")
    try shop.apply(.dirty)
    try shop.place("high", [("A", 10)])
    try shop.apply(.dirty)
    try shop.count("A", "dc", 12)
    try shop.apply(.dirty)
    #expect(try shop.places("high") == ["dc": 10] && shop.places("low") == ["dc": 2, "-": 8])
  }
}
