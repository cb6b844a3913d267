public import Approvals
public import Diagnostics
public import Operations

extension Reconciler {
  public enum Step: String, Sendable {
    case rest, fetch, read, judge, observe, apply, note, close, record
  }

  public enum Effect: Sendable {
    /// Look for the head of the branch.
    case fetch
    case read
    /// - impacts: what changes would do, as far as a judgement before asked for it.
    case judge(pin: PolicyPin?, head: String, at: Instant, impacts: [ChangeSpan: [String: Int64]])
    /// - exclusive: keep everyone else from writing until the plan is applied, because they were faster before.
    case observe(Snapshot.Scope, exclusive: Bool)
    case apply(Application)
    /// - holds: what becomes of them; nil where they stay.
    case note(AuditDraft, refused: String, holds: HoldChange?)
    /// Close the case of a commit that somebody has looked at.
    case close(AuditDraft, case: String)
    /// Write audit records to git where they are due.
    case record
  }

  public enum Outcome: Sendable {
    /// The head of the branch; nil if there is no branch or no commit.
    /// - approvals: the head of the log of approvals; nil if there is none.
    /// - alarm: what somebody did to that log; what was said before still counts.
    /// - warnings: what is new in that log and counts for nothing.
    case fetched(String?, approvals: String?, alarm: Trouble?, warnings: [Diagnostic] = [])
    case read(StoredState)
    case judged(JudgedPolicy)
    case observed(Snapshot)
    case applied(ApplyOutcome)
    case done
    case failed(Trouble)
  }

  public struct Command: Sendable {
    public let number: Int
    public let effect: Effect
  }

  public struct Configuration: Sendable {
    /// Between two looks at the branch when nothing wakes the daemon.
    public var interval: TimeSpan
    public init(interval: TimeSpan) { self.interval = interval }
  }
}
