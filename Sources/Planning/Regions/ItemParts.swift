import Operations

/// What one item has in one region.
struct Cell {
  struct GrantKept {
    var grant: Grant?
    var published: Quantity?
    var activeProtected: Quantity = 0
    var activeShared: Quantity = 0
  }

  struct Hour: Hashable {
    var channel: Int32
    var hour: Int32
  }

  struct Used {
    var claimed: Quantity = 0
    var protected: Quantity = 0
    var protectedShipped: Quantity = 0
    var sold: Quantity = 0
  }

  var pool = RegionPool()
  /// Rows of the whole snapshot, with the units that moves take off their nodes.
  var positions: [(row: Int, leaving: Quantity)] = []
  var grants: [Int32: GrantKept] = [:]
  var usage: [Hour: Used] = [:]
  var inbound: [InboundLine] = []
  var transfers: [TransferLine] = []
  var receipts: [Receipts] = []
  var openLines: [OpenLine] = []
  var claims: [HeldClaim] = []
  var listings: [Listing] = []

  /// Units that claims hold in the pools, of which the snapshot shows those of orders.
  var heldByCarts: Quantity {
    claims.reduce(pool.claimed) { $1.node == nil && !$1.pool.isInbound ? $0 - $1.quantity : $0 }
  }

  /// Counts units of a claim, or takes them out, where a store counts them.
  mutating func count(_ claim: HeldClaim, _ units: Quantity, _ channel: Int32) {
    let protected = claim.pool.isProtected ? units : 0
    usage[Hour(channel: channel, hour: claim.claimedAt.hour), default: Used()].claimed += units
    usage[Hour(channel: channel, hour: claim.claimedAt.hour), default: Used()].protected += protected
    // The store has a row of every channel that holds anything in a region, also goods to come.
    grants[channel, default: GrantKept()].activeProtected += protected
    guard !claim.pool.isInbound else { return }
    grants[channel, default: GrantKept()].activeShared += units - protected
    if claim.node == nil { pool.claimed += units }
  }
}

/// The cells of one item, and the moves that bring its claims into them.
struct ItemParts {
  var cells: [RegionID: Cell] = [:]
  var moves: [ClaimMove] = []
  private let policy: RegionPolicy

  init(_ item: Int, _ whole: Snapshot, _ policy: RegionPolicy) {
    self.policy = policy
    for name in policy.names + [.everywhere] { cells[name] = Cell() }
    let key = Int32(item)
    cells[.everywhere]?.pool = RegionPool(shared: whole.items.shared[item], claimed: whole.items.claimed[item])
    for (region, pool) in whole.pools[key] ?? [] { cells[region, default: Cell()].pool = pool }
    for row in whole.grants.rows(of: item) {
      cells[whole.grants.region(of: row, in: whole.regions), default: Cell()].grants[whole.grants.channel[row]] = .init(
        grant: whole.grants.grant[row], published: whole.grants.published[row],
        activeProtected: whole.grants.activeProtected[row], activeShared: whole.grants.activeShared[row])
    }
    for row in whole.usage.rows(of: item) {
      let hour = Cell.Hour(channel: whole.usage.channel[row], hour: whole.usage.hour[row])
      cells[whole.usage.region(of: row, in: whole.regions), default: Cell()].usage[hour] = .init(
        claimed: whole.usage.claimed[row], protected: whole.usage.protected[row],
        protectedShipped: whole.usage.protectedShipped[row], sold: whole.usage.sold[row])
    }
    // What channels show in a region that nobody knows stands beside all others, and means nothing there.
    for listing in whole.listings[key] ?? [] {
      let region = listing.state.key.region
      cells[cells[region] == nil ? .everywhere : region, default: Cell()].listings.append(listing)
    }
    for line in whole.openLines[key] ?? [] {
      cells[policy.map.region(to: line.region) ?? .everywhere, default: Cell()].openLines.append(line)
    }
    for line in whole.inbound[key] ?? [] {
      cells[policy.map.region(of: line.node), default: Cell()].inbound.append(line)
    }
    for line in whole.transfers[key] ?? [] {
      cells[policy.map.region(of: line.to), default: Cell()].transfers.append(line)
    }
    for one in whole.receipts[key] ?? [] {
      cells[policy.map.region(of: one.node), default: Cell()].receipts.append(one)
    }
    let leaving = addClaims(key, whole)
    for row in whole.positions.rows(of: item) {
      let node = whole.nodes[Int(whole.positions.node[row])]
      cells[policy.map.region(of: node), default: Cell()].positions.append((row, leaving[node] ?? 0))
    }
  }

  /// - Returns: the units that leave each node.
  private mutating func addClaims(_ item: Int32, _ whole: Snapshot) -> [NodeID: Quantity] {
    var leaving: [NodeID: Quantity] = [:]
    for claim in whole.claims[item] ?? [] {
      var moved = claim
      (moved.region, moved.node) = policy.place(of: claim, whole.orders[claim.order])
      if moved.node == nil { moved.service = nil }
      if moved.region != claim.region || moved.node != claim.node {
        moves.append(
          ClaimMove(
            claim, quantity: claim.quantity, to: claim.pool, at: moved.node, by: moved.service, in: moved.region))
        let channel = Int32(whole.channels.firstIndex(of: claim.channel) ?? 0)
        cells[claim.region, default: Cell()].count(claim, -claim.quantity, channel)
        cells[moved.region, default: Cell()].count(moved, claim.quantity, channel)
        if let node = claim.node, moved.node == nil { leaving[node, default: 0] += claim.quantity }
      }
      cells[moved.region, default: Cell()].claims.append(moved)
    }
    return leaving
  }

}

extension RegionPolicy {
  /// Where a claim belongs: with the region that serves its order, and on its node as long as that serves the region too.
  /// What the warehouse has already stays where it is.
  func place(of claim: HeldClaim, _ order: SnapshotOrder?) -> (RegionID, NodeID?) {
    guard let order else { return (claim.region, claim.node) }
    let region = map.region(to: order.region) ?? .everywhere
    guard let node = claim.node, order.stage < .warehouseRelease, map.region(of: node) != region else {
      return (region, claim.node)
    }
    return (region, nil)
  }
}

extension Snapshot {
  mutating func add(_ cell: Cell, _ index: Int32, _ whole: Snapshot) {
    for (row, leaving) in cell.positions {
      positions.node.append(whole.positions.node[row])
      positions.onHand.append(whole.positions.onHand[row])
      positions.sellable.append(whole.positions.sellable[row])
      positions.allocated.append(whole.positions.allocated[row] - leaving)
      positions.safetyStock.append(whole.positions.safetyStock[row])
    }
    positions.starts.append(Int32(positions.node.count))
    for (channel, row) in cell.grants.sorted(by: { $0.key < $1.key }) {
      grants.channel.append(channel)
      grants.grant.append(row.grant)
      grants.published.append(row.published)
      grants.activeProtected.append(row.activeProtected)
      grants.activeShared.append(row.activeShared)
    }
    grants.starts.append(Int32(grants.channel.count))
    for (key, row) in cell.usage.sorted(by: { ($0.key.channel, $0.key.hour) < ($1.key.channel, $1.key.hour) }) {
      usage.channel.append(key.channel)
      usage.hour.append(key.hour)
      usage.claimed.append(row.claimed)
      usage.protected.append(row.protected)
      usage.protectedShipped.append(row.protectedShipped)
      usage.sold.append(row.sold)
    }
    usage.starts.append(Int32(usage.channel.count))
    if !cell.inbound.isEmpty { inbound[index] = cell.inbound }
    if !cell.transfers.isEmpty { transfers[index] = cell.transfers }
    if !cell.receipts.isEmpty { receipts[index] = cell.receipts }
    if !cell.openLines.isEmpty { openLines[index] = cell.openLines }
    if !cell.claims.isEmpty { claims[index] = cell.claims }
    if !cell.listings.isEmpty { listings[index] = cell.listings }
  }
}
