import ActualState
import Operations
import SQLite
import Testing

@testable import SQLiteStore

/// What was ordered is counted by destination and day, whatever becomes of the order.
@Suite struct DestinationSalesTests {
  private static func take(_ id: String, _ type: String, _ data: JSONValue, at time: Instant, into store: any Store)
    throws
  {
    let event = Event(source: "/shop", id: id, type: type, time: time, data: data)
    let receipt = try store.transaction { try store.receive(event, owners: EventOwners([:])) }
    #expect(receipt == .applied, "\(receipt)")
  }

  private static func place(
    _ order: String, _ units: Quantity, to destination: String, at time: Instant, into store: any Store
  ) throws {
    let data: JSONValue = [
      "order": .string(order), "channel": "web", "ship_to": ["region": .string(destination)],
      "lines": [["line": "1", "sku": "A", "qty": .integer(units)]],
    ]
    try take("placed-\(order)", "order.placed", data, at: time, into: store)
  }

  private static func trade(_ store: any Store) throws {
    try take("i", "catalog.item_upserted", ["sku": "A", "uom": "each"], at: .start, into: store)
    try place("1", 4, to: "us", at: .start, into: store)
    try place("2", 3, to: "us", at: .start + 2, into: store)
    try place("3", 5, to: "é", at: .start + 48, into: store)
    try take(
      "c", "order.cancelled", ["order": "1", "lines": [["line": "1", "qty": 1]]], at: .start + 30, into: store)
  }

  private static func sales(_ snapshot: Snapshot) -> [String] {
    snapshot.sales.rows(of: 0).map { row in
      "\(snapshot.sales.units[row]) to \(snapshot.destinations[Int(snapshot.sales.destination[row])]) after "
        + "\(Int64(snapshot.sales.day[row]) - Instant.start.day)"
    }
  }

  @Test(arguments: StoreKind.allCases) func salesStandByDestination(_ kind: StoreKind) throws {
    try kind.with { store in
      try Self.trade(store)
      let snapshot = try store.snapshot(.all)
      #expect(Self.sales(snapshot) == ["6 to us after 0", "5 to é after 2"])
      #expect(snapshot.usage.rows(of: 0).reduce(0) { $0 + snapshot.usage.sold[$1] } == 11)
    }
  }

  /// A store of before has the orders, and the sales are counted from them.
  @Test func anOlderStoreIsCountedAnew() throws {
    let folder = try ScratchFolder()
    let path = folder.file()
    do {
      let store = try SQLiteStore(path: path, mode: .create)
      try Self.trade(store)
      try store.put(Stockout(from: 3, until: 5), of: "A")
      try store.put(
        PurchaseProposal(.order, supplier: "mill", node: "dc", quantity: 2, reason: [:]), of: "A", at: .start)
    }
    let version = try #require(Schema.steps.firstIndex(of: Schema.regionalSupply))
    try Connection(path: path).execute(
      """
      ALTER TABLE claims DROP COLUMN work_day; ALTER TABLE node_load ADD COLUMN parcels INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE items DROP COLUMN since;
      DROP TABLE sales; DROP TABLE destinations;
      CREATE TABLE old_stockouts (item INTEGER NOT NULL, from_hour INTEGER NOT NULL, until_hour INTEGER,
        PRIMARY KEY (item, from_hour)) STRICT, WITHOUT ROWID;
      INSERT INTO old_stockouts SELECT item, from_hour, until_hour FROM stockouts;
      DROP TABLE stockouts; ALTER TABLE old_stockouts RENAME TO stockouts;
      CREATE TABLE old_proposals (item INTEGER NOT NULL, kind TEXT NOT NULL, quantity INTEGER NOT NULL, body TEXT NOT NULL,
        proposed_at INTEGER NOT NULL, PRIMARY KEY (item, kind)) STRICT, WITHOUT ROWID;
      INSERT INTO old_proposals SELECT item, kind, quantity, body, proposed_at FROM proposals;
      DROP TABLE proposals; ALTER TABLE old_proposals RENAME TO proposals;
      PRAGMA user_version = \(version)
      """)
    let snapshot = try SQLiteStore(path: path, mode: .readWrite).snapshot(.all)
    #expect(Self.sales(snapshot) == ["6 to us after 0", "5 to é after 2"])
    #expect(snapshot.stockouts[0] == [Stockout(from: 3, until: 5)])
    #expect(snapshot.proposals[0]?.map(\.region) == [.everywhere])
  }
}
