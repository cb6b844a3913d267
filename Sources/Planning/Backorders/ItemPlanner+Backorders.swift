import Operations

// Stage 7, second half: who waits for goods that are still to come.
extension ItemPlanner {
  /// Lets those who were promised goods that cannot be counted on any more wait for others, and then orders that are short.
  ///
  /// Whoever has lost their goods waits for others as far as any order may: the horizon, whom to trust and how many may
  /// wait hold for them too, and no cap, which counts them already. A new claim takes what comes first, in the order in
  /// which stock would be shared out.
  mutating func backorder(
    _ inbound: inout InboundBook, _ book: inout LineBook, _ item: ItemInPlanning, _ stock: ItemStock
  ) {
    guard inbound.mayChange else { return }
    inbound.setAside(stock.debt, belowSafety(inbound, item))
    var hasMoved = replaceLost(&inbound, &book, item)
    hasMoved = replaceDoubtful(&inbound, &book, item) || hasMoved
    // Their usage counts anew: what is left of caps is less.
    if hasMoved { grantAgain(item.rules, stock) }
    if book.isShort, item.rules.acceptsBackorders, accept(&inbound, &book, item) { grantAgain(item.rules, stock) }
    for (channel, rules) in item.rules.channels.enumerated() {
      guard let most = rules.backorder?.maxUnits else { continue }
      let over = inbound.waiting(of: channel) - most
      if over > 0 { findings.warnings.add(.backordersAboveLimit, channel, over, item.sku) }
    }
  }

  /// Lets orders wait that a cap over all regions kept from it, once other regions have given up units.
  /// - Returns: whether anyone waits that did not.
  mutating func acceptAgain(_ work: inout ItemWork) -> Bool {
    guard overall != nil, work.inbound.mayChange, work.book.isShort, work.item.rules.acceptsBackorders else {
      return false
    }
    let isAccepted = accept(&work.inbound, &work.book, work.item)
    if isAccepted { grantAgain(work.item.rules, work.stock) }
    return isAccepted
  }

  /// What each node that something comes to lacks of its safety stock: goods that come fill that up first.
  private func belowSafety(_ inbound: InboundBook, _ item: ItemInPlanning) -> [NodeID: Quantity] {
    var lacking: [NodeID: Quantity] = [:]
    for node in Set(inbound.supplies.compactMap { $0.goods?.node }) {
      guard let place = snapshot.nodes.firstIndex(of: node) else { continue }
      let row = snapshot.positions.rows(of: item.index).first { Int(snapshot.positions.node[$0]) == place }
      let free = row.map { snapshot.positions.sellable[$0] - snapshot.positions.allocated[$0] + freedUnits(at: place) }
      lacking[node] = max(0, item.safety[place] - max(0, free ?? 0))
    }
    return lacking
  }

  /// Those whose goods come no more, as far as they are short of them still.
  private mutating func replaceLost(
    _ inbound: inout InboundBook, _ book: inout LineBook, _ item: ItemInPlanning
  ) -> Bool {
    var hasMoved = false
    for lost in inbound.lost {
      guard let index = book.index(of: lost.line), let channel = book.channels[index] else { continue }
      let units = min(lost.units, book.lines[index].open)
      let found = others(for: units, of: book.lines[index], channel, waiting: 0, inbound, item)
      for one in found { claim(one.units, of: one.supply, index, channel, &inbound, &book) }
      hasMoved = hasMoved || !found.isEmpty
    }
    return hasMoved
  }

  /// Those whose goods may still come, and may not.
  private mutating func replaceDoubtful(
    _ inbound: inout InboundBook, _ book: inout LineBook, _ item: ItemInPlanning
  ) -> Bool {
    var hasMoved = false
    for place in inRank(inbound, item.rules) {
      let units = inbound.supplies[place.supply].doubtful(place.position)
      guard units > 0, inbound[place].claim != nil, isDue(inbound[place].line), let channel = inbound[place].channel
      else { continue }
      let found = others(for: units, of: inbound[place].line, channel, waiting: units, inbound, item)
      for one in found {
        guard let index = giveBack(one.units, place, &inbound, &book, item) else { continue }
        claim(one.units, of: one.supply, index, channel, &inbound, &book)
        hasMoved = true
      }
    }
    inbound.tidy()
    return hasMoved
  }

  /// Orders that are short and may wait.
  private mutating func accept(
    _ inbound: inout InboundBook, _ book: inout LineBook, _ item: ItemInPlanning
  ) -> Bool {
    var hasClaimed = false
    for round in item.rules.serving {
      for index in book.lines(of: round.channels) {
        guard let channel = book.channels[index], let terms = item.rules.channels[channel].backorder,
          reach(of: channel, item.rules) == 0
        else { continue }
        let rules = item.rules.channels[channel]
        let waiting = inbound.waiting(of: channel)
        let most = [
          exposure.grants[channel].capLeft, overall?.leftToWait(channel), terms.maxUnits.map { $0 - waiting },
          rules.share.maximum.map { $0 - use[channel].held - waiting },
        ].compactMap(\.self).min()
        let units = min(book.lines[index].open, max(0, most ?? .max))
        for one in free(units, of: book.lines[index], channel, terms, inbound, item) {
          claim(one.units, of: one.supply, index, channel, &inbound, &book)
          exposure.grants[channel].capLeft = exposure.grants[channel].capLeft.map { $0 - one.units }
          hasClaimed = true
        }
      }
    }
    return hasClaimed
  }

  /// What may take the place of goods that come no more, or that cannot be counted on.
  /// - Parameter waiting: how many of the units count as waiting still.
  private func others(
    for units: Quantity, of line: OpenLine, _ channel: Int, waiting: Quantity, _ inbound: InboundBook,
    _ item: ItemInPlanning
  ) -> [(supply: Int, units: Quantity)] {
    guard let terms = item.rules.channels[channel].backorder else { return [] }
    let left = [
      terms.maxUnits.map { $0 - inbound.waiting(of: channel) }, overall?.waitingAboveLimit(channel).map { -$0 },
    ].compactMap(\.self).min()
    let most = left.map { max(0, $0 + waiting) }
    return free(min(units, most ?? .max), of: line, channel, terms, inbound, item)
  }

  private func free(
    _ units: Quantity, of line: OpenLine, _ channel: Int, _ terms: BackorderPolicy, _ inbound: InboundBook,
    _ item: ItemInPlanning
  ) -> [(supply: Int, units: Quantity)] {
    guard units > 0 else { return [] }
    let order = line.order
    let promising = item.rules.channels[channel].promising
    let end = terms.horizon.map { Instant(hour: now.hour) + $0 }
    return inbound.free(units, for: channel, item.rules, until: end) { supply, at in
      guard let goods = supply.goods, terms.accepts(goods, of: supply.supplier) else { return nil }
      return arrival(at, from: goods.node, of: order, promising)
    }
  }

  private mutating func claim(
    _ units: Quantity, of supply: Int, _ index: Int, _ channel: Int, _ inbound: inout InboundBook,
    _ book: inout LineBook
  ) {
    let line = book.lines[index]
    let claim = PlannedClaim(
      order: line.order, line: line.line, channel: line.channel, pool: inbound.supplies[supply].pool, quantity: units,
      expiresAt: expiry(of: line, channel), region: region)
    book.claim(claim, for: index)
    use[channel].used += units
    overall?.countInbound(units, channel)
    inbound.append(
      InboundBook.Position(line: line, channel: channel, units: units, isSoft: claim.expiresAt != nil), to: supply)
  }
}
