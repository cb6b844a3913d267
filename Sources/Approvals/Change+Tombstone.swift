import DesiredState
import Diagnostics
import Operations

/// Automation stands back: what people took back, only people bring again.
extension Change {
  /// The approvals by which people let automation bring again what was taken back: none where nothing asks for them, nil
  /// where they are missing.
  func recall(by hearing: Hearing, _ authors: Authors, at now: Instant) -> [SignedStatement]? {
    let automation = before.automation
    guard takenBack != nil, !authors.signers.isDisjoint(with: automation) else { return [] }
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
    let what = takenBack.map { "\($0.setting.words), which commit \($0.commit.prefix(10)) reverted" } ?? "something"
    return Diagnostic(
      "approval.tombstone", "automation brings back \(what), and no person approved it",
      hint: "ask a person to approve it, or stop the automation from proposing it:"
        + Recovery.line("purser approve \(commits.last?.short ?? "HEAD")"))
  }
}

extension DesiredState {
  /// The keys of everyone who is no program, without their comments.
  public var peoplesKeys: Set<String> {
    let automation = automation
    return Set(
      all(.person).filter { !automation.contains($0.key.name) }.flatMap { $0.fields["keys"]?.list ?? [] }
        .compactMap { $0.text?.split(separator: " ").prefix(2).joined(separator: " ") })
  }
}
