internal import Clibgit2

/// One line of a folder: a name, what it is, and the object that holds it.
public struct TreeEntry: Hashable, Sendable {
  public enum Mode: Hashable, Sendable {
    case file
    case executable
    case symlink
    case submodule
    case tree
    case other(UInt32)

    init(_ mode: git_filemode_t) {
      self =
        switch mode {
        case GIT_FILEMODE_BLOB: .file
        case GIT_FILEMODE_BLOB_EXECUTABLE: .executable
        case GIT_FILEMODE_LINK: .symlink
        case GIT_FILEMODE_COMMIT: .submodule
        case GIT_FILEMODE_TREE: .tree
        default: .other(mode.rawValue)
        }
    }

    var raw: git_filemode_t {
      switch self {
      case .file: GIT_FILEMODE_BLOB
      case .executable: GIT_FILEMODE_BLOB_EXECUTABLE
      case .symlink: GIT_FILEMODE_LINK
      case .submodule: GIT_FILEMODE_COMMIT
      case .tree: GIT_FILEMODE_TREE
      case .other(let raw): git_filemode_t(rawValue: raw)
      }
    }
  }

  /// In a name that is not UTF-8 each byte above ASCII stands as a NUL and two hexadecimal digits.
  public var name: String
  public var id: ObjectID
  public var mode: Mode

  public init(name: String, id: ObjectID, mode: Mode) {
    self.name = name
    self.id = id
    self.mode = mode
  }

  /// Copies a libgit2 entry. A tree made by hand can hold names that no checkout could: `a/b` would pass for a file in
  /// the folder `a`. Others, such as `..`, do no harm here, where nothing is ever checked out; whoever reads files says what
  /// names they may have.
  init(_ entry: OpaquePointer?) throws(GitError) {
    guard let text = git_tree_entry_name(entry), let oid = git_tree_entry_id(entry) else {
      throw GitError(kind: .malformed, message: "a folder contains an entry without a name")
    }
    let name = String(gitPath: text)
    guard !name.utf8.contains(UInt8(ascii: "/")) else {
      throw GitError(kind: .malformed, message: "a folder contains the invalid name '\(name)'")
    }
    self.init(name: name, id: ObjectID(oid.pointee), mode: Mode(git_tree_entry_filemode(entry)))
  }

  /// Names are bytes: two that look the same (`é` as one scalar or as two) are two files.
  public static func == (one: TreeEntry, other: TreeEntry) -> Bool {
    one.id == other.id && one.mode == other.mode && one.name.utf8.elementsEqual(other.name.utf8)
  }
}
