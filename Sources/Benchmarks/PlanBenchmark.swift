import CBaselines
import Operations

/// A full plan of a settled world against one pass over the same columns that only adds them up.
enum PlanBenchmark {
  static func run(_ workshop: Workshop) async -> [Comparison] {
    let world = workshop.settledWorld()
    let snapshot = world.snapshot
    return [
      await Comparison(
        "full plan, \(snapshot.positions.node.count) positions x 8 channels", over: "a C pass that sums the columns",
        aim: .atMost(20), rounds: workshop.rounds, measured: { _ = world.plan(snapshot) },
        baseline: { sum(snapshot) })
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
