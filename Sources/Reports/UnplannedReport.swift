public import Diagnostics
public import Operations

/// A change with which nothing can be planned, for those who review it: what is wrong, and where.
public struct UnplannedReport: Sendable {
  let base: ChangeReport.Revision
  let head: ChangeReport.Revision
  /// Errors first, in reading order.
  let problems: [Diagnostic]

  public init(from base: ChangeReport.Revision, to head: ChangeReport.Revision, _ problems: [Diagnostic]) {
    self.base = base
    self.head = head
    self.problems = problems.filter { $0.severity == .error } + problems.filter { $0.severity != .error }
  }

  /// All that the comment says.
  public var substance: JSONValue { .object(rows(limit: ChangeReport.rowLimit)) }

  private func rows(limit: Int) -> [String: JSONValue] {
    let rows = problems.prefix(limit).map { problem -> JSONValue in
      [
        "place": JSONValue(problem.location?.description), "message": .string(problem.message),
        "hint": JSONValue(problem.hint?.split(whereSeparator: \.isWhitespace).joined(separator: " ")),
      ]
    }
    let more = problems.count - rows.count
    return [
      "base": base.json, "head": head.json, "problems": .array(rows),
      "more_problems": more == 0 ? .null : .integer(Int64(more)),
    ]
  }

  /// The comment for a forge, never longer than one takes.
  public func markdown(_ template: Template) throws(Diagnostic) -> String {
    var limit = ChangeReport.rowLimit
    while true {
      let text =
        try ChangeReport.marker + "\n" + template.filled(.object(rows(limit: limit)), safe: codeText)
      if text.utf8.count <= ChangeReport.commentLimit || limit == 0 { return text }
      limit /= 2
    }
  }
}
