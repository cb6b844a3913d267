import DesiredState
import Diagnostics
import Operations

/// Automation stands back: what people took back, only people bring again.
extension Change {
  /// The approvals by which people let automation bring again what was taken back: none where nothing asks for them, nil
  /// where they are missing.
  func recall(by hearing: Hearing, _ authors: Authors, at now: Instant) -> [SignedStatement]? {
    let automation = before.automation
    guard takenBackBy != nil, !authors.signers.isEmpty, authors.signers.isSubset(of: automation) else { return [] }
    let voices = hearing.voices.filter { voice in
      voice.statement.kind == .approve && !authors.all.contains(voice.person) && !automation.contains(voice.person)
        && isStill(voice.statement) && voice.statement.expiresAt.map { now < $0 } ?? true
    }
    return voices.isEmpty ? nil : voices.map(\.signed)
  }

  /// Whether what was said was said of the change as it is now, and not of the time before it was taken back.
  private func isStill(_ statement: Statement) -> Bool {
    guard statement.policyVersion == base.version else { return false }
    return statement.base == base.commit || touched[statement.base].map { $0.isDisjoint(with: paths) } ?? false
  }

  var tombstoneReason: Diagnostic {
    Diagnostic(
      "approval.tombstone",
      "automation brings back what commit \((takenBackBy ?? "").prefix(10)) took back, and no human being stands behind it",
      hint: "let a person approve it, or stop the automation from proposing it:"
        + Recovery.line("purser approve \(commits.last?.short ?? "HEAD")"))
  }
}
