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

  /// All that `head` follows and that is not in `known`, whichever parent leads there; each after what it follows. Reads one
  /// commit for each step.
  ///
  /// - Returns: also which of `known` it follows directly or through these.
  /// - Throws: `.damaged` when a parent is missing, as in a shallow clone; any kind for a head that is no commit.
  public func commits(
    followedBy head: ObjectID, except known: Set<ObjectID>
  ) throws(GitError) -> (new: [ObjectID], met: Set<ObjectID>) {
    var (new, met, begun): ([ObjectID], Set<ObjectID>, Set<ObjectID>) = ([], [], [])
    var stack: [(commit: ObjectID, isDone: Bool)] = [(head, false)]
    while let (commit, isDone) = stack.popLast() {
      if isDone {
        new.append(commit)
      } else if known.contains(commit) {
        met.insert(commit)
      } else if begun.insert(commit).inserted {
        stack.append((commit, true))
        do {
          for parent in try parents(of: commit).reversed() { stack.append((parent, false)) }
        } catch  where error.kind == .notFound && commit != head {
          throw GitError(kind: .damaged, message: "the history is incomplete: \(error.message)")
        }
      }
    }
    return (new, met)
  }

  private func firstParent(of id: ObjectID) throws(GitError) -> ObjectID? { try parents(of: id).first }

  /// A commit that libgit2 cannot parse (git itself takes more) still says what it follows: its bytes are read then.
  private func parents(of id: ObjectID) throws(GitError) -> [ObjectID] {
    do throws(GitError) {
      return try withCommit(id) { commit in
        (0..<git_commit_parentcount(commit)).compactMap {
          git_commit_parent_id(commit, $0).map { ObjectID($0.pointee) }
        }
      }
    } catch {
      guard contains(id), let parents = Self.writtenParents(in: try blob(id)) else { throw error }
      return parents
    }
  }

  /// The parents that stand in a commit's bytes, after its tree; nil where it names none.
  private static func writtenParents(in bytes: [UInt8]) -> [ObjectID]? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines[0].starts(with: "tree ".utf8) else { return nil }
    let parents = lines.dropFirst().prefix { $0.starts(with: "parent ".utf8) }.compactMap {
      ObjectID(String(decoding: $0.dropFirst("parent ".utf8.count), as: UTF8.self))
    }
    return parents.isEmpty ? nil : parents
  }
}
