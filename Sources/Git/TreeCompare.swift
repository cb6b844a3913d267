internal import Clibgit2

/// One path that differs between two trees. A file that became a folder is two changes: the file went, and the files
/// in the folder came.
public struct PathChange: Hashable, Sendable {
  public var path: String
  public var old: TreeEntry?
  public var new: TreeEntry?
}

extension Repository {
  /// All files below a tree, by path.
  ///
  /// - Throws: `.malformed` for a folder that git would not write; `.limit` when there are more than `limit` files and
  ///   folders or folders nest deeper than 64.
  public func files(inTree root: ObjectID, under prefix: String = "", limit: Int = 400_000) throws(GitError)
    -> [PathChange]
  {
    var found = Found(limit: limit)
    try compare(nil, root, prefix: prefix, depth: 0, into: &found)
    return found.changes
  }

  /// The files that differ between two trees, in byte order of their paths. Equal subtrees are skipped by their id, so
  /// the cost grows with the change and not with the repository (libgit2's own diff reads every entry).
  ///
  /// Of two entries of one name the equal one would be skipped and only the other be seen here, where somebody who reads
  /// the folder through sees both: so every folder of the new tree that differs must be as git writes it.
  /// - Parameter prefix: where both trees stand; the paths begin with it.
  /// - Throws: as `files(inTree:)` does, about the new tree.
  public func changes(
    from old: ObjectID?, to new: ObjectID?, under prefix: String = "", limit: Int = 400_000
  ) throws(GitError) -> [PathChange] {
    var found = Found(limit: limit)
    try compare(old, new, prefix: prefix, depth: 0, into: &found)
    return found.changes
  }

  private func compare(
    _ old: ObjectID?, _ new: ObjectID?, prefix: String, depth: Int, into found: inout Found
  ) throws(GitError) {
    if old == new { return }
    try found.count()
    guard depth <= 64 else { throw GitError(kind: .limit, message: "folders are nested deeper than 64 levels") }
    for (one, other) in try differences(old, new, at: prefix) {
      let name = one?.name ?? other?.name ?? ""
      let path = prefix.isEmpty ? name : prefix + "/" + name
      if one?.mode == .tree || other?.mode == .tree {
        try compare(one?.id, other?.id, prefix: path, depth: depth + 1, into: &found)
      } else {
        found.changes.append(PathChange(path: path, old: one, new: other))
        try found.count()
      }
    }
  }

  /// The entries of two folders that differ, paired where name and kind (folder or not) agree; in git's order, which
  /// is the byte order of the paths below. Only what differs is copied out of libgit2.
  private func differences(
    _ old: ObjectID?, _ new: ObjectID?, at path: String
  ) throws(GitError) -> [(TreeEntry?, TreeEntry?)] {
    try withOptionalTree(old) { (old) throws(GitError) in
      try withOptionalTree(new) { (new) throws(GitError) in
        if let new { try checkShape(new, at: path) }
        var result: [(TreeEntry?, TreeEntry?)] = []
        let (oldCount, newCount) = (old.map(git_tree_entrycount) ?? 0, new.map(git_tree_entrycount) ?? 0)
        var (i, j) = (0, 0)
        // Every entry of both sides is passed exactly once, so that even an old folder in a wrong order hides no change.
        while i < oldCount || j < newCount {
          let one = i < oldCount ? git_tree_entry_byindex(old, i) : nil
          let other = j < newCount ? git_tree_entry_byindex(new, j) : nil
          let order = one == nil ? 1 : other == nil ? -1 : git_tree_entry_cmp(one, other)
          if order <= 0 { i += 1 }
          if order >= 0 { j += 1 }
          if order == 0, git_oid_equal(git_tree_entry_id(one), git_tree_entry_id(other)) == 1,
            git_tree_entry_filemode(one) == git_tree_entry_filemode(other)
          {
            continue
          }
          result.append((order <= 0 ? try TreeEntry(one) : nil, order >= 0 ? try TreeEntry(other) : nil))
        }
        return result
      }
    }
  }

  private func withOptionalTree<Result>(_ id: ObjectID?, _ body: (OpaquePointer?) throws(GitError) -> Result)
    throws(GitError) -> Result
  {
    guard let id else { return try body(nil) }
    return try withTree(id, body)
  }
}

/// What a comparison found so far. Folders count too: a few small trees that hold each other many times over would
/// otherwise be walked for ever without a single file.
private struct Found {
  let limit: Int
  var changes: [PathChange] = []
  private var paths = 0

  init(limit: Int) { self.limit = limit }

  mutating func count() throws(GitError) {
    paths += 1
    guard paths <= limit else { throw GitError(kind: .limit, message: "more than \(limit) files and folders") }
  }
}
