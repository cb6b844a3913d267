/// One path that differs between two trees.
public struct PathChange: Hashable, Sendable {
  public var path: String
  public var old: TreeEntry?
  public var new: TreeEntry?
}

extension Repository {
  /// All files below a tree, by path.
  ///
  /// - Throws: when there are more than `limit` paths or folders nest deeper than 64.
  public func files(inTree root: ObjectID, under prefix: String = "", limit: Int = 400_000) throws(GitError)
    -> [PathChange]
  {
    var result: [PathChange] = []
    try compare(nil, root, prefix: prefix, depth: 0, limit: limit, into: &result)
    return result
  }

  /// The files that differ between two trees, in path order. Equal subtrees are skipped by their id, so the cost grows
  /// with the change and not with the repository (libgit2's own diff reads every entry).
  public func changes(from old: ObjectID?, to new: ObjectID?, limit: Int = 400_000) throws(GitError) -> [PathChange] {
    var result: [PathChange] = []
    try compare(old, new, prefix: "", depth: 0, limit: limit, into: &result)
    return result
  }

  private func compare(
    _ old: ObjectID?, _ new: ObjectID?, prefix: String, depth: Int, limit: Int, into result: inout [PathChange]
  ) throws(GitError) {
    if old == new { return }
    guard depth <= 64 else { throw GitError(kind: .other, message: "folders nest deeper than 64 at '\(prefix)'") }
    let before = try old.map { (id) throws(GitError) in try entries(ofTree: id) } ?? []
    let after = try new.map { (id) throws(GitError) in try entries(ofTree: id) } ?? []
    // A name may be a file on one side and a folder on the other, which git sorts apart: pair them by name.
    var olds = Dictionary(before.map { ($0.name, $0) }) { first, _ in first }
    var pairs: [(name: String, old: TreeEntry?, new: TreeEntry?)] = []
    for entry in after {
      let other = olds.removeValue(forKey: entry.name)
      if other != entry { pairs.append((entry.name, other, entry)) }
    }
    if !olds.isEmpty {
      for entry in before where olds[entry.name] != nil { pairs.append((entry.name, entry, nil)) }
      pairs.sort { $0.name < $1.name }
    }
    for (name, one, other) in pairs {
      let path = prefix.isEmpty ? name : prefix + "/" + name
      let oldTree = one.flatMap { $0.mode == .tree ? $0.id : nil }
      let newTree = other.flatMap { $0.mode == .tree ? $0.id : nil }
      if oldTree != nil || newTree != nil {
        try compare(oldTree, newTree, prefix: path, depth: depth + 1, limit: limit, into: &result)
      }
      let oldFile = one?.mode == .tree ? nil : one
      let newFile = other?.mode == .tree ? nil : other
      if oldFile != nil || newFile != nil { result.append(PathChange(path: path, old: oldFile, new: newFile)) }
      guard result.count <= limit else { throw GitError(kind: .other, message: "more than \(limit) files") }
    }
  }
}
