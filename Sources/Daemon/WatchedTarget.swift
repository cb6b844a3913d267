import AuditTrail
import Digest

/// An audit branch that tells before and after each write to git: what a test throws there, the write fails with.
struct WatchedTarget<Target: AuditTarget>: AuditTarget {
  let target: Target
  let reached: @Sendable (String) throws -> Void

  func auditHead() throws -> String? { try target.auditHead() }

  func write(_ commit: AuditCommit, parent: String?, key: PrivateKey) throws -> String {
    try reached("before write")
    return try target.write(commit, parent: parent, key: key)
  }

  func moveAuditBranch(to commit: String, expecting expected: String?) throws {
    try reached("before publish")
    try target.moveAuditBranch(to: commit, expecting: expected)
    try reached("after publish")
  }
}
