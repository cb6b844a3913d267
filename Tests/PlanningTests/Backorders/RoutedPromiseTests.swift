import ActualState
import Operations
import Testing

@testable import Planning

/// Promises of orders whose way is known: the date is that of the parcel, whatever was expected before.
@Suite struct RoutedPromiseTests {
  /// An order for goods that come in five days, with a day on their way.
  private func shop(_ rule: String = "move_limit: 2d") throws -> RoutedShop {
    let network =
      RoutedShop.network(nodes: [("dc", ""), ("far", "")], ways: [("dc", "north", "1"), ("far", "north", "9")])
        + """
        ---
        kind: Supplier
        name: mill
        lead_time: 5d
        confidence: 100%
        ---
        kind: Channel
        name: shop
        type: dtc
        tier: one
        backorder: {accept: true}
        ---
        kind: BackorderRule
        name: all
        \(rule)

        """
    let shop = try RoutedShop(network, stock: [("A", "dc", 0), ("A", "far", 0)])
    try shop.take(
      "purchase_order.confirmed",
      [
        "po": "p", "supplier": "mill", "node": "dc",
        "lines": [["line": "1", "sku": "A", "qty": 10, "eta": .string(at(5))]],
      ])
    try shop.take(
      "order.placed",
      [
        "order": "o", "channel": "shop", "ship_to": ["region": "north"],
        "lines": [["line": "1", "sku": "A", "qty": 4]],
      ])
    try shop.apply()
    try #require(try promised(shop) == RoutedShop.noon + days(6))
    return shop
  }

  private func days(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * TimeSpan.day.milliseconds) }
  private func at(_ day: Int64) -> String { (RoutedShop.noon + days(day)).description }
  private func promised(_ shop: RoutedShop) throws -> Instant? { try shop.store.line("o", "1")?.promisedAt }

  private func told(_ shop: RoutedShop) throws -> [String] {
    var told: [String] = []
    try shop.store.eachMessage { told += [$0.payload["notice"]?.string].compactMap(\.self) }
    return told
  }

  private func cases(_ shop: RoutedShop) throws -> [String] {
    var cases: [String] = []
    try shop.store.eachCase { _, one, _ in cases.append("\(one.kind.rawValue) \(one.detail)") }
    return cases
  }

  private func receive(_ shop: RoutedShop, after day: Int64) throws {
    shop.now = RoutedShop.noon + days(day) + .hour
    try shop.take("purchase_order.received", ["po": "p", "lines": [["line": "1", "qty": 10]]])
    try shop.apply(.dirty)
  }

  @Test func whatComesSoonerIsRoutedAndToldSooner() throws {
    let shop = try shop()
    try receive(shop, after: 2)
    #expect(try shop.places("o") == ["dc": 4] && promised(shop)?.day == (RoutedShop.noon + days(3)).day)
    #expect(try told(shop) == ["backorder_accepted", "promise_earlier"] && cases(shop).isEmpty)
  }

  @Test func goodNewsIsKeptWhereThePolicySaysSo() throws {
    let shop = try shop("tell_earlier: false")
    try receive(shop, after: 2)
    #expect(try told(shop) == ["backorder_accepted"])
  }

  /// What comes later than may be is told by a person: what was told stands, and someone knows.
  @Test func whatIsRoutedTooLateIsACase() throws {
    let shop = try shop()
    try receive(shop, after: 8)
    #expect(try promised(shop)?.day == (RoutedShop.noon + days(6)).day)
    #expect(try told(shop) == ["backorder_accepted"])
    #expect(try cases(shop) == ["promise_broken promised for 2026-11-30; not shipped in time"])
    try shop.take("shipment.dispatched", ["order": "o", "node": "dc", "lines": [["line": "1", "qty": 4]]])
    try shop.apply(.dirty)
    #expect(try cases(shop).isEmpty)
  }

  /// What stands on its node and never leaves is found by the hour's plan of all, whatever touched it last.
  @Test(arguments: ["shipment.dispatched", "order.cancelled"])
  func whatDoesNotLeaveByItsTimeIsACase(end: String) throws {
    let shop = try shop()
    try receive(shop, after: 2)
    let told = try #require(try promised(shop))
    shop.now = told
    try shop.apply()
    #expect(try cases(shop).isEmpty)
    shop.now = told + .hour
    try shop.apply()
    #expect(try cases(shop) == ["promise_broken promised for \(told.description.prefix(10)); not shipped in time"])
    shop.now = shop.now + .day
    #expect(try shop.plan().isEmpty)
    let lines: JSONValue = [["line": "1", "qty": 4]]
    try shop.take(end, end == "order.cancelled" ? ["order": "o"] : ["order": "o", "node": "dc", "lines": lines])
    try shop.apply(.dirty)
    #expect(try cases(shop).isEmpty)
  }
}
