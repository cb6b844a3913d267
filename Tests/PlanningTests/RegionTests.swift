import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// What an item has is planned region by region, and what channels may sell over all of them is held to in each.
@Suite struct RegionTests {
  private static let site = "kind: Node\nname: site\ntype: dc\nregion: south\n---\n"
  private static let regions = """
    kind: Region
    name: north
    nodes: [dc]
    ---
    kind: Region
    name: south
    nodes: [site]
    ---

    """
  private static let web = "kind: Channel\nname: web\ntype: dtc\ntier: first\n"
  private static let trade = "---\nkind: Channel\nname: trade\ntype: wholesale\ntier: first\n"

  private static func shop(_ more: String, regions: String = regions) throws -> PlannedShop {
    let shop = try PlannedShop(site + regions + more)
    try shop.stock("A", 10)
    try shop.stock("A", 4, at: "site")
    try shop.plan()
    return shop
  }

  private static func grant(_ shop: PlannedShop, _ channel: ChannelID, _ region: RegionID) throws -> GrantRow? {
    try shop.store.grant("A", channel, region)
  }

  @Test func eachRegionSellsWhatLiesInIt() throws {
    let shop = try Self.shop(Self.web + "exposure: 50%\n")
    #expect(try Self.grant(shop, "web", "north")?.published == 5)
    #expect(try Self.grant(shop, "web", "south")?.published == 2)
    #expect(try shop.store.item("A")?.pools == ["north": .init(shared: 10), "south": .init(shared: 4)])
    try shop.place("s", "web", [("A", 6)], to: "south")
    #expect(try shop.held("s") == 4)
    try shop.plan(.dirty)
    #expect(try shop.held("s") == 4)
    #expect(
      try shop.cases(.shortage) == [
        "A":
          "s/1: 2 units are not covered: there is more in other regions, for orders there; everything on hand is taken"
      ])
    #expect(try shop.store.item("A")?.pools == ["north": .init(shared: 10), "south": .init(shared: 0, claimed: 4)])
  }

  @Test func aCapThatNamesNoRegionCountsAllSales() throws {
    let shop = try Self.shop(Self.web + "cap: {units: 5, window: 1d}\n")
    #expect(try Self.grant(shop, "web", "north")?.published == 5)
    #expect(try Self.grant(shop, "web", "south")?.published == 4)
    try shop.place("n", "web", [("A", 3)])
    try shop.place("s", "web", [("A", 3)], to: "south")
    #expect(try shop.held("n") == 3 && shop.held("s") == 2)
    try shop.plan()
    #expect(try Self.grant(shop, "web", "north")?.published == 0)
    #expect(try shop.held("s") == 2)
    try shop.wait(TimeSpan(milliseconds: 25 * 3_600_000))
    try shop.plan()
    // The cap holds over both.
    #expect(try shop.held("s") == 3)
    #expect(try Self.grant(shop, "web", "south")?.published == 1)
    #expect(try shop.store.grant("A", "web")?.grant?.capLeft == 4)
  }

  @Test func planningHoldsToACapOverAllRegions() throws {
    let shop = try Self.shop("kind: Channel\nname: web\ntype: dtc\ntier: first\ncap: {units: 0, window: 1d}\n")
    for (order, destination) in [("n", "north"), ("s", "south"), ("t", "south")] as [(OrderID, String)] {
      try shop.place(order, "web", [("A", 3)], to: destination)
    }
    try shop.agree(Self.site + Self.regions + Self.web + "cap: {percent_of_available: 50%, window: 1d}\n")
    try shop.plan()
    // Half of 14.
    #expect(try shop.held("n") + shop.held("s") + shop.held("t") == 7)
  }

  @Test func anOverlayHoldsInItsRegion() throws {
    let shop = try Self.shop(
      Self.web + Self.trade
        + "---\nkind: Channel\nname: web\nscope: {region: south}\ncap: {units: 1, window: 1d}\n"
        + "---\nkind: Protection\nname: p\nchannel: trade\nregion: north\nunits: 6\n"
        + "---\nkind: Protection\nname: q\nchannel: web\nunits: 2\n")
    #expect(try Self.grant(shop, "web", "north")?.grant == Grant(protected: 2))
    #expect(try Self.grant(shop, "web", "south")?.grant == Grant(protected: 2, capLeft: 1))
    #expect(try Self.grant(shop, "trade", "north")?.grant == Grant(protected: 6))
    #expect(try Self.grant(shop, "trade", "south")?.grant == Grant(protected: 0))
    try shop.place("n", "web", [("A", 9)])
    #expect(try shop.held("n") == 4)
    try shop.plan()
    #expect(try Self.grant(shop, "trade", "north")?.grant?.protected == 6)
  }

  @Test func anUnknownDestinationIsACase() throws {
    let shop = try Self.shop(Self.web)
    try shop.place("o", "web", [("A", 3)], to: "moon")
    try shop.plan(.dirty)
    #expect(try shop.cases(.unknownRegion) == ["A": "o/1: no Region serves 'moon'"])
    try shop.agree(Self.site + Self.regions + Self.web + "---\n" + "kind: Calendar\nname: c\n")
    try shop.agree(
      Self.site
        + Self.regions.replacing("nodes: [site]\n", "nodes: [site]\ndestinations: [south]\ntakes_others: true\n")
        + Self.web)
    try shop.plan()
    #expect(try shop.cases(.unknownRegion).isEmpty)
    #expect(try shop.store.activeClaims(of: "o", "1").map(\.region) == ["south"])
  }

  /// Claims go with their orders into the region that serves them, and back.
  @Test func regionsComeAndGo() throws {
    let cart = Self.web + "reserve_at: cart\n"
    let shop = try Self.shop(cart, regions: "")
    try shop.place("n", "web", [("A", 2)])
    try shop.place("s", "web", [("A", 5)], to: "south")
    try shop.take(
      "cart.updated",
      ["cart": "c", "channel": "web", "lines": [["line": "1", "sku": "A", "qty": 3]]])
    try shop.plan()
    #expect(try shop.store.item("A").map { [$0.shared, $0.claimed] } == [4, 10])

    try shop.agree(Self.site + Self.regions + cart)
    try shop.plan()
    // What the cart holds is kept from both, since nobody knows where it will be ordered.
    #expect(try shop.store.item("A")?.pools["north"] == .init(shared: 5, claimed: 2))
    #expect(try shop.store.item("A")?.pools["south"] == .init(shared: -4, claimed: 5))
    #expect(try shop.store.item("A").map { [$0.shared, $0.claimed] } == [-3, 3])
    #expect(try shop.cases(.countBelowReserved) == ["A": "A in south: 5 reserved, 4 sellable"])

    try shop.wait(.hour)
    try shop.plan()
    #expect(try shop.store.item("A")?.pools["north"] == .init(shared: 8, claimed: 2))
    #expect(try shop.store.item("A").map { [$0.shared, $0.claimed] } == [0, 0])

    try shop.agree(Self.site + cart)
    try shop.plan()
    #expect(try shop.store.item("A").map { [$0.shared, $0.claimed] } == [7, 7])
    #expect(try shop.store.item("A")?.pools.values.allSatisfy { $0 == RegionPool() } == true)
    #expect(try shop.cases(.countBelowReserved).isEmpty)
    #expect(try Self.grant(shop, "web", "north")?.published == 0)
  }

  /// Without regions nothing names one.
  @Test func withoutRegionsNothingNamesOne() throws {
    let shop = try PlannedShop(Self.site + Self.web)
    try shop.stock("A", 10)
    try shop.place("o", "web", [("A", 3)], to: "anywhere")
    let plan = try shop.plan()
    #expect(plan.actions.allSatisfy { $0.json["region"] == nil && $0.action.kind != .setRegions })
    #expect(try shop.held("o") == 3)
  }
}

extension String {
  fileprivate func replacing(_ old: String, _ new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
