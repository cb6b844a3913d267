import Operations

// Orders that are covered and that no node can send.
extension OrderRouter {
  /// Opens, rewords and closes their cases. A case stands with the item of the order's first line that waits; an order
  /// that the snapshot holds only in part keeps the case that it has.
  func addCases(_ added: inout [Int: [Action]]) {
    var wanted: [OrderID: (item: Int, what: Case)] = [:]
    // Made only where an order waits.
    var shelves: Shelves?
    for order in orders where order.isDue {
      guard let line = order.lines.first(where: { $0.rest > 0 }) else { continue }
      let known = shelves ?? Shelves(self)
      shelves = known
      let words = Self.words(obstacles(of: order, known))
      wanted[order.id] = (
        caseItem(line.item),
        Case(.unroutable, subject: order.id.rawValue, detail: "\(order.rest) units: \(words)")
      )
    }
    let open = snapshot.cases.flatMap { item, cases in
      cases.filter { $0.kind == .unroutable }.map { (item: Int(item), what: $0) }
    }.sorted { ($0.item, OrderID($0.what.subject)) < ($1.item, OrderID($1.what.subject)) }
    for (item, what) in open {
      let order = OrderID(what.subject)
      if let other = wanted[order], other.item == item {
        if other.what == what { wanted[order] = nil }
      } else if isKnown(order) {
        added[item, default: []].append(.closeCase(snapshot.items.sku[item], what))
      } else {
        wanted[order] = nil
      }
    }
    for (_, one) in wanted.sorted(by: { $0.key < $1.key }) {
      added[one.item, default: []].append(.openCase(snapshot.items.sku[one.item], one.what))
    }
  }

  private static func words(_ obstacles: [RoutingObstacle]) -> String {
    obstacles.prefix(6).map(\.words).joined(separator: "; ")
      + (obstacles.count > 6 ? " and \(obstacles.count - 6) more" : "")
  }

  /// Whether the snapshot tells all that counts for an order.
  private func isKnown(_ id: OrderID) -> Bool {
    guard let facts = snapshot.orders[id] else { return true }
    return places[id].map { orders[$0].isComplete } ?? (seen[id] == facts.claimed)
  }
}
