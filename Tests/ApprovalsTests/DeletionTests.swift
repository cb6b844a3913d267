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
    return Removals(from: old.state().state, to: new.state().state).problems(isSeries: false).map(\.message)
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
      let problems = Removals(from: old.state().state, to: new.state().state).problems(isSeries: false)
      #expect(problems.map(\.id) == ["approval.deletions"], "\(path)")
    }
  }

  /// What another version of Purser accepted and this one cannot read is not nothing: put right it counts as there, and left
  /// out as gone.
  @Test(arguments: [(40, true), (20, true), (19, false), (0, false)])
  func whatCannotBeReadIsNotNothing(back: Int, passes: Bool) {
    let before = World.base.state().state
    let new = World.base.with("state/network/nodes.yaml", World.join((0..<back).map { World.node("n\($0)") }))
    let removals = Removals(from: before, to: new.state().state, unread: [.node: 40])
    #expect(removals.problems(isSeries: false).isEmpty == passes)
    #expect(removals.isEmpty == (back == 40))
  }
}
