import Diagnostics

/// Names from outside, as of items, orders and sources, are compared byte by byte, and people tell them apart by what
/// they see: two that look the same must be the same.
extension String {
  /// Why this cannot be a name from outside, in words that go on from what it is called ("must be …"); nil if it can.
  ///
  /// A name is 1 to `Limits.nameBytes` bytes of UTF-8, neither begins nor ends with a blank, and holds nothing that is
  /// not seen where it stands: no control or format character, nothing that Unicode asks to be ignored, and no blank
  /// but U+0020.
  public var nameProblem: String? {
    guard !isEmpty, utf8.count <= Limits.nameBytes else { return Self.namesAre }
    // Nearly all names.
    let blank = UInt8(ascii: " ")
    if utf8.first != blank, utf8.last != blank, utf8.allSatisfy({ (blank...0x7E).contains($0) }) { return nil }
    if unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) { return Self.namesAre }
    for end in [unicodeScalars.first, unicodeScalars.last] {
      if let end, end.properties.isWhitespace { return "must not begin or end with a blank (\(end.nameInWords))" }
    }
    guard let unseen = unicodeScalars.first(where: \.isUnseenInNames) else { return nil }
    return "must not hold \(unseen.nameInWords), which "
      + (unseen.properties.isWhitespace ? "looks like another blank" : "nobody can see")
  }

  private static let namesAre = "must be text of 1 to \(Limits.nameBytes) bytes without control characters"

  /// The first character that hides in a text or turns it round, in words; nil without one. What joins letters and
  /// emoji (U+200C, U+200D) belongs to the spelling of words.
  public var hiddenCharacter: String? {
    if utf8.allSatisfy({ $0 < 0x80 }) { return nil }
    return unicodeScalars.first { !$0.isShownAsItIs && !(0x200C...0x200D).contains($0.value) }?.nameInWords
  }
}

extension Unicode.Scalar {
  fileprivate var isUnseenInNames: Bool {
    if isASCII { return false }
    // The Braille pattern without dots is a symbol by its category.
    return !isShownAsItIs || properties.isDefaultIgnorableCodePoint || properties.isWhitespace || value == 0x2800
  }

  /// `U+200B ZERO WIDTH SPACE`.
  fileprivate var nameInWords: String {
    let digits = String(value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return (properties.name ?? properties.nameAlias).map { "\(code) \($0)" } ?? code
  }
}
