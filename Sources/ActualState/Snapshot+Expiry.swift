public import Operations

extension Snapshot {
  /// Reads a snapshot as a cycle at `now` would find it: `expireHolds(at:)` ends holds before a cycle reads, and a look at
  /// what comes must not change the store.
  public init(of store: some Store, scope: Scope = .all, at now: Instant) throws {
    self = try store.reading {
      var snapshot = try store.snapshot(scope)
      snapshot.expire(try store.activeClaims(expiringBy: now))
      return snapshot
    }
  }

  /// Ends holds in the snapshot as the store would, but for the versions of what they touch.
  private mutating func expire(_ holds: [ClaimRow]) {
    guard !holds.isEmpty else { return }
    var lapsed = Set<OrderID>()
    for hold in holds {
      if let order = orders[hold.order], order.stage == .order, !order.isLapsed { lapsed.insert(hold.order) }
      orders[hold.order]?.claimed -= hold.quantity
      guard let item = items.place(of: hold.sku) else { continue }
      reopen(hold, item)
      giveBack(hold, item)
    }
    for order in lapsed { orders[order]?.isLapsed = true }
    guard !lapsed.isEmpty else { return }
    for item in Set(openLines.keys).union(claims.keys) { takeBackSales(item, lapsed) }
    for (item, lines) in openLines where lines.contains(where: { lapsed.contains($0.order) }) {
      openLines[item] = lines.map { line in
        var line = line
        line.isLapsed = line.isLapsed || lapsed.contains(line.order)
        return line
      }
    }
  }

  /// The line misses what its claim held. A cart's lines stand in no snapshot.
  private mutating func reopen(_ hold: ClaimRow, _ item: Int) {
    let place = Int32(item)
    guard let index = claims[place]?.firstIndex(where: { $0.id == hold.id }),
      let claim = claims[place]?.remove(at: index)
    else { return }
    if claims[place]?.isEmpty == true { claims[place] = nil }
    let lines = openLines[place] ?? []
    if let index = lines.firstIndex(where: { $0.order == hold.order && $0.line.isBytewiseEqual(to: hold.line) }) {
      openLines[place]?[index].open += hold.quantity
    } else if let order = orders[hold.order] {
      let line = OpenLine(
        order: hold.order, line: hold.line, channel: order.channel, open: hold.quantity, placedAt: order.placedAt,
        stage: order.stage, isLapsed: order.isLapsed, shipOn: order.shipOn, priority: order.priority,
        region: order.region, promisedAt: claim.promisedAt, unitPrice: claim.unitPrice,
        firstPromisedAt: claim.firstPromisedAt)
      let next = lines.firstIndex { other in
        hold.order == other.order ? hold.line.isBytewiseLess(than: other.line) : hold.order < other.order
      }
      openLines[place, default: []].insert(line, at: next ?? lines.count)
    }
  }

  /// What is not paid for in time was not sold, but for what has left already.
  private mutating func takeBackSales(_ item: Int32, _ lapsed: Set<OrderID>) {
    let open = (openLines[item] ?? []).map { (order: $0.order, units: $0.open) }
    let held = (claims[item] ?? []).map { (order: $0.order, units: $0.quantity) }
    for (id, units) in open + held where lapsed.contains(id) {
      guard let order = orders[id] else { continue }
      for row in usage.rows(of: Int(item))
      where channels[Int(usage.channel[row])] == order.channel && usage.hour[row] == order.placedAt.hour
        && usage.region(of: row, in: regions).isEverywhere
      {
        usage.sold[row] -= units
      }
      let destination = Identifier<RegionMap.Destination>(order.region)
      for row in sales.rows(of: Int(item))
      where destinations[Int(sales.destination[row])] == destination && Int64(sales.day[row]) == order.placedAt.day {
        sales.units[row] -= units
      }
    }
  }

  /// The units go back to the pool that they came from, as `Store.release` gives them back.
  private mutating func giveBack(_ hold: ClaimRow, _ item: Int) {
    let freed = free(hold, item)
    for row in usage.rows(of: item)
    where channels[Int(usage.channel[row])] == hold.channel && usage.hour[row] == hold.claimedAt.hour
      && usage.region(of: row, in: regions) == hold.region
    {
      usage.claimed[row] -= hold.quantity
      if hold.pool.isProtected { usage.protected[row] -= hold.quantity }
    }
    let row = grants.rows(of: item).first {
      channels[Int(grants.channel[$0])] == hold.channel && grants.region(of: $0, in: regions) == hold.region
    }
    let region = hold.node.map(regionMap.region(of:)) ?? hold.region
    switch hold.pool {
    case .inbound, .transfer: break
    case .shared: if let row { grants.activeShared[row] -= hold.quantity }
    case .protected: if let row { grants.activeProtected[row] -= hold.quantity }
    }
    guard hold.pool.isProtected, region == hold.region else { return edit(region, item) { $0.shared += freed } }
    if let row { grants.grant[row]?.protected += freed }
  }

  /// Changes what an item has in the pools of a region.
  private mutating func edit(_ region: RegionID, _ item: Int, _ change: (inout RegionPool) -> Void) {
    guard !region.isEverywhere else {
      var pool = RegionPool(shared: items.shared[item], claimed: items.claimed[item])
      change(&pool)
      (items.shared[item], items.claimed[item]) = (pool.shared, pool.claimed)
      return
    }
    var all = pools[Int32(item)] ?? []
    if let index = all.firstIndex(where: { $0.region == region }) {
      change(&all[index].pool)
    } else {
      var pool = RegionPool()
      change(&pool)
      all.insert((region, pool), at: all.firstIndex { region < $0.region } ?? all.count)
    }
    pools[Int32(item)] = all
  }

  /// Takes units off what claims hold.
  /// - Returns: how many more can be promised then.
  private mutating func free(_ hold: ClaimRow, _ item: Int) -> Quantity {
    guard let node = hold.node else {
      guard !hold.pool.isInbound else { return 0 }
      edit(hold.region, item) { $0.claimed -= hold.quantity }
      return hold.quantity
    }
    guard let row = positions.rows(of: item).first(where: { nodes[Int(positions.node[$0])] == node }) else { return 0 }
    let before = promisable(row)
    positions.allocated[row] -= hold.quantity
    return fallbacks[.node(node)] == nil ? promisable(row) - before : 0
  }

  private func promisable(_ row: Int) -> Quantity {
    let free = positions.sellable[row] - positions.allocated[row]
    guard free >= 0 else { return free }
    return nodeIsActive[Int(positions.node[row])] ? max(0, free - positions.safetyStock[row]) : 0
  }
}
