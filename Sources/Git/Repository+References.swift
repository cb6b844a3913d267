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

  /// The full names of all references that start with `prefix`.
  public func references(prefix: String) throws(GitError) -> [String] {
    var names = git_strarray()
    try check(git_reference_list(&names, handle), "cannot list references")
    defer { git_strarray_dispose(&names) }
    return (0..<names.count).compactMap { names.strings[$0].map { String(cString: $0) } }
      .filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// Moves a reference from `expected` (nil: it must not exist) to `target` in one step, and syncs it to disk.
  ///
  /// - Throws: `.moved` when another writer was first; `.other` when the reference stays locked.
  public func setReference(
    _ name: String, to target: ObjectID, expecting expected: ObjectID?, by person: Person, reason: String
  ) throws(GitError) {
    // Compared under git's own lock file: `git_reference_create` looks for an existing reference before it locks, and
    // two writers of a new reference could both win.
    let transaction = try lock(name)
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

  /// Locks a reference, waiting up to a second for another writer to finish. The caller frees the transaction, which
  /// unlocks it.
  private func lock(_ name: String) throws(GitError) -> OpaquePointer? {
    for attempt in 1...Self.lockAttempts {
      var transaction: OpaquePointer?
      try check(git_transaction_new(&transaction, handle), "cannot lock \(name)")
      let code = git_transaction_lock_ref(transaction, name)
      if code == 0 { return transaction }
      git_transaction_free(transaction)
      guard code == GIT_ELOCKED.rawValue else { throw GitError.last(code, "cannot lock \(name)") }
      if attempt < Self.lockAttempts { usleep(Self.lockPauseMicroseconds) }
    }
    throw GitError(
      kind: .other,
      message: "\(name) stays locked; if no git runs here, a crash left the lock behind: remove"
        + " \(gitDirectory)\(name).lock")
  }

  private static let lockAttempts = 200
  private static let lockPauseMicroseconds: UInt32 = 5_000
}
