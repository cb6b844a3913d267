public import Approvals
import Diagnostics
public import Git
public import Operations
import Reconciling

/// A change that is not in force, as it will be judged once it is merged into what is.
public struct ProposedChange: Sendable {
  public var head: ObjectID
  /// What the merge will leave.
  public var tree: ObjectID
  public var change: Change
}

/// What a commit that a proposal brings along brings by itself.
public struct EarlierChange: Sendable {
  public let commit: CommitFacts
  /// Nil where it cannot be told.
  public let change: Change?

  public init(commit: CommitFacts, change: Change?) {
    self.commit = commit
    self.change = change
  }

  /// How it stands by itself.
  /// - Parameters:
  ///   - evidence: what people said.
  ///   - snapshot: of all items; nil where what it would do cannot be told.
  public func standing(_ evidence: Evidence, on snapshot: Snapshot?) -> CarriedCommit {
    guard let change else { return CarriedCommit(unjudged: commit) }
    var evidence = evidence
    if let snapshot, !change.isBaseFaulty, case .undecided = change.verdict(evidence) {
      let span = ChangeSpan(from: change.base.commit, to: commit.id)
      evidence.impacts[span] = UndecidedChange(span: span, before: change.before, after: change.after)
        .impact(on: snapshot, now: evidence.now)
    }
    return CarriedCommit(commit, change, evidence)
  }
}

extension PolicyHistory {
  /// The change that a commit brings to the policy in force, whether it was merged already or waits on a branch of its own.
  ///
  /// A branch that began before the policy in force is merged in thought: what its approvers sign is then the change that
  /// the merge will bring, and not what others did meanwhile.
  /// - Throws: `GitError`; a `Diagnostic` for a commit that brings nothing, that shares no history or that does not merge.
  public func proposal(_ head: ObjectID, onto pin: PolicyPin, evidence: Evidence) throws -> ProposedChange {
    let base = try id(pin.commit)
    let shared = try newestShared(head, base)
    let end = shared == base ? head : try merged(head, onto: base)
    let commits = try commits(of: head, after: shared, notIn: base)
    var change = try change(from: pin, to: end, commits, evidence)
    change.carry(try rejected(among: commits, onto: pin, evidence))
    return ProposedChange(head: head, tree: try repository.commit(end).tree, change: change)
  }

  /// What the commits of a proposal before its last bring by themselves, oldest first; only the newest of very many.
  public func earlierChanges(
    in proposed: ProposedChange, onto pin: PolicyPin, evidence: Evidence
  ) -> [EarlierChange] {
    proposed.change.commits.dropLast().suffix(Self.earlierLimit).map { commit in
      // What does not merge by itself is judged by nobody.
      EarlierChange(
        commit: commit, change: ObjectID(commit.id).flatMap { try? proposal($0, onto: pin, evidence: evidence).change })
    }
  }

  /// The change that a forge's merge of a commit would bring to the policy in force: one commit that nobody has signed, and
  /// whose work it is only the daemon can say.
  /// - Parameter evidence: all that is known, given the commit that the merge would be.
  /// - Throws: as `proposal` does.
  public func forgeMerge(
    of head: ObjectID, onto pin: PolicyPin, evidence: (_ merge: String) throws -> Evidence
  ) throws -> (proposed: ProposedChange, evidence: Evidence) {
    let base = try id(pin.commit)
    _ = try newestShared(head, base)
    let merge = try merged(head, onto: base)
    let evidence = try evidence(merge.description)
    let change = try change(from: pin, to: merge, [facts(merge)], evidence)
    return (ProposedChange(head: head, tree: try repository.commit(merge).tree, change: change), evidence)
  }

  /// What one commit has that another has not, whoever made it: what the rules at its base ask for can be told of it, and not
  /// whether it may take effect.
  /// - Parameter former: what was in force before the base, as far as that is known.
  public func difference(from base: Commit, to head: Commit, former: FormerTrees) throws -> Change {
    let pin = PolicyPin(commit: base.id.description, tree: base.tree.description, version: 0)
    return try change(from: pin, to: head.id, [facts(head.id)], Evidence(formerTrees: former))
  }

  /// The newest commit that both contain.
  private func newestShared(_ head: ObjectID, _ base: ObjectID) throws -> ObjectID {
    guard let shared = try repository.mergeBase(base, head) else {
      throw Diagnostic(
        "change.unrelated", "\(head.short) has no commit in common with the policy in force, \(base.short)",
        hint: "give a commit of this repository's branches")
    }
    guard shared != head else {
      throw Diagnostic(
        "change.in_force", "\(head.short) changes nothing: the policy in force, \(base.short), contains it",
        hint: "'purser changes' lists the pending changes")
    }
    return shared
  }

  /// A commit that no reference leads to: what `git merge` of a commit into another would be.
  /// - Parameter name: what the other is, in words.
  /// - Throws: `GitError`; a `Diagnostic` with the files that do not merge.
  public func merged(_ head: ObjectID, onto base: ObjectID, called name: String = "the policy in force") throws
    -> ObjectID
  {
    let merge: Repository.MergedTree
    do throws(GitError) {
      merge = try repository.mergedTree(base, head)
    } catch {
      guard error.kind == .limit || error.kind == .malformed else { throw error }
      throw Diagnostic(
        "change.unmergeable", "\(head.short) cannot be merged with \(name): \(error.message)",
        hint: "recreate its branch from \(base.short), and apply its changes again")
    }
    switch merge {
    case .tree(let tree):
      return try repository.writeCommit(
        tree: tree, parents: [base, head], author: Git.Person(name: "Purser", email: "purser@localhost"),
        time: try repository.commit(head).time, message: "Merge in thought\n")
    case .conflicts(let paths):
      let more = paths.count > Self.shownPaths ? " and \(paths.count - Self.shownPaths) more" : ""
      throw Diagnostic(
        "change.conflict",
        "\(head.short) does not merge with \(name): \(paths.prefix(Self.shownPaths).joined(separator: ", "))\(more) changed"
          + " in both",
        hint: "rebase it, or merge \(base.short) into it and resolve the conflicts, and use that commit instead")
    }
  }

  private func commits(of head: ObjectID, after shared: ObjectID, notIn base: ObjectID) throws -> [CommitFacts] {
    if let line = try repository.firstParentLine(from: shared, to: head) { return try line.map(facts) }
    // The policy in force was merged into it: everything that is its own counts, and it comes last.
    let own = try repository.commits(reachedBy: [head], andNotBy: base, limit: Self.commitLimit) ?? [head]
    return try own.filter { $0 != head }.map(facts) + [facts(head)]
  }

  /// Commits of one proposal that are looked at by themselves.
  private static let earlierLimit = 100
  /// Files that do not merge and are named.
  private static let shownPaths = 10
  /// Commits of a proposal that are read.
  private static let commitLimit = 10_000
}
