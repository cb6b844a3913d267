public import Diagnostics
public import Git

/// An operations repository as it would be committed: what a `pre-commit` hook looks at. Files are read from the object
/// database by the ids in the index, so that what lies in the work tree beside them does not matter.
public struct StagedFolder {
  private let repository: Repository
  private let zones: ZoneDatabase
  private let files: [StagedFile]

  /// - Parameter index: the index file; nil for the repository's own.
  public init(repository: Repository, index: String? = nil, zones: ZoneDatabase = .system) throws(GitError) {
    self.repository = repository
    self.zones = zones
    files = try repository.stagedFiles(index: index)
  }

  /// Loads what is staged under `state/`.
  public func load() throws(GitError) -> LoadedState {
    let staged = files.filter { $0.path.hasPrefix("state/") }
    guard !staged.isEmpty else { return LoadedState(files: [], problems: [StateLoader.noStateFolder("state")]) }
    guard staged.count <= StateLoader.pathLimit else {
      let message = "more than \(StateLoader.pathLimit) files"
      return LoadedState(files: [], problems: [StateLoader.tooManyFiles(message)])
    }
    var decoded: [DecodedFile] = []
    decoded.reserveCapacity(staged.count)
    var problems: [Diagnostic] = []
    var names = PathNames()
    var total = 0
    for file in staged {
      names.insert(file.path)
      if let problem = Self.problem(file) {
        problems.append(problem)
      } else if StateLoader.isYAML(file.path) {
        let size = try repository.size(of: file.id)
        guard size <= StateLoader.fileLimit else {
          problems.append(StateLoader.tooLarge(file.path))
          continue
        }
        total += size
        guard total <= StateLoader.totalLimit else { return LoadedState(files: [], problems: [StateLoader.tooMuch]) }
        let source = SourceFile(path: file.path, bytes: try repository.blob(file.id))
        decoded.append(DecodedFile(decoding: source, zones: zones))
      }
    }
    return LoadedState(files: decoded, problems: problems + names.collisions())
  }

  /// What the policy branch does not accept, in and outside of `state/`, of what is not yet in the commit that the index
  /// follows: what looks like a key or a token in a file or its name, and submodules.
  /// - Parameter parent: nil before the first commit.
  public func problems(notIn parent: ObjectID?) throws(GitError) -> [Diagnostic] {
    var known = Set<ObjectID>()
    var names = Set<[UInt8]>()
    if let parent {
      let tree = try repository.commit(parent).tree
      for file in try repository.files(inTree: tree, limit: .max) {
        names.insert(Array(file.path.utf8))
        if let entry = file.new { known.insert(entry.id) }
      }
    }
    var found: [Diagnostic] = []
    for file in files where !file.isConflicted {
      let isNewName = names.insert(Array(file.path.utf8)).inserted
      if isNewName { found += SecretScan.problems(inName: file.path) }
      if isNewName, !file.path.hasPrefix("state/"), file.mode == .submodule || file.path.lowercased() == ".gitmodules" {
        found.append(StateLoader.submodule(file.path))
      }
      guard file.mode != .submodule, known.insert(file.id).inserted else { continue }
      found += try SecretScan.problems(in: file.id, at: file.path, of: repository)
    }
    return found
  }

  /// The text of one line of a staged file, for an error's excerpt; nil if it cannot be read.
  public func line(at location: SourceLocation) -> String? {
    guard let file = files.first(where: { $0.path.utf8.elementsEqual(location.file.utf8) }), file.mode == .file,
      let size = try? repository.size(of: file.id), size <= StateLoader.fileLimit,
      let content = try? repository.blob(file.id)
    else { return nil }
    return StateLoader.line(location.line, of: content)
  }

  private static func problem(_ file: StagedFile) -> Diagnostic? {
    guard file.isConflicted else { return StateLoader.problem(path: file.path, mode: file.mode) }
    return Diagnostic(
      "state.conflict", "'\(file.path)' is in conflict", at: SourceLocation(file: file.path),
      hint: "choose what it shall say and 'git add' it")
  }
}
