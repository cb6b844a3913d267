import Operations

// What the solver answered, taken from what is left and kept as a decision.
extension OrderRouter {
  /// Candidates that a decision keeps.
  private static var candidateLimit: Int { 8 }

  mutating func take(
    _ route: OrderRoute, of index: Int, _ problem: RoutingOrder, _ offer: Offer, _ timings: [Timing?]
  ) {
    let lines = orders[index].lines.indices.filter { orders[index].lines[$0].rest > 0 }
    var parcels: [RouteDecision.Parcel] = []
    // For parcels beside others of the order that are under way: the solver has it in their own cost.
    var split: Int64 = 0
    for shipment in route.shipments {
      let lane = policy.network.lanes[shipment.service]
      guard let timing = timings[shipment.location] else { continue }
      if parcels.last?.lane != lane.name {
        parcels.append(
          RouteDecision.Parcel(
            node: lane.node, lane: lane.name, carrier: lane.carrier, service: lane.service, workDay: timing.day,
            leavesAt: timing.leavesAt, arrivesAt: timing.leavesAt + lane.transit))
        let isNew = !orders[index].joins(lane.node, lane.service, leavesAt: timing.leavesAt)
        if isNew, orders[index].isSplit { split += orders[index].profile.splitPenalty }
      }
      let line = lines[shipment.line]
      let name = orders[index].lines[line].name
      parcels[parcels.count - 1].lines.append(
        RouteDecision.Line(
          line: name.line.rawValue, sku: snapshot.items.sku[orders[index].lines[line].item], units: shipment.quantity))
      assign(shipment.quantity, of: index, line, at: shipment.location, by: lane.service)
      let arrivesAt = timing.leavesAt + lane.transit
      orders[index].lines[line].arrivesAt = max(orders[index].lines[line].arrivesAt ?? arrivesAt, arrivesAt)
      load[LoadKey(node: lane.node, day: timing.day), default: 0] += shipment.quantity
    }
    let order = orders[index]
    decisions.append(
      (
        order.id,
        RouteDecision(
          region: order.facts.region, profile: order.profile.name, parcels: parcels,
          cost: RouteDecision.Cost(
            parcels: route.terms.fixed - split, units: route.terms.units, late: route.terms.late,
            split: route.terms.split + split),
          runnerUp: runnerUp(route, offer), limits: limits(route), candidates: candidates(route, offer),
          isProved: route.isProved)
      ))
    for parcel in parcels { orders[index].add(parcel) }
  }

  /// Gives units at a location to the claims of a line, in their order.
  private mutating func assign(
    _ units: Quantity, of index: Int, _ line: Int, at location: Int, by service: String
  ) {
    let node = locations[location]
    orders[index].lines[line].rest -= units
    orders[index].onNodes += units
    orders[index].lines[line].onNodes += units
    stock[StockKey(item: Int32(orders[index].lines[line].item), location: location), default: 0] -= units
    var rest = units
    for claim in orders[index].lines[line].claims where rest > 0 {
      let given = min(rest, unrouted.claims[claim].units - assigned[claim].reduce(0) { $0 + $1.units })
      if given > 0 { assigned[claim].append(Part(node: node, service: service, units: given)) }
      rest -= given
    }
  }

  private func runnerUp(_ route: OrderRoute, _ offer: Offer) -> RouteDecision.RunnerUp? {
    route.runnerUp.map { other in
      RouteDecision.RunnerUp(
        nodes: other.locations.map { locations[$0] }.sorted(),
        extra: offer.amount(other.cost - route.terms.unfilled).map { $0 - route.terms.total + route.terms.unfilled })
    }
  }

  private func limits(_ route: OrderRoute) -> [RouteDecision.Limit] {
    route.binding.map { constraint in
      switch constraint {
      case .stock(let location, let item):
        RouteDecision.Limit(.stock, node: locations[location], sku: snapshot.items.sku[Int(item)])
      case .unitCapacity(let location), .shipmentCapacity(let location):
        RouteDecision.Limit(.labour, node: locations[location])
      case .parcelLimit: RouteDecision.Limit(.maxParcels)
      case .shipComplete: RouteDecision.Limit(.shipComplete)
      case .splitThreshold: RouteDecision.Limit(.splitValueThreshold)
      case .splitMode: RouteDecision.Limit(.split)
      }
    }
  }

  /// The chosen lanes, then those that could have shipped all by themselves, the cheapest first, then the others.
  private func candidates(_ route: OrderRoute, _ offer: Offer) -> [RouteDecision.Candidate] {
    let all = zip(offer.lanes, route.candidates).map { offered, candidate in
      let lane = policy.network.lanes[offered.lane]
      var result = RouteDecision.Candidate(lane: lane.name, node: lane.node, outcome: .noStock)
      switch candidate {
      case .chosen: result.outcome = .chosen
      case .closed: result.outcome = offered.outcome ?? .nodeClosed
      case .noStock:
        // What lies at a node that is down is in no stock: that there is none would be no news of it.
        if fallbacks.ofNode(lane.node).share == .none { result.outcome = .nodeNotTrusted }
      case .noCapacity: result.outcome = .noLabour
      case .dominated: result.outcome = .dominated
      case .dearer(let alone):
        result.outcome = .dearer
        result.alone = alone.flatMap(offer.amount)
      }
      if result.outcome == .nodeNotTrusted { result.rules = fallbacks.rules(of: .node(lane.node)) }
      return result
    }
    func rank(_ candidate: RouteDecision.Candidate) -> (Int, Int64) {
      (candidate.outcome == .chosen ? 0 : 1, candidate.alone ?? .max)
    }
    let sorted = all.indices.sorted { left, right in
      let (first, second) = (rank(all[left]), rank(all[right]))
      return (first.0, first.1, left) < (second.0, second.1, right)
    }
    return sorted.prefix(Self.candidateLimit).map { all[$0] }
  }
}

extension OrderRouter.Offer {
  /// A cost, if it is sure that it holds no price of units that are left.
  fileprivate func amount(_ cost: Int64) -> Int64? { isTelling && cost < penalty ? cost : nil }
}
