import ActualState
import Operations
import Testing

/// What the rules remember of deliveries.
@Suite struct DeliveryTests {
  static let noon = Instant("2026-11-24T12:00:00Z") ?? .distantPast

  private func take(_ store: any Store, _ id: String, _ type: String, _ data: JSONValue) throws {
    let event = Event(source: "/erp", id: id, type: type, time: Self.noon, data: data)
    #expect(try store.transaction { try store.receive(event, owners: EventOwners([:])) } == .applied, "\(id)")
  }

  private func open(_ store: any Store) throws {
    try take(store, "item", "catalog.item_upserted", ["sku": "A", "uom": "each"])
    try take(
      store, "po", "purchase_order.confirmed",
      [
        "po": "P", "supplier": "mill", "node": "dc",
        "lines": [["line": "1", "sku": "A", "qty": 10, "eta": "2026-12-01T00:00:00Z"]],
      ])
  }

  @Test(arguments: StoreKind.allCases) func aLineIsMeasuredAgainstItsFirstPromise(_ kind: StoreKind) throws {
    try kind.with { store in
      try open(store)
      try take(
        store, "later", "purchase_order.changed",
        ["po": "P", "lines": [["line": "1", "eta": "2027-01-01T00:00:00Z"]]])
      try take(
        store, "fewer", "purchase_order.cancelled", ["po": "P", "lines": [["line": "1", "qty": 4]]])
      try take(store, "in", "purchase_order.received", ["po": "P", "lines": [["line": "1", "qty": 2]]])
      try take(store, "more", "purchase_order.received", ["po": "P", "lines": [["line": "1", "qty": 3]]])
      let delivery = try #require(try store.deliveries(of: "mill").first)
      #expect(delivery.ordered == 6)
      #expect(delivery.promised == Instant("2026-12-01T00:00:00Z"))
      #expect(delivery.orderedAt == Self.noon)
      #expect(delivery.receipts.map(\.units) == [2, 3])
      #expect(try store.purchaseOrderLine("P", "1")?.open == 1)
    }
  }

  @Test(arguments: StoreKind.allCases) func aHistoryBringsNoStock(_ kind: StoreKind) throws {
    try kind.with { store in
      try open(store)
      try take(
        store, "h", "delivery.recorded",
        [
          "supplier": "mill", "reference": "1999-17", "qty": 20, "received": 15, "promised_at": "2026-10-01T00:00:00Z",
          "received_at": "2026-10-02T00:00:00Z",
        ])
      #expect(try store.deliveries(of: "mill").map(\.ordered) == [20, 10])
      #expect(try store.position("A", "dc")?.onHand ?? 0 == 0)
      #expect(try store.supplier("mill")?.isDirty == true)
    }
  }

  /// Where the policy learns, news of a supplier changes what can be expected of every item that it still owes.
  @Test(arguments: StoreKind.allCases) func newsOfASupplierTouchesWhatItOwes(_ kind: StoreKind) throws {
    try kind.with { store in
      try open(store)
      let standing = SupplierStanding(confidence: .percent(80), sampleSize: 0, tier: .untrusted)
      try store.transaction {
        try store.put(SupplierRow(supplier: "mill", standing: standing))
        try store.clearDirtyMarks(of: nil)
      }
      try take(
        store, "h", "delivery.recorded",
        ["supplier": "mill", "reference": "r", "qty": 1, "promised_at": "2026-10-01T00:00:00Z"])
      #expect(try store.item("A")?.isDirty == true)
      #expect(try store.snapshot(.dirty).suppliers["mill"]?.deliveries?.count == 2)
      try store.transaction { try store.clearSupplierMarks() }
      #expect(try store.snapshot(.dirty).suppliers["mill"] == SupplierRecord(standing: standing, deliveries: nil))
    }
  }

  /// What is announced and comes counts against the notice that is due first.
  @Test(arguments: StoreKind.allCases) func receiptsCountAgainstShipNotices(_ kind: StoreKind) throws {
    try kind.with { store in
      try open(store)
      for (id, day, units) in [("late", "09", 5), ("soon", "02", 4)] as [(String, String, Int64)] {
        try take(
          store, id, "asn.received",
          [
            "asn": .string(id), "po": "P",
            "lines": [["line": "1", "qty": .integer(units), "eta": .string("2026-12-\(day)T00:00:00Z")]],
          ])
      }
      try take(store, "in", "purchase_order.received", ["po": "P", "lines": [["line": "1", "qty": 6]]])
      let notices = try #require(try store.purchaseOrderLine("P", "1")?.shipNotices)
      #expect(notices.map(\.open) == [3, 0])
      #expect(try store.snapshot(.all).inbound[0]?.first?.shipNotices == notices)
    }
  }
}
