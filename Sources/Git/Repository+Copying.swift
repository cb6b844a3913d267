internal import Clibgit2

/// Between folders of one computer, read and written directly: libgit2's transport for `file://` stops at the first reference
/// that is not a commit, or that goes while it lists them, whichever one was asked for.
extension Repository {
  /// The repository in the folder that an address names; nil for an address of another kind.
  static func folder(of address: String) throws(GitError) -> Repository? {
    guard let address = RemoteAddress(address), let path = address.localPath else { return nil }
    do throws(GitError) {
      return try Repository(path: path)
    } catch {
      throw GitError(kind: error.kind, message: "cannot reach '\(address)': \(error.message)")
    }
  }

  /// What each reference points to; one that somebody takes away meanwhile is left out.
  func allReferences() throws(GitError) -> [String: ObjectID] {
    var result: [String: ObjectID] = [:]
    for name in try references(prefix: "refs/") { result[name] = try reference(name) }
    return result
  }

  /// Copies what some objects of another folder lead to, as one pack; what is here already is left out.
  func copy(_ wanted: [ObjectID], from other: Repository) throws(GitError) {
    let missing = wanted.filter { !contains($0) }
    guard !missing.isEmpty else { return }
    let action = "cannot copy objects from '\(other.gitDirectory)'"
    var (walk, pack): (OpaquePointer?, OpaquePointer?)
    try check(git_revwalk_new(&walk, other.handle), action)
    defer { git_revwalk_free(walk) }
    try check(git_packbuilder_new(&pack, other.handle), action)
    defer { git_packbuilder_free(pack) }
    for id in missing {
      var oid = id.oid
      if other.kind(of: id) == .commit {
        try check(git_revwalk_push(walk, &oid), action)
      } else {
        try check(git_packbuilder_insert_recur(pack, &oid, nil), action)
      }
    }
    // What the other does not have, and what is not a commit there, has nothing to leave out.
    for id in Set(try allReferences().values) where other.kind(of: id) == .commit {
      var oid = id.oid
      try check(git_revwalk_hide(walk, &oid), action)
    }
    try check(git_packbuilder_insert_walk(pack, walk), action)
    guard git_packbuilder_object_count(pack) > 0 else { return }
    let folder = String(cString: git_repository_commondir(handle)) + "objects/pack"
    try check(git_packbuilder_write(pack, folder, 0, nil, nil), action)
    try check(git_odb_refresh(database), action)
  }

  /// `fetch` from a folder.
  func fetch(from other: Repository, _ references: [(source: String, target: String)]) throws(GitError) {
    var found: [(target: String, id: ObjectID)] = []
    for (source, target) in references {
      if let id = try other.reference(source) { found.append((target, id)) }
    }
    try copy(found.map(\.id), from: other)
    for (target, id) in found {
      var (oid, reference): (git_oid, OpaquePointer?) = (id.oid, nil)
      let code = git_reference_create(&reference, handle, target, &oid, 1, "purser: fetch")
      git_reference_free(reference)
      try check(code, "cannot move \(target)")
    }
  }
}
