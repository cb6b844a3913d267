import ActualState
import Digest
import Operations
import Testing

/// What channels were seen to show, in every store.
@Suite struct ListingTests {
  private static let key = ListingKey("web", .units)

  private static func seen(_ units: Int64, hour: Int, _ more: [String: JSONValue] = [:]) -> JSONValue {
    var data: [String: JSONValue] = [
      "channel": "web", "sku": "A", "units": .integer(units), "as_of": .string((Instant.start + hour).description),
    ]
    data.merge(more) { $1 }
    return .object(data)
  }

  private static func event(_ id: String, _ data: JSONValue, at time: Instant = .start + 24) -> Event {
    Event(source: "/feed", id: id, type: "listing.observed", time: time, data: data)
  }

  private static func receive(_ event: Event, _ store: any Store, arrival: Instant? = nil) throws -> Receipt {
    try store.transaction { try store.receive(event, owners: EventOwners([:]), arrival: arrival) }
  }

  @Test(arguments: StoreKind.allCases) func theLatestCountsInWhateverOrderTheyCome(_ kind: StoreKind) throws {
    let events = [
      Self.event("a", Self.seen(5, hour: 1)), Self.event("b", Self.seen(7, hour: 3, ["max_publish": 9])),
      // Of one moment: the events tell which is the later one.
      Self.event("c", Self.seen(8, hour: 3, ["writer": "tool"])), Self.event("d", Self.seen(2, hour: 2)),
    ]
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 1, 2, 2, 0, 3]] {
      try kind.with { store in
        try store.addItem("A")
        for index in order { _ = try Self.receive(events[index], store) }
        let state = try #require(try store.listing("A", Self.key))
        #expect(state.observation.value == 8 && state.observation.asOf == .start + 3, "\(order)")
        #expect(state.observation.writer == "tool" && state.observation.source == "/feed")
        #expect(try store.listing("A", ListingKey("web", .maxPublish))?.observation.value == 9)
        #expect(try store.listing("A", ListingKey("web", .units, in: "north")) == nil)
        var keys: [ListingKey] = []
        try store.eachListing { keys.append($1.key) }
        #expect(keys == [ListingKey("web", .maxPublish), Self.key])
      }
    }
  }

  @Test(arguments: StoreKind.allCases) func onlyNewsTouchesTheItem(_ kind: StoreKind) throws {
    try kind.with { store in
      #expect(try Self.receive(Self.event("a", Self.seen(5, hour: 2)), store) == .waiting(for: "sku:A"))
      let item = Event(
        source: "/shop", id: "1", type: "catalog.item_upserted", time: .start, data: ["sku": "A", "uom": "each"])
      #expect(try Self.receive(item, store) == .applied)
      #expect(try store.listing("A", Self.key)?.observation.value == 5)
      let version = try store.item("A")?.version
      #expect(try Self.receive(Self.event("old", Self.seen(6, hour: 1)), store) == .applied)
      #expect(try store.item("A")?.version == version)
      #expect(try Self.receive(Self.event("new", Self.seen(6, hour: 3)), store) == .applied)
      #expect(try store.item("A")?.version != version && store.item("A")?.isDirty == true)
    }
  }

  @Test(arguments: StoreKind.allCases) func aClockThatIsAheadIsNotBelieved(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      let late = Self.event("a", ["channel": "web", "sku": "A", "units": 3], at: .start + 40)
      #expect(try Self.receive(late, store, arrival: .start + 4) == .applied)
      #expect(try store.listing("A", Self.key)?.observation.asOf == .start + 4)
      // Nobody looked later than they tell.
      #expect(try Self.receive(Self.event("b", Self.seen(4, hour: 90), at: .start + 5), store) == .applied)
      #expect(try store.listing("A", Self.key)?.observation.asOf == .start + 5)
    }
  }

  @Test(
    arguments: [
      (["sku": "A", "units": 1], "data.channel is missing"), (["channel": "web", "units": 1], "data.sku is missing"),
      (["channel": "web", "sku": "A"], "data has none of max_publish, min_publish, units"),
      (["channel": "web", "sku": "A", "units": -1], "data.units must be a whole number from 0 to "),
      (["channel": "web", "sku": "A", "units": "many"], "data.units must be a whole number from 0 to "),
      (
        ["channel": "web", "sku": "A", "max_publish": 1_000_000_000_000_000], "data.max_publish must be a whole number"
      ),
      (["channel": "web", "sku": "A", "units": 1, "as_of": "yesterday"], "data.as_of must be a time such as "),
      (["channel": "web", "sku": "A", "units": 1, "writer": "two\nlines"], "data.writer must be text of 1 to "),
      (["channel": "web", "sku": "A", "units": 1, "region": ""], "data.region must be text of 1 to "),
    ] as [(JSONValue, String)]) func whatCannotBeReadIsRefusedAndKeptWithItsReason(data: JSONValue, reason: String)
    throws
  {
    let store = InMemoryStore()
    try store.addItem("A")
    guard case .refused(let why) = try Self.receive(Self.event("a", data), store) else {
      Issue.record("\(data.canonical) was taken")
      return
    }
    #expect(why.hasPrefix(reason), "\(why)")
    var listed = 0
    try store.eachListing { _, _ in listed += 1 }
    #expect(listed == 0)
  }

  @Test(arguments: StoreKind.allCases) func salesCountFromTheLastTimeThatTheChannelWasTold(_ kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store)
      func row() throws -> GrantRow? { try store.grant("A", "web") }
      try Self.apply([.publish("A", "web", 10, was: nil)], to: store, at: .start)
      #expect(try row()?.publishedAt == .start && row()?.sold == 0)
      func place(_ order: String, _ units: Int64) throws {
        try shop.take(
          "order.placed",
          [
            "order": .string(order), "channel": "web", "ship_to": ["region": "x"],
            "lines": [["line": "1", "sku": "A", "qty": .integer(units)]],
          ])
      }
      // What can be claimed, what cannot, and what is taken back.
      try place("o1", 4)
      try place("o2", 9)
      try shop.take("order.cancelled", ["order": "o1"])
      #expect(try row()?.sold == 13)
      // An order that comes further is sold once.
      try shop.take("order.payment_captured", ["order": "o2"])
      #expect(try row()?.sold == 13)
      try Self.apply([.setGrant("A", "web", Grant(), was: nil)], to: store, at: .start + 1)
      #expect(try row()?.sold == 13)
      _ = try Self.receive(Self.event("f", Self.seen(12, hour: 5)), store)
      #expect(try store.snapshot(.all).listings.values.first?.first?.sold == 13)
      #expect(try store.snapshot(.dirty).listings.values.first?.first?.publishedAt == .start)
      try Self.apply([.publish("A", "web", 10, was: 10)], to: store, at: .start + 2)
      // Whoever looked three hours later did so before the channel was told.
      #expect(try row()?.sold == 0 && row()?.publishedAt == .start + 5)
    }
  }

  @Test(arguments: StoreKind.allCases) func repairsAreRememberedAndNotWithoutEnd(_ kind: StoreKind) throws {
    try kind.with { store in
      _ = try Shop(store)
      try Self.apply([.publish("A", "web", 10, was: nil)], to: store, at: .start)
      _ = try Self.receive(Self.event("f", Self.seen(12, hour: 5, ["writer": "tool"])), store)
      let note = DriftNote(observed: 12, reference: 10, since: .start + 5)
      try Self.apply([.noteDrift("A", Self.key, note, was: nil)], to: store, at: .start + 6)
      #expect(try store.listing("A", Self.key)?.note == note)
      #expect(try store.snapshot(.all).listings.values.first?.first?.state.note == note)
      for hour in 7..<20 {
        let healing = Healing(Self.key, value: 10, observed: 12, writer: hour == 19 ? nil : "tool")
        try Self.apply([.heal("A", healing)], to: store, at: .start + hour)
      }
      let state = try #require(try store.listing("A", Self.key))
      #expect(state.note == nil && state.repairs.count == Repair.remembered)
      #expect(state.repairs.last == Repair(at: .start + 19, observed: 12, writer: nil))
      #expect(state.repairs.first == Repair(at: .start + 12, observed: 12, writer: "tool"))
      #expect(try store.grant("A", "web")?.publishedAt == .start + 19)
      // Whoever delivers publications hears of each.
      #expect(try store.countOutbox() == 14)
      var told: [JSONValue] = []
      try store.eachMessage { told.append($0.payload["told_again"] ?? .null) }
      #expect(told.first == .null && told.last?.array?.first?["value"] == 10)
    }
  }

  private static func apply(_ actions: [Action], to store: any Store, at now: Instant) throws {
    let outcome = try store.apply(
      Application(
        planDigest: SHA256Digest(of: Array("\(now) \(actions)".utf8)), expectedPin: try store.pin(),
        pin: PolicyPin(commit: "c", tree: "t", version: 1), snapshotVersion: try store.version(), readVersions: [],
        actions: actions, record: AuditDraft(isDecision: false, body: [:]), fullPlan: false, now: now))
    if case .applied = outcome { return }
    Issue.record("\(outcome)")
  }
}
