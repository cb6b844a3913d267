import ActualState
import Operations
import Testing

@testable import Planning

/// What a change of policy does, beside what the world asks for anyway.
@Suite struct ImpactTests {
  private static func channels(
    shop: String = "", market: String = "", verbs: (shop: String, market: String) = ("redistribute", "redistribute"),
    ranks: (shop: Int, market: Int) = (1, 2)
  ) -> String {
    Trade.channel("shop", rank: ranks.shop, verbs.shop, shop) + "---\n"
      + Trade.channel("market", rank: ranks.market, verbs.market, market)
  }

  private static func order(_ shop: PlannedShop, _ id: String, _ channel: String, _ units: Int64, price: String?) throws
  {
    var line: [String: JSONValue] = ["line": "1", "sku": "A", "qty": .integer(units)]
    line["unit_price"] = price.map { .decimal($0) }
    try shop.take(
      "order.placed",
      [
        "order": .string(id), "channel": .string(channel), "ship_to": ["region": "north"],
        "lines": .array([.object(line)]),
      ])
  }

  private static func days(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * TimeSpan.day.milliseconds) }

  /// What it does to agree on something else now.
  private static func impact(_ resources: String, on shop: PlannedShop) throws -> Impact {
    let snapshot = try shop.store.snapshot(.all)
    let after = Policy(try PlannedShop.load(resources), at: shop.now)
    return Impact(of: after, inPlaceOf: shop.policy, on: snapshot, now: shop.now)
  }

  @Test func nothingChangesNothing() throws {
    let shop = try PlannedShop(Self.channels())
    try shop.stock("A", 10)
    try Self.order(shop, "o", "shop", 4, price: "1")
    let impact = try Self.impact(Self.channels(), on: shop)
    #expect(impact.isNone && impact.measures == .none)
    // What the world asks for anyway is no part of the change, and counts on both sides.
    #expect(impact.channels.map(\.availableBefore) == [6, 6] && impact.channels.map(\.availableAfter) == [6, 6])
  }

  /// The market holds 10 units; with a higher rank the shop takes 4 of them for its open order.
  @Test func ordersGainAndLose() throws {
    let shop = try PlannedShop(Self.channels(ranks: (2, 1)))
    try shop.stock("A", 10)
    try shop.plan()
    try Self.order(shop, "m", "market", 10, price: "19.99")
    try Self.order(shop, "s", "shop", 4, price: nil)
    try shop.plan()
    #expect(try shop.held("m") == 10)
    let impact = try Self.impact(Self.channels(ranks: (1, 2)), on: shop)
    #expect(impact.orders.map(\.order) == ["m", "s"])
    #expect(impact.orders.map(\.unitsLost) == [4, 0] && impact.orders.map(\.unitsGained) == [0, 4])
    #expect(impact.orders.map(\.valueLost) == [7996, 0] && impact.orders.map(\.isUnpriced) == [false, true])
    #expect(impact.orders[0].lines == [.init(sku: "A", line: "1", before: 10, after: 6, unitPrice: 1999)])
    #expect(impact.channels.map(\.unitsLost) == [4, 0] && impact.channels.map(\.unitsGained) == [0, 4])
    #expect(impact.measures == ImpactMeasures(ordersLosing: 1, unitsLosing: 4, valueLosing: 7996, channels: 2))
  }

  /// Of 10 units the market may take 3 and not 8; with a cap of 0 it can sell nothing any more.
  @Test(
    arguments: [
      ("cap: {units: 8, window: 1d}\n", "cap: {units: 3, window: 1d}\n", 8, 3, false),
      ("cap: {units: 8, window: 1d}\n", "cap: {units: 0, window: 1d}\n", 8, 0, true),
      ("cap: {units: 0, window: 1d}\n", "", 0, 10, false), ("", "exposure: 0%\n", 10, 10, true),
    ] as [(String, String, Quantity, Quantity, Bool)])
  func availabilityMoves(from: String, to: String, before: Quantity, after: Quantity, isSoldOut: Bool) throws {
    let shop = try PlannedShop(Self.channels(market: from))
    try shop.stock("A", 10)
    try shop.plan()
    let impact = try Self.impact(Self.channels(market: to), on: shop)
    let market = impact.channels[0]
    #expect(market.availableBefore == before && market.availableAfter == after)
    #expect(impact.measures.channels == 1 && impact.measures.skusToZero == (isSoldOut ? 1 : 0))
    #expect(impact.crossings.map(\.channel) == (isSoldOut || before == 0 ? ["market"] : []))
    #expect(market.skusToZero == (isSoldOut ? 1 : 0) && market.skusFromZero == (before == 0 ? 1 : 0))
  }

  /// A claim stays when its stock may no longer be promised, and there is nothing behind it.
  @Test func anOrderLosesItsStockWhereverItsClaimIs() throws {
    let shop = try PlannedShop(Self.channels())
    try shop.stock("A", 10)
    try shop.plan()
    try Self.order(shop, "o", "shop", 7, price: "5.00")
    try shop.plan()
    let kept = "---\nkind: SafetyStock\nname: all\nunits: 5\n"
    let impact = try Self.impact(Self.channels() + kept, on: shop)
    #expect(impact.measures.ordersLosing == 1 && impact.measures.unitsLosing == 2)
    #expect(impact.measures.valueLosing == 1000 && impact.measures.skusToZero == 1)
  }

  /// 10 units that two channels may sell 4 of each.
  @Test func unitsThatNobodyMaySellAreTold() throws {
    let shop = try PlannedShop(Self.channels())
    try shop.stock("A", 10)
    try shop.plan()
    let cap = "cap: {units: 4, window: 1d}\n"
    #expect(try Self.impact(Self.channels(shop: cap, market: cap), on: shop).stranded.map(\.after) == [2])
    #expect(try Self.impact(Self.channels(shop: cap), on: shop).stranded.isEmpty)
    let own = "---\nkind: Protection\nname: p\nchannel: shop\nunits: 9\n"
    #expect(try Self.impact(Self.channels(shop: cap) + own, on: shop).stranded.map(\.after) == [5])
  }

  /// 5 units are open and 8 are to come: believed half, they are not enough.
  @Test func supplyThatIsDoubtedMovesWhatIsExpected() throws {
    let shop = try PlannedShop(Self.channels())
    try shop.stock("A", 0)
    for (order, days) in [("p", 2), ("q", 4)] as [(String, Int64)] {
      try shop.take(
        "purchase_order.confirmed",
        [
          "po": .string(order), "supplier": "mill", "node": "dc",
          "lines": [
            ["line": "1", "sku": "A", "qty": 8, "eta": .string((shop.now + Self.days(days)).description)]
          ],
        ])
    }
    try Self.order(shop, "o", "shop", 5, price: nil)
    try shop.plan()
    let doubt =
      "---\nkind: FallbackRule\nname: d\nwhen: supplier_uncertainty\nbelow: 100%\nthen: haircut\nfactor: 50%\n"
    let snapshot = try shop.store.snapshot(.all)
    let policy = Policy(try PlannedShop.load(Self.channels() + doubt), at: shop.now)
      .drilling(Drill(rules: ["d"]))
    let impact = Impact(of: policy, inPlaceOf: shop.policy, on: snapshot, now: shop.now)
    #expect(impact.measures == ImpactMeasures(promisesLater: 1))
    let moved = try #require(impact.promises.first)
    #expect(moved.order == "o" && moved.channel == "shop" && moved.isLater)
    #expect(moved.from == Instant(hour: (shop.now + Self.days(2)).hour))
    #expect(moved.to == Instant(hour: (shop.now + Self.days(4)).hour))
    let back = Impact(of: shop.policy, inPlaceOf: policy, on: snapshot, now: shop.now)
    #expect(back.measures == .none && back.promises.map(\.isLater) == [false])
  }

  /// On the first run there is nothing to lose.
  @Test func withoutAPolicyNothingIsLost() throws {
    let shop = try PlannedShop(Self.channels())
    try shop.stock("A", 10)
    let impact = Impact(of: shop.policy, inPlaceOf: nil, on: try shop.store.snapshot(.all), now: shop.now)
    #expect(impact.channels.map(\.availableBefore) == [0, 0] && impact.channels.map(\.availableAfter) == [10, 10])
    #expect(impact.measures == ImpactMeasures(channels: 2))
  }

  @Test func itsJSONHoldsAllOfIt() throws {
    let shop = try PlannedShop(Self.channels())
    try shop.stock("A", 10)
    try shop.plan()
    let json = try Self.impact(Self.channels(market: "cap: {units: 0, window: 1d}\n"), on: shop).json
    #expect(json["measures"]?["skus_to_zero"] == 1)
    #expect(
      json["crossings"]?.canonical
        == #"[{"available_after":0,"available_before":10,"channel":"market","published_after":0,"published_before":10,"sku":"A"}]"#
    )
  }
}

@Suite struct ImpactMeasuresTests {
  private static let agreed = ImpactMeasures(
    ordersLosing: 10, unitsLosing: 25, valueLosing: 199, channels: 1, skusToZero: 0, promisesLater: .max)

  @Test func itIsReadAsItIsWritten() throws {
    let text = Self.agreed.json.canonical
    #expect(ImpactMeasures(json: try JSONValue.parse(text)) == Self.agreed)
    for wrong in [
      "{}", "null", text.replacing("10", with: "-10"), text.replacing("10", with: "\"10\""),
      text.replacing("{", with: "{\"more\":1,"), text.replacing("orders_losing", with: "orders_lost"),
    ] {
      #expect(ImpactMeasures(json: try JSONValue.parse(wrong)) == nil, "\(wrong)")
    }
  }
}
