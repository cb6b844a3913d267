public import Digest
public import Git
import Operations
import Reconciling

/// Keeps the audit branch where the operations repository is; no work tree and no HEAD is touched.
public struct PolicySourceTarget: AuditTarget {
  let source: PolicySource

  public init(_ source: PolicySource) { self.source = source }

  public func auditHead() throws -> String? { try source.auditHead()?.description }

  public func write(_ commit: AuditCommit, parent: String?, key: PrivateKey) throws -> String {
    try source.repository.write(commit, parent: parent, key: key).description
  }

  public func moveAuditBranch(to commit: String, expecting expected: String?) throws {
    do throws(GitError) {
      let repository = source.repository
      try source.publish(audit: try repository.id(commit), expecting: try expected.map(repository.id))
    } catch {
      if let branch = try? source.branchesBeneathAudit().first { throw inTheWay(branch) }
      guard error.kind == .moved else { throw error }
      throw AuditBranchMoved()
    }
  }

  private func inTheWay(_ branch: String) -> Trouble {
    let delete =
      source.address.map { "git push \(Repository.shown($0).quotedForShell) --delete \(branch.quotedForShell)" }
      ?? "git -C \(source.repository.gitDirectory.quotedForShell) branch -D \(branch.quotedForShell)"
    return Trouble(
      .needsPerson, "the branch '\(branch)' is in the way: beside it git has no room for the branch 'audit'",
      hint: "delete it, or let its owner push it under another name: \(delete)")
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
