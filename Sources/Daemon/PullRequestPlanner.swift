import ActualState
import Approvals
import AuditTrail
import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Forges
import Git
import Operations
import Planning
import Reconciling
import Reports
import SQLiteStore
import Verification

/// Works out what the merge of open pull requests would do, all on one snapshot, and whether the rules would let it.
struct PullRequestPlanner {
  private let news: ForgeNews
  private let pin: PolicyPin
  private let location: ForgeLocation
  private let key: PrivateKey
  private let source: PolicySource
  private let history: PolicyHistory
  /// The head of the branch that pull requests are for.
  private let branchHead: ObjectID?
  private let versions: PolicyVersions
  private let now: Instant
  private let base: Commit
  private let state: DesiredState
  private let snapshot: Snapshot
  private let stored: StoredState
  private let formerTrees: FormerTrees
  private let shown: ShownPlans
  /// What the policy in force asks for anyway; nil where nothing can be planned with it.
  private let before: Plan?
  /// What is wrong with the policy in force then.
  private let faults: [Diagnostic]

  init(
    _ news: ForgeNews, _ pin: PolicyPin, _ location: ForgeLocation, _ key: PrivateKey, _ source: PolicySource,
    _ history: PolicyHistory, _ store: SQLiteStore, branch: String, at now: Instant
  ) throws {
    self.news = news
    self.pin = pin
    self.location = location
    self.key = key
    self.source = source
    self.history = history
    branchHead = try source.repository.head(ofBranch: branch)
    versions = try store.policyVersions()
    self.now = now
    guard let commit = ObjectID(pin.commit) else { throw Trouble(.needsPerson, "'\(pin.commit)' is not a commit id") }
    base = try source.repository.commit(commit)
    let loaded = try history.load(commit)
    // Changes are judged by it all the same, the one that puts it right among them.
    guard loaded.isUsable || loaded.canJudge else {
      throw Diagnostics(loaded.diagnostics.filter { $0.severity == .error })
    }
    state = loaded.state
    faults = loaded.isUsable ? [] : PolicyHistory.faults(of: loaded, pin)
    (snapshot, stored, formerTrees, shown) = try store.reading {
      (try Snapshot(of: store, at: now), try store.storedState(), try store.formerTrees(), try store.shownPlans())
    }
    before = loaded.isUsable ? Plan(state, of: base, on: snapshot, at: now) : nil
  }

  // MARK: How one stands

  func standing(of pull: PullRequest, _ forge: Forge) throws -> PullRequestStanding {
    guard let head = ObjectID(pull.head), try source.holds(head, fetching: forge.reference(of: pull)) else {
      return PullRequestStanding(
        status: .pending, words: "the daemon's repository does not have this commit: fetch \(forge.reference(of: pull))"
      )
    }
    let revision = ChangeReport.Revision(
      commit: pull.head, summary: try source.repository.commit(head).summary)
    do {
      guard let content = try PullRequestContent(head: head, before: base.id, in: source.repository) else {
        throw Diagnostic(
          "change.unrelated",
          "it has no commit in common with the policy in force, too many commits, or malformed folders",
          hint: "recreate its branch from \(base.id.short), and apply its changes again")
      }
      return try standing(of: pull, content, revision, forge)
    } catch let problem as Diagnostic {
      return unplanned(revision, [problem])
    }
  }

  private func standing(
    of pull: PullRequest, _ content: PullRequestContent, _ revision: ChangeReport.Revision, _ forge: Forge
  ) throws -> PullRequestStanding {
    let facts = try forge.reviews(of: pull, at: now)
    let authors = ForgeAuthors(facts, commits: content.commits, on: location.kind, state: state)
    let change = ReviewedChange(content)
    let statements = ForgeStatements(
      location: location, state: state, policyVersion: pin.version, versions: versions,
      known: news.logged.read(by: key, about: change.digest), at: now)
    // What the daemon would write into the log of approvals were it merged now.
    let reviews = statements.reviews(
      facts, of: change, shown: try shown.untouched(of: pull.number, forge, at: now))
    // As the forge would merge it: one commit that nobody signs, and that the daemon vouches for if it can.
    var (proposed, evidence) = try history.forgeMerge(of: content.head, onto: pin) { merge in
      let said = reviews + [statements.merge(merge, facts, of: change, by: authors)].compactMap { $0 }
      return Evidence(
        statements: news.logged.all + said.compactMap { $0.signed(by: key) }, at: now, formerTrees: formerTrees)
    }
    guard !proposed.change.problems.hasErrors else { return unplanned(revision, proposed.change.problems) }
    let misplaced = statements.misplaced(facts, of: change)
    /// What was said against it. Nobody fills the log who could not stop the change anyway.
    func rejections() -> [SignedStatement] {
      statements.rejections(facts, of: change).filter {
        $0.kind == .revoke || proposed.change.objection(to: .reject, by: $0.person, evidence) == nil
      }.compactMap { $0.signed(by: key) }
    }
    guard let before else {
      let (status, words) = Self.status(proposed.change.verdict(evidence), misplaced: misplaced)
      return PullRequestStanding(
        status: status, words: words, comment: unplanned(revision, faults).comment, rejections: rejections())
    }
    let carried = try carried(by: content.head, evidence)
    let preview = ChangePreview(
      proposed, head: try source.repository.commit(content.head), base: base,
      isMergedInThought: content.base != base.id, before: before, on: snapshot,
      stored: stored)
    let measures = preview.impact.measures.named
    func verdict() -> Verdict {
      if let end = proposed.change.commits.last {
        evidence.impacts[ChangeSpan(from: pin.commit, to: end.id)] = measures
      }
      return proposed.change.verdict(evidence)
    }
    var judged = verdict()
    if preview.required?.requirement.isEmpty ?? true || !authors.strangers.isEmpty, !judged.isAccepted {
      // Then only a merge that somebody signs can take effect.
      proposed = try history.proposal(content.head, onto: pin, evidence: evidence)
      judged = verdict()
    }
    let (status, words) = Self.status(judged, misplaced: misplaced, waits: preview.waits)
    let behind = carried.last.map { "; it waits behind \($0.words)" } ?? ""
    var report = preview.report
    report.carried = carried
    return PullRequestStanding(
      status: status, words: words + behind, comment: PlanWords(report, impact: measures, base: pin.commit),
      rejections: rejections())
  }

  /// What waits on the branch before a pull request that was begun on top of it, the oldest first: its reviews are about what
  /// it brings itself, and let none of that through.
  private func carried(by head: ObjectID, _ evidence: Evidence) throws -> [CarriedCommit] {
    guard let branchHead, branchHead != base.id else { return [] }
    let line = try source.repository.firstParentLine(from: base.id, to: branchHead) ?? []
    let before = try line.prefix { try source.repository.isAncestor($0, of: head) }
    return try before.suffix(Self.carriedLimit).map { commit in
      let change = try? history.proposal(commit, onto: pin, evidence: evidence).change
      return EarlierChange(commit: try history.facts(commit), change: change).standing(evidence, on: snapshot)
    }
  }

  /// Commits before a pull request that are told of.
  private static let carriedLimit = 20

  private func unplanned(_ head: ChangeReport.Revision, _ problems: [Diagnostic]) -> PullRequestStanding {
    let (status, words) = CommitStatus.of(problems)
    let report = UnplannedReport(
      from: ChangeReport.Revision(commit: pin.commit, summary: base.summary), to: head, problems)
    return PullRequestStanding(status: status, words: words, comment: PlanWords(report, base: pin.commit))
  }

  /// - Parameter waits: what of its plan is not done by itself once it is merged.
  private static func status(
    _ verdict: Verdict, misplaced: Diagnostic?, waits: [PlanWait] = []
  ) -> (status: CommitStatus, words: String) {
    let then = waits.map { "; " + $0.calmWords }.joined()
    switch verdict {
    case .accepted(let acceptance) where acceptance.requirement.isEmpty:
      return (.success, "no approval required; merge with a signed commit" + then)
    case .accepted(let acceptance):
      let broken = acceptance.brokenGlass.isEmpty ? "" : ", with break-glass"
      return (.success, "approved by \(acceptance.approvers.joined(separator: ", "))\(broken): merge it" + then)
    case .refused(let reasons):
      // Who has approved already must hear that it was for nothing.
      if let misplaced, reasons.first?.id == "approval.review_needed" { return (.pending, misplaced.message) }
      return CommitStatus.of(reasons)
    case .undecided: return (.pending, "the approvals it needs depend on its impact")
    }
  }
}
