import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Stock that is to come and is kept for a channel for a time.
@Suite struct InboundShareTests {
  private func shares(
    _ expected: Quantity, _ percent: [Int64], claimed: [Quantity], byOthers: Quantity = 0, tiers: [[Int]]
  ) -> InboundShares {
    InboundShares(
      of: expected, rates: percent.map { .percent($0) }, claimed: claimed, claimedByOthers: byOthers, tiers: tiers)
  }

  @Test func vectors() {
    // 30% of 100 are the first channel's own; it may take the rest too.
    let fresh = shares(100, [30, 0], claimed: [0, 0], tiers: [[0, 1]])
    #expect(fresh.kept == [30, 0] && fresh.free == 70)
    #expect(fresh.available(to: 0) == 100 && fresh.available(to: 1) == 70)
    // What it has claimed counts against its own share first.
    let later = shares(100, [30, 0], claimed: [20, 50], tiers: [[0, 1]])
    #expect(later.kept == [10, 0] && later.free == 20)
    // Less came to be expected than is kept: the first tier in full, the second by Webster's rule.
    let short = shares(100, [50, 50, 50], claimed: [0, 0, 0], byOthers: 30, tiers: [[2], [0, 1]])
    #expect(short.kept == [10, 10, 50] && short.free == 0)
    // More is claimed than is expected.
    let none = shares(10, [50, 0], claimed: [0, 20], tiers: [[0, 1]])
    #expect(none.kept == [0, 0] && none.available(to: 0) == 0)
    #expect(shares(-5, [50], claimed: [0], tiers: [[0]]).available(to: 0) == 0)
  }

  /// Nothing is promised twice, a claim lowers no other channel's share, and looking again right after it says the same.
  @Test(arguments: 0..<300 as Range<UInt64>) func aClaimLeavesTheOthersAlone(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = Int.random(in: 1...5, using: &random)
    let percent = (0..<count).map { _ in [0, 10, 33, 60, 100].randomElement(using: &random) ?? 0 as Int64 }
    let tiers = [0, 1, 2].map { tier in (0..<count).filter { $0 % 3 == tier } }
    let expected = Quantity.random(in: 0...50, using: &random)
    var claimed = (0..<count).map { _ in Quantity.random(in: 0...(seed % 2 == 0 ? 0 : 12), using: &random) }
    var shares = shares(expected, percent, claimed: claimed, tiers: tiers)
    for _ in 0..<8 {
      let left = max(0, expected - claimed.reduce(0, +))
      #expect(shares.kept.reduce(0, +) + shares.free == left, "seed \(seed)")
      #expect(shares.kept.allSatisfy { $0 >= 0 } && shares.free >= 0, "seed \(seed)")
      let channel = Int.random(in: 0..<count, using: &random)
      let units = Quantity.random(in: 0...shares.available(to: channel), using: &random)
      let before = shares
      shares.claim(units, for: channel)
      claimed[channel] += units
      for other in 0..<count where other != channel {
        #expect(shares.kept[other] == before.kept[other], "seed \(seed)")
      }
      #expect(shares == self.shares(expected, percent, claimed: claimed, tiers: tiers), "seed \(seed)")
    }
  }

  private static let channels = """
    kind: Channel
    name: trade
    type: wholesale
    tier: first
    may_use_shared: false
    ---
    kind: Channel
    name: web
    type: dtc
    tier: first
    ---
    kind: Protection
    name: launch
    channel: trade
    percent_of_inbound: 30%
    effective: {from: 2026-11-24T00:00:00Z, until: 2026-11-26T00:00:00Z}

    """

  /// 100 units that arrive while the window is open.
  private func shop() throws -> PlannedShop {
    let shop = try PlannedShop(Self.channels)
    try shop.stock("A", 0)
    try shop.take(
      "purchase_order.confirmed",
      [
        "po": "p", "supplier": "mill", "node": "dc",
        "lines": [["line": "1", "sku": "A", "qty": 100, "eta": "2026-11-25T00:00:00Z"]],
      ])
    try shop.plan()
    return shop
  }

  private func receive(_ units: Quantity, _ shop: PlannedShop) throws {
    shop.now = shop.now + .hour
    try shop.take("purchase_order.received", ["po": "p", "lines": [["line": "1", "qty": .integer(units)]]])
    try shop.plan(.dirty)
  }

  private func grants(_ shop: PlannedShop) throws -> (own: Quantity?, shared: Quantity?) {
    (try shop.store.grant("A", "trade")?.grant?.protected, try shop.store.item("A")?.shared)
  }

  @Test func whatArrivesStaysKeptUntilTheWindowCloses() throws {
    let shop = try shop()
    let rules = try #require(shop.policy.ofClass.first)
    let before = rules.inboundShares(of: 100, eta: PlannedShop.noon, claimed: [0, 0])
    #expect(before.kept == [30, 0] && before.free == 70)
    // Goods that come when it is over are for everyone.
    let after = rules.inboundShares(of: 100, eta: PlannedShop.noon + PlannedShop.days(3), claimed: [0, 0])
    #expect(after.kept == [0, 0] && after.free == 100)
    try receive(60, shop)
    #expect(try grants(shop) == (18, 42))
    // What the channel takes is gone from its share for good, also when it has left.
    try shop.place("o", "trade", [("A", 8)])
    try shop.plan(.dirty)
    #expect(try grants(shop) == (10, 42))
    try shop.take("shipment.dispatched", ["order": "o", "node": "dc", "lines": [["line": "1", "qty": 8]]])
    try shop.plan(.dirty)
    #expect(try grants(shop) == (10, 42))
    try receive(40, shop)
    #expect(try grants(shop) == (22, 70))
    try shop.wait(.day)
    try shop.plan()
    #expect(try grants(shop) == (22, 70))
    try shop.wait(.day)
    try shop.plan()
    #expect(try grants(shop) == (0, 92))
    #expect(try #require(shop.policy.ofClass.first).inboundShares(of: 100, eta: shop.now, claimed: [0, 0]).free == 100)
  }

  /// What is there already is not what the window is about.
  @Test func onlyReceiptsOfTheWindowCount() throws {
    let shop = try PlannedShop(Self.channels)
    try shop.stock("A", 50)
    shop.now = PlannedShop.noon - .day
    try shop.take(
      "purchase_order.confirmed",
      [
        "po": "p", "supplier": "mill", "node": "dc",
        "lines": [["line": "1", "sku": "A", "qty": 100, "eta": "2026-11-25T00:00:00Z"]],
      ])
    try shop.take("purchase_order.received", ["po": "p", "lines": [["line": "1", "qty": 20]]])
    shop.now = PlannedShop.noon
    try shop.plan()
    #expect(try grants(shop).own == 0)
  }
}
