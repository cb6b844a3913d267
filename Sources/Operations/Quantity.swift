/// A count of base units of an item. Integers only: a Double drifts (Magento's epsilon, Odoo's rounding).
public typealias Quantity = Int64

/// Limits at the edges. Inside them sums of a million rows cannot overflow, so the core needs no overflow checks.
public enum Limits {
  /// The largest quantity accepted from outside, in base units.
  public static let quantity: Quantity = 1_000_000_000_000
  /// The largest amount of money accepted from outside, in minor units.
  public static let money: Int64 = 1_000_000_000_000_000
  /// The longest name accepted from outside, in bytes.
  public static let nameBytes = 200
  /// How far an event's time may be ahead of the clock of whoever takes it in.
  public static let clockAhead = TimeSpan(milliseconds: 31 * TimeSpan.day.milliseconds)
}

/// A share of something in parts per million, so that 29% of 100 is exactly 29.
public struct Rate: Hashable, Sendable, Comparable {
  public let partsPerMillion: Int64

  /// - Parameter partsPerMillion: 0 through 1,000,000.
  public init?(partsPerMillion: Int64) {
    guard (0...1_000_000).contains(partsPerMillion) else { return nil }
    self.partsPerMillion = partsPerMillion
  }

  private init(unchecked partsPerMillion: Int64) { self.partsPerMillion = partsPerMillion }

  public static let all = Rate(unchecked: 1_000_000)
  public static let none = Rate(unchecked: 0)

  /// Whole percents, 0 through 100; others are clamped.
  public static func percent(_ value: Int64) -> Rate { Rate(unchecked: min(100, max(0, value)) * 10_000) }

  /// The share of `quantity`, rounded down once, through a 128-bit product.
  public func floor(of quantity: Quantity) -> Quantity {
    guard quantity > 0 else { return 0 }
    let product = quantity.multipliedFullWidth(by: partsPerMillion)
    // Nearly every product fits into 64 bits, and a division of those is many times as fast.
    if product.high == 0 { return Int64(product.low / 1_000_000) }
    return Int64(1_000_000).dividingFullWidth(product).quotient
  }

  public static func < (left: Self, right: Self) -> Bool { left.partsPerMillion < right.partsPerMillion }
}

extension Rate: CustomStringConvertible {
  /// Percent with only the digits needed: `30%`, `2.5%`.
  public var description: String {
    let whole = partsPerMillion / 10_000
    let rest = partsPerMillion % 10_000
    guard rest != 0 else { return "\(whole)%" }
    var digits = String(rest + 10_000).dropFirst()
    while digits.last == "0" { digits = digits.dropLast() }
    return "\(whole).\(digits)%"
  }

  /// Parses `30%` or `2.5%`: up to four decimals, from 0% to 100%.
  public init?(_ text: String) {
    guard text.hasSuffix("%") else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else {
      return nil
    }
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    guard fraction.count <= 4, let whole = Int64(parts[0]), whole <= 100,
      let rest = Int64((fraction + "0000").prefix(4))
    else { return nil }
    self.init(partsPerMillion: whole * 10_000 + rest)
  }
}

func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
