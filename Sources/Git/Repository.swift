internal import Clibgit2

/// A git repository, read and written through its object database; the work tree and HEAD are never touched.
///
/// Not thread-safe: it belongs to whoever opened it.
public final class Repository {
  let handle: OpaquePointer
  private let database: OpaquePointer

  /// Opens the repository at `path` (its folder or its `.git`), without looking in the folders above it.
  public init(path: String) throws(GitError) {
    Library.start()
    var pointer: OpaquePointer?
    try check(
      git_repository_open_ext(&pointer, path, UInt32(GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue), nil),
      "cannot open the repository '\(path)'")
    guard let pointer else { throw GitError(kind: .other, message: "cannot open the repository '\(path)'") }
    var database: OpaquePointer?
    guard git_repository_odb(&database, pointer) == 0, let database else {
      git_repository_free(pointer)
      throw GitError(kind: .damaged, message: "cannot read the objects of '\(path)'")
    }
    handle = pointer
    self.database = database
  }

  /// Makes an empty repository whose first branch is `branch`.
  public static func create(path: String, bare: Bool = false, branch: String = "main") throws(GitError) -> Repository {
    Library.start()
    var options = git_repository_init_options()
    git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    options.flags = UInt32(GIT_REPOSITORY_INIT_MKPATH.rawValue | (bare ? GIT_REPOSITORY_INIT_BARE.rawValue : 0))
    let code = branch.withCString { name in
      options.initial_head = name
      var pointer: OpaquePointer?
      let code = git_repository_init_ext(&pointer, path, &options)
      git_repository_free(pointer)
      return code
    }
    try check(code, "cannot create the repository '\(path)'")
    return try Repository(path: path)
  }

  deinit {
    git_odb_free(database)
    git_repository_free(handle)
  }

  /// The folder that holds the objects and references, with a slash at its end.
  public var gitDirectory: String { String(cString: git_repository_path(handle)) }

  // MARK: References

  /// The commit that a full reference name (`refs/heads/main`) points to; nil if there is none.
  public func reference(_ name: String) throws(GitError) -> ObjectID? {
    var oid = git_oid()
    let code = git_reference_name_to_id(&oid, handle, name)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try check(code, "cannot read \(name)")
    return ObjectID(oid)
  }

  /// The full names of all references that start with `prefix`.
  public func references(prefix: String) throws(GitError) -> [String] {
    var names = git_strarray()
    try check(git_reference_list(&names, handle), "cannot list references")
    defer { git_strarray_dispose(&names) }
    return (0..<names.count).compactMap { names.strings[$0].map { String(cString: $0) } }
      .filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// Moves a reference from `expected` (nil: it must not exist) to `target` in one step; throws `.moved` if another
  /// writer was first.
  public func setReference(
    _ name: String, to target: ObjectID, expecting expected: ObjectID?, by person: Person, reason: String
  ) throws(GitError) {
    var new = target.oid
    var reference: OpaquePointer?
    defer { git_reference_free(reference) }
    if let expected {
      var old = expected.oid
      try check(
        git_reference_create_matching(&reference, handle, name, &new, 1, &old, reason), "cannot move \(name)")
    } else {
      try check(git_reference_create(&reference, handle, name, &new, 0, reason), "cannot create \(name)")
    }
  }

  // MARK: Objects

  public func commit(_ id: ObjectID) throws(GitError) -> Commit {
    var oid = id.oid
    var pointer: OpaquePointer?
    try check(git_commit_lookup(&pointer, handle, &oid), "cannot read the commit \(id)")
    defer { git_commit_free(pointer) }
    func person(_ signature: UnsafePointer<git_signature>?) -> Person {
      guard let signature else { return Person(name: "", email: "") }
      return Person(name: String(cString: signature.pointee.name), email: String(cString: signature.pointee.email))
    }
    return Commit(
      id: id, tree: ObjectID(git_commit_tree_id(pointer).pointee),
      parents: (0..<git_commit_parentcount(pointer)).map { ObjectID(git_commit_parent_id(pointer, $0).pointee) },
      author: person(git_commit_author(pointer)), committer: person(git_commit_committer(pointer)),
      time: git_commit_time(pointer), message: git_commit_message(pointer).map { String(cString: $0) } ?? "")
  }

  /// The commit's signature; nil when it has none.
  public func signature(of id: ObjectID) throws(GitError) -> CommitSignature? {
    var oid = id.oid
    var signature = git_buf()
    var payload = git_buf()
    let code = git_commit_extract_signature(&signature, &payload, handle, &oid, "gpgsig")
    defer {
      git_buf_dispose(&signature)
      git_buf_dispose(&payload)
    }
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try check(code, "cannot read the signature of \(id)")
    return CommitSignature(
      armoured: String(decoding: bytes(signature), as: UTF8.self), payload: bytes(payload))
  }

  public func entries(ofTree id: ObjectID) throws(GitError) -> [TreeEntry] {
    var oid = id.oid
    var pointer: OpaquePointer?
    try check(git_tree_lookup(&pointer, handle, &oid), "cannot read the tree \(id)")
    defer { git_tree_free(pointer) }
    return (0..<git_tree_entrycount(pointer)).compactMap { index in
      let entry = git_tree_entry_byindex(pointer, index)
      guard let name = git_tree_entry_name(entry), let oid = git_tree_entry_id(entry) else { return nil }
      return TreeEntry(
        name: String(cString: name), id: ObjectID(oid.pointee), mode: .init(git_tree_entry_filemode(entry)))
    }
  }

  /// The entry at `path` (`state/channels`) below a tree; nil if there is none.
  public func entry(at path: String, inTree root: ObjectID) throws(GitError) -> TreeEntry? {
    var entry = TreeEntry(name: "", id: root, mode: .tree)
    for name in path.split(separator: "/") {
      guard entry.mode == .tree, let next = try entries(ofTree: entry.id).first(where: { $0.name == name }) else {
        return nil
      }
      entry = next
    }
    return entry
  }

  /// The size in bytes of an object, without reading it.
  public func size(of id: ObjectID) throws(GitError) -> Int {
    var oid = id.oid
    var length = 0
    var type = git_object_t(rawValue: 0)
    try check(git_odb_read_header(&length, &type, database, &oid), "cannot read the object \(id)")
    return length
  }

  public func blob(_ id: ObjectID) throws(GitError) -> [UInt8] {
    var oid = id.oid
    var object: OpaquePointer?
    try check(git_odb_read(&object, database, &oid), "cannot read the object \(id)")
    defer { git_odb_object_free(object) }
    return Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
  }

  public func writeBlob(_ content: [UInt8]) throws(GitError) -> ObjectID {
    var oid = git_oid()
    try check(git_blob_create_from_buffer(&oid, handle, content, content.count), "cannot write a file")
    return ObjectID(oid)
  }

  /// Writes the tree that is `base` with the files at the given paths put in or, for nil, taken out.
  public func writeTree(base: ObjectID?, files: [String: ObjectID?]) throws(GitError) -> ObjectID {
    var here: [String: TreeEntry] = [:]
    if let base { for entry in try entries(ofTree: base) { here[entry.name] = entry } }
    var below: [String: [String: ObjectID?]] = [:]
    for (path, id) in files {
      let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        below[parts[0], default: [:]][parts[1]] = id
      } else {
        here[path] = id.map { TreeEntry(name: path, id: $0, mode: .file) }
      }
    }
    for (folder, files) in below {
      let old = here[folder].flatMap { $0.mode == .tree ? $0.id : nil }
      here[folder] = TreeEntry(name: folder, id: try writeTree(base: old, files: files), mode: .tree)
    }
    return try writeTree(here.values.sorted { $0.name < $1.name })
  }

  public func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    var builder: OpaquePointer?
    try check(git_treebuilder_new(&builder, handle, nil), "cannot write a folder")
    defer { git_treebuilder_free(builder) }
    for entry in entries {
      var oid = entry.id.oid
      let mode: git_filemode_t =
        switch entry.mode {
        case .file: GIT_FILEMODE_BLOB
        case .executable: GIT_FILEMODE_BLOB_EXECUTABLE
        case .symlink: GIT_FILEMODE_LINK
        case .submodule: GIT_FILEMODE_COMMIT
        case .tree: GIT_FILEMODE_TREE
        case .other(let raw): git_filemode_t(rawValue: raw)
        }
      try check(git_treebuilder_insert(nil, builder, entry.name, &oid, mode), "cannot write '\(entry.name)'")
    }
    var oid = git_oid()
    try check(git_treebuilder_write(&oid, builder), "cannot write a folder")
    return ObjectID(oid)
  }

  /// Writes a commit, signed by `sign` when given; no reference moves. Equal arguments give the same commit.
  public func writeCommit(
    tree: ObjectID, parents: [ObjectID], author: Person, time: Int64, message: String,
    sign: (([UInt8]) -> String)? = nil
  ) throws(GitError) -> ObjectID {
    var treeOID = tree.oid
    var treePointer: OpaquePointer?
    try check(git_tree_lookup(&treePointer, handle, &treeOID), "cannot read the tree \(tree)")
    defer { git_tree_free(treePointer) }
    var parentPointers: [OpaquePointer?] = []
    defer { for pointer in parentPointers { git_commit_free(pointer) } }
    for parent in parents {
      var oid = parent.oid
      var pointer: OpaquePointer?
      try check(git_commit_lookup(&pointer, handle, &oid), "cannot read the commit \(parent)")
      parentPointers.append(pointer)
    }
    var signature: UnsafeMutablePointer<git_signature>?
    try check(git_signature_new(&signature, author.name, author.email, time, 0), "not a usable author")
    defer { git_signature_free(signature) }
    var buffer = git_buf()
    defer { git_buf_dispose(&buffer) }
    try check(
      parentPointers.withUnsafeMutableBufferPointer {
        git_commit_create_buffer(
          &buffer, handle, signature, signature, "UTF-8", message, treePointer, $0.count, $0.baseAddress)
      }, "cannot make a commit")
    let content = bytes(buffer)
    var oid = git_oid()
    let text = String(decoding: content, as: UTF8.self)
    if let sign {
      // git leaves out the line break that ends the armour when it continues a header line.
      var armoured = sign(content)
      while armoured.hasSuffix("\n") { armoured.removeLast() }
      try check(
        git_commit_create_with_signature(&oid, handle, text, armoured, "gpgsig"), "cannot write a commit")
    } else {
      try check(
        git_odb_write(&oid, database, content, content.count, GIT_OBJECT_COMMIT), "cannot write a commit")
    }
    return ObjectID(oid)
  }

  /// Whether `ancestor` can be reached from `descendant` (or is the same).
  public func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(GitError) -> Bool {
    if ancestor == descendant { return true }
    var old = ancestor.oid
    var new = descendant.oid
    let code = git_graph_descendant_of(handle, &new, &old)
    try check(code, "cannot walk the history")
    return code == 1
  }

  /// The first-parent commits from `head` back to, and without, `base`; oldest first. With a nil base: back to the root.
  ///
  /// Nil when `base` is not on the first-parent line: history was rewritten.
  public func firstParentLine(from base: ObjectID?, to head: ObjectID) throws(GitError) -> [ObjectID]? {
    var line: [ObjectID] = []
    var current: ObjectID? = head
    while let id = current, id != base {
      line.append(id)
      current = try commit(id).parents.first
    }
    return current == base ? line.reversed() : nil
  }

  private func bytes(_ buffer: git_buf) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
  }

  // MARK: Configuration

  public func setConfiguration(_ values: [(key: String, value: String)]) throws(GitError) {
    var configuration: OpaquePointer?
    try check(git_repository_config(&configuration, handle), "cannot open the configuration")
    defer { git_config_free(configuration) }
    for (key, value) in values {
      try check(git_config_set_string(configuration, key, value), "cannot set \(key)")
    }
  }

  /// A setting of the repository, the user or the system; nil if it is not set.
  public func configuration(_ key: String) -> String? {
    var configuration: OpaquePointer?
    guard git_repository_config_snapshot(&configuration, handle) == 0 else { return nil }
    defer { git_config_free(configuration) }
    var value: UnsafePointer<CChar>?
    guard git_config_get_string(&value, configuration, key) == 0, let value else { return nil }
    return String(cString: value)
  }
}

enum Library {
  /// Starts libgit2 once: every object and reference is synced to disk before it counts as written.
  private static let started: Bool = {
    git_libgit2_init()
    _ = purser_git_fsync_gitdir(1)
    return true
  }()

  static func start() { _ = started }
}
