import Operations
import TestSupport
import Testing

@testable import Planning

/// The Brier score: each delivery is foretold with what was known before it, and only that.
@Suite struct ConfidenceScoreTests {
  static func at(_ day: Int64) -> Instant { FormulaTests.at(day) }

  static let policy = SupplierConfidenceTests.policy { $0.prior = .init(rate: .percent(50), deliveries: 2) }

  static func score(_ deliveries: [Delivery], from start: Int64 = 0, now: Int64 = 99) -> ConfidenceScore {
    ConfidenceScore(of: deliveries, promisedFrom: at(start), now: at(now)) { _ in policy }
  }

  /// Foretold: 1/2, then 2/3 after one that was in time, then 2/4 after one that was late: (¼ + ⁴⁄₉ + ¼) / 3.
  @Test func predictsBeforeItLearns() {
    let deliveries = [
      SupplierConfidenceTests.delivery(10, [(10, 10)]), SupplierConfidenceTests.delivery(20, [(25, 10)]),
      SupplierConfidenceTests.delivery(30, [(30, 10)]),
    ]
    #expect(Self.score(deliveries) == Self.score(deliveries.reversed()))
    #expect(Self.score(deliveries).deliveries == 3)
    #expect(Self.score(deliveries).brier?.partsPerMillion == 314_815)
    // The first two are learnt from, and only the last is scored.
    #expect(Self.score(deliveries, from: 21).brier?.partsPerMillion == 250_000)
  }

  /// Promised for one day, and received on one day too: neither is known when the other is foretold.
  @Test func nothingIsLearntFromTheSameLoad() {
    let load = (0..<3).map { _ in SupplierConfidenceTests.delivery(20, [(12, 10)]) }
    #expect(Self.score(load).brier?.partsPerMillion == 250_000)
  }

  /// On day 19 the first two are overdue and have not come: that is known, though they come on day 30. 1 of 4, so ¾ off.
  @Test func whatIsOverdueIsKnown() {
    let overdue = (0..<2).map { _ in SupplierConfidenceTests.delivery(10, [(30, 10)]) }
    let next = SupplierConfidenceTests.delivery(20, [(20, 10)])
    #expect(Self.score(overdue + [next], from: 20).brier?.partsPerMillion == 562_500)
  }

  @Test func anOpenDeliveryIsNotScored() {
    let open = SupplierConfidenceTests.delivery(200, [])
    #expect(Self.score([open]) == Self.score([]))
    #expect(Self.score([]).brier == nil && Self.score([]).deliveries == 0)
  }

  @Test func aNewSupplierIsForetoldFromTheOthers() {
    var policy = Self.policy
    policy.poolsPrior = true
    var new = SupplierConfidenceTests.delivery(20, [(20, 10)])
    new.supplier = "new"
    let old = (0..<6).map { SupplierConfidenceTests.delivery($0, [($0, 10)]) }
    let score = ConfidenceScore(of: old + [new], promisedFrom: Self.at(20), now: Self.at(30)) { _ in policy }
    // (1 + 6) / 8 in time, so an eighth off.
    #expect(score.brier?.partsPerMillion == 15_625)
  }

  /// Whatever happens after the last promise of interest changes no score of what came before.
  @Test(arguments: 0..<100 as Range<UInt64>) func theFutureTellsNothing(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func delivery(_ promised: ClosedRange<Int64>, delay: ClosedRange<Int64>) -> Delivery {
      let day = Int64.random(in: promised, using: &random)
      let units = Quantity.random(in: 0...10, using: &random)
      return SupplierConfidenceTests.delivery(day, [(day + Int64.random(in: delay, using: &random), units)])
    }
    let past = (0..<10).map { _ in delivery(0...20, delay: -5...3) }
    let future = (0..<10).map { _ in delivery(50...70, delay: -20...3) }
    let known = Self.score(past, now: 29)
    #expect(Self.score(past + future, now: 29) == known, "seed \(seed)")
    #expect(known.deliveries > 0 && known.brier != nil, "seed \(seed)")
  }
}
