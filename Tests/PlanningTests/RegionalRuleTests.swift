import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// Rules that are for one region: what its nodes keep, which of its orders may wait, and what is told its channels again.
@Suite struct RegionalRuleTests {
  private static let regions = """
    kind: Node
    name: site
    type: dc
    region: south
    ---
    kind: Region
    name: north
    nodes: [dc]
    ---
    kind: Region
    name: south
    nodes: [site]
    ---

    """

  // MARK: Safety stock

  /// A rule for the node goes before one for its region, and that before one for all; of narrower items before all of them.
  @Test(
    arguments: [
      ("A", 1, 2), ("B", 3, 4), ("C", 5, 6),
    ] as [(SKU, Quantity, Quantity)]) func theNodesOfARegionKeepWhatIsSaidOfIt(
      sku: SKU, north: Quantity, south: Quantity
    ) throws
  {
    func rule(_ name: String, _ units: Int, _ fields: String = "") -> String {
      "---\nkind: SafetyStock\nname: \(name)\nunits: \(units)\n\(fields)"
    }
    let shop = try PlannedShop(
      Self.regions + "kind: Channel\nname: web\ntype: dtc\ntier: first\n" + rule("all", 1)
        + rule("south", 2, "region: south\n") + rule("b", 3, "sku: B\n") + rule("b-south", 4, "sku: B\nregion: south\n")
        + rule("c", 7, "sku: C\n") + rule("c-north", 5, "sku: C\nregion: north\n")
        + rule("c-south", 8, "sku: C\nregion: south\n") + rule("c-site", 6, "sku: C\nnode: site\n"))
    for node in ["dc", "site"] { try shop.stock(sku, 20, at: node) }
    try shop.plan()
    #expect(try shop.store.position(sku, "dc")?.safetyStock == north)
    #expect(try shop.store.position(sku, "site")?.safetyStock == south)
    #expect(try shop.store.grant(sku, "web", "north")?.published == 20 - north)
    #expect(try shop.store.grant(sku, "web", "south")?.published == 20 - south)
  }

  // MARK: Backorders

  /// One purchase order for each region.
  private static func backordering(_ rest: String, web: String = "") throws -> PlannedShop {
    let shop = try PlannedShop(regions + PlannedShop.backordering(web: web, rest))
    try shop.stock("A", 0)
    try shop.stock("A", 0, at: "site")
    try shop.buy("n", 100, in: 5)
    try shop.buy("s", 100, in: 5, to: "site")
    try shop.plan()
    return shop
  }

  private static func place(_ units: [(OrderID, Quantity, String)], _ shop: PlannedShop) throws {
    for (order, units, region) in units { try shop.place(order, "web", [("A", units)], to: region) }
    try shop.plan(.dirty)
  }

  @Test func ordersWaitWhereTheirRegionAcceptsIt() throws {
    let shop = try Self.backordering("---\nkind: BackorderRule\nname: b\nregion: south\naccept: false\n")
    try Self.place([("o1", 4, "north"), ("o2", 4, "south")], shop)
    #expect(try shop.pools("o1") == ["inbound:1:n/1": 4] && shop.pools("o2").isEmpty)
    let cases = try shop.openCases()
    let words = "none is on hand; orders of web may not wait for inbound goods (state/f.yaml:"
    #expect(cases.count == 1 && cases[0].hasPrefix("shortage o2/1: 4 units are not covered: " + words), "\(cases)")
  }

  /// Each region promises by its own rule.
  @Test func promisesAreThoseOfTheRegion() throws {
    let shop = try Self.backordering(
      "---\nkind: BackorderRule\nname: a\ntransit: 1d\nmove_limit: 9d\n"
        + "---\nkind: BackorderRule\nname: b\nregion: south\ntransit: 4d\nmove_limit: 1d\n")
    try Self.place([("o1", 4, "north"), ("o2", 4, "south")], shop)
    #expect(try shop.promised("o1") == 6 && shop.promised("o2") == 9)
    for order in ["n", "s"] { try shop.move(order, to: 8) }
    try shop.plan(.dirty)
    #expect(try shop.promised("o1") == 9 && shop.promised("o2") == 9)
    #expect(try shop.cases(.promiseAtRisk)["A"]?.hasPrefix("o2/1") == true)
  }

  /// A number of a region holds there, and one of none in all of them together.
  @Test func limitsHoldInARegionAndOverAll() throws {
    let shop = try Self.backordering(
      "---\nkind: BackorderRule\nname: b\nregion: south\nmax_units: 3\n", web: "max_units: 8")
    try Self.place([("o1", 2, "north"), ("o2", 9, "south")], shop)
    #expect(try shop.held("o1") == 2 && shop.held("o2") == 3)
    try Self.place([("o3", 9, "north")], shop)
    #expect(try shop.held("o3") == 3)
    #expect(
      try shop.openCases() == [
        "shortage o2/1: 6 units are not covered: none is on hand; no more than 3 units may be on backorder",
        "shortage o3/1: 6 units are not covered: none is on hand; no more than 8 units may be on backorder",
      ])
    try shop.agree(Self.regions + PlannedShop.backordering(web: "max_units: 5"))
    #expect(try shop.plan().warnings.map(\.sentence) == ["web: 3 units of A are on backorder beyond the limit"])
  }

  @Test func aRuleOfARegionIsExplained() throws {
    let state = try PlannedShop.load(
      Self.regions
        + PlannedShop.backordering(
          web: "max_units: 8",
          "---\nkind: BackorderRule\nname: a\nhorizon: 9d\n"
            + "---\nkind: BackorderRule\nname: b\nregion: south\nmax_units: 3\n"))
    func explained(_ region: String?) -> EffectiveBackorder? {
      state.backorders(of: "web", for: CatalogPart(region: region), at: PlannedShop.noon)
    }
    #expect(explained(nil)?.maxUnits == 8 && explained(nil)?.rule?.key.name == "a")
    #expect(explained("north")?.maxUnits == nil && explained("north")?.maxUnitsOverall == 8)
    #expect(explained("south")?.maxUnits == 3 && explained("south")?.rule?.key.name == "b")
    #expect(
      explained("south")?.words.hasPrefix(
        "accepted, at most 3 units of an item, at most 8 in all regions together, any time ahead") == true)
    let part = state.part(of: ItemTraits(), sku: "A", to: "south", at: PlannedShop.noon)
    #expect(part == CatalogPart(sku: "A", region: "south"))
    #expect(state.part(of: ItemTraits(), sku: "A", to: "moon", at: PlannedShop.noon).region == nil)
  }

  /// A preview tells which orders a rule of a region costs.
  @Test func theImpactNamesWhoWaitsNoMore() throws {
    let shop = try Self.backordering("")
    try shop.place("o1", "web", [("A", 4)])
    try shop.place("o2", "web", [("A", 5)], to: "south")
    let before = shop.policy
    try shop.agree(
      Self.regions + PlannedShop.backordering("---\nkind: BackorderRule\nname: b\nregion: south\naccept: false\n"))
    let impact = Impact(of: shop.policy, inPlaceOf: before, on: try shop.store.snapshot(.all), now: shop.now)
    #expect(impact.orders.map(\.order) == ["o2"])
    #expect(impact.measures.unitsLosing == 5 && impact.measures.ordersLosing == 1)
  }

  // MARK: Drift

  @Test func aDriftRuleHoldsInItsRegion() throws {
    let state = try PlannedShop.load(
      Self.regions + "kind: Channel\nname: web\ntype: dtc\ntier: first\n"
        + "---\nkind: DriftRule\nname: all\nfield: units\nanswer: report\n"
        + "---\nkind: DriftRule\nname: south\nfield: units\nanswer: heal\nregion: south\n")
    func answer(_ region: String?) -> DriftAnswer? {
      state.drift(of: "web", for: CatalogPart(region: region), at: PlannedShop.noon).first?.answer
    }
    #expect(answer(nil) == .report && answer("north") == .report && answer("south") == .heal)
  }
}
