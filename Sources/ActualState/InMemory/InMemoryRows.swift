public import Operations

// Items and stock.
extension InMemoryStore {
  public func item(_ sku: SKU) throws -> ItemRow? { state.shelves[sku]?.item }

  public func put(_ item: ItemRow) throws {
    try check(item.brokenPromise)
    for region in item.pools.keys { name(region) }
    editShelf(of: item.sku) { shelf in
      let pools = shelf.item?.pools ?? [:]
      shelf.item = item
      shelf.item?.pools.merge(pools) { new, _ in new }
    }
    mark(item.sku, isDirty: item.isDirty)
  }

  private func mark(_ sku: SKU, isDirty: Bool) {
    guard isDirty != state.dirty.contains(sku) else { return }
    if isDirty {
      change({ $0.dirty.insert(sku) }, back: { $0.dirty.remove(sku) })
    } else {
      change({ $0.dirty.remove(sku) }, back: { $0.dirty.insert(sku) })
    }
  }

  public func clearDirtyMarks(of skus: [SKU]?) throws {
    for sku in skus ?? Array(state.dirty) where state.dirty.contains(sku) {
      editShelf(of: sku) { $0.item?.isDirty = false }
      mark(sku, isDirty: false)
    }
  }

  public func isActive(_ node: NodeID) throws -> Bool { state.nodes[node] ?? false }
  public func setActive(_ node: NodeID, _ isActive: Bool) throws { write(\.nodes, node, isActive) }

  public func heardAt(_ node: NodeID) throws -> Instant? { state.heardAt[node] }

  public func setHeard(_ node: NodeID, at time: Instant) throws {
    name(node)
    write(\.heardAt, node, time)
  }

  public func fallback(of target: FallbackTarget) throws -> FallbackState? { state.fallbacks[target] }

  public func setFallback(of target: FallbackTarget, _ new: FallbackState?) throws { write(\.fallbacks, target, new) }

  public func position(_ sku: SKU, _ node: NodeID) throws -> PositionRow? { state.shelves[sku]?.positions[node] }

  public func put(_ position: PositionRow) throws {
    try check(position.brokenPromise)
    name(position.node)
    editShelf(of: position.sku) { $0.positions[position.node] = position }
  }

  public func append(_ entry: LedgerEntry) throws {
    try check(entry.brokenPromise)
    let key = Name(entry.idempotencyKey)
    try check(state.postedKeys.contains(key) ? "a ledger entry is posted twice" : nil)
    name(entry.node)
    let place = Pair(entry.sku, entry.node)
    change(
      {
        $0.postedKeys.insert(key)
        $0.entries[place, default: []].append($0.ledger.count)
        $0.ledger.append(entry)
      },
      back: {
        $0.postedKeys.remove(key)
        $0.entries[place]?.removeLast()
        $0.ledger.removeLast()
      })
  }

  public func netMoves(_ sku: SKU, _ node: NodeID, after time: Instant) throws -> Quantity {
    (state.entries[Pair(sku, node)] ?? []).reduce(0) { sum, index in
      let entry = state.ledger[index]
      return entry.cause != .count && entry.time > time ? sum + entry.sellableChange : sum
    }
  }

  public func grant(_ sku: SKU, _ channel: ChannelID, _ region: RegionID) throws -> GrantRow? {
    state.shelves[sku]?.grants[SellerKey(channel, region)]
  }

  public func put(_ grant: GrantRow) throws {
    try check(grant.brokenPromise)
    name(grant.channel)
    name(grant.region)
    editShelf(of: grant.sku) { $0.grants[SellerKey(grant.channel, grant.region)] = grant }
  }

  public func listing(_ sku: SKU, _ key: ListingKey) throws -> ListingState? { state.shelves[sku]?.listings[key] }

  public func put(_ listing: ListingState, of sku: SKU) throws {
    name(listing.key.channel)
    editShelf(of: sku) { $0.listings[listing.key] = listing }
  }

  public func forgetUsage(before hour: Int32) throws {
    for (sku, shelf) in state.shelves where shelf.usage.keys.contains(where: { $0.second < hour }) {
      editShelf(of: sku) { shelf in shelf.usage = shelf.usage.filter { $0.key.second >= hour } }
    }
  }

  public func forgetSales(before day: Int32) throws {
    for (sku, shelf) in state.shelves where shelf.sales.keys.contains(where: { $0.second < day }) {
      editShelf(of: sku) { shelf in shelf.sales = shelf.sales.filter { $0.key.second >= day } }
    }
  }

  public func addUsage(
    _ sku: SKU, _ channel: ChannelID, _ region: RegionID, hour: Int32, _ change: UsageChange
  ) throws {
    let key = UsageKey(SellerKey(channel, region), hour)
    var usage = state.shelves[sku]?.usage[key] ?? UsageChange()
    usage.claimed += change.claimed
    usage.protected += change.protected
    usage.protectedShipped += change.protectedShipped
    usage.sold += change.sold
    try check(usage.brokenPromise)
    name(channel)
    name(region)
    editShelf(of: sku) { $0.usage[key] = usage }
  }

  public func addSales(_ sku: SKU, to destination: String, day: Int32, _ units: Quantity) throws {
    let key = SalesKey(Identifier(destination), day)
    let sum = (state.shelves[sku]?.sales[key] ?? 0) + units
    try check(sum < 0 ? "less than nothing was sold to a destination on a day" : nil)
    state.destinations.insert(key.first)
    editShelf(of: sku) { $0.sales[key] = sum }
  }

  public func open(_ case: Case, of sku: SKU, at time: Instant) throws {
    editShelf(of: sku) { shelf in
      let openedAt = shelf.cases[`case`.key]?.openedAt ?? time
      shelf.cases[`case`.key] = OpenCase(value: `case`, openedAt: openedAt)
    }
  }

  public func close(_ case: Case, of sku: SKU) throws {
    guard state.shelves[sku]?.cases[`case`.key] != nil else { return }
    editShelf(of: sku) { $0.cases[`case`.key] = nil }
  }
}

// What buyers are asked to do, and what that rests on.
extension InMemoryStore {
  public func put(_ stockout: Stockout, of sku: SKU) throws {
    try check(stockout.until ?? stockout.from >= stockout.from ? nil : "a stockout ends before it starts")
    editShelf(of: sku) { $0.stockouts[StockoutKey(stockout.region, stockout.from)] = stockout }
  }

  public func removeStockouts(of sku: SKU, endedBefore hour: Int32) throws {
    let old = (state.shelves[sku]?.stockouts ?? [:]).values.filter { $0.until.map { $0 < hour } ?? false }
    guard !old.isEmpty else { return }
    editShelf(of: sku) { shelf in for one in old { shelf.stockouts[StockoutKey(one.region, one.from)] = nil } }
  }

  public func put(_ proposal: PurchaseProposal, of sku: SKU, at time: Instant) throws {
    try check(proposal.quantity > 0 ? nil : "a proposal asks for nothing")
    let key = ProposalKey(Name(proposal.kind.rawValue), proposal.region)
    editShelf(of: sku) { $0.proposals[key] = ProposalRow(value: proposal, proposedAt: time) }
  }

  public func remove(_ kind: PurchaseProposal.Kind, for region: RegionID, of sku: SKU) throws {
    let key = ProposalKey(Name(kind.rawValue), region)
    guard state.shelves[sku]?.proposals[key] != nil else { return }
    editShelf(of: sku) { $0.proposals[key] = nil }
  }
}
