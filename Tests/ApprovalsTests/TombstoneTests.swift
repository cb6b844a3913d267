import Approvals
import Digest
import Testing

/// What was taken back, as a function of the changes along a history.
@Suite struct TombstoneTests {
  static func change(_ path: String, _ old: String?, _ new: String?) -> FileChange {
    FileChange(path: path, old: old, new: new)
  }

  static let cap = [change("state/a.yaml", "1", "2"), change("state/b.yaml", nil, "9")]
  static let digest = SHA256Digest(ofChange: cap)

  static let back = SHA256Digest(ofChange: [change("state/a.yaml", "2", "1"), change("state/b.yaml", "9", nil)])

  @Test func aRevertLeavesATombstoneAndTakingEffectAgainEndsIt() {
    var stones = Tombstones()
    stones.add("change", Self.digest, reverting: [])
    #expect(stones.isEmpty)
    stones.add("revert", Self.back, reverting: [Self.digest])
    #expect(stones.commit(takingBack: Self.digest) == "revert")
    // The revert of the revert brings the change again: that is wanted now, and its revert is not.
    stones.add("again", Self.digest, reverting: [Self.back])
    #expect(stones.commit(takingBack: Self.digest) == nil && stones.commit(takingBack: Self.back) == "again")
  }

  @Test func onlyWhatIsCalledARevertIsOne() {
    var stones = Tombstones()
    stones.add("night", Self.digest, reverting: [])
    stones.add("morning", Self.back, reverting: [])
    #expect(stones.isEmpty)
    stones.add("odd", Self.back, reverting: [Self.back])
    #expect(stones.isEmpty, "nothing takes itself back")
  }
}
