/// A number with six decimals, as a whole count of millionths: equal inputs then give byte-equal plans.
public struct Millionths: Hashable, Sendable, Comparable {
  public let count: Int64

  public init(count: Int64) { self.count = count }

  /// A whole number of at most `Limits.quantity`.
  public init(units: Int64) { count = units * 1_000_000 }

  public static func percent(_ value: Int64) -> Millionths { Millionths(count: value * 10_000) }

  public static let zero = Millionths(count: 0)
  public static let one = Millionths(count: 1_000_000)

  /// The least whole number that is not below.
  public var roundedUp: Int64 { count / 1_000_000 + (count % 1_000_000 > 0 ? 1 : 0) }

  public static func < (left: Self, right: Self) -> Bool { left.count < right.count }

  /// The product to the nearest millionth; nil beyond 64 bits.
  func times(_ factor: Millionths) -> Millionths? {
    let product = Int128(count) * Int128(factor.count)
    let rounded = (product + (product < 0 ? -500_000 : 500_000)) / 1_000_000
    return Int64(exactly: rounded).map(Millionths.init(count:))
  }
}

extension Millionths: CustomStringConvertible {
  /// Only the digits needed: `343.4555`, `-2`.
  public var description: String {
    let whole = "\(count < 0 ? "-" : "")\(count.magnitude / 1_000_000)"
    guard count % 1_000_000 != 0 else { return whole }
    var digits = String(count.magnitude % 1_000_000 + 1_000_000).dropFirst()
    while digits.last == "0" { digits = digits.dropLast() }
    return "\(whole).\(digits)"
  }
}
