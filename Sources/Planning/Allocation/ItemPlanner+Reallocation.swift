import Operations

// Stage 4, where there is not enough: who gives up what to whom, as the tiers' reallocation says.
extension ItemPlanner {
  /// How often lines are served and claims change hands before the rest is left to the next plan. What is taken can move
  /// a cap that is a percentage, so that one pass does not always do.
  static let reallocationPasses = 8

  /// Serves the lines of an item of which claims may change hands.
  mutating func reallocate(_ work: inout ItemWork) {
    let item = work.item
    let debt = work.stock.debt - heldByCarts(item.index)
    // Most items are short of nothing, and then nobody's claims need a look.
    var holdings = Holdings(debt > 0 ? mayChangeHands(item, work.book) : [])
    settle(debt, &holdings, &work.book, item, &work.stock)
    grant(item.rules, work.stock)
    if serveInTurn(&work) { grant(item.rules, work.stock) }
    guard work.book.isShort else { return }
    if debt <= 0 { holdings = Holdings(mayChangeHands(item, work.book)) }
    for _ in 0..<Self.reallocationPasses {
      guard takeOver(&holdings, &work.book, item, &work.stock) else { break }
      if serve(&work.book, item.rules, &work.stock) { grant(item.rules, work.stock) }
    }
  }

  /// The claims that may be taken: on hand, of an order that is not with the warehouse yet, of a channel that may lose.
  private func mayChangeHands(_ item: ItemInPlanning, _ book: LineBook) -> [Holdings.Holding] {
    (snapshot.claims[Int32(item.index)] ?? []).flatMap { claim -> [Holdings.Holding] in
      guard let order = snapshot.orders[claim.order], order.stage < .warehouseRelease,
        let channel = policy.channels.firstIndex(of: claim.channel),
        item.rules.channels[channel].reallocation?.mayLose ?? false
      else { return [] }
      guard !claim.pool.isInbound else {
        // What has just arrived for it stands where all others' does.
        return book.handedOver(claim).map { pool, units in
          var there = claim
          there.pool = pool
          return Holdings.Holding(claim: there, channel: channel, priority: order.priority, units: units)
        }
      }
      // What must leave its node is in its pool again.
      let freed = freed.reduce(0) { $1.claim.id == claim.id ? $0 + $1.units : $0 }
      var loose = claim
      loose.node = nil
      return [(loose, freed), (claim, claim.quantity - freed)].filter { $0.1 > 0 }.map {
        Holdings.Holding(claim: $0.0, channel: channel, priority: order.priority, units: $0.1)
      }
    }
  }

  /// Takes back claims on stock that is not there, weakest first, as far as tiers may lose.
  /// - Parameter debt: without what carts hold: their time is soon over, and no order loses its stock to a cart.
  private mutating func settle(
    _ debt: Quantity, _ holdings: inout Holdings, _ book: inout LineBook, _ item: ItemInPlanning,
    _ stock: inout ItemStock
  ) {
    guard debt > 0 else { return }
    let held = use.map(\.held)
    for (index, units) in holdings.give(debt, item.rules, held: { held[$0] }, where: { _ in true }) {
      let holding = holdings.all[index]
      release(holding, units, to: nil, &book, item)
      free(holding.claim, units, item, &stock)
    }
  }

  private func heldByCarts(_ item: Int) -> Quantity {
    let rows = snapshot.grants.rows(of: item)
    let all = rows.reduce(0) { $0 + snapshot.grants.activeProtected[$1] + snapshot.grants.activeShared[$1] }
    let ofOrders = (snapshot.claims[Int32(item)] ?? []).reduce(0) { $0 + ($1.pool.isInbound ? 0 : $1.quantity) }
    return all - ofOrders
  }

  /// Gives lines that are short what others hold in the shared pool, one group of takers after the other.
  ///
  /// A claim keeps its units out of every pool while it changes hands, so that no other channel's grant moves. What a
  /// channel holds of its own protection is not taken.
  /// - Returns: whether anything changed hands.
  private mutating func takeOver(
    _ holdings: inout Holdings, _ book: inout LineBook, _ item: ItemInPlanning, _ stock: inout ItemStock
  ) -> Bool {
    var hasMoved = false
    for takers in item.rules.takers where book.isShort {
      // Each looks at the caps as the one before left them.
      let hasTaken = take(takers, &holdings, &book, item, &stock)
      if hasTaken { grant(item.rules, stock) }
      let isLevelled = level(takers, &holdings, &book, item, &stock)
      if isLevelled { grant(item.rules, stock) }
      hasMoved = hasMoved || hasTaken || isLevelled
    }
    return hasMoved
  }

  /// What others of a lower rank give.
  private mutating func take(
    _ takers: Takers, _ holdings: inout Holdings, _ book: inout LineBook, _ item: ItemInPlanning,
    _ stock: inout ItemStock
  ) -> Bool {
    let rules = item.rules
    let held = use.map(\.held)
    let stockNow = stock
    func isMeant(_ holding: Holdings.Holding) -> Bool {
      holding.claim.pool == .shared && takers.takeFrom(rules.channels[holding.channel])
        && comesFree(holding, item, stockNow)
    }
    let lines = book.lines(of: takers.channels)
    var pot = holdings.units(where: isMeant)
    guard !lines.isEmpty, pot > 0 else { return false }
    var grants = reach(of: takers.channels)
    let results = Planning.allocate(
      lines.map { book.lines[$0] }, channels: lines.map { book.channels[$0] }, policy: rules,
      held: ContiguousArray(use.map(\.held)), grants: &grants, shared: &pot)
    let wanted = zip(lines, results).map { line, result in (line, result.claims.reduce(0) { $0 + $1.quantity }) }
    let given = holdings.give(
      wanted.reduce(0) { $0 + $1.1 }, rules, held: { held[$0] }, where: isMeant)
    return hand(given, of: holdings, to: wanted, &book, item, &stock)
  }

  /// Inside one rank of a tier that shares: what its channels hold is shared out again by weight.
  ///
  /// A channel keeps one unit more than its share, because rounding is no reason to break a promise.
  private mutating func level(
    _ takers: Takers, _ holdings: inout Holdings, _ book: inout LineBook, _ item: ItemInPlanning,
    _ stock: inout ItemStock
  ) -> Bool {
    let rules = item.rules
    let members = takers.channels.filter {
      rules.channels[$0].rule == .fairShare && rules.channels[$0].reallocation == .redistribute
    }
    let reach = reach(of: members)
    let lines = members.map { channel in book.lines(of: [channel]) }
    let lacking = zip(members, lines).map { channel, lines in
      min(lines.reduce(0) { $0 + book.lines[$1].open }, reach[channel].available(shared: Limits.quantity))
    }
    guard members.count > 1, lacking.contains(where: { $0 > 0 }) else { return false }
    let stockNow = stock
    func isMovable(_ holding: Holdings.Holding, _ channel: Int) -> Bool {
      holding.channel == channel && holding.claim.pool == .shared && comesFree(holding, item, stockNow)
    }
    let movable = members.map { channel in holdings.units { isMovable($0, channel) } }
    let sharers = members.enumerated().map { place, channel in
      Sharer(rules.channels[channel], cap: use[channel].held + lacking[place])
    }
    let fixed = zip(members, movable).map { use[$0].held - $1 }
    let fair = share(movable.reduce(0, +), among: sharers, taken: fixed, by: apportion)
    let excess = zip(movable, fair).map { max(0, $0 - $1 - 1) }
    let lack = zip(movable, fair).map { max(0, $1 - $0) }
    let units = min(excess.reduce(0, +), lack.reduce(0, +))
    guard units > 0 else { return false }
    var given: [(holding: Int, units: Quantity)] = []
    for (channel, units) in zip(members, apportion(excess, units)) {
      given += holdings.give(
        units,
        of: holdings.all.indices.filter { isMovable(holdings.all[$0], channel) })
    }
    var wanted: [(line: Int, units: Quantity)] = []
    for (lines, units) in zip(lines, apportion(lack, units)) {
      var rest = units
      for line in lines where rest > 0 {
        wanted.append((line, min(rest, book.lines[line].open)))
        rest -= min(rest, book.lines[line].open)
      }
    }
    return hand(given, of: holdings, to: wanted, &book, item, &stock)
  }

  /// What may be taken for a channel from the claims of others: no more than its cap allows, and for one that sells from
  /// its protection alone, no more than that protection lacks.
  private func reach(of channels: [Int]) -> ContiguousArray<Grant> {
    var grants = ContiguousArray(repeating: Grant(protected: 0, capLeft: 0), count: exposure.grants.count)
    let granted = overall?.limited(exposure.grants) ?? exposure.grants
    for channel in channels {
      let grant = granted[channel]
      let limits = [grant.capLeft, ownRoom(channel), grant.mayUseShared ? nil : unmet(channel)]
      grants[channel].capLeft = limits.compactMap(\.self).min()
    }
    return grants
  }

  func unmet(_ channel: Int) -> Quantity {
    exposure.unmet.first { $0.channel == channel }?.units ?? 0
  }
}
