import Operations
import TestSupport
import Testing

@testable import Planning

/// An item that nobody asks anything of is planned by fewer stages: with the same result.
@Suite struct QuietItemTests {
  /// A case list without cases makes the same item one that is planned as any other.
  @Test(arguments: 0..<300 as Range<UInt64>) func fewerStagesComeToTheSamePlan(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let scene = FallbackLawTests.Scene(&random)
    let policy = try FallbackWorld.policy(seed.isMultiple(of: 3) ? scene.rules : Self.safety)
    var quiet = scene.snapshot
    if seed.isMultiple(of: 2) { quiet.items.claimed[0] = 0 }
    for _ in 0..<2 {
      var busy = quiet
      if busy.cases[0] == nil { busy.cases[0] = [] }
      let (one, other) = (FallbackWorld.plan(policy, quiet), FallbackWorld.plan(policy, busy))
      #expect(one.actions == other.actions && one.shortfalls == other.shortfalls, "seed \(seed)")
      #expect(one.warnings.map(\.json) == other.warnings.map(\.json), "seed \(seed)")
      quiet = FallbackWorld.applied(one, to: quiet)
      quiet.positions.sellable[0] -= Quantity.random(in: 0...30, using: &random)
    }
  }

  private static let safety = "---\nkind: SafetyStock\nname: s\nnode: east\nunits: 4\n"
}
