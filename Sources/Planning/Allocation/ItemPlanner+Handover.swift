import Operations

// What a change of hands does: to the lines, to what is counted of channels, and to the stock of nodes.
extension ItemPlanner {
  mutating func hand(
    _ given: [(holding: Int, units: Quantity)], of holdings: Holdings, to wanted: [(line: Int, units: Quantity)],
    _ book: inout LineBook, _ item: ItemInPlanning, _ stock: inout ItemStock
  ) -> Bool {
    var wanted = wanted[...]
    var unmet = exposure.grants.indices.map { self.unmet($0) }
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
        free(holding.claim, moved, item, &stock)
        stock.claimed += moved
        for (pool, quantity) in [(Pool.protected(book.lines[line].channel), own), (.shared, moved - own)]
        where quantity > 0 {
          let claim = PlannedClaim(
            order: book.lines[line].order, line: book.lines[line].line, channel: book.lines[line].channel, pool: pool,
            quantity: quantity, expiresAt: expiry(of: book.lines[line], channel), region: region)
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
  func openLine(_ claim: HeldClaim) -> OpenLine? {
    snapshot.orders[claim.order].map { order in
      OpenLine(
        order: claim.order, line: claim.line, channel: order.channel, open: 0, placedAt: order.placedAt,
        stage: order.stage, isLapsed: order.isLapsed, shipOn: order.shipOn, priority: order.priority,
        region: order.region, promisedAt: claim.promisedAt, unitPrice: claim.unitPrice,
        firstPromisedAt: claim.firstPromisedAt)
    }
  }

  /// Takes units of a claim out of what its channel holds and has sold, as the store will.
  mutating func uncount(_ claim: HeldClaim, _ units: Quantity, _ channel: Int, _ item: ItemInPlanning) {
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

  /// Whether the units of a claim can go to others. Those on a node that is closed or of which nothing counts, or whose
  /// share or safety stock would keep them, cannot: nothing new leaves from there.
  func comesFree(_ holding: Holdings.Holding, _ item: ItemInPlanning, _ stock: ItemStock) -> Bool {
    guard let (node, gained) = gain(holding.claim, holding.units, item, stock) else { return true }
    return gained == holding.units && nodeShare[node] != .none
  }

  /// What a node can promise more when it gets units back; nil for a claim that is on no node.
  private func gain(
    _ claim: HeldClaim, _ units: Quantity, _ item: ItemInPlanning, _ stock: ItemStock
  ) -> (node: Int, units: Quantity)? {
    guard let name = claim.node, let node = snapshot.nodes.firstIndex(of: name),
      let row = snapshot.positions.rows(of: item.index).first(where: { Int(snapshot.positions.node[$0]) == node })
    else { return nil }
    let sellable = snapshot.positions.sellable[row]
    let free =
      sellable - snapshot.positions.allocated[row] + freedUnits(at: node) + stock.freed[node, default: 0]
    func promised(_ free: Quantity) -> Quantity { promisable(free, of: sellable, at: node, item.safety) }
    return (node, promised(free + units) - promised(free))
  }
}
