import Operations

/// What of a batch is still open beside a known answer: without the columns that no cheaper answer can hold, and without
/// what cannot run short then. What is left mostly falls into parts that have nothing to do with each other.
///
/// By prices that tell what is scarce, an answer costs at least their bound, and each column that it chooses adds what
/// that is dearer by these prices than the order's cheapest (reduced cost fixing: Wolsey 1998, section 7.5).
struct BatchCore {
  let model: BatchModel
  /// The known answer, as columns of `model`.
  private(set) var chosen: [Int] = []
  /// Per column: by how much it is dearer than the order's cheapest, by the prices, scaled.
  private(set) var extra: [Int64] = []
  /// Per order: what it costs at least by the prices, scaled.
  private(set) var least: [Int64] = []
  /// Per order: what has a price and can be used by it.
  private(set) var priced: [[Int]] = []
  private let prices: ScarcityPrices

  var shift: Int64 { prices.shift }

  /// - Parameters:
  ///   - state: the known answer.
  ///   - prices: of the same model.
  init(_ state: BatchState, _ prices: ScarcityPrices) {
    let whole = state.model
    self.prices = prices
    let spare = (state.cost << prices.shift) - prices.bound
    let kept = (0..<whole.orderCount).map { order in
      let columns = whole.starts[order]..<whole.starts[order + 1]
      let costs = columns.map { prices.bestCost($0, in: whole) }
      let least = costs.min() ?? 0
      // Shipping nothing, the last, stays as what every order can fall back on.
      return columns.filter {
        costs[$0 - columns.lowerBound] - least < spare || $0 == state.chosen[order] || $0 == columns.upperBound - 1
      }
    }
    model = whole.keeping(kept)
    for (order, columns) in kept.enumerated() {
      chosen.append(model.starts[order] + (columns.firstIndex(of: state.chosen[order]) ?? 0))
      let costs = (model.starts[order]..<model.starts[order + 1]).map { prices.bestCost($0, in: model) }
      least.append(costs.min() ?? 0)
      extra += costs.map { $0 - least[order] }
      let uses = model.useStarts[model.starts[order]]..<model.useStarts[model.starts[order + 1]]
      priced.append(Set(model.usage[uses].map { Int($0.resource) }).filter { prices.best[$0] > 0 }.sorted())
    }
  }

  /// What units of a resource earn, scaled.
  func price(of resource: Int) -> Int64 { prices.best[resource] }

  /// The orders of each part, ascending: those that share what can run short, directly or through others.
  func parts() -> [[Int]] {
    var root = Array(0..<model.orderCount)
    func find(_ order: Int) -> Int {
      var order = order
      while root[order] != order {
        root[order] = root[root[order]]
        order = root[order]
      }
      return order
    }
    var first = [Int](repeating: -1, count: model.capacity.count)
    for order in 0..<model.orderCount {
      for index in model.useStarts[model.starts[order]]..<model.useStarts[model.starts[order + 1]] {
        let resource = Int(model.usage[index].resource)
        if first[resource] < 0 { first[resource] = order }
        let (own, other) = (find(order), find(first[resource]))
        root[max(own, other)] = min(own, other)
      }
    }
    var members: [[Int]] = Array(repeating: [], count: model.orderCount)
    for order in 0..<model.orderCount { members[find(order)].append(order) }
    return members.filter { !$0.isEmpty }
  }

  /// What no answer of the orders of a part is below, scaled.
  func bound(of part: [Int]) -> Int64 {
    let resources = Set(part.flatMap { priced[$0] })
    let earned = resources.reduce(0) { $0 + prices.best[$1] * model.capacity[$1] }
    return part.reduce(-earned) { $0 + least[$1] }
  }
}
