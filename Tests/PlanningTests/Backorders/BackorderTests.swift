import ActualState
import Operations
import Testing

@testable import Planning

/// Orders that wait for what is still to come: who may, for what, and how much of it.
@Suite struct BackorderTests {
  @Test func aShortOrderWaitsForWhatIsToCome() throws {
    let shop = try PlannedShop(backordering: "")
    try shop.buy("p", 10, in: 5)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["inbound:1:p/1": 4])
    // Five days until it comes, and two on its way where no lane says otherwise.
    #expect(
      try shop.promised("o") == 7
        && shop.store.line("o", "1")?.firstPromisedAt == PlannedShop.noon + PlannedShop.days(7))
    #expect(try shop.notices() == ["backorder_accepted o"] && shop.openCases().isEmpty)
  }

  @Test func stockComesFirst() throws {
    let shop = try PlannedShop(backordering: "")
    try shop.stock("A", 3)
    try shop.buy("p", 10, in: 5)
    try shop.plan()
    try shop.place("o", "web", [("A", 5)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o") == ["shared": 3, "inbound:1:p/1": 2])
  }

  @Test func onlyChannelsThatAcceptItWait() throws {
    let shop = try PlannedShop(
      PlannedShop.backordering("---\nkind: Channel\nname: trade\ntype: wholesale\ntier: first\n"))
    try shop.stock("A", 0)
    try shop.buy("p", 10, in: 5)
    try shop.plan()
    try shop.place("o", "trade", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o").isEmpty && shop.notices().isEmpty)
    #expect(
      try shop.openCases() == [
        "shortage o/1: 4 units are not covered: none is on hand; orders of trade may not wait for inbound goods "
          + "(state/f.yaml:37)"
      ])
  }

  /// What comes first is taken first, and what is taken is gone for the next.
  @Test func ordersAreServedByPriorityAndWhatComesFirst() throws {
    let shop = try PlannedShop(backordering: "")
    try shop.buy("late", 10, in: 9)
    try shop.buy("soon", 6, in: 2)
    try shop.place("o1", "web", [("A", 5)])
    try shop.place("o2", "market", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.pools("o1") == ["inbound:4:soon/1": 5])
    #expect(try shop.pools("o2") == ["inbound:4:soon/1": 1, "inbound:4:late/1": 3])
    #expect(try shop.promised("o1") == 4 && shop.promised("o2") == 11)
  }

  /// Beyond the limit the order falls short, and says why.
  @Test func noMoreWaitThanMay() throws {
    let shop = try PlannedShop(backordering: "max_units: 5")
    try shop.buy("p", 100, in: 5)
    try shop.place("o1", "web", [("A", 3)])
    try shop.place("o2", "web", [("A", 1_000_000_000_000)])
    try shop.place("o3", "market", [("A", 50)])
    try shop.plan(.dirty)
    #expect(try shop.held("o1") == 3 && shop.held("o2") == 2 && shop.held("o3") == 50)
    #expect(
      try shop.openCases() == [
        "shortage o2/1: 999999999998 units are not covered: none is on hand; no more than 5 units may be on backorder"
      ])
    // A line that is covered in part is promised nothing.
    #expect(try shop.promised("o2") == nil && shop.notices() == ["backorder_accepted o1", "backorder_accepted o3"])
    // A limit that is lowered below what waits takes nothing away.
    try shop.agree(PlannedShop.backordering(web: "max_units: 2"))
    let plan = try shop.plan()
    #expect(try shop.held("o1") == 3 && shop.held("o2") == 2)
    #expect(plan.warnings.map(\.sentence) == ["web: 3 units of A are on backorder beyond the limit"])
    let detail = "3 units wait for goods to come beyond the limit of 2: nothing is cancelled, and no more may wait"
    #expect(try shop.cases(.backordersAboveLimit) == ["A": "A for web: \(detail)"])
    try shop.agree(PlannedShop.backordering(web: "max_units: 5"))
    try shop.plan()
    #expect(try shop.cases(.backordersAboveLimit).isEmpty)
  }

  @Test(arguments: [(4, 0), (5, 4), (6, 4)] as [(Int64, Quantity)]) func whatComesTooLateDoesNotCount(
    horizon: Int64, held: Quantity
  ) throws {
    let shop = try PlannedShop(backordering: "horizon: \(horizon)d")
    try shop.buy("p", 10, in: 5)
    try shop.place("o", "web", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.held("o") == held)
  }

  /// Of ten units of a supplier of 80% eight can be counted on, if the channel trusts it that far.
  @Test(arguments: [("80%", 8), ("81%", 0)] as [(String, Quantity)]) func theSupplierMustBeTrusted(
    confidence: String, held: Quantity
  ) throws {
    let shop = try PlannedShop(backordering: "min_supplier_confidence: \(confidence)")
    try shop.buy("p", 10, in: 5, from: "forge")
    try shop.place("o", "web", [("A", 9)])
    try shop.plan(.dirty)
    #expect(try shop.held("o") == held)
  }

  @Test(arguments: [(false, 0), (true, 6)] as [(Bool, Quantity)]) func whoIsNotTrustedYetCountsByARuleOnly(
    accepted: Bool, held: Quantity
  ) throws {
    let shop = try PlannedShop(
      backordering: "",
      """
      ---
      kind: Supplier
      name: novice
      lead_time: 9d
      confidence: 60%
      ---
      kind: BackorderRule
      name: all
      accept_untrusted: \(accepted)

      """)
    try shop.buy("p", 10, in: 5, from: "novice")
    try shop.place("o", "web", [("A", 9)])
    try shop.plan(.dirty)
    #expect(try shop.held("o") == held)
  }

  /// The most specific rule counts, one that names the channel before one that names none, and the stricter limit of rule
  /// and channel.
  @Test func theMostSpecificRuleCounts() throws {
    let shop = try PlannedShop(
      PlannedShop.backordering(
        web: "max_units: 8",
        """
        ---
        kind: ProductClass
        name: launch
        ---
        kind: BackorderRule
        name: all
        max_units: 3
        ---
        kind: BackorderRule
        name: of-market
        channels: [market]
        max_units: 4
        ---
        kind: BackorderRule
        name: launch
        class: launch
        max_units: 20
        ---
        kind: BackorderRule
        name: brand
        brand: north
        accept: false
        ---
        kind: BackorderRule
        name: item
        sku: D
        max_units: 1

        """))
    let cases: [(sku: SKU, traits: [String: String], class: String?, web: Quantity, market: Quantity)] = [
      ("A", [:], nil, 3, 4), ("B", ["brand": "north"], "launch", 8, 20), ("C", ["brand": "north"], nil, 0, 0),
      ("D", [:], "launch", 1, 1),
    ]
    for (sku, traits, name, _, _) in cases { try shop.stock(sku, 0, class: name, traits) }
    try shop.take(
      "purchase_order.confirmed",
      [
        "po": "p", "supplier": "mill", "node": "dc",
        "lines": .array(
          cases.map { one in
            [
              "line": .string(one.sku.rawValue), "sku": .string(one.sku.rawValue), "qty": 100,
              "eta": "2026-11-28T12:00:00Z",
            ]
          }),
      ])
    for one in cases {
      try shop.place(OrderID("web-\(one.sku)"), "web", [(one.sku, 50)])
      try shop.place(OrderID("market-\(one.sku)"), "market", [(one.sku, 50)])
    }
    try shop.plan()
    for one in cases {
      #expect(try shop.held(OrderID("web-\(one.sku)")) == one.web, "\(one.sku)")
      #expect(try shop.held(OrderID("market-\(one.sku)")) == one.market, "\(one.sku)")
    }
  }

  /// What is kept of goods to come for one channel no other takes.
  @Test func whatIsKeptForAnotherStaysKept() throws {
    let shop = try PlannedShop(
      backordering: "",
      """
      ---
      kind: Protection
      name: launch
      channel: market
      percent_of_inbound: 30%
      effective: {from: 2026-11-24T00:00:00Z, until: 2026-12-24T00:00:00Z}

      """)
    try shop.buy("p", 10, in: 5)
    try shop.place("o1", "web", [("A", 9)])
    try shop.plan(.dirty)
    #expect(try shop.held("o1") == 7)
    try shop.place("o2", "market", [("A", 9)])
    try shop.plan(.dirty)
    #expect(try shop.held("o2") == 3)
  }

  /// A cap counts what waits; percentages of what is there do not grow by it.
  @Test func capsCountWhatWaits() throws {
    let shop = try PlannedShop(
      PlannedShop.backordering(
        """
        ---
        kind: Channel
        name: outlet
        type: marketplace
        tier: first
        cap: {units: 6, window: 7d}
        backorder: {accept: true}

        """))
    try shop.stock("A", 0)
    try shop.buy("p", 100, in: 5)
    try shop.plan()
    try shop.place("o", "outlet", [("A", 9)])
    try shop.plan(.dirty)
    #expect(try shop.held("o") == 6 && shop.store.grant("A", "outlet")?.grant?.capLeft == 0)
  }

  /// Whoever has not paid in time waits for nothing, and is told nothing before.
  @Test func aHoldIsPromisedWhenItIsPaid() throws {
    let shop = try PlannedShop(
      "kind: Channel\nname: web\ntype: dtc\ntier: first\nhold_ttl: 1h\nbackorder: {accept: true}\n")
    try shop.stock("A", 0)
    try shop.buy("p", 10, in: 5)
    try shop.plan()
    try shop.place("o1", "web", [("A", 4)])
    try shop.place("o2", "web", [("A", 4)])
    try shop.plan(.dirty)
    #expect(try shop.held("o1") == 4 && shop.promised("o1") == nil)
    try shop.take("order.payment_captured", ["order": "o1"])
    try shop.plan(.dirty)
    #expect(try shop.promised("o1") == 7 && shop.notices() == ["backorder_accepted o1"])
    try shop.wait(.hour)
    try shop.plan()
    #expect(try shop.held("o1") == 4 && shop.held("o2") == 0)
  }
}
