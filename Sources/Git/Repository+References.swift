internal import Clibgit2
internal import Glibc

extension Repository {
  /// The commit that a full reference name (`refs/heads/main`) points to; nil if there is none.
  public func reference(_ name: String) throws(GitError) -> ObjectID? {
    var oid = git_oid()
    let code = git_reference_name_to_id(&oid, handle, name)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try check(code, "cannot read \(name)")
    return ObjectID(oid)
  }

  /// Whether git takes a text for the name of a branch.
  public static func isBranchName(_ text: String) -> Bool {
    Library.start()
    var isValid: Int32 = 0
    return git_branch_name_is_valid(&isValid, text) == 0 && isValid == 1
  }

  /// The full names of all references that start with `prefix`.
  public func references(prefix: String) throws(GitError) -> [String] {
    var names = git_strarray()
    try check(git_reference_list(&names, handle), "cannot list references")
    defer { git_strarray_dispose(&names) }
    return (0..<names.count).compactMap { names.strings[$0].map { String(cString: $0) } }
      .filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// By what git shows other objects than those that the repository holds, which is never followed here: references of
  /// `git replace`, and the file of grafts.
  public func replacements() throws(GitError) -> [String] {
    let grafts = String(cString: git_repository_commondir(handle)) + "info/grafts"
    return try references(prefix: "refs/replace/") + (access(grafts, F_OK) == 0 ? [grafts] : [])
  }

  /// Moves a reference from `expected` (nil: it must not exist) to `target` in one step, and syncs it to disk.
  ///
  /// - Parameter isOurs: whether nobody else is expected to write it. A lock that a crash left behind is then removed,
  ///   once it is so old that no writer can still be about to use it.
  /// - Throws: `.moved` when another writer was first; `.other` when the reference stays locked.
  public func setReference(
    _ name: String, to target: ObjectID, expecting expected: ObjectID?, by person: Person, reason: String,
    isOurs: Bool = false
  ) throws(GitError) {
    // Compared under git's own lock file: `git_reference_create` looks for an existing reference before it locks, and
    // two writers of a new reference could both win.
    let transaction = try lock(name, isOurs: isOurs)
    defer { git_transaction_free(transaction) }
    let current = try reference(name)
    guard current == expected else {
      throw GitError(
        kind: .moved,
        message: "cannot move \(name): it is at \(current?.short ?? "nothing"), not \(expected?.short ?? "nothing")")
    }
    var signature: UnsafeMutablePointer<git_signature>?
    try check(git_signature_now(&signature, person.name, person.email), "not a usable name for \(name)'s log")
    defer { git_signature_free(signature) }
    var new = target.oid
    try check(git_transaction_set_target(transaction, name, &new, signature, reason), "cannot move \(name)")
    try check(git_transaction_commit(transaction), "cannot move \(name)")
  }

  /// Takes a reference away; its commits stay.
  func removeReference(_ name: String) throws(GitError) {
    try check(git_reference_remove(handle, name), "cannot remove \(name)")
  }

  /// Locks a reference, waiting up to a second for another writer to finish, or for a lock of ours that a crash left
  /// behind to grow old. The caller frees the transaction, which unlocks it.
  private func lock(_ name: String, isOurs: Bool) throws(GitError) -> OpaquePointer? {
    let seconds = isOurs ? Self.staleLockSeconds + 2 : 1
    for _ in 0..<(seconds * 1_000_000 / Int(Self.lockPauseMicroseconds)) {
      var transaction: OpaquePointer?
      try check(git_transaction_new(&transaction, handle), "cannot lock \(name)")
      let code = git_transaction_lock_ref(transaction, name)
      if code == 0 { return transaction }
      git_transaction_free(transaction)
      guard code == GIT_ELOCKED.rawValue else {
        let error = GitError.last(code, "cannot lock \(name)")
        guard let other = try obstacle(to: name) else { throw error }
        throw GitError(
          kind: .other,
          message:
            "\(name) cannot be created while \(other) exists, because git cannot nest references: remove it with"
            + " 'git update-ref -d \(other)'")
      }
      if isOurs { removeStaleLock(name) }
      usleep(Self.lockPauseMicroseconds)
    }
    throw GitError(
      kind: .other,
      message: "\(name) stays locked; if no git is running here, a crash left the lock behind: remove"
        + " \(gitDirectory)\(name).lock")
  }

  /// A reference in the folder that another name would need to be a file, or the other way around; nil where there is none.
  private func obstacle(to name: String) throws(GitError) -> String? {
    try references(prefix: "refs/").first { name.hasPrefix($0 + "/") || $0.hasPrefix(name + "/") }
  }

  /// Removes the lock of a reference that a killed process left behind. A writer holds it for milliseconds, or for as
  /// long as a slow disk takes to sync; what is older is nobody's.
  func removeStaleLock(_ name: String) {
    let path = gitDirectory + name + ".lock"
    var status = stat()
    guard stat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec >= Self.staleLockSeconds else { return }
    unlink(path)
  }

  private static let staleLockSeconds = 10
  private static let lockPauseMicroseconds: UInt32 = 5_000
}
