import ActualState
import Operations
import Testing

@testable import Planning

/// What a plan claims for an order that waited holds no longer than what an order claims when it is placed.
@Suite struct PlannedHoldTests {
  private static let channels = """
    kind: Channel
    name: web
    type: dtc
    tier: first
    hold_ttl: 30m

    """

  @Test func anUnpaidOrderLosesWhatAPlanClaimed() throws {
    let shop = try PlannedShop(Self.channels)
    try shop.stock("A", 0)
    try shop.plan()
    try shop.place("o", "web", [("A", 3)])
    try shop.plan(.dirty)
    try shop.stock("A", 5)
    try shop.plan(.dirty)
    #expect(try shop.held("o") == 3)
    let thirtyMinutes = TimeSpan(milliseconds: 30 * 60_000)
    #expect(try shop.store.activeClaims(of: "o", "1").map(\.expiresAt) == [PlannedShop.noon + thirtyMinutes])
    try shop.wait(thirtyMinutes)
    try shop.plan(.dirty)
    #expect(try shop.held("o") == 0)
    #expect(try shop.store.item("A")?.shared == 5)
    try shop.take("order.payment_authorized", ["order": "o"])
    #expect(try shop.held("o") == 3)
  }

  @Test func aPaidOrderKeepsWhatAPlanClaims() throws {
    let shop = try PlannedShop(Self.channels)
    try shop.stock("A", 0)
    try shop.plan()
    try shop.place("o", "web", [("A", 3)])
    try shop.take("order.payment_captured", ["order": "o"])
    try shop.stock("A", 5)
    try shop.plan(.dirty)
    #expect(try shop.store.activeClaims(of: "o", "1").map(\.expiresAt) == [nil])
    try shop.wait(.day)
    #expect(try shop.held("o") == 3)
  }
}
