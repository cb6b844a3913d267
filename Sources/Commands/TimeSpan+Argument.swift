import ArgumentParser
import Operations

extension TimeSpan {
  /// Reads an option that is a time span.
  /// - Throws: `ValidationError`, which says what is missing.
  static func option(_ text: String) throws -> TimeSpan {
    if let span = TimeSpan(text) { return span }
    let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    throw ValidationError(
      isNumber
        ? "'\(text)' has no unit: write \(text)s for seconds, or m, h or d"
        : "'\(text)' is not a time span, such as 90s, 15m, 1h or 7d")
  }
}
