import ActualState
import Diagnostics
import Intake
import Operations
import Planning

/// What an import tells the person who runs it.
struct ImportReport {
  /// Bad lines that are shown; the rest is counted.
  static let problemLimit = 100

  private var shown: [Diagnostic] = []
  private var rows: RowCounts?

  /// Shows a bad line at once, while the import goes on.
  mutating func problem(_ problem: Arrival.Problem) {
    guard shown.count < Self.problemLimit else { return }
    shown.append(problem.diagnostic)
    let renderer = DiagnosticRenderer(colour: Output.hasColour(2)) { _ in problem.line }
    Output.words(renderer.render(problem.diagnostic))
  }

  mutating func add(_ counts: RowCounts?) {
    guard let counts else { return }
    var sum = rows ?? RowCounts()
    sum.rows += counts.rows
    sum.skipped += counts.skipped
    sum.unmatched += counts.unmatched
    rows = sum
  }

  func text(_ summary: ImportSummary, store: EventCounts, score: ConfidenceScore?) -> String {
    var text = ""
    for reason in summary.reasons {
      let word = reason.outcome.rawValue
      text += escaped("\(reason.location): \(word): \(reason.event): \(reason.text) [event.\(word)]") + "\n"
    }
    let more = summary.refused + summary.waiting + summary.conflicting - summary.reasons.count
    if more > 0 { text += "… and \(more) more; 'purser get events' lists those in the store\n" }
    if summary.problems > shown.count { text += "… and \(counted(summary.problems - shown.count, "more bad line"))\n" }
    if let rows {
      text +=
        "\(counted(rows.rows, "row")): \(rows.skipped) skipped by the mapping, \(rows.unmatched) without a rule\n"
    }
    text += "\(counted(summary.events, "event")): \(summary.applied) applied, \(summary.repeated) repeated, "
    text += "\(summary.waiting) waiting, \(summary.refused) refused"
    if summary.conflicting > 0 { text += ", \(summary.conflicting) in conflict" }
    text += summary.problems > 0 ? "; \(counted(summary.problems, "bad line"))\n" : "\n"
    for (type, count) in summary.typeCounts.sorted(by: { $0.key < $1.key }) { text += "  \(count) \(type)\n" }
    if store.waiting > 0 {
      text += "\(counted(store.waiting, "event")) in the store \(store.waiting == 1 ? "is" : "are") waiting "
      text += "for an item or order that has not arrived yet\n"
    }
    if let score {
      let brier = JSONValue(share: score.brier)
      text += "the policy's supplier confidences would have predicted \(counted(score.deliveries, "delivered line"))"
      text += brier == .null ? "\n" : " with a Brier score of \(brier.canonical); 'purser get suppliers' lists each\n"
    }
    return text
  }

  func json(_ summary: ImportSummary, store: EventCounts, score: ConfidenceScore?) -> JSONValue {
    let reasons: [JSONValue] = summary.reasons.map {
      [
        "file": .string($0.location.file), "line": .integer(Int64($0.location.line)), "event": .string($0.event),
        "outcome": .string($0.outcome.rawValue), "reason": .string($0.text),
      ]
    }
    return [
      "events": .integer(Int64(summary.events)), "applied": .integer(Int64(summary.applied)),
      "repeated": .integer(Int64(summary.repeated)), "waiting": .integer(Int64(summary.waiting)),
      "refused": .integer(Int64(summary.refused)), "conflicting": .integer(Int64(summary.conflicting)),
      "bad_lines": .integer(Int64(summary.problems)),
      "types": .object(summary.typeCounts.mapValues { .integer(Int64($0)) }), "reasons": .array(reasons),
      "problems": DiagnosticFormats.json(shown),
      "rows": rows.map {
        [
          "read": .integer(Int64($0.rows)), "skipped": .integer(Int64($0.skipped)),
          "unmatched": .integer(Int64($0.unmatched)),
        ]
      } ?? .null,
      "confidence": score.map {
        ["deliveries": .integer(Int64($0.deliveries)), "brier": JSONValue(share: $0.brier)]
      } ?? .null,
      "store": [
        "applied": .integer(store.applied), "waiting": .integer(store.waiting), "refused": .integer(store.refused),
      ],
    ]
  }
}
