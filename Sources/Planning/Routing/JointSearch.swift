import Operations

/// Chooses columns for a few orders together, exactly, over what the other orders leave: branch and bound.
///
/// Each order takes the first column that still fits. When these fit together, nothing below is cheaper; else one order
/// of those that are in each other's way tries its columns in turn.
struct JointSearch {
  private let model: BatchModel
  /// Per column: what it adds to the bound, scaled.
  private let extra: [Int64]
  private let shift: Int64
  /// What is there for the orders; after a run it is as it was before.
  var left: [Quantity]
  private var orders: [Int] = []
  private(set) var workLeft = 0
  private var banned = -1
  /// The cost of the best columns, or the cost to beat.
  private(set) var cost: Int64 = 0
  /// The best columns found, beside the orders; empty when nothing beats the cost.
  private(set) var best: [Int] = []
  /// Columns of the orders that are decided.
  private var chosen: [Int] = []
  private var isOpen: [Bool] = []
  /// The columns of each order that may be part of something cheaper, the cheapest first, and shipping nothing, which is
  /// always possible: `pool[poolStarts[order]..<poolStarts[order + 1]]`.
  private var pool: [Int] = []
  private var poolStarts: [Int] = []
  /// `depth * orders.count + order`: the place in the pool of the first column of an order that may still fit.
  private var first: [Int] = []

  /// Whether the last run saw all that could be cheaper.
  var isComplete: Bool { workLeft > 0 }

  /// - Parameter core: whose columns add to a bound.
  init(_ core: BatchCore, left: [Quantity]) {
    model = core.model
    self.left = left
    (extra, shift) = (core.extra, core.shift)
  }

  /// - Parameters:
  ///   - cost: only what is cheaper is looked for.
  ///   - bound: what the orders cost at least over what is there, scaled.
  ///   - work: how many columns to look at, about.
  ///   - banned: a column that may not be chosen.
  mutating func run(_ orders: [Int], cost: Int64, bound: Int64, work: Int, banned: Int = -1) {
    (self.orders, self.cost, self.banned, workLeft) = (orders, cost, banned, work)
    best.removeAll(keepingCapacity: true)
    guard bound < cost << shift else { return }
    gather(spare: cost << shift - bound)
    search(depth: 0, spent: 0, bound: bound)
  }

  private mutating func gather(spare: Int64) {
    pool.removeAll(keepingCapacity: true)
    poolStarts.removeAll(keepingCapacity: true)
    first.removeAll(keepingCapacity: true)
    isOpen.removeAll(keepingCapacity: true)
    chosen.removeAll(keepingCapacity: true)
    chosen += orders
    for order in orders {
      poolStarts.append(pool.count)
      first.append(pool.count)
      isOpen.append(true)
      let last = model.starts[order + 1] - 1
      for column in model.starts[order]..<last where extra[column] < spare { pool.append(column) }
      pool.append(last)
      // To pass over a column is quick beside trying it.
      workLeft -= (last - model.starts[order]) / 8
    }
    poolStarts.append(pool.count)
    for _ in 0..<(orders.count * orders.count) { first.append(0) }
  }

  private mutating func search(depth: Int, spent: Int64, bound: Int64) {
    guard workLeft > 0 else { return }
    workLeft -= orders.count
    let row = depth * orders.count
    var total = spent
    for index in orders.indices where isOpen[index] { total += model.cost[pool[first[row + index]]] }
    for index in orders.indices where isOpen[index] {
      let others = total - model.cost[pool[first[row + index]]]
      first[row + index] = nextThatFits(first[row + index], index, below: cost - others, bound)
      total = others + model.cost[pool[first[row + index]]]
      if total >= cost { return }
    }
    guard let blocked = blockedOrder(row, total, bound) else {
      best.removeAll(keepingCapacity: true)
      for index in orders.indices { best.append(isOpen[index] ? pool[first[row + index]] : chosen[index]) }
      cost = total
      return
    }
    isOpen[blocked] = false
    let others = total - model.cost[pool[first[row + blocked]]]
    for place in first[row + blocked]..<poolStarts[blocked + 1] {
      let column = pool[place]
      guard others + model.cost[column] < cost else { break }
      guard mayBeBetter(column, bound), fits(column) else { continue }
      take(column)
      chosen[blocked] = column
      for index in orders.indices { first[row + orders.count + index] = first[row + index] }
      search(depth: depth + 1, spent: spent + model.cost[column], bound: bound + extra[column])
      giveBack(column)
    }
    isOpen[blocked] = true
  }

  /// The order to decide next: of those whose first columns do not fit together, the one that loses most by giving way.
  private mutating func blockedOrder(_ row: Int, _ total: Int64, _ bound: Int64) -> Int? {
    for index in orders.indices where isOpen[index] { take(pool[first[row + index]]) }
    defer { for index in orders.indices where isOpen[index] { giveBack(pool[first[row + index]]) } }
    var best: (regret: Int64, index: Int)?
    for index in orders.indices where isOpen[index] && isShort(pool[first[row + index]]) {
      let column = pool[first[row + index]]
      giveBack(column)
      let other = nextThatFits(first[row + index], index, below: cost - total + model.cost[column], bound)
      take(column)
      let regret = model.cost[pool[other]] - model.cost[column]
      if best.map({ regret > $0.regret }) ?? true { best = (regret, index) }
    }
    return best?.index
  }

  /// The place of the first column from this one on that fits, or that is not cheaper than `below`, which is too dear.
  ///
  /// Shipping nothing fits always, and is the last column of every order.
  private mutating func nextThatFits(_ start: Int, _ index: Int, below: Int64, _ bound: Int64) -> Int {
    var place = start
    let last = poolStarts[index + 1] - 1
    while place < last, model.cost[pool[place]] < below, !mayBeBetter(pool[place], bound) || !fits(pool[place]) {
      place += 1
    }
    workLeft -= place - start
    return place
  }

  /// Whether an answer with the column, and with those that are decided, may be below the cost to beat.
  @inline(__always)
  private func mayBeBetter(_ column: Int, _ bound: Int64) -> Bool { bound + extra[column] < cost << shift }

  @inline(__always)
  private func fits(_ column: Int) -> Bool {
    if column == banned { return false }
    for index in model.useStarts[column]..<model.useStarts[column + 1]
    where left[Int(model.usage[index].resource)] < model.usage[index].amount {
      return false
    }
    return true
  }

  /// Whether a resource of the column is overdrawn, or the column is the banned one, which had to be taken last.
  @inline(__always)
  private func isShort(_ column: Int) -> Bool {
    if column == banned { return true }
    for index in model.useStarts[column]..<model.useStarts[column + 1]
    where left[Int(model.usage[index].resource)] < 0 {
      return true
    }
    return false
  }

  @inline(__always)
  mutating func take(_ column: Int) {
    for index in model.useStarts[column]..<model.useStarts[column + 1] {
      left[Int(model.usage[index].resource)] -= model.usage[index].amount
    }
  }

  @inline(__always)
  mutating func giveBack(_ column: Int) {
    for index in model.useStarts[column]..<model.useStarts[column + 1] {
      left[Int(model.usage[index].resource)] += model.usage[index].amount
    }
  }
}
