import Approvals
import AuditTrail
import DesiredStateFiles
import Diagnostics
public import Git
import Operations
import Reconciling

/// Judges a push before it becomes part of a repository: the gate in front of the daemon, which judges everything again.
///
/// Protected are the policy branch, the audit branch and everything under `refs/purser/` and `refs/replace/`; all other
/// branches are the pushers' own. Not thread-safe: it belongs to whoever owns the repository.
public final class PushGate {
  public struct Settings: Sendable {
    /// What a change must be to become part of the policy branch.
    public enum Requirement: String, Sendable, CaseIterable {
      /// It takes effect at once: everything that the rules ask for is there.
      case approved
      /// It is signed, free of errors and by people with the roles for it; it may wait on the branch for approvals.
      case valid
    }

    public var branch: String
    public var requirement: Requirement
    /// The commit that the policy branch must begin with; nil to take the one that it does.
    public var trustRoot: ObjectID?

    public init(branch: String = "main", requirement: Requirement = .approved, trustRoot: ObjectID? = nil) {
      self.branch = branch
      self.requirement = requirement
      self.trustRoot = trustRoot
    }
  }

  let repository: Repository
  let settings: Settings
  let history: PolicyHistory

  /// - Parameter repository: sees the pushed objects, too.
  public init(repository: Repository, settings: Settings) {
    self.repository = repository
    self.settings = settings
    history = PolicyHistory(repository: repository)
  }

  static let audit = "refs/heads/audit"
  private var policy: String { "refs/heads/\(settings.branch)" }

  /// - Throws: `GitError` when the repository cannot be read; `Diagnostic` or `Diagnostics` for faults of this computer.
  public func verdict(on updates: [ReferenceUpdate]) throws -> PushVerdict {
    var verdict = PushVerdict()
    for update in updates {
      var actual = update
      actual.name = repository.resolved(update.name)
      let reasons = try reasons(against: actual, among: updates, waiting: &verdict.waiting)
      if !reasons.isEmpty { verdict.refused.append(PushRefusal(name: update.name, reasons: reasons)) }
    }
    return verdict
  }

  private func reasons(
    against update: ReferenceUpdate, among updates: [ReferenceUpdate], waiting: inout [Diagnostic]
  ) throws -> [Diagnostic] {
    let isProtected =
      update.name == policy || update.name == Self.audit
      || ["refs/purser/", "refs/replace/"].contains { update.name.hasPrefix($0) }
    guard isProtected else { return [] }
    guard let new = update.new else { return [deletion(of: update.name)] }
    if let reason = try rewriting(update, new) { return [reason] }
    if update.name == policy { return try changeReasons(from: update.old, to: new, waiting: &waiting) }
    if update.name == Self.audit {
      let pushed = updates.first { repository.resolved($0.name) == policy }
      let head = try pushed?.new ?? repository.reference(policy)
      return try auditReasons(from: update.old, to: new, policyHead: head)
    }
    return [reserved(update.name)]
  }

  // MARK: History

  private func deletion(of name: String) -> Diagnostic {
    Diagnostic(
      "push.deletes", "'\(name)' is protected and stays",
      hint: "undo what is unwanted with 'git revert' or 'purser revert', and push that")
  }

  /// Nothing that was published may go: the new head must come after the old one, on its first-parent line.
  private func rewriting(_ update: ReferenceUpdate, _ new: ObjectID) throws -> Diagnostic? {
    guard let old = update.old else { return nil }
    guard try repository.isAncestor(old, of: new) else {
      return Diagnostic(
        "push.rewrites", "'\(update.name)' is protected, and \(new.short) does not follow \(old.short)",
        hint: "push without force: 'git pull --rebase' puts your commits after what is there; undo with 'git revert'")
    }
    guard try repository.firstParentLine(from: old, to: new) == nil else { return nil }
    return Diagnostic(
      "push.turned",
      "\(new.short) merges '\(update.name)' into something else, where it should be the other way around",
      hint: "Purser follows first parents: check the branch out as it is on the server, and merge yours into it with"
        + " 'git merge --no-ff'")
  }

  private func reserved(_ name: String) -> Diagnostic {
    Diagnostic(
      "push.reserved", "'\(name)' is kept for Purser", hint: "push to a branch: git push origin HEAD:refs/heads/NAME")
  }

  // MARK: The policy branch

  private func changeReasons(from old: ObjectID?, to new: ObjectID, waiting: inout [Diagnostic]) throws -> [Diagnostic]
  {
    let secrets = try secrets(from: old, to: new)
    let judged: JudgedPolicy
    do {
      judged = try history.judge(pin: try policyInForce(), head: new, trustRoot: settings.trustRoot)
    } catch let problem as Diagnostic {
      return secrets + [problem]
    } catch let problems as Diagnostics {
      return secrets + problems.all
    }
    guard let refused = judged.judgement.refused else { return secrets }
    guard settings.requirement == .valid, let pin = ObjectID(judged.judgement.pin.commit),
      let line = try repository.firstParentLine(from: pin, to: new)
    else { return secrets + refused.reasons }
    // What waits on the branch already may hide what is wrong with a later commit: judge the whole.
    let all = try history.change(from: pin, to: new, line.map(history.facts)).verdict().reasons
    let wrong = all.filter { !Self.waitingReasons.contains($0.id) }
    if wrong.isEmpty { waiting += all }
    return secrets + wrong.map { $0.leadingBack(to: judged.judgement.pin) }
  }

  /// Reasons that approvals can take away.
  private static let waitingReasons: Set = ["approval.review_needed"]

  /// The policy that the audit branch says is in force; nil before the daemon's first record.
  func policyInForce() throws -> PolicyPin? {
    guard let head = try repository.reference(Self.audit) else { return nil }
    return try policyInForce(at: head)
  }

  /// The policy in force after an audit commit: what the last record that speaks of one says.
  func policyInForce(at audit: ObjectID) throws -> PolicyPin? {
    var next: ObjectID? = audit
    while let commit = next {
      let records = try AuditCommit.read(commit, in: repository).records
      if let pin = records.lazy.reversed().compactMap({ RecordFacts($0).policy }).first { return pin }
      next = try repository.commit(commit).parents.first
    }
    return nil
  }

  /// Keys and tokens in what each commit brings: history would keep one even after a later commit took it out.
  private func secrets(from old: ObjectID?, to new: ObjectID) throws -> [Diagnostic] {
    var found: [Diagnostic] = []
    for commit in try repository.firstParentLine(from: old, to: new) ?? [] {
      do throws(GitError) {
        let here = try repository.commit(commit)
        let before = try here.parents.first.map { (parent) throws(GitError) in try repository.commit(parent).tree }
        for change in try repository.changes(from: before, to: here.tree) {
          guard let entry = change.new, entry.mode != .submodule,
            try repository.size(of: entry.id) <= SecretScan.fileLimit
          else { continue }
          found += SecretScan.problems(in: try repository.blob(entry.id), path: change.path)
        }
      } catch {
        // What cannot be read is refused by the judgement, which says so.
        guard error.kind == .damaged || error.kind == .limit || error.kind == .notFound else { throw error }
      }
    }
    return found.inReadingOrder()
  }
}

extension Verdict {
  /// What speaks against it; empty where it is accepted.
  var reasons: [Diagnostic] {
    switch self {
    case .accepted: []
    case .refused(let reasons): reasons
    }
  }
}
