import ActualState
import Operations
import Testing

@testable import Planning

/// Who gets what a line brought of which more is to come.
@Suite struct TurnTests {
  /// The better tier of `web` waits for goods; `market` is of a lower one and claims only what is there.
  private static func shop(_ rest: String = "") throws -> PlannedShop {
    let shop = try PlannedShop(
      """
      kind: AllocationTier
      name: second
      rank: 2
      ---
      kind: Channel
      name: market
      type: marketplace
      tier: second
      ---
      kind: Channel
      name: web
      type: dtc
      tier: first
      backorder: {accept: true}

      """ + rest)
    try shop.stock("A", 0)
    try shop.buy("p", 100, in: 5)
    try shop.plan()
    return shop
  }

  /// A part that comes in time is that of whoever was promised it, though the line may still bring enough for all.
  @Test(arguments: [Snapshot.Scope.dirty, .all]) func aPartGoesToWhoWaitsForIt(scope: Snapshot.Scope) throws {
    let shop = try Self.shop()
    try shop.place("waits", "web", [("A", 50)])
    try shop.plan(.dirty)
    try shop.place("later", "market", [("A", 50)])
    try shop.plan(.dirty)
    try shop.receive("p", 50)
    try shop.plan(scope)
    #expect(try shop.pools("waits") == ["shared": 50] && shop.pools("later").isEmpty)
    try shop.receive("p", 20)
    try shop.plan(scope)
    #expect(try shop.pools("later") == ["shared": 20])
  }

  /// Whoever comes first by rank does not stand back for those who wait.
  @Test func aBetterRankComesFirst() throws {
    let shop = try Self.shop("---\nkind: Channel\nname: club\ntype: dtc\ntier: first\n")
    try shop.place("waits", "web", [("A", 50)])
    try shop.plan(.dirty)
    try shop.place("urgent", "club", [("A", 30)], priority: 1)
    try shop.plan(.dirty)
    try shop.receive("p", 40)
    try shop.plan(.dirty)
    #expect(try shop.pools("urgent") == ["shared": 30])
    #expect(try shop.pools("waits") == ["shared": 10, "inbound:1:p/1": 40])
  }
}
