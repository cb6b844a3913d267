import Operations

/// An order over canonical indexes.
struct TableOrder {
  struct Line {
    let item: Int
    let quantity: Quantity
    let penalty: Int64
    let value: Int64
  }

  struct Option {
    let location: Int
    let service: Int
    let fixed: Int64
    let late: Int64
    let promised: Instant
    let closure: RoutingClosure?
    /// Its index in the caller's order.
    let index: Int

    init(_ option: RoutingOption, location: Int, index: Int) {
      precondition(option.fixed >= 0 && option.late >= 0, "a charge below 0")
      (self.location, self.index, service) = (location, index, option.service)
      (fixed, late, promised, closure) = (option.fixed, option.late, option.promised, option.closure)
    }
  }

  /// Its index in the problem.
  let index: Int
  let lines: [Line]
  let options: [Option]
  /// `option * lines.count + line`.
  let costs: [Int64]
  let split: SplitMode
  let shipsComplete: Bool
  let splitPenalty: Int64
  let parcelLimit: Int
  let splitThreshold: Int64
  /// How many parcels it may be sent in whatever they are worth: one, or none where another part is under way already.
  let freeParcels: Int
  /// Two lines of one item share its stock.
  let sharesItems: Bool
  /// The first line of the same item, for every line.
  let leader: [Int]
  /// Units wanted of each line's item, over all its lines.
  let itemDemand: [Quantity]
  let demand: Quantity
  /// No answer costs more.
  let worstCost: Int64
  /// Amounts beyond `RoutingLimits.orderCostBits`.
  var isTooLarge: Bool { worstCost >> RoutingLimits.orderCostBits != 0 || demand == .max }

  init(_ order: RoutingOrder, index: Int, positions: [Int], items: inout [Int32: Int]) {
    self.index = index
    var lines: [Line] = []
    var leader: [Int] = []
    var leaders: [Int: Int] = [:]
    var wanted: [SaturatingSum] = []
    var demand = SaturatingSum()
    for (index, line) in order.lines.enumerated() {
      precondition(line.quantity >= 0 && line.unfilledPenalty >= 0 && line.unitValue >= 0, "an amount below 0")
      let item = items[line.item] ?? items.count
      items[line.item] = item
      lines.append(Line(item: item, quantity: line.quantity, penalty: line.unfilledPenalty, value: line.unitValue))
      let first = leaders[item] ?? index
      leaders[item] = first
      leader.append(first)
      wanted.append(SaturatingSum())
      wanted[first].add(line.quantity)
      demand.add(line.quantity)
    }
    (self.lines, self.leader, self.demand) = (lines, leader, demand.total)
    sharesItems = leaders.count < lines.count
    itemDemand = leader.map { wanted[$0].total }
    let sorted = order.options.indices.sorted { left, right in
      let (first, second) = (order.options[left], order.options[right])
      return (positions[first.location], first.service, left) < (positions[second.location], second.service, right)
    }
    options = sorted.map { Option(order.options[$0], location: positions[order.options[$0].location], index: $0) }
    costs = sorted.flatMap { index in
      precondition(order.options[index].unitCosts.count == order.lines.count, "a unit cost for every line")
      return order.options[index].unitCosts
    }
    precondition(order.splitPenalty >= 0 && order.splitThreshold >= 0, "a penalty below 0")
    (split, shipsComplete, splitPenalty) = (order.split, order.shipsComplete, order.splitPenalty)
    parcelLimit = order.split == .none ? min(1, order.parcelLimit ?? 1) : order.parcelLimit ?? .max
    splitThreshold = order.splitThreshold
    freeParcels = order.isSplit ? 0 : 1
    worstCost = Self.worstCost(lines, options, costs, splitPenalty: order.splitPenalty)
  }

  /// Whether the search is tried; what is larger goes to the heuristics.
  var isWithinExactLimits: Bool {
    lines.count <= RoutingLimits.exactLines && options.count <= 4 * RoutingLimits.exactLocations
  }

  private static func worstCost(
    _ lines: [Line], _ options: [Option], _ costs: [Int64], splitPenalty: Int64
  ) -> Int64 {
    var worst = SaturatingSum()
    for option in options {
      worst.add(option.fixed)
      worst.add(option.late)
      worst.add(splitPenalty)
    }
    for (index, line) in lines.enumerated() {
      var dearest = line.penalty
      for option in options.indices {
        dearest = max(dearest, Int64(clamping: costs[option * lines.count + index].magnitude))
      }
      worst.add(dearest, times: line.quantity)
      worst.add(line.value, times: line.quantity)
    }
    return worst.total
  }
}

/// A sum of what is at least 0 that stays at the largest number instead of overflowing.
struct SaturatingSum {
  private(set) var total: Int64 = 0

  mutating func add(_ value: Int64, times count: Int64 = 1) {
    let (product, overflows) = value.multipliedReportingOverflow(by: count)
    let (sum, over) = total.addingReportingOverflow(overflows ? .max : product)
    total = over ? .max : sum
  }
}
