public import Git
public import Operations

extension AuditCommit {
  /// Every byte of the commit object, as git stores it: two that differ anywhere are not the same commit.
  /// - Parameter signature: as `SSHSignature.sign` writes it.
  public func object(tree: ObjectID, parent: ObjectID?, signature: String) -> [UInt8] {
    let person = "\(Self.authorName) <\(Self.authorEmail)> \(time) +0000"
    let parentLine = parent.map { "parent \($0)\n" } ?? ""
    let seal = signature.split(separator: "\n").joined(separator: "\n ")
    return Array(
      "tree \(tree)\n\(parentLine)author \(person)\ncommitter \(person)\ngpgsig \(seal)\n\n\(message)".utf8)
  }

  /// The largest file of records that is read, in bytes.
  public static let fileLimit = 256 << 20

  /// Reads the records of a commit on the audit branch.
  ///
  /// - Returns: the one file that it adds to its parent, and the records in it, unchecked.
  /// - Throws: `AuditCommitProblem` for a commit that cannot have been written by Purser; `GitError`.
  public static func read(_ id: ObjectID, in repository: Repository) throws -> (path: String, records: [AuditRecord]) {
    let file = try self.file(of: id, in: repository)
    return (file.path, try RecordFile(file.content).records.map(\.record))
  }

  /// The one file that a commit on the audit branch adds to its parent.
  /// - Throws: `AuditCommitProblem` for a commit that cannot have been written by Purser; `GitError`.
  public static func file(of id: ObjectID, in repository: Repository) throws -> (path: String, content: [UInt8]) {
    let commit = try repository.commit(id)
    guard commit.parents.count <= 1 else {
      throw AuditCommitProblem("has \(commit.parents.count) parents", "audit commits stand in one line")
    }
    let base = try commit.parents.first.map { try repository.commit($0).tree }
    let found = try ifWellFormed { () throws(GitError) in
      try repository.changes(from: base, to: commit.tree, limit: 1000)
    }
    guard let changes = found else {
      throw AuditCommitProblem("has a tree that git would not write", "an audit commit adds one file")
    }
    guard changes.count == 1, let change = changes.first, change.old == nil, let entry = change.new, entry.mode == .file
    else {
      let paths = changes.prefix(3).map { "'\($0.path)'" }.joined(separator: ", ")
      throw AuditCommitProblem("changes \(paths.isEmpty ? "nothing" : paths)", "an audit commit adds one file")
    }
    guard try repository.size(of: entry.id) <= fileLimit else {
      throw AuditCommitProblem("adds '\(change.path)', which is larger than \(fileLimit >> 20) MB", "")
    }
    return (change.path, try repository.blob(entry.id))
  }
}

/// Why a commit is not one of the audit branch.
public struct AuditCommitProblem: Error, Hashable, Sendable {
  /// What is there.
  public var found: String
  /// What should be there; empty where that goes without saying.
  public var expected: String

  init(_ found: String, _ expected: String) {
    self.found = found
    self.expected = expected
  }
}

extension Repository {
  /// The commit at the end of a branch: the local one or, as in a plain clone, that of `origin`.
  public func head(ofBranch name: String) throws(GitError) -> ObjectID? {
    if let local = try reference("refs/heads/\(name)") { return local }
    return try reference("refs/remotes/origin/\(name)")
  }
}
