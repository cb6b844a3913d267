import Operations
import TestSupport
import Testing

@testable import Planning

/// The golden vectors of domain.md, one row each.
@Suite struct FormulaTests {
  @Test(
    arguments: [
      ([7, 7, 7], 10, [4, 3, 3]), ([30, 20], 25, [15, 10]), ([1, 3, 3], 3, [1, 1, 1]), ([1, 3, 3], 4, [1, 2, 1]),
      ([40], 30, [30]),
      ([1, 3, 3], 7, [1, 3, 3]), ([5, 0, 5], 0, [0, 0, 0]), ([1_000_000_000_000, 1_000_000_000_000], 3, [2, 1]),
    ] as [([Quantity], Quantity, [Quantity])])
  func apportions(entitlements: [Quantity], units: Quantity, expected: [Quantity]) {
    #expect(apportion(entitlements, units) == expected)
  }

  @Test func lessToShareNeverRaisesAShare() {
    var random = SplitMix64(seed: 7)
    for _ in 0..<300 {
      let entitlements = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        Quantity.random(in: 0...40, using: &random)
      }
      let total = entitlements.reduce(0, +)
      var last = apportion(entitlements, 0)
      for units in 0...(total + 1) {
        let shares = apportion(entitlements, units)
        #expect(shares.reduce(0, +) == min(units, total), "\(entitlements) \(units)")
        #expect(zip(shares, entitlements).allSatisfy { $0 >= 0 && $0 <= $1 }, "\(entitlements) \(units)")
        #expect(zip(last, shares).allSatisfy { $0 <= $1 }, "\(entitlements) \(units)")
        last = shares
      }
    }
  }

  /// Against the rule taken word by word: one unit at a time to the largest P/(taken+½) below P.
  @Test(arguments: 0..<300 as Range<UInt64>) func apportioningGoesOnFromWhatIsTaken(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let entitlements = (0..<4).map { _ in Quantity.random(in: 0...12, using: &random) }
    let taken = entitlements.map { _ in Quantity.random(in: 0...14, using: &random) }
    var expected = taken
    for units in 0...40 as ClosedRange<Quantity> {
      let more = share(units, among: entitlements.map(Sharer.init(entitledTo:)), taken: taken, by: apportion)
      #expect(more == zip(expected, taken).map { $0 - $1 }, "seed \(seed)")
      let next = entitlements.indices.filter { expected[$0] < entitlements[$0] }.min { left, right in
        (entitlements[left] * (2 * expected[right] + 1), -left) > (
          entitlements[right] * (2 * expected[left] + 1), -right
        )
      }
      if let next { expected[next] += 1 }
    }
  }

  static let day = TimeSpan.day
  static func at(_ day: Int64) -> Instant { Instant(milliseconds: day * TimeSpan.day.milliseconds) }

  /// Oracle's period example, read as cumulative with look-ahead: C = [0,2,1,−1,1,4,6,8].
  @Test func lookAheadKeepsLaterDemand() {
    let supply: [Quantity] = [6, 4, 2, 4, 8, 4, 4, 4]
    let demand: [Quantity] = [6, 2, 3, 6, 6, 1, 2, 2]
    let atp = LookAheadATP(
      start: Self.at(1), onHand: 0, supply: supply.enumerated().map { (Self.at(Int64($0 + 1)), $1) },
      demand: demand.enumerated().map { (Self.at(Int64($0 + 1)), $1) })
    #expect(atp.steps.map(\.units) == [0, 0, 0, 0, 1, 4, 6, 8])
    #expect(atp.shortage == 1)
  }

  /// C(t) of domain.md §2.2, and of §2.3 where the first supplier's word holds in 80% and in 50%: the last balance within
  /// a horizon that ends on the day.
  @Test(
    arguments: [
      (
        0, [(1, 6), (2, 4), (3, 2), (4, 4), (5, 8), (6, 4), (7, 4), (8, 4)],
        [(1, 6), (2, 2), (3, 3), (4, 6), (5, 6), (6, 1), (7, 2), (8, 2)], [1, 2, 3, 4, 5, 6, 7, 8],
        [0, 2, 1, -1, 1, 4, 6, 8]
      ),
      (
        20, [(5, 80), (10, 25)], [(3, 10), (7, 60), (12, 30)], [0, 3, 5, 7, 10, 12], [20, 10, 90, 30, 55, 25]
      ),
      (
        20, [(5, 50), (10, 25)], [(3, 10), (7, 60), (12, 30)], [0, 3, 5, 7, 10, 12], [20, 10, 60, 0, 25, -5]
      ),
    ] as [(Quantity, [(Int64, Quantity)], [(Int64, Quantity)], [Int64], [Quantity])])
  func balancesByDay(
    onHand: Quantity, supply: [(Int64, Quantity)], demand: [(Int64, Quantity)], days: [Int64], balances: [Quantity]
  ) {
    let seen = days.map { day in
      LookAheadATP(
        start: Self.at(0), onHand: onHand, supply: supply.map { (Self.at($0.0), $0.1) },
        demand: demand.map { (Self.at($0.0), $0.1) }, horizon: Self.at(day)
      ).levels.last?.units
    }
    #expect(seen == balances)
  }

  /// λτ = 6/h × 15 min → 5; 40/h → 18; 2/h × 1.3 h → 7; nothing sold → 0.
  @Test(
    arguments: [(144, "15m", 5), (960, "15m", 18), (48, "78m", 7), (0, "15m", 0)] as [(Quantity, String, Quantity)])
  func latencyBuffers(soldADay: Quantity, latency: String, expected: Quantity) throws {
    let latency = try #require(TimeSpan(latency))
    #expect(latencyBuffer(sold: soldADay, in: .day, latency: latency, risk: .percent(1)) == expected)
  }

  @Test func aBusyItemsBufferIsFinite() {
    let units = latencyBuffer(sold: 1_000_000, in: .day, latency: .day, risk: .percent(1))
    #expect((1_002_000...1_003_000).contains(units))
  }

  /// Whatever was sold and however late a marketplace is: a whole number soon, and never less for more.
  @Test func noDemandIsTooLargeForABuffer() throws {
    let latency = try #require(TimeSpan("3660d"))
    var last: Quantity = 0
    for sold: Quantity in [10, 100_000, 270, 1_000_000_000, 600_000_000_000, 3_000_000_000_000_000].sorted() {
      let units = latencyBuffer(sold: sold, in: .day, latency: latency, risk: .percent(1))
      #expect(units >= last && units <= Limits.quantity)
      last = units
    }
  }

  struct Row: Sendable {
    var protected: Quantity?
    var rank: Int64
    var mayUseShared = true
    var cap: Quantity?
    var used: Quantity = 0
    /// Its part in a tier that shares; nil in a strict one.
    var share: ChannelShare?
  }

  static let seed = [
    Row(protected: 40, rank: 1), Row(protected: 30, rank: 2, mayUseShared: false),
    Row(protected: 10, rank: 3, cap: 25, used: 5), Row(rank: 3, cap: 15),
  ]

  static func policy(_ rows: [Row]) -> Policy.ItemPolicy {
    let channels = rows.map { row in
      ChannelPolicy(
        rank: row.rank, mayUseShared: row.mayUseShared, cap: row.cap.map { .units($0) }, capWindow: .day,
        exposure: .all, buffer: nil, minPublish: 0, maxPublish: Limits.quantity,
        protection: row.protected.map { ProtectionPolicy(amount: .units($0), window: .always) },
        rule: row.share == nil ? .strict : .fairShare, share: row.share ?? ChannelShare())
    }
    return Policy.ItemPolicy(channels: ContiguousArray(channels), safetyStock: [])
  }

  static func exposure(_ rows: [Row], available: Quantity, consumed: [Quantity] = []) -> Exposure {
    let use = rows.enumerated().map { index, row in
      ChannelUse(consumed: index < consumed.count ? consumed[index] : 0, used: row.used)
    }
    return exposure(rows, available: available, use: ContiguousArray(use))
  }

  static func exposure(_ rows: [Row], available: Quantity, use: ContiguousArray<ChannelUse>) -> Exposure {
    var exposure = Exposure()
    exposure.grant(net: available, onHand: available, policy: policy(rows), use: use)
    return exposure
  }

  @Test(
    arguments: [
      (120, [40, 30, 10, 0], 40, [80, 30, 20, 15]), (80, [40, 30, 10, 0], 0, [40, 30, 10, 0]),
      (55, [40, 15, 0, 0], 0, [40, 15, 0, 0]), (30, [30, 0, 0, 0], 0, [30, 0, 0, 0]),
    ] as [(Quantity, [Quantity], Quantity, [Quantity])])
  func channelsAreServedByTier(available: Quantity, grants: [Quantity], shared: Quantity, ats: [Quantity]) {
    let exposure = Self.exposure(Self.seed, available: available)
    #expect(exposure.grants.map(\.protected) == grants)
    #expect(exposure.shared == shared)
    #expect(exposure.grants.map { $0.available(shared: exposure.shared) } == ats)
  }

  /// P=(30,20), A=25 → (15,10); then the first claims 10 → (5,10).
  @Test func consumptionCountsAgainstTheEntitlement() {
    let rows = [Row(protected: 30, rank: 1), Row(protected: 20, rank: 1)]
    #expect(Self.exposure(rows, available: 25).grants.map(\.protected) == [15, 10])
    #expect(Self.exposure(rows, available: 15, consumed: [10, 0]).grants.map(\.protected) == [5, 10])
  }

  /// 40% of 100, of which ten are then claimed, and then leave: thirty are left each time. Selling erodes nothing twice.
  @Test(
    arguments: [(100, 0, 0, 40), (100, 10, 0, 30), (90, 10, 10, 30), (60, 40, 40, 0), (0, 0, 0, 0)]
      as [(Quantity, Quantity, Quantity, Quantity)])
  func aPercentageIsOfWhatWasThere(onHand: Quantity, consumed: Quantity, shipped: Quantity, granted: Quantity) {
    let channel = ChannelPolicy(
      rank: 1, mayUseShared: true, cap: nil, capWindow: .day, exposure: .all, buffer: nil, minPublish: 0,
      maxPublish: Limits.quantity,
      protection: ProtectionPolicy(amount: .shareOfOnHand(.percent(40)), window: .always))
    let policy = Policy.ItemPolicy(channels: [channel], safetyStock: [])
    var exposure = Exposure()
    exposure.grant(
      net: onHand - consumed + shipped, onHand: onHand, policy: policy,
      use: [ChannelUse(consumed: consumed, consumedShipped: shipped)])
    #expect(exposure.grants.map(\.protected) == [granted])
  }

  /// P=(10,10,5), the third holds 30 from a time when it had more: A=4 → (2,2,0); then the first claims 2 → (0,2,0).
  @Test func whoHoldsMoreThanItsShareDisturbsNobody() {
    let rows = [10, 10, 5].map { Row(protected: $0, rank: 1) }
    #expect(Self.exposure(rows, available: 4, consumed: [0, 0, 30]).grants.map(\.protected) == [2, 2, 0])
    #expect(Self.exposure(rows, available: 2, consumed: [2, 0, 30]).grants.map(\.protected) == [0, 2, 0])
  }

  struct Publication: Sendable {
    var available: Quantity
    var maximum = Limits.quantity
    var minimum: Quantity = 0
    var exposure = Rate.all
    var buffer: ChannelPolicy.Buffer?
    var mayUseShared = true
    /// Units that another channel sold from the shared pool within a day.
    var soldByOthers: Quantity = 0
    var published: Quantity
  }

  /// Domain.md §2.4, step 4: pub = max(0, min(max, ⌊ats · exposure⌋) − buffer), and 0 below the minimum.
  @Test(arguments: [
    Publication(available: 50, published: 50), Publication(available: 0, published: 0),
    Publication(available: -7, published: 0),
    // The share is rounded down, 100 × 29% exactly.
    Publication(available: 33, exposure: .percent(90), published: 29),
    Publication(available: 100, exposure: .percent(29), published: 29),
    Publication(available: 50, exposure: .none, published: 0),
    // The maximum stands before the buffer.
    Publication(available: 50, maximum: 10, published: 10), Publication(available: 8, maximum: 10, published: 8),
    Publication(available: 50, maximum: 10, buffer: .fixed(4), published: 6),
    Publication(available: 50, maximum: 0, published: 0),
    Publication(available: 33, maximum: 30, exposure: .percent(90), buffer: .fixed(9), published: 20),
    // A buffer takes no more than is there.
    Publication(available: 5, buffer: .fixed(4), published: 1),
    Publication(available: 5, buffer: .fixed(5), published: 0),
    Publication(available: 5, buffer: .fixed(9), published: 0),
    // Below the minimum nothing is told; the buffer counts first.
    Publication(available: 5, minimum: 5, published: 5), Publication(available: 4, minimum: 5, published: 0),
    Publication(available: 9, minimum: 5, buffer: .fixed(4), published: 5),
    Publication(available: 8, minimum: 5, buffer: .fixed(4), published: 0),
    // Who uses no shared stock needs none, whatever others sell.
    Publication(available: 50, buffer: .fixed(4), mayUseShared: false, published: 50),
    Publication(
      available: 50, buffer: .latency(.hour, risk: .percent(1)), mayUseShared: false, soldByOthers: 240, published: 50),
    // Ten an hour for an hour, at 1%: 18.
    Publication(available: 50, buffer: .latency(.hour, risk: .percent(1)), soldByOthers: 240, published: 32),
    Publication(available: 50, buffer: .latency(.hour, risk: .percent(1)), soldByOthers: 0, published: 50),
  ])
  func publishes(row: Publication) {
    let own = ChannelPolicy(
      rank: 1, mayUseShared: row.mayUseShared, cap: nil, capWindow: .day, exposure: row.exposure, buffer: row.buffer,
      minPublish: row.minimum, maxPublish: row.maximum,
      protection: row.mayUseShared ? nil : ProtectionPolicy(amount: .units(Limits.quantity), window: .always))
    let other = ChannelPolicy(
      rank: 2, mayUseShared: true, cap: .units(0), capWindow: .day, exposure: .all, buffer: nil, minPublish: 0,
      maxPublish: Limits.quantity, protection: nil)
    let policy = Policy.ItemPolicy(channels: [own, other], safetyStock: [])
    let use: ContiguousArray = [ChannelUse(), ChannelUse(soldFromShared: row.soldByOthers)]
    var exposure = Exposure()
    exposure.grant(net: row.available, onHand: max(0, row.available), policy: policy, use: use)
    var buffers = BufferTable()
    exposure.publish(exposure.grants, policy: policy, use: use, buffers: &buffers)
    #expect(exposure.published == [row.published, 0])
  }
}
