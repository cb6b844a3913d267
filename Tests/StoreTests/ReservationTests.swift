import ActualState
import Operations
import Testing

/// When an order claims stock, for how long, and what paying changes.
@Suite struct ReservationTests {
  private static let journey: [(event: String, stage: OrderStage)] = [
    ("placed", .order), ("payment_authorized", .paymentAuthorized), ("payment_captured", .paymentCaptured),
    ("released", .warehouseRelease),
  ]

  private static func orders<Element>(of elements: [Element]) -> [[Element]] {
    guard elements.count > 1 else { return [elements] }
    return elements.indices.flatMap { index in
      var rest = elements
      let first = rest.remove(at: index)
      return orders(of: rest).map { [first] + $0 }
    }
  }

  /// An order claims as soon as it is known and has reached its channel's point, in whatever order systems tell of it.
  @Test(arguments: StoreKind.allCases, OrderStage.allCases)
  func theFurthestStageCounts(kind: StoreKind, reserveAt: OrderStage) throws {
    for steps in Self.orders(of: Self.journey) {
      try kind.with { store in
        let shop = try Shop(store, channels: ["web": ChannelTerms(reserveAt: reserveAt)])
        var told: [OrderStage] = []
        for step in steps {
          if step.stage == .order {
            try shop.place("o", .init(3))
          } else {
            let receipt = try shop.tell("o", step.event)
            #expect(receipt == (told.contains(.order) ? .applied : .waiting(for: "order:o")))
          }
          told.append(step.stage)
          let mayClaim = told.contains(.order) && told.max() ?? .order >= reserveAt
          #expect(try shop.held("o") == (mayClaim ? 3 : 0), "\(steps.map(\.event)) after \(told)")
          #expect(try shop.shared() == (mayClaim ? 7 : 10))
        }
        #expect(try store.order("o")?.stage == .warehouseRelease)
      }
    }
  }

  @Test(arguments: StoreKind.allCases) func aHoldRunsOutAtItsTimeAndTheOrderClaimsNothingUntilItIsPaid(kind: StoreKind)
    throws
  {
    try kind.with { store in
      let shop = try Shop(store, channels: ["web": ChannelTerms(reserveAt: .order, holdTTL: .hour)])
      try shop.place("o", .init("1", "A", 4), .init("2", "A", 5))
      try shop.wait(TimeSpan(milliseconds: TimeSpan.hour.milliseconds - 1))
      #expect(try shop.held("o", "1") == 4 && shop.held("o", "2") == 5)
      try shop.wait(TimeSpan(milliseconds: 1))
      #expect(try shop.held("o", "1") == 0 && shop.held("o", "2") == 0)
      #expect(try shop.shared() == 10)
      #expect(try store.order("o")?.isLapsed == true)
      // Others may have the stock meanwhile.
      try shop.place("other", .init(3))
      #expect(try shop.held("other") == 3)
      try shop.tell("o", "payment_authorized")
      #expect(try shop.held("o", "1") == 4 && shop.held("o", "2") == 3)
      #expect(try store.order("o")?.isLapsed == false)
      // What is paid holds for good.
      try shop.wait(.day)
      #expect(try shop.held("o", "1") == 4 && shop.held("o", "2") == 3 && shop.held("other") == 0)
    }
  }

  @Test(arguments: StoreKind.allCases) func payingMakesAHoldFirm(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store, channels: ["web": ChannelTerms(reserveAt: .order, holdTTL: .hour)])
      try shop.place("o", .init(4))
      try shop.tell("o", "payment_captured")
      try shop.wait(.day)
      #expect(try shop.held("o") == 4)
      #expect(try store.activeClaims(of: "o", "1").map(\.expiresAt) == [nil])
    }
  }

  /// A subscription's box is not kept from others for months.
  @Test(arguments: StoreKind.allCases) func anOrderForLaterClaimsNoSoonerThanItsChannelAllows(kind: StoreKind) throws {
    try kind.with { store in
      let terms = ChannelTerms(reserveAt: .order, reserveAhead: .day)
      let shop = try Shop(store, channels: ["web": terms])
      try shop.place("late", .init(4), shipOn: Shop.noon + .day + .hour)
      try shop.place("soon", .init(4), shipOn: Shop.noon + .day)
      #expect(try shop.held("late") == 0 && shop.held("soon") == 4)
      try shop.wait(.hour)
      try shop.tell("late", "payment_authorized")
      #expect(try shop.held("late") == 4)
    }
  }

  @Test(arguments: StoreKind.allCases) func twoLinesOfOneItemShareWhatThereIs(kind: StoreKind) throws {
    try kind.with { store in
      let shop = try Shop(store)
      try shop.place("o", .init("1", "A", 4), .init("2", "A", 9))
      #expect(try shop.held("o", "1") == 4 && shop.held("o", "2") == 6)
      try shop.cancel("o", "1", 4)
      #expect(try shop.held("o", "1") == 0 && shop.held("o", "2") == 6)
      #expect(try shop.shared() == 4)
    }
  }
}
