import ActualState
import Operations
import SQLite
import TestSupport
import Testing

@testable import SQLiteStore

/// Goods between two nodes: what becomes of them, in both stores.
@Suite struct TransferTests {
  private static func take(
    _ store: any Store, _ id: String, _ type: String, _ data: JSONValue
  ) throws -> Receipt {
    let event = Event(source: "/erp", id: id, type: type, time: .start, data: data)
    return try store.transaction { try store.receive(event, owners: EventOwners([:])) }
  }

  private static let dispatch: JSONValue = [
    "transfer": "T", "from": "dc", "to": "shop", "eta": "2026-12-01T00:00:00Z",
    "lines": [["line": "1", "sku": "A", "qty": 5], ["line": "2", "sku": "A", "qty": 3]],
  ]

  @Test(arguments: StoreKind.allCases) func everyUnitIsSomewhere(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      let cancel: JSONValue = ["transfer": "T", "goods": "returned", "lines": [["line": "1", "qty": 2]]]
      #expect(try Self.take(store, "1", "transfer.cancelled", cancel) == .waiting(for: "transfer:T"))
      #expect(try Self.take(store, "2", "transfer.dispatched", Self.dispatch) == .applied)
      // What waited for it is taken in with it.
      #expect(try store.transferLine("T", "1")?.open == 3)
      #expect(try store.position("A", "dc")?.onHand == -6)
      #expect(
        try Self.take(store, "3", "transfer.changed", ["transfer": "T", "eta": "2026-12-09T00:00:00Z"]) == .applied)
      let line = try #require(try store.transferLine("T", "2"))
      #expect(line.eta.description == "2026-12-09T00:00:00Z" && line.originalETA.description == "2026-12-01T00:00:00Z")
      #expect(try store.snapshot(.all).transfers[0]?.map(\.open) == [3, 3])
      #expect(try Self.take(store, "4", "transfer.cancelled", ["transfer": "T", "goods": "lost"]) == .applied)
      #expect(try store.snapshot(.all).transfers.isEmpty && store.position("A", "dc")?.onHand == -6)
      var written: Quantity = 0
      try store.eachEntry { if $0.to == .scrap, $0.from == .inTransit { written += $0.quantity } }
      #expect(written == 6)
      #expect(try Auditor(store).problems.isEmpty)
    }
  }

  @Test(
    arguments: [
      (["transfer": "T"], "goods"), (["transfer": "T", "goods": "gone"], "returned"),
      (["transfer": "T", "goods": "lost", "lines": ["1", "1"]], "twice"),
      (["transfer": "T", "goods": "lost", "lines": ["9"]], "has no line '9'"),
    ] as [(JSONValue, String)]) func whatCannotBeMeantIsRefused(data: JSONValue, reason: String) throws
  {
    let store = InMemoryStore()
    try store.addItem("A")
    _ = try Self.take(store, "1", "transfer.dispatched", Self.dispatch)
    guard case .refused(let words) = try Self.take(store, "2", "transfer.cancelled", data) else {
      Issue.record("\(data.canonical) was taken in")
      return
    }
    #expect(words.contains(reason), "\(words)")
  }

  /// A file of an older Purser, in which a transfer came as it was said or not at all.
  @Test func anOlderFileIsBroughtUpToDate() throws {
    let folder = try ScratchFolder()
    let old = try Connection(path: folder.file())
    for step in Schema.steps.prefix(3) { try old.execute(step) }
    try old.execute(
      """
      PRAGMA user_version = 3;
      INSERT INTO items (id, sku, uom, traits) VALUES (1, 'A', 'each', 1);
      INSERT INTO traits VALUES (1, '{"attributes":{},"class":null}');
      INSERT INTO nodes (id, name) VALUES (1, 'dc'), (2, 'shop');
      INSERT INTO transfer_lines VALUES ('T', '1', 1, 1, 2, 5, 2, 7200000);
      """)
    let store = try SQLiteStore(path: folder.file(), mode: .readWrite)
    let line = try #require(try store.transferLine("T", "1"))
    #expect(line.open == 3 && line.cancelled == 0 && line.originalETA == line.eta)
    #expect(try store.snapshot(.all).transfers[0]?.map(\.open) == [3])
  }
}
