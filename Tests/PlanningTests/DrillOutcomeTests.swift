import DesiredState
import Operations
import Testing

@testable import Planning

/// What a drill says of channels, orders and items: two plans of one snapshot held against each other.
@Suite struct DrillOutcomeTests {
  typealias World = FallbackWorld

  private static let rules =
    World.rule("west-down", "when: node_outage\nnode: west\nactive: false\nthen: zero")
    + World.rule("silent", "when: stale_feed\nmax_age: 6h\nthen: haircut\nfactor: 50%")
    + World.rule(
      "over", "when: node_outage\nnode: west\nactive: true\nthen: zero\neffective: {until: 2026-01-01T00:00:00Z}")
    + World.rule("doubt", "when: supplier_uncertainty\nbelow: 10%\nthen: haircut\nfactor: 50%")

  private static func outcome(
    _ snapshot: Snapshot, _ rule: String, _ target: FallbackTarget? = nil, rules: String = rules
  ) throws -> DrillOutcome {
    let policy = try World.policy(rules)
    let before = World.plan(policy, snapshot)
    let after = World.plan(policy.drilling(Drill(rules: [rule], target: target)), snapshot)
    return DrillOutcome(snapshot, before: before, after: after)
  }

  private static func claim(
    _ id: Int64, _ units: Quantity, minutesAgo: Int64, pool: Pool = .shared, node: NodeID? = nil
  ) -> HeldClaim {
    HeldClaim(
      id: id, order: OrderID("o\(id)"), line: "1", channel: "shop", pool: pool, node: node, quantity: units,
      claimedAt: World.now - TimeSpan(milliseconds: minutesAgo * 60_000), expiresAt: nil)
  }

  /// East, the store and west hold 40, 10 and 100; the shop has 10 of its own, the market half of all.
  @Test func channelsLoseWhatLiesThere() throws {
    let outcome = try Self.outcome(World.snapshot(), "west-down")
    #expect(outcome.channels.map(\.channel) == ["market", "shop"])
    #expect(outcome.channels.map(\.before) == [75, 150] && outcome.channels.map(\.after) == [25, 50])
    #expect(outcome.soldOut.isEmpty && outcome.uncovered.isEmpty && outcome.rulesInForce.isEmpty)
    #expect(try Self.outcome(World.snapshot([(0, 0), (0, 0), (9, 0)]), "west-down").soldOut == ["T"])
  }

  /// A rule whose window is over is tried too, and a target narrows what a rule is about.
  @Test func aTrialNeedsNoWindowAndMayBeNarrowed() throws {
    #expect(try Self.outcome(World.snapshot(), "over").channels.map(\.after) == [25, 50])
    #expect(try Self.outcome(World.snapshot(), "silent").channels.map(\.after) == [37, 75])
    #expect(try Self.outcome(World.snapshot(), "silent", .node("east")).channels.map(\.after) == [65, 130])
    #expect(try Self.outcome(World.snapshot(), "silent", .node("nowhere")).channels.map(\.after) == [75, 150])
    let silent = World.applied(
      World.plan(try World.policy(Self.rules), World.snapshot(heardHoursAgo: [9, 9, 9])),
      to: World.snapshot(heardHoursAgo: [9, 9, 9]))
    let again = try Self.outcome(silent, "silent")
    #expect(again.rulesInForce == ["silent"] && again.channels.map(\.before) == again.channels.map(\.after))
  }

  /// 50 units are left and 67 are claimed in pools: the newest lose first. A claim at the node that is down has nothing
  /// behind it; one at another node keeps what it has.
  @Test func theNewestClaimsLoseTheirCoverFirst() throws {
    var snapshot = World.snapshot([(45, 5), (10, 0), (106, 6)], claimed: 67)
    snapshot.claims[0] = [
      Self.claim(1, 40, minutesAgo: 50), Self.claim(2, 12, minutesAgo: 20), Self.claim(3, 15, minutesAgo: 30),
      Self.claim(4, 5, minutesAgo: 1, node: "east"), Self.claim(5, 6, minutesAgo: 99, node: "west"),
    ]
    let outcome = try Self.outcome(snapshot, "west-down")
    #expect(outcome.uncovered.map { "\($0.order) \($0.units)" } == ["o2 12", "o3 5", "o5 6"])
  }

  /// An open order that the next cycle would serve is as much hit as one that is served already.
  @Test func ordersThatTheNextCycleWouldServeAreNamed() throws {
    var snapshot = World.snapshot()
    snapshot.openLines[0] = [OpenLine(order: "o", line: "1", channel: "shop", open: 60, placedAt: World.now)]
    let outcome = try Self.outcome(snapshot, "west-down")
    #expect(outcome.uncovered == [.init(sku: "T", order: "o", line: "1", units: 10)])
  }

  @Test func goodsToComeAreCutForClaimsAndForShortfalls() throws {
    var snapshot = World.snapshot([(0, 0), (0, 0), (0, 0)])
    let eta = World.now + .day
    snapshot.inbound[0] = [
      InboundLine(
        purchaseOrder: "po", line: "1", supplier: "mill", node: "west", open: 50, eta: eta, originalETA: eta),
      InboundLine(
        purchaseOrder: "po", line: "2", supplier: "mill", node: "west", open: 50, eta: eta + .day,
        originalETA: eta + .day),
    ]
    let pool = Pool.inbound("po", line: "1")
    snapshot.claims[0] = [Self.claim(1, 20, minutesAgo: 9, pool: pool), Self.claim(2, 15, minutesAgo: 3, pool: pool)]
    snapshot.openLines[0] = [OpenLine(order: "o", line: "1", channel: "shop", open: 40, placedAt: World.now)]
    let outcome = try Self.outcome(snapshot, "doubt")
    #expect(outcome.uncovered.map { "\($0.order) \($0.units)" } == ["o2 10"])
    #expect(outcome.later == [.init(order: "o", line: "1", before: eta, after: eta + .day)])
  }
}
