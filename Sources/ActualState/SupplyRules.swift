import Operations

extension Store {
  /// A supplier's confirmation, or a newer one: quantities and dates are replaced, what was received stays, and so does
  /// the first promised date.
  func confirm(_ lines: [PurchaseOrderLineRow]) throws -> (EventState, arrived: String?) {
    if let unknown = try unknownItem(among: lines.map(\.sku)) { return (.waiting(for: "sku:\(unknown)"), nil) }
    for line in lines {
      guard let known = try purchaseOrderLine(line.purchaseOrder, line.line), known.sku != line.sku else { continue }
      return (.refused("line '\(line.line)' of '\(line.purchaseOrder)' is about '\(known.sku)' already"), nil)
    }
    for var line in lines {
      guard var item = try item(line.sku) else { continue }
      if let known = try purchaseOrderLine(line.purchaseOrder, line.line) {
        line.received = known.received
        line.originalETA = known.originalETA
      }
      try put(line)
      try touch(&item)
    }
    return (.applied, lines.first.map { "purchase_order:\($0.purchaseOrder)" })
  }

  /// Goods that arrived: they are on hand at once.
  func receive(_ order: PurchaseOrderID, _ lines: [Fact.LineUnits], _ event: Event) throws -> EventState {
    guard try hasPurchaseOrder(order) else { return .waiting(for: "purchase_order:\(order)") }
    for one in lines where try purchaseOrderLine(order, one.line) == nil {
      return .refused("the purchase order '\(order)' has no line '\(one.line)'")
    }
    for (index, one) in lines.enumerated() {
      guard var line = try purchaseOrderLine(order, one.line), var item = try item(line.sku), let units = one.units
      else { continue }
      line.received += units
      try put(line)
      let entry = LedgerEntry(
        idempotencyKey: "receipt/\(index)/\(event.key)", cause: .receipt, sku: line.sku, node: line.node,
        from: .supplier,
        to: .sellable, quantity: units, time: event.time)
      try post(entry, of: &item)
      try touch(&item)
    }
    return .applied
  }
}
