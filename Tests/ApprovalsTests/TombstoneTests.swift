import Approvals
import Digest
import TestSupport
import Testing

/// What was taken back, and what takes something back exactly, as functions of the files that changes name.
@Suite struct TombstoneTests {
  static func change(_ path: String, _ old: String?, _ new: String?) -> FileChange {
    FileChange(path: path, old: old, new: new)
  }

  static let cap = [change("state/a.yaml", "1", "2"), change("state/b.yaml", nil, "9")]
  static let digest = SHA256Digest(ofChange: cap)

  static let back = SHA256Digest(ofChange: cap.inverted)

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

  // MARK: Exact reverts

  static let second = [change("state/a.yaml", "2", "3")]

  @Test func onlyTheExactInverseIsAnExactRevert() {
    #expect(Self.cap.inverted.isExactRevert(of: [Self.cap]))
    #expect(!Self.cap.isExactRevert(of: [Self.cap]))
    #expect(!Array(Self.cap.inverted.dropLast()).isExactRevert(of: [Self.cap]), "half of it")
    #expect(!(Self.cap.inverted + [Self.change("x", nil, "1")]).isExactRevert(of: [Self.cap]), "and more")
    #expect(![Self.change("state/a.yaml", "2", "0")].isExactRevert(of: [[Self.change("state/a.yaml", "1", "2")]]))
    #expect(!Self.cap.inverted.isExactRevert(of: []) && ![FileChange]().isExactRevert(of: []))
  }

  @Test func severalAreTakenBackTogetherAndInOrder() {
    let net = [Self.change("state/a.yaml", "3", "1"), Self.change("state/b.yaml", "9", nil)]
    #expect(net.isExactRevert(of: [Self.cap, Self.second]))
    #expect(!net.isExactRevert(of: [Self.second, Self.cap]), "somebody wrote in between")
    #expect(!Self.cap.inverted.isExactRevert(of: [Self.cap, Self.second]))
    // A file that came and went is no part of what is left to take back.
    let gone = [Self.change("state/b.yaml", "9", nil)]
    #expect([Self.change("state/a.yaml", "2", "1")].isExactRevert(of: [Self.cap, gone]))
  }

  /// Any series of changes and its net inverse, by random: exact with nothing in between, never with anything else.
  @Test func aNetInverseIsExactForEverySeries() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
      var now: [String: String] = [:]
      var line: [[FileChange]] = []
      for step in 0..<number(1...6) {
        var change: [FileChange] = []
        for path in ["a", "b", "c"] where number(0...1) == 1 {
          let new = number(0...3) == 0 ? nil : "\(step).\(path)"
          if now[path] == new { continue }
          change.append(Self.change(path, now[path], new))
          now[path] = new
        }
        line.append(change)
      }
      let back = now.map { Self.change($0.key, $0.value, nil) }
      #expect(back.isEmpty || back.isExactRevert(of: line), "seed \(seed)")
      guard let first = back.first else { continue }
      let other = back.dropFirst() + [Self.change(first.path, first.old, "other")]
      #expect(!Array(other).isExactRevert(of: line), "seed \(seed)")
    }
  }
}
