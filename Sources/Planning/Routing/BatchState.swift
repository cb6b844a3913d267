import Operations

/// The columns that are chosen now, and what they leave.
struct BatchState {
  let model: BatchModel
  private(set) var chosen: [Int]
  var left: [Quantity]
  /// Per resource, the orders whose chosen column uses it.
  private(set) var users: [[Int32]]

  init(_ model: BatchModel, chosen: [Int]) {
    self.model = model
    left = model.capacity
    users = Array(repeating: [], count: model.capacity.count)
    self.chosen = chosen
    for (order, column) in chosen.enumerated() { add(order, column) }
  }

  /// Chooses for every order what is cheapest with prices and still fits; those first that lose most by coming late.
  init(_ model: BatchModel, _ prices: ScarcityPrices) {
    self.init(model, chosen: (0..<model.orderCount).map { model.starts[$0 + 1] - 1 })
    let priced = model.cost.indices.map { prices.cost($0) }
    let regrets = (0..<model.orderCount).map { order -> Int64 in
      var (best, second) = (Int64.max, Int64.max)
      for column in model.starts[order]..<model.starts[order + 1] {
        if priced[column] < best {
          (best, second) = (priced[column], best)
        } else {
          second = min(second, priced[column])
        }
      }
      return second == .max ? 0 : second - best
    }
    for order in (0..<model.orderCount).sorted(by: { (regrets[$1], $0) < (regrets[$0], $1) }) {
      var best: Int?
      for column in model.starts[order]..<model.starts[order + 1] where fits(column) {
        if best.map({ priced[column] < priced[$0] }) ?? true { best = column }
      }
      if let best { replace(order, by: best) }
    }
  }

  /// Chooses the columns of known plans; nothing where an order has no such column.
  init(_ model: BatchModel, _ plans: [RoutePlan]) {
    self.init(
      model,
      chosen: plans.indices.map { order in
        (model.starts[order]..<model.starts[order + 1]).first { model.plans[$0] == plans[order] }
          ?? model.starts[order + 1] - 1
      })
  }

  var cost: Int64 { chosen.reduce(0) { $0 + model.cost[$1] } }

  func cost(of orders: [Int]) -> Int64 { orders.reduce(0) { $0 + model.cost[chosen[$1]] } }

  func uses(_ column: Int) -> ArraySlice<BatchModel.Use> {
    model.usage[model.useStarts[column]..<model.useStarts[column + 1]]
  }

  private func fits(_ column: Int) -> Bool { uses(column).allSatisfy { left[Int($0.resource)] >= $0.amount } }

  mutating func replace(_ order: Int, by column: Int) {
    for use in uses(chosen[order]) {
      left[Int(use.resource)] += use.amount
      users[Int(use.resource)].removeAll { $0 == Int32(order) }
    }
    chosen[order] = column
    add(order, column)
  }

  private mutating func add(_ order: Int, _ column: Int) {
    for use in uses(column) {
      left[Int(use.resource)] -= use.amount
      users[Int(use.resource)].append(Int32(order))
    }
  }
}
