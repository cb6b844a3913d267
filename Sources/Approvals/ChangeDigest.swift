public import Digest
import Operations

/// A file that a change adds, alters or removes, by the git objects that hold it.
public struct FileChange: Hashable, Sendable {
  public var path: String
  /// What was there, nil for nothing: the object's id, with its mode before it where it is no ordinary file, so that a
  /// change of the mode counts (`100755 3f…`).
  public var old: String?
  public var new: String?

  public init(path: String, old: String?, new: String?) {
    self.path = path
    self.old = old
    self.new = new
  }
}

extension SHA256Digest {
  /// What a change is known by, wherever it is merged: SHA-256 of the canonical JSON of its files, `[[path, old, new], …]`
  /// in byte order.
  ///
  /// It stays the same when commits are squashed or rebased and when the base moves elsewhere, and no other change of the
  /// same files has it.
  public init(ofChange files: [FileChange]) {
    let rows = files.map { file -> JSONValue in
      [.string(file.path), JSONValue(file.old), JSONValue(file.new)]
    }
    // A file that becomes a folder is two changes, and of some paths both sides may differ: whole rows are compared.
    let sorted = rows.map(\.canonical).sorted { $0.isBytewiseLess(than: $1) }
    self.init(of: "[" + sorted.joined(separator: ",") + "]")
  }
}
