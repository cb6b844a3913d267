import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// What a tier shares by weight holds at the moment of sale: no channel takes at once what is due to another.
@Suite struct FairSaleTests {
  private static let tier = """
    ---
    kind: AllocationTier
    name: fair
    rank: 2
    rule: fair_share
    ---
    kind: AllocationTier
    name: late
    rank: 3
    ---
    kind: Channel
    name: c
    type: dtc
    tier: late

    """

  private static func channels(a: String = "{weight: 2}", b: String = "{weight: 1, min_units: 6}") -> String {
    String(tier.dropFirst(4))
      + [("a", a), ("b", b)].map { "---\nkind: Channel\nname: \($0)\ntype: dtc\ntier: fair\nshare: \($1)\n" }.joined()
  }

  private static func shop(_ channels: String = channels(), units: Quantity = 30) throws -> PlannedShop {
    let shop = try PlannedShop(channels)
    try shop.stock("A", units)
    try shop.plan()
    return shop
  }

  private static func told(_ shop: PlannedShop) throws -> [Quantity?] {
    try ["a", "b", "c"].map { try shop.store.grant("A", $0, .everywhere)?.published }
  }

  @Test(
    arguments: [
      (channels(), 30, [16, 14, 24]), (channels(b: "{weight: 1}"), 30, [20, 10, 30]),
      (channels(b: "{weight: 1, max_units: 4}"), 30, [26, 4, 30]), (channels(), 5, [0, 5, 0]),
      (channels(a: "{weight: 1}", b: "{weight: 1}"), 0, [0, 0, 0]),
    ] as [(String, Quantity, [Quantity])])
  func eachIsToldOfItsPart(channels: String, units: Quantity, expected: [Quantity]) throws {
    #expect(try Self.told(Self.shop(channels, units: units)) == expected)
  }

  /// The orders of one come first, and those of the other find their part all the same.
  @Test func ordersClaimNoMoreThanTheirPartAtOnce() throws {
    let shop = try Self.shop()
    try shop.place("a1", "a", [("A", 24)])
    try shop.place("b1", "b", [("A", 20)])
    #expect(try shop.held("a1") == 16 && shop.held("b1") == 14)
    try shop.plan()
    #expect(try shop.held("a1") == 16 && shop.held("b1") == 14)
    let words = try shop.explanation("b1").uncovered.flatMap(\.obstacles).map(\.words)
    #expect(words.first == "its tier shares stock by weight, and b already has its share", "\(words)")
  }

  /// What a channel does not ask for goes to those who are short, but for what it is to have at least.
  @Test func aMinimumIsLeftForALateOrder() throws {
    let shop = try Self.shop()
    try shop.place("c1", "c", [("A", 6)])
    try shop.plan()
    try shop.place("a1", "a", [("A", 24)])
    try shop.plan()
    #expect(try shop.held("a1") == 18)
    #expect(try Self.told(shop) == [0, 6, 0])
    let causes = try shop.explanation("a1").uncovered.flatMap(\.obstacles)
    #expect(
      causes.prefix(2).map(\.words) == [
        "its tier shares stock by weight, and a already has its share",
        "6 are kept back for b, up to its minimum (min_units)",
      ], "\(causes.map(\.words))")
    try shop.place("c2", "c", [("A", 2)])
    try shop.plan()
    #expect(try shop.held("c2") == 0, "it comes after b")
    try shop.place("b1", "b", [("A", 7)])
    #expect(try shop.held("b1") == 6)
    try shop.plan()
    let short = try shop.explanation("b1").uncovered.flatMap(\.obstacles)
    #expect(
      short.first?.words
        == "its tier shares stock by weight: b has 6 of its share of 12, and others have the rest",
      "\(short.map(\.words))")
    let cited = short.first?.places(in: shop.places, for: CatalogPart()).map(\.subject)
    #expect(cited == ["AllocationTier/fair rule", "Channel/b share", "Channel/a share"])
    let name =
      "shortage b1/1: 1 units are not covered: its tier shares stock by weight, and others have the "
      + "share of b"
    let cases = try shop.openCases()
    #expect(cases.contains { $0.hasPrefix(name) }, "\(cases)")
  }
}
