import Operations

// An item where regions are named: each of its cells as an item of its own, and what it has only once after all of them.
extension ItemPlanner {
  /// A cell under way, with what belongs to it alone.
  struct CellInPlanning {
    var work: ItemWork
    var actions: [Action]
    var use: ContiguousArray<ChannelUse>
    var freed: [FreedClaim]
    var exposure = Exposure()
  }

  mutating func plan(_ cells: Range<Int>, of item: Int, into actions: inout [Action]) {
    let sku = whole.items.sku[item]
    let everywhere = rules(of: sku, partOfTraits[Int(whole.items.traits[item])])
    if planQuiet(cells, of: item, everywhere, into: &actions) { return }
    overall = OverallCaps(everywhere.rules, everywhere.capHours, cells)
    var opened: [CellInPlanning] = []
    for cell in cells {
      var own: [Action] = []
      overall?.gather(cell, frame.snapshot, frame.policyChannel)
      gatherWaiting(cell)
      let work = open(itemInPlanning(cell, sku), into: &own)
      overall?.offer(work.stock.net, in: cell)
      opened.append(CellInPlanning(work: work, actions: own, use: use, freed: freed))
    }
    allocate(&opened)
    let (start, firstShortfall) = (actions.count, findings.shortfalls.count)
    var cases: [Case] = []
    var canSell = false
    var late: [Shortfall] = []
    var planned: [PlannedCell] = []
    for index in opened.indices {
      let (first, shortfallsBefore) = (actions.count, findings.shortfalls.count)
      actions += opened[index].actions
      var own: [Action] = []
      var found: [Shortfall] = []
      change(&opened[index]) { found = $0.conclude(&$1, into: &own) }
      late += found
      actions += own
      cases += opened[index].work.cases
      canSell = canSell || self.canSell
      if policy.replenishment.nameRegions {
        let cell = opened[index]
        planned.append(
          PlannedCell(
            index: cell.work.item.index, region: cell.work.item.region, canSell: self.canSell,
            late: findings.shortfalls[shortfallsBefore...] + found, freed: cell.freed))
      }
      if index == opened.count - 1 {
        noteOverallUnmet(everywhere, into: &cases)
        freed = opened.flatMap(\.freed) + leaving(item)
        finish(item, sku, cases, canSell: canSell, late, planned, since: firstShortfall, from: start, into: &actions)
      }
      freed = opened[index].freed
      let cell = opened[index].work.item
      collectUnrouted(cell.index, cell.safety, cell.rules, from: first, actions)
    }
    overall = nil
    region = .everywhere
  }

  /// What moves into another region and off its node.
  func leaving(_ item: Int) -> [FreedClaim] {
    (cells?.moves[item] ?? []).compactMap { move in
      guard move.node == nil, let node = move.wasNode.flatMap({ snapshot.nodes.firstIndex(of: $0) }),
        let claim = whole.claims[Int32(item)]?.first(where: { $0.id == move.claim })
      else { return nil }
      return FreedClaim(claim: claim, units: move.quantity, node: node)
    }
  }

  private mutating func gatherWaiting(_ cell: Int) {
    for claim in snapshot.claims[Int32(cell)] ?? [] where claim.pool.isInbound {
      guard let channel = policy.channels.firstIndex(of: claim.channel) else { continue }
      overall?.gatherWaiting(claim.quantity, channel)
    }
  }

  /// Does something with one cell, and keeps what it leaves.
  mutating func change(_ cell: inout CellInPlanning, _ body: (inout Self, inout ItemWork) -> Void) {
    (use, freed, exposure, region) = (cell.use, cell.freed, cell.exposure, cell.work.item.region)
    body(&self, &cell.work)
    (cell.use, cell.exposure) = (use, exposure)
    overall?.offer(cell.work.stock.net, in: cell.work.item.index)
  }

  /// What holds for a cell.
  mutating func itemInPlanning(_ cell: Int, _ sku: SKU) -> ItemInPlanning {
    guard let cells else { return itemInPlanning(cell) }
    let place = Int(cells.place[cell])
    var item = rules(of: sku, frame.partsOfRegion[place][Int(snapshot.items.traits[cell])])
    item.index = cell
    item.region = cells.names[place]
    item.isLead = cells.lead[cell] == cell
    guard !cells.isNamed[place] else { return item }
    item.isNamed = false
    item.rules = closedRules
    item.capHours = policy.channels.map { _ in .max }
    return item
  }

  /// What an item is called in a case about one of its cells.
  func name(_ item: ItemInPlanning) -> String {
    if !item.region.isEverywhere { return "\(item.sku) in \(item.region)" }
    return item.isNamed ? item.sku.rawValue : "\(item.sku) in no region"
  }

  /// Closes what stands in a region that is not named. Where others are, the rows of none keep what caps over all of them
  /// leave.
  func compareClosedGrants(_ item: Int, _ sku: SKU, into actions: inout [Action]) {
    var kept = Set<Int>()
    for row in snapshot.grants.rows(of: item) {
      guard let channel = policyChannel[Int(snapshot.grants.channel[row])], region.isEverywhere, let overall else {
        compareClosed(row, sku, into: &actions)
        continue
      }
      kept.insert(channel)
      let grant = Grant(protected: 0, capLeft: overall.left(channel), mayUseShared: false)
      let was = snapshot.grants.grant[row]
      if grant != was { actions.append(.setGrant(sku, policy.channels[channel], grant, was: was)) }
      if let was = snapshot.grants.published[row], was != 0 {
        actions.append(.publish(sku, policy.channels[channel], 0, was: was))
      }
    }
    guard region.isEverywhere, let overall else { return }
    for channel in policy.channels.indices where !kept.contains(channel) {
      guard let left = overall.left(channel) else { continue }
      let grant = Grant(protected: 0, capLeft: left, mayUseShared: false)
      actions.append(.setGrant(sku, policy.channels[channel], grant, was: nil))
    }
  }
}
