import ActualState
import Operations
import SQLite
import Testing

@testable import SQLiteStore

/// What was sold, by the day of the order, and what left without a claim.
@Suite struct SalesTests {
  /// Units sold of the item A on days before noon of the shop, the day itself as 0.
  private static func sold(_ store: any Store) throws -> [Int64: Quantity] {
    let usage = try store.snapshot(.all).usage
    return usage.rows(of: 0).reduce(into: [:]) { days, row in
      guard usage.sold[row] != 0 else { return }
      days[Instant(hour: usage.hour[row]).day - Shop.noon.day, default: 0] += usage.sold[row]
    }
  }

  /// Units of the item A that count towards caps.
  private static func used(_ store: any Store) throws -> Quantity {
    let usage = try store.snapshot(.all).usage
    return usage.rows(of: 0).reduce(0) { $0 + usage.claimed[$1] }
  }

  private static func place(_ order: String, _ units: Int64, daysAgo: Int64, in shop: Shop) throws {
    try shop.take(
      "order.placed",
      [
        "order": .string(order), "channel": "web", "ship_to": ["region": "north"],
        "placed_at": .string(Instant(milliseconds: Shop.noon.milliseconds - daysAgo * 86_400_000).description),
        "lines": [["line": "1", "sku": "A", "qty": .integer(units)]],
      ])
  }

  /// Each by what happens to an order of 6 that was placed three days ago, with 10 in stock: what was sold then, and what
  /// its channel has used.
  private static let stories: [(String, @Sendable (Shop) throws -> Void, sold: Quantity, used: Quantity)] = [
    ("claimed at once", { _ in }, 6, 6),
    ("shipped", { try $0.ship("o", "1", 6) }, 6, 6),
    ("shipped for more than was ordered", { try $0.ship("o", "1", 8) }, 8, 8),
    ("cancelled in part", { try $0.cancel("o", "1", 2) }, 4, 4),
    ("cancelled whole", { try $0.cancel("o") }, 0, 0),
    (
      "cancelled after a part has left",
      {
        try $0.ship("o", "1", 5)
        try $0.cancel("o")
      }, 5, 5
    ),
    (
      "shipped again after all was cancelled",
      {
        try $0.cancel("o")
        try $0.ship("o", "1", 1)
      }, 1, 1
    ),
  ]

  @Test(arguments: StoreKind.allCases) func anOrderIsSoldOnItsDay(kind: StoreKind) throws {
    for (name, story, sold, used) in Self.stories {
      try kind.with { store in
        let shop = try Shop(store)
        try Self.place("o", 6, daysAgo: 3, in: shop)
        try story(shop)
        #expect(try Self.sold(store) == (sold == 0 ? [:] : [-3: sold]), "\(name)")
        #expect(try Self.used(store) == used, "\(name)")
      }
    }
  }

  /// No plan has granted anything yet: nothing can be claimed, and it is sold all the same.
  @Test(arguments: StoreKind.allCases) func anOrderIsSoldWithoutAClaim(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store, stock: ["A": 0])
      for day: Int64 in 1...3 { try Self.place("o\(day)", 10 * day, daysAgo: day, in: shop) }
      #expect(try Self.sold(store) == [-1: 10, -2: 20, -3: 30])
      #expect(try Self.used(store) == 0)
      try shop.cancel("o2")
      try shop.ship("o3", "1", 30)
      #expect(try Self.sold(store) == [-1: 10, -3: 30])
      #expect(try Self.used(store) == 30)
    }
  }

  /// What left without a claim lowers what the cap leaves before the next plan, and never below nothing.
  @Test(arguments: StoreKind.allCases) func whatLeavesWithoutAClaimUsesTheCap(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store, stock: ["A": 100])
      try shop.grant("A", "web", capLeft: 12)
      try Self.place("o", 30, daysAgo: 9, in: shop)
      #expect(try store.grant("A", "web")?.grant?.capLeft == 0 && shop.held("o") == 12)
      try shop.grant("A", "web", capLeft: 25)
      try shop.ship("o", "1", 21)
      #expect(try store.grant("A", "web")?.grant?.capLeft == 16)
      try shop.ship("o", "1", 18)
      #expect(try store.grant("A", "web")?.grant?.capLeft == 0)
      // Counted in the hour in which it left, not in that of an old order.
      let usage = try store.snapshot(.all).usage
      let late = usage.rows(of: 0).filter { usage.hour[$0] == Shop.noon.hour }
      #expect(late.reduce(0) { $0 + usage.claimed[$1] } == 39)
    }
  }

  /// What is not paid for in time was not sold, until it is paid after all.
  @Test(arguments: StoreKind.allCases) func whatLapsesWasNotSold(kind: StoreKind) throws {
    try kind.with { store in
      let terms = ChannelTerms(reserveAt: .order, holdTTL: .hour)
      let shop = try Shop(store, stock: ["A": 4], channels: ["web": terms])
      try shop.place("o", .init(6))
      try shop.fill("c", .init(3))
      #expect(try Self.sold(store) == [0: 6])
      try shop.wait(.day)
      #expect(try Self.sold(store) == [:])
      try shop.tell("o", "payment_captured")
      #expect(try Self.sold(store) == [0: 6])
    }
  }

  /// A store of before learns what was sold from the orders that it has.
  @Test func anOlderStoreLearnsFromItsOrders() throws {
    let folder = try ScratchFolder()
    let before: [Int64: Quantity]
    do {
      let store = try SQLiteStore(path: folder.file(), mode: .create)
      let shop = try Shop(store)
      for day: Int64 in 0...5 { try Self.place("o\(day)", 3, daysAgo: day, in: shop) }
      try shop.cancel("o1", "1", 1)
      try shop.cancel("o2")
      try shop.ship("o3", "1", 3)
      try shop.fill("c", .init(2))
      before = try Self.sold(store)
    }
    // The step alone: those after it are done already.
    let file = try Connection(path: folder.file())
    try file.execute("DELETE FROM usage WHERE claimed = 0; ALTER TABLE usage DROP COLUMN sold")
    try file.execute(Schema.sales)
    #expect(before == [0: 3, -1: 2, -3: 3, -4: 3, -5: 3])
    #expect(try Self.sold(SQLiteStore(path: folder.file(), mode: .readWrite)) == before)
  }
}
