import Planning

/// (r, Q): at r, order Q; costs of fixed orders, of holding and of stockouts.
/// - Source: Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 5.
func reorderPointAnswer(_ function: String, _ arguments: TextbookArguments) throws(TextbookProblem) -> TextbookAnswer? {
  switch function {
  case "r_q_cost":
    let model = try NormalReorder(arguments, needsFixedCost: true)
    let order = try arguments.positive("order_quantity")
    return .number(model.cost(try arguments.number("reorder_point"), order))
  case "r_q_optimal_r_for_q":
    let model = try NormalReorder(arguments, needsFixedCost: false)
    return .number(try model.bestPoint(try arguments.positive("order_quantity"), model.tolerance))
  case "r_q_eil_approximation": return .numbers(try NormalReorder(arguments, needsFixedCost: true).inventoryLevel())
  case "r_q_eoqb_approximation":
    let model = try NormalReorder(arguments, needsFixedCost: true)
    let both = model.holding * model.stockout / (model.holding + model.stockout)
    let quantity = model.economicOrder.quantity(holdingCost: both)
    return .numbers([try model.bestPoint(quantity, 1e-6), quantity])
  case "r_q_eoqss_approximation":
    let model = try NormalReorder(arguments, needsFixedCost: true)
    return .numbers([model.newsvendor.best, model.economicOrder.quantity])
  case "r_q_loss_function_approximation":
    return .numbers(try NormalReorder(arguments, needsFixedCost: true).lossFunction())
  case "r_q_cost_poisson":
    let model = try PoissonReorder(arguments)
    let order = try arguments.whole("order_quantity")
    guard (1...TextbookArguments.longestSum).contains(order) else {
      throw TextbookProblem("order_quantity must be between 1 and 10,000")
    }
    return .number(model.cost(try arguments.whole("reorder_point"), order))
  case "r_q_poisson_exact": return .numbers(try PoissonReorder(arguments).best())
  default: return nil
  }
}

private struct NormalReorder {
  let holding: Double
  let stockout: Double
  let fixed: Double
  let rate: Double
  let tolerance: Double
  let demand: NormalDemand

  init(_ arguments: TextbookArguments, needsFixedCost: Bool) throws(TextbookProblem) {
    holding = try arguments.positive("holding_cost")
    stockout = try arguments.positive("stockout_cost")
    fixed = needsFixedCost ? try arguments.positive("fixed_cost") : 0
    rate = try arguments.positive("demand_mean")
    let time = try arguments.positive("lead_time")
    demand = NormalDemand(mean: rate * time, deviation: try arguments.positive("demand_sd") * time.squareRoot())
    tolerance = try arguments.optional("tol") == nil ? 1e-6 : try arguments.positive("tol")
  }

  var newsvendor: Newsvendor { Newsvendor(holdingCost: holding, stockoutCost: stockout, demand: demand) }
  var economicOrder: EconomicOrder { EconomicOrder(fixedCost: fixed, holdingCost: holding, demandRate: rate) }

  /// The mean cost over the positions r through r + Q, between which it is evenly spread.
  func cost(_ point: Double, _ quantity: Double) -> Double {
    let held = holding * quantity * (point - demand.mean + quantity / 2)
    let missing = (holding + stockout) * (secondLoss(point) - secondLoss(point + quantity))
    return (fixed * rate + held + missing) / quantity
  }

  private func secondLoss(_ level: Double) -> Double {
    demand.deviation * demand.deviation * StandardNormal.secondLoss((level - demand.mean) / demand.deviation)
  }

  /// The r for which r and r + Q cost the same.
  func bestPoint(_ quantity: Double, _ tolerance: Double) throws(TextbookProblem) -> Double {
    var (low, high) = (newsvendor.best - 5 * quantity, newsvendor.best)
    for _ in 0..<500 {
      let point = (low + high) / 2
      let difference = newsvendor.cost(point) - newsvendor.cost(point + quantity)
      guard abs(difference) > tolerance else { return point }
      if difference < 0 { high = point } else { low = point }
    }
    throw TextbookProblem("the tolerance is too small for the costs")
  }

  /// Hadley and Whitin's expected-inventory-level approximation: r and Q in turns until neither moves.
  func inventoryLevel() throws(TextbookProblem) -> [Double] {
    let (point, quantity) = try inTurns { quantity in
      let point = demand.quantile(1 - quantity * holding / (stockout * rate))
      let next = 2 * rate * (fixed + stockout * demand.loss(point)) / holding
      return (point, next.squareRoot())
    }
    let orders = rate * (fixed + stockout * demand.loss(point)) / quantity
    return [point, quantity, holding * (point - demand.mean + quantity / 2) + orders]
  }

  /// The loss-function approximation: n(r) = hQ/(h + p), and Q from the second loss.
  func lossFunction() throws(TextbookProblem) -> [Double] {
    let (point, quantity) = try inTurns { quantity in
      let point = level(loss: holding * quantity / (holding + stockout))
      return (point, (2 * (fixed * rate + (holding + stockout) * secondLoss(point)) / holding).squareRoot())
    }
    return [point, quantity]
  }

  private func inTurns(_ step: (Double) -> (point: Double, quantity: Double)) throws(TextbookProblem) -> (
    Double, Double
  ) {
    var last = (point: 0.0, quantity: economicOrder.quantity)
    for _ in 0..<10_000 {
      let next = step(last.quantity)
      guard next.point.isFinite, next.quantity.isFinite else {
        throw TextbookProblem("the order quantity leaves no stockout probability to hold")
      }
      let moved = max(abs(next.point - last.point), abs(next.quantity - last.quantity))
      last = next
      if moved <= tolerance { return last }
    }
    throw TextbookProblem("r and Q do not settle")
  }

  /// The level whose loss is `loss`: Newton's method from the left of a convex curve never overshoots.
  private func level(loss: Double) -> Double {
    var z = -loss / demand.deviation
    for _ in 0..<200 {
      let step = (StandardNormal.loss(z) - loss / demand.deviation) / StandardNormal.cumulative(-z)
      z += step
      if abs(step) <= 1e-14 * max(1, abs(z)) { break }
    }
    return demand.mean + demand.deviation * z
  }
}

private struct PoissonReorder {
  let newsvendor: Newsvendor
  let orderCost: Double

  init(_ arguments: TextbookArguments) throws(TextbookProblem) {
    let rate = try arguments.fromZero("demand_mean")
    orderCost = try arguments.positive("fixed_cost") * rate
    newsvendor = try Newsvendor(
      arguments, demand: try poisson(mean: rate * (try arguments.fromZero("lead_time"))))
  }

  func cost(_ point: Double, _ quantity: Double) -> Double {
    var sum = orderCost
    for level in 1...Int(quantity) { sum += newsvendor.cost(point + Double(level)) }
    return sum / quantity
  }

  /// Takes in the cheaper neighbour of the positions until that raises the mean cost (Federgruen and Zheng 1992).
  func best() throws(TextbookProblem) -> [Double] {
    var (point, quantity) = (newsvendor.best - 1, 1.0)
    var sum = orderCost + newsvendor.cost(point + 1)
    while quantity < TextbookArguments.longestSum {
      let (below, above) = (newsvendor.cost(point), newsvendor.cost(point + quantity + 1))
      guard sum + min(below, above) <= sum / quantity * (quantity + 1) else {
        return [point, quantity, sum / quantity]
      }
      sum += min(below, above)
      quantity += 1
      if below < above { point -= 1 }
    }
    throw TextbookProblem("the order quantity is above 10,000")
  }
}
