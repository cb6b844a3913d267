import ActualState
import Approvals
import AuditTrail
import Daemon
import DesiredState
import Diagnostics
import Digest
import Git
import Operations
import Planning
import Reconciling
import Reports
import SQLiteStore
import Verification

/// What everyone who reviews looks at: the policy in force, the commits that wait, and what was said about them.
final class ReviewDesk {
  let options: ReviewOptions
  let remote: CheckoutRemote?
  let source: PolicySource
  let log: ApprovalLog
  private(set) var logged: LoggedStatements
  let pin: PolicyPin
  /// The head of the branch.
  let head: ObjectID
  let now: Instant
  let history: PolicyHistory
  let snapshot: Snapshot?
  let formerTrees: FormerTrees
  /// What the store says, where it is at hand.
  let stored: StoredState?

  var repository: Repository { source.repository }

  /// Fetches what is new, when the checkout's branch follows a remote.
  init(_ options: ReviewOptions) throws {
    self.options = options
    let now = try options.clock.clock()()
    self.now = now
    remote = CheckoutRemote.followed(
      by: options.branch, in: try Repository(path: options.repo), at: options.repo)
    source = try PolicySource(
      address: remote?.address ?? options.repo, mirrorPath: options.repo, credentials: options.credentials)
    guard let head = try source.refresh(branch: options.branch) else {
      throw Diagnostic(
        "repo.no_branch", "\(remote.map { "'\($0.address)'" } ?? "the repository") has no branch '\(options.branch)'",
        hint: "push a first commit, or name another branch with --branch")
    }
    let branch = "refs/heads/\(options.branch)"
    if let problem = source.repository.problem(with: head, at: branch) {
      throw Diagnostic("repo.not_a_commit", problem, hint: Repository.remedy(forReference: branch))
    }
    self.head = head
    history = PolicyHistory(repository: source.repository)
    let store = try options.store.map { try SQLiteStore(path: $0, mode: .readOnly) }
    log = ApprovalLog(source, lastSeen: try store?.value(.approvals))
    logged = try log.read()
    // As of one moment, whatever a daemon does meanwhile.
    (stored, snapshot, formerTrees) =
      try store.map { store -> (StoredState?, Snapshot?, FormerTrees) in
        try store.reading { (try store.storedState(), try Snapshot(of: store, at: now), try store.formerTrees()) }
      } ?? (nil, nil, FormerTrees())
    pin = try stored?.pin ?? PolicyInForce.find(store, source, history, head: head)
  }

  /// The commit that a person means: an id or a branch, in the checkout or of the remote, and only then a tag, as whoever
  /// pushes tags must not choose what a proposal's name stands for.
  func commit(named revision: String) throws -> ObjectID {
    for name in [revision, "origin/\(revision)", "origin/\(PolicySource.proposalPrefix)\(revision)"] {
      if let commit = try repository.commit(named: name, tags: false) { return commit }
    }
    // A proposal that nobody here has looked at yet.
    let prefix = PolicySource.proposalPrefix
    let name = revision.hasPrefix(prefix) ? String(revision.dropFirst(prefix.count)) : revision
    if let commit = try source.proposals()[name] { return commit }
    if let commit = try commit(ofChange: revision) ?? repository.commit(named: revision) { return commit }
    throw Diagnostic(
      "change.unknown", "there is no commit '\(revision)' here",
      hint: "'purser changes' lists the pending changes, with their commits and digests")
  }

  // MARK: What people said

  /// What people said about a change, as far as the signature is theirs, in the order in which they said it.
  func voices(_ change: Change) -> [Statement] {
    logged[change.digest].compactMap { signed -> Statement? in
      guard let said = try? signed.statement(), said.kind != .merge, let key = signed.signer(),
        change.speakers(of: said, signedWith: key) == [said.person]
      else { return nil }
      return said
    }.sorted { $0.issuedAt < $1.issuedAt }
  }

  /// What the owner of a key said last for a commit that has taken effect already; nil for one that has not.
  func approvalInForce(of commit: ObjectID, by key: SigningKey) throws -> Statement? {
    guard let inForce = ObjectID(pin.commit), try commit == inForce || repository.isAncestor(commit, of: inForce) else {
      return nil
    }
    return logged.all.filter { $0.signer() == key.publicKey.description }.compactMap { try? $0.statement() }
      .filter { $0.head == commit.description && $0.kind == .approve && $0.about == nil }
      .max { $0.issuedAt < $1.issuedAt }
  }

  /// What the owner of a key said last of each change that ended at a commit.
  func standing(by key: SigningKey, at commit: ObjectID) -> [Statement] {
    let said = logged.all.filter { $0.signer() == key.publicKey.description }.compactMap { try? $0.statement() }
      .filter { $0.head == commit.description && $0.about == nil }
    return Dictionary(grouping: said, by: \.change).values.compactMap { $0.max { $0.issuedAt < $1.issuedAt } }
      .sorted { $0.change.description < $1.change.description }
  }

  func readAgain() throws { logged = try log.read() }

  /// How a change stands after something was said about it, in words.
  func standing(after head: ObjectID, impactFile: String? = nil, isUrgent: Bool = false) throws -> String {
    try readAgain()
    return standing(try review(head, impactFile: impactFile, isUrgent: isUrgent))
  }

  func standing(_ reviewed: Reviewed) -> String {
    switch reviewed.verdict {
    case .accepted:
      guard isMerged(reviewed) else {
        return "approved: merge it into \(options.branch)\n"
          + (mergeWords(reviewed).map { "  \($0)\n" } ?? "")
          + foreseen(reviewed).map { "  \(escaped($0.sentence))\n" }.joined()
      }
      let waits = (try? NextCycle(self))?.waits(with: reviewed.proposed.head) ?? []
      let isHeld = waits.contains(where: \.isWhole)
      return
        (isHeld
        ? "approved, but its plan is held:\n"
        : "approved: it takes effect \(turn(of: reviewed.change))\n")
        + waits.map { "  \(escaped($0.words))\n" }.joined()
    case .undecided: return "the approvals it needs depend on its impact: give --store\n"
    case .refused(let reasons) where reasons.allSatisfy(\.canBeApprovedAway):
      return reasons.map { isMerged(reviewed) ? $0 : $0.frozen(elsewhere: Self.mergedLater) }.map { reason in
        "waiting: \(escaped(reason.message))\n" + (reason.hint.map { "  \(escaped($0))\n" } ?? "")
      }.joined()
    case .refused(let reasons): return DiagnosticRenderer(colour: Output.hasColour(2)).render(reasons)
    }
  }

  /// Whether a change is on the branch, wherever that is followed.
  private func isMerged(_ reviewed: Reviewed) -> Bool {
    (try? repository.isAncestor(reviewed.proposed.head, of: head)) ?? false
  }

  /// What to do in a freeze with what nobody has merged.
  private static let mergedLater =
    "merge it then; or now, if the branch takes what waits (without hooks, or with 'git config purser.gate valid' on the"
    + " server): there it takes effect automatically"

  /// How to merge a change that people approved, so that none of them becomes an author of it; nil where nobody did.
  func mergeWords(_ reviewed: Reviewed) -> String? {
    guard case .accepted(let acceptance) = reviewed.verdict, let approver = acceptance.approvers.first else {
      return nil
    }
    let others = reviewed.change.mergers(except: Set(acceptance.approvers)).prefix(3).joined(separator: " or ")
    let canFollow = (try? repository.isAncestor(head, of: reviewed.proposed.head)) ?? false
    let ways =
      [
        canFollow ? "fast-forward to it (git merge --ff-only)" : nil,
        others.isEmpty ? nil : "let \(others) sign the merge",
      ]
      .compactMap { $0 }
    let way = ways.isEmpty ? "rebase it, and fast-forward to it" : ways.joined(separator: ", or ")
    return "\(way): a merge that \(approver) signs would make \(approver) one of its authors"
  }

  /// When a change takes effect that waits for nobody.
  func turn(of change: Change) -> String {
    change.base == pin ? "in the next cycle" : "once \(change.base.commit.prefix(10)) has, which waits before it"
  }

  // MARK: Changes

  /// A change, and how it would be judged if it were merged now.
  struct Reviewed {
    var proposed: ProposedChange
    var verdict: Verdict
    /// The people whose work it is, as far as they are known.
    var authors: Set<String>
    /// What it would do, by measure; nil where that is not known here.
    var impact: [String: Int64]?
    /// What it was judged by.
    var evidence: Evidence
    /// The commits that are not in force either and come in with it, oldest first.
    var carried: [CarriedCommit] = []

    var change: Change { proposed.change }

    /// A line for each commit that comes in with it, the newest of many.
    var carriedLines: [String] {
      let left = carried.count - Self.carriedLimit
      return carried.suffix(Self.carriedLimit).map { escaped("\($0.name), not in force: \($0.standing)") }
        + (left > 0 ? ["\(left) more before these, not in force"] : [])
    }

    private static let carriedLimit = 20
  }

  /// - Parameters:
  ///   - impactFile: a file with what the change would do, where somebody else worked it out.
  ///   - isUrgent: whether somebody lets it through without its review or in a freeze.
  func review(_ head: ObjectID, impactFile: String? = nil, isUrgent: Bool = false) throws -> Reviewed {
    let base = try base(of: head, isUrgent: isUrgent)
    var evidence = Evidence(statements: logged.all, at: now, formerTrees: base.formerTrees)
    let proposed = try history.proposal(head, onto: base.pin, evidence: evidence)
    let span = ChangeSpan(from: base.pin.commit, to: head.description)
    let undecided = UndecidedChange(span: span, before: proposed.change.before, after: proposed.change.after)
    // First whether the change waits at all: a file about one that is in force says nothing.
    let told = try impactFile.map { try PlanFile.impact($0, from: base.pin.commit, to: head.description) }
    let impact =
      proposed.change.isBaseFaulty ? nil : told ?? snapshot.map { undecided.impact(on: $0, now: now) }
    if let impact { evidence.impacts[span] = impact }
    // The daemon signs with the key in force, or nothing would be written.
    evidence.auditKey = try history.auditKey(at: pin)
    let earlier = history.earlierChanges(in: proposed, onto: base.pin, evidence: evidence)
    return Reviewed(
      proposed: proposed, verdict: proposed.change.verdict(evidence), authors: proposed.change.authorNames(evidence),
      impact: impact, evidence: evidence, carried: earlier.map { $0.standing(evidence, on: snapshot) })
  }

  /// The branch as the next cycle judges it.
  func judged(on snapshot: Snapshot, _ stored: StoredState) throws -> JudgedPolicy {
    var evidence = Evidence(statements: logged.all, at: now, formerTrees: formerTrees)
    evidence.auditKey = try stored.pin.flatMap(history.auditKey(at:))
    func judged() throws -> JudgedPolicy {
      try history.judge(pin: stored.pin, head: head, trustRoot: nil, evidence: evidence)
    }
    var policy = try judged()
    while let undecided = policy.judgement.undecided, evidence.impacts[undecided.span] == nil {
      evidence.impacts[undecided.span] = undecided.impact(on: snapshot, now: now)
      policy = try judged()
    }
    return policy
  }

  /// The commits of the branch that are not in force, oldest first; where its head does not follow what is, that alone.
  func waiting() throws -> [ObjectID] {
    try ObjectID(pin.commit).map { try repository.firstParentLine(from: $0, to: head) ?? [head] } ?? []
  }

  /// Why nothing is judged of the branch; nil where its head follows the policy in force.
  func unfollowed() throws -> Diagnostic? {
    guard let start = ObjectID(pin.commit), try repository.firstParentLine(from: start, to: head) == nil else {
      return nil
    }
    return try history.unfollowed(pin: start, head: head)
  }

  /// The branches that ask to be merged and are not, by name. One that cannot be read is among them.
  func proposals() throws -> [(name: String, head: ObjectID)] {
    try source.proposals().filter { (try? repository.isAncestor($0.value, of: head)) != true }
      .sorted { $0.key.isBytewiseLess(than: $1.key) }.map { ($0.key, $0.value) }
  }
}
