import Operations

/// The plans of a batch and what they leave.
struct RoutingBatch {
  let table: RoutingTable
  private(set) var supply: Supply
  private(set) var plans: [RoutePlan]
  private(set) var isProved: [Bool]
  /// Whether nothing is cheaper for all orders together.
  private var isProvedTogether = false

  /// What the search for one order may take: a batch of many must end as well.
  private var work: Int {
    let share = RoutingLimits.batchSetWork / max(1, table.orders.count)
    return max(RoutingLimits.leastSetWork, min(RoutingLimits.setWork, share))
  }

  init(_ table: RoutingTable) {
    self.table = table
    supply = table.supply
    plans = table.orders.map { $0.isTooLarge ? RoutePlan(cost: 0) : .nothing($0) }
    isProved = table.orders.map { !$0.isTooLarge }
  }

  /// Routes order after order over what is left.
  mutating func start() {
    for index in table.orders.indices where !table.orders[index].isTooLarge {
      let search = SetSearch.best(OrderTask(table.orders[index], supply), work: work)
      isProved[index] = search.isProved
      replace(index, by: search.plan)
    }
  }

  /// Chooses again for the orders together, and then for each over what the others leave.
  mutating func improve(_ effort: RoutingEffort) {
    guard table.orders.count > 1, effort.rounds > 0 else { return }
    // Beyond that the sums of the search could overflow.
    let spareBits = table.worstCost.leadingZeroBitCount - 5
    if spareBits >= 0 { chooseTogether(effort, shift: Int64(min(8, spareBits))) }
    polish()
  }

  private mutating func chooseTogether(_ effort: RoutingEffort, shift: Int64) {
    let size = BatchSize(effort, orders: table.orders.count)
    let columns = BatchColumns(table, start: plans, size: size, shift: shift)
    let (started, priced) = (BatchState(columns.model, plans), BatchState(columns.model, columns.prices))
    let core = BatchCore(priced.cost < started.cost ? priced : started, columns.prices)
    var improvement = BatchImprovement(core)
    var search = JointSearch(core, left: improvement.state.left)
    let parts = core.parts()
    let contested = max(1, parts.reduce(0) { $0 + ($1.count > 1 ? $1.count : 0) })
    isProvedTogether = true
    for part in parts {
      let bound = core.bound(of: part)
      let work = size.work * part.count / contested
      if part.count <= RoutingLimits.exactOrders {
        // What the part uses is its own: what other parts have chosen since plays no role.
        for order in part { search.giveBack(improvement.state.chosen[order]) }
        search.run(
          part, cost: improvement.state.cost(of: part), bound: bound,
          work: min(RoutingLimits.exactWork, max(RoutingLimits.groupWork, work)))
        for (order, column) in zip(part, search.best) { improvement.replace(order, by: column) }
        if search.isComplete { continue }
      }
      isProvedTogether = false
      // Rounded up: costs are whole.
      let least = (bound + (1 << shift) - 1) >> shift
      improvement.run(part, work: work, least: least)
    }
    isProvedTogether = isProvedTogether && areColumnsEnough(columns.model, improvement.state.cost)
    for (index, column) in improvement.state.chosen.enumerated() { replace(index, by: core.model.plans[column]) }
  }

  /// Whether an answer that is no column costs too much even when every other order gets its cheapest.
  private func areColumnsEnough(_ model: BatchModel, _ cost: Int64) -> Bool {
    let least = (0..<model.orderCount).reduce(Int64(0)) { $0 + model.cost[model.starts[$1]] }
    return (0..<model.orderCount).allSatisfy { order in
      model.othersCost[order] == .max || model.othersCost[order] - model.cost[model.starts[order]] + least >= cost
    }
  }

  /// Chooses again, exactly, for each order over what the others leave, until nothing changes.
  private mutating func polish() {
    var isChanged = true
    for _ in 0..<RoutingLimits.polishRounds where isChanged {
      isChanged = false
      for index in table.orders.indices where !table.orders[index].isTooLarge {
        supply.change(table.orders[index], plans[index], takes: false)
        let search = SetSearch.best(OrderTask(table.orders[index], supply), known: plans[index], work: work)
        if search.plan != plans[index] { isChanged = true }
        plans[index] = search.plan
        isProved[index] = search.isProved
        supply.change(table.orders[index], search.plan, takes: true)
      }
    }
  }

  mutating func replace(_ index: Int, by plan: RoutePlan) {
    supply.change(table.orders[index], plans[index], takes: false)
    plans[index] = plan
    supply.change(table.orders[index], plan, takes: true)
  }

  func result(_ problem: RoutingProblem, explains: Bool) -> RoutingResult {
    var routes = [OrderRoute](repeating: OrderRoute(), count: problem.orders.count)
    var left = supply
    for (index, order) in table.orders.enumerated() {
      routes[order.index] = route(index)
      guard explains else { continue }
      left.change(order, plans[index], takes: false)
      RouteExplanation(
        order: order, plan: plans[index], supply: left, locations: table.locations,
        items: problem.orders[order.index].lines.map(\.item), work: work
      ).fill(&routes[order.index])
      left.change(order, plans[index], takes: true)
    }
    return RoutingResult(
      routes: routes, isProved: isProved.allSatisfy { $0 } && (table.orders.count <= 1 || isProvedTogether))
  }

  private func route(_ index: Int) -> OrderRoute {
    let (order, plan) = (table.orders[index], plans[index])
    var route = OrderRoute(parcels: plan.parts.count, isProved: isProved[index], isTooLarge: order.isTooLarge)
    for part in plan.parts {
      let option = order.options[part.option]
      for units in part.units {
        route.shipments.append(
          RoutedShipment(
            order: order.index, line: units.line, location: table.locations[option.location], service: option.service,
            quantity: units.quantity))
      }
    }
    if !order.isTooLarge { route.terms = plan.terms(order) }
    return route
  }
}
