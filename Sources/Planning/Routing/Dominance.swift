import Operations

/// Which options need not be looked at, because swapping in another one is never worse.
///
/// An option *dominates* one of another location when no term of it is dearer, it holds as much of everything that the
/// other holds, and it has the capacity. Then (1) no set needs the other without the location of the first; and (2) when
/// the first holds the order's whole demand of each item that the other holds, and has the capacity for all of it, no
/// set needs the other at all. Cheaper and better stocked alone prunes nothing: the optimum may need both.
struct Dominance {
  /// Options of the task that remain, by location: first the location that ships the order cheapest by itself.
  private(set) var places: [[Int]] = []
  /// Beside `places`: the positions that must be open before this one may be.
  private(set) var needs: [UInt64] = []
  /// Option of the task that was pruned → the option that takes its place.
  private(set) var pruned: [Int: Int] = [:]

  init(_ task: OrderTask) {
    var byLocation: [[Int]] = []
    for option in 0..<task.optionCount {
      if let last = byLocation.last, task.location[last[0]] == task.location[option] {
        byLocation[byLocation.count - 1].append(option)
      } else {
        byLocation.append([option])
      }
    }
    for index in byLocation.indices where byLocation[index].count > 1 { pruneServices(&byLocation[index], task) }
    var remaining: [[Int]] = []
    for own in byLocation {
      let better = byLocation.first { others in
        task.location[others[0]] != task.location[own[0]]
          && own.allSatisfy { option in others.allSatisfy { Self.replaces($0, option, task) } }
      }
      if let better { for option in own { pruned[option] = better[0] } } else { remaining.append(own) }
    }
    let alone = remaining.map { $0.reduce(Int64.max) { min($0, Self.costAlone($1, task)) } }
    let order = remaining.indices.sorted { (alone[$0], $0) < (alone[$1], $1) }
    places = order.map { remaining[$0] }
    guard places.count <= 64 else { return }
    needs = places.map { own in
      var mask: UInt64 = 0
      for (position, others) in places.enumerated() where task.location[others[0]] != task.location[own[0]] {
        let dominates = own.allSatisfy { option in others.contains { Self.dominates($0, option, task) } }
        if dominates { mask |= 1 << UInt64(position) }
      }
      return mask
    }
  }

  private mutating func pruneServices(_ options: inout [Int], _ task: OrderTask) {
    let all = options
    options.removeAll { option in
      guard let better = all.first(where: { $0 != option && Self.dominates($0, option, task) }) else { return false }
      pruned[option] = better
      return true
    }
  }

  /// Whether `first` can take the place of `second` in any set that does not use the location of `first`.
  private static func dominates(_ first: Int, _ second: Int, _ task: OrderTask) -> Bool {
    guard task.charge[first] <= task.charge[second], task.capacity[first] >= task.capacity[second] else { return false }
    if task.charge[first] == task.charge[second] {
      guard task.promised[first] <= task.promised[second], first < second else { return false }
    }
    for line in 0..<task.lineCount {
      let (own, other) = (first * task.lineCount + line, second * task.lineCount + line)
      guard task.held[other] > 0 else { continue }
      guard task.cost[own] <= task.cost[other], task.held[own] >= task.held[other],
        task.itemStock(first, line) >= task.itemStock(second, line)
      else { return false }
    }
    return true
  }

  /// Whether `first` can take over what `second` ships even beside what it ships itself.
  private static func replaces(_ first: Int, _ second: Int, _ task: OrderTask) -> Bool {
    guard dominates(first, second, task), task.capacity[first] >= task.order.demand else { return false }
    return (0..<task.lineCount).allSatisfy { line in
      guard task.held[second * task.lineCount + line] > 0 else { return true }
      return task.itemStock(first, line) >= task.order.itemDemand[line]
    }
  }

  /// What the order costs from one option, when lines do not compete. Never more for an option that dominates.
  private static func costAlone(_ option: Int, _ task: OrderTask) -> Int64 {
    var total = task.charge[option]
    for line in 0..<task.lineCount {
      let place = option * task.lineCount + line
      let penalty = task.mustFill ? task.dearest[line] : task.order.lines[line].penalty
      total += task.order.lines[line].quantity * penalty
      total += task.held[place] * min(0, task.cost[place] - penalty)
    }
    return total
  }
}
