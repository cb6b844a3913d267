import Approvals
import AuditTrail
import DesiredState
import DesiredStateFiles
import Diagnostics
import Git
import Operations
import Reconciling

/// The policy branch takes what the daemon would put in force, judged as the daemon judges it.
extension PushGate {
  /// - Parameter approvals: the end of the log of approvals with this push; nil where the push leaves it as it is.
  func changeReasons(from old: ObjectID?, to new: ObjectID, approvals: ObjectID?, waiting: inout [Diagnostic]) throws
    -> [Diagnostic]
  {
    var reasons = try secrets(from: old, to: new)
    do {
      let pin = try policyInForce()
      var evidence = Evidence(
        statements: try statements(upTo: try approvals ?? repository.reference(Self.approvals)), at: now,
        formerTrees: try formerTrees())
      let (reached, against) = try judge(from: pin, to: new, &evidence)
      guard !against.isEmpty else {
        if reasons.isEmpty { waiting += try keyReasons(from: pin, to: reached) }
        return reasons
      }
      guard settings.requirement == .valid, let start = ObjectID(reached.commit),
        try repository.firstParentLine(from: start, to: new) != nil
      else { return reasons + against.map { $0.frozen(elsewhere: Self.pushedLater) } }
      let all = try reasonsOfPush(from: old, to: new, reached, evidence)
      let wrong = all.filter { !Diagnostic.waiting.contains($0.id) }
      let waits = all.filter { Diagnostic.waiting.contains($0.id) }
      if wrong.isEmpty { waiting += waits.isEmpty ? against : waits }
      return reasons + wrong.map { $0.leadingBack(to: reached) }
    } catch let problem as Diagnostic {
      reasons.append(problem)
    } catch let problems as Diagnostics {
      reasons += problems.all
    }
    return reasons
  }

  /// What the push waits for where it names another audit key than the daemon has, which is the one in force. It may be
  /// pushed: the daemon can be started with the new key only when the branch has it.
  private func keyReasons(from pin: PolicyPin?, to reached: PolicyPin) throws -> [Diagnostic] {
    guard let pin, let old = try history.desiredState(at: pin).auditKey,
      let new = try history.desiredState(at: reached).auditKey, old != new
    else { return [] }
    return [.auditKey(new, not: old)]
  }

  /// How far the policy could come, and what keeps it from coming to the end; the evidence is then what it is there.
  private func judge(from pin: PolicyPin?, to new: ObjectID, _ evidence: inout Evidence) throws -> (
    PolicyPin, [Diagnostic]
  ) {
    var pin = pin
    while true {
      let judgement = try history.judge(pin: pin, head: new, trustRoot: settings.trustRoot, evidence: evidence)
        .judgement
      // What is judged next begins where this judgement came to.
      evidence.formerTrees = judgement.formerTrees
      if let undecided = judgement.undecided {
        guard evidence.impacts[undecided.span] == nil, let impact = try impact(undecided) else {
          return (judgement.pin, [Self.undecided])
        }
        evidence.impacts[undecided.span] = impact
      } else if let refused = judgement.refused {
        return (judgement.pin, refused.reasons)
      } else if judgement.hasMore, judgement.pin != pin {
        // The daemon applies what comes before, and asks again what the rest would do then.
        pin = judgement.pin
      } else {
        return (judgement.pin, [])
      }
    }
  }

  /// What speaks against the commits of a push by themselves, where they may wait on the branch: each is judged against the
  /// one before it, as the daemon will when its turn comes. What waited on the branch already is nobody's fault who pushes.
  private func reasonsOfPush(
    from old: ObjectID?, to new: ObjectID, _ reached: PolicyPin, _ evidence: Evidence
  ) throws -> [Diagnostic] {
    let start = try history.id(reached.commit)
    var base = start
    // What took effect in the meantime is no part of it either, and what has errors judges nothing.
    func judges(_ commit: ObjectID) -> Bool { (try? history.load(commit))?.isUsable == true }
    if let old, try repository.firstParentLine(from: start, to: old) != nil, judges(old) { base = old }
    var evidence = evidence
    if base != start { evidence.formerTrees = FormerTrees() }
    func reasons(from base: ObjectID, _ commits: [ObjectID]) throws -> [Diagnostic] {
      let pin = PolicyPin(
        commit: base.description, tree: try repository.commit(base).tree.description, version: reached.version)
      return try history.change(from: pin, to: commits.last ?? base, commits.map(history.facts), evidence)
        .verdict(evidence).reasons
    }
    let line = try repository.firstParentLine(from: base, to: new) ?? []
    var found: [Diagnostic] = []
    var previous = base
    for commit in line {
      for reason in try reasons(from: previous, [commit]) where !found.contains(reason) { found.append(reason) }
      guard judges(commit) else { break }
      previous = commit
    }
    guard line.count > 1, found.contains(where: { !Diagnostic.waiting.contains($0.id) }) else { return found }
    // A later commit may put right what is wrong with an earlier one.
    let together = try reasons(from: base, line)
    return together.allSatisfy { Diagnostic.waiting.contains($0.id) } ? together : found
  }

  /// What to do in a freeze where the branch takes only what takes effect at once.
  private static let pushedLater =
    "nothing was pushed: push it again then; or the server's administrator lets changes wait on the branch, where they take"
    + " effect automatically (git config purser.gate valid)"

  private static var undecided: Diagnostic {
    Diagnostic(
      "push.undecided", "who must approve the change depends on its impact, which is not known here",
      hint: "the server's administrator can set the store (git config purser.store), or let changes wait on the branch"
        + " (git config purser.gate valid)")
  }

  /// What people said, from the log as it is with the push.
  private func statements(upTo head: ObjectID?) throws -> [SignedStatement] {
    guard let head else { return [] }
    if let problem = problemOnServer(with: head, at: Self.approvals) { throw problem }
    return try repository.files(inTree: repository.commit(head).tree).compactMap { file in
      guard let entry = file.new, entry.mode == .file, try repository.size(of: entry.id) <= SignedStatement.sizeLimit
      else { return nil }
      return SignedStatement(file: try repository.blob(entry.id))
    }
  }

  /// What was in force before, as the audit branch tells it, for rules about exact reverts.
  private func formerTrees() throws -> FormerTrees {
    guard let pin = try policyInForce() else { return FormerTrees() }
    // The last move of the policy alone says whether a push is open.
    let isLong = try history.desiredState(at: pin).hasRuleForReverts
    var newestFirst: [RecordFacts] = []
    var next = try repository.reference(Self.audit)
    for _ in 0..<Self.auditLimit {
      guard isLong || newestFirst.isEmpty, let commit = next else { break }
      for record in try AuditCommit.read(commit, in: repository).records.reversed() {
        let facts = RecordFacts(record)
        if facts.isPlan, facts.policy != facts.policyBefore { newestFirst.append(facts) }
      }
      next = try repository.commit(commit).parents.first
    }
    var trees = FormerTrees()
    for facts in newestFirst.reversed() {
      try trees.add(facts) { try repository.commit(try history.id($0)).tree.description }
    }
    return trees
  }

  /// Audit commits that are read to find what was in force before. A revert of something older is a change like any other.
  private static let auditLimit = 200

  /// Keys and tokens in what each commit brings, those that a merge brings along among them: history would keep one even
  /// after a later commit took it out.
  private func secrets(from old: ObjectID?, to new: ObjectID) throws -> [Diagnostic] {
    var found: [Diagnostic] = []
    for commit in try repository.firstParentLine(from: old, to: new) ?? [] {
      do throws(GitError) {
        found += try secrets(broughtBy: commit)
        guard let merged = try repository.commitsMerged(by: commit, limit: Self.mergeLimit) else {
          found.append(Self.unread("commit \(commit.short) merges more than \(Self.mergeLimit) commits"))
          continue
        }
        for id in merged { found += try mergedSecrets(id) }
      } catch {
        // What cannot be read is refused by the judgement, which says so.
        guard error.isOfTheCommit else { throw error }
      }
    }
    var seen = Set<Diagnostic>()
    return found.filter { seen.insert($0).inserted }.inReadingOrder()
  }

  /// The judgement takes no offence at a merged commit that cannot be read: nobody can say what it would keep for ever.
  private func mergedSecrets(_ id: ObjectID) throws(GitError) -> [Diagnostic] {
    do throws(GitError) { return try secrets(broughtBy: id) } catch {
      guard error.isOfTheCommit else { throw error }
      return [Self.unread("commit \(id.short), which is merged, cannot be read: \(error.message)")]
    }
  }

  private func secrets(broughtBy commit: ObjectID) throws(GitError) -> [Diagnostic] {
    let here = try repository.commit(commit)
    let before = try here.parents.first.map { (parent) throws(GitError) in try repository.commit(parent).tree }
    var found = SecretScan.problems(inMessage: here.message, of: commit)
    for change in try repository.changes(from: before, to: here.tree) {
      if change.old == nil { found += SecretScan.problems(inName: change.path) }
      guard let entry = change.new, entry.mode != .submodule else { continue }
      found += try SecretScan.problems(in: entry.id, at: change.path, of: repository)
    }
    return found
  }

  /// Commits of one merge that are looked through.
  private static let mergeLimit = 10_000

  private static func unread(_ message: String) -> Diagnostic {
    Diagnostic(
      "secret.unread", "\(message), so it cannot be checked for keys and tokens",
      hint: "squash the commits into one: git merge --squash")
  }
}

extension GitError {
  /// Whether what was pushed is to blame, and not this repository.
  var isOfTheCommit: Bool {
    switch kind {
    case .damaged, .malformed, .limit, .notFound: true
    case .moved, .authentication, .unreachable, .other: false
    }
  }
}

extension Verdict {
  /// What speaks against it whatever it would do; empty where it is accepted.
  var reasons: [Diagnostic] {
    switch self {
    case .accepted, .undecided: []
    case .refused(let reasons): reasons
    }
  }
}
