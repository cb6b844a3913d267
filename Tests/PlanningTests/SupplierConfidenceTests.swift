import Operations
import TestSupport
import Testing

@testable import Planning

/// The vectors of domain.md §2.6, and what counts as in time.
@Suite struct SupplierConfidenceTests {
  static func at(_ day: Int64) -> Instant { FormulaTests.at(day) }
  static func days(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * TimeSpan.day.milliseconds) }

  /// Ten units promised for a day, received as (day, units).
  static func delivery(_ promised: Int64, _ receipts: [(Int64, Quantity)], ordered: Quantity = 10) -> Delivery {
    Delivery(
      supplier: "s", ordered: ordered, promised: at(promised),
      receipts: receipts.map { .init(at: at($0), units: $1) })
  }

  static func policy(_ change: (inout ConfidencePolicy) -> Void = { _ in }) -> ConfidencePolicy {
    var policy = ConfidencePolicy()
    policy.halfLife = nil
    change(&policy)
    return policy
  }

  /// Deliveries in time of all, ρ in ppm, n_eff and the tier.
  @Test(
    arguments: [
      (12, 15, 800_000, 15, .low), (0, 0, 800_000, 0, .untrusted), (30, 30, 950_000, 30, .high),
      (0, 5, 533_333, 5, .untrusted), (4, 4, 857_143, 4, .untrusted), (5, 5, 866_667, 5, .medium),
    ] as [(Int, Int, Int64, Int64, ConfidenceTier)])
  func goldenVectors(inTime: Int, all: Int, rate: Int64, sample: Int64, tier: ConfidenceTier) {
    let deliveries = (0..<all).map { Self.delivery(1, [($0 < inTime ? 1 : 3, 10)]) }
    for measure in [ConfidencePolicy.Measure.fraction, .inFull(tolerance: .none)] {
      let confidence = SupplierConfidence(of: deliveries, policy: Self.policy { $0.measure = measure }, now: Self.at(5))
      #expect(confidence.rate.partsPerMillion == rate)
      #expect(confidence.sampleSize == sample * 1000)
      #expect(confidence.tier == tier)
    }
  }

  /// High from 95%, medium from 85%, low from 70%: exactly, to the millionth.
  @Test(
    arguments: [
      (1_000_000, .high), (950_000, .high), (949_999, .medium), (850_000, .medium), (849_999, .low), (700_000, .low),
      (699_999, .untrusted), (0, .untrusted),
    ] as [(Int64, ConfidenceTier)])
  func tiersBeginWhereTheyAreSaidTo(partsPerMillion: Int64, tier: ConfidenceTier) throws {
    #expect(ConfidenceTier(of: try #require(Rate(partsPerMillion: partsPerMillion))) == tier)
  }

  /// Promised for day 10; what is known on a day, by the default measure. nil: it says nothing yet.
  @Test(
    arguments: [
      ("nothing came and it is not due", [], 10, nil), ("nothing ever came", [], 11, 0),
      ("all came, after a new date", [(15, 10)], 20, 0), ("all came soon", [(4, 10)], 5, 1),
      ("the receipt is not known yet", [(9, 10)], 8, nil), ("half came and the rest is not due", [(4, 5)], 8, nil),
      ("half came and the rest is late", [(4, 5), (12, 5)], 11, 0.5),
      ("two halves add up", [(9, 5), (10, 5)], 10, 1), ("more came than was ordered", [(9, 50)], 10, 1),
      ("a receipt was taken back", [(9, 10), (10, -4)], 11, 0.6), ("only a correction", [(9, -4)], 11, 0),
    ] as [(String, [(Int64, Quantity)], Int64, Double?)])
  func measuresAgainstTheFirstPromise(what: String, receipts: [(Int64, Quantity)], now: Int64, outcome: Double?) {
    #expect(Self.policy().outcome(of: Self.delivery(10, receipts), now: Self.at(now)) == outcome, "\(what)")
  }

  @Test func whatWeCancelledSaysNothing() {
    let cancelled = Self.delivery(1, [], ordered: 0)
    #expect(Self.policy().outcome(of: cancelled, now: Self.at(9)) == nil)
    #expect(SupplierConfidence(of: [cancelled], policy: Self.policy(), now: Self.at(9)).sampleSize == 0)
  }

  @Test func graceAndToleranceForgive() {
    let late = Self.delivery(10, [(12, 96)], ordered: 100)
    let two = Self.policy { $0.grace = Self.days(2) }
    #expect(two.outcome(of: late, now: Self.at(12)) == nil)
    #expect(two.outcome(of: late, now: Self.at(13)) == 0.96)
    func inFull(_ percent: Int64, grace: Int64) -> Double? {
      let policy = Self.policy {
        $0.measure = .inFull(tolerance: .percent(percent))
        $0.grace = Self.days(grace)
      }
      return policy.outcome(of: late, now: Self.at(13))
    }
    #expect(inFull(4, grace: 2) == 1)
    #expect(inFull(3, grace: 2) == 0)
    #expect(inFull(4, grace: 1) == 0)
  }

  @Test func tooEarlyCountsOnlyWherePolicySaysSo() {
    let early = Self.delivery(10, [(3, 10)])
    #expect(Self.policy().outcome(of: early, now: Self.at(3)) == 1)
    #expect(Self.policy { $0.earlyGrace = Self.days(7) }.outcome(of: early, now: Self.at(3)) == 1)
    #expect(Self.policy { $0.earlyGrace = Self.days(6) }.outcome(of: early, now: Self.at(3)) == 0)
  }

  /// Half-life 10 days: a miss of 10 days ago weighs half. (8 + 1) / (10 + 1.5); n_eff = 1.5² / 1.25.
  @Test func oldDeliveriesFade() {
    let deliveries = [Self.delivery(20, [(20, 10)]), Self.delivery(10, [])]
    let policy = Self.policy { $0.halfLife = Self.days(10) }
    let confidence = SupplierConfidence(of: deliveries, policy: policy, now: Self.at(20))
    #expect(confidence.rate.partsPerMillion == 782_609)
    #expect(confidence.sampleSize == 1800)
  }

  @Test func timeMovesConfidenceOnlyAtMidnight() {
    let deliveries = [Self.delivery(20, [(20, 10)]), Self.delivery(10, [])]
    func confidence(_ hour: Int64) -> SupplierConfidence {
      SupplierConfidence(
        of: deliveries, policy: ConfidencePolicy(),
        now: Self.at(30) + TimeSpan(milliseconds: hour * TimeSpan.hour.milliseconds))
    }
    #expect(confidence(0) == confidence(23))
    #expect(confidence(23) != confidence(24))
  }

  /// Whatever the policy and the deliveries: a share, the same in any order, and never more for a worse record.
  @Test(arguments: 0..<300 as Range<UInt64>) func everyRecordHasAnAnswer(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    let policy = Self.policy {
      $0.prior = .init(rate: .percent(number(0...100)), deliveries: number(0...3))
      $0.halfLife = seed % 3 == 0 ? nil : TimeSpan(milliseconds: number(0...40) * TimeSpan.hour.milliseconds)
      $0.grace = Self.days(number(0...2))
      $0.earlyGrace = seed % 2 == 0 ? nil : Self.days(number(0...5))
      $0.measure = seed % 5 == 0 ? .inFull(tolerance: .percent(number(0...99))) : .fraction
    }
    let deliveries = (0..<number(0...12)).map { _ in
      Self.delivery(
        number(-4000...30), (0..<number(0...3)).map { _ in (number(-5...30), number(0...9)) }, ordered: number(0...12))
    }
    let confidence = SupplierConfidence(of: deliveries, policy: policy, now: Self.at(15))
    let shuffled = deliveries.shuffled(using: &random)
    #expect(SupplierConfidence(of: shuffled, policy: policy, now: Self.at(15)) == confidence, "seed \(seed)")
    #expect(confidence.sampleSize <= Int64(deliveries.count) * 1000, "seed \(seed)")
    let worse = deliveries + [Self.delivery(2, [])]
    #expect(
      SupplierConfidence(of: worse, policy: policy, now: Self.at(15)).rate <= confidence.rate, "seed \(seed)")
  }

  /// All together: (2 + 12) / (10 + 15) = .56, which is the prior's rate of each of them then.
  @Test func fewDeliveriesLeanOnTheOthers() {
    let good = (0..<12).map { _ in Self.delivery(1, [(1, 10)]) }
    let bad = (0..<3).map { _ in Self.delivery(1, []) }
    var policy = Self.policy { $0.prior = .init(rate: .percent(20), deliveries: 10) }
    func rate(_ deliveries: [Delivery]) -> Int64 {
      let pooled = policy.poolsPrior ? policy.pooledPrior(of: good + bad, day: Self.at(5).day) : nil
      let informed = policy.starting(from: pooled)
      return SupplierConfidence(of: deliveries, policy: informed, now: Self.at(5)).rate.partsPerMillion
    }
    #expect(rate([]) == 200_000)
    policy.poolsPrior = true
    #expect(rate([]) == 560_000)
    #expect(rate(bad) == 430_769)
    #expect(rate(good) == 800_000)
  }

  @Test func leadTimesAreLearntFromFullReceipts() throws {
    func delivery(ordered: Int64?, _ receipts: [(Int64, Quantity)]) -> Delivery {
      var delivery = Self.delivery(30, receipts)
      delivery.orderedAt = ordered.map(Self.at)
      return delivery
    }
    let first = delivery(ordered: 0, [(20, 10)])
    let single = try #require(LeadTime(of: [first], now: Self.at(90)))
    #expect(single.mean == Self.days(20) && single.deviation == nil && single.deliveries == 1)
    // Complete after 24 and 22 days; open, undated, taken in before it was ordered: none of them counts.
    let all = [
      first, delivery(ordered: 1, [(25, 4), (9, 6)]), delivery(ordered: 3, [(25, 30)]), delivery(ordered: 3, [(9, 9)]),
      delivery(ordered: nil, [(9, 10)]), delivery(ordered: 9, [(8, 10)]),
    ]
    let several = try #require(LeadTime(of: all, now: Self.at(90)))
    #expect(several.mean == Self.days(22) && several.deviation == Self.days(2) && several.deliveries == 3)
    #expect(LeadTime(of: all.reversed(), now: Self.at(90)) == several)
    #expect(LeadTime(of: all, now: Self.at(8)) == nil)
  }
}
