import ActualState
import Operations

/// Adds up again, from the ledger and the claims, what the store keeps as running sums. It shares no code with the
/// rules that write them.
struct LedgerCheck {
  private struct Place: Hashable {
    var sku: SKU
    var node: NodeID
  }

  private struct Holder: Hashable {
    var sku: SKU
    var channel: ChannelID
    var region: RegionID
  }

  private struct Cell: Hashable {
    var sku: SKU
    var region: RegionID
  }

  private var seen = 0
  /// Units that came from outside or are on their way, below 0: what is on hand came from there.
  private var outside: Quantity = 0
  /// Units under way between two nodes.
  private var inTransit: Quantity = 0
  private var stock: [Place: Quantity] = [:]
  private var checkpoint = LedgerCheckpoint.empty

  /// - Parameter transfers: their names.
  /// - Complexity: linear in the rows; only the new part of the ledger is read.
  mutating func check(_ store: InMemoryStore, transfers: [String]) throws {
    var index = 0
    try store.eachEntry { entry in
      index += 1
      guard index > seen else { return }
      seen = index
      for (bucket, units) in [(entry.from, -entry.quantity), (entry.to, entry.quantity)] {
        if bucket == .sellable { stock[Place(sku: entry.sku, node: entry.node), default: 0] += units }
        if bucket != .sellable { outside += units }
        if bucket == .inTransit { inTransit += units }
      }
      checkpoint = checkpoint.appending(entry)
    }
    try require(index == seen, "the ledger has lost entries")
    try require(try store.checkpoint() == checkpoint, "the checkpoint is not that of the ledger")
    try checkTransfers(store, transfers)
    let map = try store.regionMap()
    var free: [Cell: Quantity] = [:]
    var sellable: [SKU: Quantity] = [:]
    var total: Quantity = 0
    var ofPlace: [Place: Quantity] = [:]
    try store.eachClaim { claim in
      guard claim.state == .active, let node = claim.node else { return }
      ofPlace[Place(sku: claim.sku, node: node), default: 0] += claim.quantity
    }
    try store.eachPosition { row, isActive in
      let sum = stock[Place(sku: row.sku, node: row.node)] ?? 0
      try require(
        row.onHand == sum && row.sellable == sum,
        "\(row.sku) at \(row.node) has \(row.onHand), its entries sum to \(sum)")
      total += row.onHand
      sellable[row.sku, default: 0] += row.sellable
      let allocated = ofPlace.removeValue(forKey: Place(sku: row.sku, node: row.node)) ?? 0
      try require(
        row.allocated == allocated, "\(row.sku) at \(row.node) says \(row.allocated) allocated, not \(allocated)")
      let rest = row.sellable - allocated
      free[Cell(sku: row.sku, region: map.region(of: row.node)), default: 0] +=
        rest < 0 ? rest : isActive ? max(0, rest - row.safetyStock) : 0
    }
    try require(ofPlace.isEmpty, "claims are on nodes that have no position")
    try require(total + outside == 0, "the ledger does not sum to 0 but to \(total + outside)")
    try checkClaims(store, free)
  }

  /// What the ledger has under way is what the transfers say is neither there nor given up.
  private func checkTransfers(_ store: InMemoryStore, _ names: [String]) throws {
    var open: Quantity = 0
    for name in Set(names) {
      for line in try store.transferLines(of: TransferID(name)) {
        open += line.dispatched - line.received - line.cancelled
      }
    }
    try require(open == inTransit, "\(inTransit) units are in transit, and the transfers say \(open)")
  }

  private func checkClaims(_ store: InMemoryStore, _ free: [Cell: Quantity]) throws {
    var ofCell: [Cell: Quantity] = [:]
    var ofLine: [String: Quantity] = [:]
    var protected: [Holder: Quantity] = [:]
    var shared: [Holder: Quantity] = [:]
    try store.eachClaim { claim in
      guard claim.state == .active else { return }
      let cell = Cell(sku: claim.sku, region: claim.region)
      if claim.node == nil, !claim.pool.isInbound { ofCell[cell, default: 0] += claim.quantity }
      let holder = Holder(sku: claim.sku, channel: claim.channel, region: claim.region)
      ofLine["\(claim.order)/\(claim.line)", default: 0] += claim.quantity
      if claim.pool.isProtected {
        try require(claim.pool == .protected(claim.channel), "a claim of \(claim.channel) holds \(claim.pool)")
        protected[holder, default: 0] += claim.quantity
      } else if !claim.pool.isInbound {
        shared[holder, default: 0] += claim.quantity
      }
    }
    var granted: [Cell: Quantity] = [:]
    try store.eachGrant { row in
      let holder = Holder(sku: row.sku, channel: row.channel, region: row.region)
      try require(
        row.activeProtected == protected.removeValue(forKey: holder) ?? 0
          && row.activeShared == shared.removeValue(forKey: holder) ?? 0,
        "\(row.channel) does not hold of \(row.sku) what its claims sum to")
      try require((row.grant?.capLeft ?? 0) >= 0, "\(row.channel) has a cap below 0 for \(row.sku)")
      granted[Cell(sku: row.sku, region: row.region), default: 0] += row.grant?.protected ?? 0
    }
    try require(protected.isEmpty && shared.isEmpty, "claims stand without a grant row")
    try store.eachOrder { order in
      for line in try store.lines(of: order.order) {
        let name = "\(order.order)/\(line.line)"
        let sum = ofLine.removeValue(forKey: name) ?? 0
        try require(line.claimed == sum, "line \(name) says \(line.claimed) claimed, its claims sum to \(sum)")
        try require(
          line.claimed <= max(0, line.ordered - line.cancelled - line.shipped), "line \(name) claims more than it needs"
        )
      }
    }
    try require(ofLine.isEmpty, "claims stand without a line")
    try store.eachItem { item in
      for region in [.everywhere] + item.pools.keys {
        let cell = Cell(sku: item.sku, region: region)
        let (claimed, shared) = (item[region].claimed, item[region].shared)
        let sum = ofCell.removeValue(forKey: cell) ?? 0
        try require(claimed == sum, "\(item.sku) in '\(region)' says \(claimed) claimed, its claims differ")
        let promised = shared + (granted.removeValue(forKey: cell) ?? 0)
        let left = (free[cell] ?? 0) - claimed
        try require(promised <= left, "\(item.sku) in '\(region)' has \(left) units left and offers \(promised)")
      }
    }
    try require(ofCell.isEmpty, "claims stand in regions of which the item knows nothing")
    try require(granted.values.allSatisfy { $0 == 0 }, "grants stand in regions of which the item knows nothing")
  }
}
