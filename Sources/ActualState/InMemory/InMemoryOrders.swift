public import Operations

// Orders, claims and inbound.
extension InMemoryStore {
  public func order(_ id: OrderID) throws -> OrderRow? { state.orders[id] }

  public func put(_ order: OrderRow) throws {
    name(order.channel)
    write(\.orders, order.order, order)
  }

  public func terms(of channel: ChannelID) throws -> ChannelTerms? { state.channels[channel] ?? nil }

  public func setTerms(of channel: ChannelID, _ terms: ChannelTerms) throws { write(\.channels, channel, terms) }

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
    name(claim.region)
    if let old = state.claims[claim.id] { setActive(old, false) }
    if claim.state == .active { setActive(claim, true) }
    write(\.claims, claim.id, claim)
  }

  public func activeClaims(expiringBy time: Instant) throws -> [ClaimRow] {
    state.expiring.sorted().compactMap { state.claims[$0] }.filter { $0.expiresAt.map { $0 <= time } ?? false }
  }

  public func claim(_ id: Int64) throws -> ClaimRow? { state.claims[id] }

  private func setActive(_ claim: ClaimRow, _ isActive: Bool) {
    let key = LineKey(claim.order, Name(claim.line))
    var active = state.activeClaims[key] ?? []
    if isActive { active.insert(claim.id) } else { active.remove(claim.id) }
    write(\.activeClaims, key, active.isEmpty ? nil : active)
    if !claim.order.isCart { editShelf(of: claim.sku) { $0.claims[claim.id] = isActive ? claim : nil } }
    guard claim.expiresAt != nil, isActive != state.expiring.contains(claim.id) else { return }
    if isActive {
      change({ $0.expiring.insert(claim.id) }, back: { $0.expiring.remove(claim.id) })
    } else {
      change({ $0.expiring.remove(claim.id) }, back: { $0.expiring.insert(claim.id) })
    }
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
    if line.open > 0 { editShelf(of: line.sku) { $0.inbound[key] = line } }
    lines[key.second] = line
    write(\.purchaseOrders, line.purchaseOrder, lines)
  }
  public func purchaseOrderLines(of order: PurchaseOrderID) throws -> [PurchaseOrderLineRow] {
    (state.purchaseOrders[order] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  public func transferLine(_ transfer: TransferID, _ line: String) throws -> TransferLineRow? {
    state.transfers[transfer]?[Name(line)]
  }

  public func transferLines(of transfer: TransferID) throws -> [TransferLineRow] {
    (state.transfers[transfer] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  public func hasTransfer(_ transfer: TransferID) throws -> Bool { state.transfers[transfer] != nil }

  public func put(_ line: TransferLineRow) throws {
    try check(line.brokenPromise)
    let key = Pair(line.transfer, Name(line.line))
    var lines = state.transfers[line.transfer] ?? [:]
    name(line.from)
    name(line.to)
    if let old = lines[key.second] { editShelf(of: old.sku) { $0.transfers[key] = nil } }
    if line.open > 0 { editShelf(of: line.sku) { $0.transfers[key] = line } }
    lines[key.second] = line
    write(\.transfers, line.transfer, lines)
  }
}
