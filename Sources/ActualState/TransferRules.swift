import Operations

// Goods between two nodes. In between they are in the bucket `in_transit`, which is one for the whole company: an entry
// at the node that they leave puts them in, an entry at the node where they arrive takes them out.
extension Store {
  func dispatch(_ transfer: TransferID, _ lines: [TransferLineRow], _ event: Event) throws -> EventState {
    if try hasTransfer(transfer) { return .refused("the transfer '\(transfer)' is dispatched already") }
    if let unknown = try unknownItem(among: lines.map(\.sku)) { return .waiting(for: "sku:\(unknown)") }
    for (index, line) in lines.enumerated() {
      guard var item = try item(line.sku) else { continue }
      try put(line)
      let entry = LedgerEntry(
        idempotencyKey: "dispatch/\(index)/\(event.key)", cause: .transfer, sku: line.sku, node: line.from,
        from: .sellable, to: .inTransit, quantity: line.dispatched, time: event.time)
      try post(entry, of: &item)
      try touch(&item)
    }
    return .applied
  }

  /// What arrives is a fact, also where it is more than was sent.
  func receive(_ transfer: TransferID, _ lines: [Fact.LineUnits], _ event: Event) throws -> EventState {
    guard try hasTransfer(transfer) else { return .waiting(for: "transfer:\(transfer)") }
    for one in lines where try transferLine(transfer, one.line) == nil {
      return .refused("the transfer '\(transfer)' has no line '\(one.line)'")
    }
    for (index, one) in lines.enumerated() {
      guard var line = try transferLine(transfer, one.line), var item = try item(line.sku), let units = one.units
      else { continue }
      line.received += units
      try put(line)
      let entry = LedgerEntry(
        idempotencyKey: "arrival/\(index)/\(event.key)", cause: .transfer, sku: line.sku, node: line.to,
        from: .inTransit, to: .sellable, quantity: units, time: event.time)
      try post(entry, of: &item)
      try touch(&item)
    }
    return .applied
  }
}
