import Operations

// Goods between two nodes. In between they are in the bucket `in_transit`, which is one for the whole company: an entry
// at the node that they leave puts them in, an entry at the node where they arrive takes them out. What does not arrive
// stays in it until somebody says that it is back or lost: it is never written off in silence.
extension Store {
  func dispatch(_ transfer: TransferID, _ lines: [TransferLineRow], _ event: Event) throws -> EventState {
    if try hasTransfer(transfer) { return .refused("the transfer '\(transfer)' was already dispatched") }
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
      try compare(excess: line.excess, line.name, of: line.sku, at: event.time)
      let entry = LedgerEntry(
        idempotencyKey: "arrival/\(index)/\(event.key)", cause: .transfer, sku: line.sku, node: line.to,
        from: .inTransit, to: .sellable, quantity: units, time: event.time)
      try post(entry, of: &item)
      try touch(&item)
    }
    return .applied
  }

  /// What is still on its way comes at another time.
  func move(_ transfer: TransferID, to eta: Instant) throws -> EventState {
    guard try hasTransfer(transfer) else { return .waiting(for: "transfer:\(transfer)") }
    for var line in try transferLines(of: transfer) where line.open > 0 && line.eta != eta {
      guard var item = try item(line.sku) else { continue }
      line.eta = eta
      try put(line)
      try touch(&item)
    }
    return .applied
  }

  /// What is still on its way comes no more.
  /// - Parameter lines: with the units of each; nil units are all that are open, nil lines are all lines.
  func cancel(
    _ transfer: TransferID, _ goods: Fact.CancelledGoods, _ lines: [Fact.LineUnits]?, _ event: Event
  ) throws -> EventState {
    guard try hasTransfer(transfer) else { return .waiting(for: "transfer:\(transfer)") }
    for one in lines ?? [] where try transferLine(transfer, one.line) == nil {
      return .refused("the transfer '\(transfer)' has no line '\(one.line)'")
    }
    for (index, var line) in try transferLines(of: transfer, lines).enumerated() {
      let wanted = lines?.first { $0.line.isBytewiseEqual(to: line.line) }?.units
      let units = min(wanted ?? line.open, line.open)
      if let wanted, wanted > units {
        try report(
          excess: "\(wanted) to cancel, but only \(units) can be", line.name, of: line.sku, at: event.time)
      }
      guard units > 0, var item = try item(line.sku) else { continue }
      line.cancelled += units
      try put(line)
      let entry = LedgerEntry(
        idempotencyKey: "cancellation/\(index)/\(event.key)", cause: .transfer, sku: line.sku, node: line.from,
        from: .inTransit, to: goods == .returned ? .sellable : .scrap, quantity: units, time: event.time)
      try post(entry, of: &item)
      try touch(&item)
    }
    return .applied
  }

  /// The lines of a transfer that are named; all of them where none is.
  func transferLines(of transfer: TransferID, _ named: [Fact.LineUnits]?) throws -> [TransferLineRow] {
    guard let named else { return try transferLines(of: transfer) }
    return try named.compactMap { try transferLine(transfer, $0.line) }
  }
}
