import Operations

/// Gathers the columns of a batch: the cheapest answers of each order by itself, and then by prices that tell what is
/// scarce, since in the best batch many an order takes what is not its cheapest.
struct BatchColumns {
  private(set) var model: BatchModel
  private(set) var prices: ScarcityPrices

  /// - Parameters:
  ///   - start: a plan of each order that fits together with the others.
  ///   - shift: by how many bits prices are finer than a minor unit.
  init(_ table: RoutingTable, start: [RoutePlan], size: BatchSize, shift: Int64) {
    let target = start.reduce(0) { $0 + $1.cost }
    var known = start.map { [$0] }
    var othersCost: [Int64] = []
    for (index, order) in table.orders.enumerated() {
      guard !order.isTooLarge, order.isWithinExactLimits else {
        // It keeps the plan that it has, or makes room.
        if !order.isTooLarge { known[index] = Self.united(known[index], [.nothing(order)]) }
        othersCost.append(order.isTooLarge ? .max : 0)
        continue
      }
      var search = ColumnSearch(OrderTask(order, table.supply), count: size.columns, steps: size.columnSteps)
      search.run()
      known[index] = Self.united(known[index], search.plans)
      othersCost.append(search.othersCost)
    }
    model = BatchModel(table, known, othersCost: othersCost)
    prices = ScarcityPrices(model, prices: nil, shift: shift, largestOrder: table.largestOrder)
    prices.run(rounds: size.priceRounds, target: target)
    for _ in 0..<size.gatherings where othersCost.contains(where: { $0 < .max }) {
      let scarcity = model.supplyPrices(prices.prices)
      for (index, order) in table.orders.enumerated() where othersCost[index] < .max && order.isWithinExactLimits {
        let task = OrderTask(order, table.supply, prices: scarcity)
        var search = ColumnSearch(task, count: size.columns, steps: size.columnSteps)
        search.run()
        let plans = search.plans.map { RoutePlan(cost: $0.terms(order).total, parts: $0.parts) }
        known[index] = Self.united(known[index], plans)
      }
      model = BatchModel(table, known, othersCost: othersCost)
      prices = ScarcityPrices(model, prices: prices.best, shift: shift, largestOrder: table.largestOrder)
      prices.run(rounds: size.priceRounds, target: target)
    }
  }

  private static func united(_ first: [RoutePlan], _ second: [RoutePlan]) -> [RoutePlan] {
    var seen = Set(first)
    return first + second.filter { seen.insert($0).inserted }
  }
}

/// How much work goes into a batch, from the effort asked for and the number of orders.
struct BatchSize {
  /// Columns of each order in each gathering, and how many answers are looked at for them.
  let columns: Int
  let columnSteps: Int
  let priceRounds: Int
  /// How often columns are gathered by prices.
  let gatherings: Int
  /// Columns looked at by exact search, and then by improvement, for all orders together.
  let work: Int

  init(_ effort: RoutingEffort, orders: Int) {
    let share = effort.rounds / max(1, orders)
    columns = min(400, max(12, share / 4))
    columnSteps = min(20_000, max(200, share * 16))
    priceRounds = min(60, max(20, share))
    gatherings = share < 20 ? 1 : 2
    work = min(effort.rounds, orders * 2000) * RoutingLimits.roundWork
  }
}
