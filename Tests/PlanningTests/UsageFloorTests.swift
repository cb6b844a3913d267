import ActualState
import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// What may be forgotten of what channels took and sold.
@Suite struct UsageFloorTests {
  private static let tier = "kind: Channel\nname: web\ntype: dtc\ntier: first\n"
  private static let kept = "---\nkind: Protection\nname: k\nchannel: web\nunits: 5\neffective: "

  /// In days before noon of 24 November 2026; nil where nothing may be.
  @Test(
    arguments: [
      ("", 366), ("cap: {units: 5, window: 7d}\n", 366), ("cap: {units: 5, window: 400d}\n", 400),
      ("---\nkind: Channel\nname: web\nscope: {sku: A}\ncap: {units: 5, window: 500d}\n", 500),
      (kept + "{from: 2026-11-01T00:00:00Z, until: 2027-01-01T00:00:00Z}\n", 366),
      (kept + "{from: 2025-11-14T12:00:00Z, until: 2027-01-01T00:00:00Z}\n", 375),
      (kept + "{from: 2025-11-14T12:00:00Z}\n", 375),
      // It is over; it begins later; it began at no time.
      (kept + "{from: 2024-11-14T12:00:00Z, until: 2026-11-24T12:00:00Z}\n", 366),
      (kept + "{from: 2026-12-01T00:00:00Z, until: 2027-01-01T00:00:00Z}\n", 366),
      (kept + "{until: 2027-01-01T00:00:00Z}\n", nil),
    ] as [(String, Int64?)])
  func theLongestWindowIsKept(rest: String, days: Int64?) throws {
    let shop = try PlannedShop(Self.tier + rest)
    #expect(shop.policy.usageFloor == days.map { (PlannedShop.noon - PlannedShop.days($0)).hour })
  }

  /// Two stores to which the same happens over years, of which one forgets: every plan is the same.
  @Test(arguments: 0..<40 as Range<UInt64>) func forgettingChangesNoPlan(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }
    let policy =
      Self.tier + pick(["", "cap: {units: 9, window: 30d}\n", "cap: {percent_of_available: 40%, window: 390d}\n"])
      + "buffer: {mode: latency_poisson, risk: 1%, latency: 1h}\n"
      + "---\nkind: Channel\nname: market\ntype: marketplace\ntier: first\n"
      + pick([
        "", Self.kept + "{from: 2026-11-01T00:00:00Z, until: 2028-03-01T00:00:00Z}\n",
        Self.kept + "{from: 2027-12-01T00:00:00Z, until: 2028-03-01T00:00:00Z}\n",
      ])
      + pick([
        "",
        "---\nkind: ReplenishmentPolicy\nname: r\nsupplier: mill\nnode: dc\nservice: {cycle: 95%}\n"
          + "velocity_window: 365d\n",
      ])
    let shops = try [true, false].map { forgets in
      let shop = try PlannedShop(policy)
      shop.isForgetting = forgets
      try shop.stock("A", 20)
      return shop
    }
    var orders: [OrderID] = []
    for step in 0..<40 {
      let (what, units) = (Int.random(in: 0...6, using: &random), Quantity.random(in: 1...4, using: &random))
      let (span, old) = (PlannedShop.days(pick([0, 1, 20, 60])), orders.randomElement(using: &random))
      let channel: ChannelID = pick(["web", "market"])
      if what < 3 { orders.append(OrderID("o\(step)")) }
      var plans: [[PlannedAction]] = []
      for shop in shops {
        try shop.wait(TimeSpan(milliseconds: span.milliseconds + TimeSpan.hour.milliseconds))
        switch (what, old) {
        case (0..<3, _): try shop.place(OrderID("o\(step)"), channel, [("A", units)])
        case (3, let order?): try shop.take("order.cancelled", ["order": .string(order.rawValue)])
        case (4, let order?):
          try shop.take(
            "shipment.dispatched",
            [
              "order": .string(order.rawValue), "node": "dc",
              "lines": [["line": "1", "qty": .integer(1)]],
            ])
        default:
          try shop.take("inventory.counted", ["sku": "A", "node": "dc", "on_hand": .integer(12 + units)])
        }
        plans.append(try shop.plan().actions)
      }
      #expect(plans[0] == plans[1], "seed \(seed), step \(step)")
    }
    let rows = try shops.map { try $0.store.snapshot(.all).usage.hour.count }
    #expect(rows[0] <= rows[1], "seed \(seed)")
    #expect(try shops[0].store.value(.usageFloor) != nil, "seed \(seed)")
  }
}
