import Operations

// Most items of a company: nobody waits for them or holds any of them, and nothing is wrong.
extension ItemPlanner {
  /// Plans an item that nobody asks anything of: what it has, what that grants and what is told.
  ///
  /// The stages are those of any item, without those that have nothing to do where no order has a line or a claim; a full plan
  /// spends most of its time there.
  /// - Returns: false where something is wrong with the item, so that it has to be planned as any other.
  mutating func planQuiet(_ item: ItemInPlanning, into actions: inout [Action]) -> Bool {
    let (start, firstShortfall) = (actions.count, shortfalls.count)
    freed.removeAll(keepingCapacity: true)
    var cases: [Case] = []
    let stock = positions(item.index, item.sku, item.safety, &cases, into: &actions)
    guard !stock.isFrozen, stock.debt == 0, !stock.isCut else {
      actions.removeSubrange(start...)
      return false
    }
    gatherUse(item.index, item.rules, item.capHours)
    grant(item.rules, stock)
    exposure.publish(policy: item.rules, use: use, buffers: &buffers, limits: overall)
    warn(item.sku)
    compareGrants(item, into: &actions)
    if !snapshot.listings.isEmpty { compareListings(item, &cases, into: &actions) }
    if isReplenishing || !cases.isEmpty {
      finish(
        item.index, item.sku, cases, canSell: isReplenishing && canSell, [], since: firstShortfall, from: start,
        into: &actions)
    }
    collectUnrouted(item.index, item.safety, item.rules, from: start, actions)
    return true
  }
}
