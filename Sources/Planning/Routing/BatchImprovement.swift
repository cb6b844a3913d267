import Operations

/// Improves a batch by choosing again, exactly, for a few orders that are in each other's way, over and over.
///
/// A large neighbourhood search (Shaw 1998) that now and then takes something dearer, less so towards the end, to leave
/// what only looks best from near. Its chance is a fixed seed and its end is a count: equal inputs give equal answers.
struct BatchImprovement {
  private(set) var state: BatchState
  /// The orders that may be chosen again.
  private var orders: [Int] = []
  private var search: JointSearch
  private var random = FixedRandom()
  private let core: BatchCore
  private let model: BatchModel
  /// Per resource: the last round whose bound counted it.
  private var counted: [Int]
  private var round = 0

  /// Begins with the known answer.
  init(_ core: BatchCore) {
    self.core = core
    model = core.model
    state = BatchState(model, chosen: core.chosen)
    search = JointSearch(core, left: [])
    counted = Array(repeating: 0, count: model.capacity.count)
  }

  mutating func replace(_ order: Int, by column: Int) { state.replace(order, by: column) }

  /// Works in bouts, each as long as all before it together, and stops after one that brought nothing.
  /// - Parameters:
  ///   - orders: they share nothing scarce with any other.
  ///   - work: how many columns to look at, about.
  ///   - least: what the orders cost at least.
  mutating func run(_ orders: [Int], work: Int, least: Int64) {
    self.orders = orders
    var done = 0
    var bout = min(work, RoutingLimits.boutWork * orders.count)
    while done < work {
      let before = state.cost(of: orders)
      guard before > least else { return }
      runBout(work: bout, heat: before / Int64(orders.count), cost: before)
      done += bout
      guard state.cost(of: orders) < before else { return }
      bout = min(done, work - done)
    }
  }

  /// - Parameter heat: how much dearer the first steps may be.
  private mutating func runBout(work: Int, heat: Int64, cost: Int64) {
    var (cost, workLeft) = (cost, work)
    var best = (cost: cost, chosen: state.chosen)
    while workLeft > 0 {
      round += 1
      workLeft -= RoutingLimits.leastRoundWork
      let group = group(around: orders[random.below(orders.count)])
      guard group.count > 1 else { continue }
      // Every now and then the first order of the group must give up its column, which may cost something.
      let allowance = Int64(max(0, workLeft)) * min(heat, RoutingLimits.highestHeat) / Int64(work)
      let isKick = round % 3 == 1 && allowance > 0
      cost += chooseAgain(group, allowance: isKick ? Int64(random.below(Int(allowance) + 1)) : 0, isKick: isKick)
      workLeft -= RoutingLimits.groupWork - search.workLeft
      if cost < best.cost { best = (cost, state.chosen) }
    }
    for order in orders where state.chosen[order] != best.chosen[order] { state.replace(order, by: best.chosen[order]) }
  }

  /// Returns by how much the cost changes.
  private mutating func chooseAgain(_ group: [Int], allowance: Int64, isKick: Bool) -> Int64 {
    // The state's numbers are lent to the search, because copying them would cost more than the search.
    swap(&search.left, &state.left)
    var cost: Int64 = 0
    for order in group {
      search.giveBack(state.chosen[order])
      cost += model.cost[state.chosen[order]]
    }
    search.run(
      group, cost: cost + allowance, bound: bound(of: group), work: RoutingLimits.groupWork,
      banned: isKick ? state.chosen[group[0]] : -1)
    for order in group { search.take(state.chosen[order]) }
    swap(&search.left, &state.left)
    guard !search.best.isEmpty else { return 0 }
    for (order, column) in zip(group, search.best) where state.chosen[order] != column {
      state.replace(order, by: column)
    }
    return search.cost - cost
  }

  /// What the orders of a group cost at least over what the search is lent, scaled.
  private mutating func bound(of group: [Int]) -> Int64 {
    var bound: Int64 = 0
    for order in group {
      bound += core.least[order]
      for resource in core.priced[order] where counted[resource] != round {
        counted[resource] = round
        bound -= core.price(of: resource) * search.left[resource]
      }
    }
    return bound
  }

  /// An order that would rather ship otherwise, the orders that are in the way of that, and orders in theirs.
  private mutating func group(around seed: Int) -> [Int] {
    guard state.chosen[seed] > model.starts[seed] else { return [] }
    var group = [seed]
    let size = RoutingLimits.groupOrders.lowerBound + random.below(RoutingLimits.groupOrders.count)
    if random.below(2) == 0 {
      let cheaper = state.chosen[seed] - model.starts[seed]
      addBlockers(of: model.starts[seed] + random.below(cheaper), &group)
    }
    for _ in 0..<(3 * size) where group.count < size {
      guard let resource = wanted(by: group[random.below(group.count)]) else { continue }
      let users = state.users[resource]
      guard !users.isEmpty else { continue }
      let other = Int(users[random.below(users.count)])
      if !group.contains(other) { group.append(other) }
    }
    return group
  }

  /// Adds as many orders as would make room for a column of the first.
  private mutating func addBlockers(of column: Int, _ group: inout [Int]) {
    for use in state.uses(column) {
      let resource = Int(use.resource)
      var missing = use.amount - state.left[resource]
      for order in group { missing -= amount(of: resource, order) }
      let users = state.users[resource]
      guard missing > 0, !users.isEmpty else { continue }
      let start = random.below(users.count)
      for offset in users.indices where missing > 0 && group.count < RoutingLimits.largestGroup {
        let other = Int(users[(start + offset) % users.count])
        guard !group.contains(other) else { continue }
        group.append(other)
        missing -= amount(of: resource, other)
      }
    }
  }

  private func amount(of resource: Int, _ order: Int) -> Quantity {
    for use in state.uses(state.chosen[order]) where Int(use.resource) == resource { return use.amount }
    return 0
  }

  /// A resource that the order would use by a column chosen at random.
  private mutating func wanted(by order: Int) -> Int? {
    let (start, end, chosen) = (model.starts[order], model.starts[order + 1], state.chosen[order])
    let column = start + random.below(min(end - start, max(chosen - start, 6)))
    let uses = state.uses(column)
    return uses.isEmpty ? nil : Int(uses[uses.startIndex + random.below(uses.count)].resource)
  }
}

/// Chance that is the same in every run (SplitMix64: Steele, Lea and Flood 2014).
struct FixedRandom {
  private var state: UInt64 = 1

  /// A number from 0 to below `count`, which is above 0.
  mutating func below(_ count: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Int(mixed % UInt64(count))
  }
}
