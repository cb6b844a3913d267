import DesiredState
import Diagnostics
import Operations
import Planning

/// A file of the operations repository that says what a channel shows of an item. Nothing else in it changes, so that
/// comments and layout stay as people wrote them.
struct AdoptedText {
  let text: String

  /// - Parameter own: what the file says of the channel for this item alone; nil where it says nothing.
  init(_ text: String, _ drift: Drift, own: Resource?) {
    let name = drift.key.field.rawValue
    if let own, let field = own.fields[name] {
      self.text = Self.replacing(text, at: field, with: drift.observed)
    } else if let own {
      // Before the first line of the document, at the same depth.
      let margin = String(repeating: " ", count: max(0, own.location.column - 1))
      self.text = Self.inserting("\(margin)\(name): \(drift.observed)", in: text, before: own.location.line)
    } else {
      self.text = Self.appending(Self.overlay(drift), to: text)
    }
  }

  private static func replacing(_ text: String, at field: Field, with value: Int64) -> String {
    var lines = lines(of: text)
    let index = field.location.line - 1
    guard lines.indices.contains(index) else { return text }
    let line = Array(lines[index].unicodeScalars)
    let start = min(line.count, max(0, field.location.column - 1))
    let end = line[start...].firstIndex { !("0"..."9").contains($0) } ?? line.count
    var edited = String.UnicodeScalarView(line[..<start])
    edited.append(contentsOf: String(value).unicodeScalars)
    edited.append(contentsOf: line[end...])
    lines[index] = String(edited)
    return lines.joined(separator: "\n")
  }

  private static func inserting(_ new: String, in text: String, before line: Int) -> String {
    var lines = lines(of: text)
    lines.insert(new, at: min(lines.count, max(0, line - 1)))
    return lines.joined(separator: "\n")
  }

  private static func appending(_ document: String, to text: String) -> String {
    text.isEmpty ? document : text + (text.hasSuffix("\n") ? "" : "\n") + "---\n" + document
  }

  /// Text from outside stands in quotes only: a comment would end at a line break that YAML knows and JSON does not.
  private static func overlay(_ drift: Drift) -> String {
    let region = drift.key.region.isEverywhere ? "" : ", region: \(drift.key.region.json.canonical)"
    return """
      # Adopted from what the channel showed.
      kind: Channel
      name: \(drift.key.channel)
      scope: {sku: \(JSONValue.string(drift.sku.rawValue).canonical)\(region)}
      \(drift.key.field.rawValue): \(drift.observed)

      """
  }

  /// By line feeds alone, with whatever stands before them.
  private static func lines(of text: String) -> [String] {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }
}
