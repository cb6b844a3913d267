import Operations

// What becomes of claims: how they are made, put onto nodes, ended, and counted while they stand.
extension Store {
  /// Takes the channel's own protection first and then the shared pool, never more than the cap has left. This is what
  /// every order passes, so that each row is read and written once.
  /// - Parameter sold: units that the channel has just sold, whether or not they can be claimed.
  func claimAtOnce(
    _ line: inout OrderLineRow, _ item: inout ItemRow, _ order: OrderRow, _ terms: ChannelTerms, at time: Instant,
    selling sold: Quantity = 0
  ) throws {
    let isDue = terms.allow(order.stage, isLapsed: order.isLapsed, shipOn: order.shipOn, at: time)
    guard isDue || sold > 0, let region = try regionMap().region(to: order.region),
      var row = try grant(line.sku, order.channel, region)
    else { return }
    row.sold += sold
    guard isDue, let grant = row.grant else { return try put(row) }
    // A cap over all regions counts what is claimed in each of them.
    let overall = region.isEverywhere ? nil : try self.grant(line.sku, order.channel, .everywhere)
    let allowed = overall?.grant?.capLeft ?? .max
    let units = min(line.open, grant.available(shared: item[region].shared), allowed)
    guard units > 0 else { return sold > 0 ? try put(row) : () }
    let own = min(units, grant.protected)
    for (pool, quantity) in [(Pool.protected(order.channel), own), (.shared, units - own)] where quantity > 0 {
      let claim = ClaimRow(
        order: line.order, line: line.line, sku: line.sku, channel: order.channel, pool: pool, quantity: quantity,
        claimedAt: time, expiresAt: terms.expiry(of: order.stage, at: time), region: region)
      try put(claim)
      line.claimed += quantity
      item[region].claimed += quantity
      row.count(pool, quantity)
      try addUsage(of: claim, quantity)
    }
    row.grant = grant.drawing(own: own, units: units)
    item[region].shared -= units - own
    try put(row)
    guard var total = overall, let cap = total.grant, cap.capLeft != nil else { return }
    total.grant = cap.drawing(own: 0, units: units)
    try put(total)
  }

  /// Adds a claim to everything that counts claims, but takes nothing from the pools: a plan writes those as they
  /// shall be after its own claims.
  func add(_ claim: ClaimRow, of item: inout ItemRow) throws {
    guard var line = try line(claim.order, claim.line) else { return }
    try put(claim)
    line.claimed += claim.quantity
    try put(line)
    try hold(claim, claim.quantity, of: &item)
    try count(claim, claim.quantity)
  }

  /// Moves all or part of a claim to another pool or node, and leaves the pools to the plan that asks for it.
  func move(_ move: ClaimMove, of item: inout ItemRow) throws {
    let claim = try active(move.claim, move.quantity)
    var moved = claim
    (moved.pool, moved.node, moved.service, moved.region) = (move.pool, move.node, move.service, move.region)
    if !move.staysOnItsWay(claim) {
      try giveBackLabour(of: claim, move.quantity)
      moved.workDay = nil
    }
    try hold(claim, -move.quantity, of: &item)
    try hold(moved, move.quantity, of: &item)
    if claim.pool != moved.pool || claim.region != moved.region {
      try count(claim, -move.quantity)
      try count(moved, move.quantity)
    }
    try split(claim, move.quantity) {
      ($0.pool, $0.node, $0.service, $0.region) = (moved.pool, moved.node, moved.service, moved.region)
      $0.workDay = moved.workDay
    }
  }

  /// Ends all or part of a claim because a plan says so, and leaves the pools to that plan.
  func giveBack(_ release: ClaimRelease, of item: inout ItemRow) throws {
    let claim = try active(release.claim, release.quantity)
    if var line = try line(claim.order, claim.line) {
      line.claimed -= release.quantity
      try put(line)
    }
    try hold(claim, -release.quantity, of: &item)
    try giveBackLabour(of: claim, release.quantity)
    try count(claim, -release.quantity)
    try split(claim, release.quantity) { $0.state = .released }
    // An order that has less on nodes may be routed in other ways.
    if claim.node != nil { try touchIfWaiting(claim.order) }
  }

  /// The claim that a plan read; that it is as it was, the versions that an apply checks have shown.
  private func active(_ id: Int64, _ units: Quantity) throws -> ClaimRow {
    guard let claim = try claim(id), claim.state == .active, (1...claim.quantity).contains(units) else {
      throw StoreError.refusedRow("a plan moves a claim that does not hold so much")
    }
    return claim
  }

  /// Releases units of a claim: they go back to the pool that they came from. Units on a node come free only as far as
  /// the node has them. What is to come, and what lies at a node that is not taken at its word, is left for the next plan
  /// to hand out.
  func release(_ claim: ClaimRow, _ units: Quantity, as state: ClaimState = .released, of item: inout ItemRow) throws {
    let nodes = Set(claim.node.map { [$0] } ?? [])
    // What lies on a node is the stock of the region that the node serves now.
    let region = try claim.node.map { try regionMap().region(of: $0) } ?? claim.region
    let before = try net(item, region, at: nodes)
    try hold(claim, -units, of: &item)
    try giveBackLabour(of: claim, units)
    let isDoubted = try claim.node.map { try fallback(of: .node($0)) != nil } ?? false
    let freed = isDoubted ? 0 : try net(item, region, at: nodes) - before
    try count(claim, -units)
    try split(claim, units) { $0.state = state }
    guard claim.pool.isProtected, region == claim.region else {
      item[region].shared += freed
      return
    }
    guard var row = try grant(claim.sku, claim.channel, region), row.grant != nil else { return }
    row.grant?.protected += freed
    try put(row)
  }

  /// Ends units of a claim that have left the building. What has left another node than it stood on did not take the labour
  /// that was planned for it.
  func consume(_ claim: ClaimRow, _ units: Quantity, from node: NodeID, of item: inout ItemRow) throws {
    if claim.node != node { try giveBackLabour(of: claim, units) }
    try split(claim, units) {
      $0.state = .consumed
      if $0.node != node { $0.workDay = nil }
    }
    try hold(claim, -units, of: &item)
    guard var row = try grant(claim.sku, claim.channel, claim.region) else { return }
    row.count(claim.pool, -units)
    try put(row)
    guard claim.pool.isProtected else { return }
    try count(
      UsageChange(protectedShipped: units), of: claim.sku, claim.channel, claim.region, hour: claim.claimedAt.hour)
  }

  /// Changes all or part of a claim; a part is split off as a claim of its own.
  func split(_ claim: ClaimRow, _ units: Quantity, _ change: (inout ClaimRow) -> Void) throws {
    var rest = claim
    rest.quantity -= units
    if rest.quantity > 0 { try put(rest) }
    var changed = claim
    if rest.quantity > 0 { changed.id = 0 }
    changed.quantity = units
    change(&changed)
    try put(changed)
  }

  /// Ends holds whose time is over: what they held goes back. An order whose hold ran out claims nothing more until it
  /// is paid.
  /// - Returns: how many claims ran out.
  @discardableResult
  public func expireHolds(at now: Instant) throws -> Int {
    // Asked first, so that a store is not locked for nothing.
    guard try !activeClaims(expiringBy: now).isEmpty else { return 0 }
    return try transaction {
      let expired = try activeClaims(expiringBy: now)
      for claim in expired { try expire(claim) }
      return expired.count
    }
  }

  private func expire(_ claim: ClaimRow) throws {
    guard var item = try item(claim.sku) else { return }
    if var line = try line(claim.order, claim.line) {
      line.claimed -= claim.quantity
      try put(line)
    }
    try release(claim, claim.quantity, as: .expired, of: &item)
    try touch(&item)
    guard var order = try order(claim.order), order.stage == .order, !order.isLapsed else { return }
    let before = order
    order.isLapsed = true
    try put(order)
    try countSales(of: order, since: before)
    // Its other lines may not claim any more either.
    try touchItems(of: order.order)
  }

  // MARK: What is counted

  /// Σ of what nodes of a region can promise, less what claims hold in its pools: what all pools of the item there
  /// together may offer changes as this does.
  func net(_ item: ItemRow, _ region: RegionID, at nodes: Set<NodeID>) throws -> Quantity {
    try nodes.reduce(-item[region].claimed) { $0 + (try available(item.sku, $1)) }
  }

  /// Counts units where they are held: on a node, or in a pool of what is on hand.
  private func hold(_ claim: ClaimRow, _ units: Quantity, of item: inout ItemRow) throws {
    if let node = claim.node {
      var position = try position(item.sku, node) ?? PositionRow(sku: item.sku, node: node)
      position.allocated += units
      try put(position)
    } else if !claim.pool.isInbound {
      item[claim.region].claimed += units
    }
  }

  /// Keeps the channel's active claims and its use in the hour of the claim in step with one claim's change.
  private func count(_ claim: ClaimRow, _ units: Quantity) throws {
    var row =
      try grant(claim.sku, claim.channel, claim.region)
      ?? GrantRow(sku: claim.sku, channel: claim.channel, region: claim.region)
    row.count(claim.pool, units)
    try put(row)
    try addUsage(of: claim, units)
  }

  private func addUsage(of claim: ClaimRow, _ units: Quantity) throws {
    try count(
      UsageChange(claimed: units, protected: claim.pool.isProtected ? units : 0), of: claim.sku, claim.channel,
      claim.region, hour: claim.claimedAt.hour)
  }
}

extension ClaimMove {
  /// Whether only the pool or the region of units on a node becomes another: then they leave as they were to. What moves
  /// and comes back to the same way is routed again, maybe for another day.
  fileprivate func staysOnItsWay(_ claim: ClaimRow) -> Bool {
    guard let node, node == claim.node, Name(service ?? "") == Name(claim.service ?? "") else { return false }
    return pool != claim.pool || region != claim.region
  }
}

extension GrantRow {
  fileprivate mutating func count(_ pool: Pool, _ units: Quantity) {
    switch pool {
    case .protected: activeProtected += units
    case .shared: activeShared += units
    case .inbound, .transfer: break
    }
  }
}

extension Grant {
  /// What is left when `units` are claimed, `own` of them from the channel's protection.
  fileprivate func drawing(own: Quantity, units: Quantity) -> Grant {
    Grant(protected: protected - own, capLeft: capLeft.map { $0 - units }, mayUseShared: mayUseShared)
  }
}
