import ActualState
import Approvals
import AuditTrail
import Git
public import Operations
public import Planning
public import Reconciling
import SQLiteStore
import Verification

/// What the next cycle would do: the same judgement and the same plan, and nothing is changed. It looks at every item,
/// where a cycle looks at those that were touched: the plan is the same, and every shortfall is seen.
public struct Preview: Sendable {
  public let judged: JudgedPolicy
  public let plan: Plan
  /// What the plan was made from.
  public let snapshot: Snapshot
  public let policy: PreparedPolicy
  private let stored: StoredState
  /// Whether a commit would take effect that is not in force yet.
  public let movesPolicy: Bool
  /// Why the plan is for the last accepted policy and not for the branch; nil where it is for the branch.
  public let trouble: Trouble?

  public init(
    repository: String, storePath: String, branch: String, trustRoot: ObjectID?, credentials: Credentials,
    at now: Instant
  ) throws {
    let store = try SQLiteStore(path: storePath, mode: .readOnly)
    let source = try PolicySource(
      address: repository, mirrorPath: storePath + ".git", credentials: credentials)
    try store.checkTrustRoot(trustRoot)
    let fetched = try source.refresh(branch: branch)
    // As of one moment, whatever a daemon does meanwhile.
    let (formerTrees, approvals): (FormerTrees, String?)
    (stored, snapshot, formerTrees, approvals) = try store.reading {
      (
        try store.storedState(), try Snapshot(of: store, at: now), try store.formerTrees(), try store.value(.approvals)
      )
    }
    trouble =
      fetched == nil ? Trouble(.needsPerson, "the branch '\(branch)' is gone or empty", hint: "push it again") : nil
    guard let head = fetched ?? stored.pin.flatMap({ ObjectID($0.commit) }) else {
      throw Trouble(
        .needsPerson, "the branch '\(branch)' has no commit", hint: "create one with 'purser init', or give --branch")
    }
    let history = PolicyHistory(repository: source.repository)
    var evidence = Evidence(
      statements: try ApprovalLog(source, lastSeen: approvals).read().all, at: now, formerTrees: formerTrees)
    var judged = try history.judge(pin: stored.pin, head: head, trustRoot: trustRoot, evidence: evidence)
    while let undecided = judged.judgement.undecided, evidence.impacts[undecided.span] == nil {
      evidence.impacts[undecided.span] = undecided.impact(on: snapshot, now: now)
      judged = try history.judge(pin: stored.pin, head: head, trustRoot: trustRoot, evidence: evidence)
    }
    try judged.checkUsable()
    self.judged = judged
    let pin = judged.judgement.pin
    policy = PreparedPolicy(judged.state, commit: pin.commit, at: now)
    plan = Plan(policy, judged, stored: stored, snapshot: snapshot, now: now)
    movesPolicy = stored.pin != pin
  }

  /// The parts of the plan that the next cycle applies, and those that wait.
  public var gate: Gate { Gate(plan, judged, stored: stored, book: stored.holds) }

  /// What the plan does to what stands now.
  public var impact: Impact { Impact(snapshot, before: nil, after: plan) }

  /// The plan of the same moment, had something happened that fallback rules are for.
  public func plan(drilling drill: Drill) -> Plan {
    Plan(policy.drilling(drill), judged, stored: stored, snapshot: snapshot, now: plan.now)
  }
}
