import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// What the labour of a node's day is taken by: what is to leave by it and what has left, and nothing else.
@Suite struct LabourTests {
  /// A warehouse that packs ten units a day, and sends them by two carriers.
  private static func network(post: String = "active", rest: String = "") -> String {
    func lane(_ carrier: String, _ service: String, _ cost: String) -> String {
      "---\nkind: Lane\nname: dc-\(carrier)\nnode: dc\nto: north\ncarrier: \(carrier)\ntransit: 1d\nservice: \(service)\n"
        + "parcel_cost: \(cost)\n"
    }
    return "---\nkind: Carrier\nname: post\nstatus: \(post)\n---\nkind: Carrier\nname: van\n"
      + "---\nkind: Node\nname: dc\ntype: dc\nregion: north\nlabour_capacity: 10\n" + lane("post", "standard", "4.00")
      + lane("van", "express", "9.00") + rest
  }

  private static func shop(_ network: String = network()) throws -> RoutedShop {
    let shop = try RoutedShop(network, stock: [("A", "dc", 40), ("B", "dc", 40)])
    try shop.apply()
    return shop
  }

  private static func loads(_ shop: RoutedShop) throws -> [Quantity] {
    var loads: [Quantity] = []
    try shop.store.eachLoad { loads.append($0.units) }
    return loads
  }

  /// Whoever waited is looked at, though nothing of their items was touched.
  @Test func whatIsCancelledLeavesItsLabourToOthers() throws {
    let shop = try Self.shop()
    try shop.place("o", [("A", 10)])
    try shop.apply(.dirty)
    try shop.place("p", [("B", 10)])
    try shop.apply(.dirty)
    #expect(try shop.cases() == ["p: 10 units: waiting for labour at dc"])
    try shop.take("order.cancelled", ["order": "o", "lines": [["line": "1", "qty": 4]]])
    #expect(try Self.loads(shop) == [6])
    try shop.apply(.dirty)
    #expect(try shop.places("o") == ["dc": 6] && shop.places("p") == ["dc": 4, "-": 6])
    try shop.take("order.cancelled", ["order": "o"])
    try shop.apply(.dirty)
    #expect(try shop.places("p") == ["dc": 10] && shop.cases().isEmpty && Self.loads(shop) == [10])
  }

  /// What has left has taken its labour, whatever becomes of the rest.
  @Test func whatHasLeftKeepsItsLabour() throws {
    let shop = try Self.shop()
    try shop.place("o", [("A", 10)])
    try shop.apply(.dirty)
    try shop.take(
      "shipment.dispatched", ["order": "o", "node": "dc", "lines": [["line": "1", "qty": 7]]])
    try shop.take("order.cancelled", ["order": "o"])
    #expect(try Self.loads(shop) == [7])
    try shop.place("p", [("B", 10)])
    try shop.apply(.dirty)
    #expect(try shop.places("p") == ["dc": 3, "-": 7])
  }

  /// An order is never kept out by its own units: what goes another way on the same day takes the same labour once.
  @Test func anOrderThatIsRoutedAgainCountsOnce() throws {
    let shop = try Self.shop()
    try shop.place("o", [("A", 10)])
    try shop.apply(.dirty)
    shop.state = try RoutedShop.state(Self.network(post: "disrupted"))
    try shop.apply()
    #expect(try shop.places("o") == ["dc": 10] && Self.loads(shop) == [10])
    #expect(try shop.store.routes(of: "o").last?.decision.parcels.map(\.service) == ["express"])
  }

  /// An outage of an hour costs nobody the day.
  @Test func anOutageGivesTheDayBack() throws {
    let rule = "---\nkind: FallbackRule\nname: out\nwhen: node_outage\nnode: dc\nthen: zero\nactive: "
    let shop = try Self.shop(Self.network(rest: rule + "false\n"))
    try shop.place("o", [("A", 10)])
    try shop.apply(.dirty)
    shop.state = try RoutedShop.state(Self.network(rest: rule + "true\n"))
    try shop.apply()
    #expect(try shop.places("o") == ["-": 10] && Self.loads(shop) == [0])
    shop.state = try RoutedShop.state(Self.network(rest: rule + "false\n"))
    try shop.apply()
    #expect(try shop.places("o") == ["dc": 10] && shop.cases().isEmpty)
  }
}
