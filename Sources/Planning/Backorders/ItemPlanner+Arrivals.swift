import Operations

// Stage 7, first half: goods that have arrived go to the claims that waited for them.
extension ItemPlanner {
  /// The item's claims on goods to come, and the goods; empty where nobody waits and nobody could.
  func inboundBook(_ item: ItemInPlanning) -> InboundBook {
    let key = Int32(item.index)
    let waiting = (snapshot.claims[key] ?? []).filter(\.pool.isInbound)
    // Who holds stock may lose it in this plan, and waits then.
    let isWanted = snapshot.openLines[key] != nil || snapshot.claims[key] != nil
    let isAnyToCome = snapshot.inbound[key] != nil || snapshot.transfers[key] != nil
    let couldWait = item.rules.acceptsBackorders && isAnyToCome && isWanted
    guard couldWait || !waiting.isEmpty || scheduling?.sku == item.sku else { return InboundBook() }
    let goods = bought(item.index) + moving(item.index).map { ($0.goods, $0.part.map { [$0] } ?? []) }
    return InboundBook(goods, waiting.compactMap { position($0) }, beliefs.suppliers)
  }

  private func position(_ claim: HeldClaim) -> InboundBook.Position? {
    openLine(claim).map { line in
      InboundBook.Position(
        claim: claim, line: line, channel: policy.channels.firstIndex(of: claim.channel), units: claim.quantity,
        isSoft: claim.expiresAt != nil)
    }
  }

  /// Hands what has come in since the last plan to the claims whose line can bring them no more, and gives
  /// back those for which there is nothing: their orders ask again.
  ///
  /// What was claimed before it came was never anyone else's, so it is handed over before anything is granted. A line of
  /// which enough is still to come hands nothing over here: its claims take what is there when it is their turn, and wait
  /// otherwise. So do those whose goods lie at a node that is closed or not taken at its word.
  mutating func handOverArrivals(
    _ inbound: inout InboundBook, _ book: inout LineBook, _ item: ItemInPlanning, _ stock: inout ItemStock
  ) {
    let granted = snapshot.grants.rows(of: item.index).reduce(snapshot.items.shared[item.index]) {
      $0 + (snapshot.grants.grant[$1]?.protected ?? 0)
    }
    // Whoever holds what is not there comes first; what lies at closed nodes is there.
    var arrived = max(0, min(stock.net - granted, stock.debt > 0 ? stock.net : .max))
    let places = inRank(inbound, item.rules)
    for place in places where arrived > 0 {
      let supply = inbound.supplies[place.supply]
      let units = min(inbound[place].units, supply.waiting - supply.open, arrived)
      guard units > 0 else { continue }
      let protected = inbound[place].channel.map {
        Exposure.protectedLeft(item.rules.channels[$0], onHand: stock.onHand, use[$0])
      }
      handOver(units, own: min(units, protected ?? 0), place, &inbound, &book, item, &stock)
      arrived -= units
    }
    inbound.withhold(snapshot.received) { withheld(item.index, at: $0) }
    // The last in rank lose first, and the first ask first for something else.
    var losses: [(place: InboundBook.Place, units: Quantity)] = []
    var over = inbound.supplies.map { max(0, $0.waiting - $0.open - $0.withheld) }
    for place in places.reversed() {
      let units = min(inbound[place].units, over[place.supply])
      guard units > 0 else { continue }
      over[place.supply] -= units
      losses.append((place, units))
    }
    for (place, units) in losses.reversed() {
      inbound.lose(units, from: place)
      giveBack(units, place, &inbound, &book, item)
    }
    inbound.tidy()
  }

  /// Gives claims that wait what is left when all who are short have what they get.
  /// - Returns: whether anyone got anything.
  mutating func fillFromStock(
    _ inbound: inout InboundBook, _ book: inout LineBook, _ item: ItemInPlanning, _ stock: inout ItemStock
  ) -> Bool {
    guard inbound.isWaiting else { return false }
    let takers = shortTakers(book, item.rules)
    let places = inRank(inbound, item.rules).filter { keeps(inbound[$0].channel, from: takers, item.rules) }
    let hasMoved = fill(places, &inbound, &book, item, &stock)
    inbound.tidy()
    return hasMoved
  }

  /// Gives claims that wait what their channels may take of stock, one after the other.
  /// - Returns: whether anyone got anything.
  mutating func fill(
    _ places: [InboundBook.Place], _ inbound: inout InboundBook, _ book: inout LineBook, _ item: ItemInPlanning,
    _ stock: inout ItemStock
  ) -> Bool {
    var hasMoved = false
    for place in places {
      guard let channel = inbound[place].channel else { continue }
      let units = min(inbound[place].units, reach(of: channel, item.rules))
      guard units > 0 else { continue }
      let own = min(units, exposure.grants[channel].protected)
      exposure.grants[channel].protected -= own
      exposure.shared -= units - own
      handOver(units, own: own, place, &inbound, &book, item, &stock)
      hasMoved = true
    }
    return hasMoved
  }

  /// What a channel's claims that wait may take of stock. Its cap counts them already.
  func reach(of channel: Int, _ rules: Policy.ItemPolicy) -> Quantity {
    var grant = exposure.grants[channel]
    let most = rules.channels[channel].share.maximum.map { max(0, $0 - use[channel].held) }
    grant.capLeft = [most, overall?.leftToHold(channel), room(channel)].compactMap(\.self).min()
    let kept = min(max(0, exposure.shared), keptForOthers(than: channel, rules))
    return grant.available(shared: exposure.shared - kept)
  }

  private mutating func handOver(
    _ units: Quantity, own: Quantity, _ place: InboundBook.Place, _ inbound: inout InboundBook, _ book: inout LineBook,
    _ item: ItemInPlanning, _ stock: inout ItemStock
  ) {
    guard let claim = inbound[place].claim else { return }
    let channel = inbound[place].channel
    for (pool, units) in [(Pool.protected(claim.channel), own), (.shared, units - own)] where units > 0 {
      book.handOver(units, of: claim, to: pool)
      countOfStock(claim, units, channel, item.capHours)
      guard let channel else { continue }
      use[channel].held += units
      overall?.hold(units, channel)
      guard pool.isProtected else { continue }
      if claim.claimedAt.hour >= demandHour { use[channel].soldFromShared -= units }
      guard let window = item.rules.channels[channel].protection?.window else { continue }
      if !window.isBounded || window.contains(hourFrom: claim.claimedAt.hour) { use[channel].consumed += units }
    }
    stock.claimed += units
    inbound.take(units, from: place)
  }

  /// Takes units of a claim off goods to come.
  /// - Returns: the index of its line in the book; nil where that may not claim now.
  @discardableResult
  mutating func giveBack(
    _ units: Quantity, _ place: InboundBook.Place, _ inbound: inout InboundBook, _ book: inout LineBook,
    _ item: ItemInPlanning
  ) -> Int? {
    guard let claim = inbound[place].claim else { return nil }
    let (channel, line) = (inbound[place].channel, inbound[place].line)
    if let channel {
      if claim.claimedAt.hour >= item.capHours[channel] { use[channel].used -= units }
      overall?.uncountInbound(units, channel, from: claim.claimedAt.hour)
    }
    inbound.take(units, from: place)
    return book.giveBack(units, of: claim, line: isDue(line) ? line : nil, channel: channel)
  }

  /// By tier, then priority, then what was told, then age.
  func inRank(_ inbound: InboundBook, _ rules: Policy.ItemPolicy) -> [InboundBook.Place] {
    func rank(_ position: InboundBook.Position) -> (Int64, Int64, Instant, Instant, Int64) {
      (
        position.channel.map { rules.channels[$0].rank } ?? .max, -position.line.priority,
        position.line.promisedAt ?? .distantFuture, position.line.placedAt, position.claim?.id ?? .max
      )
    }
    return inbound.places.map { ($0, rank(inbound[$0])) }.sorted { $0.1 < $1.1 }.map(\.0)
  }
}
