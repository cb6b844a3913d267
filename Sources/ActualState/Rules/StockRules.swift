import Operations

extension Store {
  /// A count sets the level as of its time; later moves are added to it. Counts are always accepted, and one that is
  /// older than the last is kept and changes nothing, so that the order of arrival does not matter.
  func count(_ sku: SKU, _ node: NodeID, onHand: Quantity, asOf: Instant, _ event: Event) throws -> EventState {
    guard var item = try item(sku) else { return .waiting(for: "sku:\(sku)") }
    var position = try position(sku, node) ?? PositionRow(sku: sku, node: node)
    if let last = position.countedAt, (asOf, event.key) <= (last, position.countKey) { return .applied }
    position.countedAt = asOf
    position.countKey = event.key
    let level = onHand + (try netMoves(sku, node, after: asOf))
    try bring(&position, to: level, of: &item, key: "count/\(event.key)", time: asOf)
    try touch(&item)
    return .applied
  }

  func adjust(_ sku: SKU, _ node: NodeID, by delta: Quantity, _ event: Event) throws -> EventState {
    guard var item = try item(sku) else { return .waiting(for: "sku:\(sku)") }
    if delta != 0 {
      let entry = LedgerEntry(
        idempotencyKey: "adjustment/\(event.key)", cause: .adjustment, sku: sku, node: node,
        from: delta > 0 ? .adjustment : .sellable, to: delta > 0 ? .sellable : .adjustment, quantity: abs(delta),
        time: event.time)
      try post(entry, of: &item)
    }
    // Nothing is word of the node too, which may be the first.
    try touch(&item)
    return .applied
  }

  /// Posts a move. One that happened before the last count is in that count already: it is posted all the same, and
  /// taken back by a second entry, so that the ledger tells both.
  func post(_ entry: LedgerEntry, of item: inout ItemRow) throws {
    var position = try position(entry.sku, entry.node) ?? PositionRow(sku: entry.sku, node: entry.node)
    let before = position.sellable
    let isCounted = position.countedAt.map { entry.time <= $0 } ?? false
    try append(entry, to: &position, of: &item, isCounted: isCounted)
    if isCounted {
      try bring(
        &position, to: before, of: &item, key: "counted/\(entry.idempotencyKey)", time: entry.time, isCounted: true)
    }
  }

  /// Brings a position to a level by an entry of cause `count`.
  private func bring(
    _ position: inout PositionRow, to level: Quantity, of item: inout ItemRow, key: String, time: Instant,
    isCounted: Bool = false
  ) throws {
    let difference = level - position.sellable
    guard difference != 0 else { return try put(position) }
    let entry = LedgerEntry(
      idempotencyKey: key, cause: .count, sku: position.sku, node: position.node,
      from: difference > 0 ? .adjustment : .sellable, to: difference > 0 ? .sellable : .adjustment,
      quantity: abs(difference), time: time)
    try append(entry, to: &position, of: &item, isCounted: isCounted)
  }

  /// Appends an entry and keeps the projection, the checkpoint and the shared pool in step.
  ///
  /// Stock that goes away is taken from the shared pool at once, so that nothing is sold from it before the next plan.
  /// Stock that comes in is left for the plan to hand out.
  /// - Parameter isCounted: whether the entry is one of two that take each other back, so that no stock goes away.
  private func append(
    _ entry: LedgerEntry, to position: inout PositionRow, of item: inout ItemRow, isCounted: Bool
  ) throws {
    let isActive = try isActive(entry.node)
    let before = position.promisable(isActive: isActive)
    try append(entry)
    try set(.ledger, try checkpoint().appending(entry).json.canonical)
    position.sellable += entry.sellableChange
    position.onHand += entry.sellableChange
    try put(position)
    guard !isCounted, entry.cause != .shipment else { return }
    item[try regionMap().region(of: position.node)].shared += min(0, position.promisable(isActive: isActive) - before)
  }

  /// What a position can promise now.
  func available(_ sku: SKU, _ node: NodeID) throws -> Quantity {
    try position(sku, node)?.promisable(isActive: isActive(node)) ?? 0
  }
}
