import Operations

/// Fills lines under a rule that no flow can express, by trying: lines that ship whole, and parts that must be worth
/// something.
///
/// Line by line and location by location, the cheapest first, with what the remaining lines cost at least as the bound.
struct DistributionSearch {
  private let task: OrderTask
  private let set: [Int]
  private let filling: Filling
  private(set) var stepsLeft: Int
  private var units: [Quantity]
  private var best: [Quantity]?
  /// Only what costs at most this is looked for, without the parcels' own cost.
  private var limit: Int64
  /// What the lines from this one on cost at least.
  private var atLeast: [Int64]
  /// Per line: indexes of the set that hold some of it, the cheapest first.
  private var choices: [[Int]]

  init(_ task: OrderTask, _ set: [Int], limit: Int64, stepsLeft: Int) {
    self.task = task
    self.set = set
    self.limit = limit
    self.stepsLeft = stepsLeft
    filling = Filling(task)
    units = Array(repeating: 0, count: set.count * task.lineCount)
    atLeast = Array(repeating: 0, count: task.lineCount + 1)
    choices = (0..<task.lineCount).map { line in
      set.indices.filter { task.held[set[$0] * task.lineCount + line] > 0 }.sorted {
        (task.cost[set[$0] * task.lineCount + line], $0) < (task.cost[set[$1] * task.lineCount + line], $1)
      }
    }
  }

  mutating func run() -> [Quantity]? {
    for line in (0..<task.lineCount).reversed() {
      guard let cost = filling.cost(of: line, from: set) else { return nil }
      atLeast[line] = atLeast[line + 1] + cost
    }
    place(line: 0, choice: 0, rest: task.lineCount > 0 ? task.order.lines[0].quantity : 0, cost: 0)
    return best
  }

  private mutating func place(line: Int, choice: Int, rest: Quantity, cost: Int64) {
    guard stepsLeft > 0 else { return }
    stepsLeft -= 1
    guard line < task.lineCount else {
      guard cost <= limit, isWorthIt else { return }
      best = units
      // Only what is cheaper is of interest from now on.
      limit = cost - 1
      return
    }
    // What is left of the line may earn something where units cost less than nothing.
    let cheapest = choice < choices[line].count ? task.cost[set[choices[line][choice]] * task.lineCount + line] : 0
    guard cost + rest * min(0, cheapest) + atLeast[line + 1] <= limit else { return }
    guard rest > 0, choice < choices[line].count else {
      guard rest == 0 || !task.mustFill else { return }
      let unfilled = rest * task.order.lines[line].penalty
      let next = line + 1 < task.lineCount ? task.order.lines[line + 1].quantity : 0
      return place(line: line + 1, choice: 0, rest: next, cost: cost + unfilled)
    }
    let index = choices[line][choice]
    let most = min(rest, room(index, line))
    var quantity = most
    while quantity >= 0, stepsLeft > 0 {
      if !task.isWhole || quantity == 0 || quantity == task.order.lines[line].quantity {
        units[index * task.lineCount + line] = quantity
        place(
          line: line, choice: choice + 1, rest: rest - quantity,
          cost: cost + quantity * task.cost[set[index] * task.lineCount + line])
      }
      quantity = task.isWhole && quantity > 0 ? 0 : quantity - 1
    }
    units[index * task.lineCount + line] = 0
  }

  /// Units of a line that still fit at a location of the set.
  private func room(_ index: Int, _ line: Int) -> Quantity {
    var (room, item) = (task.capacity[set[index]], task.itemStock(set[index], line))
    for other in 0..<task.lineCount {
      room -= units[index * task.lineCount + other]
      if task.order.leader[other] == task.order.leader[line] { item -= units[index * task.lineCount + other] }
    }
    return min(room, item, task.held[set[index] * task.lineCount + line])
  }

  private var isWorthIt: Bool {
    guard task.isThreshold(of: set.count) else { return true }
    return set.indices.allSatisfy { index in
      let value = (0..<task.lineCount).reduce(Int64(0)) {
        $0 + units[index * task.lineCount + $1] * task.order.lines[$1].value
      }
      return value >= task.threshold
    }
  }
}
