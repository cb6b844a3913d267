import Operations

/// The usual chain for the set of options of one order: the best pair, the best triple, a greedy cover, then dropping
/// and swapping while it helps (domain.md §3). Single locations are looked at before.
struct SetHeuristics {
  private let options: [Int]
  private let task: OrderTask
  private let parcelLimit: Int

  init(_ options: [Int], _ task: OrderTask, parcelLimit: Int) {
    self.options = options
    self.task = task
    self.parcelLimit = parcelLimit
  }

  /// - Parameters:
  ///   - isThorough: pairs and triples too; a branch and bound that follows looks at them by itself.
  ///   - consider: tells what a set costs; nil when it is no answer.
  mutating func run(isThorough: Bool, consider: ([Int]) -> Int64?) {
    var best: (set: [Int], cost: Int64) = ([], task.mustFill ? .max : task.costOfNothing)
    func look(_ set: [Int]) {
      if let cost = consider(set), cost < best.cost { best = (set, cost) }
    }
    if isThorough {
      for option in options { look([option]) }
      tryPairsAndTriples(look)
    }
    cover(look)
    improve(&best, consider)
  }

  private func tryPairsAndTriples(_ look: ([Int]) -> Void) {
    let (count, lines) = (options.count, max(1, task.lineCount))
    guard parcelLimit >= 2, count * count * lines <= RoutingLimits.heuristicEvaluations else { return }
    forEachPair(from: 0) { first, second in look([options[first], options[second]]) }
    guard parcelLimit >= 3, count * count * count / 6 * 3 * lines <= RoutingLimits.heuristicEvaluations else { return }
    for first in options.indices {
      forEachPair(from: first + 1) { second, third in look([options[first], options[second], options[third]]) }
    }
  }

  private func forEachPair(from start: Int, _ body: (Int, Int) -> Void) {
    for first in options.indices.dropFirst(start) {
      for second in options.indices.dropFirst(first + 1) where !isSamePlace(options[first], options[second]) {
        body(first, second)
      }
    }
  }

  private func isSamePlace(_ first: Int, _ second: Int) -> Bool { task.location[first] == task.location[second] }

  /// Opens, again and again, the option that saves most beside those that are open.
  private func cover(_ look: ([Int]) -> Void) {
    let filling = Filling(task)
    var set: [Int] = []
    var covered = Cover(task)
    while set.count < parcelLimit {
      var best: (gain: Int64, option: Int)?
      for option in options where !set.contains(where: { isSamePlace($0, option) }) {
        let gain = covered.gain(option)
        if gain > 0, best.map({ gain > $0.gain }) ?? true { best = (gain, option) }
      }
      guard let best else { break }
      set.append(best.option)
      covered.open(best.option)
      if filling.cost(set) != nil { look(set) }
    }
  }

  /// Drops and swaps options while it helps.
  private func improve(_ best: inout (set: [Int], cost: Int64), _ consider: ([Int]) -> Int64?) {
    var rounds = 8
    var isBetter = true
    while isBetter, rounds > 0 {
      isBetter = false
      rounds -= 1
      for index in best.set.indices.reversed() {
        var set = best.set
        set.remove(at: index)
        if !set.isEmpty, let cost = consider(set), cost < best.cost {
          best = (set, cost)
          isBetter = true
        }
      }
      for index in best.set.indices {
        for option in options {
          var set = best.set
          set[index] = option
          let isValid = best.set.indices.allSatisfy { $0 == index || !isSamePlace(best.set[$0], option) }
          if isValid, option != best.set[index], let cost = consider(set), cost < best.cost {
            best = (set, cost)
            isBetter = true
          }
        }
      }
    }
  }
}

/// What is still open of each line while a cover grows, at the price of the cheapest so far.
private struct Cover {
  let task: OrderTask
  var rest: [Quantity]
  var isFirst = true

  init(_ task: OrderTask) {
    self.task = task
    rest = task.order.lines.map(\.quantity)
  }

  /// What opening an option saves on what is still open.
  func gain(_ option: Int) -> Int64 {
    var gain = -task.charge[option] - (isFirst ? 0 : task.splitPenalty)
    for line in 0..<task.lineCount {
      let place = option * task.lineCount + line
      let worth = task.mustFill ? 2 * task.dearest[line] + task.charge[option] : task.order.lines[line].penalty
      gain += min(rest[line], task.held[place]) * max(0, worth - task.cost[place])
    }
    return gain
  }

  mutating func open(_ option: Int) {
    isFirst = false
    for line in 0..<task.lineCount { rest[line] -= min(rest[line], task.held[option * task.lineCount + line]) }
  }
}
