import ActualState
import Operations
import Testing

@testable import Planning

/// Who gives up what to whom when there is not enough.
@Suite struct ReallocationTests {
  /// The shop (rank 1) and the market (rank 2) hold 10 units each, and then fewer are counted.
  @Test(
    arguments: [
      (nil, nil, 12, 10, 10), (nil, "none", 12, 10, 10), (nil, "lose", 12, 10, 2), ("lose", nil, 12, 2, 10),
      // Those that lose give first, whatever their rank; then the lowest rank.
      ("lose", "fill", 12, 2, 10), ("redistribute", "fill", 12, 10, 2), ("fill", "redistribute", 12, 10, 2),
      ("fill", "fill", 6, 6, 0), ("lose", "lose", 12, 10, 2), ("gain", "win", 12, 10, 10), ("win", "lose", 5, 10, 0),
      // What suffices is left alone.
      ("lose", "lose", 20, 10, 10),
    ] as [(String?, String?, Int64, Quantity, Quantity)])
  func missingStockIsTakenBack(shopVerb: String?, marketVerb: String?, counted: Int64, shop: Quantity, market: Quantity)
    throws
  {
    let trade = try Trade([
      Trade.channel("shop", rank: 1, shopVerb), Trade.channel("market", rank: 2, marketVerb),
    ])
    try trade.count(20)
    try trade.cycle()
    try trade.order("s", "shop", 10)
    try trade.order("m", "market", 10)
    try trade.cycle()
    try trade.count(counted)
    try trade.cycle()
    #expect(try [trade.held("s"), trade.held("m")] == [shop, market])
    let missing = shop + market - counted
    #expect(try trade.cases(.countBelowReserved).isEmpty == (missing <= 0))
    var losses: [String: String] = [:]
    for (order, units) in [("s", 10 - shop), ("m", 10 - market)] where units > 0 {
      losses["\(order)/1"] = "lost \(units) units: \(units) to missing stock"
    }
    #expect(try trade.cases(.allocationLost) == losses)
  }

  /// One channel holds all 20 units, and an order of the other asks for 5.
  @Test(
    arguments: [
      ("shop", "win", "lose", 5), ("shop", "gain", "fill", 5), ("shop", "redistribute", "redistribute", 5),
      ("shop", "gain", nil, 0), ("shop", "gain", "gain", 0), ("shop", "fill", "lose", 0), ("shop", "lose", "lose", 0),
      ("shop", nil, "lose", 0),
      // The market is of a lower rank: only a win, or one that loses, lets it take.
      ("market", "win", "redistribute", 5), ("market", "win", "gain", 0), ("market", "gain", "redistribute", 0),
      ("market", "redistribute", "fill", 0), ("market", "gain", "lose", 5),
    ] as [(String, String?, String?, Quantity)])
  func anOrderThatIsShortTakesFromThoseThatGive(
    taker: String, takerVerb: String?, giverVerb: String?, expected: Quantity
  ) throws {
    let giver = taker == "shop" ? "market" : "shop"
    let verbs = [taker: takerVerb, giver: giverVerb]
    let trade = try Trade([
      Trade.channel("shop", rank: 1, verbs["shop"] ?? nil), Trade.channel("market", rank: 2, verbs["market"] ?? nil),
    ])
    try trade.count(20)
    try trade.cycle()
    try trade.order("g", giver, 20)
    try trade.order("t", taker, 5)
    let plan = try trade.cycle()
    #expect(try [trade.held("g"), trade.held("t")] == [20 - expected, expected])
    #expect(plan.reallocated.map(\.units) == (expected > 0 ? [expected] : []))
    #expect(plan.reallocated.allSatisfy { $0.loser.order == "g" && $0.winner?.order == "t" })
    let losses = expected > 0 ? ["g/1": "lost \(expected) units: \(expected) to t/1"] : [:]
    #expect(try trade.cases(.allocationLost) == losses)
    #expect(try trade.cases(.shortage).keys.sorted() == [expected > 0 ? "g/1" : "t/1"])
  }

  /// The case names every order that got something, stays while units are missing, and goes when stock comes.
  @Test func aLossIsACaseUntilItIsMadeGood() throws {
    let trade = try Trade([Trade.channel("shop", rank: 1, "gain"), Trade.channel("market", rank: 2, "lose")])
    try trade.count(10)
    try trade.cycle()
    try trade.order("m", "market", 10)
    try trade.order("a", "shop", 2)
    try trade.order("b", "shop", 3)
    try trade.cycle()
    #expect(try trade.cases(.allocationLost) == ["m/1": "lost 5 units: 2 to a/1, 3 to b/1"])
    try trade.order("c", "shop", 1)
    try trade.cycle()
    let both = "lost 1 units: 1 to c/1; before that it lost 5 units: 2 to a/1, 3 to b/1"
    #expect(try trade.cases(.allocationLost) == ["m/1": both])
    try trade.count(14)
    try trade.cycle()
    #expect(try trade.held("m") == 8 && trade.cases(.allocationLost) == ["m/1": both])
    try trade.count(30)
    try trade.cycle()
    #expect(try trade.held("m") == 10 && trade.cases(.allocationLost).isEmpty && trade.cases(.shortage).isEmpty)
  }

  /// Soft before hard, low priority before high, the newest before the oldest; and never what the warehouse has.
  @Test func theWeakestClaimsGoFirst() throws {
    let trade = try Trade([Trade.channel("web", rank: 1, "lose", "hold_ttl: 2h\n")])
    try trade.count(40)
    try trade.cycle()
    for (id, priority) in [("old", 0), ("new", 0), ("first", 5), ("gone", -9), ("soft", 9)] as [(String, Int64)] {
      try trade.order(id, "web", 8, priority: priority)
      if id != "soft" { try trade.receive("order.payment_captured", ["order": .string(id)]) }
    }
    try trade.receive("order.released", ["order": "gone"])
    try trade.cycle()
    var held: [[Quantity]] = []
    for units in [36, 30, 20, 9, 5] as [Int64] {
      try trade.count(units)
      try trade.cycle()
      held.append(try ["soft", "new", "old", "first", "gone"].map(trade.held))
    }
    #expect(
      held == [[4, 8, 8, 8, 8], [0, 6, 8, 8, 8], [0, 0, 4, 8, 8], [0, 0, 0, 1, 8], [0, 0, 0, 0, 8]])
    #expect(try trade.cases(.countBelowReserved) == ["A": "8 reserved, 5 sellable"])
  }

  /// What carts hold is no reason to take units from an order: their time is soon over.
  @Test func noOrderLosesItsStockToACart() throws {
    let trade = try Trade([Trade.channel("web", rank: 1, "lose", "reserve_at: cart\n")])
    try trade.count(10)
    try trade.cycle()
    try trade.order("o", "web", 6)
    try trade.receive(
      "cart.updated",
      [
        "cart": "c", "channel": "web", "ship_to": ["region": "north"],
        "lines": [["line": "1", "sku": "A", "qty": 4]],
      ])
    try trade.count(6)
    try trade.cycle()
    #expect(try trade.held("o") == 6)
    #expect(try trade.cases(.countBelowReserved) == ["A": "10 reserved, 6 sellable"])
    try trade.count(5)
    try trade.cycle()
    #expect(try trade.held("o") == 5)
  }

  /// Units that a channel holds of its own protection are not taken for others; without stock behind them they go too.
  @Test func protectionIsLeftToItsChannel() throws {
    let protection = "kind: Protection\nname: p\nchannel: market\nunits: 6\n"
    let trade = try Trade([
      Trade.channel("shop", rank: 1, "win"), Trade.channel("market", rank: 2, "lose"), protection,
    ])
    try trade.count(10)
    try trade.cycle()
    try trade.order("m", "market", 10)
    try trade.order("s", "shop", 9)
    try trade.cycle()
    #expect(try [trade.held("m"), trade.held("s")] == [6, 4])
    try trade.count(8)
    try trade.cycle()
    #expect(try [trade.held("m"), trade.held("s")] == [4, 4])
  }

  /// A channel that sells from its protection alone gets what that protection lacks, and no more.
  @Test func protectionThatIsNotThereIsTakenFromThoseThatGive() throws {
    let trade = try Trade([
      Trade.channel("trade", rank: 1, "gain", "may_use_shared: false\n"), Trade.channel("market", rank: 2, "lose"),
      "kind: Protection\nname: p\nchannel: trade\nunits: 6\n",
    ])
    try trade.count(20)
    try trade.cycle()
    try trade.order("m", "market", 14)
    try trade.count(15)
    try trade.cycle()
    try trade.order("t", "trade", 9)
    let plan = try trade.cycle()
    #expect(try [trade.held("m"), trade.held("t")] == [9, 6])
    #expect(
      plan.actions.contains {
        if case .claim(_, let claim) = $0.action { claim.pool == .protected("trade") } else { false }
      })
    #expect(plan.warnings.isEmpty)
  }

  /// In a tier that shares, what its channels have is shared out again by weight, but for one unit of rounding.
  @Test func aTierThatSharesIsLevelled() throws {
    let trade = try Trade([
      Trade.channel("a", rank: 1, "redistribute", rule: "fair_share", "share: {weight: 2}\n"),
      Trade.channel("b", rank: 1, "redistribute", rule: "fair_share", "share: {weight: 1}\n"),
    ])
    try trade.count(30)
    try trade.cycle()
    try trade.order("b", "b", 30)
    try trade.cycle()
    try trade.order("a", "a", 40)
    try trade.cycle()
    #expect(try [trade.held("a"), trade.held("b")] == [19, 11])
    try trade.count(12)
    try trade.cycle()
    #expect(try [trade.held("a"), trade.held("b")] == [8, 4])
  }

  /// A claim on a node passes to the pool, to be routed anew; where the node would keep the units nobody else gets them.
  @Test(arguments: [("", 5), ("minimum_stock: 3\n", 3)] as [(String, Quantity)])
  func claimsOnNodesChangeHands(fields: String, expected: Quantity) throws {
    let trade = try Trade([
      "kind: Node\nname: site\ntype: store\nregion: north\n" + fields,
      Trade.channel("shop", rank: 1, "gain"), Trade.channel("market", rank: 2, "lose"),
    ])
    try trade.count(5, at: "site")
    try trade.count(3)
    try trade.cycle()
    try trade.order("m", "market", 5)
    let claim = try #require(try trade.store.snapshot(.all).claims[0]?.first)
    try trade.apply([.moveClaim("A", ClaimMove(claim, quantity: 5, to: .shared, at: "site"))])
    try trade.cycle()
    try trade.order("s", "shop", 5)
    let plan = try trade.cycle()
    #expect(try [trade.held("s"), trade.held("m")] == [expected, 8 - expected])
    let claims = plan.actions.compactMap { if case .claim(_, let claim) = $0.action { claim } else { nil } }
    #expect(claims.allSatisfy { $0.node == nil }, "\(claims)")
    // Nothing that the nodes can promise is lost or found.
    let position = try #require(try trade.store.position("A", "site"))
    #expect(
      position.allocated
        == (try trade.store.snapshot(.all).claims[0] ?? []).reduce(0) { $0 + ($1.node == nil ? 0 : $1.quantity) })
  }
}
