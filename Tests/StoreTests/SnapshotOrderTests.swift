import ActualState
import Operations
import Testing

/// What a snapshot says of whole orders, and that what changes it is seen by a plan of any of their items.
@Suite struct SnapshotOrderTests {
  /// Two lines of two items; the lead item is that of the first line.
  private func shop(_ store: any Store) throws -> Shop {
    let shop = try Shop(
      store, stock: ["A": 10, "B": 10, "C": 10],
      channels: ["web": ChannelTerms(reserveAt: .order, holdTTL: .hour)])
    try shop.place("o", .init("1", "B", 2), .init("2", "A", 3), shipOn: Shop.noon + .day)
    return shop
  }

  /// The order, and the items that are touched by `change`.
  private func touched(_ store: any Store, _ change: () throws -> Void) throws -> (SnapshotOrder?, [SKU]) {
    try store.clearDirtyMarks(of: nil)
    try change()
    let snapshot = try store.snapshot(.dirty)
    return (snapshot.orders["o"], Array(snapshot.items.sku))
  }

  @Test(arguments: StoreKind.allCases) func itSaysWhatCountsForTheWholeOrder(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      try shop.fill("c", .init("1", "C", 1))
      let expected = SnapshotOrder(
        channel: "web", placedAt: Shop.noon, region: "north", shipOn: Shop.noon + .day, units: 5, unshipped: 5,
        claimed: 5, leadItem: "B")
      #expect(try store.snapshot(.all).orders == ["o": expected])
      try store.clearDirtyMarks(of: nil)
      #expect(try store.snapshot(.dirty).orders.isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases) func aCancelledLineTouchesTheOthers(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      let (order, items) = try touched(store) { try shop.cancel("o", "2", 2) }
      #expect(order?.units == 3)
      #expect(items == ["A", "B"])
    }
  }

  @Test(arguments: StoreKind.allCases) func theLeadPassesOnWhenALineHasLeft(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      let (first, few) = try touched(store) { try shop.ship("o", "1", 1) }
      #expect(first?.leadItem == "B")
      #expect(few == ["B"])
      let (second, all) = try touched(store) { try shop.ship("o", "1", 1) }
      #expect(second?.leadItem == "A")
      #expect(second?.units == 5)
      #expect(all == ["A", "B"])
      try shop.ship("o", "2", 3)
      #expect(try store.snapshot(.all).orders.isEmpty)
    }
  }

  /// The second line's claim holds for longer, since it was made later.
  @Test(arguments: StoreKind.allCases) func aHoldThatRunsOutTouchesTheOtherLines(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      try store.put(OrderLineRow(order: "o", line: "3", sku: "C", ordered: 4, unitPrice: nil))
      let placed = try #require(try store.order("o"))
      try store.addUsage("C", placed.channel, .everywhere, hour: placed.placedAt.hour, UsageChange(sold: 4))
      try store.addSales("C", to: placed.region, day: Int32(clamping: placed.placedAt.day), 4)
      let (order, items) = try touched(store) { try shop.wait(.hour) }
      #expect(order?.isLapsed == true)
      #expect(items == ["A", "B", "C"])
    }
  }

  @Test(arguments: StoreKind.allCases) func aReleaseTouchesAllAndSaysWho(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      let (order, items) = try touched(store) { try shop.tell("o", "released", by: "ada") }
      #expect(order?.releasedBy == ["ada"])
      #expect(order?.stage == .warehouseRelease)
      #expect(items == ["A", "B"])
    }
  }
}
