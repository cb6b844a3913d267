import ActualState
import Operations
import Testing

/// What events do to stock where systems are careless or hostile; the simulator tries the ordinary ways.
@Suite struct RuleTests {
  static let noon = Instant("2026-11-24T12:00:00Z") ?? .distantPast
  let store = InMemoryStore()

  init() throws { try take("item", "catalog.item_upserted", ["sku": "A", "uom": "each"]) }

  @discardableResult
  func take(
    _ id: String, _ type: String, _ data: JSONValue, source: String = "/wms", at time: Instant = noon,
    arrival: Instant? = nil
  ) throws -> Receipt {
    try store.transaction {
      try store.receive(
        Event(source: source, id: id, type: type, time: time, data: data), owners: EventOwners([:]), arrival: arrival)
    }
  }

  func adjust(_ id: String, by delta: Int64, source: String = "/wms", node: String = "dc") throws -> Receipt {
    try take(
      id, "inventory.adjusted", ["sku": "A", "node": .string(node), "delta": .integer(delta), "reason": "r"],
      source: source)
  }

  func onHand(_ node: NodeID) throws -> Quantity? { try store.position("A", node)?.onHand }

  /// Names that run into each other when they are only put side by side.
  @Test func eventsWithAwkwardNamesAreAllTakenIn() throws {
    try take(
      "o", "order.placed",
      ["order": "O", "channel": "web", "ship_to": ["region": "r"], "lines": [["line": "1", "sku": "A", "qty": 9]]])
    let shipped: JSONValue = ["order": "O", "node": "dc", "lines": [["line": "1", "qty": 1]]]
    #expect(try take("E1", "shipment.dispatched", shipped) == .applied)
    for id in ["E1/0", "0/E1", "shipment/0/E1", "E1#counted"] { #expect(try adjust(id, by: 10) == .applied) }
    #expect(try adjust("b#c", by: 1, source: "a") == .applied)
    #expect(try adjust("c", by: 1, source: "a#b") == .applied)
    #expect(try onHand("dc") == 41)
    #expect(try Auditor(store).problems.isEmpty)
  }

  /// A count of next year would be the latest for a year, and swallow every move until then.
  @Test func aClockThatIsFarAheadIsRefused() throws {
    let count: JSONValue = ["sku": "A", "node": "dc", "on_hand": 100]
    let ahead = Self.noon + Limits.clockAhead
    #expect(try take("near", "inventory.counted", count, at: ahead, arrival: Self.noon) == .applied)
    let far = try take(
      "far", "inventory.counted", count, at: ahead + TimeSpan(milliseconds: 1), arrival: Self.noon)
    guard case .refused(let reason) = far else {
      Issue.record("\(far)")
      return
    }
    #expect(reason.contains("ahead of this machine's clock"))
  }

  /// Nobody can have counted later than the event tells.
  @Test func aCountReachesNoFurtherThanItsEvent() throws {
    let asOf = (Self.noon + .day).description
    try take("c", "inventory.counted", ["sku": "A", "node": "dc", "on_hand": 10, "as_of": .string(asOf)])
    try take(
      "a", "inventory.adjusted", ["sku": "A", "node": "dc", "delta": -4, "reason": "r"],
      at: Self.noon + TimeSpan(milliseconds: 1))
    #expect(try onHand("dc") == 6)
  }

  /// Units that left a node which never had them are gone from somewhere: the other node's books are too high by them.
  @Test func negativeBooksLowerWhatTheItemCanPromise() throws {
    try store.transaction {
      for node: NodeID in ["dc", "3pl"] { try store.setActive(node, true) }
      var item = try #require(try store.item("A"))
      item.shared = 10
      try store.put(item)
    }
    _ = try adjust("in", by: 10)
    _ = try adjust("out", by: -7, node: "3pl")
    #expect(try store.item("A")?.shared == 3)
  }

  /// An order that waits for a thousand items looks again a few times only, from whichever end they come.
  @Test(arguments: [false, true]) func aWideOrderThatWaitsIsTakenInOnce(isReversed: Bool) throws {
    let count = 1000
    let lines = (0..<count).map { JSONValue.object(["line": .string("\($0)"), "sku": .string("S\($0)"), "qty": 1]) }
    let placed = try take(
      "wide", "order.placed",
      ["order": "W", "channel": "web", "ship_to": ["region": "r"], "lines": .array(lines)])
    #expect(placed == .waiting(for: "sku:S\(count / 2)"))
    var looks = 0
    var last: EventState?
    for index in isReversed ? Array((0..<count).reversed()) : Array(0..<count) {
      try take("i\(index)", "catalog.item_upserted", ["sku": .string("S\(index)"), "uom": "each"])
      let state = try store.event("/wms", "wide")?.state
      if state != last { looks += 1 }
      last = state
    }
    #expect(last == .applied && looks < 15)
  }
}
