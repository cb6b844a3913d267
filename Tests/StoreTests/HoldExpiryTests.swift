import ActualState
import Operations
import Testing

/// What a look ahead sees of holds that run out before the next cycle.
@Suite struct HoldExpiryTests {
  /// All of a snapshot but its versions: those say how often something was touched.
  private static func contents(_ snapshot: Snapshot) -> [String] {
    var snapshot = snapshot
    snapshot.version = 0
    snapshot.items.version = ContiguousArray(repeating: 0, count: snapshot.items.count)
    return snapshot.dump()
  }

  @Test(arguments: StoreKind.allCases) func aSnapshotOfLaterIsWhatTheStoreIsThen(kind: StoreKind) throws {
    try kind.with { store in
      let terms = ["web": ChannelTerms(reserveAt: .cart, holdTTL: .hour), "other": ChannelTerms(reserveAt: .cart)]
      let shop = try Shop(
        store, stock: ["A": 10, "B": 4],
        channels: Dictionary(uniqueKeysWithValues: terms.map { (ChannelID($0.key), $0.value) }))
      try shop.grant("A", "web", protected: 2, capLeft: 9)
      try shop.edit("A") { $0.shared = 8 }
      try shop.fill("c", .init("1", "A", 3), channel: "other")
      // One line falls short, one is covered whole, and one order is paid in time.
      try shop.place("o", .init("1", "A", 3), .init("2", "B", 5))
      try shop.place("paid", .init("1", "A", 1))
      try shop.tell("paid", "payment_captured")
      for minutes in [10, 20, 60, 24 * 60] as [Int64] {
        let later = Shop.noon + TimeSpan(milliseconds: minutes * 60_000)
        let untouched = Self.contents(try store.snapshot(.all))
        let seen = Self.contents(try Snapshot(of: store, at: later))
        #expect(Self.contents(try store.snapshot(.all)) == untouched)
        #expect((seen == untouched) == (minutes == 10 || minutes == 24 * 60), "after \(minutes) minutes")
        try shop.wait(later - shop.now)
        #expect(Self.contents(try store.snapshot(.all)) == seen, "after \(minutes) minutes")
      }
      #expect(try [shop.held("o"), shop.held("o", "2"), shop.held("paid"), shop.held(cart: "c")] == [0, 0, 1, 0])
    }
  }
}
