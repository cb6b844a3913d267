public import Operations

// Items and stock.
extension InMemoryStore {
  public func item(_ sku: SKU) throws -> ItemRow? { state.shelves[sku]?.item }

  public func put(_ item: ItemRow) throws {
    try check(item.brokenPromise)
    editShelf(of: item.sku) { $0.item = item }
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

  public func grant(_ sku: SKU, _ channel: ChannelID) throws -> GrantRow? { state.shelves[sku]?.grants[channel] }

  public func put(_ grant: GrantRow) throws {
    try check(grant.brokenPromise)
    name(grant.channel)
    editShelf(of: grant.sku) { $0.grants[grant.channel] = grant }
  }

  public func addUsage(_ sku: SKU, _ channel: ChannelID, hour: Int32, _ change: UsageChange) throws {
    var usage = state.shelves[sku]?.usage[UsageKey(channel, hour)] ?? UsageChange()
    usage.claimed += change.claimed
    usage.protected += change.protected
    usage.protectedShipped += change.protectedShipped
    try check(usage.brokenPromise)
    name(channel)
    editShelf(of: sku) { $0.usage[UsageKey(channel, hour)] = usage }
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

// Orders, claims and inbound.
extension InMemoryStore {
  public func order(_ id: OrderID) throws -> OrderRow? { state.orders[id] }

  public func insert(_ order: OrderRow) throws {
    try check(state.orders[order.order] == nil ? nil : "an order is inserted twice")
    name(order.channel)
    write(\.orders, order.order, order)
  }

  public func line(_ order: OrderID, _ line: String) throws -> OrderLineRow? { state.lines[order]?[Name(line)] }

  public func lines(of order: OrderID) throws -> [OrderLineRow] {
    (state.lines[order] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  public func put(_ line: OrderLineRow) throws {
    try check(line.brokenPromise)
    let key = LineKey(line.order, Name(line.line))
    var lines = state.lines[line.order] ?? [:]
    if let old = lines[key.second], old.open > 0 { editShelf(of: old.sku) { $0.openLines[key] = nil } }
    if line.open > 0 { editShelf(of: line.sku) { $0.openLines[key] = line } }
    lines[key.second] = line
    write(\.lines, line.order, lines)
  }

  public func activeClaims(of order: OrderID, _ line: String) throws -> [ClaimRow] {
    (state.activeClaims[LineKey(order, Name(line))] ?? []).sorted().compactMap { state.claims[$0] }
  }

  public func put(_ claim: ClaimRow) throws {
    try check(claim.brokenPromise)
    var claim = claim
    if claim.id == 0 {
      claim.id = Int64(state.claims.count) + 1
    } else {
      try check(state.claims[claim.id] == nil ? "a claim has a number that was not given" : nil)
    }
    name(claim.channel)
    if let old = state.claims[claim.id] { setActive(old, false) }
    if claim.state == .active { setActive(claim, true) }
    write(\.claims, claim.id, claim)
  }

  private func setActive(_ claim: ClaimRow, _ isActive: Bool) {
    let key = LineKey(claim.order, Name(claim.line))
    var active = state.activeClaims[key] ?? []
    if isActive { active.insert(claim.id) } else { active.remove(claim.id) }
    write(\.activeClaims, key, active.isEmpty ? nil : active)
  }

  public func purchaseOrderLine(_ order: PurchaseOrderID, _ line: String) throws -> PurchaseOrderLineRow? {
    state.purchaseOrders[order]?[Name(line)]
  }

  public func hasPurchaseOrder(_ order: PurchaseOrderID) throws -> Bool { state.purchaseOrders[order] != nil }

  public func put(_ line: PurchaseOrderLineRow) throws {
    try check(line.brokenPromise)
    let key = Pair(line.purchaseOrder, Name(line.line))
    var lines = state.purchaseOrders[line.purchaseOrder] ?? [:]
    name(line.node)
    if let old = lines[key.second] { editShelf(of: old.sku) { $0.inbound[key] = nil } }
    if line.ordered > line.received { editShelf(of: line.sku) { $0.inbound[key] = line } }
    lines[key.second] = line
    write(\.purchaseOrders, line.purchaseOrder, lines)
  }
}
