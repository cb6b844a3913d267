import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// Available to fulfil and the safety stock that it keeps back: domain.md §2.1.
@Suite struct AvailabilityTests {
  /// IBM's example: on hand 4, safety stock 2, demand 3 → 0; and the edges around it.
  @Test(
    arguments: [(4, 2, 3, 0), (4, 2, 1, 1), (4, 0, 3, 1), (2, 5, 0, 0), (0, 0, 0, 0)] as [(Int64, Int64, Int64, Int64)])
  func aNodeNeverPromisesLessThanNothing(onHand: Quantity, safety: Quantity, demand: Quantity, expected: Quantity) {
    var row = PositionRow(sku: "A", node: "n")
    row.onHand = onHand
    row.sellable = onHand
    row.safetyStock = safety
    row.allocated = demand
    #expect(row.availableToFulfil(isActive: true) == expected)
    #expect(row.availableToFulfil(isActive: false) == 0)
  }

  /// IBM's figures: available, withheld and shortage of (on hand, safety stock, demand), and the identity that they keep.
  @Test(
    arguments: [
      (4, 2, 3, [0, 1, 0]), (4, 2, 1, [1, 2, 0]), (4, 0, 3, [1, 0, 0]), (4, 2, 6, [0, 0, 2]), (0, 0, 0, [0, 0, 0]),
      (10, 2, 0, [8, 2, 0]), (-1, 2, 1, [0, 0, 2]),
    ] as [(Int64, Int64, Int64, [Int64])])
  func theThreePartsAddUp(onHand: Quantity, safety: Quantity, demand: Quantity, parts: [Quantity]) {
    let node = NodeAvailability(free: onHand - demand, safetyStock: safety)
    #expect([node.available, node.withheld, node.shortage] == parts)
    #expect(onHand - demand == node.available - node.shortage + node.withheld)
  }

  /// Each node is clamped for itself: three there that may not be sold take nothing from ten elsewhere.
  @Test(arguments: [(3, 5, 10), (5, 5, 10), (7, 5, 12), (0, 5, 10)] as [(Quantity, Quantity, Quantity)])
  func aNodeBelowItsSafetyStockTakesNothingFromOthers(there: Quantity, safety: Quantity, shared: Quantity) throws {
    let shop = try PlannedShop(
      "kind: Channel\nname: web\ntype: dtc\ntier: first\n---\nkind: Node\nname: east\ntype: dc\nregion: south\n"
        + "---\nkind: SafetyStock\nname: s\nnode: east\nunits: \(safety)\n")
    try shop.stock("A", 10)
    try shop.stock("A", there, at: "east")
    try shop.plan()
    #expect(try shop.store.item("A")?.shared == shared)
  }

  private static let network = """
    kind: Repository
    name: shop
    schema_version: 1
    currency: EUR
    ---
    kind: ProductClass
    name: shirts
    match: {type: shirt}
    ---
    kind: Node
    name: store
    type: store
    region: north
    ---
    kind: Node
    name: dc
    type: dc
    region: north

    """

  private static func policy(_ rows: String) throws -> Policy {
    Policy(try .loaded(network + rows), at: Instant("2026-11-24T00:00:00Z") ?? .distantPast)
  }

  /// The most specific rule wins, and an explicit 0 wins like any other: IBM's T-shirt, {4; +store 2} and {5; +store 3}
  /// with 10 on hand give 8 and 7 in the store; and the same down to the rule for everything.
  ///
  /// IBM's third level, {4; +2; +1 for shipping} with 9 left to ship and {5; +3; +0} with 10, names a fulfilment method.
  /// There is none here: a store that hands over and ships is two nodes, and `dc` stands for the one that ships.
  @Test(
    arguments: [
      ("---\nkind: SafetyStock\nname: s\nrows: [{sku: T, units: 4}, {sku: T, node: store, units: 2}]\n", 8, 6),
      ("---\nkind: SafetyStock\nname: s\nrows: [{sku: T, units: 5}, {sku: T, node: store, units: 3}]\n", 7, 5),
      ("---\nkind: SafetyStock\nname: s\nrows: [{sku: T, units: 5}, {sku: T, node: store, units: 0}]\n", 10, 5),
      (
        "---\nkind: SafetyStock\nname: s\nrows: [{sku: T, units: 4}, {sku: T, node: store, units: 2}, "
          + "{sku: T, node: dc, units: 1}]\n", 8, 9
      ),
      (
        "---\nkind: SafetyStock\nname: s\nrows: [{sku: T, units: 5}, {sku: T, node: store, units: 3}, "
          + "{sku: T, node: dc, units: 0}]\n", 7, 10
      ),
      (
        "---\nkind: SafetyStock\nname: a\nunits: 9\n---\nkind: SafetyStock\nname: c\nclass: shirts\nunits: 1\n"
          + "---\nkind: SafetyStock\nname: n\nnode: dc\nunits: 8\n", 9, 9
      ),
      ("---\nkind: SafetyStock\nname: a\nunits: 9\n---\nkind: SafetyStock\nname: n\nnode: dc\nunits: 8\n", 1, 2),
      ("", 10, 10),
    ] as [(String, Quantity, Quantity)])
  func theMostSpecificSafetyStockHolds(rows: String, store: Quantity, dc: Quantity) throws {
    let policy = try Self.policy(rows)
    var snapshot = Snapshot(scope: .all)
    snapshot.nodes = ["dc", "store"]
    snapshot.nodeIsActive = [true, true]
    snapshot.traits = [ItemTraits(attributes: ["type": "shirt"])]
    snapshot.items.sku = ["T"]
    snapshot.items.traits = [0]
    snapshot.items.version = [1]
    snapshot.items.shared = [0]
    snapshot.items.claimed = [0]
    snapshot.positions.starts = [0, 2]
    snapshot.positions.node = [0, 1]
    snapshot.positions.onHand = [10, 10]
    snapshot.positions.sellable = [10, 10]
    snapshot.positions.allocated = [0, 0]
    snapshot.positions.safetyStock = [0, 0]
    snapshot.grants.starts = [0, 0]
    snapshot.usage.starts = [0, 0]
    let plan = Plan(
      policy: policy, pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil, policyChanged: true,
      snapshot: snapshot, now: Instant("2026-11-24T00:00:00Z") ?? .distantPast)
    var left: [NodeID: Quantity] = ["dc": 10, "store": 10]
    for planned in plan.actions {
      if case .setSafetyStock(_, let node, let units, _) = planned.action { left[node] = 10 - units }
    }
    #expect(left == ["dc": dc, "store": store])
    #expect(plan.actions.contains { $0.action == .setShared("T", dc + store, was: 0) })
  }
}
