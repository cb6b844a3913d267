import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// A month of trade on a channel whose quantity falls with every sale, whose orders come late, and that shows what it is
/// told only after a while: none of it is ever told again, and nothing of it is blamed on anybody.
@Suite struct DriftLawTests {
  /// What the channel really shows.
  private struct Channel {
    var shows: Int64 = 0
    /// What it was told and does not show yet, oldest first.
    var onTheWay: [(at: Instant, units: Int64)] = []

    mutating func catchUp(to now: Instant) {
      while let next = onTheWay.first, next.at <= now {
        shows = next.units
        onTheWay.removeFirst()
      }
    }

    mutating func tell(_ units: Int64, at time: Instant) {
      onTheWay.append((max(time, onTheWay.last?.at ?? time), units))
    }
  }

  private static func minutes(_ number: Int) -> TimeSpan { TimeSpan(milliseconds: Int64(number) * 60_000) }

  @Test(arguments: 1...6) func aMonthOfSalesHealsNothing(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    // The clamp keeps the publication where it is while the channel sells: what falls there is not told anew.
    let shop = try PlannedShop(DriftTests.resources(DriftTests.rule("units", "heal", "delay: 2h\n")))
    try shop.stock("A", 200)
    var channel = Channel()
    var orders: [(at: Instant, units: Int64)] = []
    var reports: [(at: Instant, seen: Instant, units: Int64)] = []
    var (placed, explained) = (0, 0)
    func work(_ scope: Snapshot.Scope) throws {
      let plan = try shop.plan(scope)
      for case .publish(_, _, let units, _, _) in plan.actions.map(\.action) {
        channel.tell(units, at: shop.now + Self.minutes(number(0...60)))
      }
      explained += plan.drifts.count { $0.kind == .sales }
      let wrong = plan.drifts.filter { $0.kind == .otherWriter || $0.kind == .fight }
      #expect(wrong.isEmpty, "seed \(seed) at \(shop.now): \(wrong)")
    }
    try work(.all)
    let end = shop.now + TimeSpan(milliseconds: 30 * TimeSpan.day.milliseconds)
    var hour = shop.now.hour
    while shop.now < end {
      try shop.wait(Self.minutes(number(1...90)))
      channel.catchUp(to: shop.now)
      if channel.shows > 0, number(0...2) > 0 {
        let units = min(channel.shows, Int64(number(1...4)))
        channel.shows -= units
        orders.append((shop.now + Self.minutes(number(0...115)), units))
      }
      if number(0...3) == 0 {
        reports.append((shop.now + Self.minutes(number(0...300)), shop.now, channel.shows))
      }
      if number(0...15) == 0 { try shop.stock("A", Int64(number(0...120))) }
      for order in orders where order.at <= shop.now {
        placed += 1
        try shop.place(OrderID("O-\(placed)"), "market", [("A", order.units)])
        if number(0...9) == 0 { try shop.take("order.cancelled", ["order": .string("O-\(placed)")]) }
      }
      orders.removeAll { $0.at <= shop.now }
      for report in reports where report.at <= shop.now {
        try shop.take(
          "listing.observed",
          [
            "channel": "market", "sku": "A", "units": .integer(report.units), "as_of": .string(report.seen.description),
          ])
      }
      reports.removeAll { $0.at <= shop.now }
      try work(shop.now.hour == hour ? .dirty : .all)
      hour = shop.now.hour
    }
    #expect(explained > 5, "seed \(seed): hardly anything was there to explain")
    #expect(try shop.store.listing("A", ListingKey("market", .units))?.repairs.isEmpty == true, "seed \(seed)")
  }
}
