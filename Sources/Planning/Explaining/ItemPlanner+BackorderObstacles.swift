import Operations

// What stands in the way of goods that are to come.
extension ItemPlanner {
  /// Why a line does not wait for goods that are to come.
  func backorderObstacles(_ line: OpenLine, _ channel: Int, _ work: ItemWork) -> [Obstacle] {
    let name = policy.channels[channel]
    let terms = work.item.rules.channels[channel].backorder
    let key = Int32(work.item.index)
    let isAnyToCome = (snapshot.inbound[key] ?? []).contains { $0.open > 0 } || snapshot.transfers[key] != nil
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
    for (index, supply) in work.inbound.supplies.enumerated() {
      guard let goods = supply.goods, goods.open > 0 else { continue }
      let obstacle = Obstacle.backorder(
        name, self.obstacle(line, goods, supply, terms, work) ?? keepers(goods, index, channel, work))
      if !obstacles.contains(obstacle) { obstacles.append(obstacle) }
    }
    return obstacles
  }

  /// - Returns: nil where it is others that have the goods, or for whom they are kept.
  private func obstacle(
    _ line: OpenLine, _ goods: InboundGoods, _ supply: InboundBook.Supply, _ terms: BackorderPolicy, _ work: ItemWork
  ) -> BackorderObstacle? {
    let hour = Instant(hour: now.hour)
    let named = BackorderObstacle.Goods(goods)
    guard let first = supply.parts.first else { return emptiness(goods, supply, work) }
    if let supplier = goods.supplier {
      guard let word = supply.supplier else { return .nothingCounts(named, rules: []) }
      guard terms.accepts(word) else {
        guard word.confidence < terms.minimumConfidence else { return .untrusted(supplier) }
        return .doubted(supplier, word.confidence, minimum: terms.minimumConfidence)
      }
    } else if !terms.acceptsTransfers {
      return .transfer(named)
    }
    if let horizon = terms.horizon, first.at > hour + horizon { return .late(named, horizon) }
    let channel = policy.channels.firstIndex(of: line.channel)
    let promising = channel.map { work.item.rules.channels[$0].promising } ?? PromisePolicy()
    guard arrival(first.at, from: goods.node, of: line.order, promising) != nil else {
      return .unreachable(named, goods.node)
    }
    return nil
  }

  /// Who has goods that could be waited for.
  private func keepers(_ goods: InboundGoods, _ index: Int, _ channel: Int, _ work: ItemWork) -> BackorderObstacle {
    let named = BackorderObstacle.Goods(goods)
    let (shares, rules) = (work.inbound.shares(index, work.item.rules), work.item.rules.channels)
    if !rules[channel].mayUseShared, shares.free > 0 { return .notKept(named) }
    let others = rules.indices.filter { $0 != channel && shares.kept[$0] > 0 }
    return others.isEmpty ? .taken(named) : .kept(named, for: others.map { policy.channels[$0] })
  }

  /// Why nothing is left of goods, whoever might wait for them.
  private func emptiness(
    _ goods: InboundGoods, _ supply: InboundBook.Supply, _ work: ItemWork
  ) -> BackorderObstacle {
    let named = BackorderObstacle.Goods(goods)
    if let supplier = goods.supplier, policy.suppliers[supplier] == nil { return .unknown(named, isSupplier: true) }
    if policy.nodes[goods.node] == nil { return .unknown(named, isSupplier: false) }
    let limit = goods.supplier == nil ? policy.nodes[goods.node]?.pastDueAfter : supply.supplier?.pastDueAfter
    if let limit, Instant(hour: now.hour) > goods.originalETA + limit { return .pastDue(named, limit) }
    let counted =
      bought(work.item.index).contains { $0.goods == goods && $0.parts.contains { $0.units > 0 } }
      || moving(work.item.index).contains { $0.goods == goods && $0.part != nil }
    // What counts and is not there goes to those who hold what is not there, and to safety stock.
    if counted { return .taken(named) }
    if goods.supplier == nil { return .unreachable(named, goods.node) }
    return .nothingCounts(named, rules: goods.supplier.map { fallbacks.rules(of: .supplier($0)) } ?? [])
  }
}
