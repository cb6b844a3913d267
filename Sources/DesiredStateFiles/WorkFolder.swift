public import Diagnostics
import FoundationEssentials
import Git

/// An operations repository as it lies on disk: what an editor, a hook or `purser validate` looks at.
public struct WorkFolder {
  public let path: String
  private let pathLimit: Int

  public init(path: String, pathLimit: Int = StateLoader.pathLimit) {
    self.path = path
    self.pathLimit = pathLimit
  }

  /// Loads what stands under `state/`, whether committed or not.
  public func load() -> LoadedState {
    var isFolder = false
    let state = path + "/state"
    guard FileManager.default.fileExists(atPath: state, isDirectory: &isFolder), isFolder else {
      return LoadedState(files: [], problems: [StateLoader.noStateFolder(state)])
    }
    var files: [DecodedFile] = []
    var problems: [Diagnostic] = []
    var names = PathNames()
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: state))?.sorted() ?? []
    guard paths.count <= pathLimit else {
      let message = "more than \(pathLimit) files and folders"
      return LoadedState(files: [], problems: [StateLoader.tooManyFiles(message)])
    }
    var total = 0
    for path in paths {
      names.insert("state/" + path)
      read("state/" + path, &total, &files, &problems)
      guard total <= StateLoader.totalLimit else { return LoadedState(files: [], problems: [StateLoader.tooMuch]) }
    }
    problems += names.collisions()
    return LoadedState(files: files, problems: problems)
  }

  private func read(
    _ name: String, _ total: inout Int, _ files: inout [DecodedFile], _ problems: inout [Diagnostic]
  ) {
    let full = path + "/" + name
    let attributes = try? FileManager.default.attributesOfItem(atPath: full)
    let type = attributes?[.type] as? FileAttributeType
    if type == .typeDirectory { return }
    let permissions = Self.integer(attributes?[.posixPermissions])
    let mode: TreeEntry.Mode =
      type == .typeSymbolicLink
      ? .symlink : type != .typeRegular ? .other(0) : permissions & 0o100 != 0 ? .executable : .file
    if let problem = StateLoader.problem(path: name, mode: mode) {
      problems.append(problem)
    } else if StateLoader.isYAML(name) {
      let size = Self.integer(attributes?[.size])
      guard size <= StateLoader.fileLimit else { return problems.append(StateLoader.tooLarge(name)) }
      total += size
      guard total <= StateLoader.totalLimit else { return }
      guard let content = FileManager.default.contents(atPath: full) else {
        return problems.append(
          Diagnostic("state.unreadable", "'\(name)' cannot be read", at: SourceLocation(file: name)))
      }
      files.append(DecodedFile(decoding: SourceFile(path: name, bytes: [UInt8](content))))
    }
  }

  /// FoundationEssentials gives a file's numbers as unsigned integers, but as bridged objects in a process that has
  /// also loaded Foundation. What is neither counts as the largest number, so that the file is refused.
  private static func integer(_ value: Any?) -> Int {
    if let value = value as? Int { return value }
    return (value as? any BinaryInteger).map { Int(clamping: $0) } ?? .max
  }

  /// The text of one line of a file, for an error's excerpt; nil if it cannot be read.
  public func line(at location: SourceLocation) -> String? {
    let full = path + "/" + location.file
    let attributes = try? FileManager.default.attributesOfItem(atPath: full)
    // A link may lead anywhere, and a file that was refused for its size is not read for its excerpt either.
    guard attributes?[.type] as? FileAttributeType == .typeRegular,
      Self.integer(attributes?[.size]) <= StateLoader.fileLimit,
      let content = FileManager.default.contents(atPath: full)
    else { return nil }
    return StateLoader.line(location.line, of: [UInt8](content))
  }
}
