import Operations

/// The cheapest way to fill an order's lines from a given set of options: the transportation step.
///
/// Lines are filled one by one from the cheapest option, which is optimal while each line has its stock and every
/// location its capacity to itself. Where lines compete, a flow decides, or a search where no flow can express the rule.
struct Filling {
  let task: OrderTask
  /// Steps left for the searches that no flow can replace.
  var distributionsLeft = RoutingLimits.distributions
  /// False when a search was cut short: there may be a better filling.
  var isExact = true

  init(_ task: OrderTask) { self.task = task }

  /// The parcels' own cost of a set.
  func charges(_ set: [Int]) -> Int64 {
    set.reduce(0) { $0 + task.charge[$1] } + task.splitPenalty * Int64(max(0, set.count - 1))
  }

  /// The cost of a set when no two lines compete: exact or too low. Nil when a line that must be filled cannot be.
  func cost(_ set: [Int]) -> Int64? {
    var total = charges(set)
    for line in 0..<task.lineCount {
      guard let cost = cost(of: line, from: set) else { return nil }
      total += cost
    }
    return total
  }

  /// The least cost of one line when it has the set to itself.
  func cost(of line: Int, from set: [Int]) -> Int64? {
    var total: Int64 = 0
    let rest = fill(line, from: set) { _, quantity, cost in total += quantity * cost }
    guard rest > 0 else { return total }
    return task.mustFill ? nil : total + rest * task.order.lines[line].penalty
  }

  /// Takes units of a line from the cheapest option on. Returns what nothing covers.
  @inline(__always)
  private func fill(_ line: Int, from set: [Int], _ take: (Int, Quantity, Int64) -> Void) -> Quantity {
    let (wanted, penalty) = (task.order.lines[line].quantity, task.order.lines[line].penalty)
    var rest = wanted
    var last: (cost: Int64, option: Int) = (.min, -1)
    while rest > 0 {
      var next: (cost: Int64, option: Int)?
      for option in set where task.held[option * task.lineCount + line] > 0 {
        let candidate = (task.cost[option * task.lineCount + line], option)
        if candidate > last, next.map({ candidate < $0 }) ?? true { next = candidate }
      }
      guard let next, task.mustFill || next.cost <= penalty else { break }
      let quantity = min(rest, task.held[next.option * task.lineCount + line])
      take(next.option, quantity, next.cost)
      rest -= quantity
      last = next
    }
    return rest
  }

  /// The best plan that uses every option of `set`; nil when there is none, or none that costs at most `limit`.
  mutating func plan(_ set: [Int], limit: Int64) -> RoutePlan? {
    guard let relaxed = cost(set), relaxed <= limit else { return nil }
    var units = [Quantity](repeating: 0, count: set.count * task.lineCount)
    for line in 0..<task.lineCount {
      _ = fill(line, from: set) { option, quantity, _ in
        let index = set.firstIndex(of: option) ?? 0
        units[index * task.lineCount + line] = quantity
      }
    }
    if !fits(set, units) {
      guard let shared = fillShared(set, limit: limit - charges(set)) else { return nil }
      units = shared
    }
    return plan(set, units, limit: limit)
  }

  /// Whether the units keep to what the lines share, and to the threshold.
  private func fits(_ set: [Int], _ units: [Quantity]) -> Bool {
    guard task.isCoupled || task.threshold > 0 else { return true }
    for (index, option) in set.enumerated() {
      var total: Quantity = 0
      var value: Int64 = 0
      var ofItem = [Quantity](repeating: 0, count: task.order.sharesItems ? task.lineCount : 0)
      for line in 0..<task.lineCount {
        let quantity = units[index * task.lineCount + line]
        total += quantity
        value += quantity * task.order.lines[line].value
        guard task.order.sharesItems else { continue }
        ofItem[task.order.leader[line]] += quantity
        if ofItem[task.order.leader[line]] > task.itemStock(option, line) { return false }
      }
      if total > task.capacity[option] || (task.isThreshold(of: set.count) && value < task.threshold) { return false }
    }
    return true
  }

  private mutating func fillShared(_ set: [Int], limit: Int64) -> [Quantity]? {
    // In one location the units that save most go first: what they share is nested, item in location.
    if set.count == 1, !task.isWhole {
      let units = GreedyFilling(task, set).units
      return task.isThreshold(of: 1) ? units.flatMap { fits(set, $0) ? $0 : nil } : units
    }
    let cells = task.lineCount * set.count
    if !task.isWhole, cells <= RoutingLimits.flowCells {
      // Without the threshold the flow is exact; its cost is a bound with it.
      guard let units = FlowFilling(task, set).units else { return nil }
      if fits(set, units) { return units }
    }
    guard cells <= RoutingLimits.distributionCells else {
      isExact = false
      return GreedyFilling(task, set).units.flatMap { fits(set, $0) ? $0 : nil }
    }
    var search = DistributionSearch(task, set, limit: limit, stepsLeft: distributionsLeft)
    let units = search.run()
    distributionsLeft = search.stepsLeft
    if distributionsLeft <= 0 { isExact = false }
    return units
  }

  private func plan(_ set: [Int], _ units: [Quantity], limit: Int64) -> RoutePlan? {
    var cost = charges(set) + task.costOfNothing
    var plan = RoutePlan(cost: 0)
    for option in set.sorted() {
      let index = set.firstIndex(of: option) ?? 0
      var own: [RoutePlan.Units] = []
      for line in 0..<task.lineCount where units[index * task.lineCount + line] > 0 {
        let quantity = units[index * task.lineCount + line]
        own.append(RoutePlan.Units(line: line, quantity: quantity))
        cost += quantity * (task.cost[option * task.lineCount + line] - task.order.lines[line].penalty)
      }
      // An option that ships nothing belongs to no set: the set without it is looked at by itself.
      guard !own.isEmpty else { return nil }
      plan.parts.append(RoutePlan.Part(option: task.options[option], units: own))
    }
    plan.cost = cost
    return cost <= limit ? plan : nil
  }
}
