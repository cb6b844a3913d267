internal import Clibgit2

extension Repository {
  /// Puts files of the work tree into the index, as `git add` does, and writes the tree that the index then holds.
  ///
  /// A commit of that tree leaves `git status` clean: index, work tree and commit agree, modes included.
  public func stage(_ paths: [String]) throws(GitError) -> ObjectID {
    var index: OpaquePointer?
    try check(git_repository_index(&index, handle), "cannot open the index")
    defer { git_index_free(index) }
    for path in paths { try check(git_index_add_bypath(index, path), "cannot add '\(path)'") }
    try check(git_index_write(index), "cannot write the index")
    var oid = git_oid()
    try check(git_index_write_tree(&oid, index), "cannot write the folders of the index")
    return ObjectID(oid)
  }
}
