import ActualState
import Operations
import Testing

/// What carts hold, and how it becomes an order's: domain.md §5, case 16.
@Suite struct CartTests {
  private static let quarter = TimeSpan(milliseconds: 15 * 60_000)

  private func shop(_ store: any Store, units: Quantity = 5, _ terms: ChannelTerms = .init(reserveAt: .cart)) throws
    -> Shop
  {
    try Shop(store, stock: ["A": units], channels: ["web": terms])
  }

  @Test(arguments: StoreKind.allCases) func aCartHoldsForAQuarterOfAnHourAndLookingAgainDoesNotLengthenIt(
    kind: StoreKind
  ) throws {
    try kind.with { store in
      let shop = try shop(store)
      try shop.fill("c", .init(2))
      try shop.wait(TimeSpan(milliseconds: Self.quarter.milliseconds / 3))
      try shop.fill("c", .init(3))
      #expect(try shop.held(cart: "c") == 3)
      try shop.wait(TimeSpan(milliseconds: Self.quarter.milliseconds * 2 / 3))
      // The first two are gone, the one that came later still stands.
      #expect(try shop.held(cart: "c") == 1)
      try shop.wait(Self.quarter)
      #expect(try shop.held(cart: "c") == 0 && shop.shared() == 5)
    }
  }

  /// A shopper is never kept from stock by what they held themselves, and nobody can get in between.
  @Test(arguments: StoreKind.allCases) func theOrderTakesOverWhatItsCartHeld(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      try shop.fill("c", .init("x", "A", 5))
      try shop.fill("other", .init(5))
      #expect(try shop.held(cart: "other") == 0)
      let numbers = try store.activeClaims(of: OrderID(cart: "c"), "x").map(\.id)
      try shop.place("o", .init("1", "A", 5), cart: "c")
      #expect(try shop.held("o") == 5 && shop.held(cart: "c", "x") == 0 && shop.shared() == 0)
      #expect(try store.activeClaims(of: "o", "1").map(\.id) == numbers)
      // It is the order's now: the cart's time does not end it.
      try shop.wait(.day)
      #expect(try shop.held("o") == 5)
    }
  }

  /// What a cart of one channel holds is free for the order that it becomes on another.
  @Test(arguments: StoreKind.allCases) func aCartOfAnotherChannelGivesBackWhatItHeld(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store, stock: ["A": 5], channels: ["web": .init(reserveAt: .cart), "ord": .init()])
      try shop.fill("c", .init("x", "A", 5))
      try shop.take(
        "order.placed",
        [
          "order": "o", "channel": "ord", "ship_to": ["region": "north"], "cart": "c",
          "lines": [["line": "1", "sku": "A", "qty": 5]],
        ])
      #expect(try shop.held("o") == 5 && shop.held(cart: "c", "x") == 0 && shop.shared() == 0)
    }
  }

  @Test(arguments: StoreKind.allCases) func aCartThatWasOrderedIsOver(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      try shop.fill("c", .init(3))
      try shop.place("o", .init(3), cart: "c")
      guard case .refused(let reason) = try shop.fill("c", .init(5)) else {
        Issue.record("the cart holds again")
        return
      }
      #expect(reason.contains("already ordered"))
      #expect(try shop.held(cart: "c") == 0 && shop.shared() == 2)
      // Neither giving it up nor ordering it once more touches the order.
      try shop.abandon("c")
      try shop.place("again", .init(3), cart: "c")
      #expect(try shop.held("o") == 3 && shop.held("again") == 2)
    }
  }

  @Test(arguments: StoreKind.allCases) func aCartThatWasGivenUpIsOverEvenBeforeItIsKnown(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      try shop.abandon("c")
      guard case .refused = try shop.fill("c", .init(5)) else {
        Issue.record("the cart holds")
        return
      }
      #expect(try shop.shared() == 5)
    }
  }

  /// The order may ask for less, for more, for it in other lines, or for something else.
  @Test(
    arguments: StoreKind.allCases,
    [
      ([Shop.Line("1", "A", 2)], [2], 3), ([Shop.Line("1", "A", 7)], [5], 0),
      ([Shop.Line("1", "A", 1), Shop.Line("2", "A", 3)], [1, 3], 1),
      ([Shop.Line("1", "A", 3), Shop.Line("2", "A", 3)], [3, 2], 0), ([Shop.Line("1", "B", 2)], [2], 5),
    ] as [([Shop.Line], [Quantity], Quantity)])
  func theOrderAsksForOtherThings(kind: StoreKind, wanted: ([Shop.Line], held: [Quantity], shared: Quantity)) throws {
    try kind.with { store in
      let shop = try Shop(store, stock: ["A": 5, "B": 5], channels: ["web": .init(reserveAt: .cart)])
      // Two lines of one item.
      try shop.fill("c", .init("1", "A", 2), .init("2", "A", 2))
      try shop.take(
        "order.placed",
        [
          "order": "o", "channel": "web", "ship_to": ["region": "north"], "cart": "c",
          "lines": .array(wanted.0.map(\.json)),
        ])
      #expect(try wanted.0.map { try shop.held("o", $0.id) } == wanted.held)
      #expect(try shop.shared() == wanted.shared)
      #expect(try shop.held(cart: "c", "1") == 0 && shop.held(cart: "c", "2") == 0)
    }
  }

  /// Where orders claim only when they are paid, a cart holds nothing and hands nothing on.
  @Test(arguments: StoreKind.allCases) func aChannelThatReservesLaterGivesNoHolds(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store, .init(reserveAt: .paymentAuthorized))
      try shop.fill("c", .init(3))
      #expect(try shop.held(cart: "c") == 0)
      try shop.place("o", .init(3), cart: "c")
      #expect(try shop.held("o") == 0)
      try shop.tell("o", "payment_authorized")
      #expect(try shop.held("o") == 3)
    }
  }

  @Test(arguments: StoreKind.allCases) func whatOneCartGivesBackAnotherMayHold(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try shop(store)
      for cart in ["a", "b", "c"] { try shop.fill(cart, .init(2)) }
      #expect(try ["a", "b", "c"].map { try shop.held(cart: $0) } == [2, 2, 1])
      try shop.abandon("a")
      try shop.fill("c", .init(2))
      #expect(try ["a", "b", "c"].map { try shop.held(cart: $0) } == [0, 2, 2])
      try shop.fill("b")
      #expect(try shop.held(cart: "b") == 0 && shop.shared() == 3)
    }
  }
}
