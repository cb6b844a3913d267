import Operations
import TestSupport
import Testing

@testable import Planning

/// Weighted fair share of stock that does not suffice.
@Suite struct FairShareTests {
  /// A tier, a weight, a minimum and a cap.
  typealias Row = (rank: Int64, weight: Int64, minimum: Quantity, cap: Quantity?)

  static func share(_ available: Quantity, _ rows: [Row]) -> [Quantity] {
    fairShare(
      of: available,
      among: rows.map { Sharer(rank: $0.rank, weight: $0.weight, minimum: $0.minimum, cap: $0.cap) })
  }

  @Test(
    arguments: [
      // By weight; the unit that is left goes to the largest remainder, and to the first of equals.
      (10, [(1, 1, 0, nil), (1, 1, 0, nil), (1, 1, 0, nil)], [4, 3, 3]),
      (7, [(1, 2, 0, nil), (1, 1, 0, nil)], [5, 2]),
      (3, [(1, 1, 0, nil), (1, 3, 0, nil), (1, 3, 0, nil)], [1, 1, 1]),
      (4, [(1, 1, 0, nil), (1, 3, 0, nil), (1, 3, 0, nil)], [0, 2, 2]),
      // What a cap leaves goes to the others of the tier.
      (30, [(1, 1, 0, 4), (1, 1, 0, nil), (1, 2, 0, 10)], [4, 16, 10]),
      // The minimum is set aside first, and the tier is raised above it.
      (20, [(1, 1, 10, nil), (1, 1, 0, nil)], [15, 5]),
      (20, [(1, 1, 10, 12), (1, 1, 0, nil)], [12, 8]),
      // Minimums of later tiers stand before the rest of earlier ones, but not before their minimums.
      (20, [(2, 1, 8, nil), (1, 1, 5, nil)], [8, 12]),
      (10, [(2, 1, 8, nil), (1, 1, 5, nil)], [5, 5]),
      (7, [(1, 1, 5, nil), (1, 9, 5, nil)], [5, 2]),
      // A later tier gets only what an earlier one cannot take.
      (50, [(1, 1, 0, 20), (2, 3, 0, nil), (2, 1, 0, nil), (3, 9, 0, nil)], [20, 23, 7, 0]),
      // A minimum above the cap counts up to it; a cap of 0 or below gets nothing.
      (9, [(1, 1, 8, 3), (1, 1, 0, 0), (2, 1, 4, -5), (3, 1, 0, 2)], [3, 0, 0, 2]),
      (0, [(1, 1, 5, nil)], [0]), (-5, [(1, 1, 5, nil)], [0]), (5, [], []),
      // Nothing is worked out unit by unit, and no product overflows.
      (1_000_000_000, [(1, 1, 0, nil), (1, 2, 0, nil)], [333_333_333, 666_666_667]),
      (
        1_000_000_000_000, [(1, .max, 0, nil), (1, .max, 0, 1), (1, 1, 7, nil), (1, .max, 0, 1_000_000_000_000)],
        [499_999_999_996, 1, 7, 499_999_999_996]
      ),
    ] as [(Quantity, [Row], [Quantity])])
  func shares(available: Quantity, rows: [Row], expected: [Quantity]) {
    #expect(Self.share(available, rows) == expected)
  }

  static func rows(_ random: inout SplitMix64, largest: Quantity, heaviest: Int64) -> [Row] {
    (0..<Int.random(in: 1...7, using: &random)).map { _ in
      (
        Int64.random(in: 1...3, using: &random), Int64.random(in: 1...heaviest, using: &random),
        Bool.random(using: &random) ? Quantity.random(in: 0...(largest / 4), using: &random) : 0,
        Bool.random(using: &random) ? Quantity.random(in: 0...largest, using: &random) : nil
      )
    }
  }

  /// Small numbers, where ties and full caps are frequent, and the largest that are allowed.
  static func world(_ seed: UInt64) -> (available: Quantity, rows: [Row], random: SplitMix64) {
    var random = SplitMix64(seed: seed)
    let (largest, heaviest): (Quantity, Int64) = seed % 3 == 0 ? (Limits.quantity, .max) : (40, 6)
    let rows = rows(&random, largest: largest, heaviest: heaviest)
    return (Quantity.random(in: 0...largest, using: &random) * 3, rows, random)
  }

  /// The level of each sharer before rounding, as a fraction: round after round, whoever reaches its cap leaves.
  static func levels(_ available: Quantity, _ rows: [Row]) -> [(numerator: Int128, denominator: Int128)] {
    var rest = Int128(available)
    var levels = rows.map { _ in (numerator: Int128(0), denominator: Int128(1)) }
    for rank in 1...3 as ClosedRange<Int64> {
      for index in rows.indices where rows[index].rank == rank {
        levels[index].numerator = min(Int128(rows[index].minimum), rows[index].cap.map { Int128($0) } ?? rest, rest)
        rest -= levels[index].numerator
      }
    }
    for rank in 1...3 as ClosedRange<Int64> {
      var open = rows.indices.filter { rows[$0].rank == rank }
      while !open.isEmpty {
        let weight = open.reduce(0) { $0 + Int128(rows[$1].weight) }
        let full = open.filter { index in
          guard let cap = rows[index].cap else { return false }
          return (Int128(cap) - levels[index].numerator) * weight <= rest * Int128(rows[index].weight)
        }
        guard !full.isEmpty else {
          for index in open {
            levels[index] = (levels[index].numerator * weight + rest * Int128(rows[index].weight), weight)
          }
          rest = 0
          break
        }
        // All of them at once: the others are raised no slower when the full ones have left.
        for index in full {
          let cap = Int128(rows[index].cap ?? 0)
          rest -= cap - levels[index].numerator
          levels[index].numerator = cap
        }
        open.removeAll(where: full.contains)
      }
    }
    return levels
  }

  @Test(arguments: 0..<600 as Range<UInt64>) func allIsSharedOutNextToTheExactLevels(seed: UInt64) {
    let (available, rows, _) = Self.world(seed)
    let shares = Self.share(available, rows)
    let caps = rows.map { min($0.cap ?? available, available) }
    #expect(shares.reduce(0, +) == min(available, caps.reduce(0, +)), "seed \(seed)")
    for (index, level) in Self.levels(available, rows).enumerated() {
      #expect(shares[index] >= 0 && shares[index] <= rows[index].cap ?? available, "seed \(seed): \(index)")
      let error = Int128(shares[index]) * level.denominator - level.numerator
      #expect(abs(error) < level.denominator, "seed \(seed): \(index) gets \(shares[index])")
    }
  }

  /// Only the order inside a tier counts, and only to break ties: how tiers are mixed changes nobody's share.
  @Test(arguments: 0..<300 as Range<UInt64>) func sharesFollowTheirIDs(seed: UInt64) {
    var (available, rows, random) = Self.world(seed)
    let shares = Self.share(available, rows)
    let mixed = rows.indices.shuffled(using: &random)
    let byTier = mixed.map { place in
      // The tiers stand where they were shuffled to, and the sharers of each in their own order.
      let tier = rows.indices.filter { rows[$0].rank == rows[place].rank }
      return tier[mixed.prefix { $0 != place }.count { rows[$0].rank == rows[place].rank }]
    }
    #expect(Self.share(available, byTier.map { rows[$0] }) == byTier.map { shares[$0] }, "seed \(seed)")
    // Where the minimums fit, a new order moves no more than the unit of a tie.
    guard rows.reduce(0, { $0 + $1.minimum }) <= available else { return }
    for (place, share) in zip(mixed, Self.share(available, mixed.map { rows[$0] })) {
      #expect(abs(share - shares[place]) <= 1, "seed \(seed)")
    }
  }
}
