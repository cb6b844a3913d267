import ActualState
import Digest
import Operations
import Testing

/// Two events under one source and id: which of them counts, in each store.
@Suite struct RepeatTests {
  private static func count(_ units: Int64, _ sku: String = "A", at time: Instant = .start) -> Event {
    Event(
      source: "/wms", id: "1", type: "inventory.counted", time: time,
      data: ["sku": .string(sku), "node": "dc", "on_hand": .integer(units)])
  }

  private static func take(_ event: Event, into store: any Store, owner: String? = nil) throws -> Receipt {
    let owners = EventOwners(owner.map { [event.type: $0] } ?? [:])
    return try store.transaction { try store.receive(event, owners: owners) }
  }

  private static func addItem(_ sku: String, to store: any Store) throws {
    let item = Event(
      source: "/pim", id: sku, type: "catalog.item_upserted", time: .start, data: ["sku": .string(sku), "uom": "each"])
    #expect(try take(item, into: store) == .applied)
  }

  @Test(arguments: StoreKind.allCases) func theFirstCounts(_ kind: StoreKind) throws {
    try kind.with { store in
      try Self.addItem("A", to: store)
      #expect(try Self.take(Self.count(7), into: store) == .applied)
      let version = try store.version()
      #expect(
        try Self.take(Self.count(9), into: store)
          == .conflicting(kept: Self.count(7).contentDigest, sent: Self.count(9).contentDigest))
      // Whoever sends again may stamp it anew.
      #expect(try Self.take(Self.count(7, at: .start + 5), into: store) == .repeated)
      #expect(try store.version() == version && store.position("A", "dc")?.onHand == 7)
      #expect(try store.event("/wms", "1")?.contentDigest == Self.count(7).contentDigest)
    }
  }

  /// What waits is as good as taken in: which of two counts must not hang on when the item arrives.
  @Test(arguments: StoreKind.allCases) func theFirstCountsWhileItWaits(_ kind: StoreKind) throws {
    try kind.with { store in
      #expect(try Self.take(Self.count(7), into: store) == .waiting(for: "sku:A"))
      #expect(try Self.take(Self.count(7), into: store) == .waiting(for: "sku:A"))
      guard case .conflicting = try Self.take(Self.count(9), into: store) else {
        Issue.record("another event took the place of one that waits")
        return
      }
      try Self.addItem("A", to: store)
      #expect(try store.position("A", "dc")?.onHand == 7)
    }
  }

  /// What was refused has changed nothing, so that it can be put right under its name.
  @Test(arguments: StoreKind.allCases) func whatWasRefusedCanBePutRight(_ kind: StoreKind) throws {
    try kind.with { store in
      try Self.addItem("A", to: store)
      guard case .refused = try Self.take(Self.count(-1), into: store) else {
        Issue.record("a count below 0 was not refused")
        return
      }
      #expect(try Self.take(Self.count(7), into: store) == .applied)
      #expect(try store.position("A", "dc")?.onHand == 7)
    }
  }

  @Test func whereATypeEndsIsPartOfTheContent() {
    let data: JSONValue = ["a": 1]
    let digests = ["a", "a2:", "2:a"].map {
      Event(source: "", id: "", type: $0, time: .start, data: data).contentDigest
    }
    #expect(Set(digests).count == 3)
  }
}
