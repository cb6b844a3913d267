/// How far a supplier's word is trusted, from the least.
public enum ConfidenceTier: String, Hashable, Sendable, Comparable, CaseIterable {
  case untrusted
  case low
  case medium
  case high

  /// Deliveries that a record needs before it is trusted at all, in thousandths.
  public static let smallestSample: Int64 = 5000

  /// The tier of a share: high from 95%, medium from 85%, low from 70%.
  /// - Source: domain.md §2.6.
  public init(of rate: Rate) {
    switch rate {
    case Rate.percent(95)...: self = .high
    case Rate.percent(85)...: self = .medium
    case Rate.percent(70)...: self = .low
    default: self = .untrusted
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .untrusted: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    }
  }
}
