import ActualState
import Operations
import Testing

/// Many want the same few units: domain.md §5, the races.
@Suite struct ScarceStockTests {
  /// The units that carts and orders hold, of all claims.
  private static func held(_ store: any Store) throws -> Quantity {
    var units: Quantity = 0
    try store.eachClaim { if $0.state == .active { units += $0.quantity } }
    return units
  }

  private static func protected(_ store: any Store) throws -> Quantity {
    try store.grant("A", "web")?.grant?.protected ?? 0
  }

  /// As many units are held as there are, never one more, whoever comes first; and whatever becomes of the holds later,
  /// no unit is lost or made. The books are checked after every event.
  @Test(arguments: StoreKind.allCases, 0..<12 as Range<UInt64>)
  func exactlyWhatThereIsIsHeld(kind: StoreKind, seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    try kind.with { store in
      let units = number(1...12)
      let own = number(0...units)
      let shop = try Shop(
        store, stock: ["A": units], channels: ["web": ChannelTerms(reserveAt: .cart, holdTTL: .hour)])
      try shop.grant("A", "web", protected: own)
      try shop.edit("A") { $0.shared = units - own }

      var wanted: Quantity = 0
      let count = Int(number(4...14))
      for index in 0..<count {
        let more = number(1...3)
        wanted += more
        if number(0...1) == 0 {
          try shop.fill("c\(index)", .init(more))
        } else {
          try shop.place(OrderID("o\(index)"), .init(more))
        }
        #expect(try Self.held(store) == min(units, wanted), "seed \(seed)")
      }

      var shipped: Quantity = 0
      for step in 0..<25 {
        let index = number(0...Int64(count - 1))
        let order = OrderID("o\(index)")
        switch number(0...6) {
        case 0: try shop.abandon("c\(index)")
        case 1: try shop.fill("c\(index)", .init(number(1...3)))
        case 2: try shop.place(OrderID("p\(step)"), .init(number(1...3)), cart: "c\(index)")
        case 3: try shop.tell(order, "payment_authorized")
        case 4: try shop.cancel(order)
        case 5: try shop.wait(TimeSpan(milliseconds: number(1...40) * 60_000))
        default:
          let claimed = try shop.held(order)
          guard claimed > 0 else { continue }
          try shop.ship(order, "1", claimed)
          shipped += claimed
        }
        let pools = try shop.shared() + Self.protected(store)
        #expect(try pools >= 0 && pools + Self.held(store) == units - shipped, "seed \(seed), step \(step)")
      }
    }
  }
}
