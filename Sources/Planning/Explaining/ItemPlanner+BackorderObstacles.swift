import Operations

// What stands in the way of goods that are to come.
extension ItemPlanner {
  /// Why a line does not wait for a purchase order.
  func backorderObstacles(_ line: OpenLine, _ channel: Int, _ work: ItemWork) -> [Obstacle] {
    let name = policy.channels[channel]
    let terms = work.item.rules.channels[channel].backorder
    let isAnyToCome = (snapshot.inbound[Int32(work.item.index)] ?? []).contains { $0.open > 0 }
    guard isAnyToCome else { return terms == nil ? [] : [.backorder(name, .noGoods)] }
    guard let terms else { return [.backorder(name, .notAccepted)] }
    if let most = terms.maxUnits, most <= work.inbound.waiting(of: channel) {
      return [.backorder(name, .maxUnits(most))]
    }
    if policy.regions.areNamed, let overall, overall.waitingAboveLimit(channel) ?? -1 >= 0 {
      return overall.mostWaiting(channel).map { [.backorder(name, .maxUnits($0))] } ?? []
    }
    // A cap counts what waits too, and is told of already.
    guard exposure.grants[channel].capLeft != 0, overall?.rest(channel) ?? 1 > 0 else { return [] }
    var obstacles: [Obstacle] = []
    for supply in work.inbound.supplies {
      guard let goods = supply.line, goods.open > 0 else { continue }
      let obstacle = Obstacle.backorder(name, self.obstacle(line, goods, supply, terms, work))
      if !obstacles.contains(obstacle) { obstacles.append(obstacle) }
    }
    return obstacles
  }

  private func obstacle(
    _ line: OpenLine, _ goods: InboundLine, _ supply: InboundBook.Supply, _ terms: BackorderPolicy, _ work: ItemWork
  ) -> BackorderObstacle {
    let hour = Instant(hour: now.hour)
    let named = BackorderObstacle.Goods(goods)
    guard let supplier = supply.supplier else { return .nothingCounts(named, rules: []) }
    guard let first = supply.parts.first else {
      let expected = supplier.expected(goods, now: hour)
      if expected.isEmpty, let limit = supplier.pastDueAfter, hour > goods.originalETA + limit {
        return .pastDue(named, limit)
      }
      // Else it goes to those who hold what is not there, and to safety stock.
      let counted = expected.reduce(0) { $0 + fallbacks.counted($1.units, from: goods.supplier) }
      return counted > 0 ? .taken(named) : .nothingCounts(named, rules: fallbacks.rules(of: .supplier(goods.supplier)))
    }
    guard terms.accepts(supplier) else {
      guard supplier.confidence < terms.minimumConfidence else { return .untrusted(goods.supplier) }
      return .doubted(goods.supplier, supplier.confidence, minimum: terms.minimumConfidence)
    }
    if let horizon = terms.horizon, first.at > hour + horizon { return .late(named, horizon) }
    let channel = policy.channels.firstIndex(of: line.channel)
    let promising = channel.map { work.item.rules.channels[$0].promising } ?? PromisePolicy()
    guard arrival(first.at, from: goods.node, of: line.order, promising) != nil else {
      return .unreachable(named, goods.node)
    }
    return .taken(named)
  }
}
