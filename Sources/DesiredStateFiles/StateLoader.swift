public import DesiredState
public import Diagnostics
public import Git

/// A desired state as it was read, with everything that is wrong with it. It may be used only without errors.
public struct LoadedState: Sendable {
  public var state: DesiredState
  public var diagnostics: [Diagnostic]

  public var isUsable: Bool { !diagnostics.hasErrors }

  /// Puts decoded files together and checks what holds between them.
  public init(files: [DecodedFile], problems: [Diagnostic] = []) {
    state = DesiredState(files.flatMap(\.resources))
    diagnostics = problems + files.flatMap(\.diagnostics)
    // After an error inside a file its resources are missing, and reports of missing references would only mislead.
    if !diagnostics.hasErrors { diagnostics += state.validate() }
    diagnostics = diagnostics.inReadingOrder()
  }
}

/// Loads desired states from commits. Files are remembered by object id, so that a commit that touches one file reads
/// one file.
public final class StateLoader {
  /// The largest file that is read, in bytes.
  public static let fileLimit = 64 << 20

  private let repository: Repository
  private var decoded: [String: (id: ObjectID, file: DecodedFile)] = [:]

  public init(repository: Repository) { self.repository = repository }

  /// Loads what stands under `state/` in a commit.
  public func load(_ commit: ObjectID) throws(GitError) -> LoadedState {
    let root = try repository.commit(commit).tree
    guard let folder = try repository.entry(at: "state", inTree: root), folder.mode == .tree else {
      return LoadedState(files: [], problems: [Self.noStateFolder])
    }
    var problems: [Diagnostic] = []
    var current: [String: (id: ObjectID, file: DecodedFile)] = [:]
    for change in try repository.files(inTree: folder.id) {
      guard let entry = change.new else { continue }
      let path = "state/" + change.path
      if let problem = Self.problem(path: path, mode: entry.mode) {
        problems.append(problem)
      } else if Self.isYAML(path) {
        if let known = decoded[path], known.id == entry.id {
          current[path] = known
        } else if try repository.size(of: entry.id) > Self.fileLimit {
          problems.append(Self.tooLarge(path))
        } else {
          let file = SourceFile(path: path, bytes: try repository.blob(entry.id))
          current[path] = (entry.id, DecodedFile(decoding: file))
        }
      }
    }
    decoded = current
    let files = current.keys.sorted().compactMap { current[$0]?.file }
    return LoadedState(files: files, problems: problems)
  }

  static let noStateFolder = Diagnostic(
    "state.empty", "there is no folder 'state'",
    hint: "name the folder of an operations repository, the one that holds state/")

  static func isYAML(_ path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") }

  static func tooLarge(_ path: String) -> Diagnostic {
    Diagnostic(
      "yaml.too_large", "the file is larger than \(fileLimit >> 20) MB", at: SourceLocation(file: path),
      hint: "split it into several files")
  }

  /// Anything but an ordinary file could point outside the repository or run.
  static func problem(path: String, mode: TreeEntry.Mode) -> Diagnostic? {
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
        hint: "only ordinary files may stand under state/ (git mode 100644)")
    }
  }
}
