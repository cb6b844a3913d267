public import Approvals
import Diagnostics
public import Digest
public import Git
import Reconciling

/// The log of signed statements, `refs/purser/approvals`: one commit for each statement, one file in each, never by force.
///
/// Anyone who may push can append, and nobody is believed for it: what counts is the signature in each file. So the log
/// is read by what all its commits added, and what a later commit takes away, alters or leaves aside in a merge is said and
/// changes nothing. No order of commits decides anything: which word of a person is the last, its signed time says.
///
/// Not thread-safe: it belongs to whoever owns the source.
public final class ApprovalLog {
  private let source: PolicySource
  /// What has been read; nil before the first time.
  private var seen: Reading?
  /// Where the log was when it did not follow what was seen, and what counts as long as it is there.
  private var strayed: (head: ObjectID?, statements: LoggedStatements)?
  private let expected: String?
  /// How many problems there were in what was read the last time, as far as somebody else kept that: they were told then.
  public private(set) var problemsBefore = 0

  /// - Parameter lastSeen: the head of the log when it was last read, kept where no push can reach it; nil for the first
  ///   time.
  public init(_ source: PolicySource, lastSeen: String? = nil) {
    self.source = source
    expected = lastSeen
  }

  static let reference = "refs/purser/approvals"

  /// Tries against other writers; each round lets one of them through.
  private static let tryLimit = 50

  /// Appends a statement; one that is there already stays as it is.
  ///
  /// - Parameters:
  ///   - author: who hands it in, as the commit says it.
  ///   - time: seconds since the epoch.
  /// - Returns: the head of the log that holds it.
  /// - Throws: `GitError`; `Trouble` when others kept moving the log; a `Diagnostic` where it points to something else than
  ///   a commit.
  @discardableResult
  public func append(_ statement: SignedStatement, by author: Git.Person, time: Int64) throws -> ObjectID {
    let repository = source.repository
    var head = try source.approvalsHead(again: true)
    for _ in 0..<Self.tryLimit {
      if let head, let problem = repository.problem(with: head, at: Self.reference) { throw Diagnostic.noLog(problem) }
      if let head, try holds(statement, at: head) { return head }
      let commit = try repository.writeCommit(
        tree: try tree(of: head, adding: statement), parents: head.map { [$0] } ?? [], author: author,
        time: min(max(time, Commit.times.lowerBound), Commit.times.upperBound), message: Self.message(statement))
      do throws(GitError) {
        try source.publish(approvals: commit, expecting: head)
        return commit
      } catch {
        guard error.kind == .moved else { throw error }
        head = try source.approvalsHead(again: true)
      }
    }
    throw Trouble(.transient, "others keep appending to the log of approvals", hint: "try again")
  }

  /// Whether the newest files of the log hold a statement as it was said, and not another file of its name.
  private func holds(_ statement: SignedStatement, at head: ObjectID) throws(GitError) -> Bool {
    guard let tree = try? source.repository.commit(head).tree,
      let entry = try? source.repository.entry(at: Self.path(of: statement.id), inTree: tree), entry.mode == .file
    else { return false }
    guard try source.repository.size(of: entry.id) <= SignedStatement.sizeLimit else { return false }
    return try source.repository.blob(entry.id) == statement.file
  }

  /// The files of the log with one statement more. Where somebody pushed files that cannot be compared, the new ones are
  /// written afresh from what the log says: whoever built on such files could not be heard.
  private func tree(of head: ObjectID?, adding statement: SignedStatement) throws -> ObjectID {
    let repository = source.repository
    let (path, file) = (Self.path(of: statement.id), try repository.writeBlob(statement.file))
    if let head, let tree = try? tree(of: head, with: file, at: path) { return tree }
    var files: [String: ObjectID?] = [path: file]
    if let head {
      for said in try statements(to: head, after: Reading()).statements.all {
        files[Self.path(of: said.id)] = try repository.writeBlob(said.file)
      }
    }
    return try repository.writeTree(base: nil, files: files)
  }

  /// - Throws: `GitError` where the files cannot be read, or would not be as git writes them.
  private func tree(of head: ObjectID, with file: ObjectID, at path: String) throws(GitError) -> ObjectID {
    let repository = source.repository
    let base = try repository.commit(head).tree
    let tree = try repository.writeTree(base: base, files: [path: file])
    try checkFolders(of: tree, on: path)
    guard try repository.changes(from: base, to: tree).map(\.path) == [path] else {
      throw GitError(kind: .malformed, message: "more than \(path) would change")
    }
    return tree
  }

  /// - Throws: `.malformed` where a folder on the way to a file is not as git writes it.
  private func checkFolders(of tree: ObjectID, on path: String) throws(GitError) {
    var folder = tree
    for name in path.split(separator: "/") {
      try source.repository.checkShape(ofTree: folder)
      let entries = try source.repository.entries(ofTree: folder)
      guard let next = entries.first(where: { $0.name == name }), next.mode == .tree else { return }
      folder = next.id
    }
  }

  /// Everything that was ever appended. Reads only what is new since the last time, and nothing when nothing is.
  ///
  /// A log that no longer holds what was seen of it is not followed: what was seen still counts, a problem says so, and of
  /// what is new there only what takes back or rejects: nobody knows what else was said in between.
  /// - Throws: `GitError` when the repository cannot be read.
  public func read() throws -> LoggedStatements {
    let repository = source.repository
    if seen == nil, let expected {
      guard let start = ObjectID(expected), repository.contains(start) else {
        return LoggedStatements(head: expected, problems: [.lost(expected)])
      }
      let before = try statements(to: start, after: Reading())
      problemsBefore = before.statements.problems.count
      seen = before
    }
    let head = try source.approvalsHead()
    let known = seen ?? Reading()
    guard head != known.head else { return known.statements }
    if let strayed, strayed.head == head { return strayed.statements }
    let next = try head.flatMap { try follow($0, after: known) }
    if let next, known.head.map(next.followed.contains) ?? true {
      seen = next
      return next.statements
    }
    var result = known.statements
    if let next { result.insertObjections(of: next.statements) }
    if let last = known.head {
      try source.keep(last)
      result.problems.append(.rewritten(from: last, to: head))
    } else if let head {
      result.problems.append(
        .noLog(
          repository.problem(with: head, at: Self.reference) ?? "\(Self.reference) cannot be read at \(head.short)"))
    }
    strayed = (head, result)
    return result
  }

  /// - Returns: nil where the head is no commit.
  private func follow(_ head: ObjectID, after known: Reading) throws -> Reading? {
    do throws(GitError) {
      return try statements(to: head, after: known)
    } catch {
      guard error.kind != .damaged, source.repository.contains(head) else { throw error }
      return nil
    }
  }

  /// What was read, and from which commits.
  private struct Reading {
    var head: ObjectID?
    var commits: Set<ObjectID> = []
    /// Which of the commits that were read before this reading it followed.
    var followed: Set<ObjectID> = []
    var statements = LoggedStatements()
  }

  /// Adds what the commits that `head` follows added, whichever way leads to them: a merge can make a commit leave the
  /// line, and not what was said in it.
  private func statements(to head: ObjectID, after known: Reading) throws(GitError) -> Reading {
    let repository = source.repository
    var result = known
    result.head = head
    result.statements.head = head.description
    let (line, followed) = try repository.commits(followedBy: head, except: known.commits)
    result.followed = followed
    result.commits.formUnion(line)
    for id in line {
      do throws(GitError) {
        try result.statements.take(try changes(by: id), of: id, in: repository)
      } catch {
        // Whoever pushes what cannot be read must not stop what is said beside it and after it from counting.
        guard repository.contains(id) else { throw error }
        result.statements.note(.entry(id, nil, error.message))
        if let tree = try? repository.commit(id).tree { try result.statements.takeAll(inTree: tree, in: repository) }
      }
    }
    return result
  }

  /// What a commit did to the log; all of its files where those before it cannot be compared.
  private func changes(by id: ObjectID) throws(GitError) -> [PathChange] {
    let repository = source.repository
    let commit = try repository.commit(id)
    guard let parent = commit.parents.first else { return try repository.files(inTree: commit.tree) }
    let changes = try ifWellFormed { () throws(GitError) -> [PathChange]? in
      guard let before = try? repository.commit(parent).tree else { return nil }
      return try repository.changes(from: before, to: commit.tree, limit: 1000)
    }
    if let changes = changes ?? nil { return changes }
    return try repository.files(inTree: commit.tree)
  }

  /// Where a statement stands in the log, by the digest of its file.
  public static func path(of id: SHA256Digest) -> String {
    let name = id.description
    return "statements/\(name.prefix(2))/\(name).json"
  }

  private static func message(_ statement: SignedStatement) -> String {
    let change = statement.change.description.prefix(10)
    guard let said = try? statement.statement() else { return "State something about \(change)\n" }
    return "\(said.person): \(said.kind.rawValue) \(change)\n"
  }
}
