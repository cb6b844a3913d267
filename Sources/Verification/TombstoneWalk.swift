import Approvals
import Digest
import Git

/// The tombstones along a branch, kept up to where they were asked for last, so that each commit is read once.
struct TombstoneWalk {
  private var end: ObjectID?
  private var stones = Tombstones()

  /// What was taken back by the commits up to and with `head`.
  mutating func stones(upTo head: ObjectID, in repository: Repository) throws(GitError) -> Tombstones {
    var line = try repository.firstParentLine(from: end, to: head)
    if line == nil {
      stones = Tombstones()
      line = try repository.firstParentLine(from: nil, to: head)
    }
    for id in line ?? [] {
      do throws(GitError) {
        let commit = try repository.commit(id)
        // Trees are compared only where something was taken back.
        guard !stones.isEmpty || !commit.reverts.isEmpty else { continue }
        var reverted: [SHA256Digest] = []
        for name in commit.reverts.prefix(Self.revertLimit) {
          guard let change = ObjectID(name), repository.contains(change) else { continue }
          reverted.append(try Self.digest(of: try repository.commit(change), in: repository))
        }
        stones.add(id.description, try Self.digest(of: commit, in: repository), reverting: reverted)
      } catch {
        // What cannot be read took no effect, and so took nothing back.
        guard repository.contains(id) else { throw error }
      }
    }
    end = head
    return stones
  }

  /// Lines of one commit that name a revert and are followed: a message is a stranger's text of any length.
  private static let revertLimit = 100

  private static func digest(of commit: Commit, in repository: Repository) throws(GitError) -> SHA256Digest {
    let before = try commit.parents.first.map { (parent) throws(GitError) in try repository.commit(parent).tree }
    return SHA256Digest(ofChange: try FileChange.list(from: before, to: commit.tree, in: repository))
  }
}
