import Planning

#if canImport(Glibc)
  import Glibc
#endif

/// (s, S) under periodic review: at s or below, order up to S.
/// - Source: Snyder and Shen, Fundamentals of Supply Chain Theory, 4.4.
func orderUpToAnswer(_ function: String, _ arguments: TextbookArguments) throws(TextbookProblem) -> TextbookAnswer? {
  switch function {
  case "s_s_cost_discrete":
    var model = try OrderUpTo(arguments)
    let point = try arguments.whole("reorder_point")
    let level = try arguments.whole("order_up_to_level")
    guard (1...TextbookArguments.longestSum).contains(level - point) else {
      throw TextbookProblem("order_up_to_level must be 1 through 10,000 above reorder_point")
    }
    return .number(model.cost(point, level))
  case "s_s_discrete_exact":
    var model = try OrderUpTo(arguments)
    return .numbers(try model.best())
  case "s_s_power_approximation": return .numbers(try powerApproximation(arguments))
  default: return nil
  }
}

private struct OrderUpTo {
  private let newsvendor: Newsvendor
  private let fixedCost: Double
  private let probability: (Double) -> Double
  /// m(j): how often a cycle is j units below S.
  private var visits: [Double] = []

  init(_ arguments: TextbookArguments) throws(TextbookProblem) {
    fixedCost = try arguments.positive("fixed_cost")
    if try arguments.flag("use_poisson", default: false) {
      let demand = try poisson(mean: try arguments.positive("demand_mean"))
      newsvendor = try Newsvendor(arguments, demand: demand)
      probability = demand.probability
    } else {
      let rows = try arguments.probabilities("demand_pmf")
      guard rows.count <= Int(TextbookArguments.longestSum), let first = rows.first, first.units >= 0,
        first.units > 0 || first.probability < 1
      else {
        throw TextbookProblem("demand_pmf must be demand from 0 that is not always 0")
      }
      let table = Dictionary(rows.map { ($0.units, $0.probability) }) { first, _ in first }
      newsvendor = try Newsvendor(arguments, demand: TableDemand(rows))
      probability = { table[$0] ?? 0 }
    }
  }

  private mutating func countVisits(_ count: Int) {
    if visits.isEmpty { visits.append(1 / (1 - probability(0))) }
    while visits.count < count {
      let next = visits.count
      var sum = 0.0
      for units in 1...next { sum += probability(Double(units)) * visits[next - units] }
      visits.append(visits[0] * sum)
    }
  }

  mutating func cost(_ point: Double, _ level: Double) -> Double {
    let count = Int(level - point)
    countVisits(count)
    var (sum, periods) = (fixedCost, 0.0)
    for below in 0..<count {
      sum += visits[below] * newsvendor.cost(level - Double(below))
      periods += visits[below]
    }
    return sum / periods
  }

  /// Zheng and Federgruen's search (1991): s falls until waiting is as dear as a cycle, then S rises while a period there
  /// is cheaper than the best cycle.
  mutating func best() throws(TextbookProblem) -> [Double] {
    let start = newsvendor.best
    var (point, level) = (start - 1, start)
    while cost(point, level) > newsvendor.cost(point) {
      point -= 1
      try check(level - point)
    }
    var least = cost(point, level)
    var candidate = level + 1
    while newsvendor.cost(candidate) <= least {
      if cost(point, candidate) < least {
        level = candidate
        while cost(point, level) <= newsvendor.cost(point + 1) { point += 1 }
        least = cost(point, level)
      }
      candidate += 1
      try check(candidate - point)
    }
    return [point, level, least]
  }

  private func check(_ distance: Double) throws(TextbookProblem) {
    // Each step of the search adds up the whole distance.
    guard distance <= 3_000 else { throw TextbookProblem("s and S are more than 3,000 units apart") }
  }
}

/// Ehrhardt and Mosier's power approximation (1984).
private func powerApproximation(_ arguments: TextbookArguments) throws(TextbookProblem) -> [Double] {
  let holding = try arguments.positive("holding_cost")
  let stockout = try arguments.positive("stockout_cost")
  let mean = try arguments.positive("demand_mean")
  let deviation = try arguments.positive("demand_sd")
  let ratio = try arguments.positive("fixed_cost") / holding
  let variation = 1 + (deviation / mean) * (deviation / mean)
  let quantity = 1.3 * pow(mean, 0.494) * pow(ratio, 0.506) * pow(variation, 0.116)
  let z = (quantity / deviation * holding / stockout).squareRoot()
  let point = 0.973 * mean + deviation * (0.183 / z + 1.063 - 2.192 * z)
  return [point, point + quantity]
}
