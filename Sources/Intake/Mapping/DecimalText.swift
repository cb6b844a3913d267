import Operations

/// A decimal number as digits, so that no amount goes through binary fractions: `-12.50`.
struct DecimalText {
  let isNegative: Bool
  /// Without leading zeros.
  let whole: [UInt8]
  let fraction: [UInt8]

  /// Digits with an optional sign and point; nil for anything else, such as separators of thousands or an exponent.
  init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    isNegative = rest.first == UInt8(ascii: "-")
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
    let parts = rest.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let isNumber = rest.count <= 40 && parts.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) } }
    guard isNumber, let first = parts.first, !first.isEmpty || parts.count == 2 && !parts[1].isEmpty else { return nil }
    whole = Array(first.drop { $0 == 0x30 })
    fraction = parts.count == 2 ? Array(parts[1]) : []
  }

  /// −1, 0 or 1.
  var sign: Int {
    if whole.isEmpty, fraction.allSatisfy({ $0 == 0x30 }) { return 0 }
    return isNegative ? -1 : 1
  }

  /// The number, if it is whole (`6`, `6.00`) and no larger than any quantity or amount may be.
  var integer: Int64? {
    guard fraction.allSatisfy({ $0 == 0x30 }), let value = Self.number(whole) else { return nil }
    return isNegative ? -value : value
  }

  /// The text with so many decimals, rounded half away from zero; nil if it is too large to be an amount.
  func rounded(to decimals: Int) -> String? {
    let kept = fraction.prefix(decimals) + Array(repeating: 0x30, count: max(0, decimals - fraction.count))
    let isUp = fraction.count > decimals && fraction[decimals] >= 0x35
    guard let units = Self.number(whole + kept).map({ $0 + (isUp ? 1 : 0) }) else { return nil }
    let digits = Array(String(units).utf8)
    let padded = Array(repeating: 0x30, count: max(0, decimals + 1 - digits.count)) + digits
    let sign = isNegative && units != 0 ? "-" : ""
    let head = String(decoding: padded.dropLast(decimals), as: UTF8.self)
    return sign + head + (decimals == 0 ? "" : "." + String(decoding: padded.suffix(decimals), as: UTF8.self))
  }

  private static func number(_ digits: [UInt8]) -> Int64? {
    if digits.isEmpty { return 0 }
    return Int64(String(decoding: digits, as: UTF8.self)).flatMap { $0 <= Limits.money ? $0 : nil }
  }
}
