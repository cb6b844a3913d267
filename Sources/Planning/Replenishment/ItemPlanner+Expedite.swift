import DesiredState
import Operations

extension ItemPlanner {
  /// The purchase-order line to hurry when customers wait longer than they were told, or than their ship date allows;
  /// who was told nothing waits already.
  ///
  /// What is missing is laid against what was ordered, the most urgent against what comes first. The first line that
  /// comes too late for units laid against it, or should have come, is hurried for these units. How far a supplier is
  /// trusted does not matter: what comes in time but may not come at all is not helped by hurrying.
  func expedite(_ item: Int, _ shortfalls: ArraySlice<Shortfall>) -> PurchaseProposal? {
    let hour = Instant(hour: now.hour)
    let needs = shortfalls.map { (by: $0.neededBy ?? hour, units: $0.units) }
    let supply = (whole.inbound[Int32(item)] ?? []).sorted {
      ($0.eta, $0.purchaseOrder, $0.line) < ($1.eta, $1.purchaseOrder, $1.line)
    }
    var rest = needs.sorted { $0.by < $1.by }[...]
    for line in supply {
      var left = line.open
      var late: (units: Quantity, by: Instant)?
      while left > 0, let need = rest.first {
        let units = min(left, need.units)
        left -= units
        rest[rest.startIndex].units -= units
        if rest[rest.startIndex].units == 0 { rest.removeFirst() }
        if line.eta > need.by || line.eta <= hour { late = ((late?.units ?? 0) + units, late?.by ?? need.by) }
      }
      guard let late else { continue }
      var reason: [String: JSONValue] = [
        "missing": .integer(needs.reduce(0) { $0 + $1.units }), "needed_by": .string(late.by.description),
        "eta": .string(line.eta.description), "open": .integer(line.open),
      ]
      // Buyers are told days by the clocks of the node.
      if let zone = policy.nodes[line.node]?.calendar.zone, zone != .utc {
        reason["needed_on"] = .string(zone.local(at: late.by).date.description)
        reason["eta_on"] = .string(zone.local(at: line.eta).date.description)
      }
      return PurchaseProposal(
        .expedite, supplier: line.supplier, node: line.node, quantity: late.units,
        line: .init(line.purchaseOrder, line.line), reason: .object(reason))
    }
    return nil
  }
}
