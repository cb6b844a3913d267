import Operations
import TestSupport
import Testing

@testable import Planning

/// Who is ahead of me: domain.md §2.2.
@Suite struct OrderedATPTests {
  static func demand(
    _ id: OrderID, _ units: Quantity, priority: Int64 = 0, since: Int64 = 0, due: Int64 = 1, isReleased: Bool = false
  ) -> QueuedDemand {
    QueuedDemand(
      id: id, units: units, priority: priority, since: FormulaTests.at(since), due: FormulaTests.at(due),
      isReleased: isReleased)
  }

  @Test(
    arguments: [
      // The higher priority, then the earlier, then the lower id; what is released before all of them.
      ([demand("a", 6), demand("b", 6, priority: 1)], 10, [4, 6]),
      ([demand("a", 6, since: 2), demand("b", 6, since: 1)], 10, [4, 6]),
      ([demand("c2", 6), demand("c10", 6)], 10, [4, 6]),
      ([demand("a", 6, priority: 9), demand("b", 6, since: 5, isReleased: true)], 10, [4, 6]),
      // One that is too large for the stock holds it all the same.
      ([demand("a", 12), demand("b", 1, since: 1)], 10, [10, 0]),
      // Beyond the horizon only what is released counts.
      ([demand("a", 6, priority: 9, due: 8), demand("b", 6)], 10, [0, 6]),
      ([demand("a", 6, due: 8, isReleased: true), demand("b", 6)], 10, [6, 4]),
      ([demand("a", 6, due: 7), demand("b", 6)], 10, [6, 4]),
      ([demand("a", 6)], -3, [0]), ([], 10, []),
    ] as [([QueuedDemand], Quantity, [Quantity])])
  func thoseAheadCountFirst(demands: [QueuedDemand], onHand: Quantity, expected: [Quantity]) {
    #expect(orderedATP(demands, onHand: onHand, horizon: FormulaTests.at(7)) == expected)
  }

  @Test func withoutAHorizonAllCounts() {
    #expect(orderedATP([Self.demand("a", 6, due: 9_000), Self.demand("b", 6)], onHand: 10) == [6, 4])
  }

  /// Against the words of the rule: everyone sums up those ahead.
  @Test(arguments: 0..<200 as Range<UInt64>) func theOrderOfTheListDoesNotCount(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let demands = (0..<Int.random(in: 1...9, using: &random)).map { number in
      Self.demand(
        OrderID("\(number)"), Quantity.random(in: 1...9, using: &random),
        priority: Int64.random(in: 0...1, using: &random), since: Int64.random(in: 0...2, using: &random),
        due: Int64.random(in: 5...8, using: &random), isReleased: random.next() % 4 == 0)
    }.shuffled(using: &random)
    let horizon = FormulaTests.at(7)
    let counted = demands.filter { $0.isReleased || $0.due <= horizon }
    let expected = demands.map { demand -> Quantity in
      guard counted.contains(demand) else { return 0 }
      let ahead = counted.filter { other in
        if other.isReleased != demand.isReleased { return other.isReleased }
        return (-other.priority, other.since, other.id) < (-demand.priority, demand.since, demand.id)
      }
      return max(0, min(demand.units, 20 - ahead.reduce(0) { $0 + $1.units }))
    }
    #expect(orderedATP(demands, onHand: 20, horizon: horizon) == expected, "seed \(seed)")
  }

  /// What a strict tier's open lines claim is what ordered ATP promises them: so the order in which they claim is the order
  /// in which they are released, and what is on a node already is ahead of all.
  @Test(arguments: 0..<200 as Range<UInt64>) func strictTiersClaimInTheOrderOfRelease(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let demands = (0..<Int.random(in: 1...9, using: &random)).map { number in
      Self.demand(
        OrderID("\(number)"), Quantity.random(in: 1...9, using: &random),
        priority: Int64.random(in: 0...1, using: &random), since: Int64.random(in: 0...2, using: &random),
        isReleased: random.next() % 4 == 0)
    }.shuffled(using: &random)
    let onHand = Quantity.random(in: 0...60, using: &random)
    let released = demands.filter(\.isReleased).reduce(0) { $0 + $1.units }
    let open = demands.filter { !$0.isReleased }
    let rows = [FairTierTests.Row(rank: 1)]
    var exposure = FormulaTests.exposure(rows, available: max(0, onHand - released))
    let lines = open.map {
      OpenLine(order: $0.id, line: "1", channel: "c0", open: $0.units, placedAt: $0.since, priority: $0.priority)
    }
    let results = allocate(
      lines, channels: lines.map { _ in 0 }, policy: FormulaTests.policy(rows), held: [0], grants: &exposure.grants,
      shared: &exposure.shared)
    let promised = zip(demands, orderedATP(demands, onHand: onHand)).filter { !$0.0.isReleased }.map(\.1)
    #expect(zip(open, results).map { $0.units - $1.missing } == promised, "seed \(seed)")
  }
}
