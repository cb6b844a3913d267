import Operations

// Why what is left of an order is sent by no node.
extension OrderRouter {
  /// What there is to say of an order of which units wait for a node; nil where none do.
  func unsent(_ id: OrderID) -> OrderExplanation.Unsent? {
    guard let order = places[id].map({ orders[$0] }), order.rest > 0 else { return nil }
    return OrderExplanation.Unsent(units: order.rest, obstacles: obstacles(of: order, Shelves(self)))
  }

  /// What keeps an order with units that are on no node.
  func obstacles(of order: WaitingOrder, _ shelves: Shelves) -> [RoutingObstacle] {
    if let wanted = policy.pendingRelease(of: order.facts), let rule = policy.releaseRule(of: order.facts) {
      return [.release(rule: rule, wanted: wanted)]
    }
    if order.waitsForUnits {
      let units = order.facts.unshipped - order.onNodes - order.rest
      return [.waitsForUnits(profile: order.profile.name, units)]
    }
    return tooLarge.contains(order.id) ? [.tooLarge] : diagnosis(of: order, shelves).obstacles
  }

  private func diagnosis(of order: WaitingOrder, _ shelves: Shelves) -> RoutingDiagnosis {
    let lines = order.lines.filter { $0.rest > 0 }
    let items = Set(lines.map { Int32($0.item) })
    var ways = (lanes[Identifier(order.facts.region)] ?? []).compactMap { index -> RoutingDiagnosis.Way? in
      let lane = policy.network.lanes[index]
      let blockers = blockers(of: lane.node).union(blockers(index, leavesAt: leaves(lane.node, order), order))
      return shelves.place[lane.node].map { .init(node: $0, blockers: blockers) }
    }
    let reached = Set(ways.map(\.node))
    let holding = Set(items.flatMap { (shelves.stock[$0] ?? [:]).keys })
    for node in holding.subtracting(reached).sorted() {
      let name = shelves.nodes[node]
      let missing = RoutingObstacle.noLaneFrom(name, order.facts.region)
      var others = blockers(of: name).union(blockers(name, isOpen: leaves(name, order) != nil, order))
      if order.isFull, let most = order.profile.maxParcels {
        others.insert(.maxParcels(profile: order.profile.name, most))
      }
      ways.append(.init(node: node, blockers: others.union([missing])))
    }
    return RoutingDiagnosis(
      nodes: shelves.nodes,
      lines: lines.map { .init(item: Int32($0.item), units: $0.rest, unitValue: $0.unitPrice) }, ways: ways,
      stock: shelves.stock, safety: shelves.safety, doubted: shelves.doubted,
      doubts: Dictionary(
        uniqueKeysWithValues: Set(items.flatMap { (shelves.doubted[$0] ?? [:]).keys }).map { node in
          let name = shelves.nodes[node]
          return (node, .fallback(name, fallbacks.rules(of: .node(name))))
        }),
      profile: order.profile, parcels: order.parcelCount, isSplit: !order.nodes.isEmpty, labour: shelves.labour,
      region: order.facts.region)
  }

  /// When a node sends an order, whatever its days' work; nil where it works on no day.
  private func leaves(_ node: NodeID, _ order: WaitingOrder) -> Instant? {
    policy.nodes[node]?.leaves(routedAt: order.ready(from: start))
  }

  /// What keeps a node from sending anything new.
  private func blockers(of node: NodeID) -> Set<RoutingObstacle> {
    var blockers = Set<RoutingObstacle>()
    if !active.contains(node) || policy.nodes[node] == nil { blockers.insert(.nodeClosed(node)) }
    if policy.nodes[node]?.labourCapacity == 0 { blockers.insert(.noLabour(node)) }
    if fallbacks.ofNode(node).share == .none { blockers.insert(.fallback(node, fallbacks.rules(of: .node(node)))) }
    return blockers
  }
}

/// What the nodes have of each item, as far as orders have not got it.
struct Shelves {
  /// The nodes of all lanes, and then those without one.
  let nodes: [NodeID]
  let place: [NodeID: Int]
  /// By item and place in `nodes`: what they send, or would if they could, and what they keep as safety stock.
  private(set) var stock: [Int32: [Int: Quantity]] = [:]
  private(set) var safety: [Int32: [Int: Quantity]] = [:]
  /// What they have beyond the share of it that counts.
  private(set) var doubted: [Int32: [Int: Quantity]] = [:]
  /// By place in `nodes`: units of a day's work, where days are limited.
  let labour: [Int: Quantity]

  init(_ router: OrderRouter) {
    let (locations, snapshot, nodes) = (router.locations, router.snapshot, router.policy.nodes)
    let lanes = Set(locations)
    let all = locations + snapshot.nodes.filter { !lanes.contains($0) }
    let place = Dictionary(all.enumerated().map { ($1, $0) }) { first, _ in first }
    (self.nodes, self.place) = (all, place)
    labour = Dictionary(
      uniqueKeysWithValues: all.enumerated().compactMap { index, node in
        nodes[node]?.labourCapacity.map { (index, $0) }
      })
    for (key, units) in router.stock where units > 0 { stock[key.item, default: [:]][key.location] = units }
    let here = snapshot.nodes.map { place[$0] ?? 0 }
    for row in router.unrouted.stock where here[row.location] >= locations.count {
      stock[row.item, default: [:]][here[row.location], default: 0] += row.units
    }
    for row in router.unrouted.kept { stock[row.item, default: [:]][here[row.location], default: 0] += row.units }
    for row in router.unrouted.doubted { doubted[row.item, default: [:]][here[row.location], default: 0] += row.units }
    for row in router.unrouted.safety { safety[row.item, default: [:]][here[row.location], default: 0] += row.units }
  }
}
