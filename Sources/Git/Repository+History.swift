internal import Clibgit2

extension Repository {
  /// Whether `ancestor` can be reached from `descendant` (or is the same).
  public func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(GitError) -> Bool {
    if ancestor == descendant { return true }
    var old = ancestor.oid
    var new = descendant.oid
    let code = git_graph_descendant_of(handle, &new, &old)
    try check(code, "cannot walk the history")
    return code == 1
  }

  /// The first-parent commits from `head` back to, and without, `base`; oldest first. With a nil base: back to the root.
  ///
  /// Nil when `base` is not on the first-parent line: history was rewritten, or `base` came in by a merge. Reads one
  /// commit for each step, and the whole line in that case.
  ///
  /// - Throws: `.damaged` when a parent is missing, as in a shallow clone; any kind for a head that is no commit.
  public func firstParentLine(from base: ObjectID?, to head: ObjectID) throws(GitError) -> [ObjectID]? {
    var line: [ObjectID] = []
    var current: ObjectID? = head
    while let id = current, id != base {
      do {
        current = try firstParent(of: id)
      } catch  where error.kind == .notFound && id != head {
        throw GitError(kind: .damaged, message: "the history is incomplete: \(error.message)")
      }
      line.append(id)
    }
    return current == base ? line.reversed() : nil
  }

  /// A commit that libgit2 cannot parse (git itself takes more) still says what it follows: its bytes are read then.
  private func firstParent(of id: ObjectID) throws(GitError) -> ObjectID? {
    do throws(GitError) {
      return try withCommit(id) { git_commit_parent_id($0, 0).map { ObjectID($0.pointee) } }
    } catch {
      guard contains(id), let parent = Self.writtenParent(in: try blob(id)) else { throw error }
      return parent
    }
  }

  /// The parent in the second line of a commit's bytes.
  private static func writtenParent(in bytes: [UInt8]) -> ObjectID? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count > 2, lines[0].starts(with: "tree ".utf8), lines[1].starts(with: "parent ".utf8) else {
      return nil
    }
    return ObjectID(String(decoding: lines[1].dropFirst("parent ".utf8.count), as: UTF8.self))
  }
}
