import Operations

/// Says why one order ships as it does: what every option was worth, what comes next, and what stood in the way.
struct RouteExplanation {
  let order: TableOrder
  let plan: RoutePlan
  /// What the order could take: what the other orders leave.
  let supply: Supply
  /// Canonical position → index in the problem.
  let locations: [Int]
  /// Canonical item → the caller's item, per line.
  let items: [Int32]
  /// What each search may take.
  let work: Int

  func fill(_ route: inout OrderRoute) {
    guard !order.isTooLarge else { return }
    route.candidates = candidates
    guard order.isWithinExactLimits else { return }
    route.runnerUp = runnerUp
    route.binding = bindingRules + locations.indices.flatMap(binding)
  }

  private var runnerUp: RoutingRunnerUp? {
    var best: RoutePlan?
    if plan.parts.isEmpty {
      let other = SetSearch.best(OrderTask(order, supply), mustShip: true, work: work).plan
      if !other.parts.isEmpty { best = other }
    }
    for part in plan.parts {
      let task = OrderTask(order, supply, closed: [order.options[part.option].location])
      let other = SetSearch.best(task, known: best, work: work).plan
      if best.map({ other.isBetter(than: $0, of: order) }) ?? true { best = other }
    }
    return best.map { best in
      RoutingRunnerUp(
        locations: best.parts.map { locations[order.options[$0.option].location] }, cost: best.terms(order).total)
    }
  }

  private func improves(_ task: OrderTask) -> RoutePlan? {
    let other = SetSearch.best(task, known: plan, work: work).plan
    return other.cost < plan.cost ? other : nil
  }

  /// Rules of the order itself without which it would be cheaper.
  private var bindingRules: [RoutingConstraint] {
    var binding: [RoutingConstraint] = []
    func check(_ rule: RelaxedRule, _ constraint: RoutingConstraint) {
      if improves(OrderTask(order, supply, relaxed: rule)) != nil { binding.append(constraint) }
    }
    if order.split != .none, order.parcelLimit != .max { check(.parcelLimit, .parcelLimit) }
    if order.shipsComplete { check(.shipComplete, .shipComplete) }
    if order.splitThreshold > 0 { check(.splitThreshold, .splitThreshold) }
    if order.split != .any { check(.splitMode, .splitMode) }
    return binding
  }

  /// What of one location would make the order cheaper if there were enough of it.
  private func binding(_ location: Int) -> [RoutingConstraint] {
    guard let least = leastCost(from: location), least < plan.cost else { return [] }
    let index = locations[location]
    var binding: [RoutingConstraint] = []
    func stock(_ line: Int) -> Quantity {
      supply.stock[order.lines[line].item * supply.locationCount + location]
    }
    func improvesWith(_ lifted: LiftedLimit) -> RoutePlan? { improves(OrderTask(order, supply, lifted: lifted)) }
    if order.lines.indices.contains(where: { stock($0) < order.itemDemand[$0] }),
      let better = improvesWith(.stock(location: location))
    {
      for line in order.lines.indices where order.leader[line] == line {
        if better.units(ofItemOf: line, at: location, order) > stock(line) {
          binding.append(.stock(location: index, item: items[line]))
        }
      }
    }
    if supply.units[location] < order.demand, improvesWith(.units(location: location)) != nil {
      binding.append(.unitCapacity(location: index))
    }
    if supply.shipments[location] == 0, improvesWith(.shipments(location: location)) != nil {
      binding.append(.shipmentCapacity(location: index))
    }
    return binding
  }

  /// No plan with a parcel from a location costs less, whatever there is of it: the parcel that is cheapest there, and each
  /// unit where it is cheapest of all or left unfilled. Nil where the location is closed.
  private func leastCost(from location: Int) -> Int64? {
    let open = order.options.indices.filter { order.options[$0].closure == nil }
    let parcels = open.lazy.filter { order.options[$0].location == location }
      .map { order.options[$0].fixed + order.options[$0].late }
    guard let parcel = parcels.min() else { return nil }
    return order.lines.indices.reduce(parcel) { sum, line in
      let unit = open.reduce(order.lines[line].penalty) { min($0, order.costs[$1 * order.lines.count + line]) }
      return sum + order.lines[line].quantity * unit
    }
  }

  private var candidates: [RoutingCandidate] {
    let task = OrderTask(order, supply)
    let dominance = Dominance(task)
    var filling = Filling(task)
    var candidates = [RoutingCandidate](repeating: .noStock, count: order.options.count)
    for option in order.options {
      if let closure = option.closure {
        candidates[option.index] = .closed(closure)
      } else if supply.shipments[option.location] == 0 || supply.units[option.location] == 0 {
        candidates[option.index] = .noCapacity
      }
    }
    for column in 0..<task.optionCount {
      let option = order.options[task.options[column]]
      if plan.parts.contains(where: { $0.option == task.options[column] }) {
        candidates[option.index] = .chosen
      } else if let better = dominance.pruned[column] {
        candidates[option.index] = .dominated(by: locations[task.location[better]])
      } else {
        candidates[option.index] = .dearer(alone: filling.plan([column], limit: .max)?.cost)
      }
    }
    return candidates
  }
}

extension RoutePlan {
  /// Units of a line's item that ship from a location, over all lines of the item.
  func units(ofItemOf line: Int, at location: Int, _ order: TableOrder) -> Quantity {
    var total: Quantity = 0
    for part in parts where order.options[part.option].location == location {
      for units in part.units where order.leader[units.line] == line { total += units.quantity }
    }
    return total
  }
}
