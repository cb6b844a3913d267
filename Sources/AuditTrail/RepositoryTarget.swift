public import Digest
public import Git

/// Keeps the audit branch in a git repository through its object database; no work tree and no HEAD is touched.
public struct RepositoryTarget: AuditTarget {
  public static let branch = "refs/heads/audit"

  let repository: Repository

  public init(_ repository: Repository) { self.repository = repository }

  public func auditHead() throws -> String? { try repository.reference(Self.branch)?.description }

  public func write(_ commit: AuditCommit, parent: String?, key: PrivateKey) throws -> String {
    try repository.write(commit, parent: parent, key: key).description
  }

  public func moveAuditBranch(to commit: String, expecting expected: String?) throws {
    do throws(GitError) {
      try repository.setReference(
        Self.branch, to: try repository.id(commit), expecting: try expected.map(repository.id), by: .purser,
        reason: "purser: publish audit records")
    } catch {
      guard error.kind == .moved else { throw error }
      throw AuditBranchMoved()
    }
  }
}

extension Person {
  static let purser = Person(name: AuditCommit.authorName, email: AuditCommit.authorEmail)
}

extension Repository {
  /// Writes an audit commit; no reference moves.
  public func write(_ commit: AuditCommit, parent: String?, key: PrivateKey) throws(GitError) -> ObjectID {
    let parent = try parent.map(id)
    let base = try parent.map { (parent) throws(GitError) in try self.commit(parent).tree }
    let tree = try writeTree(base: base, files: [commit.path: try writeBlob(commit.content)])
    return try writeCommit(
      tree: tree, parents: parent.map { [$0] } ?? [], author: .purser, time: commit.time, message: commit.message,
      sign: { SSHSignature.sign($0, with: key) })
  }

  func id(_ text: String) throws(GitError) -> ObjectID {
    guard let id = ObjectID(text) else { throw GitError(kind: .damaged, message: "'\(text)' names no commit") }
    return id
  }
}
