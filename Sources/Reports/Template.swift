public import Diagnostics
public import Operations

/// A text with places for values, written in the part of Mustache that templates here need: `{{name}}`,
/// `{{#name}}…{{/name}}` for each of a list or where something is so, and `{{^name}}…{{/name}}` where it is not.
///
/// Every text that is put in goes through one function that makes it harmless, and a template cannot say otherwise. A tag
/// of a section that stands alone on its line leaves no line behind.
public struct Template: Sendable {
  private indirect enum Part: Sendable {
    case text(Substring)
    case value(String)
    case section(String, isInverted: Bool, [Part])
  }

  private let parts: [Part]
  /// Every name that it asks for, and where.
  private let names: [(name: String, location: SourceLocation)]

  /// - Parameter name: what the template is called, for errors.
  /// - Throws: a diagnostic with the line of a tag that is not closed, or closed twice.
  public init(_ text: String, name: String) throws(Diagnostic) {
    var parser = Parser(text: text, name: name)
    parts = try parser.parts(until: nil, openedAt: SourceLocation(file: name))
    names = parser.names
  }

  /// A problem for each name that is not among some.
  func unknownNames(_ known: [String]) -> [Diagnostic] {
    names.filter { name, _ in !known.contains { $0.isBytewiseEqual(to: name) } }.map { name, location in
      Diagnostic(
        "template.unknown_name", "unknown name '\(name)'", at: location,
        hint: didYouMean(name, among: known) ?? "the names are \(known.joined(separator: ", "))")
    }
  }

  /// - Parameters:
  ///   - values: an object; inside a section over objects their members are seen first.
  ///   - safe: what makes a text harmless where the template puts it.
  /// - Throws: a diagnostic for a name that stands nowhere in the values.
  public func filled(_ values: JSONValue, safe: (String) -> String) throws(Diagnostic) -> String {
    var text = ""
    try Self.fill(parts, [values], safe, into: &text)
    return text
  }

  private static func fill(
    _ parts: [Part], _ stack: [JSONValue], _ safe: (String) -> String, into text: inout String
  ) throws(Diagnostic) {
    for part in parts {
      switch part {
      case .text(let own): text += own
      case .value(let name):
        switch try find(name, stack) {
        case .string(let value): text += safe(value)
        case .integer(let value): text += String(value)
        case .decimal(let value): text += value
        case .null: break
        case let other: text += safe(other.canonical)
        }
      case .section(let name, let isInverted, let inner):
        let items = items(try find(name, stack))
        if isInverted {
          if items.isEmpty { try fill(inner, stack, safe, into: &text) }
        } else {
          for item in items { try fill(inner, stack + [item], safe, into: &text) }
        }
      }
    }
  }

  /// What a section is written for: once for what is so, never for what is not, and for each of a list.
  private static func items(_ value: JSONValue) -> [JSONValue] {
    switch value {
    case .null, .bool(false): []
    case .array(let items): items
    default: [value]
    }
  }

  private static func find(_ name: String, _ stack: [JSONValue]) throws(Diagnostic) -> JSONValue {
    for values in stack.reversed() {
      if let value = values[name] { return value }
    }
    throw Diagnostic(
      "template.unknown_name", "the template uses the unknown name '\(name)'",
      hint: "compare it with the template that comes with Purser")
  }
}

extension Template {
  private struct Parser {
    var rest: Substring
    /// Where the text is that was read last.
    var line = 1
    var column = 1
    let name: String
    var names: [(name: String, location: SourceLocation)] = []
    /// Whether anything but spaces stands before on the same line.
    var isAfterText = false

    init(text: String, name: String) {
      rest = text[...]
      self.name = name
    }

    mutating func parts(until end: String?, openedAt start: SourceLocation) throws(Diagnostic) -> [Part] {
      var parts: [Part] = []
      while let open = rest.firstRange(of: "{{") {
        var text = rest[..<open.lowerBound]
        count(text)
        let place = SourceLocation(file: self.name, line: line, column: column)
        guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
          throw problem("a tag is not closed with '}}'", place)
        }
        let tag = rest[open.upperBound..<close.lowerBound]
        column += tag.unicodeScalars.count + 4
        rest = rest[close.upperBound...]
        let name = String(tag.drop { "#^/".contains($0) })
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "_") }) else {
          throw problem("'{{\(tag)}}' is not a tag", place)
        }
        if tag.first != "/" { names.append((name, place)) }
        if name.count < tag.count { dropLine(around: &text) } else { isAfterText = true }
        if !text.isEmpty { parts.append(.text(text)) }
        switch tag.first {
        case "#", "^":
          parts.append(.section(name, isInverted: tag.first == "^", try self.parts(until: name, openedAt: place)))
        case "/":
          guard name == end else { throw problem("'{{\(tag)}}' closes a section that is not open", place) }
          return parts
        default:
          parts.append(.value(name))
        }
      }
      guard end == nil else { throw problem("'\(end ?? "")' is opened and not closed", start) }
      if !rest.isEmpty { parts.append(.text(rest)) }
      return parts
    }

    private mutating func count(_ text: Substring) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      line += lines.count - 1
      column = (lines.count == 1 ? column : 1) + (lines.last ?? "").unicodeScalars.count
      isAfterText = lines.count == 1 && isAfterText || !(lines.last ?? "").allSatisfy { $0 == " " }
    }

    /// Takes the spaces before a tag and the line break after it away, where nothing else stands on its line.
    private mutating func dropLine(around text: inout Substring) {
      guard !isAfterText, rest.first == "\n" || rest.isEmpty else {
        isAfterText = true
        return
      }
      while text.last == " " { text.removeLast() }
      guard !rest.isEmpty else { return }
      rest.removeFirst()
      line += 1
      column = 1
    }

    private func problem(_ message: String, _ location: SourceLocation) -> Diagnostic {
      Diagnostic(
        "template.syntax", message, at: location,
        hint: "compare it with the template that comes with Purser")
    }
  }
}
