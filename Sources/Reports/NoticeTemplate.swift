public import Diagnostics
import Operations

/// A text with places for values, such as `{{order}}`: the first line is the subject, the rest the body.
///
/// Values are data: what they hold is never read as a place, and none of their characters begins a new line, so that no
/// order id can write a header of the message that it ends up in.
public struct NoticeTemplate: Sendable {
  private enum Part: Sendable {
    case text(String)
    case place(String)
  }

  private var subjectParts: [Part] = []
  private var bodyParts: [Part] = []

  /// - Parameters:
  ///   - file: what the text is called in a diagnostic.
  ///   - known: the places that may stand in it.
  /// - Throws: every place that is not known or not closed, and a text without a subject.
  public init(_ text: String, file: String, places known: [String]) throws(Diagnostics) {
    var problems: [Diagnostic] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let parts = Self.parts(line, known) { id, message, column, hint in
        problems.append(
          Diagnostic(id, message, at: SourceLocation(file: file, line: number + 1, column: column), hint: hint))
      }
      if number == 0 {
        subjectParts = parts
      } else {
        bodyParts += parts + (number < lines.count - 1 ? [.text("\n")] : [])
      }
    }
    if lines.first?.isEmpty ?? true {
      problems.append(
        Diagnostic(
          "template.no_subject", "a notice needs a subject", at: SourceLocation(file: file),
          hint: "write it in the first line"))
    }
    if !problems.isEmpty { throw Diagnostics(problems) }
  }

  private static func parts(
    _ line: Substring, _ known: [String],
    _ report: (_ id: String, _ message: String, _ column: Int, _ hint: String) -> Void
  ) -> [Part] {
    var parts: [Part] = []
    var rest = line.unicodeScalars[...]
    func isBrace(_ index: Substring.UnicodeScalarView.Index, _ brace: Unicode.Scalar) -> Bool {
      let next = rest.index(after: index)
      return rest[index] == brace && next < rest.endIndex && rest[next] == brace
    }
    while let start = rest.indices.first(where: { isBrace($0, "{") }) {
      let column = line.unicodeScalars.distance(from: line.unicodeScalars.startIndex, to: start) + 1
      parts.append(.text(String(rest[..<start])))
      rest = rest[rest.index(start, offsetBy: 2)...]
      guard let end = rest.indices.first(where: { isBrace($0, "}") }) else {
        report("template.not_closed", "a place is not closed", column, "write '}}' after its name")
        return parts
      }
      let name = String(rest[..<end].filter { $0 != " " })
      if !known.contains(where: { $0.isBytewiseEqual(to: name) }) {
        report(
          "template.unknown_place", "nothing is called '\(name)' in this notice", column,
          didYouMean(name, among: known) ?? "there are \(known.joined(separator: ", "))")
      }
      parts.append(.place(name))
      rest = rest[rest.index(end, offsetBy: 2)...]
    }
    return parts + [.text(String(rest))]
  }

  /// The notice with values in its places; a place without a value is left empty.
  public func notice(_ values: [String: String]) -> (subject: String, body: String) {
    func text(_ parts: [Part]) -> String {
      parts.map { part in
        switch part {
        case .text(let text): text
        case .place(let name): values[name].map(Self.oneLine) ?? ""
        }
      }.joined()
    }
    var body = text(bodyParts)
    while body.hasPrefix("\n") { body.removeFirst() }
    return (text(subjectParts), body)
  }

  /// A value with every control character, and everything that begins or turns round a line, as a space.
  private static func oneLine(_ value: String) -> String {
    String(
      String.UnicodeScalarView(
        value.unicodeScalars.map { scalar in
          switch scalar.value {
          case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: " "
          default: scalar
          }
        }))
  }
}
