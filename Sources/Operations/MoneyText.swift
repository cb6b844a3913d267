/// Amounts of money as people write them: whole units of the currency with at most two decimals. Everywhere else an
/// amount is a whole number of minor units (cents), so that sums are exact.
public enum MoneyText {
  /// The minor units of an amount from 0 to `Limits.money`: `12.5` is 1250. Zeros beyond two decimals change nothing; nil
  /// for anything else, such as `12,50`, `-1` or a third decimal.
  public static func minorUnits(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else {
      return nil
    }
    let fraction = parts.count == 2 ? Array(parts[1].utf8) : []
    guard fraction.dropFirst(2).allSatisfy({ $0 == UInt8(ascii: "0") }), let whole = Int64(parts[0]),
      whole <= Limits.money / 100
    else { return nil }
    let cents = (fraction + Array("00".utf8)).prefix(2).reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    let amount = whole * 100 + cents
    return amount <= Limits.money ? amount : nil
  }

  /// An amount of at least 0 as people write it: 1250 is `12.50`.
  public static func text(minorUnits: Int64) -> String {
    "\(minorUnits / 100)." + String(minorUnits % 100 + 100).dropFirst()
  }
}
