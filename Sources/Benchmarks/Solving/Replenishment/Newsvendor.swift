import Planning

/// One period: what is left over costs h a unit, what is missing costs p.
/// - Source: Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 4.
func newsvendorAnswer(_ function: String, _ arguments: TextbookArguments) throws(TextbookProblem) -> TextbookAnswer? {
  switch function {
  case "newsvendor_normal", "newsvendor_poisson", "newsvendor_discrete":
    let model = try Newsvendor(arguments, demand: try demand(function, arguments))
    return .numbers(try model.answer(arguments))
  case "newsvendor_normal_cost", "newsvendor_poisson_cost":
    let model = try Newsvendor(arguments, demand: try demand(function, arguments))
    guard let level = try baseStock(arguments, model.demand) else {
      throw TextbookProblem("base_stock_level is missing")
    }
    return .number(model.cost(level))
  case "newsvendor_normal_explicit", "newsvendor_poisson_explicit":
    return .numbers(try explicit(arguments, demand: try demand(function, arguments)))
  case "myopic": return .numbers(try Myopic(arguments).answer(arguments))
  case "myopic_cost": return .number(try Myopic(arguments).cost(arguments.number("base_stock_level")))
  case "set_myopic_cost_to": return .number(try Myopic(arguments).level(arguments))
  default: return nil
  }
}

struct Newsvendor {
  var holdingCost: Double
  var stockoutCost: Double
  var demand: any DemandDistribution

  init(holdingCost: Double, stockoutCost: Double, demand: any DemandDistribution) {
    self.holdingCost = holdingCost
    self.stockoutCost = stockoutCost
    self.demand = demand
  }

  init(_ arguments: TextbookArguments, demand: any DemandDistribution) throws(TextbookProblem) {
    holdingCost = try arguments.positive("holding_cost")
    stockoutCost = try arguments.positive("stockout_cost")
    self.demand = demand
  }

  var best: Double { demand.quantile(stockoutCost / (stockoutCost + holdingCost)) }

  /// h·E[left over] + p·E[missing].
  func cost(_ level: Double) -> Double {
    holdingCost * (level - demand.mean) + (holdingCost + stockoutCost) * demand.loss(level)
  }

  fileprivate func answer(_ arguments: TextbookArguments) throws(TextbookProblem) -> [Double] {
    let level = try baseStock(arguments, demand) ?? best
    return [level, cost(level)]
  }
}

/// The base stock level that is given, if one is: whole units where demand is.
private func baseStock(
  _ arguments: TextbookArguments, _ demand: any DemandDistribution
) throws(TextbookProblem) -> Double? {
  guard let level = try arguments.optional("base_stock_level") else { return nil }
  return demand is NormalDemand ? level : try arguments.whole("base_stock_level")
}

/// Demand of the lead time and of the period that follows it.
private func demand(
  _ function: String, _ arguments: TextbookArguments
) throws(TextbookProblem) -> any DemandDistribution {
  if function == "newsvendor_discrete" { return TableDemand(try arguments.probabilities("demand_pmf")) }
  let mean = try arguments.positive("demand_mean")
  let periods = try arguments.fromZero("lead_time", default: 0) + 1
  guard function.hasPrefix("newsvendor_normal") else { return try poisson(mean: mean * periods) }
  return NormalDemand(mean: mean * periods, deviation: try arguments.positive("demand_sd") * periods.squareRoot())
}

/// Poisson demand whose sums are short enough to add up.
func poisson(mean: Double) throws(TextbookProblem) -> PoissonDemand {
  guard mean <= 1e6 else { throw TextbookProblem("the mean of the demand is too large") }
  return PoissonDemand(mean: mean)
}

private func explicit(
  _ arguments: TextbookArguments, demand: any DemandDistribution
) throws(TextbookProblem) -> [Double] {
  let revenue = try arguments.number("revenue")
  let purchase = try arguments.number("purchase_cost")
  let salvage = try arguments.number("salvage_value")
  guard revenue > purchase, purchase > salvage else {
    throw TextbookProblem("revenue must be above purchase_cost and that above salvage_value")
  }
  let margin = revenue - purchase + (try arguments.fromZero("stockout_cost", default: 0))
  let leftOver = purchase - salvage + (try arguments.fromZero("holding_cost", default: 0))
  let model = Newsvendor(holdingCost: leftOver, stockoutCost: margin, demand: demand)
  let level = try baseStock(arguments, demand) ?? model.best
  return [level, (revenue - purchase) * demand.mean - model.cost(level)]
}

/// A period of many whose purchase cost changes: the leftover saves next period's purchase.
private struct Myopic {
  var model: Newsvendor
  var purchaseCost: Double
  var nextPurchaseCost: Double

  init(_ arguments: TextbookArguments) throws(TextbookProblem) {
    let mean = try arguments.positive("demand_mean")
    model = try Newsvendor(
      arguments, demand: NormalDemand(mean: mean, deviation: try arguments.positive("demand_sd")))
    purchaseCost = try arguments.number("purchase_cost")
    nextPurchaseCost =
      try arguments.number("purchase_cost_next_per") * (arguments.optional("discount_factor") ?? 1)
  }

  private func best() throws(TextbookProblem) -> Double {
    let rise = purchaseCost - nextPurchaseCost
    guard -model.holdingCost < rise, rise < model.stockoutCost else {
      throw TextbookProblem("the purchase cost must not change by more than the other costs")
    }
    return model.demand.quantile((model.stockoutCost - rise) / (model.stockoutCost + model.holdingCost))
  }

  func cost(_ level: Double) -> Double {
    purchaseCost * level + model.cost(level) - nextPurchaseCost * (level - model.demand.mean)
  }

  func answer(_ arguments: TextbookArguments) throws(TextbookProblem) -> [Double] {
    let least = try best()
    let level = try arguments.optional("base_stock_level") ?? least
    return [level, cost(level)]
  }

  /// The level on one side of the best one whose cost is the given one.
  func level(_ arguments: TextbookArguments) throws(TextbookProblem) -> Double {
    let wanted = try arguments.number("cost")
    let least = try best()
    guard wanted >= cost(least) else { throw TextbookProblem("no level costs so little") }
    let side: Double = try arguments.flag("left_half", default: true) ? -1 : 1
    var (near, far) = (0.0, max(model.demand.mean, 10))
    while cost(least + side * far) < wanted { (near, far) = (far, far * 2) }
    for _ in 0..<200 {
      let middle = (near + far) / 2
      if cost(least + side * middle) < wanted { near = middle } else { far = middle }
    }
    return least + side * far
  }
}

/// Demand that is known unit by unit from a table.
struct TableDemand: DemandDistribution {
  let rows: [(units: Double, probability: Double)]

  init(_ rows: [(units: Double, probability: Double)]) { self.rows = rows }

  var mean: Double { rows.reduce(0) { $0 + $1.units * $1.probability } }

  var deviation: Double {
    rows.reduce(0) { $0 + ($1.units - mean) * ($1.units - mean) * $1.probability }.squareRoot()
  }

  func cumulative(_ units: Double) -> Double {
    rows.reduce(0) { $0 + ($1.units <= units ? $1.probability : 0) }
  }

  func loss(_ units: Double) -> Double {
    rows.reduce(0) { $0 + max(0, $1.units - units) * $1.probability }
  }

  func quantile(_ probability: Double) -> Double {
    var reached = 0.0
    for row in rows {
      reached += row.probability
      if reached >= probability { return row.units }
    }
    return rows.last?.units ?? 0
  }
}
