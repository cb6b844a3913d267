public import Approvals
public import Diagnostics
public import Operations
public import Planning

extension Reconciler {
  /// What a person sees of it.
  public struct Status: Sendable {
    public var step = Step.rest
    public var since: Instant
    public var pin: PolicyPin?
    public var refused: RefusedHead?
    public var trouble: Trouble?
    /// How many items full plans have put right that plans of what was touched had missed: 0, or there is a fault.
    public var missedItems: Int64 = 0
    /// When to look again.
    public var nextAt: Instant
  }

  /// What one cycle did, for the log.
  public struct Report: Sendable {
    /// On the first run the commit that is trusted from then on.
    public var trustRoot: String?
    public var accepted: [AcceptedCommit] = []
    /// What is new in the log of approvals and counts for nothing.
    public var warnings: [Diagnostic] = []
    public var refused: RefusedHead?
    public var plan: Plan?
    /// How many actions of the plan are applied; the others wait, or are only observed.
    public var applied = 0
    public var outcome: ApplyOutcome?
    /// The plan was reported and not applied, because the repository says so.
    public var isObserveOnly = false
    /// Commits wait to be judged on top of what this cycle has put in force; another cycle follows at once.
    public var hasMore = false
    /// A plan that changes more than the Repository's limits allow, and so waits.
    public var held: HeldPlan?
    /// What waits for people of what was planned.
    public var waiting: [Gate.Waiting] = []
    /// What people let through with the plan.
    public var passages: [Gate.Passage] = []
    /// Items that plans of what was touched had missed, and that this full plan puts right.
    public var missed: [SKU] = []
    /// The case that somebody has looked at.
    public var closed: String?
  }
}

extension Plan {
  /// The plan that a cycle makes; previews call this too, so that they show what will happen.
  public init(
    _ prepared: PreparedPolicy, _ judged: JudgedPolicy, stored: StoredState, snapshot: Snapshot, now: Instant
  ) {
    let changed = stored.pin?.commit != judged.judgement.pin.commit
    // What a policy in mode observe would have done was not done: it explains nothing.
    let inForce = changed && judged.wasEnforced ? judged.previous : nil
    // Where nothing that a policy asks for was ever done, all of it is what this one asks for.
    let isUntouched = !judged.isEnforced && snapshot.channelTerms.allSatisfy { $0 == nil }
    self.init(
      policy: prepared.policy, pin: judged.judgement.pin,
      previous: inForce.map { Policy($0, at: now) }, policyChanged: changed || isUntouched,
      snapshot: snapshot, now: now)
  }
}
