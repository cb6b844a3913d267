import ActualState
import Operations
import Planning
import SQLiteStore

/// A large world in SQLite: reading all of it, and planning what one event has touched.
enum StoreBenchmark {
  /// The queries of a snapshot of everything that return rows in this world.
  private static let queries = [
    "SELECT id, sku, traits, version, shared, claimed FROM items WHERE uom IS NOT NULL ORDER BY id",
    "SELECT id FROM items ORDER BY sku",
    "SELECT item, node, on_hand, sellable, allocated, safety_stock FROM positions",
    "SELECT item, channel, protected, cap_left, may_use_shared, published, active_protected, active_shared FROM grants",
    "SELECT item, channel, hour, claimed, protected, protected_shipped FROM usage",
  ]

  static func snapshot(_ workshop: Workshop) async throws -> [Comparison] {
    let filled = try workshop.filledStore()
    let floor = Floor(path: filled.path)
    return [
      try await Comparison(
        "snapshot of \(workshop.positions) positions from SQLite", over: "a C loop of sqlite3_step, same queries",
        aim: .atMost(1.1), rounds: workshop.rounds,
        measured: {
          expect(try filled.store.snapshot(.all).positions.node.count == workshop.positions, "rows are missing")
        },
        baseline: { floor.read(queries) })
    ]
  }

  /// Every sample is a fresh order for another item: its rows are in no cache but by chance.
  static func oneEvent(_ workshop: Workshop) async throws -> [Comparison] {
    let filled = try workshop.filledStore()
    let (store, world) = (filled.store, filled.world)
    let items = world.snapshot.items.sku
    var (whole, planOnly, full): ([Duration], [Duration], [Duration]) = ([], [], [])
    for round in 0..<workshop.rounds {
      full.append(await time { _ = world.plan(world.snapshot) })
      for turn in 0..<20 {
        let number = round * 20 + turn
        let receipt = try store.transaction {
          try store.receive(order(number, items[number &* 7919 % items.count]), owners: EventOwners([:]))
        }
        precondition(receipt == .applied)
        var snapshot = Snapshot(scope: .dirty)
        whole.append(
          try await time {
            snapshot = try store.snapshot(.dirty)
            expect(world.plan(snapshot).readVersions.count == 1, "one item was touched")
          })
        planOnly.append(await time(10) { _ = world.plan(snapshot) })
        try store.clearDirtyMarks(of: nil)
      }
    }
    let name = "after one event, \(workshop.positions) positions"
    let aim = workshop.aim(0.0001, at: 1_000_000, for: workshop.positions)
    return [
      Comparison("snapshot and plan \(name)", over: "full plan", aim: aim, measured: whole, baseline: full),
      Comparison("plan alone \(name)", over: "full plan", aim: aim, measured: planOnly, baseline: full),
    ]
  }

  private static func order(_ number: Int, _ sku: SKU) -> Event {
    Event(
      source: "/shop", id: "order-\(number)", type: "order.placed", time: SyntheticWorld.now,
      data: [
        "order": .string("o-\(number)"), "channel": "channel-00", "ship_to": ["region": "r"],
        "lines": [["line": "1", "sku": .string(sku.rawValue), "qty": 1]],
      ])
  }
}
