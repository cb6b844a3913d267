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

  /// The commits that a merge of two begins with: one, or several where they were merged crosswise before.
  private func mergeBases(_ one: ObjectID, _ other: ObjectID) throws(GitError) -> [ObjectID] {
    var result = git_oidarray()
    var (first, second) = (one.oid, other.oid)
    let code = git_merge_bases(&result, handle, &first, &second)
    if code == GIT_ENOTFOUND.rawValue { return [] }
    try check(code, "cannot compare the histories of \(one.short) and \(other.short)")
    defer { git_oidarray_dispose(&result) }
    return (0..<result.count).map { ObjectID(result.ids[$0]) }
  }

  /// A merge walks through whatever is not the same on all sides, and a few small folders that hold each other many times
  /// over are more than any computer's memory holds: what differs is counted first.
  /// - Throws: as `changes(from:to:)` does, about either side.
  func checkMergeable(_ base: ObjectID, _ ours: ObjectID, _ theirs: ObjectID) throws(GitError) {
    for side in [ours, theirs] { _ = try changes(from: base, to: side) }
  }

  /// Merges two commits without touching a work tree, an index or a reference.
  /// - Throws: `.limit` and `.malformed` where what differs between them is too much or is nothing that git writes.
  public func mergedTree(_ ours: ObjectID, _ theirs: ObjectID) throws(GitError) -> MergedTree {
    try withMerge(of: theirs, into: ours) { (index) throws(GitError) in
      if git_index_has_conflicts(index) == 1 { return .conflicts(try conflicts(in: index)) }
      var tree = git_oid()
      try check(git_index_write_tree_to(&tree, index, handle), "cannot write the merged folders")
      return .tree(ObjectID(tree))
    }
  }

  /// The files in which the merge of two commits differs from the first, in no order; nil where they do not merge. Nothing
  /// is written.
  public func changes(merging theirs: ObjectID, into ours: ObjectID) throws(GitError) -> [PathChange]? {
    let tree = try commit(ours).tree
    return try withMerge(of: theirs, into: ours) { (index) throws(GitError) -> [PathChange]? in
      if git_index_has_conflicts(index) == 1 { return nil }
      return try withTree(tree) { (tree) throws(GitError) -> [PathChange] in
        var diff: OpaquePointer?
        try check(git_diff_tree_to_index(&diff, handle, tree, index, nil), "cannot compare the merged files")
        defer { git_diff_free(diff) }
        return (0..<git_diff_num_deltas(diff)).compactMap { place -> PathChange? in
          guard let delta = git_diff_get_delta(diff, place)?.pointee else { return nil }
          let (old, new) = (Self.entry(delta.old_file), Self.entry(delta.new_file))
          return (old ?? new).map { PathChange(path: $0.name, old: old, new: new) }
        }
      }
    }
  }

  private static func entry(_ file: git_diff_file) -> TreeEntry? {
    guard file.mode != 0, let path = file.path.map({ String(gitPath: $0) }) else { return nil }
    return TreeEntry(
      name: path, id: ObjectID(file.id), mode: TreeEntry.Mode(git_filemode_t(rawValue: UInt32(file.mode))))
  }

  private func withMerge<Result>(
    of theirs: ObjectID, into ours: ObjectID, _ body: (OpaquePointer?) throws(GitError) -> Result
  ) throws(GitError) -> Result {
    for base in try mergeBases(ours, theirs) {
      try checkMergeable(try commit(base).tree, try commit(ours).tree, try commit(theirs).tree)
    }
    var options = git_merge_options()
    git_merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION))
    // Bases of bases were looked at by nobody.
    options.recursion_limit = 1
    var (one, other): (OpaquePointer?, OpaquePointer?)
    defer { for commit in [one, other] { git_commit_free(commit) } }
    var (first, second) = (ours.oid, theirs.oid)
    try checkRead(git_commit_lookup(&one, handle, &first), of: "commit", ours)
    try checkRead(git_commit_lookup(&other, handle, &second), of: "commit", theirs)
    var index: OpaquePointer?
    try check(
      git_merge_commits(&index, handle, one, other, &options), "cannot merge \(theirs.short) into \(ours.short)")
    defer { git_index_free(index) }
    return try body(index)
  }

  func conflicts(in index: OpaquePointer?) throws(GitError) -> [String] {
    var iterator: OpaquePointer?
    try check(git_index_conflict_iterator_new(&iterator, index), "cannot list the conflicts")
    defer { git_index_conflict_iterator_free(iterator) }
    var paths = Set<String>()
    var (base, ours, theirs):
      (UnsafePointer<git_index_entry>?, UnsafePointer<git_index_entry>?, UnsafePointer<git_index_entry>?)
    while git_index_conflict_next(&base, &ours, &theirs, iterator) == 0 {
      for entry in [base, ours, theirs] { if let path = entry?.pointee.path { paths.insert(String(gitPath: path)) } }
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
