import ActualState
import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// What a change of policy will do when its windows open and close.
@Suite struct ForeseenImpactTests {
  private static let day = TimeSpan.day
  private static func days(_ count: Int64) -> Instant {
    PlannedShop.noon + TimeSpan(milliseconds: count * day.milliseconds)
  }

  private static func from(_ from: Int64?, until: Int64? = nil) -> String {
    let ends = [from.map { "from: \(days($0))" }, until.map { "until: \(days($0))" }].compactMap { $0 }
    return "effective: {\(ends.joined(separator: ", "))}\n"
  }

  private static let channels =
    Trade.channel("shop", rank: 1, "redistribute") + "---\n" + Trade.channel("market", rank: 2, "redistribute")

  /// A shop with 10 units, of which the market holds 6 for its order.
  private static func shop(_ resources: String = channels) throws -> PlannedShop {
    let shop = try PlannedShop(resources)
    try shop.stock("A", 10)
    try shop.place("m", "market", [("A", 6)])
    try shop.plan()
    return shop
  }

  private static func impact(_ before: String, _ after: String, on shop: PlannedShop) throws -> Impact {
    Impact(
      of: try PlannedShop.load(after), inPlaceOf: try PlannedShop.load(before), on: try shop.store.snapshot(.all),
      now: shop.now)
  }

  private static let outage =
    "---\nkind: FallbackRule\nname: down\nwhen: node_outage\nnode: dc\nthen: zero\nactive: true\n"

  @Test func whatBeginsLaterIsForeseen() throws {
    let shop = try Self.shop()
    let now = try Self.impact(Self.channels, Self.channels + Self.outage, on: shop)
    #expect(now.later.isEmpty && now.measures == now.measuresNow && now.measures.ordersLosing == 1)
    let later = try Self.impact(Self.channels, Self.channels + Self.outage + Self.from(30), on: shop)
    #expect(later.isNoneNow && !later.isNone && later.measuresNow == .none)
    #expect(later.later.map(\.at) == [Self.days(30)] && later.measures == now.measures)
    // At its end nothing is different from what would be without it.
    let season = try Self.impact(Self.channels, Self.channels + Self.outage + Self.from(30, until: 60), on: shop)
    #expect(season.later == later.later)
  }

  /// Something that holds now ends earlier or later than before.
  @Test func whatEndsLaterIsForeseen() throws {
    let own = "---\nkind: Protection\nname: p\nchannel: shop\nunits: 4\n"
    let (before, after) = (Self.channels + own, Self.channels + own + Self.from(nil, until: 3))
    let shop = try Self.shop(before)
    let impact = try Self.impact(before, after, on: shop)
    #expect(impact.isNoneNow && impact.later.map(\.at) == [Self.days(3)])
    #expect(impact.later.first?.impact.channels.map(\.isChanged) == [true, false], "the market may sell the 4 units")
    let longer = try Self.impact(after, Self.channels + own + Self.from(nil, until: 5), on: shop)
    #expect(longer.later.map(\.at) == [Self.days(3)] && !longer.isNone)
  }

  /// What an overlay hides shows when it ends, though no window is in the change.
  @Test func whatIsHiddenNowIsForeseen() throws {
    let sale = "---\nkind: Channel\nname: shop\nscope: {class: new}\nexposure: 50%\n" + Self.from(nil, until: 2)
    let items = "---\nkind: ProductClass\nname: new\n"
    func text(_ exposure: String) -> String {
      Trade.channel("shop", rank: 1, "redistribute", "exposure: \(exposure)\n") + sale + items
    }
    let shop = try PlannedShop(text("100%"))
    try shop.stock("A", 10, class: "new")
    try shop.plan()
    let impact = try Self.impact(text("100%"), text("0%"), on: shop)
    #expect(impact.isNoneNow && impact.later.map(\.at) == [Self.days(2)] && impact.measures.skusToZero == 1)
  }

  /// A rule of another name for the same hides what a change says, as long as it holds.
  @Test func whatAnotherRuleHidesIsForeseen() throws {
    func text(_ units: Int) -> String {
      Self.channels
        + "---\nkind: SafetyStock\nname: all\nunits: \(units)\n---\nkind: SafetyStock\nname: season\nunits: 0\n"
        + Self.from(nil, until: 9)
    }
    let shop = try Self.shop(text(0))
    let impact = try Self.impact(text(0), text(10), on: shop)
    #expect(impact.isNoneNow && impact.later.map(\.at) == [Self.days(9)] && impact.measures.skusToZero == 1)
  }

  /// Windows that have nothing to do with the change cost nothing.
  @Test func whatHasNothingToDoWithItIsLeftOut() throws {
    let own = "---\nkind: Protection\nname: p\nchannel: market\nunits: 4\n" + Self.from(1, until: 7)
    let (before, after) = (
      Self.channels + own, Self.channels + own + "---\nkind: Protection\nname: q\nchannel: shop\nunits: 1\n"
    )
    #expect(try Self.impact(before, after, on: try Self.shop(before)).later.isEmpty)
    let points = TurningPoints(
      from: try PlannedShop.load(before), to: try PlannedShop.load(after), after: PlannedShop.noon)
    #expect(points.moments.isEmpty && points.unseen == 0)
  }

  /// What was not worked out counts as the most.
  @Test func tooManyMomentsCountAgainstTheChange() throws {
    func text(_ count: Int) -> String {
      Self.channels
        + (0..<count).map { index in
          "---\nkind: Protection\nname: p\(index)\nchannel: shop\nsku: S\(index)\nunits: 1\n"
            + Self.from(Int64(index + 1))
        }.joined()
    }
    let shop = try Self.shop()
    let all = try Self.impact(Self.channels, text(TurningPoints.limit), on: shop)
    #expect(all.later.count == TurningPoints.limit && all.unseenMoments == 0 && all.measures == .none)
    let many = try Self.impact(Self.channels, text(TurningPoints.limit + 2), on: shop)
    #expect(many.later.count == TurningPoints.limit && many.unseenMoments == 2)
    #expect(many.measures == .most && !many.isNone)
    #expect(ImpactMeasures.Measure.allCases.allSatisfy { many.measures[$0] == Limits.quantity })
  }

  @Test func itsJSONTellsWhen() throws {
    let shop = try Self.shop()
    let json = try Self.impact(Self.channels, Self.channels + Self.outage + Self.from(30), on: shop).jsonOverTime
    #expect(json["measures"]?["orders_losing"] == 1 && json["measures_now"]?["orders_losing"] == 0)
    #expect(json["later"]?.array?.first?["at"]?.string == Self.days(30).description)
    #expect(json["later"]?.array?.first?["measures"]?["orders_losing"] == 1 && json["unseen_moments"] == 0)
  }

  /// Promise: a change that begins later is never smaller than the same change now, whatever it changes and whenever it
  /// begins and ends.
  @Test(arguments: 0..<60 as Range<UInt64>) func aWindowMakesNothingSmaller(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    let shop = try Self.shop()
    for order in 0..<number(1...4) {
      try shop.place(OrderID("o\(order)"), order.isMultiple(of: 2) ? "shop" : "market", [("A", number(1...4))])
    }
    try shop.plan()
    let change = [
      "---\nkind: Protection\nname: p\nchannel: shop\nunits: \(number(0...9))\n",
      "---\nkind: SafetyStock\nname: s\nunits: \(number(0...12))\n",
      "---\nkind: Channel\nname: market\nscope: {sku: A}\nexposure: \(number(0...100))%\n",
      "---\nkind: Channel\nname: shop\nscope: {sku: A}\ncap: {units: \(number(0...5)), window: 7d}\n",
      Self.outage,
    ][Int(number(0...4))]
    let begin = number(1...400)
    let window = Self.from(begin, until: number(0...1) == 0 ? nil : begin + number(1...9))
    let now = try Self.impact(Self.channels, Self.channels + change, on: shop)
    let later = try Self.impact(Self.channels, Self.channels + change + window, on: shop)
    #expect(later.isNoneNow, "seed \(seed): \(change)")
    #expect(later.measures == now.measures, "seed \(seed): \(change)\(window)")
  }
}
