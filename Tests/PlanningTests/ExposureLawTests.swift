import Operations
import TestSupport
import Testing

@testable import Planning

/// The laws of domain.md §2.4, over random channels.
@Suite struct ExposureLawTests {
  static func rows(_ random: inout SplitMix64) -> [FormulaTests.Row] {
    (0..<Int.random(in: 1...6, using: &random)).map { _ in
      FormulaTests.Row(
        protected: Bool.random(using: &random) ? Quantity.random(in: 0...30, using: &random) : nil,
        rank: Int64.random(in: 1...3, using: &random), mayUseShared: Bool.random(using: &random),
        cap: Bool.random(using: &random) ? Quantity.random(in: 0...40, using: &random) : nil,
        share: Bool.random(using: &random) ? Self.share(&random) : nil)
    }
  }

  /// Every tier of the rows shares by weight, or none does.
  static func share(_ random: inout SplitMix64) -> ChannelShare {
    let minimum = Quantity.random(in: 0...8, using: &random)
    return ChannelShare(
      weight: Int64.random(in: 1...5, using: &random), minimum: minimum,
      maximum: Bool.random(using: &random) ? Quantity.random(in: minimum...25, using: &random) : nil)
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func grantsNeverExceedStockAndFallWithIt(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let rows = Self.rows(&random)
    let consumed = rows.map { _ in Quantity.random(in: 0...12, using: &random) }
    var last: [Quantity]?
    for available in (0...120 as ClosedRange<Quantity>).reversed() {
      let exposure = FormulaTests.exposure(rows, available: available, consumed: consumed)
      let grants = exposure.grants.map(\.protected)
      #expect(grants.reduce(0, +) + exposure.shared == available, "seed \(seed)")
      if let last { #expect(zip(grants, last).allSatisfy { $0 <= $1 }, "seed \(seed): \(grants) after \(last)") }
      for (row, grant) in zip(rows, exposure.grants) where row.cap == 0 {
        #expect(grant.available(shared: exposure.shared) == 0, "seed \(seed)")
      }
      last = grants
    }
  }

  /// A claim lowers no other channel's grant, and planning again right after it gives the same grants.
  @Test(arguments: 0..<300 as Range<UInt64>) func aClaimLeavesTheOthersAlone(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let rows = Self.rows(&random)
    var available = Quantity.random(in: 0...(seed % 2 == 0 ? 120 : 25), using: &random)
    // Some have consumed more than they may have by now: a policy can be lowered after the sale.
    var use = ContiguousArray(rows.map { _ in ChannelUse(consumed: random.next() % 2 == 0 ? 0 : 25) })
    var exposure = FormulaTests.exposure(rows, available: available, use: use)
    for _ in 0..<6 {
      let channel = Int.random(in: 0..<rows.count, using: &random)
      let line = OpenLine(
        order: "o", line: "1", channel: "c", open: Quantity.random(in: 1...20, using: &random), placedAt: .distantPast)
      let before = exposure
      let result = allocate(
        [line], channels: [channel], policy: FormulaTests.policy(rows), held: ContiguousArray(use.map(\.held)),
        grants: &exposure.grants, shared: &exposure.shared)
      for other in rows.indices where other != channel {
        #expect(exposure.grants[other] == before.grants[other], "seed \(seed)")
      }
      for claim in result[0].claims {
        available -= claim.quantity
        use[channel].used += claim.quantity
        use[channel].held += claim.quantity
        if claim.pool.isProtected { use[channel].consumed += claim.quantity }
      }
      let again = FormulaTests.exposure(rows, available: available, use: use)
      #expect(again.grants == exposure.grants && again.shared == exposure.shared, "seed \(seed)")
    }
  }
}
