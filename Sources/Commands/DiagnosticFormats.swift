import Diagnostics
import Operations

/// Diagnostics for machines: JSON, GitHub workflow commands and SARIF 2.1.0.
enum DiagnosticFormats {
  static func json(_ diagnostics: [Diagnostic]) -> JSONValue {
    .array(
      diagnostics.map { diagnostic in
        [
          "id": .string(diagnostic.id), "severity": .string(diagnostic.severity.rawValue),
          "message": .string(diagnostic.message), "hint": JSONValue(diagnostic.hint),
          "location": diagnostic.location.map(json) ?? .null,
          "notes": .array(
            diagnostic.notes.map { ["message": .string($0.message), "location": json($0.location)] }),
        ]
      })
  }

  static func json(_ location: SourceLocation) -> JSONValue {
    [
      "file": .string(location.file), "line": .integer(Int64(location.line)),
      "column": .integer(Int64(location.column)),
    ]
  }

  static func github(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map { diagnostic in
      var properties: [String] = []
      if let location = diagnostic.location {
        properties = ["file=\(property(location.file))", "line=\(location.line)", "col=\(location.column)"]
      }
      properties.append("title=\(property(diagnostic.id))")
      let text = diagnostic.message + (diagnostic.hint.map { " (\($0))" } ?? "")
      return "::\(diagnostic.severity.rawValue) \(properties.joined(separator: ","))::\(message(text))\n"
    }.joined()
  }

  private static func message(_ text: String) -> String {
    text.unicodeScalars.map {
      switch $0 {
      case "%": "%25"
      case "\r": "%0D"
      case "\n": "%0A"
      default: String(Character($0))
      }
    }.joined()
  }

  private static func property(_ text: String) -> String {
    message(text).unicodeScalars.map { $0 == ":" ? "%3A" : $0 == "," ? "%2C" : String(Character($0)) }.joined()
  }

  static func sarif(_ diagnostics: [Diagnostic]) -> JSONValue {
    let results: [JSONValue] = diagnostics.map { diagnostic in
      let text = diagnostic.message + (diagnostic.hint.map { " (\($0))" } ?? "")
      var result: [String: JSONValue] = [
        "ruleId": .string(diagnostic.id), "level": .string(diagnostic.severity.rawValue),
        "message": ["text": .string(text)],
      ]
      if let location = diagnostic.location {
        let region: JSONValue = [
          "startLine": .integer(Int64(location.line)), "startColumn": .integer(Int64(location.column)),
        ]
        let place: JSONValue = ["artifactLocation": ["uri": .string(location.file)], "region": region]
        result["locations"] = [["physicalLocation": place]]
      }
      return .object(result)
    }
    let driver: JSONValue = [
      "name": "purser", "rules": .array(Set(diagnostics.map(\.id)).sorted().map { ["id": .string($0)] }),
    ]
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [["tool": ["driver": driver], "columnKind": "unicodeCodePoints", "results": .array(results)]],
    ]
  }
}
