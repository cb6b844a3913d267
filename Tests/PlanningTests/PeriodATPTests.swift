import Operations
import TestSupport
import Testing

@testable import Planning

/// The forms of domain.md §2.2 that go by period.
@Suite struct PeriodATPTests {
  /// Oracle Inventory's example.
  static let supply: [Quantity] = [6, 4, 2, 4, 8, 4, 4, 4]
  static let demand: [Quantity] = [6, 2, 3, 6, 6, 1, 2, 2]

  @Test func periodsBorrowBackwardAndThenAccumulate() {
    let periods = PeriodATP.period(supply: Self.supply, demand: Self.demand)
    #expect(periods == [0, 2, -1, -2, 2, 3, 2, 2])
    #expect(PeriodATP.backward(periods) == [0, 0, 0, -1, 2, 3, 2, 2])
    #expect(PeriodATP.accumulated(PeriodATP.backward(periods)) == [0, 0, 0, -1, 2, 5, 7, 9])
  }

  @Test(
    arguments: [
      // The nearest lends first, and nobody twice.
      ([5, 3, -4], [4, 0, 0]), ([5, 0, 3, -2, -7], [0, 0, 0, 0, -1]), ([-3, 5], [-3, 5]), ([], []),
    ] as [([Quantity], [Quantity])])
  func theNearestLendsFirst(periods: [Quantity], expected: [Quantity]) {
    #expect(PeriodATP.backward(periods) == expected)
  }

  @Test(
    arguments: [
      // domain.md §2.2: raw, and then corrected.
      (
        50, [0, 0, 100, 0, 0, 100, 0, 0], [20, 10, 40, 30, 20, 60, 50, 10], [20, 0, 10, 0, 0, -20, 0, 0],
        [10, 0, 0, 0, 0, 0, 0, 0]
      ),
      (
        50, [0, 0, 100, 0, 0, 100, 0, 0], [20, 10, 40, 30, 20, 60, 0, 0], [20, 0, 10, 0, 0, 40, 0, 0],
        [20, 0, 10, 0, 0, 40, 0, 0]
      ),
      (5, [10, 0, 10], [20], [-5, 0, 10], [-5, 0, 10]), (5, [], [1, 1], [3, 0], [3, 0]), (0, [], [], [], []),
    ] as [(Quantity, [Quantity], [Quantity], [Quantity], [Quantity])])
  func receiptsCarryTheDiscreteForm(
    onHand: Quantity, receipts: [Quantity], orders: [Quantity], raw: [Quantity], expected: [Quantity]
  ) {
    #expect(PeriodATP.rawDiscrete(onHand: onHand, receipts: receipts, orders: orders) == raw)
    #expect(PeriodATP.discrete(onHand: onHand, receipts: receipts, orders: orders) == expected)
  }

  /// Why promises are not made with these: five units that come too late for three that are wanted are all offered.
  @Test func aLaterReceiptCanRaiseWhatAccumulates() {
    func accumulated(_ supply: [Quantity]) -> [Quantity] {
      PeriodATP.accumulated(PeriodATP.backward(PeriodATP.period(supply: supply, demand: [0, 0, 3, 0])))
    }
    #expect(accumulated([5, 0, 0, 0]) == [2, 2, 2, 2])
    #expect(accumulated([0, 0, 0, 5]) == [0, 0, -3, 5])
  }

  @Test(arguments: 0..<300 as Range<UInt64>) func lessSupplyAndMoreDemandRaiseNothing(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = Int.random(in: 1...8, using: &random)
    let supply = (0..<count).map { _ in Quantity.random(in: 0...12, using: &random) }
    let demand = (0..<count).map { _ in Quantity.random(in: 0...12, using: &random) }
    var (less, more) = (supply, demand)
    let changed = Int.random(in: 0..<count, using: &random)
    less[changed] -= Quantity.random(in: 0...less[changed], using: &random)
    more[changed] += Quantity.random(in: 0...5, using: &random)

    func forms(_ supply: [Quantity], _ demand: [Quantity]) -> [[Quantity]] {
      let periods = PeriodATP.period(supply: supply, demand: demand)
      let backward = PeriodATP.backward(periods)
      #expect(backward.reduce(0, +) == periods.reduce(0, +), "seed \(seed): lending makes no units")
      #expect(zip(backward, periods).allSatisfy { max(0, $0) <= max(0, $1) }, "seed \(seed)")
      // A receipt that shrinks to nothing moves its shortage to the one before: what can be promised is compared.
      let discrete = PeriodATP.discrete(onHand: 9, receipts: supply, orders: demand).map { max(0, $0) }
      return [periods, backward, PeriodATP.accumulated(backward), discrete]
    }
    for (worse, better) in zip(forms(less, more), forms(supply, demand)) {
      #expect(zip(worse, better).allSatisfy { $0 <= $1 }, "seed \(seed): \(worse) after \(better)")
    }
  }
}
