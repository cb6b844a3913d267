internal import Clibgit2

extension Repository {
  /// What `git merge` of two commits, or `git revert` of one, would give.
  public enum MergedTree: Hashable, Sendable {
    case tree(ObjectID)
    /// The files that both sides changed in ways that do not fit together, in byte order.
    case conflicts([String])
  }

  /// The last commit that two commits share; nil when they share none.
  public func mergeBase(_ one: ObjectID, _ other: ObjectID) throws(GitError) -> ObjectID? {
    var result = git_oid()
    var (first, second) = (one.oid, other.oid)
    let code = git_merge_base(&result, handle, &first, &second)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try check(code, "cannot compare the histories of \(one.short) and \(other.short)")
    return ObjectID(result)
  }

  /// Merges two commits without touching a work tree, an index or a reference.
  public func mergedTree(_ ours: ObjectID, _ theirs: ObjectID) throws(GitError) -> MergedTree {
    var options = git_merge_options()
    git_merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION))
    var (one, other): (OpaquePointer?, OpaquePointer?)
    defer { for commit in [one, other] { git_commit_free(commit) } }
    var (first, second) = (ours.oid, theirs.oid)
    try check(git_commit_lookup(&one, handle, &first), "cannot read the commit \(ours)")
    try check(git_commit_lookup(&other, handle, &second), "cannot read the commit \(theirs)")
    var index: OpaquePointer?
    try check(
      git_merge_commits(&index, handle, one, other, &options), "cannot merge \(theirs.short) into \(ours.short)")
    defer { git_index_free(index) }
    if git_index_has_conflicts(index) == 1 { return .conflicts(try conflicts(in: index)) }
    var tree = git_oid()
    try check(git_index_write_tree_to(&tree, index, handle), "cannot write the merged folders")
    return .tree(ObjectID(tree))
  }

  func conflicts(in index: OpaquePointer?) throws(GitError) -> [String] {
    var iterator: OpaquePointer?
    try check(git_index_conflict_iterator_new(&iterator, index), "cannot list the conflicts")
    defer { git_index_conflict_iterator_free(iterator) }
    var paths = Set<String>()
    var (base, ours, theirs):
      (UnsafePointer<git_index_entry>?, UnsafePointer<git_index_entry>?, UnsafePointer<git_index_entry>?)
    while git_index_conflict_next(&base, &ours, &theirs, iterator) == 0 {
      for entry in [base, ours, theirs] { if let path = entry?.pointee.path { paths.insert(String(cString: path)) } }
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
