public import Approvals
import AuditTrail
import Diagnostics
public import Git
public import Operations

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

  /// What a change would do to the world as it is, by measure; nil where that cannot be told.
  public typealias Impact = (UndecidedChange) throws -> [String: Int64]?

  let repository: Repository
  let settings: Settings
  let history: PolicyHistory
  let now: Instant
  let impact: Impact

  /// - Parameters:
  ///   - repository: sees the pushed objects, too.
  ///   - now: when approvals must hold.
  ///   - impact: asked for changes whose verdict depends on it.
  public init(repository: Repository, settings: Settings, at now: Instant, impact: @escaping Impact = { _ in nil }) {
    self.repository = repository
    self.settings = settings
    self.now = now
    self.impact = impact
    history = PolicyHistory(repository: repository)
  }

  static let audit = "refs/heads/audit"
  static let approvals = "refs/purser/approvals"
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
    guard isProtected else { return twins(of: update) + obstacles(of: update) }
    guard let new = update.new else { return [deletion(of: update.name)] }
    if let reason = noCommit(update, new) { return [reason] }
    if let reason = try rewriting(update, new) { return [reason] }
    if update.name == policy {
      let approvals = updates.first { repository.resolved($0.name) == Self.approvals }?.new
      return try changeReasons(from: update.old, to: new, approvals: approvals, waiting: &waiting)
    }
    let pushed = updates.first { repository.resolved($0.name) == policy }?.new
    let head = try repository.reference(policy)
    if update.name == Self.audit {
      return try auditReasons(from: update.old, to: new, policyHead: pushed ?? head)
    }
    // A push cannot bring along the people whose statements it holds, but for the first one of all.
    if update.name == Self.approvals {
      return try approvalReasons(from: update.old, to: new, policyHead: head ?? pushed)
    }
    return [reserved(update.name)]
  }

  // MARK: History

  private func deletion(of name: String) -> Diagnostic {
    Diagnostic(
      "push.deletes", "'\(name)' is protected and cannot be deleted",
      hint: "use 'git revert' or 'purser revert' to undo changes, and push that")
  }

  /// Tags, trees and files can be pushed as well as commits, and only commits have a history.
  private func noCommit(_ update: ReferenceUpdate, _ new: ObjectID) -> Diagnostic? {
    guard [policy, Self.audit, Self.approvals].contains(update.name) else { return nil }
    if let kind = repository.kind(of: new), kind != .commit {
      return Diagnostic(
        "push.not_a_commit", "'\(update.name)' accepts only commits, and \(new.short) is a \(kind.rawValue)",
        hint: update.name == policy && kind == .tag
          ? "push the commit that the tag points to: git push REMOTE 'TAG^{commit}:\(update.name)'"
          : "omit it from the push")
    }
    return update.old.flatMap { problemOnServer(with: $0, at: update.name) }
  }

  func problemOnServer(with head: ObjectID, at name: String) -> Diagnostic? {
    repository.problem(with: head, at: "'\(name)' on the server").map {
      Diagnostic(
        "push.not_a_commit", $0, hint: "ask its administrator: \(Repository.remedy(forReference: name))")
    }
  }

  /// Nothing that was published may go: the new head must come after the old one, on its first-parent line.
  private func rewriting(_ update: ReferenceUpdate, _ new: ObjectID) throws -> Diagnostic? {
    guard let old = update.old else { return nil }
    guard try repository.isAncestor(old, of: new) else {
      return Diagnostic(
        "push.rewrites", "'\(update.name)' is protected, and \(new.short) does not follow \(old.short)",
        hint: "push without force: 'git pull --rebase' puts your commits on top; use 'git revert' to undo changes")
    }
    guard try repository.firstParentLine(from: old, to: new) == nil else { return nil }
    return Diagnostic(
      "push.turned",
      "\(new.short) merges '\(update.name)' into another branch, instead of the other way around",
      hint: "Purser follows first parents: check out the branch as it is on the server, and merge yours into it with"
        + " 'git merge --no-ff'")
  }

  /// A branch that differs from a protected one in case alone is the same file on many computers, and the same to people.
  private func twins(of update: ReferenceUpdate) -> [Diagnostic] {
    guard update.new != nil else { return [] }
    let folded = update.name.lowercased()
    let protected =
      [policy, Self.audit].first { $0.lowercased() == folded }
      ?? ["refs/purser/", "refs/replace/"].first { folded.hasPrefix($0) }
    guard let protected else { return [] }
    return [
      Diagnostic(
        "push.twin", "'\(update.name)' is the same as the protected '\(protected)' on case-insensitive file systems",
        hint: "give it another name")
    ]
  }

  /// A reference whose name is a folder of a protected one, or lies in one, keeps that from being written.
  private func obstacles(of update: ReferenceUpdate) -> [Diagnostic] {
    guard update.new != nil else { return [] }
    let folded = update.name.lowercased()
    let other = [policy, Self.audit, Self.approvals].first { protected in
      let protected = protected.lowercased()
      return folded.hasPrefix(protected + "/") || protected.hasPrefix(folded + "/")
    }
    guard let other else { return [] }
    return [
      Diagnostic(
        "push.in_the_way",
        "'\(update.name)' would prevent writing '\(other)': git cannot nest references",
        hint: "give it another name")
    ]
  }

  private func reserved(_ name: String) -> Diagnostic {
    Diagnostic(
      "push.reserved", "'\(name)' is reserved for Purser",
      hint: "push to a branch: git push origin HEAD:refs/heads/NAME")
  }

  /// The policy that the audit branch says is in force; nil before the daemon's first record.
  func policyInForce() throws -> PolicyPin? {
    guard let head = try repository.reference(Self.audit) else { return nil }
    if let problem = problemOnServer(with: head, at: Self.audit) { throw problem }
    return try policyInForce(at: head)
  }

  /// The policy in force after an audit commit: what the last record that speaks of one says.
  func policyInForce(at audit: ObjectID) throws -> PolicyPin? {
    var next: ObjectID? = audit
    while let commit = next {
      let records = try AuditCommit.read(commit, in: repository).records
      if let pin = records.lazy.reversed().compactMap({ RecordFacts($0).inForce }).first { return pin }
      next = try repository.commit(commit).parents.first
    }
    return nil
  }
}
