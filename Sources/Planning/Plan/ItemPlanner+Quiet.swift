import Operations

// Most items of a company: nobody waits for them or holds any of them, and nothing is wrong.
extension ItemPlanner {
  /// Plans an item that nobody asks anything of: what it has, what that grants and what is told.
  ///
  /// The stages are those of any item, without those that have nothing to do where no order has a line or a claim; a full plan
  /// spends most of its time there.
  /// - Returns: false where something is wrong with the item, so that it has to be planned as any other.
  mutating func planQuiet(_ item: ItemInPlanning, into actions: inout [Action]) -> Bool {
    let (start, firstShortfall) = (actions.count, findings.shortfalls.count)
    freed.removeAll(keepingCapacity: true)
    var cases: [Case] = []
    let stock = positions(item.index, item.sku, item.safety, &cases, into: &actions)
    guard !stock.isFrozen, stock.debt == 0, !stock.isCut else {
      actions.removeSubrange(start...)
      return false
    }
    gatherUse(item.index, item.rules, item.capHours)
    grant(item.rules, stock)
    exposure.publish(offered(item.rules), policy: item.rules, use: use, buffers: &buffers)
    noteUnmet(item, stock, into: &cases)
    compareGrants(item, into: &actions)
    if !snapshot.listings.isEmpty { compareListings(item, &cases, into: &actions) }
    cases += overdueTransfers(item.index)
    if isReplenishing || !cases.isEmpty {
      finish(
        item.index, item.sku, cases, canSell: isReplenishing && canSell, [], since: firstShortfall, from: start,
        into: &actions)
    }
    collectUnrouted(item.index, item.safety, item.rules, from: start, actions)
    return true
  }
}

// The same where regions are named.
extension ItemPlanner {
  /// Plans an item of which nobody asks anything in any region: its cells one after another, and what it has only once.
  ///
  /// What the pools of all regions offer together has to be known before anything is told, so they are gone through twice.
  /// - Parameter everywhere: what holds for it over all regions.
  /// - Returns: false where something is wrong with the item, so that it has to be planned as any other.
  mutating func planQuiet(
    _ cells: Range<Int>, of item: Int, _ everywhere: ItemInPlanning, into actions: inout [Action]
  ) -> Bool {
    guard let all = self.cells, all.moves.isEmpty || all.moves[item] == nil,
      !cells.contains(where: { frame.isBusy[$0] })
    else { return false }
    freed.removeAll(keepingCapacity: true)
    var quiet = quietCells
    quietCells = []
    quiet.removeAll(keepingCapacity: true)
    var caps = spareCaps ?? OverallCaps(everywhere.rules, everywhere.capHours, cells)
    spareCaps = nil
    caps.start(everywhere.rules, everywhere.capHours, cells)
    overall = caps
    var isQuiet = true
    for cell in cells {
      let planned = itemInPlanning(cell, everywhere.sku)
      var (cases, settings): ([Case], [Action]) = ([], [])
      let stock = positions(cell, everywhere.sku, planned.safety, &cases, into: &settings)
      isQuiet = !stock.isFrozen && stock.debt == 0 && !stock.isCut
      guard isQuiet else { break }
      overall?.gather(cell, frame.snapshot, frame.policyChannel)
      overall?.offer(stock.net, in: cell)
      quiet.append(planned)
    }
    if isQuiet { plan(quiet, of: item, everywhere, into: &actions) }
    quietCells = quiet
    (spareCaps, overall) = (overall, nil)
    region = .everywhere
    return isQuiet
  }

  private mutating func plan(
    _ quiet: [ItemInPlanning], of item: Int, _ everywhere: ItemInPlanning, into actions: inout [Action]
  ) {
    let (sku, start, firstShortfall) = (everywhere.sku, actions.count, findings.shortfalls.count)
    var cases: [Case] = []
    var planned: [PlannedCell] = []
    var canSell = false
    for index in quiet.indices {
      let (first, cell) = (actions.count, quiet[index])
      region = cell.region
      let stock = positions(cell.index, sku, cell.safety, &cases, into: &actions)
      gatherUse(cell.index, cell.rules, cell.capHours)
      grant(cell.rules, stock)
      exposure.publish(offered(cell.rules), policy: cell.rules, use: use, buffers: &buffers)
      noteUnmet(cell, stock, into: &cases)
      compareGrants(cell, into: &actions)
      if !snapshot.listings.isEmpty { compareListings(cell, &cases, into: &actions) }
      cases += overdueTransfers(cell.index)
      if isReplenishing {
        canSell = canSell || self.canSell
        if policy.replenishment.nameRegions {
          planned.append(
            PlannedCell(index: cell.index, region: cell.region, canSell: self.canSell, late: [], freed: []))
        }
      }
      if index == quiet.count - 1 {
        noteOverallUnmet(everywhere, into: &cases)
        if isReplenishing || !cases.isEmpty {
          finish(
            item, sku, cases, canSell: canSell, [], planned, since: firstShortfall, from: start, into: &actions)
        }
      }
      collectUnrouted(cell.index, cell.safety, cell.rules, from: first, actions)
    }
  }
}
