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
    /// The line about what is only observed.
    var observed: String?
    var trouble: Trouble?
    /// Numbers of holds.
    var holds: Set<Int64> = []
    /// What the policy asks for and cannot have.
    var unmet: Set<Unmet> = []
    /// Messages about entries of the log of approvals.
    var warnings: Set<String> = []
  }

  private struct Unmet: Hashable {
    var kind: PlanWarning.Kind
    var channel: ChannelID
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
        "trusting \(root), the first commit of the branch: from now on its people and rules decide what takes effect\n")
    }
    for accepted in report.accepted { say(Self.line(accepted)) }
    if let plan = report.plan, let line = Self.line(plan, report), isNews(line, plan, report) { say(line) }
    for passage in report.passages where report.outcome?.isApplied == true { say(Self.line(passage)) }
    if let closed = report.closed { say("review case of \(closed.prefix(10)) closed\n") }
    said.withLock { said in
      let warnings = report.warnings.filter { said.warnings.insert($0.message).inserted }
      for warning in warnings.prefix(Self.warningLimit) {
        say("warning: \(escaped(warning.message)) [\(warning.id)]\n")
        if let hint = warning.hint { Output.words("  hint: \(escaped(hint))\n") }
      }
      if warnings.count > Self.warningLimit {
        say(
          "warning: \(warnings.count - Self.warningLimit) more entries of the log do not count; see 'purser changes'\n")
      }
      if let plan = report.plan { tellUnmet(plan, &said) }
      for one in report.waiting where one.hold.cause != .limits && said.holds.insert(one.hold.number).inserted {
        say("\(one.hold.cause.rawValue) is waiting for approval as hold \(one.hold.number); see 'purser get held'\n")
      }
      if let refused = report.refused, said.refused != refused.mark {
        say("refused \(refused.commit.id.prefix(10)) \u{201C}\(escaped(refused.commit.summary))\u{201D}\n")
        Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(refused.reasons))
        if let pin = status.pin { Output.words("  the policy stays at \(pin.commit.prefix(10))\n") }
      }
      said.refused = report.refused?.mark
      if let trouble = status.trouble, said.trouble != trouble { write(trouble) }
      if said.trouble != nil, status.trouble == nil { say("recovered\n") }
      said.trouble = status.trouble
    }
  }

  /// Says of each channel what it cannot have, once until a plan of everything finds that it can again: figures move with
  /// every sale, and 'purser plan' shows them.
  private func tellUnmet(_ plan: Plan, _ said: inout Said) {
    let now = plan.warnings.map { (Unmet(kind: $0.kind, channel: $0.channel), $0.sentence) }
    for (unmet, sentence) in now where said.unmet.insert(unmet).inserted { say("warning: \(escaped(sentence))\n") }
    if plan.scope == .all { said.unmet = Set(now.map(\.0)) }
  }

  /// What is only observed stands until something else is: a part of it is no news, nor is the same again.
  private func isNews(_ line: String, _ plan: Plan, _ report: Reconciler.Report) -> Bool {
    guard report.isObserveOnly, report.passages.isEmpty else { return !plan.isEmpty }
    guard plan.scope == .all else { return false }
    return said.withLock { said in
      defer { said.observed = line }
      return said.observed != line && (!plan.isEmpty || said.observed != nil)
    }
  }

  /// Whoever may push can append as much as they like.
  private static let warningLimit = 10

  private static func line(_ passage: Gate.Passage) -> String {
    let people = passage.approvals.compactMap { try? $0.statement().person }.joined(separator: ", ")
    return "hold \(passage.hold.number) (\(passage.hold.cause.rawValue)) approved by \(people)\n"
  }

  func write(_ trouble: Trouble) {
    say("error: \(escaped(trouble.message))\n")
    if !trouble.hint.isEmpty { Output.words("  hint: \(escaped(trouble.hint))\n") }
  }

  private static func line(_ accepted: AcceptedCommit) -> String {
    let authors = accepted.acceptance.authors
    let by = authors.isEmpty ? "" : " by \(authors.joined(separator: ", "))"
    let approvers = accepted.acceptance.approvers
    let approved = approvers.isEmpty ? "" : ", approved by \(approvers.joined(separator: ", "))"
    let broken = accepted.acceptance.brokenGlass.map {
      ", \($0.isOverride ? "overriding \($0.rules.joined(separator: " and "))" : "without review")"
        + " by \($0.person): \u{201C}\(escaped($0.reason))\u{201D}"
    }.joined()
    let reverts = accepted.commit.reverts.map { ", reverts \($0.prefix(10))" }.joined()
    return
      "accepted \(accepted.commit.id.prefix(10)) \u{201C}\(escaped(accepted.commit.summary))\u{201D}"
      + "\(by)\(approved)\(broken)\(reverts)\n"
  }

  private static func line(_ plan: Plan, _ report: Reconciler.Report) -> String? {
    let isPart = report.outcome != nil && report.applied < plan.actions.count
    let counts =
      counted(plan.actions.count, "action")
      + " (\(plan.count(.policyChanged)) policy changed, \(plan.count(.worldMoved)) world moved"
      + (plan.count(.repair) > 0 ? ", \(plan.count(.repair)) re-sent)" : ")")
    if report.isObserveOnly, report.passages.isEmpty {
      return "observed \(counts); nothing was applied, because of the repository's mode\n"
    }
    guard case .applied(let record) = report.outcome, record != nil else { return nil }
    return "applied \(isPart ? "\(report.applied) of " : "")\(counts)" + (record.map { ", record \($0)" } ?? "") + "\n"
  }
}
