import Operations

extension ItemPlanner {
  /// The purchase-order line to hurry when customers wait longer than they were told, or than their ship date allows;
  /// who was told nothing waits already.
  ///
  /// It is the next line that comes too late for the first of them, or one that should have come; a line that comes in
  /// time but is not trusted to is not hurried by hurrying.
  func expedite(_ item: Int, _ shortfalls: ArraySlice<Shortfall>) -> PurchaseProposal? {
    let lines = snapshot.openLines[Int32(item)] ?? []
    let hour = Instant(hour: now.hour)
    var units: Quantity = 0
    var neededBy: Instant?
    for shortfall in shortfalls {
      let line = lines.first { $0.order == shortfall.order && $0.line.isBytewiseEqual(to: shortfall.line) }
      let told = line?.promisedAt ?? line?.shipOn
      if let told, let expected = shortfall.expectedAt, Instant(hour: expected.hour) <= told { continue }
      let needed = told ?? hour
      units += shortfall.units
      neededBy = min(neededBy ?? needed, needed)
    }
    guard let neededBy else { return nil }
    let late = (snapshot.inbound[Int32(item)] ?? []).filter { $0.eta > neededBy || $0.eta <= hour }
    guard
      let line = late.min(by: { ($0.eta, $0.purchaseOrder, $0.line) < ($1.eta, $1.purchaseOrder, $1.line) })
    else { return nil }
    return PurchaseProposal(
      .expedite, supplier: line.supplier, node: line.node, quantity: min(units, line.open),
      line: .init(line.purchaseOrder, line.line),
      reason: [
        "missing": .integer(units), "needed_by": .string(neededBy.description), "eta": .string(line.eta.description),
        "open": .integer(line.open),
      ])
  }
}
