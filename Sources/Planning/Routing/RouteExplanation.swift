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
    guard let least = leastCost(from: location) else { return [] }
    // Only what may stand beside the location in a cheaper plan is looked at: mostly nothing, or little.
    let beside = Set(least.second.filter { least.beside + parcel($0) < plan.cost }.map { order.options[$0].location })
    guard least.alone < plan.cost || !beside.isEmpty else { return [] }
    let closed = Set(order.options.map(\.location)).subtracting(beside).subtracting([location])
    let index = locations[location]
    var binding: [RoutingConstraint] = []
    func stock(_ line: Int) -> Quantity {
      supply.stock[order.lines[line].item * supply.locationCount + location]
    }
    func improvesWith(_ lifted: LiftedLimit) -> RoutePlan? {
      improves(OrderTask(order, supply, closed: closed, lifted: lifted))
    }
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

  private func parcel(_ option: Int) -> Int64 { order.options[option].fixed + order.options[option].late }

  /// What no plan with a parcel from a location costs less than, whatever there is of it: where everything comes in that
  /// one parcel, and where there is another beside it, without the other. Nil where the location is closed.
  ///
  /// Beside another, each unit comes from where it is cheapest among those that hold any; a unit may be left unfilled as
  /// well.
  private func leastCost(from location: Int) -> (alone: Int64, beside: Int64, second: [Int])? {
    let lines = order.lines.indices
    func unit(_ line: Int, _ option: Int) -> Int64 {
      min(order.costs[option * order.lines.count + line], order.lines[line].penalty)
    }
    func holds(_ line: Int, _ option: Int) -> Bool {
      supply.stock[order.lines[line].item * supply.locationCount + order.options[option].location] > 0
    }
    let open = order.options.indices.filter { order.options[$0].closure == nil }
    let here = open.filter { order.options[$0].location == location }
    guard let first = here.map(parcel).min() else { return nil }
    let alone = here.map { option in
      lines.reduce(parcel(option)) { $0 + order.lines[$1].quantity * unit($1, option) }
    }
    let others = open.filter { order.options[$0].location != location }
    let beside = lines.reduce(first + order.splitPenalty) { sum, line in
      let cheapest = (here + others.filter { holds(line, $0) }).reduce(order.lines[line].penalty) {
        min($0, unit(line, $1))
      }
      return sum + order.lines[line].quantity * cheapest
    }
    return (alone.min() ?? first, beside, here.count > 1 ? open : others)
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
