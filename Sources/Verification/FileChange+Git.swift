public import Approvals
public import Git

extension FileChange {
  /// The files that differ between two trees, in the byte order of their paths.
  public static func list(
    from old: ObjectID?, to new: ObjectID?, in repository: Repository
  ) throws(GitError) -> [FileChange] {
    try repository.changes(from: old, to: new).map(FileChange.init)
  }

  init(_ change: PathChange) {
    self.init(path: change.path, old: change.old.map(Self.text), new: change.new.map(Self.text))
  }

  private static func text(_ entry: TreeEntry) -> String {
    switch entry.mode {
    case .file: entry.id.description
    case .executable: "100755 \(entry.id)"
    case .symlink: "120000 \(entry.id)"
    case .submodule: "160000 \(entry.id)"
    case .tree: "040000 \(entry.id)"
    case .other(let mode): "\(String(mode, radix: 8)) \(entry.id)"
    }
  }
}
