import ActualState
import Digest
import Operations
import Testing

/// Up to when a node's stock is known, whichever event says so.
@Suite struct HearingTests {
  static let noon = Instant("2026-11-24T12:00:00Z") ?? .distantPast
  static let early = Instant("2026-11-20T00:00:00Z") ?? .distantPast
  let store = InMemoryStore()

  init() throws { try take("item", "catalog.item_upserted", ["sku": "A", "uom": "each"], at: Self.early) }

  @discardableResult
  func take(
    _ id: String, _ type: String, _ data: JSONValue, at time: Instant = noon, arrival: Instant? = nil
  ) throws -> Receipt {
    try store.transaction {
      try store.receive(
        Event(source: "/wms", id: id, type: type, time: time, data: data), owners: EventOwners([:]), arrival: arrival)
    }
  }

  private static let line: JSONValue = ["line": "1", "qty": 1]
  private static let order: JSONValue = [
    "order": "O", "channel": "web", "ship_to": ["region": "r"], "lines": [["line": "1", "sku": "A", "qty": 9]],
  ]
  private static let purchase: JSONValue = [
    "po": "P", "supplier": "s", "node": "dc",
    "lines": [["line": "1", "sku": "A", "qty": 9, "eta": "2026-12-01T00:00:00Z"]],
  ]
  private static let transfer: JSONValue = [
    "transfer": "T", "from": "dc", "to": "store", "eta": "2026-12-01T00:00:00Z",
    "lines": [["line": "1", "sku": "A", "qty": 1]],
  ]

  /// What has to happen first, the event, and the nodes that it is word of.
  @Test(
    arguments: [
      ([], "inventory.counted", ["sku": "A", "node": "dc", "on_hand": 5], ["dc"]),
      ([], "inventory.adjusted", ["sku": "A", "node": "dc", "delta": 2, "reason": "r"], ["dc"]),
      ([], "inventory.adjusted", ["sku": "A", "node": "dc", "delta": 0, "reason": "r"], ["dc"]),
      (
        [("order.placed", order)], "shipment.dispatched", ["order": "O", "node": "dc", "lines": [line]], ["dc"]
      ),
      ([("purchase_order.confirmed", purchase)], "purchase_order.received", ["po": "P", "lines": [line]], ["dc"]),
      ([], "transfer.dispatched", transfer, ["dc"]),
      (
        [("transfer.dispatched", transfer)], "transfer.changed",
        ["transfer": "T", "eta": "2026-12-02T00:00:00Z"], []
      ),
      (
        [("transfer.dispatched", transfer)], "transfer.cancelled", ["transfer": "T", "goods": "returned"], ["dc"]
      ),
      ([("transfer.dispatched", transfer)], "transfer.cancelled", ["transfer": "T", "goods": "lost"], []),
      (
        [("transfer.dispatched", transfer)], "transfer.received", ["transfer": "T", "lines": [line]],
        ["store"]
      ),
      ([], "order.placed", order, []), ([], "purchase_order.confirmed", purchase, []),
      ([], "inventory.counted", ["sku": "unknown", "node": "dc", "on_hand": 5], []),
    ] as [([(String, JSONValue)], String, JSONValue, [NodeID])])
  func eachEventIsWordOfItsNodes(before: [(String, JSONValue)], type: String, data: JSONValue, nodes: [NodeID]) throws {
    for (index, (type, data)) in before.enumerated() { try take("before-\(index)", type, data, at: Self.early) }
    try take("event", type, data)
    var heard: [NodeID] = []
    try store.eachNode { node, _, heardAt in if heardAt == Self.noon { heard.append(node) } }
    #expect(heard == nodes)
  }

  /// A count tells of its `as_of`, an older word changes nothing, and a clock that is ahead hides no silence.
  @Test func theLatestWordCounts() throws {
    func count(_ asOf: String) -> JSONValue { ["sku": "A", "node": "dc", "on_hand": 5, "as_of": .string(asOf)] }
    try take("1", "inventory.counted", count("2026-11-24T03:00:00Z"))
    #expect(try store.heardAt("dc") == Instant("2026-11-24T03:00:00Z"))
    try take("2", "inventory.counted", count("2026-11-23T03:00:00Z"))
    #expect(try store.heardAt("dc") == Instant("2026-11-24T03:00:00Z"))
    try take("3", "inventory.counted", count("2026-12-01T00:00:00Z"), at: Self.noon + 200, arrival: Self.noon)
    #expect(try store.heardAt("dc") == Self.noon)
  }

  /// A plan that takes a node to be silent is not applied once it has spoken, whatever it spoke of.
  @Test func aNodeThatSpokeMeanwhileVoidsThePlan() throws {
    func apply(_ heardAt: Instant) throws -> ApplyOutcome {
      try store.apply(
        Application(
          planDigest: .zero, expectedPin: nil, pin: PolicyPin(commit: "c", tree: "t", version: 1),
          snapshotVersion: try store.version(), readVersions: [], silentNodes: ["dc": heardAt],
          actions: [
            .setFallback(
              .node("dc"), FallbackState(rules: ["r"], share: .none, isFrozen: false, since: Self.noon), was: nil)
          ], record: nil, fullPlan: true, now: Self.noon))
    }
    try take("1", "inventory.adjusted", ["sku": "A", "node": "dc", "delta": 0, "reason": "r"])
    guard case .conflict(let why) = try apply(Self.early) else {
      Issue.record("a silent node spoke, and the plan was applied")
      return
    }
    #expect(why.contains("'dc' has reported"))
    #expect(try store.fallback(of: .node("dc")) == nil && store.fullPlanAt() == nil)
    #expect(try apply(Self.noon) == .applied(record: nil))
    #expect(try store.fallback(of: .node("dc"))?.rules == ["r"])
  }

  /// What comes free at a node that is not taken at its word is left for the next plan.
  @Test(arguments: [false, true]) func whatComesFreeAtADoubtedNodeIsNotSoldAtOnce(isDoubted: Bool) throws {
    try take("1", "inventory.counted", ["sku": "A", "node": "dc", "on_hand": 5])
    try store.setActive("dc", true)
    var row = GrantRow(sku: "A", channel: "web")
    row.grant = Grant()
    try store.put(row)
    var item = try #require(try store.item("A"))
    item.shared = 5
    try store.put(item)
    try take("2", "order.placed", Self.order)
    let claim = try #require(try store.activeClaims(of: "O", "1").first)
    let state = FallbackState(rules: ["r"], share: .none, isFrozen: false, since: Self.noon)
    let move = Action.moveClaim(
      "A", ClaimMove(claim.held(for: nil), quantity: claim.quantity, to: claim.pool, at: "dc"))
    _ = try store.apply(
      Application(
        planDigest: .zero, expectedPin: nil, pin: PolicyPin(commit: "c", tree: "t", version: 1),
        snapshotVersion: try store.version(), readVersions: [],
        actions: (isDoubted ? [.setFallback(.node("dc"), state, was: nil)] : []) + [move], record: nil, fullPlan: true,
        now: Self.noon))
    try take("3", "order.cancelled", ["order": "O"])
    #expect(try store.item("A")?.shared == (isDoubted ? 0 : 5))
    #expect(try Auditor(store).problems.isEmpty)
  }
}
