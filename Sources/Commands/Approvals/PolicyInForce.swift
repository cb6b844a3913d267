import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Git
import Operations
import Reconciling
import SQLiteStore
import Verification

/// Which policy is in force, as far as it can be told from where the command runs.
enum PolicyInForce {
  /// By the store, where it is at hand; else by the daemon's last audit record; before its first run the first commits
  /// that take effect by themselves.
  static func find(_ store: SQLiteStore?, _ source: PolicySource, _ history: PolicyHistory, head: ObjectID) throws
    -> PolicyPin
  {
    if let pin = try store?.pin() { return pin }
    let audit = try source.auditHead()
    if let audit, let problem = source.repository.problem(with: audit, at: "refs/heads/audit") {
      throw Diagnostic(
        "audit.not_a_commit", problem, hint: Repository.remedy(forReference: "refs/heads/audit"))
    }
    if let audit, let pin = try recorded(audit, in: source.repository),
      try isOnTheLine(pin, to: head, in: source.repository)
    {
      return pin
    }
    return try history.judge(pin: nil, head: head, trustRoot: nil).judgement.pin
  }

  /// Audit commits that are looked at: records of trade in between name no policy.
  private static let recordLimit = 1000

  private static func recorded(_ audit: ObjectID, in repository: Repository) throws -> PolicyPin? {
    var next: ObjectID? = audit
    for _ in 0..<recordLimit {
      guard let commit = next else { return nil }
      let records = try AuditCommit.read(commit, in: repository).records
      if let pin = records.reversed().compactMap({ RecordFacts($0).inForce }).first { return pin }
      next = try repository.commit(commit).parents.first
    }
    return nil
  }

  /// An audit branch of another repository, or one that someone made up, says nothing about this one.
  private static func isOnTheLine(_ pin: PolicyPin, to head: ObjectID, in repository: Repository) throws -> Bool {
    guard let commit = ObjectID(pin.commit), repository.contains(commit) else { return false }
    return try commit == head || repository.firstParentLine(from: commit, to: head) != nil
  }
}
