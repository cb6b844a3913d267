import ActualState
import DesiredState
import Operations
import TestSupport
import Testing

@testable import Planning

/// A region is bought for by what lies in it, comes to it and sells in it; the rest by what is left.
@Suite struct RegionalReplenishmentTests {
  private static let now = ReplenishmentStageTests.now

  private static let regions = """
    ---
    kind: Node
    name: far
    type: dc
    region: south
    ---
    kind: Region
    name: north
    nodes: [dc, shut]
    destinations: [DE, FR]
    ---
    kind: Region
    name: south
    nodes: [far]
    destinations: [US]
    ---

    """

  private static func rule(_ name: String, at node: String, _ more: String) -> String {
    "---\nkind: ReplenishmentPolicy\nname: \(name)\n"
      + ReplenishmentStageTests.golden.replacing("node: dc", with: "node: \(node)")
      + more
  }

  private static let south = rule("south", at: "far", "region: south\n")
  private static let north = rule("north", at: "dc", "region: north\n")
  private static let all = rule("all", at: "dc", "")

  private static func policy(_ rules: String) throws -> Policy {
    Policy(try .loaded(ReplenishmentStageTests.network + regions + rules, warnings: false), at: now)
  }

  /// The golden item, which sold to the US what `ReplenishmentStageTests` has it sell, and as much to Germany.
  private static func snapshot(here: Quantity, there: Quantity) -> Snapshot {
    var snapshot = ReplenishmentStageTests.snapshot(onHand: here)
    snapshot.nodes = ["dc", "far", "shut"]
    snapshot.nodeIsActive = [true, true, false]
    snapshot.positions.onHand[1] = there
    snapshot.positions.sellable[1] = there
    snapshot.destinations = ["DE", "US"]
    for (destination, rows) in [snapshot.usage.sold, snapshot.usage.sold].enumerated() {
      for (row, units) in rows.enumerated() {
        snapshot.sales.destination.append(Int32(destination))
        snapshot.sales.day.append(Int32(Instant(hour: snapshot.usage.hour[row]).day))
        snapshot.sales.units.append(units)
      }
    }
    snapshot.sales.starts.append(Int32(snapshot.sales.units.count))
    for row in snapshot.usage.sold.indices { snapshot.usage.sold[row] *= 2 }
    return snapshot
  }

  private static func plan(_ rules: String, _ snapshot: Snapshot) throws -> Plan {
    ReplenishmentStageTests.plan(try policy(rules), snapshot)
  }

  private static func orders(_ plan: Plan) -> [RegionID: PurchaseProposal] {
    plan.actions.reduce(into: [:]) { orders, action in
      if case .propose(_, let one, _) = action.action, one.kind == .order { orders[one.region] = one }
    }
  }

  /// s = 1244 and S = 2244 where 100 a day are sold, whatever lies elsewhere.
  @Test func stockElsewhereDoesNotCount() throws {
    let plan = try Self.plan(Self.south, Self.snapshot(here: 90_000, there: 1244))
    let order = try #require(Self.orders(plan)["south"])
    #expect(order.quantity == 1008 && order.node == "far" && order.supplier == "mill")
    #expect(order.reason["reorder_point"] == 1244 && order.reason["position"] == 1244)
    #expect(order.reason["per_day"] == 100 && order.reason["deviation_per_day"] == 20)
    #expect(Self.orders(plan).count == 1, "nothing buys for the north")
    #expect(try Self.orders(Self.plan(Self.south, Self.snapshot(here: 0, there: 1245))).isEmpty)
    // By the rule for all there is enough.
    #expect(try Self.orders(Self.plan(Self.all, Self.snapshot(here: 90_000, there: 1244))).isEmpty)
  }

  /// The rule for all is for the rest: what is bought for on its own neither fills it nor drains it.
  @Test func theRestIsBoughtForByTheRuleForAll() throws {
    let rules = Self.south + Self.all
    let short = Self.orders(try Self.plan(rules, Self.snapshot(here: 1244, there: 90_000)))
    #expect(short.keys.sorted() == [.everywhere])
    #expect(short[.everywhere]?.quantity == 1008 && short[.everywhere]?.reason["per_day"] == 100)
    #expect(try Self.orders(Self.plan(rules, Self.snapshot(here: 1245, there: 1245))).isEmpty)
    let both = Self.orders(try Self.plan(rules, Self.snapshot(here: 1244, there: 1200)))
    #expect(both["south"]?.quantity == 1044 && both[.everywhere]?.quantity == 1008)
  }

  /// What no region serves sells from the rest.
  @Test func whatNoRegionServesIsOfTheRest() throws {
    var snapshot = Self.snapshot(here: 0, there: 0)
    snapshot.destinations[0] = "JP"
    let orders = Self.orders(try Self.plan(Self.south + Self.all, snapshot))
    #expect(orders["south"]?.reason["per_day"] == 100 && orders[.everywhere]?.reason["per_day"] == 100)
    // And where a region takes others, it is of that one.
    let taking = Self.regions.replacing("destinations: [US]", with: "destinations: [US]\ntakes_others: true")
    let policy = Policy(
      try .loaded(ReplenishmentStageTests.network + taking + Self.south + Self.all, warnings: false), at: Self.now)
    let taken = Self.orders(ReplenishmentStageTests.plan(policy, snapshot))
    #expect(taken["south"]?.reason["per_day"] == 200 && taken[.everywhere] == nil)
  }

  /// The scopes of rules and their regions, and which of them buys for the south and for the rest, by its place.
  @Test(
    arguments: [
      (["", "region: south\n"], 1, 0), (["class: launch\n", "region: south\n"], 0, 0),
      (["class: launch\n", "class: launch\nregion: south\n"], 1, 0),
      (["class: launch\n", "sku: T\nregion: south\n"], 1, 0), (["sku: T\n", "class: launch\nregion: south\n"], 0, 0),
      (["", "sku: U\nregion: south\n"], 0, 0), (["sku: T\n", "region: south\n", "sku: T\nregion: south\n"], 2, 0),
    ] as [([String], Int, Int)])
  func theMostSpecificHolds(targets: [String], south: Int, rest: Int) throws {
    let rules = targets.enumerated().map { index, target in
      let node = target.contains("south") ? "far" : "dc"
      return "---\nkind: ReplenishmentPolicy\nname: r\(index)\nsupplier: mill\nnode: \(node)\nservice: {cycle: 95%}\n"
        + "velocity_window: \(index + 2)d\n\(target)"
    }
    let policies = try Self.policy(rules.joined()).replenishment
    let part = CatalogPart(productClass: "launch")
    let apart = policies.regional(of: "T", part)
    #expect(apart.first?.policy.velocityDays ?? policies.policy(of: "T", part)?.velocityDays == Int64(south + 2))
    #expect(apart.count == (south == rest ? 0 : 1))
    #expect(policies.policy(of: "T", part)?.velocityDays == Int64(rest + 2))
  }

  /// What lies there, what comes there and what is owed there; what left for there lies no more where it left from.
  @Test func thePositionOfARegion() throws {
    var snapshot = Self.snapshot(here: 500, there: 300)
    func inbound(_ order: PurchaseOrderID, to node: NodeID, _ units: Quantity) -> InboundLine {
      InboundLine(
        purchaseOrder: order, line: "1", supplier: "mill", node: node, open: units, eta: Self.now + .day,
        originalETA: Self.now + .day)
    }
    func open(_ order: OrderID, to destination: String, _ units: Quantity) -> OpenLine {
      OpenLine(order: order, line: "1", channel: "web", open: units, placedAt: Self.now, region: destination)
    }
    snapshot.inbound[0] = [inbound("p1", to: "dc", 200), inbound("p2", to: "far", 70)]
    snapshot.transfers[0] = [TransferLine(transfer: "t", line: "1", to: "far", open: 40, eta: Self.now)]
    snapshot.openLines[0] = [open("o1", to: "DE", 900), open("o2", to: "JP", 7), open("o3", to: "US", 800)]
    let orders = Self.orders(try Self.plan(Self.south + Self.all, snapshot))
    #expect(orders["south"]?.reason["position"] == .integer(300 + 70 + 40 - 800))
    #expect(orders["south"]?.reason["on_order"] == 110)
    #expect(orders[.everywhere]?.reason["position"] == .integer(500 + 200 - 900 - 7))
    let whole = try #require(Self.orders(try Self.plan(Self.all, snapshot))[.everywhere])
    #expect(whole.reason["position"] == .integer(800 + 310 - 1707))
  }

  /// A region without stock says nothing of its demand, and much of no other's.
  @Test func aStockoutIsOfItsRegion() throws {
    var snapshot = Self.snapshot(here: 1, there: 0)
    let rules = Self.south + Self.all
    let first = try Self.plan(rules, snapshot).actions.map(\.action)
    #expect(first.contains(.startStockout("T", in: "south")) && !first.contains(.startStockout("T")))
    // The 14 days of 120 are left out.
    snapshot.stockouts[0] = [Stockout(from: Self.now.hour - 14 * 24, in: "south")]
    let orders = Self.orders(try Self.plan(rules, snapshot))
    #expect(orders["south"]?.reason["days"] == 15 && orders[.everywhere]?.reason["days"] == 29)
    snapshot.positions.sellable[1] = 5
    let open = try #require(snapshot.stockouts[0]?.first)
    #expect(try Self.plan(rules, snapshot).actions.map(\.action).contains(.endStockout("T", open)))
    #expect(!(try Self.plan(Self.all, snapshot).actions.contains { $0.action.kind == .endStockout }))
  }

  /// What would come in where it does not count is not bought again and again: a person hears of it.
  @Test func whatWouldComeInElsewhereOpensACase() throws {
    let launch = Self.rule("launch", at: "far", "class: launch\n")
    let rules = Self.rule("south", at: "far", "sku: T\nregion: south\n") + Self.all + launch
    let plan = try Self.plan(rules, Self.snapshot(here: 0, there: 0))
    #expect(Self.orders(plan).keys.sorted() == ["south"])
    let expected = Case(
      .replenishmentUnknown, subject: "T", detail: "the node 'far' serves 'south', for which this policy does not buy")
    #expect(plan.actions.contains { $0.action == .openCase("T", expected) })
  }

  /// Proposals of a region whose rule is gone are taken back, and those of the others stay.
  @Test func aRuleThatIsGoneTakesItsProposalAlong() throws {
    var snapshot = Self.snapshot(here: 1244, there: 1244)
    let orders = Self.orders(try Self.plan(Self.south + Self.north, snapshot))
    let (north, south) = (try #require(orders["north"]), try #require(orders["south"]))
    snapshot.proposals[0] = [north, south]
    #expect(Self.orders(try Self.plan(Self.south + Self.north, snapshot)).isEmpty)
    let after = try Self.plan(Self.north, snapshot).actions.map(\.action)
    #expect(after.contains(.withdrawProposal("T", south)) && !after.contains(.withdrawProposal("T", north)))
    // By the rule for all the same item is bought once.
    snapshot.positions.sellable[0] = 0
    let whole = try Self.plan(Self.all, snapshot)
    #expect(whole.actions.map(\.action).contains(.withdrawProposal("T", north)))
    #expect(Self.orders(whole)[.everywhere]?.reason["per_day"] == 200)
  }

  /// A late order is hurried for the region that it comes to.
  @Test func onlyWhatComesToTheRegionIsHurried() throws {
    var snapshot = Self.snapshot(here: 0, there: 0)
    snapshot.openLines[0] = [
      OpenLine(order: "o", line: "1", channel: "web", open: 11, placedAt: Self.now, region: "US")
    ]
    func inbound(_ order: PurchaseOrderID, to node: NodeID, days: Int64) -> InboundLine {
      let eta = Self.now + TimeSpan(milliseconds: days * TimeSpan.day.milliseconds)
      return InboundLine(
        purchaseOrder: order, line: "1", supplier: "mill", node: node, open: 300, eta: eta, originalETA: eta)
    }
    snapshot.inbound[0] = [inbound("p1", to: "dc", days: 2), inbound("p2", to: "far", days: 9)]
    let hurried = ReplenishmentStageTests.proposed(try Self.plan(Self.south + Self.all, snapshot), .expedite)
    #expect(hurried?.line == .init("p2", "1") && hurried?.region == "south")
  }

  /// With a store behind it: what was planned leaves nothing to plan, while regions come, change hands and go.
  @Test func aPlanOfRegionsIsPlannedOnce() throws {
    let channel = "kind: Channel\nname: web\ntype: dtc\ntier: first\n---\n"
    let site = "kind: Node\nname: site\ntype: dc\nregion: south\n---\n"
    func region(_ name: String, _ node: String, _ more: String = "") -> String {
      "kind: Region\nname: \(name)\nnodes: [\(node)]\n\(more)---\n"
    }
    func rule(_ name: String, at node: String, _ more: String = "") -> String {
      "kind: ReplenishmentPolicy\nname: \(name)\nsupplier: mill\nnode: \(node)\nservice: {cycle: 95%}\n\(more)---\n"
    }
    let shop = try PlannedShop(channel + site + rule("all", at: "dc"))
    try shop.stock("A", 20)
    try shop.stock("A", 2, at: "site")
    try shop.plan()
    for (index, destination) in ["north", "south", "south", "elsewhere"].enumerated() {
      try shop.place(OrderID("o\(index)"), "web", [("A", 3)], to: destination)
      try shop.plan(.dirty)
      try shop.wait(.day)
    }
    func proposed() throws -> [RegionID: Quantity] {
      var found: [RegionID: Quantity] = [:]
      try shop.store.eachProposal { _, one, _ in if one.kind == .order { found[one.region] = one.quantity } }
      return found
    }
    let both = channel + site + region("north", "dc", "takes_others: true\n") + region("south", "site")
    try shop.agree(both + rule("all", at: "dc") + rule("south", at: "site", "region: south\n"))
    try shop.plan()
    let south = try #require(try proposed()["south"])
    #expect(south > 0, "2 lie there, and 6 were asked for")
    try shop.place("o9", "web", [("A", 5)], to: "south")
    try shop.plan(.dirty)
    #expect(try proposed()["south"] ?? 0 > south)
    try shop.agree(both + rule("all", at: "dc"))
    try shop.plan()
    #expect(try proposed().keys.allSatisfy(\.isEverywhere))
    try shop.agree(channel + site + rule("all", at: "dc"))
    try shop.plan()
  }

  /// Parts that do not overlap have all that the whole has, whoever holds it, comes with it or asks for it.
  @Test(arguments: 0..<60 as Range<UInt64>) func partsAddUp(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func units(_ most: Int64 = 40) -> Quantity { Int64.random(in: 0...most, using: &random) }
    var snapshot = Self.snapshot(here: units(), there: units())
    snapshot.regions = ["north", "south"]
    snapshot.regionMap = try Self.policy(Self.all).regions.map
    let nodes: [NodeID] = ["dc", "far", "shut"]
    let regionOf: [NodeID: RegionID] = ["dc": "north", "far": "south", "shut": "north"]
    for index in 0..<6 {
      let node = nodes[Int(units(2))]
      if units(1) == 0 {
        snapshot.inbound[0, default: []].append(
          InboundLine(
            purchaseOrder: PurchaseOrderID("p\(index)"), line: "1", supplier: "mill", node: node, open: 1 + units(),
            eta: Self.now + .day, originalETA: Self.now + .day))
      } else {
        snapshot.transfers[0, default: []].append(
          TransferLine(transfer: TransferID("t\(index)"), line: "1", to: node, open: 1 + units(), eta: Self.now + .day))
      }
      let destination = ["DE", "US"][Int(units(1))]
      snapshot.openLines[0, default: []].append(
        OpenLine(
          order: OrderID("o\(index)"), line: "1", channel: "web", open: 1 + units(), placedAt: Self.now,
          isLapsed: units(4) == 0, region: destination))
      let (held, pooled) = (1 + units(5), units(1) == 0)
      let region = regionOf[node] ?? .everywhere
      let order = OrderID("c\(index)")
      snapshot.orders[order] = SnapshotOrder(
        channel: "web", placedAt: Self.now, region: region == "north" ? "DE" : "US", stage: .order, isLapsed: false,
        shipOn: nil, priority: 0, releasedBy: [], units: held, unshipped: held, claimed: held, leadItem: "T")
      snapshot.claims[0, default: []].append(
        HeldClaim(
          id: Int64(index + 1), order: order, line: "1", channel: "web", pool: .shared, node: pooled ? nil : node,
          quantity: held, claimedAt: Self.now, expiresAt: nil, region: region))
      if pooled {
        var pools = snapshot.pools[0] ?? [("north", RegionPool()), ("south", RegionPool())]
        pools[region == "north" ? 0 : 1].pool.claimed += held
        snapshot.pools[0] = pools
      } else if let row = snapshot.positions.node.firstIndex(of: Int32(nodes.firstIndex(of: node) ?? 0)) {
        snapshot.positions.allocated[row] += held
      }
    }
    let rules = Self.south + Self.north
    let (parts, whole) = (try Self.plan(rules, snapshot), try Self.plan(Self.all, snapshot))
    #expect(try Self.plan(rules, snapshot).digest == parts.digest, "seed \(seed)")
    let (orders, one) = (Self.orders(parts), try #require(Self.orders(whole)[.everywhere], "seed \(seed)"))
    for number in ["position", "on_hand", "on_order", "backorders", "per_day"] {
      let sum = orders.values.reduce(0) { $0 + ($1.reason[number]?.integer ?? 0) }
      #expect(orders.count == 2 && .integer(sum) == one.reason[number], "seed \(seed): \(number)")
    }
  }
}
