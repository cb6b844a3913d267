import DesiredState
import Operations
import Testing

@testable import Planning

/// What the desired state says of nodes, as the plain values that planning works with.
@Suite struct NodePolicyTests {
  private static let network = """
    kind: Repository
    name: shop
    schema_version: 1
    currency: EUR
    ---
    kind: Calendar
    name: weekdays
    time_zone: Europe/Berlin
    open: {mon-fri: "08:00-18:00"}
    ---
    kind: Calendar
    name: weekdays
    open: {mon-sat: "08:00-18:00"}
    effective: {from: 2026-12-01T00:00:00Z, until: 2026-12-24T00:00:00Z}
    ---
    kind: Node
    name: partner
    type: 3pl
    region: west
    calendar: weekdays
    cut_off: "14:00"
    processing_time: 1d
    labour_capacity: 40
    handling_cost: 0.35
    minimum_stock: 2
    rank: 7
    ---
    kind: Node
    name: plain
    type: store
    region: north
    status: paused

    """

  private static func nodes(at moment: String) throws -> [NodeID: Policy.NodePolicy] {
    Policy(try .loaded(network, warnings: false), at: try #require(Instant(moment))).nodes
  }

  @Test func everyFieldArrives() throws {
    let nodes = try Self.nodes(at: "2026-11-24T00:00:00Z")
    let partner = try #require(nodes["partner"])
    #expect(partner.isActive && partner.minimumStock == 2 && partner.type == .thirdParty && partner.region == "west")
    #expect(partner.rank == 7 && partner.cutOff == TimeOfDay("14:00") && partner.processingTime == .day)
    #expect(partner.labourCapacity == 40 && partner.handlingCost == 35)
    let plain = try #require(nodes["plain"])
    #expect(!plain.isActive && plain.type == .store && plain.rank == 1000 && plain.calendar == .alwaysOpen)
    #expect(plain.labourCapacity == nil && plain.handlingCost == 0 && plain.cutOff == nil)
    let now = try #require(Instant("2026-11-29T03:00:00Z"))
    #expect(plain.leaves(routedAt: now) == now)
  }

  /// Friday after the cut-off, with a day of processing: Tuesday, and with Saturdays in December: Monday.
  @Test(arguments: [
    ("2026-11-24T00:00:00Z", "2026-11-27T13:30:00Z", "2026-12-01T07:00:00Z", "2026-11-30"),
    ("2026-12-02T00:00:00Z", "2026-12-04T13:30:00Z", "2026-12-07T07:00:00Z", "2026-12-05"),
  ])
  func ordersLeaveByTheCalendarThatHolds(now: String, routed: String, leaves: String, workDay: String) throws {
    let partner = try #require(try Self.nodes(at: now)["partner"])
    let moment = try #require(Instant(routed))
    #expect(partner.leaves(routedAt: moment)?.description == leaves)
    #expect(partner.workDay(routedAt: moment)?.description == workDay)
  }
}
