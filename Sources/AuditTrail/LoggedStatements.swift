public import Approvals
public import Diagnostics
public import Digest
import Git
import Operations

/// What stands in the log of approvals, by the change that each statement speaks of.
public struct LoggedStatements: Sendable {
  /// The commit up to which the log was read; nil when there is none.
  public internal(set) var head: String?
  /// What stands in the log and is no statement, and what was done to the log that nobody may do. None of it counts.
  public internal(set) var problems: [Diagnostic]
  private var byChange: [SHA256Digest: [SignedStatement]] = [:]
  private var ids: Set<SHA256Digest> = []

  public init() { self.init(head: nil, problems: []) }

  init(head: String?, problems: [Diagnostic]) {
    self.head = head
    self.problems = problems
  }

  /// What was said about a change, in the order in which it was appended; signatures are not checked yet.
  public subscript(change: SHA256Digest) -> [SignedStatement] { byChange[change] ?? [] }

  /// Every statement, in the byte order of the changes.
  public var all: [SignedStatement] {
    byChange.sorted { $0.key.description.isBytewiseLess(than: $1.key.description) }.flatMap(\.value)
  }

  public var count: Int { ids.count }

  public func contains(_ statement: SignedStatement) -> Bool { ids.contains(statement.id) }

  mutating func insert(_ statement: SignedStatement) {
    guard ids.insert(statement.id).inserted else { return }
    byChange[statement.change, default: []].append(statement)
  }

  /// Whoever pushes nonsense must not fill the memory with complaints about it.
  static let problemLimit = 1000

  mutating func note(_ problem: Diagnostic) {
    if problems.count < Self.problemLimit {
      problems.append(problem)
    } else if problems.count == Self.problemLimit {
      problems.append(.more)
    }
  }

  /// Takes what others hold that lets nothing through: rejections, and approvals taken back.
  mutating func insertObjections(of others: LoggedStatements) {
    for statement in others.all {
      guard let kind = (try? statement.statement())?.kind, kind == .reject || kind == .revoke else { continue }
      insert(statement)
    }
  }

  /// Takes what a commit added, and says what else it did. A file that takes the place of another is a statement all the
  /// same: as each stands under its digest, the other was none.
  mutating func take(_ changes: [PathChange], of commit: ObjectID, in repository: Repository) throws(GitError) {
    for change in changes {
      let problem = try change.new.map { (file) throws(GitError) in try take(file, at: change.path, in: repository) }
      if change.new != nil, problem ?? nil == nil { continue }
      if change.old != nil {
        note(.entry(commit, change.path, "it alters or removes what was appended before"))
      } else if let problem = problem ?? nil {
        note(.unreadable(commit, change.path, problem.message))
      }
    }
  }

  /// Takes every statement below a tree, however its folders are written; whatever else stands there is passed over.
  mutating func takeAll(inTree root: ObjectID, in repository: Repository) throws(GitError) {
    func folders(_ tree: ObjectID) -> [TreeEntry] {
      ((try? repository.readableEntries(ofTree: tree)) ?? []).filter { $0.mode == .tree }
    }
    for statements in folders(root) where statements.name == "statements" {
      for folder in folders(statements.id) {
        for file in (try? repository.readableEntries(ofTree: folder.id)) ?? [] {
          _ = try take(file, at: "statements/\(folder.name)/\(file.name)", in: repository)
        }
      }
    }
  }

  /// Takes one file. One whose statement another version may read is kept, and named all the same.
  /// - Returns: why it cannot count.
  private mutating func take(
    _ file: TreeEntry, at path: String, in repository: Repository
  ) throws(GitError) -> StatementProblem? {
    guard file.mode == .file else { return .noFile }
    let size = try repository.size(of: file.id)
    guard size <= SignedStatement.sizeLimit else { return .tooLong(size) }
    let content = try repository.blob(file.id)
    do throws(StatementProblem) {
      let statement = try SignedStatement(logged: content)
      guard path == ApprovalLog.path(of: statement.id) else { return .otherPath(statement.id) }
      insert(statement)
      _ = try statement.statement()
      return nil
    } catch {
      return error
    }
  }
}

extension Diagnostic {
  static func entry(_ commit: ObjectID, _ path: String?, _ message: String) -> Diagnostic {
    Diagnostic(
      "approvals.bad_entry",
      "commit \(commit.short) of the log of approvals\(path.map { ", \($0)" } ?? ""): \(message)", severity: .warning,
      hint: "it is ignored; check who pushed it")
  }

  static func unreadable(_ commit: ObjectID, _ path: String, _ message: String) -> Diagnostic {
    Diagnostic(
      "approvals.unreadable",
      "commit \(commit.short) of the log of approvals, \(path): not a valid statement: \(message)",
      severity: .warning,
      hint:
        "it is ignored; everything else in the log counts; its author can repeat it with 'purser approve', 'reject' or"
        + " 'revoke' of this version")
  }

  static func rewritten(from last: ObjectID, to head: ObjectID?) -> Diagnostic {
    Diagnostic(
      "approvals.rewritten",
      head.map {
        "the log of approvals was rewritten: \($0.short) does not follow \(last.short), which was seen before"
      }
        ?? "the log of approvals is gone; it was at \(last.short)",
      hint:
        "what was seen before still counts; of what is new, only rejections and revocations do; find out who did it, and"
        + " restore the log: git update-ref refs/purser/approvals \(last)")
  }

  static let more = Diagnostic(
    "approvals.bad_entry", "the log of approvals has more invalid entries than are listed here", severity: .warning,
    hint: "check who pushes to it: git log refs/purser/approvals")

  static func noLog(_ problem: String) -> Diagnostic {
    Diagnostic(
      "approvals.rewritten", problem,
      hint: "no statement counts until it is restored: look up where it was in another clone, and move it there with"
        + " git update-ref refs/purser/approvals COMMIT")
  }

  static func lost(_ last: String) -> Diagnostic {
    Diagnostic(
      "approvals.lost", "the log of approvals was at \(last), a commit that the repository no longer has",
      hint: "no approval counts until a clone that has the commit pushes it back to refs/purser/approvals")
  }
}
