import Approvals
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations

/// The log of approvals, held against a trail.
///
/// Nobody signs the log as a whole, and whoever may push may append. So each file in it must bear its own digest for a name
/// and a signature that fits it; it must hold every statement that a signed record names, and follow every head that one
/// names and that was seen here before. What was well written and counts for nothing is no fault of the log.
struct ApprovalChain {
  static let reference = "refs/purser/approvals"

  /// How far the log was looked at.
  struct Point: Hashable, Sendable {
    /// Nil where there was no log.
    var head: ObjectID?
    /// The first record that names what people said.
    var firstRecord: Int64?
    /// What stands in the log and can count for nothing.
    var uncounted: [String] = []
  }

  private(set) var point: Point
  private let repository: Repository
  private let head: ObjectID?
  private let tree: ObjectID?
  private let before: ObjectID?
  /// The commits of the log that `before` does not follow, each after what it follows.
  private let line: [ObjectID]
  private let members: Set<ObjectID>
  private var problems: [Diagnostic] = []
  /// What is wrong at a path, and whether a statement stood there before.
  private var damaged: [String: (what: Diagnostic, heldGood: Bool)] = [:]
  private var lost: (first: Diagnostic, others: Int)?

  /// Looks at all of the log.
  init(_ repository: Repository) throws {
    self.repository = repository
    before = nil
    head = try repository.reference(Self.reference)
    point = Point(head: head)
    var found: (line: [ObjectID], tree: ObjectID?) = ([], nil)
    do throws(GitError) {
      if let head { found = (try Self.line(to: head, in: repository), try repository.commit(head).tree) }
    } catch {
      problems = [Self.fault("the log of approvals cannot be read up to \(head?.description ?? ""): \(error.message)")]
    }
    (line, tree) = found
    members = Set(line)
  }

  /// Goes on from where an earlier walk ended.
  /// - Returns: nil where the log does not follow from there, or records were held against none: then all of it has to be
  ///   looked at.
  init?(_ repository: Repository, after known: Point) throws {
    self.repository = repository
    before = known.head
    head = try repository.reference(Self.reference)
    point = known
    point.head = head
    guard let head else {
      guard before == nil else { return nil }
      (line, tree, members) = ([], nil, [])
      return
    }
    guard before != nil || known.firstRecord == nil else { return nil }
    if let before {
      guard try repository.isAncestor(before, of: head),
        let new = try repository.commits(from: before, to: head, limit: .max)
      else { return nil }
      line = try Self.line(to: head, among: Set(new), in: repository)
    } else {
      line = try Self.line(to: head, in: repository)
    }
    tree = try repository.commit(head).tree
    members = Set(line)
  }

  /// Everything that `head` follows, whichever parent leads there: a merge can make a commit leave the line of first parents,
  /// and not what was said in it.
  private static func line(
    to head: ObjectID, among some: Set<ObjectID>? = nil, in repository: Repository
  ) throws(GitError) -> [ObjectID] {
    var (line, begun): ([ObjectID], Set<ObjectID>) = ([], [])
    var stack: [(commit: ObjectID, isDone: Bool)] = [(head, false)]
    while let (commit, isDone) = stack.popLast() {
      if isDone {
        line.append(commit)
      } else if some?.contains(commit) ?? true, begun.insert(commit).inserted {
        stack.append((commit, true))
        stack += try repository.commit(commit).parents.map { ($0, false) }
      }
    }
    return line
  }

  // MARK: Records

  /// Notes what a record says of the log.
  mutating func append(_ record: RecordText) {
    let text = record.text
    if let named = text["approvals_log"]?.string { check(log: named, record.sequence) }
    var said = text["approvals"]?.array ?? []
    for entry in (text["accepted"]?.array ?? []) + (text["let_through"]?.array ?? []) {
      said += entry["approvals"]?.array ?? []
    }
    for one in said {
      guard let statement = SignedStatement(json: one.value) else { continue }
      check(statement, record.sequence)
    }
  }

  private mutating func check(log named: String, _ record: Int64) {
    note(record)
    guard tree != nil else { return }
    if !follows(named) {
      lose(
        "record \(record) was made when the log of approvals was at \(named), and its head here, "
          + "\(head?.description ?? ""), does not follow that commit: it was rewritten or rolled back")
    }
  }

  private mutating func check(_ statement: SignedStatement, _ record: Int64) {
    note(record)
    guard let tree else { return }
    let path = ApprovalLog.path(of: statement.id)
    if (try? repository.entry(at: path, inTree: tree)) == nil {
      let person = (try? statement.statement().person) ?? "somebody"
      lose(
        "record \(record) holds what \(person) said, and the log of approvals, at \(head?.description ?? ""), does not: "
          + "\(path) is not in it")
    }
  }

  private mutating func note(_ record: Int64) { if point.firstRecord == nil { point.firstRecord = record } }

  private mutating func lose(_ message: String) {
    if lost == nil {
      lost = (Self.fault(message, hint: Self.fetchHint), 0)
    } else {
      lost?.others += 1
    }
  }

  /// Whether the log here holds a commit.
  func follows(_ commit: String) -> Bool {
    guard let head, let commit = ObjectID(commit) else { return false }
    if commit == head || commit == before || members.contains(commit) { return true }
    return repository.contains(commit) && (try? repository.isAncestor(commit, of: head)) == true
  }

  // MARK: The log

  /// Looks at what was appended, and adds what is wrong to a report.
  mutating func finish(_ report: inout VerificationReport) throws {
    for commit in line {
      do throws(GitError) { try take(commit) } catch {
        problems.append(Self.fault("commit \(commit) of the log of approvals cannot be read: \(error.message)"))
      }
    }
    problems += damaged.sorted { $0.key < $1.key }.map(\.value.what)
    if problems.count > Self.problemLimit {
      let others = problems.count - Self.problemLimit
      problems.removeLast(others)
      problems.append(Self.fault("\(others) more faults of the log of approvals"))
    }
    if let lost {
      var problem = lost.first
      if lost.others > 0 { problem.message += "; \(lost.others) more records or statements show the same" }
      problems.append(problem)
    }
    if head == nil, let record = point.firstRecord { noteMissing(record, &report) }
    report.problems += problems
    report.uncounted = point.uncounted.map {
      Diagnostic("approvals.unreadable", $0, severity: .warning, hint: Self.unreadableHint)
    }
  }

  private static let unreadableHint =
    "it is ignored; everything else in the log counts; another version of purser may have written it"

  /// Changes of one commit that are looked at; `purser approve` adds one file.
  private static let changeLimit = 1000
  /// Faults that are named one by one.
  private static let problemLimit = 20

  /// A plain clone with a work tree has no log, and need not; where people push to, it is gone.
  private func noteMissing(_ record: Int64, _ report: inout VerificationReport) {
    let missing =
      "there is no log of approvals (\(Self.reference)) here, but records from \(record) on contain statements from it"
    if repository.configuration("remote.origin.url") != nil, repository.configuration("core.bare") != "true" {
      report.unseen.append("\(missing): a clone fetches it with '\(Self.fetch)'")
      return
    }
    report.problems.append(
      Self.fault(missing, hint: "it was removed: restore it from a clone that has it: \(Self.fetch)"))
  }

  private mutating func take(_ id: ObjectID) throws(GitError) {
    let commit = try repository.commit(id)
    func changes(since parent: ObjectID?) throws(GitError) -> [PathChange] {
      let old = try parent.map { (parent) throws(GitError) in try repository.commit(parent).tree }
      return try repository.changes(from: old, to: commit.tree, limit: Self.changeLimit)
    }
    for change in try changes(since: commit.parents.first) { take(change, of: id) }
    // What a merge leaves aside of another parent is taken out as well.
    for parent in commit.parents.dropFirst() {
      for change in try changes(since: parent) where change.old != nil { take(change, of: id) }
    }
  }

  private mutating func take(_ change: PathChange, of commit: ObjectID) {
    let path = change.path
    let heldGood = damaged[path]?.heldGood ?? (change.old != nil)
    func damage(_ message: String) {
      let hint =
        "it is ignored, and the earlier statement there still counts; a commit that restores the file, or removes"
        + " what never was a statement, repairs the log"
      damaged[path] = (
        Self.fault("commit \(commit) of the log of approvals, \(path): \(message)", hint: hint), heldGood
      )
    }
    guard let file = change.new else {
      if heldGood { damage("the statement there was removed") } else { damaged[path] = nil }
      return
    }
    switch found(file, at: path) {
    case .whole: damaged[path] = nil
    case .unreadable(let message):
      damaged[path] = nil
      point.uncounted.append("commit \(commit.short) of the log of approvals, \(path): \(message)")
    case .damaged(let message): damage(message)
    }
  }

  private enum Found {
    case whole
    /// No version of Purser writes such a file.
    case damaged(String)
    /// Another version may have written it.
    case unreadable(String)
  }

  private func found(_ file: TreeEntry, at path: String) -> Found {
    guard file.mode == .file else { return .damaged(StatementProblem.noFile.message) }
    let content: [UInt8]
    do throws(GitError) {
      let size = try repository.size(of: file.id)
      guard size <= SignedStatement.sizeLimit else { return .damaged(StatementProblem.tooLong(size).message) }
      content = try repository.blob(file.id)
    } catch {
      return .damaged("it cannot be read: \(error.message)")
    }
    let id = SHA256Digest(of: content)
    do throws(StatementProblem) {
      let statement = try SignedStatement(logged: content)
      guard path == ApprovalLog.path(of: id) else { return .damaged(StatementProblem.otherPath(id).message) }
      guard statement.signer() != nil else { return .damaged("its signature is invalid") }
      _ = try statement.statement()
      return .whole
    } catch {
      guard path == ApprovalLog.path(of: id), SignedStatement.isSealed(content) else { return .damaged(error.message) }
      return .unreadable(error.message)
    }
  }

  static func fault(_ message: String, hint: String = fetchHint) -> Diagnostic {
    Diagnostic("audit.approvals", message, hint: hint)
  }

  static let fetch = "git fetch origin \(reference):\(reference)"
  private static let fetchHint =
    "if this clone is only behind, '\(fetch)' updates it; if git refuses that or nothing changes, the log was"
    + " altered: compare it with other clones and with the store (--store)"
}

extension ApprovalChain.Point {
  var json: JSONValue {
    [
      "head": JSONValue(head?.description), "record": JSONValue(firstRecord),
      "uncounted": .array(uncounted.map { .string($0) }),
    ]
  }

  init?(json: JSONValue) {
    guard let texts = json["uncounted"]?.array, let head = json["head"], let record = json["record"] else { return nil }
    uncounted = texts.compactMap(\.string)
    self.head = head.string.flatMap { ObjectID($0) }
    firstRecord = record.integer
    guard uncounted.count == texts.count, (self.head == nil) == (head == .null),
      (firstRecord == nil) == (record == .null)
    else { return nil }
  }
}
