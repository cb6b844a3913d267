import Operations

// What a change of hands does: to the lines, to what is counted of channels, and to the stock of nodes.
extension ItemPlanner {
  mutating func hand(
    _ given: [(holding: Int, units: Quantity)], of holdings: Holdings, to wanted: [(line: Int, units: Quantity)],
    _ book: inout LineBook, _ item: ItemInPlanning, _ stock: inout ItemStock
  ) -> Bool {
    var wanted = wanted[...]
    var unmet = exposure.grants.indices.map(unmet)
    for (index, units) in given {
      var rest = units
      while rest > 0, let (line, lack) = wanted.first {
        let moved = min(rest, lack)
        rest -= moved
        wanted[wanted.startIndex].units -= moved
        if moved == lack { wanted.removeFirst() }
        guard moved > 0, let channel = book.channels[line] else { continue }
        let own = min(moved, unmet[channel])
        unmet[channel] -= own
        let holding = holdings.all[index]
        release(holding, moved, to: line, &book, item)
        let node = pass(holding.claim, moved, item, &stock)
        for (pool, quantity) in [(Pool.protected(book.lines[line].channel), own), (.shared, moved - own)]
        where quantity > 0 {
          let claim = PlannedClaim(
            order: book.lines[line].order, line: book.lines[line].line, channel: book.lines[line].channel, pool: pool,
            node: node, quantity: quantity, expiresAt: expiry(of: book.lines[line], channel), region: region)
          book.claim(claim, for: line)
          count(claim, channel)
        }
      }
    }
    return !given.isEmpty
  }

  mutating func release(
    _ holding: Holdings.Holding, _ units: Quantity, to winner: Int?, _ book: inout LineBook, _ item: ItemInPlanning
  ) {
    let claim = holding.claim
    uncount(claim, units, holding.channel, item)
    book.release(
      units, of: claim, item.sku, line: openLine(claim).flatMap { isDue($0) ? $0 : nil }, channel: holding.channel,
      to: winner)
  }

  /// The line of a claim as one that is open.
  private func openLine(_ claim: HeldClaim) -> OpenLine? {
    snapshot.orders[claim.order].map { order in
      OpenLine(
        order: claim.order, line: claim.line, channel: order.channel, open: 0, placedAt: order.placedAt,
        stage: order.stage, isLapsed: order.isLapsed, shipOn: order.shipOn, priority: order.priority,
        region: order.region, promisedAt: claim.promisedAt)
    }
  }

  /// Takes units of a claim out of what its channel holds and has sold, as the store will.
  private mutating func uncount(_ claim: HeldClaim, _ units: Quantity, _ channel: Int, _ item: ItemInPlanning) {
    let hour = claim.claimedAt.hour
    overall?.uncount(units, channel, from: hour)
    use[channel].held -= units
    if hour >= item.capHours[channel] { use[channel].used -= units }
    for index in use.indices where hour >= item.capHours[index] { use[index].usedByAll -= units }
    guard claim.pool.isProtected else {
      if hour >= demandHour { use[channel].soldFromShared -= units }
      return
    }
    guard let window = item.rules.channels[channel].protection?.window else { return }
    if !window.isBounded || window.contains(hourFrom: hour) { use[channel].consumed -= units }
  }

  /// Gives the units of a claim back to the stock that it stood on.
  func free(_ claim: HeldClaim, _ units: Quantity, _ item: ItemInPlanning, _ stock: inout ItemStock) {
    guard let (node, gained) = gain(claim, units, item, stock) else {
      stock.claimed -= units
      return
    }
    stock.allocated -= units
    stock.free += units
    stock.available += gained
    stock.freed[node, default: 0] += units
  }

  /// Passes the units of a claim on to one that is routed anew. Where they would be lost on the way (the node is closed,
  /// or its safety stock would swallow them) they stay where they are.
  /// - Returns: the node of the new claim.
  private func pass(_ claim: HeldClaim, _ units: Quantity, _ item: ItemInPlanning, _ stock: inout ItemStock) -> NodeID?
  {
    guard let (_, gained) = gain(claim, units, item, stock), gained < units else {
      free(claim, units, item, &stock)
      stock.claimed += units
      return nil
    }
    return claim.node
  }

  /// What a node can promise more when it gets units back; nil for a claim that is on no node.
  private func gain(
    _ claim: HeldClaim, _ units: Quantity, _ item: ItemInPlanning, _ stock: ItemStock
  ) -> (node: Int, units: Quantity)? {
    guard let name = claim.node, let node = snapshot.nodes.firstIndex(of: name),
      let row = snapshot.positions.rows(of: item.index).first(where: { Int(snapshot.positions.node[$0]) == node })
    else { return nil }
    let free =
      snapshot.positions.sellable[row] - snapshot.positions.allocated[row] + freedUnits(at: node)
      + stock.freed[node, default: 0]
    return (node, promisable(free + units, at: node, item.safety) - promisable(free, at: node, item.safety))
  }
}
