import DesiredState
import Operations
import Testing

@testable import Planning

/// Which purchase order is hurried: one that helps whoever misses something, and none that cannot.
@Suite struct ExpediteTests {
  private static let now = ReplenishmentStageTests.now

  private static func day(_ days: Int64) -> Instant {
    Instant(hour: now.hour) + TimeSpan(milliseconds: days * TimeSpan.day.milliseconds)
  }

  private static func bought(_ order: PurchaseOrderID, _ units: Quantity, on days: Int64, at node: NodeID = "dc")
    -> InboundLine
  {
    InboundLine(
      purchaseOrder: order, line: "1", supplier: "mill", node: node, open: units, eta: day(days), originalETA: day(days)
    )
  }

  private static func waits(
    _ order: OrderID, for pool: Pool, _ units: Quantity, _ id: Int64 = 1
  ) -> HeldClaim {
    HeldClaim(
      id: id, order: order, line: "1", channel: "web", pool: pool, node: nil, quantity: units, claimedAt: now,
      expiresAt: nil)
  }

  private static func missing(_ order: OrderID, _ units: Quantity, by days: Int64? = nil) -> Shortfall {
    Shortfall(sku: "T", order: order, line: "1", units: units, neededBy: days.map(day), expectedAt: nil)
  }

  private static func hurried(
    _ shortfalls: [Shortfall], _ snapshot: Snapshot, policy: Policy? = nil, after actions: [Action] = []
  ) throws -> PurchaseProposal? {
    ItemPlanner(policy: try policy ?? ReplenishmentStageTests.policy([]), snapshot: snapshot, now: now)
      .expedite(0, shortfalls[...], SupplyPart(), after: actions[...])
  }

  /// What others wait for in time is no help, and what nobody waits for is.
  @Test func goodsOfOthersAreLeftAlone() throws {
    var snapshot = ReplenishmentStageTests.snapshot(onHand: 0)
    snapshot.inbound[0] = [Self.bought("p1", 30, on: 10), Self.bought("p2", 30, on: 20)]
    snapshot.claims[0] = [Self.waits("o1", for: .inbound("p1", line: "1"), 30)]
    let hurry = try #require(try Self.hurried([Self.missing("o2", 15)], snapshot))
    #expect(hurry.line == .init("p2", "1") && hurry.quantity == 15)
    // Of what is taken up only in part the rest helps first.
    snapshot.claims[0] = [Self.waits("o1", for: .inbound("p1", line: "1"), 20)]
    #expect(try Self.hurried([Self.missing("o2", 15)], snapshot)?.line == .init("p1", "1"))
    #expect(try Self.hurried([Self.missing("o2", 15)], snapshot)?.quantity == 10)
  }

  /// Whoever waits for a line is helped by that line, whatever comes before it.
  @Test func theLineThatIsWaitedForIsHurried() throws {
    var snapshot = ReplenishmentStageTests.snapshot(onHand: 0)
    snapshot.inbound[0] = [Self.bought("p1", 30, on: 3), Self.bought("p2", 30, on: 9)]
    snapshot.claims[0] = [Self.waits("o1", for: .inbound("p2", line: "1"), 12)]
    let hurry = try #require(try Self.hurried([Self.missing("o1", 12, by: 5)], snapshot))
    #expect(hurry.line == .init("p2", "1") && hurry.quantity == 12)
    #expect(hurry.reason["needed_by"] == .string(Self.day(5).description) && hurry.reason["transfers"] == nil)
    #expect(try Self.hurried([Self.missing("o1", 12, by: 9)], snapshot) == nil)
  }

  /// What this plan claims is taken up as it is for the plan after it, and what it gives back is free.
  @Test func whatThePlanClaimsCounts() throws {
    var snapshot = ReplenishmentStageTests.snapshot(onHand: 0)
    snapshot.inbound[0] = [Self.bought("p1", 30, on: 10), Self.bought("p2", 30, on: 20)]
    let claim = PlannedClaim(
      order: "o1", line: "1", channel: "web", pool: .inbound("p1", line: "1"), quantity: 30)
    let before = try Self.hurried([Self.missing("o2", 15)], snapshot, after: [.claim("T", claim)])
    #expect(before?.line == .init("p2", "1"))
    let held = Self.waits("o1", for: .inbound("p1", line: "1"), 30)
    snapshot.claims[0] = [held]
    #expect(try Self.hurried([Self.missing("o2", 15)], snapshot) == before)
    let release = Action.releaseClaim("T", ClaimRelease(held, quantity: 20))
    #expect(try Self.hurried([Self.missing("o2", 15)], snapshot, after: [release])?.line == .init("p1", "1"))
    let move = Action.moveClaim("T", ClaimMove(held, quantity: 30, to: .shared, at: nil))
    #expect(try Self.hurried([Self.missing("o2", 15)], snapshot, after: [move])?.quantity == 15)
  }

  /// What is under way between our nodes and comes in time needs no buyer, and is named.
  @Test func aTransferInTimeHelps() throws {
    var snapshot = ReplenishmentStageTests.snapshot(onHand: 0)
    snapshot.inbound[0] = [Self.bought("p1", 30, on: 4)]
    func transfer(on days: Int64) -> TransferLine {
      TransferLine(transfer: "t", line: "7", to: "dc", open: 8, eta: Self.day(days))
    }
    snapshot.transfers[0] = [transfer(on: 1)]
    let hurry = try #require(try Self.hurried([Self.missing("o1", 11, by: 2)], snapshot))
    #expect(hurry.line == .init("p1", "1") && hurry.quantity == 3)
    #expect(
      hurry.reason["transfers"]
        == [["transfer": "t", "line": "7", "units": 8, "eta": .string(Self.day(1).description)]])
    #expect(try Self.hurried([Self.missing("o1", 8, by: 2)], snapshot) == nil)
    // One that is late, or that others wait for, helps nobody.
    snapshot.transfers[0] = [transfer(on: 3)]
    #expect(try Self.hurried([Self.missing("o1", 11, by: 2)], snapshot)?.quantity == 11)
    snapshot.transfers[0] = [transfer(on: 1)]
    snapshot.claims[0] = [Self.waits("o9", for: .transfer("t", line: "7"), 6)]
    #expect(try Self.hurried([Self.missing("o1", 11, by: 2)], snapshot)?.quantity == 9)
  }

  /// What comes to one region does nothing for the orders of another, whoever buys it.
  @Test func whatComesElsewhereIsLeftAlone() throws {
    var snapshot = ReplenishmentStageTests.snapshot(onHand: 0)
    let regions =
      "---\nkind: Region\nname: north\nnodes: [dc]\n---\nkind: Region\nname: south\nnodes: [shut]\n"
    let policy = Policy(
      try .loaded(ReplenishmentStageTests.network + regions, warnings: false), at: Self.now)
    snapshot.inbound[0] = [Self.bought("p1", 30, on: 2), Self.bought("p2", 30, on: 9, at: "shut")]
    snapshot.orders["o"] = SnapshotOrder(
      channel: "web", placedAt: Self.now, region: "south", units: 11, unshipped: 11, claimed: 0, leadItem: "T")
    #expect(try Self.hurried([Self.missing("o", 11, by: 1)], snapshot, policy: policy)?.line == .init("p2", "1"))
    snapshot.inbound[0] = [Self.bought("p1", 30, on: 2)]
    #expect(try Self.hurried([Self.missing("o", 11, by: 1)], snapshot, policy: policy) == nil)
  }
}
