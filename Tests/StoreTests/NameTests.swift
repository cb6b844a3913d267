import ActualState
import Operations
import Testing

/// Events with names that nobody could tell apart are set aside, and stores that hold such names go on.
@Suite struct NameTests {
  static func event(_ id: String, _ type: String, _ data: JSONValue, source: String = "/wms") -> Event {
    Event(source: source, id: id, type: type, time: .start, data: data)
  }

  static func take(_ event: Event, into store: any Store) throws -> Receipt {
    try store.transaction { try store.receive(event, owners: EventOwners([:])) }
  }

  static func order(_ order: String = "O", sku: String = "A", line: String = "1") -> JSONValue {
    [
      "order": .string(order), "channel": "web", "ship_to": ["region": "r"],
      "lines": [["line": .string(line), "sku": .string(sku), "qty": 1]],
    ]
  }

  @Test(arguments: [
    (event("1", "catalog.item_upserted", ["sku": "A\u{200B}", "uom": "each"]), "data.sku must not hold U+200B"),
    (event("1", "catalog.item_upserted", ["sku": " ", "uom": "each"]), "data.sku must not begin or end with a blank"),
    (event("1", "order.placed", order("\u{202E}O")), "data.order must not hold U+202E"),
    (event("1", "order.placed", order(sku: "A\u{AD}")), "data.lines[0].sku must not hold U+00AD"),
    (event("1", "order.placed", order(line: "1 ")), "data.lines[0].line must not begin or end with a blank"),
    (event("1", "order.placed", order(), source: "\u{FEFF}/wms"), "its source must not hold U+FEFF"),
    (event(" 1", "order.placed", order()), "its id must not begin or end with a blank"),
  ]) func isSetAside(event: Event, words: String) throws {
    for kind in StoreKind.allCases {
      try kind.with { store in
        guard case .refused(let reason) = try Self.take(event, into: store) else {
          Issue.record("\(event.data.canonical) was taken in")
          return
        }
        #expect(reason.hasPrefix(words))
        #expect(try store.countEvents() == EventCounts(refused: 1) && store.version() == 0)
      }
    }
  }

  /// Lines of an order are told apart byte by byte, however a letter is spelled.
  @Test(arguments: StoreKind.allCases) func aLineThatIsSpelledOtherwiseIsAnother(_ kind: StoreKind) throws {
    try kind.with { store in
      let lines: [JSONValue] = ["e\u{301}", "\u{E9}"].map { ["line": .string($0), "sku": "A", "qty": 2] }
      func order(_ id: String, _ lines: [JSONValue]) -> JSONValue {
        ["order": .string(id), "channel": "web", "ship_to": ["region": "r"], "lines": .array(lines)]
      }
      let receipts = try [
        Self.event("i", "catalog.item_upserted", ["sku": "A", "uom": "each"]),
        Self.event("1", "order.placed", order("both", lines)),
        Self.event("2", "order.placed", order("one", [lines[0]])),
        Self.event("3", "order.cancelled", ["order": "one", "lines": [["line": "\u{E9}", "qty": 1]]]),
      ].map { try Self.take($0, into: store) }
      #expect(receipts == [.applied, .applied, .applied, .refused("the order 'one' has no line '\u{E9}'")])
      #expect(try store.lines(of: "both").count == 2)
    }
  }

  /// A reason is words, and names nothing.
  @Test func aReasonMayEndAsItLikes() throws {
    let store = InMemoryStore()
    #expect(
      try Self.take(Self.event("i", "catalog.item_upserted", ["sku": "A", "uom": "each"]), into: store) == .applied)
    let data: JSONValue = ["sku": "A", "node": "dc", "delta": 1, "reason": "perdu\u{202F}! "]
    #expect(try Self.take(Self.event("a", "inventory.adjusted", data), into: store) == .applied)
  }

  /// What an older Purser let in stays, is planned with, and an event that waited with it is set aside.
  @Test(arguments: StoreKind.allCases) func whatIsInAlreadyStays(_ kind: StoreKind) throws {
    try kind.with { store in
      let waiting = Self.event("w", "order.placed", Self.order("O\u{200B}", sku: "B"))
      try store.transaction {
        try store.addItem("A\u{200B}")
        try store.put(PositionRow(sku: "A\u{200B}", node: "dc"))
        try store.put(waiting, .waiting(for: "sku:B"))
      }
      #expect(try store.snapshot(.all).items.sku == ["A\u{200B}"])
      #expect(
        try Self.take(Self.event("i", "catalog.item_upserted", ["sku": "B", "uom": "each"]), into: store) == .applied)
      guard case .refused? = try store.event("/wms", "w")?.state else {
        Issue.record("what waited was neither taken in nor set aside")
        return
      }
    }
  }
}
