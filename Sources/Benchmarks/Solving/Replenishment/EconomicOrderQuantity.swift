/// The square-root formulas: fixed cost against holding cost under demand that never varies.
/// - Source: Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 3.
func economicOrderQuantityAnswer(
  _ function: String, _ arguments: TextbookArguments
) throws(TextbookProblem) -> TextbookAnswer? {
  switch function {
  case "economic_order_quantity":
    let model = try EconomicOrder(arguments)
    return .numbers(try model.answer(arguments, holdingCost: model.holdingCost))
  case "economic_order_quantity_with_backorders": return .numbers(try withBackorders(arguments))
  case "economic_production_quantity":
    let model = try EconomicOrder(arguments)
    let production = try arguments.positive("production_rate")
    guard model.demandRate < production else { throw TextbookProblem("demand_rate must be below production_rate") }
    return .numbers(try model.answer(arguments, holdingCost: model.holdingCost * (1 - model.demandRate / production)))
  case "economic_order_quantity_with_all_units_discounts":
    return .numbers(try Discounts(arguments, areIncremental: false).cheapest())
  case "economic_order_quantity_with_incremental_discounts":
    return .numbers(try Discounts(arguments, areIncremental: true).cheapest())
  case "joint_replenishment_problem_silver_heuristic": return try jointReplenishment(arguments)
  default: return nil
  }
}

struct EconomicOrder {
  var fixedCost: Double
  var holdingCost: Double
  var demandRate: Double

  init(_ arguments: TextbookArguments) throws(TextbookProblem) {
    fixedCost = try arguments.fromZero("fixed_cost")
    holdingCost = try arguments.positive("holding_cost")
    demandRate = try arguments.fromZero("demand_rate")
  }

  init(fixedCost: Double, holdingCost: Double, demandRate: Double) {
    self.fixedCost = fixedCost
    self.holdingCost = holdingCost
    self.demandRate = demandRate
  }

  /// Q = √(2KD/h).
  func quantity(holdingCost: Double) -> Double { (2 * fixedCost * demandRate / holdingCost).squareRoot() }

  var quantity: Double { quantity(holdingCost: holdingCost) }

  fileprivate func answer(_ arguments: TextbookArguments, holdingCost: Double) throws(TextbookProblem) -> [Double] {
    guard try arguments.optional("order_quantity") != nil else {
      let quantity = quantity(holdingCost: holdingCost)
      return [quantity, quantity * holdingCost]
    }
    let quantity = try arguments.positive("order_quantity")
    return [quantity, fixedCost * demandRate / quantity + holdingCost * quantity / 2]
  }
}

private func withBackorders(_ arguments: TextbookArguments) throws(TextbookProblem) -> [Double] {
  let model = try EconomicOrder(arguments)
  let holding = model.holdingCost
  let stockout = try arguments.positive("stockout_cost")
  guard try arguments.optional("order_quantity") != nil else {
    let both = holding * stockout / (holding + stockout)
    let quantity = model.quantity(holdingCost: both)
    return [quantity, holding / (holding + stockout), quantity * both]
  }
  let quantity = try arguments.positive("order_quantity")
  let fraction = try arguments.fromZero("stockout_fraction")
  guard fraction <= 1 else { throw TextbookProblem("stockout_fraction must not be above 1") }
  let held = holding * (1 - fraction) * (1 - fraction)
  let cost = quantity * (held + stockout * fraction * fraction) / 2 + model.fixedCost * model.demandRate / quantity
  return [quantity, fraction, cost]
}

/// Prices that fall with the quantity, for all units or for those beyond the break.
private struct Discounts {
  var fixedCost: Double
  var rate: Double
  var demandRate: Double
  var breaks: [Double]
  var prices: [Double]
  var areIncremental: Bool

  init(_ arguments: TextbookArguments, areIncremental: Bool) throws(TextbookProblem) {
    fixedCost = try arguments.fromZero("fixed_cost")
    rate = try arguments.positive("holding_cost_rate")
    demandRate = try arguments.fromZero("demand_rate")
    breaks = try arguments.numbers("breakpoints")
    prices = try arguments.numbers("unit_costs")
    self.areIncremental = areIncremental
    guard breaks.first == 0, zip(breaks, breaks.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw TextbookProblem("breakpoints must rise from 0")
    }
    guard prices.count == breaks.count, prices.allSatisfy({ $0 > 0 }) else {
      throw TextbookProblem("unit_costs must hold a price above 0 for each breakpoint")
    }
  }

  /// What the units before the break cost beyond this region's price.
  private func surcharge(_ region: Int) -> Double {
    guard areIncremental, region > 0 else { return 0 }
    let before = (0..<region).reduce(0.0) { $0 + prices[$1] * (breaks[$1 + 1] - breaks[$1]) }
    return before - prices[region] * breaks[region]
  }

  private func cost(_ quantity: Double, _ region: Int) -> Double {
    let extra = surcharge(region)
    return prices[region] * demandRate + rate * extra / 2 + (fixedCost + extra) * demandRate / quantity + rate
      * prices[region] * quantity / 2
  }

  /// Quantity, region and cost of the cheapest order.
  func cheapest() throws(TextbookProblem) -> [Double] {
    var candidates: [[Double]] = []
    for region in breaks.indices {
      let model = EconomicOrder(
        fixedCost: fixedCost + surcharge(region), holdingCost: rate * prices[region], demandRate: demandRate)
      let end = region + 1 < breaks.count ? breaks[region + 1] : .infinity
      if model.quantity >= breaks[region], model.quantity < end {
        candidates.append([model.quantity, Double(region), cost(model.quantity, region)])
      }
    }
    if !areIncremental {
      for region in breaks.indices.dropFirst() {
        candidates.append([breaks[region], Double(region), cost(breaks[region], region)])
      }
    }
    guard let best = candidates.min(by: { $0[2] < $1[2] }) else {
      throw TextbookProblem("no order quantity lies in its region")
    }
    return best
  }
}

/// Items that share an order: each is ordered every so many cycles (Silver's heuristic).
private func jointReplenishment(_ arguments: TextbookArguments) throws(TextbookProblem) -> TextbookAnswer {
  let shared = try arguments.fromZero("shared_fixed_cost")
  let fixed = try arguments.numbers("individual_fixed_costs")
  let holding = try arguments.numbers("holding_costs")
  let demand = try arguments.numbers("demand_rates")
  guard !fixed.isEmpty, fixed.count == holding.count, fixed.count == demand.count else {
    throw TextbookProblem("the lists must have the same length")
  }
  guard fixed.allSatisfy({ $0 >= 0 }), holding.allSatisfy({ $0 > 0 }), demand.allSatisfy({ $0 > 0 }) else {
    throw TextbookProblem("costs and demand rates must be above 0")
  }
  let flow = zip(holding, demand).map { $0 * $1 }
  let ratios = zip(fixed, flow).map { $0 / $1 }
  let base = ratios.indices.min { ratios[$0] < ratios[$1] } ?? 0
  let multiples = ratios.indices.map { index -> Double in
    guard index != base else { return 1 }
    let exact = (ratios[index] * flow[base] / (shared + fixed[base])).squareRoot()
    return max(1, exact.rounded(.toNearestOrEven))
  }
  let fixedCost = zip(fixed, multiples).reduce(shared) { $0 + $1.0 / $1.1 }
  let holdingCost = zip(flow, multiples).reduce(0.0) { $0 + $1.0 * $1.1 }
  let cycle = (2 * fixedCost / holdingCost).squareRoot()
  let quantities = zip(demand, multiples).map { cycle * $0 * $1 }
  return .answers([
    .numbers(quantities), .number(cycle), .numbers(multiples), .number(fixedCost / cycle + cycle / 2 * holdingCost),
  ])
}
