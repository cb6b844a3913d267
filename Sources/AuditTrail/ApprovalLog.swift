public import Approvals
public import Digest
public import Git
import Reconciling

/// The log of signed statements, `refs/purser/approvals`: one commit for each statement, one file in each, never by force.
///
/// Anyone who may push can append, and nobody is believed for it: what counts is the signature in each file. So the log
/// is read by what its commits added, and what a later commit takes away or alters is said and changes nothing.
///
/// Not thread-safe: it belongs to whoever owns the source.
public final class ApprovalLog {
  private let source: PolicySource
  /// What has been read, up to and with this commit.
  private var seen: (head: ObjectID, statements: LoggedStatements)?
  private let expected: String?
  /// How many problems there were in what was read the last time, as far as somebody else kept that: they were told then.
  public private(set) var problemsBefore = 0

  /// - Parameter lastSeen: the head of the log when it was last read, kept where no push can reach it; nil for the first
  ///   time.
  public init(_ source: PolicySource, lastSeen: String? = nil) {
    self.source = source
    expected = lastSeen
  }

  /// Tries against other writers; each round lets one of them through.
  private static let tryLimit = 50

  /// Appends a statement; one that is there already stays as it is.
  ///
  /// - Parameters:
  ///   - author: who hands it in, as the commit says it.
  ///   - time: seconds since the epoch.
  /// - Returns: the head of the log that holds it.
  /// - Throws: `GitError`; `Trouble` when others kept moving the log.
  @discardableResult
  public func append(_ statement: SignedStatement, by author: Git.Person, time: Int64) throws -> ObjectID {
    let repository = source.repository
    let path = Self.path(of: statement.id)
    var head = try source.approvalsHead(again: true)
    for _ in 0..<Self.tryLimit {
      let base = try head.map { try repository.commit($0).tree }
      if let head, let base, try repository.entry(at: path, inTree: base) != nil { return head }
      let tree = try repository.writeTree(base: base, files: [path: try repository.writeBlob(statement.file)])
      let commit = try repository.writeCommit(
        tree: tree, parents: head.map { [$0] } ?? [], author: author,
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

  /// Everything that was ever appended. Reads only what is new since the last time, and nothing when nothing is.
  ///
  /// A log that no longer holds what was seen of it is not followed: what was seen still counts, and a problem says so.
  /// - Throws: `GitError` when the repository cannot be read.
  public func read() throws -> LoggedStatements {
    let repository = source.repository
    if seen == nil, let expected {
      guard let start = ObjectID(expected), repository.contains(start) else {
        return LoggedStatements(head: expected, problems: [.lost(expected)])
      }
      let before = try statements(to: start, after: nil, LoggedStatements())
      problemsBefore = before.problems.count
      seen = (start, before)
    }
    let head = try source.approvalsHead()
    guard let (last, known) = seen else {
      guard let head else { return LoggedStatements() }
      let all = try statements(to: head, after: nil, LoggedStatements())
      seen = (head, all)
      return all
    }
    guard head != last else { return known }
    guard let head, try repository.isAncestor(last, of: head) else {
      try source.keep(last)
      var known = known
      known.problems.append(.rewritten(from: last, to: head))
      return known
    }
    let all = try statements(to: head, after: last, known)
    seen = (head, all)
    return all
  }

  /// Adds what the commits after `last` added. Where someone merged two logs, `last` may not be on the line: then all of
  /// it is read again.
  private func statements(
    to head: ObjectID, after last: ObjectID?, _ known: LoggedStatements
  ) throws(GitError) -> LoggedStatements {
    let repository = source.repository
    var result = known
    result.head = head.description
    var base = last
    var line = try repository.firstParentLine(from: last, to: head)
    if line == nil {
      base = nil
      line = try repository.firstParentLine(from: nil, to: head)
    }
    var before = try base.map { (base) throws(GitError) in try repository.commit(base).tree }
    for commit in line ?? [] {
      do throws(GitError) {
        let tree = try repository.commit(commit).tree
        // Also past what cannot be compared: it must not hide what was appended after it.
        defer { before = tree }
        try result.take(try repository.changes(from: before, to: tree, limit: 1000), of: commit, in: repository)
      } catch {
        // Whoever pushes what cannot be read must not stop what was said before from counting.
        guard repository.contains(commit) else { throw error }
        result.problems.append(.entry(commit, nil, error.message))
      }
    }
    return result
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
