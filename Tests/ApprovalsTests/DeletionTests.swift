import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

@testable import Approvals

/// A source that vanished must not read as a wish to delete everything, however it wrote what it wrote.
@Suite struct DeletionTests {
  private static let path = "state/channels/web.yaml"

  /// Overlays of one channel for items, each a document of its own.
  private static func overlays(_ numbers: Range<Int>, cap: Int = 5) -> String {
    numbers.map { "---\nkind: Channel\nname: web\nscope: {sku: S\($0)}\ncap: {units: \(cap), window: 7d}\n" }.joined()
  }

  private func problems(_ before: String, _ after: String) -> [String] {
    let base = World.channel("web", cap: 10)
    let (old, new) = (World.base.with(Self.path, base + before), World.base.with(Self.path, base + after))
    return Removals(from: old.state().state, to: new.state().state, at: ReviewedChange.start).problems(isSeries: false)
      .map(\.message)
  }

  @Test func overlaysCount() {
    let all = Self.overlays(0..<40)
    #expect(problems(all, "") == ["it removes 40 of 41 documents of the kind Channel, and one change may remove 50%"])
    #expect(problems(all, Self.overlays(0..<20)).count == 0)
    #expect(problems(all, Self.overlays(0..<20, cap: 9)).count == 0, "those that stay may say something else")
    #expect(problems(all, Self.overlays(100..<140)).count == 0, "others in their place")
    #expect(problems(Self.overlays(0..<9), "").count == 0, "a few may go")
  }

  /// Moved out of sight is gone.
  @Test func whatLeavesTheFolderIsGone() {
    let many = World.join((0..<20).map { World.channel("c\($0)", cap: 1) })
    let old = World.base.with("state/channels/many.yaml", many)
    for path in ["archive/many.yaml", "many.yaml"] {
      let new = old.with("state/channels/many.yaml", nil).with(path, many)
      let problems = Removals(from: old.state().state, to: new.state().state, at: ReviewedChange.start).problems(
        isSeries: false)
      #expect(problems.map(\.id) == ["approval.deletions"], "\(path)")
    }
  }

  /// What another version of Purser accepted and this one cannot read is not nothing: put right it counts as there, and left
  /// out as gone.
  @Test(arguments: [(40, true), (20, true), (19, false), (0, false)])
  func whatCannotBeReadIsNotNothing(back: Int, passes: Bool) {
    let before = World.base.state().state
    let new = World.base.with("state/network/nodes.yaml", World.join((0..<back).map { World.node("n\($0)") }))
    let removals = Removals(from: before, to: new.state().state, unread: [.node: 40], at: ReviewedChange.start)
    #expect(removals.problems(isSeries: false).isEmpty == passes)
    #expect(removals.isEmpty == (back == 40))
  }

  /// What ends is gone: windows are no way around the guard. Those that end later may be meant, unless nothing is left.
  @Test(arguments: [
    ("until: 2020-01-01T00:00:00Z", true), ("until: 2030-01-01T00:00:00Z", false),
    ("from: 2020-01-01T00:00:00Z", false),
  ])
  func whatHasEndedIsGone(window: String, isRefused: Bool) {
    let all = Self.overlays(0..<40)
    let ended = all.split(separator: "cap:", omittingEmptySubsequences: false).joined(
      separator: "effective: {\(window)}\ncap:")
    let now = problems(all, String(ended))
    #expect(now.isEmpty == !isRefused, "\(now)")
    #expect(problems(String(ended), "").isEmpty == isRefused, "what has ended may be tidied up")
  }

  private static func nodes(_ fields: String...) -> Files {
    World.base.with(
      "state/network/nodes.yaml",
      World.join(fields.enumerated().map { World.node("n\($0)") + $1 }))
  }

  /// A node that ends, begins another time or closes sells nothing, like one that is not there.
  @Test(arguments: [
    ("effective: {until: 2020-01-01T00:00:00Z}\n", "", true),
    ("effective: {until: 2030-01-01T00:00:00Z}\n", "status: closed\n", false),
    ("effective: {until: 2030-01-01T00:00:00Z}\n", "effective: {from: 2030-01-01T00:00:00Z}\n", false),
    ("status: closed\n", "status: closed\n", false), ("status: closed\n", "status: paused\n", true),
    ("status: closed\n", "effective: {from: 2020-01-01T00:00:00Z}\n", true),
  ])
  func oneNodeMustStay(first: String, second: String, passes: Bool) {
    func removals(_ before: Files, _ after: Files) -> [Diagnostic] {
      Removals(from: before.state().state, to: after.state().state, at: ReviewedChange.start).problems(isSeries: false)
    }
    let after = Self.nodes(first, second)
    let problems = removals(Self.nodes("", ""), after)
    #expect(problems.map(\.id) == (passes ? [] : ["approval.deletions"]))
    for problem in problems { #expect(problem.message.contains("closes or ends it")) }
    #expect(removals(after, after).isEmpty, "as they were before")
    #expect(removals(Self.nodes("", "status: closed\n"), after).isEmpty, "one that stands alone may go")
  }

  /// Two commits that take effect at once count together, also what of it cannot be read.
  @Test func aSeriesCountsWhatCannotBeRead() {
    let before = World.base.state().state
    let half = World.base.with("state/network/nodes.yaml", World.join((0..<10).map { World.node("n\($0)") }))
    let removals = Removals(from: before, to: half.state().state, unread: [.node: 40], at: ReviewedChange.start)
    #expect(removals.problems(isSeries: true).map(\.id) == ["approval.deletions"])
  }
}
