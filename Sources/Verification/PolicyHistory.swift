public import Approvals
import DesiredState
public import DesiredStateFiles
public import Diagnostics
import Digest
public import Git
public import Operations
public import Reconciling

/// Judges how far the policy may move along a branch, from git alone: the daemon while it runs and the verifier of a
/// clone call the same.
///
/// Not thread-safe: it belongs to whoever owns the repository. Commits are loaded by object id, so that judging the next
/// commit reads only what it changed.
public final class PolicyHistory {
  /// Loaded states that are kept: a judgement looks at the pin, its successors and the head.
  private static let cacheLimit = 4

  let repository: Repository
  let loader: StateLoader
  private var loaded: [(commit: ObjectID, state: LoadedState)] = []
  private var tombstones: TombstoneWalk
  /// Commits that a signed record says took effect. That this version of Purser finds errors in them, where all of them
  /// could be read, is no reason to doubt it: another version may have found none.
  var recorded: Set<ObjectID> = []
  var rejections = KnownRejections()

  /// - Parameter zones: where the time zones that files name are looked up.
  public init(repository: Repository, zones: ZoneDatabase = .system) {
    self.repository = repository
    loader = StateLoader(repository: repository, zones: zones)
    tombstones = TombstoneWalk(zones: zones)
  }

  /// Judges the first-parent commits between the policy in force and the head of the branch.
  ///
  /// - Parameters:
  ///   - pin: the policy in force; nil on the first run, which trusts the parentless commit at the end of the line.
  ///   - trustRoot: the commit that a first run must find there; nil to take what is there.
  ///   - evidence: what people said about changes, when it is, and what changes would do as far as that is known.
  /// - Throws: `GitError`, and `Diagnostic` or `Diagnostics` where a person has to do something: the first commit is
  ///   another than the one to be trusted, or has errors, or the policy in force cannot be found or read any more, or this
  ///   computer's time zones are missing. A head that does not follow the pin is no error but a refusal: the policy in
  ///   force stays.
  public func judge(
    pin: PolicyPin?, head: ObjectID, trustRoot: ObjectID?, evidence: Evidence = Evidence()
  ) throws -> JudgedPolicy {
    var evidence = evidence
    evidence.formerTrees.series = try evidence.formerTrees.series.flatMap { try isOpen($0, upTo: head) ? $0 : nil }
    guard let pin else { return try judgeFromRoot(head: head, trustRoot: trustRoot, evidence) }
    guard let start = ObjectID(pin.commit) else { throw Self.missing(pin) }
    let inForce: LoadedState
    do throws(GitError) {
      inForce = try load(start)
    } catch {
      // The commit may well be there, and something in it be missing: the error says what.
      guard error.kind == .notFound, !repository.contains(start) else { throw error }
      throw Self.missing(pin)
    }
    try checkJudges(inForce, pin)
    let state = inForce.state
    // What has errors explains no plan, and none falls back on it.
    let previous = inForce.isUsable ? state : nil
    func stays(_ commit: CommitFacts, _ reason: Diagnostic) -> JudgedPolicy {
      let refused = RefusedHead(commit: commit, reasons: [reason])
      var judgement = Judgement(pin: pin, accepted: [], refused: refused)
      judgement.besideChanges = evidence.besideChanges
      return judged(judgement, state)
    }
    func judged(_ judgement: Judgement, _ state: DesiredState) -> JudgedPolicy {
      var judged = JudgedPolicy(judgement: judgement, state: state, previous: previous)
      if !inForce.isUsable, judgement.pin == pin { judged.faults = Self.faults(of: inForce, pin) }
      return judged
    }
    let line: [ObjectID]?
    do throws(GitError) {
      line = try repository.firstParentLine(from: start, to: head)
    } catch {
      // Whoever pushes what cannot be read must not stop the policy in force from being carried out.
      guard repository.contains(start) else { throw error }
      let reason =
        noCommit(head, leadingBackTo: pin)
        ?? CommitFacts.unreadableReason(head.description, error.message).leadingBack(to: pin)
      return stays(.unreadable(head.description, because: error.message), reason)
    }
    guard let line else { return stays(try facts(head), try unfollowed(pin: start, head: head)) }
    let judgement = try judge(pin, line, evidence)
    return judged(judgement, try desiredState(at: judgement.pin))
  }

  /// Why a branch cannot be followed whose head is a tag, a tree or a file; nil where it is a commit.
  private func noCommit(_ head: ObjectID, leadingBackTo pin: PolicyPin) -> Diagnostic? {
    repository.problem(with: head, at: "the branch").map {
      Diagnostic(
        "history.unreadable", $0,
        hint:
          "where the repository is, move it back to the policy in force: git update-ref refs/heads/BRANCH \(pin.commit)"
      )
    }
  }

  /// It was accepted, so it was right where that was done. An error that this version finds in it must not keep anyone from
  /// mending it; but where people, roles or rules may be missing, nobody can say who may do that.
  private func checkJudges(_ loaded: LoadedState, _ pin: PolicyPin) throws {
    guard loaded.isUsable || loaded.canJudge else {
      throw Diagnostics([Self.unreadable(pin)] + loaded.diagnostics.filter { $0.severity == .error })
    }
  }

  /// The line of a file that a diagnostic is about, as it is at a commit.
  public func line(at place: SourceLocation, in commit: ObjectID) -> String? { loader.line(at: place, in: commit) }

  /// Whether the repository holds a commit at all.
  func knows(_ commit: ObjectID) -> Bool { repository.contains(commit) }

  private func judgeFromRoot(head: ObjectID, trustRoot: ObjectID?, _ evidence: Evidence) throws -> JudgedPolicy {
    let line = try repository.firstParentLine(from: nil, to: head) ?? []
    let root = line.first ?? head
    if let trustRoot, trustRoot != root {
      throw Diagnostic(
        "history.other_root", "the branch starts from commit \(root), but the trusted commit is \(trustRoot)",
        hint: "use the branch that starts from it, or find out who replaced the history")
    }
    let first = try load(root)
    guard first.faultsOfThisComputer.isEmpty else { throw Diagnostics(first.faultsOfThisComputer) }
    let tree = try repository.commit(root).tree
    let problems = try first.diagnostics + treeProblems(FileChange.list(from: nil, to: tree, in: repository), in: tree)
    guard !problems.hasErrors || isTakenOver(root, first) else {
      let problem = Diagnostic(
        "history.root_has_errors", "the first commit of the branch, \(root.short), cannot be trusted: it has errors",
        hint: "start the branch from a commit that 'purser validate' accepts, for example one made by 'purser init'")
      throw Diagnostics([problem] + problems.filter { $0.severity == .error })
    }
    let pin = PolicyPin(commit: root.description, tree: tree.description, version: 1)
    let judgement = try judge(pin, Array(line.dropFirst()), evidence, isFirstRun: true)
    return JudgedPolicy(
      judgement: judgement, state: try desiredState(at: judgement.pin), previous: nil, trustRoot: root.description)
  }

  private func judge(
    _ pin: PolicyPin, _ line: [ObjectID], _ evidence: Evidence, isFirstRun: Bool = false
  ) throws -> Judgement {
    try Judgement(pin: pin, line: try line.map(facts), evidence: evidence, isFirstRun: isFirstRun) {
      base, to, commits, former in
      var evidence = evidence
      evidence.formerTrees = former
      return try change(from: base, to: try id(to), commits, evidence)
    }
  }

  /// What differs between two commits, in the whole tree and not only in `state/`: who may change a hook or a template
  /// is a question for the same roles. A commit that cannot be read brings nothing but a reason against it.
  /// - Parameter evidence: with what was in force before `base`.
  func change(
    from base: PolicyPin, to new: ObjectID, _ commits: [CommitFacts], _ evidence: Evidence
  ) throws -> Change {
    let old = try id(base.commit)
    let before = try load(old)
    try checkJudges(before, base)
    let tree = try repository.commit(old).tree
    let files: [FileChange]
    let after: LoadedState
    let problems: [Diagnostic]
    do throws(GitError) {
      let end = try repository.commit(new).tree
      files = try FileChange.list(from: tree, to: end, in: repository)
      after = try load(new)
      problems = try after.diagnostics + treeProblems(files, in: end)
    } catch {
      guard repository.contains(old) else { throw error }
      return Change(
        base: base, commits: [], files: [], before: before.state, after: before.state,
        problems: [CommitFacts.unreadableReason(new.description, error.message)])
    }
    // Nobody's change is refused, and no refusal recorded, because a package is missing here.
    guard after.faultsOfThisComputer.isEmpty else { throw Diagnostics(after.faultsOfThisComputer) }
    var change = Change(
      base: base, commits: commits, files: files, before: before.state, after: after.state,
      problems: isTakenOver(new, after) ? problems.filter { $0.severity < .error } : problems,
      touched: try touched(files, upTo: old, evidence))
    change.isBaseFaulty = !before.isUsable
    change.leftOut = (before.leftOut ?? [:]).mapValues { Set($0.keys) }
    change.unread = (before.leftOut ?? [:]).values.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    let spans = try StatementSpans(
      of: files, from: old, to: new, bases: Set(change.touched.keys),
      said: evidence.isEmpty ? [] : evidence.statements(about: change.digest), by: before.state, in: repository)
    (change.trees, change.otherSpans) = (spans.trees, spans.others)
    change.takenBack = try tombstone(in: change, upTo: old)
    if before.state.hasRuleForReverts { change.recent = try recentChanges(evidence.formerTrees, upTo: tree) }
    change.carry(try rejected(within: change, upTo: new, evidence))
    return change
  }

  /// What of a change was taken back before and is said again by none of its commits that a person signed; looked for only
  /// where programs take part, as it concerns nobody else.
  private func tombstone(in change: Change, upTo base: ObjectID) throws -> Tombstone? {
    guard !change.before.automation.isEmpty else { return nil }
    let people = change.before.peoplesKeys
    let stones = try tombstones.stones(upTo: base, people: people, in: repository)
    guard !stones.isEmpty else { return nil }
    var settings = change.settings
    guard stones.tombstone(among: settings) != nil else { return nil }
    for commit in change.commits where commit.seal.isOf(people) {
      settings.subtract(try tombstones.settings(of: try repository.commit(try id(commit.id)), in: repository))
    }
    return stones.tombstone(among: settings)
  }

  /// For the bases that statements about a change name: what commits from there to its own base touched. One by one, since
  /// what was changed and changed back is no longer what the person saw.
  private func touched(_ files: [FileChange], upTo base: ObjectID, _ evidence: Evidence) throws -> [String: Set<String>]
  {
    guard !evidence.isEmpty else { return [:] }
    let statements = evidence.statements(about: SHA256Digest(ofChange: files))
    let bases = Set(statements.compactMap { try? $0.statement().base }).subtracting([base.description])
    guard !bases.isEmpty, let line = try repository.firstParentLine(from: nil, to: base) else { return [:] }
    var touched: [String: Set<String>] = [:]
    var paths = Set<String>()
    var found = 0
    for index in line.indices.reversed() where found < bases.count {
      if bases.contains(line[index].description) {
        touched[line[index].description] = paths
        found += 1
      }
      guard index > 0 else { break }
      let trees = try (repository.commit(line[index - 1]).tree, repository.commit(line[index]).tree)
      let changes = try ifWellFormed { () throws(GitError) in try repository.changes(from: trees.0, to: trees.1) }
      // Nobody can say what such a commit touched, which later ones put right: what is older leads nowhere.
      guard let changes else { break }
      paths.formUnion(changes.map(\.path))
    }
    return touched
  }

  /// What git says about a commit; a repository that has lost its history is an error, a commit that cannot be read is
  /// its author's fault.
  public func facts(_ commit: ObjectID) throws -> CommitFacts {
    do throws(GitError) {
      return try CommitFacts(commit, in: repository)
    } catch {
      guard repository.contains(commit) else { throw error }
      return .unreadable(commit.description, because: error.message)
    }
  }

  func desiredState(at pin: PolicyPin) throws -> DesiredState { try load(try id(pin.commit)).state }

  func id(_ text: String) throws -> ObjectID {
    guard let id = ObjectID(text) else { throw GitError(kind: .damaged, message: "'\(text)' names no commit") }
    return id
  }

  /// The state at a commit, with everything that is wrong with it.
  public func load(_ commit: ObjectID) throws(GitError) -> LoadedState {
    if let known = loaded.first(where: { $0.commit == commit }) { return known.state }
    let state = try loader.load(commit)
    guard state.faultsOfThisComputer.isEmpty else { return state }
    if loaded.count >= Self.cacheLimit { loaded.removeFirst() }
    loaded.append((commit, state))
    return state
  }

  private func isTakenOver(_ commit: ObjectID, _ loaded: LoadedState) -> Bool {
    recorded.contains(commit) && loaded.leftOut == [:] && loaded.canJudge
  }

  private static func missing(_ pin: PolicyPin) -> Diagnostic {
    Diagnostic(
      "history.pin_missing", "the policy in force, commit \(pin.commit), is not in the repository",
      hint:
        "this may be a different repository, or its history was replaced: restore the branch that contains the commit")
  }

  static let unreadableID = "history.pin_unreadable"

  private static func unreadable(_ pin: PolicyPin) -> Diagnostic {
    Diagnostic(
      unreadableID, "the policy in force, commit \(pin.commit), was accepted but has errors here",
      hint: "update this machine's packages (tzdata) and purser; if only this version of purser finds errors, use the"
        + " version that accepted it to apply the commit that corrects them")
  }

  /// What is wrong with a policy in force with which nothing can be planned.
  public static func faults(of loaded: LoadedState, _ pin: PolicyPin) -> [Diagnostic] {
    [
      Diagnostic(
        "history.pin_faulty",
        "nothing is planned or applied, because the policy in force, commit \(pin.commit), has errors in this version of purser",
        hint: "commit a correction; it is judged by the people and rules of the policy in force, as always")
    ] + loaded.diagnostics.filter { $0.severity == .error }
  }

  /// Why nothing is judged of a head that the policy in force does not lead to along first parents.
  public func unfollowed(pin: ObjectID, head: ObjectID) throws(GitError) -> Diagnostic {
    if try repository.isAncestor(pin, of: head) {
      return Diagnostic(
        "history.rewritten",
        "the head \(head) merged the policy in force, \(pin), instead of being merged into it: Purser follows"
          + " first parents",
        hint: "redo the merge the other way around, which needs no force push:"
          + "\n      git reset --hard \(pin.short) && git merge -S --no-ff \(head.short) && git push")
    }
    return Diagnostic(
      "history.rewritten",
      "the head \(head) does not follow the policy in force, \(pin): history was rewritten, or the remote serves an older head",
      hint: "push the branch back to \(pin.short) or a commit after it, and use 'git revert' to undo changes")
  }
}
