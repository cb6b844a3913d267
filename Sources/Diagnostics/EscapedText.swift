/// Makes text from outside safe to print: what a terminal obeys, hides or turns round becomes a visible escape. Line feeds and
/// tabs stay.
public func escaped(_ text: String) -> String {
  escaped(text) { $0 == "\n" || $0 == "\t" || $0.isShownAsItIs }
}

/// The same for one line of a report: nothing in it begins another.
public func escapedLine(_ text: String) -> String { escaped(text, unless: \.isShownAsItIs) }

/// Text with all but some characters as `\u{…}`. The byte of a file's name that is no text, which is kept as a NUL and two
/// digits, is shown as `\xe9`.
public func escaped(_ text: String, unless isPlain: (Unicode.Scalar) -> Bool) -> String {
  // Nearly all text needs nothing.
  guard !text.unicodeScalars.allSatisfy(isPlain) else { return text }
  var result = String.UnicodeScalarView()
  let scalars = text.unicodeScalars
  for (place, scalar) in zip(scalars.indices, scalars) {
    if isPlain(scalar) {
      result.append(scalar)
    } else if scalar == "\0", scalars[place...].dropFirst().prefix(2).count(where: \.isLowercaseDigit) == 2 {
      result.append(contentsOf: "\\x".unicodeScalars)
    } else {
      result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
    }
  }
  return String(result)
}

extension Unicode.Scalar {
  fileprivate var isLowercaseDigit: Bool { ("0"..."9").contains(self) || ("a"..."f").contains(self) }

  /// Whether a character is seen where it stands and moves nothing else: no control, no invisible mark, nothing that ends a
  /// line or changes the direction of reading.
  public var isShownAsItIs: Bool {
    if isASCII { return value >= 0x20 && value != 0x7F }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
    default: true
    }
  }
}
