internal import Clibgit2

extension Repository {
  /// The tree of `head` without what `commit` changed against its first parent: the three-way merge that `git revert`
  /// makes, of trees alone. Nothing but objects is written. Of a merge, all that it brought is taken back, as with
  /// `git revert -m 1`.
  ///
  /// - Throws: `.other` for a commit without a parent.
  public func tree(reverting commit: ObjectID, on head: ObjectID) throws(GitError) -> MergedTree {
    let reverted = try self.commit(commit)
    guard let parent = reverted.parents.first else {
      throw GitError(kind: .other, message: "\(commit.short) has no parent, so it cannot be reverted")
    }
    try checkMergeable(reverted.tree, try self.commit(head).tree, try self.commit(parent).tree)
    var options = git_merge_options()
    git_merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION))
    var index: OpaquePointer?
    try withTrees(reverted.tree, try self.commit(head).tree, try self.commit(parent).tree) {
      (base, ours, theirs) throws(GitError) in
      try check(git_merge_trees(&index, handle, base, ours, theirs, &options), "cannot revert \(commit.short)")
    }
    defer { git_index_free(index) }
    if git_index_has_conflicts(index) == 1 { return .conflicts(try conflicts(in: index)) }
    var oid = git_oid()
    try check(git_index_write_tree_to(&oid, index, handle), "cannot write the files of the revert")
    return .tree(ObjectID(oid))
  }

  private func withTrees(
    _ one: ObjectID, _ two: ObjectID, _ three: ObjectID,
    _ body: (OpaquePointer?, OpaquePointer?, OpaquePointer?) throws(GitError) -> Void
  ) throws(GitError) {
    try withTree(one) { (first) throws(GitError) in
      try withTree(two) { (second) throws(GitError) in
        try withTree(three) { (third) throws(GitError) in try body(first, second, third) }
      }
    }
  }

  /// Which of some files are not in index and work tree as they are in the commit that is checked out; none in a bare
  /// repository.
  public func uncommitted(among changes: [PathChange]) throws(GitError) -> [String] {
    guard workTree != nil else { return [] }
    var found: [String] = []
    for change in changes {
      var flags: UInt32 = 0
      let code = git_status_file(&flags, handle, change.path)
      if code == GIT_ENOTFOUND.rawValue { continue }
      try check(code, "cannot compare '\(change.path)' with what is committed")
      if flags != GIT_STATUS_CURRENT.rawValue { found.append(change.path) }
    }
    return found
  }

  /// Brings index and work tree from the commit that is checked out to `commit`, as `git checkout` would.
  ///
  /// - Throws: `.other` when a file that would change was changed here; then nothing is touched.
  public func checkOut(_ commit: ObjectID) throws(GitError) {
    var options = git_checkout_options()
    git_checkout_options_init(&options, UInt32(GIT_CHECKOUT_OPTIONS_VERSION))
    options.checkout_strategy = GIT_CHECKOUT_SAFE.rawValue
    var oid = commit.oid
    var object: OpaquePointer?
    try check(git_object_lookup(&object, handle, &oid, GIT_OBJECT_COMMIT), "cannot read the commit \(commit)")
    defer { git_object_free(object) }
    try check(git_checkout_tree(handle, object, &options), "cannot check out \(commit.short)")
  }

  /// The full name of the branch that is checked out (of a bare repository: its default); nil for a detached head.
  public func currentBranch() throws(GitError) -> String? {
    var reference: OpaquePointer?
    try check(git_reference_lookup(&reference, handle, "HEAD"), "cannot read HEAD")
    defer { git_reference_free(reference) }
    return git_reference_symbolic_target(reference).map { String(cString: $0) }
  }
}
