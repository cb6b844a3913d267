/// One path that differs between two trees.
public struct PathChange: Hashable, Sendable {
  public var path: String
  public var old: TreeEntry?
  public var new: TreeEntry?
}

extension Repository {
  /// All files below a tree, by path.
  ///
  /// - Throws: when there are more than `limit` files and folders or folders nest deeper than 64.
  public func files(inTree root: ObjectID, under prefix: String = "", limit: Int = 400_000) throws(GitError)
    -> [PathChange]
  {
    var found = Found(limit: limit)
    try compare(nil, root, prefix: prefix, depth: 0, into: &found)
    return found.changes
  }

  /// The files that differ between two trees, in path order. Equal subtrees are skipped by their id, so the cost grows
  /// with the change and not with the repository (libgit2's own diff reads every entry).
  public func changes(from old: ObjectID?, to new: ObjectID?, limit: Int = 400_000) throws(GitError) -> [PathChange] {
    var found = Found(limit: limit)
    try compare(old, new, prefix: "", depth: 0, into: &found)
    return found.changes
  }

  private func compare(
    _ old: ObjectID?, _ new: ObjectID?, prefix: String, depth: Int, into found: inout Found
  ) throws(GitError) {
    if old == new { return }
    try found.count()
    guard depth <= 64 else { throw GitError(kind: .limit, message: "folders nest deeper than 64 levels") }
    let before = try old.map { (id) throws(GitError) in try entries(ofTree: id) } ?? []
    let after = try new.map { (id) throws(GitError) in try entries(ofTree: id) } ?? []
    // A name may be a file on one side and a folder on the other, which git sorts apart: pair them by name.
    var olds = Dictionary(before.map { (EntryName(text: $0.name), $0) }) { first, _ in first }
    var pairs: [(name: String, old: TreeEntry?, new: TreeEntry?)] = []
    for entry in after {
      let other = olds.removeValue(forKey: EntryName(text: entry.name))
      if other != entry { pairs.append((entry.name, other, entry)) }
    }
    if !olds.isEmpty {
      for entry in before where olds[EntryName(text: entry.name)] != nil { pairs.append((entry.name, entry, nil)) }
      pairs.sort { $0.name < $1.name }
    }
    for (name, one, other) in pairs {
      let path = prefix.isEmpty ? name : prefix + "/" + name
      let oldTree = one.flatMap { $0.mode == .tree ? $0.id : nil }
      let newTree = other.flatMap { $0.mode == .tree ? $0.id : nil }
      if oldTree != nil || newTree != nil {
        try compare(oldTree, newTree, prefix: path, depth: depth + 1, into: &found)
      }
      let oldFile = one?.mode == .tree ? nil : one
      let newFile = other?.mode == .tree ? nil : other
      if oldFile != nil || newFile != nil {
        found.changes.append(PathChange(path: path, old: oldFile, new: newFile))
        try found.count()
      }
    }
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

/// A name as git tells it apart: byte by byte. Swift's strings are equal when they are canonically equivalent, which
/// would pair "é" in two encodings and hide that one of them went away.
private struct EntryName: Hashable {
  let text: String

  static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
}
