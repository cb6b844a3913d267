import Operations

/// The nodes that an item is bought for together: all of them, those of one region, or all but those of the regions that
/// it is bought for on their own.
struct SupplyPart {
  /// Everywhere for all nodes, and for the rest of them.
  var region = RegionID.everywhere
  /// The regions that are bought for on their own; none where all nodes are looked at together.
  var apart: [RegionID] = []
  /// Nil where nothing is ordered.
  var policy: ReplenishmentPolicy?

  /// Whether it is all nodes.
  var isWhole: Bool { apart.isEmpty }

  /// Whether the nodes that serve a region, and the orders that it serves, are of it.
  func covers(_ other: RegionID) -> Bool { region.isEverywhere ? !apart.contains(other) : other == region }

  /// What an item is called in a case about this part.
  func name(_ sku: SKU) -> String { region.isEverywhere ? sku.rawValue : "\(sku) in \(region)" }
}

/// What the plan of one cell left, for those who buy.
struct PlannedCell {
  /// A place in the snapshot that is planned.
  var index: Int
  var region: RegionID
  /// Whether some channel can sell it there.
  var canSell: Bool
  /// Its shortfalls.
  var late: [Shortfall]
  var freed: [FreedClaim]
}

extension ItemPlanner {
  /// How an item is bought: for all nodes, or for some regions on their own and then for the rest.
  func supplyParts(_ item: Int, _ sku: SKU) -> [SupplyPart] {
    let part = parts.parts[partOfTraits[Int(whole.items.traits[item])]]
    let rest = policy.replenishment.policy(of: sku, part)
    guard policy.replenishment.nameRegions else { return [SupplyPart(policy: rest)] }
    let regional = policy.replenishment.regional(of: sku, part).filter { policy.regions.names.contains($0.region) }
    let apart = regional.map(\.region)
    return regional.map { SupplyPart(region: $0.region, apart: apart, policy: $0.policy) }
      + [SupplyPart(apart: apart, policy: rest)]
  }

  /// What was ordered for a part, by day and in any order.
  func sold(_ item: Int, _ supply: SupplyPart) -> [(day: Int64, units: Quantity)] {
    guard !supply.isWhole else {
      return whole.usage.rows(of: item).map {
        (day: Instant(hour: whole.usage.hour[$0]).day, units: whole.usage.sold[$0])
      }
    }
    return whole.sales.rows(of: item).compactMap { row in
      let isOurs = supply.covers(frame.regionOfDestination[Int(whole.sales.destination[row])])
      return isOurs ? (day: Int64(whole.sales.day[row]), units: whole.sales.units[row]) : nil
    }
  }

  /// What is there, what will come and what is owed.
  ///
  /// Claiming moves units between the last two terms and within the first, so a plan does not change the position that it
  /// rests on. Stock at nodes that cannot promise does not count; what is on its way counts wherever it goes, since it is
  /// bought.
  /// - Parameter actions: those of this plan for the item. What claims at such a node hold is owed from elsewhere once
  ///   they leave it.
  func inventory(_ item: Int, after actions: ArraySlice<Action> = []) -> InventoryPosition {
    let returned = Returned(actions)
    var position = inventory(item, in: whole, returned, freed)
    position.onHand -= (whole.pools[Int32(item)] ?? []).reduce(freedUnits) { $0 + $1.pool.claimed }
    position.backorders += returned.units.values.reduce(0, +)
    return position
  }

  /// The same of the nodes and orders of a part: what is under way from one region to another lies in neither, and counts
  /// where it goes.
  func inventory(_ supply: SupplyPart, _ cells: [PlannedCell], after actions: ArraySlice<Action>) -> InventoryPosition {
    let (returned, freed) = (Returned(actions), cells.flatMap(\.freed))
    return cells.filter { supply.covers($0.region) }.reduce(into: InventoryPosition()) { sum, cell in
      let own = inventory(cell.index, in: snapshot, returned, freed)
      sum.onHand += own.onHand - cell.freed.reduce(0) { $0 + $1.units }
      sum.onOrder += own.onOrder
      sum.backorders += own.backorders + returned.owed[cell.region, default: 0]
    }
  }

  /// But for what is held in pools of regions, and for what leaves its node.
  private func inventory(
    _ item: Int, in snapshot: Snapshot, _ returned: Returned, _ freed: [FreedClaim]
  ) -> InventoryPosition {
    var onHand: Quantity = 0
    for row in snapshot.positions.rows(of: item) {
      let node = Int(snapshot.positions.node[row])
      let leaving = freed.isEmpty ? 0 : freed.reduce(0) { $1.node == node ? $0 + $1.units : $0 }
      let free =
        snapshot.positions.sellable[row] - snapshot.positions.allocated[row] + leaving
        + (returned.units[snapshot.nodes[node]] ?? 0)
      // What is missing is missing everywhere, whatever becomes of the node.
      if free < 0 || nodePromises[node] { onHand += free }
    }
    let key = Int32(item)
    let ordered = (snapshot.inbound[key] ?? []).reduce(0) { $0 + $1.open }
    let moving = (snapshot.transfers[key] ?? []).reduce(0) { $0 + $1.open }
    // Who did not pay in time is owed nothing.
    let open = (snapshot.openLines[key] ?? []).reduce(0) { $0 + ($1.isLapsed ? 0 : $1.open) }
    let promised = (snapshot.claims[key] ?? []).reduce(0) { $0 + ($1.pool.isInbound ? $1.quantity : 0) }
    return InventoryPosition(
      onHand: onHand - snapshot.items.claimed[item], onOrder: ordered + moving, backorders: open + promised)
  }
}

/// What claims at nodes held until this plan took it back.
private struct Returned {
  /// By the node that it lies at.
  var units: [NodeID: Quantity] = [:]
  /// By the region that owes it.
  var owed: [RegionID: Quantity] = [:]

  init(_ actions: ArraySlice<Action>) {
    for case .releaseClaim(_, let release) in actions {
      guard let node = release.node else { continue }
      units[node, default: 0] += release.quantity
      owed[release.region, default: 0] += release.quantity
    }
  }
}
