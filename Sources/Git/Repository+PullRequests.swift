internal import Clibgit2

extension Repository {
  /// The commits that `head` reaches and `base` does not, the newest first; nil when there are more than `limit`.
  public func commits(from base: ObjectID, to head: ObjectID, limit: Int) throws(GitError) -> [ObjectID]? {
    var walk: OpaquePointer?
    try check(git_revwalk_new(&walk, handle), "cannot walk the history")
    defer { git_revwalk_free(walk) }
    var (start, end) = (head.oid, base.oid)
    try check(git_revwalk_push(walk, &start), "cannot walk the history from \(head)")
    try check(git_revwalk_hide(walk, &end), "cannot walk the history to \(base)")
    var result: [ObjectID] = []
    var oid = git_oid()
    while true {
      let code = git_revwalk_next(&oid, walk)
      if code == GIT_ITEROVER.rawValue { return result }
      try check(code, "cannot walk the history of \(head)")
      guard result.count < limit else { return nil }
      result.append(ObjectID(oid))
    }
  }
}
