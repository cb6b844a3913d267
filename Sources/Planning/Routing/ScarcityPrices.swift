import Operations

/// Prices of what is scarce, by which orders that choose alone choose nearly what is best together.
///
/// Lagrangian relaxation with subgradient steps (Held, Wolfe and Crowder 1974): a resource that more is wanted of than
/// there is becomes dearer, another one cheaper. What the orders then cost together, less what the prices earn on what
/// is there, is no more than the optimum. Whole numbers only: prices are kept in parts of a minor unit, `1 << shift`.
struct ScarcityPrices {
  private let model: BatchModel
  let shift: Int64
  /// Scaled, per resource.
  private(set) var scaled: [Int64]
  /// The prices with the highest bound so far, scaled.
  private(set) var best: [Int64]
  private(set) var bound = Int64.min
  /// A usual amount of each resource in one column: what a step is measured in.
  private let scale: [Quantity]
  /// The highest price of each resource for which sums still fit 64 bits.
  private let ceiling: [Int64]

  /// - Parameters:
  ///   - prices: scaled prices to start from.
  ///   - shift: by how many bits prices are finer than a minor unit.
  ///   - largestOrder: units of the largest order.
  init(_ model: BatchModel, prices: [Int64]?, shift: Int64, largestOrder: Quantity) {
    self.model = model
    self.shift = shift
    scaled = prices ?? [Int64](repeating: 0, count: model.capacity.count)
    best = scaled
    var sum = [SaturatingSum](repeating: SaturatingSum(), count: model.capacity.count)
    var count = [Int64](repeating: 0, count: model.capacity.count)
    for use in model.usage {
      sum[Int(use.resource)].add(use.amount)
      count[Int(use.resource)] += 1
    }
    let share = (Int64(1) << 60) / Int64(max(1, model.capacity.count))
    // And with which no order costs too much to be counted.
    let dearest = (Int64(1) << RoutingLimits.orderCostBits) / max(1, largestOrder) << shift
    ceiling = model.capacity.map { min(share / max(1, $0), min(dearest, 1 << 50)) }
    scale = zip(sum, count).map { max(1, $0.total / max(1, $1)) }
  }

  /// In minor units.
  var prices: [Int64] { best.map { $0 >> shift } }

  /// Takes `rounds` steps towards a bound near `target`, the cost of a known answer.
  mutating func run(rounds: Int, target: Int64) {
    var agility: Int64 = 256
    var idle = 0
    var usage = [Quantity](repeating: 0, count: scaled.count)
    for _ in 0..<rounds {
      let value = relax(&usage)
      if value > bound {
        (bound, best, idle) = (value, scaled, 0)
      } else {
        idle += 1
      }
      if idle == 5 {
        // The steps are too long: back to the best prices.
        (agility, idle, scaled) = (agility / 2, 0, best)
        continue
      }
      guard agility > 0, step(usage, agility: agility, gap: max(1, target << shift - value)) else { return }
    }
  }

  /// Moves every price by what its resource is short of, measured in usual amounts. False when nothing is short.
  private mutating func step(_ usage: [Quantity], agility: Int64, gap: Int64) -> Bool {
    var norm: Int64 = 0
    var excess = scaled
    for index in scaled.indices {
      let over = usage[index] - model.capacity[index]
      // What is in no demand stays free.
      excess[index] = scaled[index] == 0 && over <= 0 ? 0 : hundredths(over, scale[index])
      norm += excess[index] * excess[index]
    }
    guard norm > 0 else { return false }
    for index in scaled.indices where excess[index] != 0 {
      let product = gap.multipliedFullWidth(by: agility * excess[index] * 100)
      let step = divided(product, by: norm * 256) / scale[index]
      scaled[index] = max(0, min(scaled[index] + step, ceiling[index]))
    }
    return true
  }

  private func hundredths(_ over: Quantity, _ scale: Quantity) -> Int64 {
    let (product, overflows) = over.multipliedReportingOverflow(by: 100)
    return overflows ? (over < 0 ? -10_000 : 10_000) : max(-10_000, min(10_000, product / scale))
  }

  private func divided(_ product: (high: Int64, low: UInt64), by divisor: Int64) -> Int64 {
    guard product.high.magnitude < UInt64(divisor.magnitude) / 2 else { return product.high < 0 ? -(1 << 40) : 1 << 40 }
    return divisor.dividingFullWidth(product).quotient
  }

  /// Lets every order choose by the prices. Returns the bound, scaled, and leaves what the choices use.
  private func relax(_ usage: inout [Quantity]) -> Int64 {
    for index in usage.indices { usage[index] = 0 }
    var total: Int64 = 0
    for index in scaled.indices { total -= scaled[index] * model.capacity[index] }
    for order in 0..<model.orderCount {
      let (column, cost) = cheapest(order)
      total += cost
      for use in model.usage[model.useStarts[column]..<model.useStarts[column + 1]] {
        usage[Int(use.resource)] += use.amount
      }
    }
    return total
  }

  private func cheapest(_ order: Int) -> (column: Int, cost: Int64) {
    var best = (column: -1, cost: Int64.max)
    for column in model.starts[order]..<model.starts[order + 1] {
      let cost = self.cost(column)
      if cost < best.cost { best = (column, cost) }
    }
    return best
  }

  /// A column's cost with prices, scaled.
  @inline(__always)
  func cost(_ column: Int) -> Int64 { cost(column, in: model, scaled) }

  /// The same with the prices of the highest bound, of a column of a model with the same resources.
  func bestCost(_ column: Int, in model: BatchModel) -> Int64 { cost(column, in: model, best) }

  @inline(__always)
  private func cost(_ column: Int, in model: BatchModel, _ prices: [Int64]) -> Int64 {
    var cost = model.cost[column] << shift
    for index in model.useStarts[column]..<model.useStarts[column + 1] {
      cost += prices[Int(model.usage[index].resource)] * model.usage[index].amount
    }
    return cost
  }
}
