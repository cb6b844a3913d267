internal import Clibgit2

extension Repository {
  /// What stands directly in a folder, in git's order.
  public func entries(ofTree id: ObjectID) throws(GitError) -> [TreeEntry] {
    try withTree(id) { (tree) throws(GitError) in
      var result: [TreeEntry] = []
      result.reserveCapacity(git_tree_entrycount(tree))
      for index in 0..<git_tree_entrycount(tree) { result.append(try TreeEntry(git_tree_entry_byindex(tree, index))) }
      return result
    }
  }

  /// What stands directly in a folder and has a name that a file can have, whatever else is wrong with it.
  public func readableEntries(ofTree id: ObjectID) throws(GitError) -> [TreeEntry] {
    try withTree(id) { tree in
      (0..<git_tree_entrycount(tree)).compactMap { try? TreeEntry(git_tree_entry_byindex(tree, $0)) }
    }
  }

  /// The entry at `path` (`state/channels`) below a tree; nil if there is none.
  public func entry(at path: String, inTree root: ObjectID) throws(GitError) -> TreeEntry? {
    var entry = TreeEntry(name: "", id: root, mode: .tree)
    for name in path.split(separator: "/") {
      guard entry.mode == .tree else { return nil }
      let next = try withTree(entry.id) { (tree) throws(GitError) -> TreeEntry? in
        guard let found = git_tree_entry_byname(tree, String(name).gitPath) else { return nil }
        return try TreeEntry(found)
      }
      guard let next else { return nil }
      entry = next
    }
    return entry
  }

  /// Writes the tree that is `base` with the files at the given paths put in or, for nil, taken out. A folder that has
  /// become empty goes too, as git has no empty folders.
  public func writeTree(base: ObjectID?, files: [String: ObjectID?]) throws(GitError) -> ObjectID {
    try buildTree(base: base) { (builder) throws(GitError) in
      var below: [String: [String: ObjectID?]] = [:]
      for (path, id) in files {
        let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
        if parts.count == 2 {
          below[parts[0], default: [:]].updateValue(id, forKey: parts[1])
        } else if let id {
          try insert(TreeEntry(name: path, id: id, mode: .file), builder)
        } else if git_treebuilder_get(builder, path.gitPath) != nil {
          try check(git_treebuilder_remove(builder, path.gitPath), "cannot take out '\(path)'")
        }
      }
      for (folder, files) in below {
        let oldEntry = try git_treebuilder_get(builder, folder.gitPath).map { (entry) throws(GitError) in
          try TreeEntry(entry)
        }
        let oldTree = oldEntry?.mode == .tree ? oldEntry?.id : nil
        // Taking out what is not there must not turn a file of the folder's name into a folder.
        if oldTree == nil, files.values.allSatisfy({ $0 == nil }) { continue }
        let tree = try writeTree(base: oldTree, files: files)
        if tree != Self.emptyTree {
          try insert(TreeEntry(name: folder, id: tree, mode: .tree), builder)
        } else if oldEntry != nil {
          try check(git_treebuilder_remove(builder, folder.gitPath), "cannot take out '\(folder)'")
        }
      }
    }
  }

  /// Writes a tree of exactly these entries, in any order, synced to disk.
  public func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    try buildTree(base: nil) { (builder) throws(GitError) in
      for entry in entries { try insert(entry, builder) }
    }
  }

  private static let emptyTree = ObjectID("4b825dc642cb6eb9a060e54bf8d69288fbee4904")

  private func buildTree(base: ObjectID?, _ fill: (OpaquePointer?) throws(GitError) -> Void) throws(GitError)
    -> ObjectID
  {
    var builder: OpaquePointer?
    if let base {
      try withTree(base) { (tree) throws(GitError) in
        try check(git_treebuilder_new(&builder, handle, tree), "cannot write a folder")
      }
    } else {
      try check(git_treebuilder_new(&builder, handle, nil), "cannot write a folder")
    }
    defer { git_treebuilder_free(builder) }
    try fill(builder)
    var oid = git_oid()
    try check(git_treebuilder_write(&oid, builder), "cannot write a folder")
    return ObjectID(oid)
  }

  private func insert(_ entry: TreeEntry, _ builder: OpaquePointer?) throws(GitError) {
    var oid = entry.id.oid
    try check(
      git_treebuilder_insert(nil, builder, entry.name.gitPath, &oid, entry.mode.raw), "cannot write '\(entry.name)'")
  }

  func withTree<Result>(_ id: ObjectID, _ body: (OpaquePointer?) throws(GitError) -> Result) throws(GitError) -> Result
  {
    var oid = id.oid
    var tree: OpaquePointer?
    try checkRead(git_tree_lookup(&tree, handle, &oid), of: "tree", id)
    defer { git_tree_free(tree) }
    return try body(tree)
  }
}
