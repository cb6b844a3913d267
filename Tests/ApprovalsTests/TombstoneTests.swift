import Approvals
import DesiredState
import DesiredStateFiles
import Testing

/// What was taken back, as a function of what is said along a history.
@Suite struct TombstoneTests {
  static func resources(_ text: String) -> [Resource] {
    DecodedFile(decoding: SourceFile(path: "state/f.yaml", bytes: Array(text.utf8))).resources
  }

  static func change(_ old: String, _ new: String) -> Set<Setting> {
    Setting.changed(from: resources(old), to: resources(new))
  }

  static let (high, low) = (World.channel("web", cap: 100), World.channel("web", cap: 5))
  static let (lower, back) = (change(high, low), change(low, high))

  @Test func aRevertLeavesATombstoneAndBeingSaidAgainEndsIt() {
    var stones = Tombstones()
    stones.add("change", Self.lower, reverting: [], isOfPerson: true)
    #expect(stones.isEmpty)
    stones.add("revert", Self.back, reverting: [Self.lower], isOfPerson: true)
    #expect(stones.tombstone(among: Self.lower)?.commit == "revert")
    #expect(stones.tombstone(among: Self.lower)?.setting.words == "cap/units of Channel/web")
    stones.add("retry", Self.lower, reverting: [], isOfPerson: false)
    #expect(stones.tombstone(among: Self.lower)?.commit == "revert", "a program said it")
    // The revert of the revert brings the change again: that is wanted now, and its revert is not.
    stones.add("again", Self.lower, reverting: [Self.back], isOfPerson: true)
    #expect(stones.tombstone(among: Self.lower) == nil && stones.tombstone(among: Self.back)?.commit == "again")
  }

  @Test func onlyWhatIsCalledARevertAndIsOneLeavesOne() {
    var stones = Tombstones()
    stones.add("night", Self.lower, reverting: [], isOfPerson: true)
    stones.add("morning", Self.back, reverting: [], isOfPerson: true)
    #expect(stones.isEmpty)
    stones.add("odd", Self.back, reverting: [Self.back], isOfPerson: true)
    #expect(stones.isEmpty, "nothing takes itself back")
    stones.add("elsewhere", Self.change("", World.node("dc")), reverting: [Self.lower], isOfPerson: true)
    #expect(stones.isEmpty, "it does not touch what it says it takes back")
  }

  /// What each change says: members and elements for themselves, what is gone, rows, windows.
  @Test(arguments: [
    ("kind: ProductClass\nname: c\n", "", ["ProductClass/c: -"]),
    (high, low, ["cap/units of Channel/web: 5"]),
    (
      high, high.replacing("7d", with: "8d") + "scope: {sku: A}\n",
      [
        "Channel/web: -", "Channel/web for sku A: ", "cap/units of Channel/web for sku A: 100",
        "cap/units of Channel/web: -", "cap/window of Channel/web for sku A: 8d", "cap/window of Channel/web: -",
        "tier of Channel/web for sku A: growth", "tier of Channel/web: -", "type of Channel/web for sku A: dtc",
        "type of Channel/web: -",
      ]
    ),
    (
      World.role("r", "ann, bob", kinds: "Node", paths: "a"), World.role("r", "bob, cid", kinds: "Node", paths: "a"),
      ["people/ann of Role/r: -", "people/cid of Role/r: "]
    ),
    (
      "kind: SafetyStock\nname: s\nrows:\n  - {sku: A, units: 1}\n  - {sku: B, node: n, units: 2}\n",
      "kind: SafetyStock\nname: s\nrows:\n  - {sku: B, node: n, units: 3}\n",
      ["rows/A of SafetyStock/s: -", "rows/B@n of SafetyStock/s: 3"]
    ),
    (
      high + "effective: {from: 2026-01-01T00:00:00Z}\n", high + "effective: {from: 2026-01-01T00:00:01Z}\n",
      ["effective of Channel/web: 2026-01-01T00:00:01Z.."]
    ),
    (high, "# a comment\n" + high, []),
  ])
  func says(old: String, new: String, settings: [String]) {
    #expect(Self.change(old, new).map { "\($0.words): \($0.value ?? "-")" }.sorted() == settings.sorted())
  }
}
