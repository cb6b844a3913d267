import CBaselines
import Operations
import Planning

/// A full plan of a settled world against one pass over the same columns that only adds them up, and the plan after one
/// event against the full plan.
enum PlanBenchmark {
  static func run(positions: Int = 1_000_000) -> [Ratio] {
    let world = SyntheticWorld(items: positions / 5, nodes: 5, channels: 8)
    let policy = Policy(world.desiredState(), at: SyntheticWorld.now)
    let pin = PolicyPin(commit: "bench", tree: "bench", version: 1)
    func plan(_ snapshot: Snapshot) -> Plan {
      Plan(
        policy: policy, pin: pin, previous: nil, policyChanged: false, snapshot: snapshot, now: SyntheticWorld.now)
    }
    var snapshot = world.snapshot()
    snapshot.settle(plan(snapshot).actions.map(\.action))
    precondition(plan(snapshot).isEmpty, "a settled world asks for nothing")
    let oneItem = SyntheticWorld(items: 1, nodes: 5, channels: 8).snapshot()
    return [
      Ratio(
        "full plan, \(snapshot.positions.node.count) positions x 8 channels", "a C pass that sums the same columns",
        aim: 20, measured: { _ = plan(snapshot) }, baseline: { sum(snapshot) }),
      Ratio(
        "plan after one event", "the full plan", aim: 0.0001, measured: { _ = plan(oneItem) },
        baseline: { _ = plan(snapshot) }),
    ]
  }

  private static func sum(_ snapshot: Snapshot) {
    let positions = snapshot.positions
    let usage = snapshot.usage
    // Grants and publications are structures: their numbers are added from columns of the same size.
    let wide = [
      positions.onHand, positions.sellable, positions.allocated, positions.safetyStock, snapshot.items.version,
      snapshot.items.shared, snapshot.items.claimed, snapshot.grants.activeProtected, snapshot.grants.activeShared,
      snapshot.grants.activeProtected, snapshot.grants.activeShared, usage.claimed, usage.protected,
      usage.protectedShipped,
    ]
    let narrow = [positions.node, snapshot.grants.channel, snapshot.items.traits, usage.channel, usage.hour]
    withPointers(wide) { wides, wideCounts in
      withPointers(narrow) { narrows, narrowCounts in
        let total = purser_baseline_sum(wides, wideCounts, wide.count, narrows, narrowCounts, narrow.count)
        precondition(total != .min)
      }
    }
  }

  private static func withPointers<Number>(
    _ columns: [ContiguousArray<Number>], _ body: ([UnsafePointer<Number>?], [Int]) -> Void
  ) {
    func open(_ index: Int, _ pointers: [UnsafePointer<Number>?]) {
      guard index < columns.count else { return body(pointers, columns.map(\.count)) }
      columns[index].withUnsafeBufferPointer { open(index + 1, pointers + [$0.baseAddress]) }
    }
    open(0, [])
  }
}
