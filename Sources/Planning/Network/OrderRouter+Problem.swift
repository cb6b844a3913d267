import Operations

// The orders that wait as a problem of neutral numbers.
extension OrderRouter {
  /// How a node works for orders that are ready at one moment; nil where it is closed for the whole horizon.
  typealias Timing = (day: LocalDate, leavesAt: Instant)

  /// A lane that an order was offered, and why it may not be used, if so.
  struct OfferedLane {
    var lane: Int
    var outcome: RouteDecision.Candidate.Outcome?
  }

  /// What one order was offered.
  struct Offer {
    var lanes: [OfferedLane] = []
    /// What leaving a unit costs: more than any way to ship it.
    var penalty: Int64 = 0
    /// Whether it is more than shipping all of the order could cost, so that costs tell whether units are left.
    var isTelling = false
  }

  /// Of more orders a cycle must not take long to think.
  private static var manyOrders: Int { 500 }

  /// Routes orders that are ready at the same moment, once.
  /// - Returns: whether anything was routed.
  mutating func routeOnce(_ waiting: [Int], readyAt ready: Instant) -> Bool {
    let timings = locations.map { node -> Timing? in
      guard let node = policy.nodes[node], let day = node.workDay(routedAt: ready),
        let leavesAt = node.leaves(routedAt: ready)
      else { return nil }
      return (day, leavesAt)
    }
    var problem = RoutingProblem(locations: places(timings), stock: [], orders: [])
    problem.stock = stock.map { RoutingStock(location: $0.key.location, item: $0.key.item, units: $0.value) }
    var offers: [Offer] = []
    for index in waiting {
      let (order, offer) = offer(orders[index], timings)
      problem.orders.append(order)
      offers.append(offer)
    }
    let result = route(problem, effort: waiting.count > Self.manyOrders ? .quick : .standard)
    var isRouted = false
    for (place, index) in waiting.enumerated() {
      if result.routes[place].isTooLarge { tooLarge.insert(orders[index].id) }
      guard !result.routes[place].shipments.isEmpty else { continue }
      isRouted = true
      take(result.routes[place], of: index, problem.orders[place], offers[place], timings)
    }
    return isRouted
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
    let target = order.target
    var offer = Offer()
    var options: [RoutingOption] = []
    for index in lanes[Identifier(order.facts.region)] ?? [] {
      let lane = policy.network.lanes[index]
      guard let location = locations.firstIndex(of: lane.node) else { continue }
      let node = policy.nodes[lane.node]
      let outcome = outcome(index, timings[location], order, target)
      let arrivesAt = (timings[location]?.leavesAt ?? hour) + lane.transit
      let shelf = node?.type == .store ? profile.storeUnitPenalty : 0
      options.append(
        RoutingOption(
          location: location, service: index, fixed: lane.parcelCost,
          late: target.map { arrivesAt > $0 } ?? false ? profile.latePenalty : 0,
          unitCosts: Array(repeating: lane.unitCost + (node?.handlingCost ?? 0) + shelf, count: lines.count),
          promised: arrivesAt, closure: outcome.map(\.closure)))
      offer.lanes.append(OfferedLane(lane: index, outcome: outcome))
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
      splitPenalty: profile.splitPenalty, parcelLimit: order.parcelLimit, splitThreshold: threshold)
    return (routing, offer)
  }

  /// Why an order may not use a lane; nil if it may.
  private func outcome(
    _ index: Int, _ timing: Timing?, _ order: WaitingOrder, _ target: Instant?
  ) -> RouteDecision.Candidate.Outcome? {
    let lane = policy.network.lanes[index]
    guard active.contains(lane.node), let timing, let node = policy.nodes[lane.node] else { return .nodeClosed }
    if ways.closures[index] != nil { return .carrierDisrupted }
    if !order.profile.uses(lane.service) { return .serviceNotUsed }
    if node.type == .store, !order.profile.usesStores { return .storesNotUsed }
    if order.profile.refusesLate, let target, timing.leavesAt + lane.transit > target { return .tooLate }
    return order.keepsToItsNodes && !order.nodes.contains(lane.node) ? .otherNode : nil
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

extension RouteDecision.Candidate.Outcome {
  /// As the solver knows it.
  fileprivate var closure: RoutingClosure {
    switch self {
    case .nodeClosed: .nodeDisabled
    case .carrierDisrupted: .carrierDown
    case .tooLate: .promiseMissed
    default: .noService
    }
  }
}
