import DesiredState
import Operations
import Testing

@testable import Planning

/// The golden vectors of domain.md §2.5 from YAML and a snapshot to what a plan proposes.
@Suite struct ReplenishmentStageTests {
  static let now = Instant("2026-11-24T10:30:00Z") ?? .distantPast

  static let network = """
    kind: Repository
    name: shop
    schema_version: 1
    currency: EUR
    ---
    kind: ProductClass
    name: launch
    match: {season: launch}
    ---
    kind: Node
    name: dc
    type: dc
    region: north
    ---
    kind: Node
    name: shut
    type: dc
    region: north
    status: paused
    ---
    kind: AllocationTier
    name: t
    rank: 1
    ---
    kind: Channel
    name: web
    type: dtc
    tier: t
    ---
    kind: Supplier
    name: mill
    lead_time: 9d
    lead_time_deviation: 2d
    confidence: 90%
    minimum_order: 50
    order_multiple: 12
    ---
    kind: Supplier
    name: past
    lead_time: 9d
    confidence: 90%
    effective: {until: 2026-01-01T00:00:00Z}

    """

  static let golden =
    "supplier: mill\nnode: dc\nservice: {cycle: 95%}\nvelocity_window: 29d\norder_up_to: {units: 1000}\n"

  static func policy(_ document: String) throws -> Policy { try policy([document]) }

  static func policy(_ documents: [String]) throws -> Policy {
    let all = documents.enumerated().map { "---\nkind: ReplenishmentPolicy\nname: r\($0)\n\($1)" }.joined()
    return Policy(try .loaded(network + all), at: now)
  }

  /// One item that sold 100 a day with σ_d = 20 on the 29 days up to yesterday, and something today and long ago.
  static func snapshot(onHand: Quantity, shut: Quantity = 0) -> Snapshot {
    var snapshot = Snapshot(scope: .all)
    snapshot.nodes = ["dc", "shut"]
    snapshot.nodeIsActive = [true, false]
    snapshot.channels = ["web"]
    snapshot.channelTerms = [ChannelTerms()]
    snapshot.traits = [ItemTraits(attributes: ["season": "launch"])]
    snapshot.items.sku = ["T"]
    snapshot.items.traits = [0]
    snapshot.items.version = [1]
    snapshot.items.shared = [onHand]
    snapshot.items.claimed = [0]
    snapshot.positions.starts = [0, 2]
    snapshot.positions.node = [0, 1]
    snapshot.positions.onHand = [onHand, shut]
    snapshot.positions.sellable = [onHand, shut]
    snapshot.positions.allocated = [0, 0]
    snapshot.positions.safetyStock = [0, 0]
    snapshot.grants.starts = [0, 0]
    let days = [(-400, 5000)] + (1...29).map { (-$0, $0 <= 14 ? 120 : $0 <= 28 ? 80 : 100) } + [(0, 700)]
    for (day, units) in days {
      snapshot.usage.channel.append(0)
      snapshot.usage.hour.append(now.hour + Int32(day * 24))
      snapshot.usage.claimed.append(0)
      snapshot.usage.protected.append(0)
      snapshot.usage.protectedShipped.append(0)
      snapshot.usage.sold.append(Quantity(units))
    }
    snapshot.usage.starts = [0, Int32(days.count)]
    return snapshot
  }

  static func plan(_ policy: Policy, _ snapshot: Snapshot, at now: Instant = now) -> Plan {
    Plan(
      policy: policy, pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil, policyChanged: false,
      snapshot: snapshot, now: now)
  }

  static func proposed(_ plan: Plan, _ kind: PurchaseProposal.Kind = .order) -> PurchaseProposal? {
    plan.actions.compactMap { if case .propose(_, let one, _) = $0.action, one.kind == kind { one } else { nil } }.first
  }

  static func withdrawn(_ plan: Plan) -> Bool {
    plan.actions.contains { if case .withdrawProposal = $0.action { true } else { false } }
  }

  /// s = 1244 and S = 2244 with the bill of numbers; an order of 1000 more is 1008 in cartons of 12.
  @Test func continuousReview() throws {
    let policy = try Self.policy(Self.golden)
    #expect(Self.proposed(Self.plan(policy, Self.snapshot(onHand: 1245))) == nil)
    let proposal = try #require(Self.proposed(Self.plan(policy, Self.snapshot(onHand: 1244))))
    #expect(proposal.supplier == "mill" && proposal.node == "dc")
    #expect(proposal.quantity == 1008)
    #expect(proposal.reason["reorder_point"] == 1244 && proposal.reason["order_up_to"] == 2244)
    #expect(proposal.reason["safety_stock"] == 344 && proposal.reason["position"] == 1244)
    #expect(proposal.reason["per_day"] == 100 && proposal.reason["deviation_per_day"] == 20)
    #expect(proposal.reason["service_factor"] == .decimal("1.644854"))
    #expect(proposal.reason["low_confidence"] == false)
  }

  @Test func fillRate() throws {
    let fill = Self.golden.replacing("{cycle: 95%}", with: "{fill: 98%}")
    let proposal = try #require(Self.proposed(Self.plan(try Self.policy(fill), Self.snapshot(onHand: 1000))))
    // The usual order of 1000 is 1008 in whole cartons, which is what the rate rests on.
    var rule = ReplenishmentTests.rule(.fill(.percent(98)))
    rule.orderUpTo = .units(1000)
    rule.minimumOrder = 50
    rule.orderMultiple = 12
    let levels = try StockLevels(rule, velocity: ReplenishmentTests.steady)
    #expect(proposal.reason["reorder_point"] == .integer(levels.reorderPoint))
    #expect(abs(levels.reorderPoint - 1094) <= 1)
  }

  /// A review each 5 days, and the world on the day of one.
  private static func reviewed() throws -> (policy: Policy, world: Snapshot, review: Instant) {
    let periodic =
      golden.replacing("order_up_to: {units: 1000}\n", with: "order_multiple: 1\nreview: periodic\nperiod: 5d\n")
    let shift = TimeSpan(milliseconds: (5 - now.day % 5) % 5 * TimeSpan.day.milliseconds)
    var world = snapshot(onHand: 1700)
    let hours = Int32(shift.milliseconds / TimeSpan.hour.milliseconds)
    for index in world.usage.hour.indices { world.usage.hour[index] += hours }
    return (try policy(periodic), world, now + shift)
  }

  /// S = 1752 for a review each 5 days. The day 20781 is none of them.
  @Test func periodicReview() throws {
    let (policy, world, review) = try Self.reviewed()
    var snapshot = world
    let proposal = try #require(Self.proposed(Self.plan(policy, snapshot, at: review)))
    #expect(proposal.reason["order_up_to"] == 1752 && proposal.reason["protected_time"] == "14d")
    #expect(proposal.quantity == 52)
    // Between two reviews nothing new is proposed, and what was stays, whatever sells, until there is enough.
    let dayAfter = review + .day
    #expect(Self.proposed(Self.plan(policy, snapshot, at: dayAfter)) == nil)
    snapshot.proposals[0] = [proposal]
    snapshot.positions.sellable[0] = 1600
    let between = Self.plan(policy, snapshot, at: dayAfter)
    #expect(Self.proposed(between) == nil && !Self.withdrawn(between))
    snapshot.positions.sellable[0] = 9000
    #expect(Self.withdrawn(Self.plan(policy, snapshot, at: dayAfter)))
  }

  /// What was ordered since the review is not asked for again: of the 52 that are missing 2 are left, and at least 50 are bought
  /// at once. Once nothing is missing the proposal is gone.
  @Test(arguments: [(0, 52), (50, 50), (51, 50), (52, nil)] as [(Quantity, Quantity?)])
  func whatWasOrderedBetweenReviewsCounts(ordered: Quantity, left: Quantity?) throws {
    let (policy, world, review) = try Self.reviewed()
    var snapshot = world
    let proposal = try #require(Self.proposed(Self.plan(policy, snapshot, at: review)))
    snapshot.proposals[0] = [proposal]
    if ordered > 0 {
      snapshot.inbound[0] = [
        InboundLine(
          purchaseOrder: "po", line: "1", supplier: "mill", node: "dc", open: ordered, eta: review + .day,
          originalETA: review + .day)
      ]
    }
    // The day of the review sells as the one that the window leaves behind.
    snapshot.usage.sold[snapshot.usage.sold.count - 1] = 100
    let between = Self.plan(policy, snapshot, at: review + .day)
    let standing = Self.proposed(between)?.quantity ?? (Self.withdrawn(between) ? nil : proposal.quantity)
    #expect(standing == left, "\(between.actions)")
  }

  @Test func zones() throws {
    let zones = "supplier: mill\nnode: dc\nddmrp: {lead_time_factor: 50%, variability_factor: 40%, order_cycle: 7d}\n"
    let proposal = try #require(Self.proposed(Self.plan(try Self.policy(zones), Self.snapshot(onHand: 10))))
    // d = 100 on 28 days of 120 and 80, L = 9 days: red 450·1.4, yellow 900, green max(700, 450).
    #expect(proposal.reason["zones"] == ["red": 630, "yellow": 900, "green": 700])
    #expect(proposal.quantity == 2220)
  }

  /// The item before its class before everything; a resource for a time before one for good.
  @Test(arguments: [
    (["", "class: launch\n", "sku: T\n"], 2), (["", "class: launch\n", "sku: U\n"], 1), (["sku: U\n", ""], 1),
    (["effective: {until: 2027-01-01T00:00:00Z}\n", ""], 0),
    (["effective: {until: 2026-01-01T00:00:00Z}\n", ""], 1),
  ])
  func theMostSpecificHolds(targets: [String], winner: Int) throws {
    let all = targets.enumerated().map { index, target in
      "supplier: mill\nnode: dc\nservice: {cycle: 95%}\nvelocity_window: \(index + 2)d\n\(target)"
    }
    let policy = try Self.policy(all)
    #expect(
      policy.replenishment.policy(of: "T", CatalogPart(productClass: "launch"))?.velocityDays == Int64(winner + 2))
  }

  /// What is there without claims, and what will come, less what is owed; a lapsed order is owed nothing.
  @Test func theInventoryPosition() throws {
    var snapshot = Self.snapshot(onHand: 500, shut: 70)
    snapshot.items.claimed = [30]
    snapshot.positions.allocated = [20, 0]
    snapshot.inbound[0] = [
      InboundLine(
        purchaseOrder: "po", line: "1", supplier: "mill", node: "dc", open: 200, eta: Self.now, originalETA: Self.now)
    ]
    snapshot.transfers[0] = [TransferLine(transfer: "t", line: "1", to: "dc", open: 40, eta: Self.now)]
    var lapsed = OpenLine(order: "o2", line: "1", channel: "web", open: 9, placedAt: Self.now)
    lapsed.isLapsed = true
    snapshot.openLines[0] = [OpenLine(order: "o1", line: "1", channel: "web", open: 11, placedAt: Self.now), lapsed]
    snapshot.claims[0] = [
      HeldClaim(
        id: 1, order: "o3", line: "1", channel: "web", pool: .inbound("po", line: "1"), node: nil, quantity: 5,
        claimedAt: Self.now, expiresAt: nil),
      HeldClaim(
        id: 2, order: "o4", line: "1", channel: "web", pool: .shared, node: nil, quantity: 30, claimedAt: Self.now,
        expiresAt: nil),
    ]
    let planner = ItemPlanner(policy: try Self.policy(Self.golden), snapshot: snapshot, now: Self.now)
    #expect(planner.inventory(0) == InventoryPosition(onHand: 450, onOrder: 240, backorders: 16))
    // Below nothing at a node that is shut is missing all the same.
    snapshot.positions.sellable[1] = -6
    let short = ItemPlanner(policy: try Self.policy(Self.golden), snapshot: snapshot, now: Self.now)
    #expect(short.inventory(0).onHand == 444)
  }

  /// What asks for the same stays, with the numbers of the day on which it was made; what asks for more is replaced.
  @Test func anOpenProposalIsKept() throws {
    let policy = try Self.policy(Self.golden)
    var snapshot = Self.snapshot(onHand: 1244)
    let proposal = try #require(Self.proposed(Self.plan(policy, snapshot)))
    snapshot.proposals[0] = [proposal]
    snapshot.positions.sellable[0] = 1240
    #expect(Self.proposed(Self.plan(policy, snapshot)) == nil && !Self.withdrawn(Self.plan(policy, snapshot)))
    snapshot.positions.sellable[0] = 1200
    let more = Self.plan(policy, snapshot)
    #expect(Self.proposed(more)?.quantity == 1044)
    #expect(more.actions.contains { if case .propose(_, _, proposal) = $0.action { true } else { false } })
    snapshot.positions.sellable[0] = 1245
    #expect(Self.withdrawn(Self.plan(policy, snapshot)))
    // And without any policy it is taken back.
    snapshot.positions.sellable[0] = 1240
    #expect(Self.withdrawn(Self.plan(try Self.policy([]), snapshot)))
  }

  /// A day without stock is no day without demand.
  @Test func daysWithoutStockAreLeftOut() throws {
    var snapshot = Self.snapshot(onHand: 0)
    for row in snapshot.usage.hour.indices where Instant(hour: snapshot.usage.hour[row]).day >= Self.now.day - 10 {
      snapshot.usage.sold[row] = 0
    }
    func velocity() throws -> Velocity {
      try ItemPlanner(policy: try Self.policy(Self.golden), snapshot: snapshot, now: Self.now).velocity(0, days: 29)
    }
    #expect(try velocity().zeroDays == 10 && velocity().days == 29)
    let hour = Self.now.hour - 10 * 24
    snapshot.stockouts[0] = [Stockout(from: hour - 5000, until: hour - 4000), Stockout(from: hour)]
    // 4 days of 120, 14 of 80 and one of 100.
    #expect(try velocity().zeroDays == 0 && velocity().days == 19)
    #expect(try velocity().perDay.count == 89_473_684)
  }

  /// Nor is a day before the item existed: those count that began when the catalogue named it, or from its first sale on if
  /// that was before.
  @Test(arguments: [(nil, 29), (30, 29), (29, 28), (12, 11), (1, 0), (0, 0)] as [(Int64?, Int64)])
  func daysBeforeItExistedAreLeftOut(age: Int64?, days: Int64) throws {
    var snapshot = Self.snapshot(onHand: 0)
    for row in snapshot.usage.hour.indices { snapshot.usage.sold[row] = 0 }
    snapshot.items.since = [age.map { Int32(Self.now.day - $0) } ?? .min]
    func velocity() throws -> Velocity {
      try ItemPlanner(policy: try Self.policy(Self.golden), snapshot: snapshot, now: Self.now).velocity(0, days: 29)
    }
    #expect(try velocity().days == days && velocity().zeroDays == days)
    let first = try #require(
      snapshot.usage.hour.indices.first { Instant(hour: snapshot.usage.hour[$0]).day == Self.now.day - 20 })
    snapshot.usage.sold[first] = 40
    #expect(try velocity().days == max(days, 20) && velocity().zeroDays == max(days, 20) - 1)
    #expect(try velocity().perDay.count == 40_000_000 / max(days, 20))
  }

  @Test func whatCannotBeSoldIsNoted() throws {
    let policy = try Self.policy(Self.golden)
    var snapshot = Self.snapshot(onHand: 0)
    #expect(Self.plan(policy, snapshot).actions.contains { $0.action == .startStockout("T") })
    let stockout = Stockout(from: Self.now.hour - 3)
    snapshot.stockouts[0] = [stockout]
    #expect(!Self.plan(policy, snapshot).actions.contains { $0.action == .startStockout("T") })
    snapshot.positions.sellable[0] = 5
    #expect(Self.plan(policy, snapshot).actions.contains { $0.action == .endStockout("T", stockout) })
    // Nobody asks where nothing is replenished.
    #expect(!Self.plan(try Self.policy([]), snapshot).actions.contains { $0.action.kind == .endStockout })
  }

  /// Nothing is worked out without a lead time: a person hears of it.
  @Test func whatIsNotKnownOpensACase() throws {
    let plan = Self.plan(
      try Self.policy("supplier: past\nnode: dc\nservice: {cycle: 95%}\n"), Self.snapshot(onHand: 0))
    #expect(Self.proposed(plan) == nil)
    let expected = Case(.replenishmentUnknown, subject: "T", detail: "the Supplier 'past' is not in effect")
    #expect(plan.actions.contains { $0.action == .openCase("T", expected) })
  }

  /// Nobody buys it and someone is owed it: what is owed is ordered, and it is said that little is known.
  @Test func whatIsOwedIsOrdered() throws {
    var snapshot = Self.snapshot(onHand: 0)
    snapshot.usage.sold = ContiguousArray(repeating: 0, count: snapshot.usage.sold.count)
    let policy = try Self.policy(
      "supplier: mill\nnode: dc\nservice: {cycle: 95%}\nminimum_order: 0\norder_multiple: 1\n")
    #expect(Self.proposed(Self.plan(policy, snapshot)) == nil)
    snapshot.openLines[0] = [OpenLine(order: "o1", line: "1", channel: "web", open: 11, placedAt: Self.now)]
    #expect(Self.proposed(Self.plan(policy, snapshot))?.quantity == 11)
  }

  /// A line that comes later than a customer can wait is hurried; one that comes in time is not. It does not matter whether a policy
  /// buys the item.
  @Test(arguments: [golden, ""]) func lateSupplyIsHurried(rules: String) throws {
    let policy = try Self.policy(rules.isEmpty ? [] : [rules])
    var snapshot = Self.snapshot(onHand: 0)
    func inbound(_ order: PurchaseOrderID, days: Int64) -> InboundLine {
      let eta = Self.now + TimeSpan(milliseconds: days * TimeSpan.day.milliseconds)
      return InboundLine(
        purchaseOrder: order, line: "1", supplier: "mill", node: "dc", open: 300, eta: eta, originalETA: eta)
    }
    var line = OpenLine(order: "o1", line: "1", channel: "web", open: 11, placedAt: Self.now)
    snapshot.openLines[0] = [line]
    #expect(Self.proposed(Self.plan(policy, snapshot), .expedite) == nil)
    snapshot.inbound[0] = [inbound("po1", days: 9), inbound("po2", days: 4)]
    let hurry = try #require(Self.proposed(Self.plan(policy, snapshot), .expedite))
    #expect(hurry.line == .init("po2", "1") && hurry.quantity == 11 && hurry.supplier == "mill")
    line.promisedAt = Self.now + TimeSpan(milliseconds: 5 * TimeSpan.day.milliseconds)
    snapshot.openLines[0] = [line]
    #expect(Self.proposed(Self.plan(policy, snapshot), .expedite) == nil)
    line.promisedAt = Self.now + TimeSpan(milliseconds: 3 * TimeSpan.day.milliseconds)
    snapshot.openLines[0] = [line]
    #expect(Self.proposed(Self.plan(policy, snapshot), .expedite)?.line == .init("po2", "1"))
  }
}
