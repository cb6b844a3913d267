import ActualState
public import Approvals
import DesiredState
import DesiredStateFiles
public import Diagnostics
public import Git
public import Operations
public import Planning
public import Reconciling
public import Reports
import SQLiteStore
public import Verification

/// What it would mean now to put the policy of one commit in the place of another's, whether or not anyone has agreed to
/// it: two plans of the same snapshot, and what the change makes of it. Nothing is changed.
public struct ChangePreview: Sendable {
  /// What the change starts from; nil where no policy is in force yet.
  public let base: Commit?
  public let head: Commit
  /// What the world asks for anyway; nil where no policy is in force.
  public let before: Plan?
  /// What would be done with the change; each action says whether the policy or the world makes it.
  public let after: Plan
  public let impact: Impact
  /// What the rules at the base ask for; nil where there is no base.
  public let required: RequiredApprovals?
  /// The currency of all amounts.
  public let currency: String
  /// Whether what the change starts from is what the store carries out.
  public let isBaseInForce: Bool
  /// Whether the head does not contain the base, so that what the merge of both would be was planned.
  public let isMergedInThought: Bool
  /// What of the plan the next cycle would let wait, or never do, were the change in force.
  public let waits: [PlanWait]

  /// - Parameters:
  ///   - base: a revision of the repository; nil for the policy in force.
  ///   - head: a revision; nil for the head of the branch.
  ///   - startsAtFork: whether the change starts at the newest commit that both contain, and not at `base` itself.
  ///     Otherwise a head that does not contain its base is merged into it in thought, as the daemon judges it: what it
  ///     lacks of its base would else look like a part of the change.
  /// - Throws: `UnusableState` where either commit has errors; a `Diagnostic` for a revision that names no commit, for two
  ///   that do not merge, and for a head that its base contains.
  public init(
    repository: String, storePath: String, branch: String, base: String?, head: String?, startsAtFork: Bool = false,
    credentials: Credentials, at now: Instant
  ) throws {
    let store = try SQLiteStore(path: storePath, mode: .readOnly)
    let source = try PolicySource(address: repository, mirrorPath: storePath + ".git", credentials: credentials)
    let branchHead = try source.refresh(branch: branch)
    // Read as of one moment, whatever a daemon does meanwhile.
    let (stored, snapshot, formerTrees) = try store.reading {
      (try store.storedState(), try Snapshot(of: store, at: now), try store.formerTrees())
    }
    let pin = stored.pin
    let revisions = Revisions(repository: source.repository, address: repository, branch: branch)
    var old = try base.map(revisions.commit) ?? pin.flatMap { ObjectID($0.commit) }.map(source.repository.commit)
    guard let new = try head.map(revisions.commit) ?? branchHead.map(source.repository.commit) else {
      throw revisions.noBranch
    }
    // Nobody asked for the objects of a merge in thought.
    try source.repository.keepNewObjectsInMemory()
    let history = PolicyHistory(repository: source.repository)
    // What is planned for: the head itself, or what its merge would leave.
    var end = new
    if let base = old {
      if startsAtFork {
        old = try revisions.fork(of: new, from: base)
      } else if try !source.repository.isAncestor(base.id, of: new.id) {
        try revisions.checkMergeable(new, into: base)
        end = try source.repository.commit(
          history.merged(
            new.id, onto: base.id, called: base.id.description == pin?.commit ? "the policy in force" : "its base"))
      }
    }
    let was = try old.map { try history.usableState(of: $0) }
    let becomes = try history.usableState(of: end, shownAs: new)
    before = zip(old, was).map { Plan($1, of: $0, on: snapshot, at: now) }
    after = Plan(becomes, commit: new.id, tree: end.tree, insteadOf: before, on: snapshot, at: now)
    var impact = Impact(snapshot, before: before, after: after)
    if let was { impact.foresee(becomes, inPlaceOf: was, on: snapshot, now: now) }
    self.impact = impact
    let measures = impact.measures.named
    required = try old.map {
      let former = $0.id.description == pin?.commit ? formerTrees : FormerTrees()
      return RequiredApprovals(try history.difference(from: $0, to: end, former: former), impact: measures)
    }
    waits = PlanWait.foreseen(after, becomes, inPlaceOf: was, stored: stored)
    (self.base, self.head, isMergedInThought) = (old, new, end.id != new.id)
    currency = becomes.currency
    isBaseInForce = old?.id.description == pin?.commit
  }

  /// Previews a change that would be merged into the policy in force.
  /// - Parameters:
  ///   - proposed: a change whose state has no errors.
  ///   - base: the policy in force.
  ///   - before: its plan, of the same snapshot at the same moment.
  ///   - stored: what the store said at that moment.
  public init(
    _ proposed: ProposedChange, head: Commit, base: Commit, isMergedInThought: Bool, before: Plan,
    on snapshot: Snapshot, stored: StoredState
  ) {
    after = Plan(
      proposed.change.after, commit: head.id, tree: proposed.tree, insteadOf: before, on: snapshot, at: before.now)
    var impact = Impact(snapshot, before: before, after: after)
    impact.foresee(proposed.change.after, inPlaceOf: proposed.change.before, on: snapshot, now: before.now)
    self.impact = impact
    required = RequiredApprovals(proposed.change, impact: impact.measures.named)
    waits = PlanWait.foreseen(
      after, proposed.change.after, inPlaceOf: proposed.change.before, stored: stored)
    (self.base, self.head, self.before, self.isMergedInThought) = (base, head, before, isMergedInThought)
    currency = proposed.change.after.currency
    isBaseInForce = true
  }

  /// The preview as a report for the reviewers of the change.
  public var report: ChangeReport {
    func revision(_ commit: Commit) -> ChangeReport.Revision {
      ChangeReport.Revision(commit: commit.id.description, summary: commit.summary)
    }
    var report = ChangeReport(
      from: base.map(revision), to: revision(head), impact, before: before, after: after, currency: currency,
      isBaseInForce: isBaseInForce)
    report.required = required
    report.isMergedInThought = isMergedInThought
    report.waits = waits
    return report
  }
}

/// A commit whose state has errors: nothing can be planned with it.
public struct UnusableState: Error {
  public let commit: Commit
  public let diagnostics: [Diagnostic]
  /// The lines that the diagnostics are about.
  public let lines: [SourceLocation: String]

  /// - Parameter place: the commit whose files the diagnostics are about.
  init(_ commit: Commit, _ diagnostics: [Diagnostic], in place: ObjectID, _ history: PolicyHistory) {
    self.commit = commit
    self.diagnostics = diagnostics
    lines = Dictionary(
      diagnostics.compactMap { diagnostic in
        diagnostic.location.flatMap { location in history.line(at: location, in: place).map { (location, $0) } }
      }
    ) { first, _ in first }
  }
}

extension PolicyHistory {
  /// - Parameter shown: the commit that a person named, where it is planned as something else.
  fileprivate func usableState(of commit: Commit, shownAs shown: Commit? = nil) throws -> DesiredState {
    let loaded = try load(commit.id)
    guard loaded.isUsable else { throw UnusableState(shown ?? commit, loaded.diagnostics, in: commit.id, self) }
    return loaded.state
  }
}

/// What a person calls commits.
private struct Revisions {
  let repository: Repository
  let address: String
  let branch: String

  func commit(_ name: String) throws -> Commit {
    guard let id = try repository.commit(named: name) else {
      throw Diagnostic(
        "plan.unknown_revision", "there is no commit '\(name)' in '\(address)'",
        hint: Repository.isRemote(address)
          ? "only the branch '\(branch)' is fetched from a remote: give the id of one of its commits, or plan in a clone"
          : "give a branch, tag or commit that 'git -C \(address) log' shows; fetch it first if it is elsewhere")
    }
    return try repository.commit(id)
  }

  var noBranch: Diagnostic {
    Diagnostic(
      "repo.no_branch", "the repository '\(address)' has no branch '\(branch)'",
      hint: "make a first commit, or name another branch with --branch")
  }

  /// That a merge would be one: of two histories with a beginning in common, and not of what is there already.
  func checkMergeable(_ head: Commit, into base: Commit) throws {
    _ = try fork(of: head, from: base)
    guard try repository.isAncestor(head.id, of: base.id) else { return }
    throw Diagnostic(
      "plan.contained", "\(base.id.short) already contains \(head.id.short), so merging it would change nothing",
      hint: "swap the two: \(head.id.short)..\(base.id.short); to see what reverting a commit would do, use"
        + " 'purser revert COMMIT --dry-run'")
  }

  /// Where a commit left the line of another.
  func fork(of head: Commit, from base: Commit) throws -> Commit {
    guard let fork = try repository.mergeBase(base.id, head.id) else {
      throw Diagnostic(
        "plan.not_descended", "\(head.id.short) and \(base.id.short) have no commit in common",
        hint: "give two commits with a common history")
    }
    return try repository.commit(fork)
  }
}

extension DesiredState {
  fileprivate var currency: String {
    names(of: .repository).first.flatMap { resources[.init(.repository, $0)]?.first }?.fields["currency"]?.text ?? ""
  }
}

extension Plan {
  /// A plan that is only looked at: nobody has judged the commit, so that its policy has no version.
  init(
    _ state: DesiredState, of commit: Commit, insteadOf before: Plan? = nil, on snapshot: Snapshot, at now: Instant
  ) {
    self.init(state, commit: commit.id, tree: commit.tree, insteadOf: before, on: snapshot, at: now)
  }

  fileprivate init(
    _ state: DesiredState, commit: ObjectID, tree: ObjectID, insteadOf before: Plan?, on snapshot: Snapshot,
    at now: Instant
  ) {
    self.init(
      policy: Policy(state, at: now),
      pin: PolicyPin(commit: commit.description, tree: tree.description, version: 0),
      insteadOf: before, snapshot: snapshot, now: now)
  }
}

private func zip<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
  if let first, let second { (first, second) } else { nil }
}
