public import Digest

/// The few things that are asked of git to keep an audit branch; the simulator answers them from memory.
public protocol AuditTarget {
  /// The commit that the audit branch points to; nil when there is no branch.
  func auditHead() throws -> String?
  /// Writes a commit whose tree is the parent's with one more file, signed by `key`. No branch moves, and equal
  /// arguments give the same commit.
  func write(_ commit: AuditCommit, parent: String?, key: PrivateKey) throws -> String
  /// Moves the branch in one step from `expected` (nil: it must not exist), never by force.
  /// - Throws: `AuditBranchMoved` when the branch is elsewhere.
  func moveAuditBranch(to commit: String, expecting expected: String?) throws
}

/// Someone else moved the audit branch first.
public struct AuditBranchMoved: Error, Hashable, Sendable {
  public init() {}
}
