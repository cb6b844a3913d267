extension YAMLTree {
  /// A plain scalar that another YAML reader would take for something else than text: `no`, `012`, `1.10`, `~`.
  public func looksLikeAnotherType(_ index: Index) -> Bool {
    let node = self[index]
    guard node.kind == .plain, node.count > 0 else { return node.kind == .plain }
    // Nearly all text starts with a letter and is longer than these words: decide that without a String.
    let startsWithLetter = withBytes(index) { (0x41...0x5A).contains($0[0] & 0xDF) }
    if startsWithLetter, node.count > 5 { return false }
    let text = string(index)
    if ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased()) { return true }
    let digits = text.drop { $0 == "+" || $0 == "-" }
    guard let first = digits.utf8.first, (0x30...0x39).contains(first) || first == UInt8(ascii: ".") else {
      return false
    }
    let allowed = Set("0123456789abcdefABCDEFxXoO_.:".utf8)
    return digits.utf8.contains { (0x30...0x39).contains($0) } && digits.utf8.allSatisfy { allowed.contains($0) }
  }

  /// The integer that a plain scalar spells in decimal without leading zeros, sign `-` allowed; nil for anything else.
  public func integer(_ index: Index) -> Int64? {
    guard self[index].kind == .plain else { return nil }
    return withBytes(index) { bytes in
      var digits = bytes[...]
      let isNegative = digits.first == UInt8(ascii: "-")
      if isNegative { digits = digits.dropFirst() }
      guard let first = digits.first, first != 0x30 || digits.count == 1, digits.count <= 19 else { return nil }
      var value: Int64 = 0
      for byte in digits {
        guard (0x30...0x39).contains(byte) else { return nil }
        let (product, over) = value.multipliedReportingOverflow(by: 10)
        let (sum, overSum) = product.addingReportingOverflow(Int64(byte - 0x30))
        if over || overSum { return nil }
        value = sum
      }
      return isNegative ? -value : value
    }
  }

  /// `true` or `false` as written; nil for `yes`, `no`, `on` and the like.
  public func bool(_ index: Index) -> Bool? {
    guard self[index].kind == .plain else { return nil }
    switch string(index) {
    case "true": return true
    case "false": return false
    default: return nil
    }
  }
}
