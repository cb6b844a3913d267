import Approvals
import DesiredState
import DesiredStateFiles
import Git

/// The tombstones along a branch, kept up to where they were asked for last, so that each commit is read once.
struct TombstoneWalk {
  private let zones: ZoneDatabase
  private var end: ObjectID?
  private var stones = Tombstones()
  /// The keys of those whose word brings something again.
  private var people: Set<String> = []

  init(zones: ZoneDatabase) { self.zones = zones }

  /// What was taken back by the commits up to and with `head`.
  /// - Parameter people: the keys of everyone who is no program.
  mutating func stones(
    upTo head: ObjectID, people: Set<String>, in repository: Repository
  ) throws(GitError) -> Tombstones {
    var line = people == self.people ? try repository.firstParentLine(from: end, to: head) : nil
    if line == nil {
      stones = Tombstones()
      self.people = people
      line = try repository.firstParentLine(from: nil, to: head)
    }
    for id in line ?? [] {
      do throws(GitError) {
        let commit = try repository.commit(id)
        // Files are read only where something was taken back.
        guard !stones.isEmpty || !commit.reverts.isEmpty else { continue }
        var reverted: [Set<Setting>] = []
        for name in commit.reverts.prefix(Self.revertLimit) {
          guard let change = ObjectID(name), repository.contains(change) else { continue }
          reverted.append(try settings(of: try repository.commit(change), in: repository))
        }
        stones.add(
          id.description, try settings(of: commit, in: repository), reverting: reverted,
          isOfPerson: try CommitFacts.seal(of: id, in: repository).isOf(people))
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

  /// What a commit says, against its first parent.
  func settings(of commit: Commit, in repository: Repository) throws(GitError) -> Set<Setting> {
    let before = try commit.parents.first.map { (parent) throws(GitError) in try repository.commit(parent).tree }
    var (old, new): ([Resource], [Resource]) = ([], [])
    var others = Set<Setting>()
    for change in try repository.changes(from: before, to: commit.tree) {
      if change.path.hasPrefix("state/") {
        old += try repository.resources(of: change.old, at: change.path, zones: zones)
        new += try repository.resources(of: change.new, at: change.path, zones: zones)
      } else {
        others.insert(Setting.changed(path: change.path, to: change.new.map(FileChange.text)))
      }
    }
    return Setting.changed(from: old, to: new).union(others)
  }
}

extension CommitFacts.Seal {
  /// Whether one of some keys made it.
  func isOf(_ keys: Set<String>) -> Bool { if case .key(let key) = self { keys.contains(key) } else { false } }
}
