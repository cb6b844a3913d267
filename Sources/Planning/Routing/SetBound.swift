import Operations

/// What a set of open options, extended by options that are still undecided, costs at least.
///
/// An undecided option charges its parcel by the unit: what it charges, spread over the most that it could ship. Costs
/// are scaled up, so that the spread charge of a large order is not rounded away.
struct SetBound {
  private let task: OrderTask
  /// The place of each option in the order of the search.
  private let position: [Int]
  private let shift: Int64
  /// `option * lineCount + line`: scaled, with the spread charge.
  private var spread: [Int64]
  /// Per line: the options that hold some of it, the cheapest by `spread` first.
  private var choices: [[Int]]

  init(_ task: OrderTask, position: [Int]) {
    self.task = task
    self.position = position
    var worst = SaturatingSum()
    for line in 0..<task.lineCount {
      var dearest = task.dearest[line]
      for option in 0..<task.optionCount { dearest = max(dearest, abs(task.cost[option * task.lineCount + line])) }
      worst.add(dearest, times: task.order.lines[line].quantity)
    }
    for option in 0..<task.optionCount { worst.add(task.charge[option] + task.splitPenalty) }
    shift = Int64(max(0, min(12, worst.total.leadingZeroBitCount - 4)))
    spread = Array(repeating: 0, count: task.cost.count)
    for option in 0..<task.optionCount {
      var most: Quantity = 0
      for line in 0..<task.lineCount { most += task.held[option * task.lineCount + line] }
      let charge = (task.charge[option] + task.splitPenalty) << shift
      let share = charge / max(1, min(most, task.capacity[option]))
      for line in 0..<task.lineCount {
        spread[option * task.lineCount + line] = task.cost[option * task.lineCount + line] << shift + share
      }
    }
    choices = []
    for line in 0..<task.lineCount {
      let holders = (0..<task.optionCount).filter {
        position[$0] >= 0 && task.held[$0 * task.lineCount + line] > 0
      }
      choices.append(
        holders.sorted {
          (spread[$0 * task.lineCount + line], $0) < (spread[$1 * task.lineCount + line], $1)
        })
    }
  }

  /// - Parameters:
  ///   - charges: of the open options, with the price of every parcel after the first.
  ///   - first: options from this position on are undecided.
  /// - Returns: nil when a line that must be filled cannot be.
  func cost(_ open: [Int], charges: Int64, first: Int) -> Int64? {
    var total: Int64 = 0
    for line in 0..<task.lineCount {
      let penalty = task.order.lines[line].penalty << shift
      var rest = task.order.lines[line].quantity
      var last: (cost: Int64, option: Int) = (.min, -1)
      var cursor = 0
      let choices = choices[line]
      while rest > 0 {
        while cursor < choices.count, position[choices[cursor]] < first { cursor += 1 }
        var next: (cost: Int64, option: Int)?
        if cursor < choices.count {
          next = (spread[choices[cursor] * task.lineCount + line], choices[cursor])
        }
        var isOpen = false
        for option in open where task.held[option * task.lineCount + line] > 0 {
          let candidate = (task.cost[option * task.lineCount + line] << shift, option)
          if candidate > last, next.map({ candidate < $0 }) ?? true {
            next = candidate
            isOpen = true
          }
        }
        guard let next, task.mustFill || next.cost <= penalty else { break }
        if isOpen { last = next } else { cursor += 1 }
        let quantity = min(rest, task.held[next.option * task.lineCount + line])
        total += quantity * next.cost
        rest -= quantity
      }
      guard rest == 0 || !task.mustFill else { return nil }
      total += rest * penalty
    }
    // Rounded up: costs are whole.
    return charges + (total + (1 << shift) - 1) >> shift
  }
}
