import Operations
import TestSupport
import Testing

@testable import Planning

/// Tiers that share by weight: their protections and their open orders.
@Suite struct FairTierTests {
  typealias Row = FormulaTests.Row

  static func row(
    _ weight: Int64, minimum: Quantity = 0, maximum: Quantity? = nil, protected: Quantity? = nil, rank: Int64 = 1
  ) -> Row {
    Row(
      protected: protected, rank: rank, share: ChannelShare(weight: weight, minimum: minimum, maximum: maximum))
  }

  @Test(
    arguments: [
      // By weight, up to what is protected.
      ([row(1, protected: 30), row(3, protected: 20)], 25, [6, 19]),
      ([row(1, protected: 30), row(3, protected: 20)], 60, [30, 20]),
      ([row(1, protected: 30), row(3, protected: 20)], 45, [25, 20]),
      // The minimum first, and no more than the maximum.
      ([row(1, minimum: 10, protected: 30), row(3, protected: 20)], 25, [14, 11]),
      ([row(1, protected: 30), row(3, maximum: 15, protected: 20)], 40, [25, 15]),
      ([row(1, protected: 30), row(3, maximum: 15, protected: 20)], 90, [30, 15]),
      // A later tier's minimum stands before an earlier one's rest, where both share.
      ([row(1, protected: 30), row(1, minimum: 5, protected: 20, rank: 2)], 25, [20, 5]),
      // It does not where a strict tier stands first.
      ([Row(protected: 30, rank: 1), row(1, minimum: 5, protected: 20, rank: 2)], 25, [25, 0]),
    ] as [([Row], Quantity, [Quantity])])
  func protectionsAreSharedByWeight(rows: [Row], available: Quantity, expected: [Quantity]) {
    #expect(FormulaTests.exposure(rows, available: available).grants.map(\.protected) == expected)
  }

  /// Minimums that the stock does not suffice for, tier by tier: what is missing, by channel. What claims hold counts.
  @Test(
    arguments: [
      ([row(1, minimum: 10), row(1, minimum: 5)], 15, [0, 0], [:]),
      ([row(1, minimum: 10), row(1, minimum: 5)], 12, [0, 0], [1: 3]),
      ([row(1, minimum: 10), row(1, minimum: 5)], 12, [3, 0], [:]),
      ([row(1, minimum: 10, rank: 2), row(1, minimum: 5)], 12, [0, 0], [0: 3]),
      ([row(1, minimum: 10), row(1, minimum: 5)], -4, [0, 0], [0: 10, 1: 5]),
      ([row(1, minimum: 10, maximum: 4), row(1)], 3, [0, 0], [0: 1]),
      // What a strict tier before them keeps is not there for them.
      ([Row(protected: 30, rank: 1), row(1, minimum: 5, rank: 2)], 32, [0, 0], [1: 3]),
      ([Row(protected: 30, rank: 1), Row(rank: 2)], 3, [0, 0], [:]),
    ] as [([Row], Quantity, [Quantity], [Int: Quantity])])
  func minimumsThatAreNotThereAreTold(rows: [Row], available: Quantity, held: [Quantity], missing: [Int: Quantity]) {
    let use = ContiguousArray(held.map { ChannelUse(held: $0) })
    let exposure = FormulaTests.exposure(rows, available: available, use: use)
    #expect(Dictionary(uniqueKeysWithValues: exposure.unmetMinimums.map { ($0.channel, $0.units) }) == missing)
  }

  @Test func aTierThatCannotBeMetIsAWarningOfThePlan() throws {
    let trade = try Trade([
      Trade.channel("one", rank: 1, rule: "fair_share", "share: {min_units: 30}\n"),
      Trade.channel("two", rank: 2, rule: "fair_share", "share: {min_units: 30}\n"),
    ])
    try trade.count(50)
    let warnings = try trade.plan().warnings
    #expect(
      warnings.map(\.sentence) == ["two: 10 guaranteed units of A (min_units) are not in stock"],
      "\(warnings)")
    try trade.count(60)
    #expect(try trade.plan().warnings.isEmpty)
  }

  /// What the open orders of channels get: demand beside the rows, in one order a channel.
  static func allocated(
    _ rows: [Row], demand: [Quantity], available: Quantity, use: ContiguousArray<ChannelUse>? = nil
  ) -> [Quantity] {
    let use = use ?? ContiguousArray(rows.map { _ in ChannelUse() })
    var exposure = FormulaTests.exposure(rows, available: available, use: use)
    let lines = demand.enumerated().map { index, units in
      OpenLine(
        order: OrderID("o\(index)"), line: "1", channel: ChannelID("c\(index)"), open: units, placedAt: .distantPast)
    }
    let results = allocate(
      lines, channels: rows.indices.map { $0 }, policy: FormulaTests.policy(rows),
      held: ContiguousArray(use.map(\.held)), grants: &exposure.grants, shared: &exposure.shared)
    return zip(demand, results).map { $0 - $1.missing }
  }

  /// The published rule (minimums, weights, maximums, tiers) for open orders that nothing else distinguishes.
  @Test(
    arguments: [
      (10, [row(1), row(1), row(1)], [9, 9, 9], [4, 3, 3]),
      (7, [row(2), row(1)], [9, 9], [5, 2]),
      (30, [row(1), row(1), row(2, maximum: 10)], [4, 50, 50], [4, 16, 10]),
      (20, [row(1, minimum: 10), row(1)], [50, 50], [15, 5]),
      (20, [row(1, minimum: 8, rank: 2), row(1, minimum: 5)], [50, 50], [8, 12]),
      (50, [row(1), row(3, rank: 2), row(1, rank: 2), row(9, rank: 3)], [20, 90, 90, 90], [20, 23, 7, 0]),
      (9, [row(1, minimum: 8), row(1), row(1, rank: 3)], [3, 0, 2], [3, 0, 2]),
      (100, [row(1), row(5)], [10, 20], [10, 20]),
      // A strict tier takes in full what it asks for, and then the later ones share.
      (20, [Row(rank: 1), row(1, minimum: 9, rank: 2), row(1, rank: 2)], [15, 9, 9], [15, 5, 0]),
    ] as [(Quantity, [Row], [Quantity], [Quantity])])
  func openOrdersShareByThePublishedRule(
    available: Quantity, rows: [Row], demand: [Quantity], expected: [Quantity]
  ) {
    #expect(Self.allocated(rows, demand: demand, available: available) == expected)
    // The same instance, straight through the rule where all tiers share.
    guard rows.allSatisfy({ $0.share != nil }) else { return }
    let sharers = zip(rows, demand).map { row, units in
      Sharer(
        rank: row.rank, weight: row.share?.weight ?? 1, minimum: row.share?.minimum ?? 0,
        cap: min(units, row.share?.maximum ?? units))
    }
    #expect(fairShare(of: available, among: sharers) == expected)
  }

  /// Who holds units already waits until the others have their share; a minimum and a maximum count what is held.
  @Test(
    arguments: [
      ([row(1), row(1)], [6, 0], 10, [2, 8]), ([row(1), row(1)], [20, 0], 10, [0, 10]),
      ([row(1, minimum: 8), row(1)], [6, 6], 4, [4, 0]), ([row(1), row(1, maximum: 7)], [6, 6], 10, [9, 1]),
    ] as [([Row], [Quantity], Quantity, [Quantity])])
  func sharingGoesOnFromWhatIsHeld(rows: [Row], held: [Quantity], available: Quantity, expected: [Quantity]) {
    let use = ContiguousArray(held.map { ChannelUse(held: $0) })
    #expect(Self.allocated(rows, demand: [50, 50], available: available, use: use) == expected)
  }

  /// One unit after the other comes to both channels in turn, although each time the remainders are the same.
  @Test func singleUnitsDoNotAllGoToTheFirst() {
    let rows = [Self.row(1), Self.row(1)]
    var use = ContiguousArray(rows.map { _ in ChannelUse() })
    for _ in 0..<6 {
      for (index, units) in Self.allocated(rows, demand: [9, 9], available: 1, use: use).enumerated() {
        use[index].held += units
      }
    }
    #expect(use.map(\.held) == [3, 3])
  }

  /// Inside a channel its orders come by priority and age, whatever the others ask for.
  @Test func insideAChannelTheOldestComesFirst() {
    let rows = [Self.row(1), Self.row(1)]
    var exposure = FormulaTests.exposure(rows, available: 8)
    let lines = [("a", 5, 0), ("b", 3, 1), ("c", 2, 9), ("d", 9, 0)].map { name, units, priority in
      OpenLine(
        order: OrderID(name), line: "1", channel: name == "d" ? "c1" : "c0", open: units, placedAt: .distantPast,
        priority: priority)
    }
    let results = allocate(
      lines, channels: [0, 0, 0, 1], policy: FormulaTests.policy(rows), held: [0, 0], grants: &exposure.grants,
      shared: &exposure.shared)
    #expect(results.map(\.missing) == [5, 1, 0, 5])
  }

  /// Less to share never raises a share, no share leaves its bounds, and going on after a unit was taken gives the rest.
  @Test(arguments: 0..<300 as Range<UInt64>) func apportioningSharersIsMonotone(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let sharers = FairShareTests.rows(&random, largest: 30, heaviest: 6).map {
      Sharer(rank: $0.rank, weight: $0.weight, minimum: $0.minimum, cap: $0.cap ?? 40)
    }
    let caps = sharers.map { $0.cap ?? 0 }
    var last = apportion(0, among: sharers)
    for units in 0...200 as ClosedRange<Quantity> {
      let shares = apportion(units, among: sharers)
      #expect(shares.reduce(0, +) == min(units, caps.reduce(0, +)), "seed \(seed) \(units)")
      #expect(zip(shares, caps).allSatisfy { $0 >= 0 && $0 <= $1 }, "seed \(seed) \(units)")
      #expect(zip(last, shares).allSatisfy { $0 <= $1 }, "seed \(seed) \(units): \(last) \(shares)")
      // What someone has taken of its share is neither given again nor taken from anyone.
      let taken = shares.map { Quantity.random(in: 0...$0, using: &random) }
      let more = share(units - taken.reduce(0, +), among: sharers, taken: taken, by: apportion)
      #expect(units > caps.reduce(0, +) || zip(taken, more).map(+) == shares, "seed \(seed) \(units)")
      last = shares
    }
  }

  /// A second plan on what the first left gives nothing more, in whatever tiers; and no plan gives more than there is.
  @Test(arguments: 0..<400 as Range<UInt64>) func planningAgainGivesNothingMore(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let rows = ExposureLawTests.rows(&random)
    var use = ContiguousArray(rows.map { _ in ChannelUse(held: Quantity.random(in: 0...12, using: &random)) })
    let available = Quantity.random(in: 0...60, using: &random)
    let demand = rows.map { _ in Quantity.random(in: 0...30, using: &random) }
    let first = Self.allocated(rows, demand: demand, available: available, use: use)
    #expect(first.reduce(0, +) <= available, "seed \(seed)")
    for index in rows.indices {
      use[index].held += first[index]
      use[index].used += first[index]
      use[index].consumed += min(
        first[index], FormulaTests.exposure(rows, available: available).grants[index].protected)
    }
    var left = rows
    for index in rows.indices { left[index].used = use[index].used }
    let second = Self.allocated(
      left, demand: zip(demand, first).map(-), available: available - first.reduce(0, +), use: use)
    #expect(second.allSatisfy { $0 == 0 }, "seed \(seed): \(first), then \(second)")
  }
}
