import Operations

/// Routes orders that share stock and capacity at the least cost: domain.md §3.
///
/// One order is routed exactly while it is within the limits. Equal inputs give equal routes, in whatever order the
/// orders, options and locations stand.
/// - Parameter explains: whether runner-ups, binding constraints and candidates are worked out.
public func route(_ problem: RoutingProblem, explains: Bool = true) -> RoutingResult {
  let table = RoutingTable(problem)
  var batch = RoutingBatch(table)
  batch.start()
  return batch.result(problem, explains: explains)
}

/// The plans of a batch and what they leave.
struct RoutingBatch {
  let table: RoutingTable
  private(set) var supply: Supply
  private(set) var plans: [RoutePlan]
  private(set) var isProved: [Bool]

  init(_ table: RoutingTable) {
    self.table = table
    supply = table.supply
    plans = table.orders.map { RoutePlan(cost: $0.isTooLarge ? 0 : OrderTask($0, table.supply).costOfNothing) }
    isProved = table.orders.map { !$0.isTooLarge }
  }

  /// Routes order after order over what is left.
  mutating func start() {
    for index in table.orders.indices where !table.orders[index].isTooLarge {
      let search = SetSearch.best(OrderTask(table.orders[index], supply))
      isProved[index] = search.isProved
      replace(index, by: search.plan)
    }
  }

  mutating func replace(_ index: Int, by plan: RoutePlan) {
    supply.change(table.orders[index], plans[index], takes: false)
    plans[index] = plan
    supply.change(table.orders[index], plan, takes: true)
  }

  func result(_ problem: RoutingProblem, explains: Bool) -> RoutingResult {
    var routes = [OrderRoute](repeating: OrderRoute(), count: problem.orders.count)
    for (index, order) in table.orders.enumerated() {
      routes[order.index] = route(index, problem.orders[order.index], explains: explains)
    }
    return RoutingResult(routes: routes, isProved: table.orders.count <= 1 && isProved.allSatisfy { $0 })
  }

  private func route(_ index: Int, _ original: RoutingOrder, explains: Bool) -> OrderRoute {
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
    if explains {
      var others = supply
      others.change(order, plan, takes: false)
      RouteExplanation(
        order: order, plan: plan, supply: others, locations: table.locations, items: original.lines.map(\.item)
      ).fill(&route)
    }
    return route
  }
}
