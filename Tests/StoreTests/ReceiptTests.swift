import ActualState
import Operations
import SQLite
import Testing

@testable import SQLiteStore

/// What purchase orders brought in: a snapshot holds what may still count, and the ledger all of it.
@Suite struct ReceiptTests {
  private static let hours = Int(Receipts.rememberedHours)

  private static func event(_ id: String, _ type: String, _ data: JSONValue, at time: Instant) -> Event {
    Event(source: "/erp", id: id, type: type, time: time, data: data)
  }

  private static func take(_ event: Event, into store: any Store) throws {
    let receipt = try store.transaction { try store.receive(event, owners: EventOwners([:])) }
    #expect(receipt == .applied, "\(receipt)")
  }

  /// An item of which a purchase order brings units in hours after the start.
  private static func receive(_ arrivals: [(hour: Int, units: Quantity)], into store: any Store) throws {
    try take(event("i", "catalog.item_upserted", ["sku": "A", "uom": "each"], at: .start), into: store)
    for node in ["dc", "east"] {
      let line: JSONValue = ["line": "1", "sku": "A", "qty": 1000, "eta": .string(Instant.start.description)]
      try take(
        event(
          "p\(node)", "purchase_order.confirmed",
          ["po": .string(node), "supplier": "mill", "node": .string(node), "lines": [line]], at: .start), into: store)
    }
    for (index, one) in arrivals.enumerated() {
      let data: JSONValue = [
        "po": .string(one.units % 2 == 0 ? "dc" : "east"), "lines": [["line": "1", "qty": .integer(one.units)]],
      ]
      // Named by what they are, so that the order in which they come is no part of it.
      try take(event("\(one)#\(index)", "purchase_order.received", data, at: .start + one.hour), into: store)
    }
    #expect(try Auditor(store).problems.isEmpty)
  }

  private static func remembered(_ store: any Store) throws -> [String] {
    try (store.snapshot(.all).receipts[0] ?? []).map { one in
      "\(one.units) at \(one.node) after \(one.hour - Instant.start.hour)"
    }
  }

  @Test(arguments: StoreKind.allCases) func whatCanCountNoMoreIsForgotten(_ kind: StoreKind) throws {
    try kind.with { store in
      let arrivals: [(hour: Int, units: Quantity)] = [(0, 4), (0, 2), (0, 5), (1, 6), (Self.hours, 8)]
      try Self.receive(arrivals, into: store)
      #expect(
        try Self.remembered(store) == [
          "6 at dc after 0", "5 at east after 0", "6 at dc after 1", "8 at dc after \(Self.hours)",
        ])
    }
    try kind.with { store in
      try Self.receive([(0, 4), (1, 6), (Self.hours + 1, 8), (0, 2)], into: store)
      #expect(try Self.remembered(store) == ["6 at dc after 1", "8 at dc after \(Self.hours + 1)"])
      // The books have all of it.
      #expect(try store.position("A", "dc")?.onHand == 20)
      var entries = 0
      try store.eachEntry { entries += $0.cause == .receipt ? 1 : 0 }
      #expect(entries == 4)
    }
  }

  /// However many years go by, a snapshot grows no further.
  @Test(arguments: StoreKind.allCases) func aSnapshotStaysSmall(_ kind: StoreKind) throws {
    try kind.with { store in
      let step = Self.hours / 4
      try Self.receive((0..<60).map { ($0 * step, 2) }, into: store)
      #expect(try Self.remembered(store).count == 5)
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func theOrderOfArrivalDoesNotMatter(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let arrivals = (0..<12).map { _ in
      (hour: Int.random(in: 0...(2 * Self.hours), using: &random), units: Quantity.random(in: 1...9, using: &random))
    }
    var seen = Set<[String]>()
    for kind in StoreKind.allCases {
      for _ in 0..<3 {
        let shuffled = arrivals.shuffled(using: &random)
        try kind.with { store in
          try Self.receive(shuffled, into: store)
          seen.insert(try Self.remembered(store))
        }
      }
    }
    #expect(seen.count == 1, "seed \(seed): \(seen)")
  }

  @Test func anAuditorFindsWhatIsForgottenOrInvented() throws {
    let store = InMemoryStore()
    try Self.receive([(0, 4), (3, 6)], into: store)
    try store.removeReceipts(of: "A", before: (Instant.start + 1).hour)
    #expect(try Auditor(store).problems == ["1 receipts of A are forgotten and may still count"])
    try store.add(Receipts(hour: Instant.start.hour, node: "dc", units: 5), of: "A")
    let problems = try Auditor(store).problems
    #expect(
      problems == ["5 of A came in at dc in the hour \(Instant(hour: Instant.start.hour)), and the ledger says 4"])
  }

  /// A file of an older Purser, in which snapshots added up the whole ledger.
  @Test func anOlderFileIsBroughtUpToDate() throws {
    let folder = try ScratchFolder()
    let old = try Connection(path: folder.file())
    for step in Schema.steps.prefix(2) { try old.execute(step) }
    try old.execute(
      """
      PRAGMA user_version = 2;
      INSERT INTO items (id, sku, uom, traits) VALUES (1, 'A', 'each', 1);
      INSERT INTO traits VALUES (1, '{"attributes":{},"class":null}');
      INSERT INTO nodes (id, name) VALUES (1, 'dc'), (2, 'east');
      """)
    let late = Instant.start.milliseconds
    let early = late - Int64(Self.hours + 1) * TimeSpan.hour.milliseconds
    for (key, cause, node, units, time) in [
      ("a", "receipt", 1, 7, early), ("b", "receipt", 1, 3, early + TimeSpan.hour.milliseconds),
      ("c", "receipt", 2, 4, late), ("d", "receipt", 2, 5, late + 1), ("e", "count", 1, 9, late),
    ] as [(String, String, Int64, Int64, Int64)] {
      try old.run(
        "INSERT INTO ledger (idempotency_key, cause, item, node, bucket_from, bucket_to, quantity, time) "
          + "VALUES (?, ?, 1, ?, 'supplier', 'sellable', ?, ?)",
        .text(key), .text(cause), .integer(node), .integer(units), .integer(time))
    }
    let store = try SQLiteStore(path: folder.file(), mode: .readWrite)
    #expect(try Self.remembered(store) == ["3 at dc after \(-Self.hours)", "9 at east after 0"])
    #expect(try Auditor(store).problems.allSatisfy { !$0.contains("came in") && !$0.contains("forgotten") })
  }
}
