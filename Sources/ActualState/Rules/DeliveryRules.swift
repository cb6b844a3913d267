import Operations

// What suppliers are judged by.
extension Store {
  /// A delivery that another system remembers; the same reference again replaces what it said before.
  func record(_ row: DeliveryRow) throws -> EventState {
    try replace(row, known: try delivery(row.reference)?.delivery)
    return .applied
  }

  /// Keeps what is known of a purchase-order line as a delivery: what we cancelled was never asked for, and the first
  /// promise stands whatever is said later.
  func recordDelivery(
    _ line: PurchaseOrderLineRow, orderedAt: Instant? = nil, receipt: Delivery.Receipt? = nil
  ) throws {
    // The length of the purchase order's name says where it ends, whatever it looks like.
    let reference = "po:\(line.purchaseOrder.rawValue.utf8.count):\(line.purchaseOrder)/\(line.line)"
    let known = try delivery(reference)?.delivery
    let delivery = Delivery(
      supplier: line.supplier, orderedAt: known?.orderedAt ?? orderedAt, ordered: max(0, line.ordered - line.cancelled),
      promised: line.originalETA, receipts: (known?.receipts ?? []) + (receipt.map { [$0] } ?? []))
    guard delivery != known else { return }
    try replace(DeliveryRow(reference: reference, delivery: delivery), known: known)
  }

  private func replace(_ row: DeliveryRow, known: Delivery?) throws {
    try put(row)
    if let known, known.supplier != row.delivery.supplier { try touchSupplier(known.supplier) }
    try touchSupplier(row.delivery.supplier)
  }

  /// What is newly known of a supplier changes what can be expected of all that it still owes, where the policy learns.
  private func touchSupplier(_ supplier: SupplierID) throws {
    // A plan that is under way has not seen this: it must not clear the mark.
    try set(.version, String(try version() + 1))
    var row = try self.supplier(supplier) ?? SupplierRow(supplier: supplier)
    if !row.isDirty {
      row.isDirty = true
      try put(row)
    }
    guard row.standing != nil else { return }
    for sku in try itemsAwaited(from: supplier) {
      guard var item = try item(sku) else { continue }
      try touch(&item)
    }
  }

  func set(_ standing: SupplierStanding?, of supplier: SupplierID) throws {
    var row = try self.supplier(supplier) ?? SupplierRow(supplier: supplier)
    row.standing = standing
    try put(row)
  }
}
