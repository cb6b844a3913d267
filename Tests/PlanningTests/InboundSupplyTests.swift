import Operations
import Testing

@testable import Planning

/// The vectors of domain.md §2.3: what can be counted on of a purchase order, and when.
@Suite struct InboundSupplyTests {
  static func at(_ day: Int64) -> Instant { FormulaTests.at(day) }
  static func days(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * TimeSpan.day.milliseconds) }

  static func line(_ open: Quantity, _ eta: Int64, promised: Int64? = nil, _ notices: [ShipNotice] = []) -> InboundLine
  {
    InboundLine(
      purchaseOrder: "po", line: "1", supplier: "s", node: "n", open: open, eta: at(eta),
      originalETA: at(promised ?? eta), shipNotices: notices)
  }

  static func supplier(_ percent: Int64, _ change: (inout SupplierPolicy) -> Void = { _ in }) -> SupplierPolicy {
    var policy = SupplierPolicy(confidence: .percent(percent), receivingTime: days(0), pastDueAfter: nil)
    change(&policy)
    return policy
  }

  /// A0=20; 100 on day 5 and 50 on day 10; and the same when the first supplier's confidence falls.
  @Test(
    arguments: [
      (80, [10, 10, 25, 25, 25, 25], 0, 5 as Int64?), (50, [0, 0, 0, 0, 0, 0], 5, nil),
    ] as [(Int64, [Quantity], Quantity, Int64?)])
  func inboundCountsByConfidence(percent: Int64, expected: [Quantity], shortage: Quantity, promise: Int64?) {
    let supply =
      Self.supplier(percent).expected(Self.line(100, 5), now: Self.at(0))
      + Self.supplier(50).expected(Self.line(50, 10), now: Self.at(0))
    let atp = LookAheadATP(
      start: Self.at(0), onHand: 20, supply: supply.map { ($0.at, $0.units) },
      demand: [(Self.at(3), 10), (Self.at(7), 60), (Self.at(12), 30)])
    #expect([0, 3, 5, 7, 10, 12].map { atp.units(at: Self.at($0)) } == expected)
    #expect(atp.shortage == shortage)
    #expect(atp.firstMoment(for: 20) == promise.map(Self.at))
    #expect(atp.firstMoment(for: 26) == nil)
  }

  @Test func aLateOrderIsNotRevivedByANewDate() {
    let supplier = Self.supplier(100) {
      $0.receivingTime = Self.days(1)
      $0.pastDueAfter = Self.days(7)
    }
    let line = Self.line(10, 30, promised: 5, [ShipNotice(id: "a", quantity: 4, eta: Self.at(20))])
    let expected = supplier.expected(line, now: Self.at(12))
    #expect(expected.map(\.units) == [4, 6] && expected.map(\.at) == [Self.at(21), Self.at(31)])
    #expect(supplier.expected(line, now: Self.at(13)) == [])
  }

  @Test func whatIsOverdueCountsFromToday() {
    let expected = Self.supplier(90) { $0.receivingTime = Self.days(2) }.expected(Self.line(10, 3), now: Self.at(8))
    #expect(expected == [ExpectedSupply(at: Self.at(10), units: 9, part: .rest)])
  }

  @Test(arguments: [0, -5] as [Quantity]) func moreThanOrderedLeavesNothingToCome(open: Quantity) {
    let notices = [ShipNotice(id: "a", quantity: 4, eta: Self.at(2))]
    #expect(Self.supplier(80).expected(Self.line(open, 3, notices), now: Self.at(0)) == [])
  }

  /// 100 open at 70%, of which 40 are on their way at 95%, 10 of them already here: ⌊30 × .95⌋ and ⌊70 × .7⌋.
  @Test func aShipNoticeHasItsOwnTimeAndConfidence() {
    let supplier = Self.supplier(70) { $0.announcedConfidence = .percent(95) }
    let notice = ShipNotice(id: "a", quantity: 40, received: 10, eta: Self.at(4))
    #expect(
      supplier.expected(Self.line(100, 9, [notice]), now: Self.at(0)) == [
        ExpectedSupply(at: Self.at(4), units: 28, part: .announced("a")),
        ExpectedSupply(at: Self.at(9), units: 49, part: .rest),
      ])
  }

  @Test func whatIsAnnouncedIsNeverWorthLessThanThePromise() {
    let supplier = Self.supplier(90) { $0.announcedConfidence = .percent(50) }
    let notice = ShipNotice(id: "a", quantity: 10, eta: Self.at(4))
    #expect(supplier.expected(Self.line(10, 9, [notice]), now: Self.at(0)).map(\.units) == [9])
  }

  /// More is announced than is open: the notice with the higher id is cut.
  @Test func noMoreIsExpectedThanIsOpen() {
    let notices = [("b", 8, 1), ("a", 8, 3), ("c", 8, 2)].map { id, units, eta in
      ShipNotice(id: id, quantity: units, eta: Self.at(eta))
    }
    let expected = Self.supplier(100).expected(Self.line(10, 9, notices), now: Self.at(0))
    #expect(expected.map(\.part) == [.announced("a"), .announced("b")])
    #expect(expected.map(\.units) == [8, 2])
  }

  /// ⌊1 × .5⌋ twice is nothing, ⌊2 × .5⌋ is a unit: it comes with the later part.
  @Test func roundingEachPartLosesNoUnit() {
    let notice = ShipNotice(id: "a", quantity: 1, eta: Self.at(4))
    let expected = Self.supplier(50).expected(Self.line(2, 9, [notice]), now: Self.at(0))
    #expect(expected == [ExpectedSupply(at: Self.at(9), units: 1, part: .rest)])
  }

  /// σ_L = 2.5 days and k = 0, ½, 1, 2: ⌈0⌉, ⌈1.25⌉, ⌈2.5⌉ and ⌈5⌉ days later.
  @Test(
    arguments: [(97, nil, 0), (90, nil, 2), (75, nil, 3), (60, nil, 5), (97, .untrusted, 5)]
      as [(Int64, ConfidenceTier?, Int64)])
  func theLessTrustedTheLater(percent: Int64, tier: ConfidenceTier?, delay: Int64) {
    let supplier = SupplierPolicy(
      confidence: .percent(percent), tier: tier, leadTimeDeviation: TimeSpan(milliseconds: 216_000_000),
      delayMargin: DelayMargin(high: 0, medium: 500, low: 1000, untrusted: 2000), receivingTime: Self.days(1),
      pastDueAfter: nil)
    #expect(supplier.expected(Self.line(100, 9), now: Self.at(0)).map(\.at) == [Self.at(10 + delay)])
  }

  @Test func aMarginNeverFallsAsTrustDoes() {
    let tiers: [ConfidenceTier] = [.high, .medium, .low, .untrusted]
    func delays(_ margin: DelayMargin, _ deviation: TimeSpan) -> [TimeSpan] {
      tiers.map { margin.delay($0, deviation: deviation) }
    }
    let odd = DelayMargin(high: -3, medium: 2000, low: 1000, untrusted: 0)
    #expect(delays(odd, Self.days(3)) == [0, 6, 6, 6].map(Self.days))
    #expect(delays(odd, Self.days(-3)) == [0, 0, 0, 0].map(Self.days))
    #expect(
      delays(DelayMargin(high: .max), TimeSpan(milliseconds: .max)) == Array(repeating: Self.days(366_000), count: 4))
  }
}
