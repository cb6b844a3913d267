import ActualState
import Operations
import TestSupport
import Testing

@testable import Planning

/// Items are taken apart by region row by row where nothing moves, and cells that nobody asks anything of are planned by fewer
/// stages: with the same result as all others.
@Suite struct RegionCellTests {
  /// A world in which orders were placed and planned, and whose regions may have changed since.
  private static func world(_ seed: UInt64) throws -> RegionLawTests.World {
    var world = try RegionLawTests.World(seed)
    try world.shop.plan()
    if seed.isMultiple(of: 4) {
      try world.shop.stock("B", 9)
      try world.shop.stock("C", 4, at: "site")
    }
    for number in 0..<Int(seed % 7) {
      try world.place(number)
      if number % 2 == 0 { try world.shop.plan() }
    }
    if seed.isMultiple(of: 5) {
      var random = SplitMix64(seed: seed + 1)
      let regions: [RegionID] = seed.isMultiple(of: 2) ? ["east", "north"] : ["north", "south", "west"]
      try world.shop.agree(RegionLawTests.World.policy(regions, &random))
    } else if seed.isMultiple(of: 11) {
      try world.shop.agree("kind: Channel\nname: web\ntype: dtc\ntier: first\n")
    }
    return world
  }

  @Test(arguments: 0..<120 as Range<UInt64>) func rowsComeToTheSameCells(seed: UInt64) throws {
    let world = try Self.world(seed)
    let (snapshot, regions) = (try world.shop.store.snapshot(.all), world.shop.policy.regions)
    let fast = try #require(Cells(snapshot, regions))
    let slow = try #require(Cells(snapshot, regions, areSorted: false))
    #expect(Self.dump(fast) == Self.dump(slow), "seed \(seed)")
  }

  @Test(arguments: 0..<120 as Range<UInt64>) func fewerStagesComeToTheSamePlan(seed: UInt64) throws {
    let world = try Self.world(seed)
    let quiet = try world.shop.store.snapshot(.all)
    var busy = quiet
    // A case list without cases makes an item one that is planned as any other.
    for item in quiet.items.sku.indices where busy.cases[Int32(item)] == nil { busy.cases[Int32(item)] = [] }
    func plan(_ snapshot: Snapshot) -> Plan {
      Plan(
        policy: world.shop.policy, pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil,
        policyChanged: true, snapshot: snapshot, now: world.shop.now)
    }
    let (one, other) = (plan(quiet), plan(busy))
    #expect(one.actions == other.actions && one.shortfalls == other.shortfalls, "seed \(seed)")
    #expect(one.warnings.map(\.json) == other.warnings.map(\.json), "seed \(seed)")
  }

  private static func dump(_ cells: Cells) -> [String] {
    let snapshot = cells.snapshot
    var rows = ["\(cells.ofItem) \(cells.moves.sorted { $0.key < $1.key })"]
    for cell in 0..<snapshot.items.count {
      let key = Int32(cell)
      rows.append(
        "\(snapshot.items.sku[cell]) in '\(cells.region(of: cell))' \(snapshot.items.traits[cell]) "
          + "\(snapshot.items.version[cell]) \(snapshot.items.shared[cell]) \(snapshot.items.claimed[cell]) "
          + "\(cells.lead[cell]) \(cells.heldElsewhere[cell])")
      for row in snapshot.positions.rows(of: cell) {
        rows.append(
          "at \(snapshot.positions.node[row]) \(snapshot.positions.onHand[row]) \(snapshot.positions.sellable[row]) "
            + "\(snapshot.positions.allocated[row]) \(snapshot.positions.safetyStock[row])")
      }
      for row in snapshot.grants.rows(of: cell) {
        rows.append(
          "to \(snapshot.grants.channel[row]) \(String(describing: snapshot.grants.grant[row])) "
            + "\(String(describing: snapshot.grants.published[row])) \(snapshot.grants.activeProtected[row]) "
            + "\(snapshot.grants.activeShared[row])")
      }
      for row in snapshot.usage.rows(of: cell) {
        rows.append(
          "used \(snapshot.usage.channel[row]) \(snapshot.usage.hour[row]) \(snapshot.usage.claimed[row]) "
            + "\(snapshot.usage.protected[row]) \(snapshot.usage.protectedShipped[row]) \(snapshot.usage.sold[row])")
      }
      rows.append("\(snapshot.inbound[key] ?? []) \(snapshot.transfers[key] ?? []) \(snapshot.receipts[key] ?? [])")
      rows.append("\(snapshot.openLines[key] ?? []) \(snapshot.claims[key] ?? []) \(snapshot.listings[key] ?? [])")
      rows.append("\(snapshot.cases[key] ?? []) \(snapshot.stockouts[key] ?? []) \(snapshot.proposals[key] ?? [])")
    }
    return rows
  }
}
