internal import Clibgit2
internal import Glibc

/// Follows the entries of a folder, one by one, and tells what git itself would never write: two of one name, none or one
/// that is a path, another order, or another mode. Such a folder means one thing to whoever looks a name up and another to whoever reads it
/// through, so nothing may rest on it.
struct FolderShape {
  private var previous: OpaquePointer?
  /// The files before that a folder of the same name could still follow: `a`, `a.b` and then the folder `a` are in order.
  private var files: [UnsafePointer<CChar>] = []
  /// The bytes of the folder as git would write it.
  private(set) var size = 0

  /// What is wrong with the next entry, in words; nil where it is as git writes it. The tree stays open meanwhile.
  mutating func problem(of entry: OpaquePointer?) -> String? {
    guard let entry, let name = git_tree_entry_name(entry) else { return "an entry without a name" }
    let mode = git_tree_entry_filemode_raw(entry).rawValue
    // The mode in octal digits, a blank, the name, a zero and the id.
    size += String(mode, radix: 8).utf8.count + 1 + strlen(name) + 1 + 20
    guard strlen(name) > 0, strchr(name, 0x2F) == nil else { return "the name '\(String(cString: name))'" }
    guard Self.modes.contains(mode) else { return "'\(String(cString: name))' with the mode \(String(mode, radix: 8))" }
    while let file = files.last, strncmp(file, name, strlen(file)) != 0 { files.removeLast() }
    if let previous {
      // Two files of one name stand beside each other, a file and a folder need not.
      if strcmp(git_tree_entry_name(previous), name) == 0 || files.contains(where: { strcmp($0, name) == 0 }) {
        return "'\(String(cString: name))' twice"
      }
      guard git_tree_entry_cmp(previous, entry) < 0 else { return "'\(String(cString: name))' in the wrong order" }
    }
    previous = entry
    if mode != GIT_FILEMODE_TREE.rawValue { files.append(name) }
    return nil
  }

  private static let modes = Set(
    [GIT_FILEMODE_BLOB, GIT_FILEMODE_BLOB_EXECUTABLE, GIT_FILEMODE_LINK, GIT_FILEMODE_COMMIT, GIT_FILEMODE_TREE].map(
      \.rawValue))
}

extension Repository {
  /// Looks at one folder, not at those in it.
  ///
  /// - Parameter path: where it stands, for the message; empty for the top.
  /// - Throws: `.malformed` where git would not have written it.
  public func checkShape(ofTree id: ObjectID, at path: String = "") throws(GitError) {
    try withTree(id) { (tree) throws(GitError) in try checkShape(tree, at: path) }
  }

  func checkShape(_ tree: OpaquePointer?, at path: String) throws(GitError) {
    func malformed(_ problem: String) -> GitError {
      GitError(
        kind: .malformed,
        message:
          "\(path.isEmpty ? "the top folder" : "the folder '\(path)'") contains \(problem), which git never writes")
    }
    var shape = FolderShape()
    for index in 0..<git_tree_entrycount(tree) {
      if let problem = shape.problem(of: git_tree_entry_byindex(tree, index)) { throw malformed(problem) }
    }
    // What is read does not tell a mode that is written with zeros before it, nor what stands behind the last entry.
    let size = try git_tree_id(tree).map { (id) throws(GitError) in try self.size(of: ObjectID(id.pointee)) }
    if let size, size != shape.size { throw malformed("\(size) bytes where it needs \(shape.size)") }
  }
}

/// What a body finds; nil where it meets a tree that git would not write (`GitError.Kind.malformed`).
public func ifWellFormed<Value>(_ body: () throws(GitError) -> Value) throws(GitError) -> Value? {
  do throws(GitError) {
    return try body()
  } catch {
    guard error.kind == .malformed else { throw error }
    return nil
  }
}
