/// Renders diagnostics for a terminal: place, severity, message, the line with a caret, the hint.
public struct DiagnosticRenderer {
  let sourceLine: (SourceLocation) -> String?
  let colour: Bool

  /// - Parameter sourceLine: gives the text of the line at a location, or nil if it cannot be read.
  public init(colour: Bool = false, sourceLine: @escaping (SourceLocation) -> String? = { _ in nil }) {
    self.sourceLine = sourceLine
    self.colour = colour
  }

  /// More than a person reads; each costs a look into its file.
  static let limit = 100

  public func render(_ diagnostics: [Diagnostic]) -> String {
    var texts = diagnostics.prefix(Self.limit).map(render)
    if diagnostics.count > Self.limit { texts.append("… and \(diagnostics.count - Self.limit) more\n") }
    return texts.joined(separator: "\n")
  }

  public func render(_ diagnostic: Diagnostic) -> String {
    var text = ""
    if let location = diagnostic.location { text += "\(escaped(location.description)): " }
    let isError = diagnostic.severity == .error
    text += paint(diagnostic.severity.rawValue + ":", isError ? "1;31" : "1;35")
    text += " \(escaped(diagnostic.message)) [\(diagnostic.id)]\n"
    if let location = diagnostic.location { text += excerpt(location) }
    for note in diagnostic.notes { text += "  note: \(escaped(note.message)): \(escaped(note.location.description))\n" }
    if let hint = diagnostic.hint { text += "  " + paint("hint:", "1;36") + " \(escaped(hint))\n" }
    return text
  }

  private func excerpt(_ location: SourceLocation) -> String {
    guard let line = sourceLine(location).map(withoutSecrets) else { return "" }
    let scalars = Array(line.unicodeScalars)
    // A long line is cut around the caret: a terminal that wraps would put the caret under the wrong word.
    let first = max(0, location.column - 1 - 60)
    let shown = escaped(String(String.UnicodeScalarView(scalars.dropFirst(first).prefix(100))))
    let before = scalars.dropFirst(first).prefix(max(0, location.column - 1 - first))
    let padding = before.map { $0 == "\t" ? "\t" : String(repeating: " ", count: displayWidth($0)) }.joined()
    let number = String(location.line)
    let gutter = String(repeating: " ", count: number.count)
    return "  \(number) | \(shown)\n  \(gutter) | \(padding)\(paint("^", "1;32"))\n"
  }

  /// Wide East Asian scalars and emoji take two cells, combining marks none.
  private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  private func paint(_ text: String, _ code: String) -> String {
    colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
