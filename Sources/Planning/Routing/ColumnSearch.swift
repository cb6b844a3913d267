import Operations

/// Lists the cheapest answers of one order: the columns among which a batch chooses.
///
/// Unlike the search for the one best answer it keeps answers that use more, or leave more unfilled, than the order
/// needs to by itself: they are what makes room for others. Shipping nothing is always listed.
struct ColumnSearch {
  private let task: OrderTask
  private let count: Int
  private var stepsLeft: Int
  /// Sorted by cost.
  private(set) var plans: [RoutePlan] = []
  private var units: [Quantity]
  private var left: [Quantity]
  private var openAt: [Int]
  private var open: [Int] = []
  /// What the lines from this one on cost at least.
  private var atLeast: [Int64]
  /// Per line: options that hold some of it, the cheapest with their parcel first.
  private var choices: [[Int]]
  /// Per line: the least cost of a unit.
  private var rate: [Int64]
  /// Every answer that is not listed costs at least this much; `max` when all are listed.
  private(set) var othersCost = Int64.max

  /// - Parameters:
  ///   - count: how many answers to keep.
  ///   - steps: how many to look at, at most.
  init(_ task: OrderTask, count: Int, steps: Int) {
    self.task = task
    self.count = count
    stepsLeft = steps
    let lines = task.lineCount
    units = Array(repeating: 0, count: task.optionCount * lines)
    left = task.capacity
    openAt = Array(repeating: 0, count: (task.location.max() ?? -1) + 1)
    atLeast = Array(repeating: 0, count: lines + 1)
    rate = Array(repeating: 0, count: lines)
    choices = []
    for line in 0..<lines {
      let wanted = task.order.lines[line].quantity
      let holders = (0..<task.optionCount).filter { task.held[$0 * lines + line] > 0 }
      let alone = holders.map { task.cost[$0 * lines + line] * wanted + task.charge[$0] }
      choices.append(holders.indices.sorted { (alone[$0], $0) < (alone[$1], $1) }.map { holders[$0] })
      rate[line] = holders.reduce(task.mustFill ? .max : task.order.lines[line].penalty) {
        min($0, task.cost[$1 * lines + line])
      }
    }
  }

  mutating func run() {
    defer { plans.append(RoutePlan.nothing(task.order)) }
    for line in (0..<task.lineCount).reversed() {
      let wanted = task.order.lines[line].quantity
      // A line that must be filled and cannot be: nothing ships.
      guard wanted == 0 || rate[line] != .max else { return }
      atLeast[line] = atLeast[line + 1] + (wanted == 0 ? 0 : rate[line] * wanted)
    }
    guard task.lineCount > 0 else { return }
    place(0, from: 0, parts: 0, rest: task.order.lines[0].quantity, cost: 0)
    if stepsLeft <= 0 { othersCost = 0 }
  }

  private var limit: Int64 { plans.count < count ? .max : plans[count - 1].cost }

  private mutating func insert(_ plan: RoutePlan) {
    var place = plans.count
    while place > 0, plan.cost < plans[place - 1].cost { place -= 1 }
    plans.insert(plan, at: place)
    guard plans.count > count else { return }
    othersCost = min(othersCost, plans.removeLast().cost)
  }

  private mutating func place(_ line: Int, from start: Int, parts: Int, rest: Quantity, cost: Int64) {
    guard stepsLeft > 0 else { return }
    stepsLeft -= 1
    let least = cost + atLeast[line + 1] + (rest == 0 ? 0 : rest * rate[line])
    guard least < limit else {
      othersCost = min(othersCost, least)
      return
    }
    if rest == 0 { return next(line, cost) }
    let (lines, wanted) = (task.lineCount, task.order.lines[line].quantity)
    // Deeper, the stack of the search would grow with the order.
    let isCut = parts == RoutingLimits.lineParts
    if isCut { othersCost = min(othersCost, least) }
    for index in start..<(isCut ? start : max(start, choices[line].count)) {
      let option = choices[line][index]
      let isOpen = openAt[task.location[option]] == option + 1
      guard isOpen || (openAt[task.location[option]] == 0 && open.count < task.parcelLimit) else { continue }
      let most = min(rest, room(option, line))
      guard most > 0, !task.isWhole || most == wanted else { continue }
      if !task.isWhole && most > Self.fewAmounts { othersCost = min(othersCost, least) }
      let charge = isOpen ? 0 : task.charge[option] + (open.isEmpty ? 0 : task.splitPenalty)
      if !isOpen {
        openAt[task.location[option]] = option + 1
        open.append(option)
      }
      for quantity in amounts(most) {
        units[option * lines + line] = quantity
        left[option] -= quantity
        place(
          line, from: index + 1, parts: parts + 1, rest: rest - quantity,
          cost: cost + charge + quantity * task.cost[option * lines + line])
        left[option] += quantity
      }
      units[option * lines + line] = 0
      if !isOpen {
        openAt[task.location[option]] = 0
        open.removeLast()
      }
    }
    guard !task.mustFill, !task.isWhole || rest == wanted else { return }
    next(line, cost + rest * task.order.lines[line].penalty)
  }

  private static let fewAmounts: Quantity = 12

  /// All amounts while they are few; of many, all or nothing.
  private func amounts(_ most: Quantity) -> StrideThrough<Quantity> {
    stride(from: most, through: 1, by: task.isWhole || most > Self.fewAmounts ? -Int(most) : -1)
  }

  private mutating func next(_ line: Int, _ cost: Int64) {
    if line + 1 < task.lineCount {
      return place(line + 1, from: 0, parts: 0, rest: task.order.lines[line + 1].quantity, cost: cost)
    }
    guard !open.isEmpty else { return }
    var plan = RoutePlan(cost: cost)
    for option in open.sorted() {
      var value: Int64 = 0
      var own: [RoutePlan.Units] = []
      for line in 0..<task.lineCount where units[option * task.lineCount + line] > 0 {
        let quantity = units[option * task.lineCount + line]
        own.append(RoutePlan.Units(line: line, quantity: quantity))
        value += quantity * task.order.lines[line].value
      }
      if task.isThreshold(of: open.count), value < task.threshold { return }
      plan.parts.append(RoutePlan.Part(option: task.options[option], units: own))
    }
    insert(plan)
  }

  /// Units of a line that still fit at an option.
  private func room(_ option: Int, _ line: Int) -> Quantity {
    let held = min(left[option], task.held[option * task.lineCount + line])
    guard task.order.sharesItems else { return held }
    var item = task.itemStock(option, line)
    for other in 0..<task.lineCount where task.order.leader[other] == task.order.leader[line] {
      item -= units[option * task.lineCount + other]
    }
    return min(held, item)
  }
}
