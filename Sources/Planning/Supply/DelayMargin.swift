import Operations

/// k: how many deviations of its lead time a supplier is expected to be late, by how far it is trusted.
public struct DelayMargin: Hashable, Sendable {
  /// In thousandths.
  private let factors: [ConfidenceTier: Int64]

  /// Beyond a hundred deviations a number is a slip of the pen.
  private static let largestFactor: Int64 = 100_000
  /// No lead time deviates by more than ten years.
  private static let largestDeviation = TimeSpan(milliseconds: 3660 * TimeSpan.day.milliseconds)

  /// A supplier is never given less time than one that is trusted more: a lower factor counts as that of the tier above.
  /// - Parameters: in thousandths of σ_L, from 0.
  public init(high: Int64 = 0, medium: Int64 = 0, low: Int64 = 0, untrusted: Int64 = 0) {
    var factors: [ConfidenceTier: Int64] = [:]
    var least: Int64 = 0
    for (tier, factor) in [(ConfidenceTier.high, high), (.medium, medium), (.low, low), (.untrusted, untrusted)] {
      least = max(least, min(Self.largestFactor, factor))
      factors[tier] = least
    }
    self.factors = factors
  }

  /// ⌈k · σ_L⌉ in whole days.
  func delay(_ tier: ConfidenceTier, deviation: TimeSpan) -> TimeSpan {
    let deviation = min(Self.largestDeviation, max(TimeSpan(milliseconds: 0), deviation))
    let thousandths = (factors[tier] ?? 0) * deviation.milliseconds
    let day = TimeSpan.day.milliseconds
    return TimeSpan(milliseconds: (thousandths + 1000 * day - 1) / (1000 * day) * day)
  }
}
