import Approvals
import DesiredState
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import Verification

/// What somebody says something about: a change, a hold, or the case of a change that took effect without its review.
struct Topic {
  /// How it is named after `approve`.
  let title: String
  /// How it is named afterwards.
  let name: String
  /// What it is, line by line.
  let lines: [String]
  /// What it would do, line by line.
  let figures: [String]
  /// The policy whose people may speak.
  let people: DesiredState
  /// What was said about it, as far as the signature is theirs, in the order in which they said it.
  let said: [Statement]

  private let change: SHA256Digest
  private let base: PolicyPin
  private let head: String
  private let tree: String
  private let impact: [String: Int64]?
  private let about: StatementSubject?

  init(_ reviewed: ReviewDesk.Reviewed, _ desk: ReviewDesk) throws {
    let (change, proposed) = (reviewed.change, reviewed.proposed)
    let commit = try desk.repository.commit(proposed.head)
    var lines = change.paths.prefix(Self.pathLimit).map { "    \(escaped($0))" }
    if change.paths.count > Self.pathLimit { lines.append("    and \(change.paths.count - Self.pathLimit) more files") }
    let base = change.base
    lines.append(
      "  from    \(base.commit.prefix(10)), "
        + (base == desk.pin
          ? "in force as policy version \(base.version)"
          : "which takes effect before it, policy version \(base.version)"))
    lines += reviewed.carriedLines.map { "  with    \($0)" }
    lines.append(
      "  to      \(commit.id.short) \u{201C}\(escaped(commit.summary))\u{201D} by \(escaped(commit.author.name))")
    self.lines = lines
    title = "the change \(change.digest)"
    name = String(change.digest.description.prefix(10))
    figures = ["  impact  \(Self.words(reviewed.impact))"]
    people = change.before
    said = desk.voices(change)
    self.change = change.digest
    self.base = base
    (head, tree) = (proposed.head.description, proposed.tree.description)
    impact = reviewed.impact
    about = nil
  }

  /// What somebody said about a change that ended at a commit when something else was in force.
  init(_ former: Statement, _ state: DesiredState, _ desk: ReviewDesk) {
    title = "the change \(former.change)"
    name = String(former.change.description.prefix(10))
    lines = [
      "  from    \(former.base.prefix(10)), as it was on \(former.issuedAt)", "  to      \(former.head.prefix(10))",
    ]
    figures = []
    people = state
    said = [former]
    change = former.change
    base = PolicyPin(commit: former.base, tree: "", version: former.policyVersion)
    (head, tree) = (former.head, former.tree)
    impact = nil
    about = nil
  }

  init(_ waiting: HeldDesk.Waiting, _ desk: ReviewDesk) {
    let hold = waiting.hold
    title = "hold \(hold.number)"
    name = title
    lines = [
      "  waits   \(waiting.what), under policy \(hold.policy.prefix(10))", "  since   \(hold.since)",
    ]
    figures = ["  does    \(Self.words(waiting.measures))"]
    people = waiting.state
    let subject = StatementSubject.hold(hold)
    said = desk.voices(about: subject, people)
    change = subject.digest
    base = waiting.policy
    (head, tree) = (waiting.policy.commit, waiting.policy.tree)
    impact = waiting.measures
    about = subject
  }

  init(_ one: ReviewCase, _ state: DesiredState, _ desk: ReviewDesk) {
    title = "what took effect without review, and close the case"
    name = "the case of \(one.commit.prefix(10))"
    lines =
      ["  commit  \(one.commit.prefix(10)), in force since \(one.openedAt)"]
      + one.breakers.map { "  by      \(escaped($0.person)): \u{201C}\(escaped($0.reason))\u{201D}" }
    figures = []
    people = state
    let subject = StatementSubject.review(commit: one.commit)
    said = desk.voices(about: subject, state)
    change = subject.digest
    base = desk.pin
    (head, tree) = (desk.pin.commit, desk.pin.tree)
    impact = nil
    about = subject
  }

  func statement(
    _ kind: Statement.Kind, by person: String, reason: String?, issuedAt: Instant, expiresAt: Instant?, nonce: String
  ) -> Statement {
    var statement = Statement(
      kind: kind, change: change, base: base.commit, head: head, tree: tree, policyVersion: base.version,
      impact: kind.permits ? impact : nil, person: person, reason: reason, issuedAt: issuedAt, expiresAt: expiresAt,
      nonce: nonce)
    statement.about = about
    return statement
  }

  /// When somebody last rejected it by their own clock, as far as that is no further ahead than clocks may be.
  func rejectedAt(by now: Instant) -> Instant? {
    said.filter { $0.kind == .reject && $0.issuedAt < now + Statement.clockAhead }.map(\.issuedAt).max()
  }

  /// Whether a statement was made under the same policy, of no less than what it would do now.
  func isCovered(by said: Statement) -> Bool {
    guard said.base == base.commit, said.policyVersion == base.version else { return false }
    guard said.kind.permits, let impact else { return true }
    guard let told = said.impact else { return false }
    return impact.allSatisfy { $0.value <= told[$0.key, default: 0] }
  }

  private static let pathLimit = 20

  static func words(_ measures: [String: Int64]?) -> String {
    guard let measures else { return "not known here; does not count for rules with an impact" }
    let parts = measures.filter { $0.value > 0 }.sorted { $0.key.isBytewiseLess(than: $1.key) }
    return parts.isEmpty ? "none" : parts.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
