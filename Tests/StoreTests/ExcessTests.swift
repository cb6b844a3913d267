import ActualState
import Operations
import Testing

/// Amounts that cannot be: each counts as far as it can, or as the fact that it is, and opens a case.
@Suite struct ExcessTests {
  private static func cases(_ store: any Store) throws -> [String] {
    var cases: [String] = []
    try store.eachCase { _, one, _ in if one.kind == .excess { cases.append("\(one.subject): \(one.detail)") } }
    return cases
  }

  private static func bought(_ shop: Shop, _ type: String, _ units: Int64, _ more: [String: JSONValue] = [:]) throws {
    var line: [String: JSONValue] = ["line": "1", "qty": .integer(units)]
    if type == "confirmed" { line["sku"] = "A" }
    if type == "confirmed" || type == "changed" { line["eta"] = "2026-12-01T00:00:00Z" }
    var data: [String: JSONValue] = ["po": "p", "lines": [.object(line)]]
    if type == "confirmed" { data.merge(["supplier": "mill", "node": "dc"]) { $1 } }
    try shop.take("purchase_order.\(type)", .object(data.merging(more) { $1 }))
  }

  /// What is said of a purchase order for ten, one after another, and the case that stands then.
  @Test(arguments: StoreKind.allCases) func ofPurchaseOrders(kind: StoreKind) throws {
    let rows: [([(String, Int64)], String?)] = [
      ([("received", 10)], nil), ([("received", 4), ("cancelled", 6)], nil),
      ([("received", 25)], "25 received of 10 ordered"),
      ([("received", 8), ("received", 3)], "11 received of 10 ordered"),
      ([("cancelled", 400)], "400 to cancel, but only 10 can be"),
      ([("cancelled", 10), ("received", 25)], "25 received of 10 ordered, 10 of them cancelled"),
      ([("received", 4), ("cancelled", 7)], "7 to cancel, but only 6 can be"),
      // What is put right is no case any more.
      ([("received", 12), ("changed", 12)], nil), ([("received", 12), ("confirmed", 15)], nil),
      ([("received", 6), ("changed", 5)], "6 received of 5 ordered"),
    ]
    for (steps, expected) in rows {
      try kind.with { store in
        let shop = try Shop(store)
        try Self.bought(shop, "confirmed", 10)
        for (type, units) in steps { try Self.bought(shop, type, units) }
        #expect(try Self.cases(store) == (expected.map { ["p/1: \($0)"] } ?? []), "\(steps)")
      }
    }
  }

  @Test(arguments: StoreKind.allCases) func ofShipNotices(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store)
      try Self.bought(shop, "confirmed", 10)
      func announce(_ id: String, _ units: Int64) throws {
        try shop.take(
          "asn.received",
          [
            "asn": .string(id), "po": "p",
            "lines": [["line": "1", "qty": .integer(units), "eta": "2026-12-01T00:00:00Z"]],
          ])
      }
      try announce("a", 6)
      try announce("b", 4)
      #expect(try Self.cases(store).isEmpty)
      try announce("b", 4000)
      #expect(try Self.cases(store) == ["p/1: 4006 announced of 10 ordered"])
      try announce("b", 3)
      #expect(try Self.cases(store).isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases) func ofTransfersAndOrders(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store, stock: ["A": 30])
      try store.setActive("east", true)
      try shop.take(
        "transfer.dispatched",
        [
          "transfer": "t", "from": "dc", "to": "east", "eta": "2026-12-01T00:00:00Z",
          "lines": [["line": "1", "sku": "A", "qty": 12]],
        ])
      try shop.take("transfer.received", ["transfer": "t", "lines": [["line": "1", "qty": 12]]])
      #expect(try Self.cases(store).isEmpty)
      try shop.take("transfer.received", ["transfer": "t", "lines": [["line": "1", "qty": 3]]])
      #expect(try Self.cases(store) == ["t/1: 15 received of 12 sent"])
      try shop.take(
        "transfer.cancelled", ["transfer": "t", "goods": "lost", "lines": [["line": "1", "qty": 100]]])
      #expect(try Self.cases(store) == ["t/1: 100 to cancel, but only 0 can be"])

      try shop.take(
        "order.placed",
        [
          "order": "o", "channel": "web", "ship_to": ["region": "north"],
          "lines": [["line": "1", "sku": "A", "qty": 6]],
        ])
      try shop.ship("o", "1", 2)
      try shop.cancel("o", "1", 4)
      #expect(try Self.cases(store).count == 1)
      try shop.cancel("o", "1", 100)
      #expect(try Self.cases(store).contains("o/1: 100 to cancel, but only 0 can be"))
      #expect(try store.line("o", "1")?.cancelled == 4)
    }
  }
}
