import Operations

// Orders that are covered and that no node can send.
extension OrderRouter {
  /// Opens, rewords and closes their cases. A case stands with the item of the order's first line that waits; an order
  /// that the snapshot holds only in part keeps the case that it has.
  func addCases(_ added: inout [Int: [Action]]) {
    var wanted: [OrderID: (item: Int, what: Case)] = [:]
    for order in orders where order.isDue {
      guard let line = order.lines.first(where: { $0.rest > 0 }) else { continue }
      wanted[order.id] = (
        caseItem(line.item),
        Case(.unroutable, subject: order.id.rawValue, detail: "\(order.rest) units: \(reason(order))")
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

  /// Whether the snapshot tells all that counts for an order.
  private func isKnown(_ id: OrderID) -> Bool {
    guard let facts = snapshot.orders[id] else { return true }
    return places[id].map { orders[$0].isComplete } ?? (seen[id] == facts.claimed)
  }

  /// Why nothing is sent, as far as the policy and the hour say so. What stock and labour are missing changes with every
  /// other order: `purser why` looks at it when it is asked.
  private func reason(_ order: WaitingOrder) -> String {
    let region = order.facts.region
    let leading = lanes[Identifier(region)] ?? []
    guard !leading.isEmpty else { return "no lane leads to the region '\(region)'" }
    var nodes: [String] = []
    var problems: [String] = []
    for index in leading {
      let lane = policy.network.lanes[index]
      if let problem = problem(index, order) {
        problems.append("\(lane.name) (\(problem))")
      } else if nodes.last != lane.node.rawValue {
        nodes.append(lane.node.rawValue)
      }
    }
    if !nodes.isEmpty, tooLarge.contains(order.id) { return "too many units to weigh what they cost: split the order" }
    guard nodes.isEmpty else { return "waiting for stock or labour at \(Self.list(nodes))" }
    return "no lane to '\(region)' can be used: \(Self.list(problems))"
  }

  private func problem(_ index: Int, _ order: WaitingOrder) -> String? {
    let lane = policy.network.lanes[index]
    guard active.contains(lane.node), let node = policy.nodes[lane.node] else { return "\(lane.node) is closed" }
    switch ways.closures[index] {
    case .status: return "\(lane.carrier) is disrupted"
    case .rule(let rule): return "\(lane.carrier) is disrupted, says '\(rule)'"
    case nil: break
    }
    if !order.profile.uses(lane.service) { return "\(lane.service) is not used" }
    if node.type == .store, !order.profile.usesStores { return "stores are not used" }
    guard let leavesAt = node.leaves(routedAt: order.ready(from: hour)) else {
      return "\(lane.node) does not open within a year"
    }
    if order.profile.refusesLate, let target = order.target, leavesAt + lane.transit > target {
      return "comes too late"
    }
    return nil
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(6).joined(separator: ", ") + (names.count > 6 ? " and \(names.count - 6) more" : "")
  }
}
