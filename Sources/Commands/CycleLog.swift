import Approvals
import Diagnostics
import Operations
import Planning
import Reconciling
import Synchronization

/// What a cycle did, in words on stderr. What was said already is not said again.
final class CycleLog: Sendable {
  private struct Said {
    var refused: String?
    var trouble: Trouble?
  }

  private let said = Mutex(Said())
  /// Puts the time before each message, for a log that grows over days; nil for a single cycle.
  private let clock: (@Sendable () -> Instant)?

  init(clock: (@Sendable () -> Instant)? = nil) { self.clock = clock }

  private func say(_ text: String) {
    Output.words((clock.map { "\(Instant(milliseconds: $0().seconds * 1000)) " } ?? "") + text)
  }

  func write(_ report: Reconciler.Report, _ status: Reconciler.Status) {
    if let root = report.trustRoot, report.outcome != nil {
      say(
        "trusting \(root), the first commit of the branch: its people and rules decide what takes effect from now on\n")
    }
    for accepted in report.accepted { say(Self.line(accepted)) }
    if let plan = report.plan, !plan.isEmpty, let line = Self.line(plan, report) { say(line) }
    said.withLock { said in
      if let refused = report.refused, said.refused != refused.mark {
        say("refused \(refused.commit.id.prefix(10)) \u{201C}\(escaped(refused.commit.summary))\u{201D}\n")
        Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(refused.reasons))
        if let pin = status.pin { Output.words("  the policy stays at \(pin.commit.prefix(10))\n") }
      }
      said.refused = report.refused?.mark
      if let trouble = status.trouble, said.trouble != trouble {
        say("error: \(escaped(trouble.message))\n")
        if !trouble.hint.isEmpty { Output.words("  hint: \(escaped(trouble.hint))\n") }
      }
      if said.trouble != nil, status.trouble == nil { say("all is well again\n") }
      said.trouble = status.trouble
    }
  }

  private static func line(_ accepted: AcceptedCommit) -> String {
    let authors = accepted.acceptance.authors
    let by = authors.isEmpty ? "" : " by \(authors.joined(separator: ", "))"
    let approvers = accepted.acceptance.approvers
    let approved = approvers.isEmpty ? "" : ", approved by \(approvers.joined(separator: ", "))"
    let broken = accepted.acceptance.brokenGlass.map {
      ", let through without its review by \($0.person): \u{201C}\(escaped($0.reason))\u{201D}"
    }.joined()
    let reverts = accepted.commit.reverts.map { ", reverts \($0.prefix(10))" }.joined()
    return
      "accepted \(accepted.commit.id.prefix(10)) \u{201C}\(escaped(accepted.commit.summary))\u{201D}\(by)\(approved)\(broken)\(reverts)\n"
  }

  private static func line(_ plan: Plan, _ report: Reconciler.Report) -> String? {
    let counts =
      counted(plan.actions.count, "action")
      + " (\(plan.count(.policyChanged)) policy changed, \(plan.count(.worldMoved)) world moved"
      + (plan.count(.repair) > 0 ? ", \(plan.count(.repair)) told again)" : ")")
    if report.isObserveOnly { return "observed \(counts); the repository's mode is observe, nothing was applied\n" }
    guard case .applied(let record) = report.outcome else { return nil }
    return "applied \(counts)" + (record.map { ", record \($0)" } ?? "") + "\n"
  }
}
