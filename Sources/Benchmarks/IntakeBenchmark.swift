import ActualState
import CBaselines
import Diagnostics
import Intake
import Operations
import SQLiteStore

/// Order events that reserve stock, taken in durably in batches, over rows that are committed one by one.
enum IntakeBenchmark {
  static func run(_ workshop: Workshop) async throws -> [Comparison] {
    let items = workshop.isSmall ? 2000 : 20_000
    let perRound = workshop.isSmall ? 5000 : 20_000
    let store = try stockedStore(workshop.path("intake.db"), items: items)
    let floor = Floor(path: workshop.path("single.db"))
    let row = order(0, items: items).data.canonical
    let commits = workshop.isSmall ? 100 : 500
    var (events, batches, singles, syncs): ([Duration], [Duration], [Duration], [Duration]) = ([], [], [], [])
    for round in 0..<workshop.rounds {
      singles.append(await time { floor.commit(row, count: commits) } / commits)
      syncs.append(
        await time { precondition(purser_baseline_sync(workshop.path("sync"), commits) == 0) } / commits)
      var reader = OrderedEvents(events: (0..<perRound).map { order(round * perRound + $0, items: items) })
      var importer = Importer(store: store, owners: EventOwners([:]))
      let taken = try await time { try importer.run(&reader) { preconditionFailure("\($0)") } }
      precondition(importer.summary.applied == perRound)
      events.append(taken / perRound)
      batches += reader.batches
    }
    let rows = Double(rowsPerOrder) * (singles.median / events.median)
    return [
      Comparison(
        "durable order event, in batches of \(Importer.batchEvents)", over: "one row committed alone",
        aim: .atLeast(500), measured: events, baseline: singles,
        note: "an order event writes \(rowsPerOrder) rows; counted in rows, \(short(rows))x as many a second"),
      Comparison(
        "durable batch of \(Importer.batchEvents) order events, 99th percentile", over: "one sync of the disk",
        aim: .atMost(3), measured: [batches.percentile99], baseline: syncs,
        note: "a sync of 4 KiB costs \(short(syncs.median)) here; the disks that the aims think of need 1 to 10 ms"),
    ]
  }

  /// Event, order, order line, item, grant, claim and usage; the store's own counters are written once a batch.
  private static let rowsPerOrder = 7

  private static func order(_ number: Int, items: Int) -> Event {
    Event(
      source: "/shop", id: "event-\(number)", type: "order.placed",
      time: SyntheticWorld.now + TimeSpan(milliseconds: Int64(number)),
      data: [
        "order": .string("order-\(number)"), "channel": "web", "ship_to": ["region": "DE"],
        "lines": [
          ["line": "1", "sku": .string(sku(number &* 7919 % items)), "qty": 1, "unit_price": .decimal("19.99")]
        ],
      ])
  }

  private static func sku(_ number: Int) -> String { "SKU-\(1_000_000 + number)" }

  private static func stockedStore(_ path: String, items: Int) throws -> SQLiteStore {
    let store = try SQLiteStore(path: path, mode: .create)
    try store.transaction {
      for number in 0..<items {
        let sku = SKU(sku(number))
        try store.put(ItemRow(sku: sku, uom: "piece", traits: ItemTraits(productClass: "basic")))
        var position = PositionRow(sku: sku, node: "dc")
        position.onHand = 1000
        position.sellable = 1000
        try store.put(position)
        var grant = GrantRow(sku: sku, channel: "web")
        grant.grant = Grant(protected: 1000)
        try store.put(grant)
      }
    }
    return store
  }
}

/// Events that are ready, and the time that each batch of them took: the importer asks for the first of a batch when
/// the one before is on disk.
private struct OrderedEvents: EventReader {
  let events: [Event]
  private(set) var batches: [Duration] = []
  private var position = 0
  private var start = ContinuousClock.now

  init(events: [Event]) { self.events = events }

  mutating func next() -> Arrival? {
    if position.isMultiple(of: Importer.batchEvents) {
      let now = ContinuousClock.now
      if position > 0 { batches.append(now - start) }
      start = now
    }
    guard position < events.count else { return nil }
    defer { position += 1 }
    return .event(events[position], at: SourceLocation(file: "bench", line: position + 1))
  }
}
