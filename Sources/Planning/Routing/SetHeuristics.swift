import Operations

/// The usual chain for the set of options of one order: the best pair, the best triple, a greedy cover, then dropping
/// and swapping while it helps (domain.md §3). Single locations are looked at before.
struct SetHeuristics {
  private let options: [Int]
  private let task: OrderTask
  private let parcelLimit: Int
  private var best: (set: [Int], cost: Int64)
  private var workLeft = RoutingLimits.heuristicWork

  init(_ options: [Int], _ task: OrderTask, parcelLimit: Int) {
    self.options = options
    self.task = task
    self.parcelLimit = parcelLimit
    best = ([], task.mustFill ? .max : task.costOfNothing)
  }

  /// - Parameters:
  ///   - isThorough: pairs and triples too; a branch and bound that follows looks at them by itself.
  ///   - consider: tells what a set costs; nil when it is no answer, or none that is as good as the best known.
  mutating func run(isThorough: Bool, consider: ([Int]) -> Int64?) {
    if isThorough {
      for option in options { look([option], consider) }
      lookAtPairs(consider)
      lookAtTriples(consider)
    }
    cover(consider)
    var isBetter = true
    while isBetter { isBetter = dropOne(consider) || (isThorough && swapOne(consider)) }
  }

  /// Returns whether the set is the best so far.
  @discardableResult
  private mutating func look(_ set: [Int], _ consider: ([Int]) -> Int64?) -> Bool {
    workLeft -= set.count * task.lineCount
    guard workLeft > 0, let cost = consider(set), cost < best.cost else { return false }
    best = (set, cost)
    return true
  }

  private mutating func lookAtPairs(_ consider: ([Int]) -> Int64?) {
    let pairs = options.count * options.count / 2
    guard parcelLimit >= 2, pairs * 2 * task.lineCount <= RoutingLimits.heuristicWork / 4 else { return }
    for (index, first) in options.enumerated() {
      for second in options.dropFirst(index + 1) where isElsewhere(second, [first]) { look([first, second], consider) }
    }
  }

  private mutating func lookAtTriples(_ consider: ([Int]) -> Int64?) {
    let triples = options.count * options.count * options.count / 6
    guard parcelLimit >= 3, triples * 3 * task.lineCount <= RoutingLimits.heuristicWork / 4 else { return }
    for (index, first) in options.enumerated() {
      for (other, second) in options.enumerated().dropFirst(index + 1) where isElsewhere(second, [first]) {
        for third in options.dropFirst(other + 1) where isElsewhere(third, [first, second]) {
          look([first, second, third], consider)
        }
      }
    }
  }

  private func isElsewhere(_ option: Int, _ set: [Int]) -> Bool {
    set.allSatisfy { task.location[$0] != task.location[option] }
  }

  /// Opens, again and again, the option that saves most on what is still open.
  private mutating func cover(_ consider: ([Int]) -> Int64?) {
    var set: [Int] = []
    var covered = Cover(task)
    while set.count < parcelLimit {
      var next: (gain: Int64, option: Int)?
      for option in options where isElsewhere(option, set) {
        guard let gain = covered.gain(option), gain > 0 || task.mustFill else { continue }
        if next.map({ gain > $0.gain }) ?? true { next = (gain, option) }
      }
      guard let next else { return }
      set.append(next.option)
      covered.open(next.option)
      look(set, consider)
    }
  }

  private mutating func dropOne(_ consider: ([Int]) -> Int64?) -> Bool {
    guard best.set.count > 1 else { return false }
    for index in best.set.indices {
      var set = best.set
      set.remove(at: index)
      if look(set, consider) { return true }
    }
    return false
  }

  private mutating func swapOne(_ consider: ([Int]) -> Int64?) -> Bool {
    for index in best.set.indices {
      var rest = best.set
      rest.remove(at: index)
      for option in options where option != best.set[index] && isElsewhere(option, rest) {
        guard workLeft > 0 else { return false }
        if look(rest + [option], consider) { return true }
      }
    }
    return false
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

  /// What opening an option saves on what is still open; nil when it fills nothing. In an order that ships complete a
  /// unit is worth more than it costs anywhere.
  func gain(_ option: Int) -> Int64? {
    var gain = -task.charge[option] - (isFirst ? 0 : task.splitPenalty)
    var filled: Quantity = 0
    for line in 0..<task.lineCount {
      let place = option * task.lineCount + line
      let worth = task.mustFill ? 2 * task.dearest[line] : task.order.lines[line].penalty
      let units = min(rest[line], task.held[place])
      gain += units * max(0, worth - task.cost[place])
      filled += units
    }
    return filled > 0 ? gain : nil
  }

  mutating func open(_ option: Int) {
    isFirst = false
    for line in 0..<task.lineCount { rest[line] -= min(rest[line], task.held[option * task.lineCount + line]) }
  }
}
