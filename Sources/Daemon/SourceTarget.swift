import AuditTrail
import Digest
import Git

/// The audit branch where the policy comes from: in a local folder, or pushed to the remote.
struct SourceTarget: AuditTarget {
  let source: PolicySource
  /// Called before and after each write to git.
  let reached: @Sendable (String) throws -> Void

  func auditHead() throws -> String? { try source.auditHead()?.description }

  func write(_ commit: AuditCommit, parent: String?, key: PrivateKey) throws -> String {
    try reached("before write")
    return try source.repository.write(commit, parent: parent, key: key).description
  }

  func moveAuditBranch(to commit: String, expecting expected: String?) throws {
    guard let id = ObjectID(commit) else { throw GitError(kind: .damaged, message: "'\(commit)' names no commit") }
    try reached("before publish")
    do throws(GitError) {
      try source.publish(audit: id, expecting: expected.flatMap { ObjectID($0) })
    } catch {
      guard error.kind == .moved else { throw error }
      throw AuditBranchMoved()
    }
    try reached("after publish")
  }
}
