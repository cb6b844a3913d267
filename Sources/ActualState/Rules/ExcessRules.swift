import Operations

// Amounts that cannot be. They count as far as they can, or as facts, and somebody hears of them.
extension Store {
  /// Opens a case for what was said too much of.
  func report(excess detail: String, _ subject: String, of sku: SKU, at time: Instant) throws {
    try open(Case(.excess, subject: subject, detail: detail), of: sku, at: time)
  }

  /// Keeps the case of a line in step with its amounts: a newer word may put them right.
  /// - Parameter excess: what is wrong with them; nil for nothing.
  func compare(excess: String?, _ subject: String, of sku: SKU, at time: Instant) throws {
    if let excess { return try report(excess: excess, subject, of: sku, at: time) }
    try close(Case(.excess, subject: subject, detail: ""), of: sku)
  }
}

extension PurchaseOrderLineRow {
  var name: String { "\(purchaseOrder)/\(line)" }

  /// A description of amounts that contradict each other, such as more received than ordered; nil if none do.
  var excess: String? {
    let wanted = "\(ordered) ordered" + (cancelled > 0 ? ", \(cancelled) of them cancelled" : "")
    if received + cancelled > ordered { return "\(received) received of \(wanted)" }
    let announced = shipNotices.reduce(0) { $0 + $1.quantity }
    return announced + cancelled > ordered ? "\(announced) announced of \(wanted)" : nil
  }
}

extension TransferLineRow {
  var name: String { "\(transfer)/\(line)" }

  /// A description of amounts that contradict each other, such as more received than ordered; nil if none do.
  var excess: String? {
    let sent = "\(dispatched) sent" + (cancelled > 0 ? ", \(cancelled) of them cancelled" : "")
    return received + cancelled > dispatched ? "\(received) received of \(sent)" : nil
  }
}
