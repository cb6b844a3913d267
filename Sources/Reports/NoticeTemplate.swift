public import Diagnostics
import Operations

/// A template whose first line is the subject of a message, and the rest its body.
///
/// Values are data: what they hold is never read as a tag, and none of their characters begins a new line, so that no
/// order id can write a header of the message that it ends up in.
public struct NoticeTemplate: Sendable {
  private let template: Template
  private let places: [String]

  /// - Parameters:
  ///   - file: what the text is called in a diagnostic.
  ///   - known: the places that may stand in it.
  /// - Throws: every place that is not known, a tag that is not closed, and a text without a subject.
  public init(_ text: String, file: String, places known: [String]) throws(Diagnostics) {
    do throws(Diagnostic) {
      template = try Template(text, name: file)
    } catch { throw Diagnostics([error]) }
    places = known
    var problems = template.unknownNames(known)
    if text.first.map(\.isNewline) ?? true {
      problems.append(
        Diagnostic(
          "template.no_subject", "a notice needs a subject", at: SourceLocation(file: file),
          hint: "write it in the first line"))
    }
    if !problems.isEmpty { throw Diagnostics(problems) }
  }

  /// The notice with values in its places; a place without a value is left empty.
  public func notice(_ values: [String: String]) -> (subject: String, body: String) {
    let all = Dictionary(uniqueKeysWithValues: Set(places).map { ($0, JSONValue(values[$0])) })
    // All its names are known.
    guard let text = try? template.filled(.object(all), safe: Self.oneLine) else { return ("", "") }
    // Also "\r\n" is one character.
    let lines = text.split(maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return (String(lines[0]), lines.count < 2 ? "" : String(lines[1].drop(while: \.isNewline)))
  }

  /// A value with every control character, and everything that begins or turns round a line, as a space.
  private static func oneLine(_ value: String) -> String {
    String(String.UnicodeScalarView(value.unicodeScalars.map { $0.isShownAsItIs ? $0 : " " }))
  }
}
