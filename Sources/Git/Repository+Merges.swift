internal import Clibgit2

extension Repository {
  /// The commits that a merge brings in: those that `commit` reaches and its first parent does not, without itself, in no
  /// particular order.
  ///
  /// Nil when there are more than `limit`.
  public func commitsMerged(by commit: ObjectID, limit: Int) throws(GitError) -> [ObjectID]? {
    let parents = try self.commit(commit).parents
    guard parents.count > 1 else { return [] }
    return try commits(reachedBy: Array(parents.dropFirst()), andNotBy: parents[0], limit: limit)
  }

  /// The commits that some reach and another does not, in no particular order; nil when there are more than `limit`.
  public func commits(
    reachedBy starts: [ObjectID], andNotBy hidden: ObjectID, limit: Int
  ) throws(GitError) -> [ObjectID]? {
    var walk: OpaquePointer?
    try check(git_revwalk_new(&walk, handle), "cannot walk the history")
    defer { git_revwalk_free(walk) }
    for start in starts {
      var oid = start.oid
      try check(git_revwalk_push(walk, &oid), "cannot walk the history from \(start)")
    }
    var first = hidden.oid
    try check(git_revwalk_hide(walk, &first), "cannot walk the history to \(hidden)")
    var result: [ObjectID] = []
    var oid = git_oid()
    while true {
      let code = git_revwalk_next(&oid, walk)
      if code == GIT_ITEROVER.rawValue { return result }
      try check(code, "cannot walk the history to \(hidden)")
      guard result.count < limit else { return nil }
      result.append(ObjectID(oid))
    }
  }
}
