internal import Clibgit2

extension Repository {
  /// From now on what is written here stays in memory and goes with this value: whoever only looks at what would be, such
  /// as a merge in thought, leaves nothing behind.
  public func keepNewObjectsInMemory() throws(GitError) {
    var memory: UnsafeMutablePointer<git_odb_backend>?
    try check(git_mempack_new(&memory), "cannot keep objects in memory")
    // Higher than the priority of files and packs, so that all writing goes there; the database owns it from now on.
    try check(git_odb_add_backend(database, memory, 999), "cannot keep objects in memory")
  }
}
