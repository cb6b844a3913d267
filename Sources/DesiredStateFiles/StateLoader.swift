public import DesiredState
public import Diagnostics
public import Git
import Operations

/// A desired state as it was read, with everything that is wrong with it. It may be used only without errors.
public struct LoadedState: Sendable {
  public var state: DesiredState
  public var diagnostics: [Diagnostic]
  /// The files of which something was left out because of errors, with how many documents of which kinds; nil where that could
  /// be something which decides who may change what.
  public private(set) var leftOut: [String: [Kind: Int]]?

  public var isUsable: Bool { !diagnostics.hasErrors }

  /// Whether changes may be judged by it whatever else is wrong: all people, roles and rules are there and in order.
  public var canJudge: Bool {
    isUsable
      || leftOut != nil && faultsOfThisComputer.isEmpty
        && !state.validate().contains { $0.severity == .error && state.isOfGovernance($0.location) }
  }

  /// What is wrong with this computer and not with what people wrote: its time zones are missing or broken.
  public var faultsOfThisComputer: [Diagnostic] { diagnostics.filter { ZoneDatabase.faults.contains($0.id) } }

  /// Puts decoded files together and checks what holds between them.
  public init(files: [DecodedFile], problems: [Diagnostic] = []) {
    let all = problems + files.flatMap(\.diagnostics)
    self.init(CheckedState(files.flatMap(\.resources)), problems: all, leftOut: all.hasErrors ? nil : [:])
  }

  /// - Parameter problems: what is wrong with single files.
  init(_ checked: CheckedState, problems: [Diagnostic], leftOut: [String: [Kind: Int]]?) {
    state = checked.state
    self.leftOut = leftOut
    var all = problems
    // After an error inside a file its resources are missing, and reports of missing references would only mislead.
    if !all.hasErrors { all += (checked.isSound ? [] : state.validate()) + state.cautions() }
    diagnostics = all.inReadingOrder()
  }
}

/// Loads desired states from commits.
///
/// It remembers the last commit that it loaded and reads only the files that differ, so that a commit that touches one
/// file among ten thousand costs one file.
public final class StateLoader {
  /// The largest file that is read, in bytes.
  public static let fileLimit = 64 << 20
  /// The most that all files together may be, in bytes. What is read takes several times as much memory.
  public static let totalLimit = 256 << 20
  /// The most files and folders that may stand under `state/`.
  public static let pathLimit = 100_000

  private enum PathKind {}
  private typealias Path = Identifier<PathKind>

  private let repository: Repository
  private let zones: ZoneDatabase
  private var folder: ObjectID?
  // Paths compare byte by byte here, as in git; see `PathNames` for those that are equal in another way.
  private var files: [Path: DecodedFile] = [:]
  private var pathProblems: [Path: Diagnostic] = [:]
  /// The files that have something to report, so that the others need no look.
  private var remarkable: Set<Path> = []
  /// The files of which something was left out.
  private var partial: Set<Path> = []
  private var checked = CheckedState()
  private var names = PathNames()
  /// The bytes of each file that is read.
  private var sizes: [Path: Int] = [:]
  private var total = 0

  /// - Parameter zones: where the time zones that files name are looked up.
  public init(repository: Repository, zones: ZoneDatabase = .system) {
    self.repository = repository
    self.zones = zones
  }

  /// Loads what stands under `state/` in a commit.
  public func load(_ commit: ObjectID) throws(GitError) -> LoadedState {
    try load(tree: try repository.commit(commit).tree)
  }

  /// Loads what stands under `state/` in a tree, as a commit of it would bring it.
  public func load(tree root: ObjectID) throws(GitError) -> LoadedState {
    let changes: [PathChange]
    let new: ObjectID
    do throws(GitError) {
      try repository.checkShape(ofTree: root)
      guard let entry = try repository.entry(at: "state", inTree: root), entry.mode == .tree else {
        return LoadedState(files: [], problems: [Self.noStateFolder("state")])
      }
      new = entry.id
      changes = try repository.changes(from: folder, to: new, under: "state", limit: Self.pathLimit)
    } catch  where error.kind == .limit {
      return LoadedState(files: [], problems: [Self.tooManyFiles(error.message)])
    } catch  where error.kind == .malformed {
      return LoadedState(files: [], problems: [Self.malformed(error.message)])
    }
    // Nothing is read before it is known to be little enough.
    let lengths = try changes.map { (change) throws(GitError) in try size(change) }
    let sum = zip(changes, lengths).reduce(total) { $0 + $1.1 - (sizes[Path($1.0.path)] ?? 0) }
    guard sum <= Self.totalLimit else { return LoadedState(files: [], problems: [Self.tooMuch]) }
    // Read everything first: an unreadable object must not leave half of a change behind.
    let contents = try changes.map { (change) throws(GitError) in try read(change.new, at: change.path) }
    for (change, content) in zip(changes, contents) { apply(content, to: change.path) }
    for (change, size) in zip(changes, lengths) { sizes[Path(change.path)] = size == 0 ? nil : size }
    total = sum
    folder = new
    let unread = Array(pathProblems.values) + names.collisions()
    let loaded = LoadedState(
      checked, problems: unread + remarkable.flatMap { files[$0]?.diagnostics ?? [] },
      leftOut: unread.hasErrors ? nil : leftOut)
    // Once someone has mended the computer the same files must be read again.
    if !loaded.faultsOfThisComputer.isEmpty { forget() }
    return loaded
  }

  /// What was left out of the files, if none of it is governance.
  private var leftOut: [String: [Kind: Int]]? {
    var kinds: [String: [Kind: Int]] = [:]
    for path in partial {
      guard let missing = files[path]?.leftOut, !missing.keys.contains(where: \.isGovernance) else { return nil }
      kinds[path.rawValue] = missing
    }
    return kinds
  }

  private func forget() {
    folder = nil
    files = [:]
    pathProblems = [:]
    remarkable = []
    partial = []
    checked = CheckedState()
    names = PathNames()
    sizes = [:]
    total = 0
  }

  /// The text of one line of a file in a commit, for an error's excerpt; nil if it cannot be read.
  public func line(at location: SourceLocation, in commit: ObjectID) -> String? {
    guard let root = try? repository.commit(commit).tree,
      let entry = try? repository.entry(at: location.file, inTree: root), entry.mode == .file,
      let size = try? repository.size(of: entry.id), size <= Self.fileLimit,
      let content = try? repository.blob(entry.id)
    else { return nil }
    return Self.line(location.line, of: content)
  }

  /// What stands at a path in the new commit.
  private enum Content {
    case nothing
    case ignored
    case file(DecodedFile)
    case refused(Diagnostic)
  }

  /// The bytes of what is read of a change. A file that is too large by itself is not read.
  private func size(_ change: PathChange) throws(GitError) -> Int {
    guard let entry = change.new, entry.mode == .file, Self.isYAML(change.path) else { return 0 }
    let size = try repository.size(of: entry.id)
    return size <= Self.fileLimit ? size : 0
  }

  private func read(_ entry: TreeEntry?, at path: String) throws(GitError) -> Content {
    guard let entry else { return .nothing }
    if let problem = Self.problem(path: path, mode: entry.mode) { return .refused(problem) }
    guard Self.isYAML(path) else { return .ignored }
    guard try repository.size(of: entry.id) <= Self.fileLimit else { return .refused(Self.tooLarge(path)) }
    return .file(DecodedFile(decoding: SourceFile(path: path, bytes: try repository.blob(entry.id)), zones: zones))
  }

  /// What stands in one file by itself, as far as it can be read; nothing for what is no file of a desired state.
  public func resources(of entry: TreeEntry?, at path: String) throws(GitError) -> [Resource] {
    guard path.hasPrefix("state/"),
      case .file(let file) = try read(entry, at: path)
    else { return [] }
    return file.resources
  }

  private func apply(_ content: Content, to path: String) {
    let key = Path(path)
    for resource in files.removeValue(forKey: key)?.resources ?? [] { checked.remove(resource) }
    pathProblems[key] = nil
    remarkable.remove(key)
    partial.remove(key)
    names.remove(path)
    switch content {
    case .nothing: return
    case .ignored: break
    case .refused(let problem): pathProblems[key] = problem
    case .file(let file):
      for resource in file.resources { checked.insert(resource) }
      files[key] = file
      if !file.diagnostics.isEmpty { remarkable.insert(key) }
      if file.leftOut != [:] { partial.insert(key) }
    }
    names.insert(path)
  }

  static func noStateFolder(_ path: String) -> Diagnostic {
    Diagnostic(
      "state.empty", "there is no folder '\(path)'",
      hint: "give the folder of an operations repository, which contains state/")
  }

  static func isYAML(_ path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") }

  /// Another repository in a folder.
  public static func submodule(_ path: String) -> Diagnostic {
    Diagnostic(
      "tree.submodule", "'\(path)' is a submodule, whose files would not be judged",
      hint: "remove the submodule, and commit the files themselves")
  }

  static func tooLarge(_ path: String) -> Diagnostic {
    Diagnostic(
      "yaml.too_large", "the file is larger than \(fileLimit >> 20) MB", at: SourceLocation(file: path),
      hint: "split it into several files")
  }

  static let tooMuch = Diagnostic(
    "state.too_large", "the files are larger than \(totalLimit >> 20) MB together", at: SourceLocation(file: "state"),
    hint: "remove what is no longer needed, or split it into several repositories")

  static func malformed(_ message: String) -> Diagnostic {
    Diagnostic(
      "state.malformed", message, at: SourceLocation(file: "state"),
      hint: "git itself never creates such a folder: check who made the commit, and commit the files again with git")
  }

  static func tooManyFiles(_ message: String) -> Diagnostic {
    Diagnostic(
      "state.too_many_files", message, at: SourceLocation(file: "state"),
      hint: "put several resources into one file, separated by '---'")
  }

  /// The text of a line, by its number from 1, without its line break.
  static func line(_ number: Int, of content: [UInt8]) -> String? {
    guard number >= 1 else { return nil }
    var rest = content[...]
    for _ in 1..<number {
      guard let end = rest.firstIndex(of: 0x0A) else { return nil }
      rest = rest[(end + 1)...]
    }
    // Of a file that is one endless line only the beginning is looked at.
    var line = rest.prefix(8192).prefix { $0 != 0x0A }
    if line.last == 0x0D { line.removeLast() }
    // A byte order mark is no column.
    if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    return String(decoding: line.prefix(4096), as: UTF8.self)
  }

  /// Anything but an ordinary file could point outside the repository or run.
  static func problem(path: String, mode: TreeEntry.Mode) -> Diagnostic? {
    if let problem = PathNames.problem(path) { return problem }
    let what: String? =
      switch mode {
      case .file, .tree: nil
      case .symlink: "a symbolic link"
      case .submodule: "a submodule"
      case .executable: "marked as executable"
      case .other(let raw): "of an unknown type (\(String(raw, radix: 8)))"
      }
    return what.map {
      Diagnostic(
        "state.not_a_plain_file", "'\(path)' is \($0)", at: SourceLocation(file: path),
        hint: "only regular files (git mode 100644) are allowed under state/")
    }
  }
}
