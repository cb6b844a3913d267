public import DesiredState
public import Diagnostics
import Digest
public import Operations

/// One commit that took effect.
public struct AcceptedCommit: Hashable, Sendable {
  public var commit: CommitFacts
  public var acceptance: Acceptance
  /// The policy version that holds with it.
  public var version: Int64

  public init(commit: CommitFacts, acceptance: Acceptance, version: Int64) {
    self.commit = commit
    self.acceptance = acceptance
    self.version = version
  }

  /// What an audit record says of it.
  public var json: JSONValue {
    var members = acceptance.json
    members["commit"] = .string(commit.id)
    members["summary"] = .string(commit.summary)
    members["version"] = .integer(version)
    members["reverts"] = .array(commit.reverts.map { .string($0) })
    return .object(members)
  }
}

/// A head that does not take effect, and why.
public struct RefusedHead: Sendable {
  public var commit: CommitFacts
  public var reasons: [Diagnostic]
  /// What was said about the change that it brings, whether or not it counted.
  public var statements: [SignedStatement]

  /// What tells this refusal from others, so that each is recorded once: the commit, and where people are asked, the ids
  /// of the reasons, since those change while they answer.
  public var mark: String {
    let ids = Set(reasons.map(\.id))
    return ids.isDisjoint(with: Diagnostic.waiting) ? commit.id : ([commit.id] + ids.sorted()).joined(separator: " ")
  }

  public init(commit: CommitFacts, reasons: [Diagnostic], statements: [SignedStatement] = []) {
    self.commit = commit
    self.reasons = reasons
    self.statements = statements
  }
}

/// A change whose verdict depends on what it would do.
public struct UndecidedChange: Sendable {
  public var span: ChangeSpan
  /// The policy in force where it begins, and the one that it brings.
  public var before: DesiredState
  public var after: DesiredState

  public init(span: ChangeSpan, before: DesiredState, after: DesiredState) {
    self.span = span
    self.before = before
    self.after = after
  }
}

/// How far the policy may move along a branch.
public struct Judgement: Sendable {
  /// The last commit that takes effect: the pin itself when nothing new does.
  public var pin: PolicyPin
  /// Oldest first.
  public var accepted: [AcceptedCommit]
  public var refused: RefusedHead?
  /// The next change, where its impact must be worked out before it, and all that follows, can be judged.
  public var undecided: UndecidedChange?
  /// Whether commits are left that can be judged only when those that are accepted here have been applied: an impact is
  /// that on the world under the policy in force, so at most one change that depends on it is accepted at a time.
  public var hasMore = false
  /// What people said about what is no change: plans that wait, and cases.
  public var besideChanges: [SignedStatement] = []
  /// What was said about changes that were refused on the way to what is accepted, and is not in an acceptance: without it
  /// somebody who judges again would not pass them over.
  public var passedOver: [SignedStatement] = []
  /// What was in force before `pin`, change by change.
  public private(set) var formerTrees = FormerTrees()
  /// When time alone may change the judgement, as where an approval expires; nil for never.
  public var changesAt: Instant?

  public init(pin: PolicyPin, accepted: [AcceptedCommit], refused: RefusedHead? = nil) {
    self.pin = pin
    self.accepted = accepted
    self.refused = refused
  }
}

extension Judgement {
  /// Judges the commits that came after `pin`, in order.
  ///
  /// A commit that is refused holds up the policy until a later commit puts the series right: each commit after it is
  /// tried as the end of one net change from what is in force, with the signers of the whole series as its authors, and
  /// judging goes on from the first that may take effect. One that brings back the tree in force (a revert) always may.
  /// What takes effect one by one, as each impact is worked out after the change before, counts from where it was pushed.
  /// So the answer is the same wherever between two commits the branch was looked at, but for one thing: what takes effect
  /// at once must not remove more than one change may. Where it would, none of the commits that remove something takes
  /// effect. Where nothing puts the series right, its first commit is refused, for its own reasons.
  /// - Parameters:
  ///   - line: the first-parent commits after the pin, oldest first.
  ///   - evidence: what people said, and what changes would do as far as that is known.
  ///   - isFirstRun: whether `pin` is no policy in force but where a history begins: what was removed along it was removed
  ///     long ago.
  ///   - change: the change from a policy in force to a commit, brought by some commits; with what was in force before
  ///     that policy.
  public init(
    pin: PolicyPin, line: [CommitFacts], evidence: Evidence = Evidence(), isFirstRun: Bool = false,
    change: (_ from: PolicyPin, _ to: String, _ commits: [CommitFacts], _ former: FormerTrees) throws -> Change
  ) rethrows {
    self.init(pin: pin, accepted: [])
    besideChanges = evidence.besideChanges
    formerTrees = evidence.formerTrees
    defer { keepSeries(line, from: pin, isFirstRun: isFirstRun) }
    let pushed = try Self.pushed(line, evidence, change)
    var rest = line[...]
    var removing: (commit: CommitFacts, place: Int)?
    var start: Search.Start?
    while let first = rest.first {
      var search = Search(pin: self.pin, start: isFirstRun ? nil : start, pushed: pushed, evidence: evidence)
      let former = formerTrees
      try search.run(rest) { try change($0, $1, $2, former) }
      start = start ?? search.before
      changesAt = search.changesAt
      if let (index, acceptance) = search.end {
        if search.isRemoving { removing = removing ?? (line[index], accepted.count) }
        accept(line[index], acceptance)
        let known = Set((passedOver + acceptance.approvals).map(\.id))
        passedOver += search.statements.filter { !known.contains($0.id) }
        rest = line[(index + 1)...]
        changesAt = nil
        if search.usedImpact {
          hasMore = !rest.isEmpty
          return
        }
      } else if search.undecided != nil, !accepted.isEmpty {
        hasMore = true
        return
      } else if let undecided = search.undecided {
        self.undecided = undecided
        return
      } else {
        var commit = first
        if search.removesTooMuch, let removing {
          takeBack(from: removing.place, to: pin, evidence.formerTrees)
          commit = removing.commit
        }
        refused = RefusedHead(
          commit: commit, reasons: search.reasons.map { $0.leadingBack(to: self.pin) },
          statements: search.statementsOfFirst)
        return
      }
    }
  }

  /// The policy before the push of which the line holds a rest, and where that ends.
  private static func pushed(
    _ line: [CommitFacts], _ evidence: Evidence,
    _ change: (_ from: PolicyPin, _ to: String, _ commits: [CommitFacts], _ former: FormerTrees) throws -> Change
  ) rethrows -> (start: Search.Start, last: Int)? {
    guard let series = evidence.formerTrees.series, let first = line.first else { return nil }
    let begin = PolicyPin(commit: series.start, tree: "", version: 0)
    let whole = try change(begin, first.id, [first], evidence.formerTrees)
    return ((whole.before, whole.unread), line.firstIndex { $0.id == series.end } ?? line.count - 1)
  }

  /// Keeps from where what is left was pushed, as long as it takes effect one by one.
  private mutating func keepSeries(_ line: [CommitFacts], from start: PolicyPin, isFirstRun: Bool) {
    let next = accepted.last.flatMap { last in line.firstIndex { $0.id == last.commit.id } }.map { $0 + 1 } ?? 0
    let rest = line[next...]
    if let series = formerTrees.series,
      rest.contains(where: { $0.id == series.end })
        || !line.contains(where: { $0.id == series.end })
    {
      return
    }
    formerTrees.series = nil
    guard hasMore, !isFirstRun, let last = rest.last else { return }
    formerTrees.series = PushedSeries(start: start.commit, end: last.id)
  }

  /// What was accepted from some place on is not.
  private mutating func takeBack(from place: Int, to start: PolicyPin, _ former: FormerTrees) {
    let kept = accepted[..<place]
    (accepted, pin, formerTrees) = ([], start, former)
    for one in kept { accept(one.commit, one.acceptance) }
  }

  private mutating func accept(_ commit: CommitFacts, _ acceptance: Acceptance) {
    formerTrees.move(from: pin.tree, to: commit.tree)
    pin = PolicyPin(commit: commit.id, tree: commit.tree, version: pin.version + (acceptance.isGovernance ? 1 : 0))
    accepted.append(AcceptedCommit(commit: commit, acceptance: acceptance, version: pin.version))
  }
}

/// Looks for where the next change from a policy in force ends.
private struct Search {
  let pin: PolicyPin
  /// A policy, and how many documents of each kind in it could not be read.
  typealias Start = (state: DesiredState, unread: [Kind: Int])

  /// The policy that was in force before all that was accepted in this judgement; nil where nothing was.
  let start: Start?
  /// The policy before the push of which this is the rest, and the last index that belongs to it.
  let pushed: (start: Start, last: Int)?
  let evidence: Evidence
  /// The policy in force.
  var before: Start?
  /// Whether the change that was found removes something.
  var isRemoving = false
  /// Whether the first commit is refused only because of what went before it.
  var removesTooMuch = false
  var end: (index: Int, acceptance: Acceptance)?
  var undecided: UndecidedChange?
  /// Whether what a change would do decided about it.
  var usedImpact = false
  /// Against the first commit, where nothing puts the series right, and what was said about it.
  var reasons: [Diagnostic] = []
  var statementsOfFirst: [SignedStatement] = []
  /// What was said about all changes that were refused.
  var statements: [SignedStatement] = []
  private var ids: Set<SHA256Digest> = []
  /// What somebody rejected on the way.
  private var rejected: [RejectedChange] = []
  var changesAt: Instant?

  init(pin: PolicyPin, start: Start?, pushed: (start: Start, last: Int)?, evidence: Evidence) {
    self.pin = pin
    self.start = start
    self.pushed = pushed
    self.evidence = evidence
  }

  mutating func run(
    _ rest: ArraySlice<CommitFacts>, change: (PolicyPin, String, [CommitFacts]) throws -> Change
  ) rethrows {
    var onlyARevertHelps = false
    for index in rest.indices {
      let commit = rest[index]
      if commit.tree == pin.tree {
        end = (index, Acceptance(authors: [], rules: [], isGovernance: false))
        return
      }
      if onlyARevertHelps { continue }
      var change = try change(pin, commit.id, Array(rest[...index]))
      change.carry(rejected)
      before = (change.before, change.unread)
      if evidence.impacts[ChangeSpan(from: pin.commit, to: commit.id)] != nil { usedImpact = true }
      var verdict = change.verdict(evidence)
      if case .accepted = verdict, let reasons = reasonsOfTheSeries(change, index) {
        verdict = .refused(reasons)
        if index == rest.startIndex { removesTooMuch = true }
      }
      switch verdict {
      case .accepted(let acceptance):
        end = (index, acceptance)
        isRemoving = !Removals(from: change.before, to: change.after, unread: change.unread, at: evidence.now).isEmpty
        return
      case .undecided:
        undecided = UndecidedChange(
          span: ChangeSpan(from: pin.commit, to: commit.id), before: change.before, after: change.after)
        return
      case .refused(let reasons):
        let digest = change.digest
        let said =
          ([digest] + change.carried.map(\.digest)).flatMap { evidence.statements(about: $0) }
          + evidence.merges(of: commit.id)
        // What nobody signed is no evidence, and anybody can append any amount of it.
        statements += said.filter { ids.insert($0.id).inserted && $0.signer() != nil }
        if index == rest.startIndex { (self.reasons, statementsOfFirst) = (reasons, statements) }
        if evidence.rejections[digest] != nil { rejected.append(RejectedChange(digest: digest, change: change)) }
        var boundaries = change.boundaries(evidence)
        if reasons.contains(where: { $0.id == Removals.id }) {
          boundaries += Removals.boundaries(from: change.before, to: change.after, after: evidence.now)
        }
        changesAt = ([changesAt].compactMap { $0 } + boundaries).min()
        onlyARevertHelps = reasons.contains { Self.authorReasons.contains($0.id) }
      }
    }
  }

  /// Reasons against the change because of all that would take effect at once with it; nil where there are none.
  private func reasonsOfTheSeries(_ change: Change, _ index: Int) -> [Diagnostic]? {
    let earlier = pushed.flatMap { index <= $0.last ? $0.start : nil }
    for start in [start, earlier].compactMap({ $0 }) {
      let removals = Removals(from: start.state, to: change.after, unread: start.unread, at: evidence.now)
      let reasons = removals.problems(isSeries: true)
      if !reasons.isEmpty { return reasons }
    }
    return nil
  }

  /// Reasons that stay with a series whatever is added to it: one of its authors is nobody who may sign.
  private static let authorReasons: Set = [
    "approval.unsigned", "approval.bad_signature", "approval.unknown_key", "approval.shared_key",
  ]
}

extension Change {
  /// When time alone may change the verdict: what was said begins to count, or ends.
  fileprivate func boundaries(_ evidence: Evidence) -> [Instant] {
    let statements = ([digest] + carried.map(\.digest)).flatMap { evidence.statements(about: $0) }
    let thaws = holds(at: evidence.now).compactMap(\.until)
    guard !statements.isEmpty else { return thaws }
    let spans = rules().flatMap { [$0.validFor, $0.breakGlass?.validFor].compactMap { $0 } }
    return thaws
      + statements.compactMap { try? $0.statement() }.flatMap { statement in
        [statement.expiresAt, statement.issuedAt - Statement.clockAhead].compactMap { $0 }
          + spans.map { statement.issuedAt + $0 }
      }.filter { $0 > evidence.now }
  }
}
