import Operations

// The orders that wait as a problem of neutral numbers.
extension OrderRouter {
  /// How a node works for orders that are ready at one moment; nil where it is closed for the whole horizon.
  typealias Timing = (day: LocalDate, leavesAt: Instant)

  /// A lane that an order was offered, and why it may not be used, if so.
  struct OfferedLane {
    var lane: Int
    var outcome: RouteDecision.Candidate.Outcome?
    /// Whether it leaves in a parcel of the order that is to leave anyway.
    var joins: Bool
  }

  /// What one order was offered.
  struct Offer {
    var lanes: [OfferedLane] = []
    /// What leaving a unit costs: more than any way to ship it.
    var penalty: Int64 = 0
    /// Whether it is more than shipping all of the order could cost, so that costs tell whether units are left.
    var isTelling = false
  }

  /// Routes orders that are ready at the same moment, once.
  /// - Returns: whether anything was routed.
  mutating func routeOnce(_ waiting: [Int], readyAt ready: Instant, effort: RoutingEffort) -> Bool {
    let timings = timings(readyAt: ready)
    let (problem, offers) = problem(waiting, timings)
    let result = Planning.route(problem, effort: effort)
    var isRouted = false
    for (place, index) in waiting.enumerated() {
      if result.routes[place].isTooLarge { tooLarge.insert(orders[index].id) }
      guard !result.routes[place].shipments.isEmpty else { continue }
      isRouted = true
      take(result.routes[place], of: index, problem.orders[place], offers[place], timings)
    }
    return isRouted
  }

  /// Beside the locations.
  func timings(readyAt ready: Instant) -> [Timing?] {
    locations.map { node in
      guard let node = policy.nodes[node], let day = node.workDay(routedAt: ready),
        let leavesAt = node.leaves(routedAt: ready)
      else { return nil }
      return (day, leavesAt)
    }
  }

  /// What some orders want, and what there is of that.
  func problem(_ waiting: [Int], _ timings: [Timing?]) -> (RoutingProblem, [Offer]) {
    var problem = RoutingProblem(locations: places(timings), stock: [], orders: [])
    let items = Set(waiting.flatMap { orders[$0].lines.map { Int32($0.item) } })
    for item in items {
      for location in locations.indices {
        guard let units = stock[StockKey(item: item, location: location)] else { continue }
        problem.stock.append(RoutingStock(location: location, item: item, units: units))
      }
    }
    var offers: [Offer] = []
    for index in waiting {
      let (order, offer) = offer(orders[index], timings)
      problem.orders.append(order)
      offers.append(offer)
    }
    return (problem, offers)
  }

  private func places(_ timings: [Timing?]) -> [RoutingLocation] {
    locations.indices.map { index in
      let node = policy.nodes[locations[index]]
      let capacity = node?.labourCapacity.flatMap { capacity in
        timings[index].map { max(0, capacity - (load[LoadKey(node: locations[index], day: $0.day)] ?? 0)) }
      }
      return RoutingLocation(id: locations[index], rank: node?.rank ?? .max, unitCapacity: capacity)
    }
  }

  private func offer(_ order: WaitingOrder, _ timings: [Timing?]) -> (RoutingOrder, Offer) {
    let profile = order.profile
    let lines = order.lines.filter { $0.rest > 0 }
    var offer = Offer()
    var options: [RoutingOption] = []
    for index in lanes[Identifier(order.facts.region)] ?? [] {
      let lane = policy.network.lanes[index]
      guard let location = locations.firstIndex(of: lane.node) else { continue }
      let node = policy.nodes[lane.node]
      let outcome = blockers(index, leavesAt: timings[location]?.leavesAt, order).first?.outcome
      let leavesAt = timings[location]?.leavesAt
      let arrivesAt = (leavesAt ?? start) + lane.transit
      let joins = order.joins(lane.node, lane.service, leavesAt: leavesAt)
      let shelf = node?.type == .store ? profile.storeUnitPenalty : 0
      options.append(
        RoutingOption(
          location: location, service: index,
          // What leaves in a parcel that is paid for costs no other; any other is one more of an order that is split.
          fixed: joins ? 0 : lane.parcelCost + (order.isSplit ? profile.splitPenalty : 0),
          late: order.isLate(arrivesAt) ? profile.latePenalty : 0,
          unitCosts: Array(repeating: lane.unitCost + (node?.handlingCost ?? 0) + shelf, count: lines.count),
          promised: arrivesAt, closure: outcome.map(\.closure)))
      offer.lanes.append(OfferedLane(lane: index, outcome: outcome, joins: joins))
    }
    price(&offer, options, lines, profile)
    // What no price is known of can be worth nothing or much: it does not keep an order from being split.
    let threshold = lines.allSatisfy { $0.unitPrice != nil } ? profile.splitValueThreshold : 0
    let routing = RoutingOrder(
      id: order.id,
      lines: lines.map {
        RoutingLine(
          item: Int32($0.item), quantity: $0.rest, unfilledPenalty: offer.penalty, unitValue: $0.unitPrice ?? 0)
      },
      options: options, split: profile.split, shipsComplete: profile.shipsComplete,
      splitPenalty: order.isSplit ? 0 : profile.splitPenalty, parcelLimit: order.parcelLimit,
      splitThreshold: threshold, isSplit: !order.nodes.isEmpty && !offer.lanes.contains(where: \.joins))
    return (routing, offer)
  }

  /// Why an order may not use a lane; empty if it may.
  /// - Parameters:
  ///   - index: a place in the policy's lanes.
  ///   - leavesAt: when the node sends it; nil where it works on no day from when the order is ready.
  func blockers(_ index: Int, leavesAt: Instant?, _ order: WaitingOrder) -> [RoutingObstacle] {
    let (lane, profile) = (policy.network.lanes[index], order.profile)
    var blockers: [RoutingObstacle] = []
    switch ways.closures[index] {
    case .status: blockers.append(.carrier(lane.carrier))
    case .rule(let rule): blockers.append(.carrierRule(lane.carrier, rule: rule))
    case nil: break
    }
    if !profile.uses(lane.service) { blockers.append(.service(profile: profile.name, lane.service)) }
    if profile.refusesLate, let leavesAt, order.isLate(leavesAt + lane.transit) {
      blockers.append(.late(profile: profile.name))
    }
    if order.isFull, let most = profile.maxParcels, !order.joins(lane.node, lane.service, leavesAt: leavesAt) {
      blockers.append(.maxParcels(profile: profile.name, most))
    }
    let ofNode = self.blockers(lane.node, isOpen: leavesAt != nil, order)
    return ofNode.isEmpty ? blockers : ofNode.filter(\.isOfNode) + blockers + ofNode.filter { !$0.isOfNode }
  }

  /// Why an order may not use a node, whatever lane leads from there.
  func blockers(_ name: NodeID, isOpen: Bool, _ order: WaitingOrder) -> [RoutingObstacle] {
    let (profile, node) = (order.profile, policy.nodes[name])
    var blockers: [RoutingObstacle] = []
    if node == nil || !active.contains(name) { blockers.append(.nodeClosed(name)) }
    if !isOpen { blockers.append(.calendar(name)) }
    if node?.type == .store, !profile.usesStores { blockers.append(.stores(profile: profile.name)) }
    if order.keepsToItsNodes, !order.nodes.contains(name) { blockers.append(.split(profile: profile.name, .none)) }
    if fallbacks.ofNode(name).share == .none {
      blockers.append(.fallback(name, fallbacks.rules(of: .node(name))))
    }
    return blockers
  }

  private func price(
    _ offer: inout Offer, _ options: [RoutingOption], _ lines: [WaitingOrder.Line], _ profile: RoutingProfile
  ) {
    let parcel = (options.map { $0.fixed + $0.late }.max() ?? 0) + profile.splitPenalty
    let unit = options.compactMap { $0.unitCosts.first }.max() ?? 0
    var (demand, all) = (SaturatingSum(), SaturatingSum())
    for line in lines { demand.add(line.rest) }
    all.add(1)
    all.add(parcel, times: Int64(options.count))
    all.add(unit, times: demand.total)
    var whole = SaturatingSum()
    whole.add(all.total, times: demand.total)
    offer.isTelling = whole.total < 1 << (RoutingLimits.orderCostBits - 4)
    offer.penalty = offer.isTelling ? all.total : parcel + unit + 1
  }
}

extension RoutingObstacle {
  /// Whether it is about the node itself, which is told before its lanes.
  fileprivate var isOfNode: Bool {
    switch self {
    case .nodeClosed, .calendar, .fallback: true
    default: false
    }
  }

  /// What it makes of a lane.
  fileprivate var outcome: RouteDecision.Candidate.Outcome {
    switch self {
    case .carrier, .carrierRule: .carrierDisrupted
    case .late: .tooLate
    case .service: .serviceNotUsed
    case .stores: .storesNotUsed
    case .split, .maxParcels: .otherNode
    case .fallback: .nodeNotTrusted
    default: .nodeClosed
    }
  }
}

extension RouteDecision.Candidate.Outcome {
  /// As the solver knows it.
  fileprivate var closure: RoutingClosure {
    switch self {
    case .nodeClosed, .nodeNotTrusted: .nodeDisabled
    case .carrierDisrupted: .carrierDown
    case .tooLate: .promiseMissed
    default: .noService
    }
  }
}
