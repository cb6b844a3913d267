import ArgumentParser
import AuditTrail
import Diagnostics
import Git
import Operations

/// `purser audit log|show|verify`: the trail of what was decided and done, from git alone.
struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read and verify the audit trail of an operations repository or of any clone of it.",
    subcommands: [AuditLog.self, AuditShow.self, AuditVerify.self])
}

/// The audit branch as it lies in a repository, read without judging it.
struct AuditBranch {
  let repository: Repository
  /// The commits of the branch, oldest first.
  let line: [ObjectID]

  init(folder: String) throws {
    repository = try Repository(path: folder)
    guard let head = try repository.head(ofBranch: "audit") else {
      throw Diagnostic(
        "audit.no_branch", "'\(folder)' has no audit branch, neither 'audit' nor 'origin/audit'",
        hint: "'purser run' creates it with its first decision; in a clone, run 'git fetch origin audit:audit'")
    }
    if let problem = repository.problem(with: head, at: "refs/heads/audit") {
      throw Diagnostic(
        "audit.not_a_commit", problem, hint: Repository.remedy(forReference: "refs/heads/audit"))
    }
    line = try repository.firstParentLine(from: nil, to: head) ?? []
  }

  func records(in commit: ObjectID) throws -> [AuditRecord] {
    do {
      return try AuditCommit.read(commit, in: repository).records
    } catch let problem as AuditCommitProblem {
      throw Diagnostic(
        "audit.commit", "audit commit \(commit) \(problem.found)",
        hint: "'purser audit verify' says up to which record the trail is valid"
      )
    }
  }
}
