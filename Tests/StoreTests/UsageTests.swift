import ActualState
import Digest
import Operations
import Testing

/// What channels took and sold is forgotten once no window reaches back to it.
@Suite struct UsageTests {
  private static func usage(_ store: any Store) throws -> [Int32: [Quantity]] {
    let usage = try store.snapshot(.all).usage
    return usage.rows(of: 0).reduce(into: [:]) { hours, row in
      hours[usage.hour[row]] = [usage.claimed[row], usage.protected[row], usage.protectedShipped[row], usage.sold[row]]
    }
  }

  /// What destinations bought, by day.
  private static func sales(_ store: any Store) throws -> [Int32: Quantity] {
    let sales = try store.snapshot(.all).sales
    return sales.rows(of: 0).reduce(into: [:]) { $0[sales.day[$1]] = sales.units[$1] }
  }

  /// Applies an empty plan of everything that lets what is before an hour be forgotten.
  private static func forget(before hour: Int32, _ shop: Shop) throws {
    let snapshot = try shop.store.snapshot(.all)
    var application = Application(
      planDigest: .init(of: [UInt8(truncatingIfNeeded: hour), UInt8(truncatingIfNeeded: hour >> 8)]), expectedPin: nil,
      pin: PolicyPin(commit: "c", tree: "t", version: 1), snapshotVersion: snapshot.version, readVersions: [],
      actions: [], record: nil, fullPlan: true, now: shop.now)
    application.usageFloor = hour
    try #require(try shop.store.apply(application).isApplied)
  }

  /// An item is as old as the earliest that the catalogue says of it, in whatever order it is said.
  @Test(arguments: StoreKind.allCases) func itemsKeepTheDayTheyWereFirstNamed(kind: StoreKind) throws {
    try kind.with { store in
      func upsert(_ id: String, days: Int64) throws {
        let event = Event(
          source: "/erp", id: id, type: "catalog.item_upserted",
          time: Shop.noon + TimeSpan(milliseconds: days * TimeSpan.day.milliseconds),
          data: ["sku": "Z", "uom": "each", "attributes": ["v": .string(id)]])
        try #require(try store.transaction { try store.receive(event, owners: EventOwners([:])) } == .applied)
      }
      for (id, days, first) in [("1", 3, 3), ("2", 5, 3), ("3", 1, 1)] as [(String, Int64, Int64)] {
        try upsert(id, days: days)
        #expect(try store.item("Z")?.since == Int32(clamping: Shop.noon.day + first))
        #expect(try store.snapshot(.all).items.since == [Int32(clamping: Shop.noon.day + first)])
      }
    }
  }

  @Test(arguments: StoreKind.allCases) func whatIsForgottenStaysForgotten(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store)
      let first = Shop.noon.hour
      try shop.take(
        "order.placed",
        [
          "order": "old", "channel": "web", "ship_to": ["region": "north"],
          "lines": [["line": "1", "sku": "A", "qty": 6]],
        ])
      try #require(try Self.usage(store) == [first: [6, 0, 0, 6]])
      try shop.wait(TimeSpan(milliseconds: 3 * TimeSpan.day.milliseconds))
      try shop.take(
        "order.placed",
        [
          "order": "new", "channel": "web", "ship_to": ["region": "north"],
          "lines": [["line": "1", "sku": "A", "qty": 1]],
        ])
      let recent = [shop.now.hour: [1, 0, 0, 1] as [Quantity]]
      let day = { (moment: Instant) in Int32(clamping: moment.day) }
      #expect(try Self.sales(store) == [day(Shop.noon): 6, day(shop.now): 1])
      // The day of the hour counts: what happened on it is kept.
      try Self.forget(before: first + 5, shop)
      #expect(try Self.usage(store).keys.sorted() == [first, shop.now.hour])
      #expect(try Self.sales(store).count == 2)
      try Self.forget(before: first + 24, shop)
      #expect(try Self.usage(store) == recent)
      // What comes later to the old order finds nothing to change, and changes nothing.
      try shop.ship("old", "1", 2)
      try shop.cancel("old", "1", 1)
      try shop.cancel("old")
      #expect(try Self.usage(store) == recent)
      // Nor is anything counted there anew, and an earlier hour brings nothing back.
      try Self.forget(before: first, shop)
      try shop.take(
        "order.placed",
        [
          "order": "late", "channel": "web", "ship_to": ["region": "north"],
          "placed_at": .string(Shop.noon.description),
          "lines": [["line": "1", "sku": "A", "qty": 1]],
        ])
      #expect(try Self.usage(store)[first] == nil)
      #expect(try Self.sales(store) == [day(shop.now): 1])
      #expect(try store.value(.usageFloor) == String((first / 24 + 1) * 24))
    }
  }
}
