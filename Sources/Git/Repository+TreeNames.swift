internal import Clibgit2

extension Repository {
  /// The name of the tree that some changes make of another, without writing it.
  ///
  /// - Returns: nil where the tree does not hold what the changes begin with.
  public func name(ofTree base: ObjectID, with changes: [PathChange]) throws(GitError) -> ObjectID? {
    let steps = changes.map {
      Step(path: $0.path.split(separator: "/").map(String.init)[...], old: $0.old, new: $0.new)
    }
    switch try name(of: base, with: steps) {
    case .unfit: return nil
    case .empty: return Self.hash([])
    case .tree(let id): return id
    }
  }

  private enum Named {
    /// The tree does not hold what the steps begin with.
    case unfit
    /// Nothing is left: within a folder there is then no such folder.
    case empty
    case tree(ObjectID)
  }

  private struct Step {
    /// What is left of the path below the folder that is looked at.
    var path: ArraySlice<String>
    var old: TreeEntry?
    var new: TreeEntry?
  }

  private func name(of base: ObjectID?, with steps: [Step]) throws(GitError) -> Named {
    var entries: [Key: TreeEntry] = [:]
    for entry in try base.map({ (base) throws(GitError) in try self.entries(ofTree: base) }) ?? [] {
      entries[Key(entry)] = entry
    }
    var below: [[UInt8]: (name: String, steps: [Step])] = [:]
    for step in steps {
      guard let name = step.path.first else { return .unfit }
      guard step.path.count == 1 else {
        below[Array(name.utf8), default: (name, [])].steps.append(
          Step(path: step.path.dropFirst(), old: step.old, new: step.new))
        continue
      }
      let key = Key(name: Array(name.utf8), isFolder: false)
      guard entries[key] == step.old else { return .unfit }
      entries[key] = step.new
    }
    for (bytes, part) in below {
      let key = Key(name: bytes, isFolder: true)
      switch try name(of: entries[key]?.id, with: part.steps) {
      case .unfit: return .unfit
      case .empty: entries[key] = nil
      case .tree(let id): entries[key] = TreeEntry(name: part.name, id: id, mode: .tree)
      }
    }
    // A file and a folder of one name are two steps on the way, and never both there at its end.
    guard Set(entries.keys.map(\.name)).count == entries.count else { return .unfit }
    return entries.isEmpty ? .empty : .tree(Self.hash(Array(entries.values)))
  }

  private struct Key: Hashable {
    var name: [UInt8]
    var isFolder: Bool

    init(name: [UInt8], isFolder: Bool) { (self.name, self.isFolder) = (name, isFolder) }
    init(_ entry: TreeEntry) { self.init(name: Array(entry.name.utf8), isFolder: entry.mode == .tree) }
  }

  /// The name of a tree with these entries: git orders them by their bytes, folders as if they ended in a slash.
  private static func hash(_ entries: [TreeEntry]) -> ObjectID {
    let lines = entries.map { entry -> (order: [UInt8], line: [UInt8]) in
      let name = entry.name.gitPath.dropLast().map(UInt8.init(bitPattern:))
      let line =
        Array("\(String(entry.mode.raw.rawValue, radix: 8)) ".utf8) + name + [0]
        + withUnsafeBytes(of: entry.id.oid) { Array($0) }
      return (entry.mode == .tree ? name + [UInt8(ascii: "/")] : name, line)
    }.sorted { $0.order.lexicographicallyPrecedes($1.order) }
    let content = lines.flatMap(\.line)
    var oid = git_oid()
    git_odb_hash(&oid, content, content.count, GIT_OBJECT_TREE)
    return ObjectID(oid)
  }
}
