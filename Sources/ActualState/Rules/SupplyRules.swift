import Operations

extension Store {
  /// A supplier's confirmation, or a newer one: quantities and dates are replaced, what was received stays, and so does
  /// the first promised date.
  func confirm(_ lines: [PurchaseOrderLineRow], _ event: Event) throws -> (EventState, arrived: String?) {
    if let unknown = try unknownItem(among: lines.map(\.sku)) { return (.waiting(for: "sku:\(unknown)"), nil) }
    for line in lines {
      guard let known = try purchaseOrderLine(line.purchaseOrder, line.line), known.sku != line.sku else { continue }
      return (.refused("line '\(line.line)' of '\(line.purchaseOrder)' is already for '\(known.sku)'"), nil)
    }
    for var line in lines {
      guard var item = try item(line.sku) else { continue }
      if let known = try purchaseOrderLine(line.purchaseOrder, line.line) {
        line.received = known.received
        line.originalETA = known.originalETA
        line.shipNotices = known.shipNotices
      }
      try put(line)
      try compare(excess: line.excess, line.name, of: line.sku, at: event.time)
      try touch(&item)
      try recordDelivery(line, orderedAt: event.time)
    }
    return (.applied, lines.first.map { "purchase_order:\($0.purchaseOrder)" })
  }

  /// Single quantities and dates of a purchase order that are new.
  func change(_ order: PurchaseOrderID, _ lines: [Fact.LineChange], at time: Instant) throws -> EventState {
    try edit(order, lines.map { ($0.line, $0) }, at: time) { line, change in
      line.ordered = change.ordered ?? line.ordered
      line.eta = change.eta ?? line.eta
    }
  }

  /// Units that we no longer want: they are not counted against the supplier.
  func cancel(_ order: PurchaseOrderID, _ lines: [Fact.LineUnits]?, at time: Instant) throws -> EventState {
    let all = try lines ?? purchaseOrderLines(of: order).map { Fact.LineUnits(line: $0.line, units: nil) }
    var beyond: [(line: PurchaseOrderLineRow, detail: String)] = []
    let state = try edit(order, all.map { ($0.line, $0) }, at: time) { line, one in
      let units = min(one.units ?? line.open, line.open)
      if let wanted = one.units, wanted > units {
        beyond.append((line, "\(wanted) to cancel, but only \(units) can be"))
      }
      line.cancelled += units
    }
    for (line, detail) in beyond { try report(excess: detail, line.name, of: line.sku, at: time) }
    return state
  }

  /// A part of a purchase order that is on its way; the same notice again replaces what it said before.
  func announce(
    _ order: PurchaseOrderID, _ id: String, _ lines: [Fact.NoticedLine], at time: Instant
  ) throws -> EventState {
    try edit(order, lines.map { ($0.line, $0) }, at: time) { line, noticed in
      if let index = line.shipNotices.firstIndex(where: { $0.id.isBytewiseEqual(to: id) }) {
        line.shipNotices[index].quantity = noticed.units
        line.shipNotices[index].eta = noticed.eta
      } else {
        line.shipNotices.append(ShipNotice(id: id, quantity: noticed.units, eta: noticed.eta))
      }
    }
  }

  private func edit<Change>(
    _ order: PurchaseOrderID, _ changes: [(line: String, Change)], at time: Instant,
    _ edit: (inout PurchaseOrderLineRow, Change) -> Void
  ) throws -> EventState {
    guard try hasPurchaseOrder(order) else { return .waiting(for: "purchase_order:\(order)") }
    for (line, _) in changes where try purchaseOrderLine(order, line) == nil {
      return .refused("the purchase order '\(order)' has no line '\(line)'")
    }
    for (name, change) in changes {
      guard var line = try purchaseOrderLine(order, name), var item = try item(line.sku) else { continue }
      edit(&line, change)
      try put(line)
      try compare(excess: line.excess, line.name, of: line.sku, at: time)
      try touch(&item)
      try recordDelivery(line)
    }
    return .applied
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
      line.countAgainstNotices(units)
      try put(line)
      try compare(excess: line.excess, line.name, of: line.sku, at: event.time)
      let entry = LedgerEntry(
        idempotencyKey: "receipt/\(index)/\(event.key)", cause: .receipt, sku: line.sku, node: line.node,
        from: .supplier,
        to: .sellable, quantity: units, time: event.time)
      try post(entry, of: &item)
      try touch(&item)
      try remember(Receipts(hour: event.time.hour, node: line.node, units: units), of: line.sku)
      try recordDelivery(line, receipt: Delivery.Receipt(at: event.time, units: units))
    }
    return .applied
  }
}

extension Store {
  /// Remembers what came in for as long as it may count, whatever the order in which it is heard of.
  private func remember(_ receipts: Receipts, of sku: SKU) throws {
    let last = max(receipts.hour, try lastReceipt(of: sku) ?? receipts.hour)
    let oldest = last - Receipts.rememberedHours
    if receipts.hour >= oldest { try add(receipts, of: sku) }
    try removeReceipts(of: sku, before: oldest)
  }
}

extension PurchaseOrderLineRow {
  /// Goods that arrive are taken to be those announced first.
  fileprivate mutating func countAgainstNotices(_ units: Quantity) {
    var rest = units
    for index in shipNotices.indices.sorted(by: { (shipNotices[$0].eta, $0) < (shipNotices[$1].eta, $1) }) {
      let arrived = min(rest, shipNotices[index].open)
      shipNotices[index].received += arrived
      rest -= arrived
    }
  }
}
