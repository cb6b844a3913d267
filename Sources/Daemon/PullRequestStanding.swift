import Approvals
import Diagnostics
import Digest
import Forges
import Operations
import Reports

/// How an open pull request stands: what its head and its comment should say.
struct PullRequestStanding {
  var status: CommitStatus
  var words: String
  /// Nil where there is nothing to say about it yet.
  var comment: PlanWords?
  /// What people said against it that must be in the log of approvals already now, signed.
  var rejections: [SignedStatement] = []
}

/// What a plan comment should say, and what of it is news.
struct PlanWords {
  /// How long a comment stays as it is while only figures change: every order that comes moves some.
  private static let rewriteInterval = TimeSpan(milliseconds: 15 * 60_000)

  private enum Report {
    case planned(ChangeReport)
    case unplanned(UnplannedReport)
  }

  private let report: Report
  /// The policy in force that the change was held against.
  let base: String
  /// What an approval of it covers; nil where nothing could be planned.
  let impact: [String: Int64]?
  let substance: SHA256Digest
  let demands: SHA256Digest

  init(_ report: ChangeReport, impact: [String: Int64], base: String) {
    self.report = .planned(report)
    self.base = base
    self.impact = impact
    substance = SHA256Digest(of: report.substance.canonicalBytes)
    demands = SHA256Digest(of: (report.required?.json ?? .null).canonicalBytes)
  }

  init(_ report: UnplannedReport, base: String) {
    self.report = .unplanned(report)
    self.base = base
    impact = nil
    substance = SHA256Digest(of: report.substance.canonicalBytes)
    demands = substance
  }

  /// All of the plan, for a file beside the comment.
  var plan: JSONValue? {
    if case .planned(let report) = report { report.json } else { nil }
  }

  func text(_ configuration: ForgeConfiguration, _ artifact: String?) throws(Diagnostic) -> String {
    switch report {
    case .planned(let report):
      try report.markdown(configuration.planComment, artifact: artifact, isBinding: true)
    case .unplanned(let report): try report.markdown(configuration.refusalComment)
    }
  }

  /// Whether the comment is updated: at once for another head, another policy in force or other required approvals, and
  /// otherwise if its text differs and it has not been updated for a while.
  func replaces(_ last: ShownPlan, head: String, at now: Instant) -> Bool {
    guard last.head == head, last.base == base, last.demands == demands else { return true }
    return last.substance != substance && (now < last.writtenAt || now >= last.writtenAt + Self.rewriteInterval)
  }
}
