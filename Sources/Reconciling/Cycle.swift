public import Approvals
public import DesiredState
public import Diagnostics
public import Digest
public import Operations
public import Planning

/// What a cycle reads of the store before it judges anything.
public struct StoredState: Hashable, Sendable {
  /// The policy in force; nil before the first run.
  public var pin: PolicyPin?
  /// The head that was refused last.
  public var refused: String?
  public var fullPlanAt: Instant?
  /// What the plans of an hour have changed together.
  public var spent: HourlyRadius?
  /// What waits for people.
  public var holds: HoldBook
  /// Everyone whose work is in what waits under the policy in force.
  public var authors: [String]
  /// The store's change counter: while it stands, no item and no supplier has changed.
  public var version: Int64
  /// Changes that took effect without their review, and that nobody has looked at yet.
  public var reviewCases: [ReviewCase]
  /// What was only observed when everything was looked at last, so that it is recorded once.
  public var observed: SHA256Digest?

  public init(
    pin: PolicyPin? = nil, refused: String? = nil, fullPlanAt: Instant? = nil, spent: HourlyRadius? = nil,
    holds: HoldBook = HoldBook(), authors: [String] = [], version: Int64 = 0, reviewCases: [ReviewCase] = []
  ) {
    self.pin = pin
    self.refused = refused
    self.fullPlanAt = fullPlanAt
    self.spent = spent
    self.holds = holds
    self.authors = authors
    self.version = version
    self.reviewCases = reviewCases
  }
}

/// How far the policy may move, and what it says there.
public struct JudgedPolicy: Sendable {
  public var judgement: Judgement
  /// The desired state at `judgement.pin`.
  public var state: DesiredState
  /// The desired state at the pin before; nil on the first run.
  public var previous: DesiredState?
  /// On the first run the commit whose people and rules are trusted from then on; nil later.
  public var trustRoot: String?
  /// What is wrong with `state`, where an earlier version of Purser accepted what this one finds errors in: changes are
  /// judged by it, and nothing is planned with it.
  public var faults: [Diagnostic] = []

  public init(judgement: Judgement, state: DesiredState, previous: DesiredState?, trustRoot: String? = nil) {
    self.judgement = judgement
    self.state = state
    self.previous = previous
    self.trustRoot = trustRoot
  }

  /// What has to be done before anything can be planned; nil where nothing keeps it up.
  var standstill: Trouble? {
    guard let first = faults.first else { return nil }
    return Trouble(.needsPerson, Diagnostics(faults).description, hint: first.hint ?? "")
  }

  /// - Throws: `Diagnostics` where nothing can be planned with it.
  public func checkUsable() throws {
    if !faults.isEmpty { throw Diagnostics(faults) }
  }

  /// Whether anything of a plan is applied by itself, as the Repository resource says.
  var isEnforced: Bool { Domain.allCases.contains { state.mode(of: $0) == .enforce } }

  /// Whether the policy before gave out stock: what it would have done and did not explains nothing.
  var wasEnforced: Bool { previous?.mode(of: .allocation) == .enforce }
}

/// A judgement that is kept while nothing that it rests on has changed.
struct KnownJudgement: Sendable {
  let policy: JudgedPolicy
  /// What changes would do that it rests on.
  let impacts: [ChangeSpan: [String: Int64]]
  private let head: String
  /// The end of the log of approvals.
  let approvals: String?
  private let madeAt: Instant

  init?(
    _ policy: JudgedPolicy, _ head: String?, _ approvals: String?, impacts: [ChangeSpan: [String: Int64]],
    at now: Instant
  ) {
    // What has commits left to judge is no answer for the next cycle.
    guard let head, !policy.judgement.hasMore else { return nil }
    self.policy = policy
    self.impacts = impacts
    self.head = head
    self.approvals = approvals
    madeAt = now
  }

  func holds(_ head: String, _ approvals: String?, pin: PolicyPin?, at now: Instant) -> Bool {
    guard head == self.head, approvals == self.approvals, policy.judgement.pin == pin, now >= madeAt else {
      return false
    }
    // A change that would do too much is looked at again every hour: planning it costs as much as planning everything.
    guard impacts.isEmpty || now.hour == madeAt.hour else { return false }
    return policy.judgement.changesAt.map { now < $0 } ?? true
  }
}

extension UndecidedChange {
  /// What the change would do to the world as it is, now and when its windows open and close: the largest, by measure.
  /// - Parameter snapshot: of all items.
  public func impact(on snapshot: Snapshot, now: Instant) -> [String: Int64] {
    Impact(of: after, inPlaceOf: before, on: snapshot, now: now).measures.named
  }
}

/// A policy compiled for planning, with the stretch of time for which it holds.
public struct PreparedPolicy: Sendable {
  public let commit: String
  public let policy: Policy
  let from: Instant

  /// The same policy as it would plan if something happened that its fallback rules are for.
  public func drilling(_ drill: Drill) -> PreparedPolicy {
    PreparedPolicy(commit: commit, policy: policy.drilling(drill), from: from)
  }

  private init(commit: String, policy: Policy, from: Instant) {
    self.commit = commit
    self.policy = policy
    self.from = from
  }

  public init(_ state: DesiredState, commit: String, at now: Instant) {
    self.commit = commit
    policy = Policy(state, at: now)
    from = now
  }

  /// Whether it may still be used: same commit, and no window opened or closed since it was made.
  func holds(for commit: String, at now: Instant) -> Bool {
    self.commit == commit && now >= from && policy.nextBoundary.map { now < $0 } ?? true
  }
}

/// Which items a cycle must plan.
/// - Parameters:
///   - prepared: the policy as it was compiled last; it saves looking at every window again.
///   - mayPass: whether what people said may let something through that waits under the policy in force.
func planningScope(
  stored: StoredState, judged: JudgedPolicy, prepared: PreparedPolicy?, mayPass: Bool, now: Instant
) -> Snapshot.Scope {
  let (pin, state) = (judged.judgement.pin, judged.state)
  guard stored.pin?.commit == pin.commit, let last = stored.fullPlanAt else { return .all }
  // What people approved is all that waits.
  guard !mayPass else { return .all }
  // Caps and buffers look at sliding windows of whole hours, and what is routed is ready at the next: with a new hour, any
  // item may change.
  guard last.hour == now.hour, last.nextFullHour == now.nextFullHour else { return .all }
  if let prepared, prepared.from <= last, prepared.holds(for: pin.commit, at: now) { return .dirty }
  let crossed = state.resources.values.joined().contains { resource in
    [resource.effective.from, resource.effective.until].contains { $0.map { last < $0 && $0 <= now } ?? false }
  }
  return crossed ? .all : .dirty
}
