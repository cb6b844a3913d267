import Operations

/// Finds the best set of options of one order: exact by branch and bound while the order is within the limits.
///
/// Sets grow in one fixed order of the locations; a set and all its extensions are skipped when what they cost at least
/// is no better than the best plan known.
struct SetSearch {
  let task: OrderTask
  private(set) var best: RoutePlan
  private(set) var isProved = true
  let dominance: Dominance
  private var filling: Filling
  private var bound: SetBound
  private var open: [Int] = []
  private var workLeft: Int

  /// - Parameters:
  ///   - known: a plan to beat, if one is known. It must obey the rules.
  ///   - mustShip: shipping nothing is no answer.
  ///   - work: lines to fill before the best so far is taken.
  init(_ task: OrderTask, known: RoutePlan? = nil, mustShip: Bool = false, work: Int) {
    workLeft = work
    self.task = task
    filling = Filling(task)
    dominance = Dominance(task)
    let nothing = mustShip ? RoutePlan(cost: .max) : RoutePlan.nothing(task.order)
    best = known.flatMap { $0.isBetter(than: nothing, of: task.order) ? $0 : nil } ?? nothing
    var position = [Int](repeating: -1, count: task.optionCount)
    for (index, place) in dominance.places.enumerated() { for option in place { position[option] = index } }
    bound = SetBound(task, position: position)
  }

  static func best(
    _ task: OrderTask, known: RoutePlan? = nil, mustShip: Bool = false, work: Int = RoutingLimits.setWork
  ) -> (plan: RoutePlan, isProved: Bool) {
    var search = SetSearch(task, known: known, mustShip: mustShip, work: work)
    search.run()
    return (search.best, search.isProved)
  }

  mutating func run() {
    let places = dominance.places
    for option in places.joined() { consider([option]) }
    let limit = min(task.parcelLimit, places.count)
    guard limit > 1 else { return finish() }
    let isLarge = places.count > RoutingLimits.exactLocations || task.lineCount > RoutingLimits.exactLines
    var heuristics = SetHeuristics(places.flatMap { $0 }, task, parcelLimit: limit)
    heuristics.run(isThorough: isLarge) { set in consider(set) }
    if isLarge { isProved = false } else { extend(from: 0, mask: 0, charges: 0) }
    finish()
  }

  private mutating func finish() { if !filling.isExact { isProved = false } }

  /// Looks at one set. Returns its cost, or nil when it is no valid answer, or none that is as good as the best.
  @discardableResult
  private mutating func consider(_ set: [Int]) -> Int64? {
    guard let plan = filling.plan(set, limit: best.cost) else { return nil }
    if plan.isBetter(than: best, of: task.order) { best = plan }
    return plan.cost
  }

  private mutating func extend(from first: Int, mask: UInt64, charges: Int64) {
    for position in first..<dominance.places.count {
      guard dominance.needs[position] & ~mask == 0 else { continue }
      for option in dominance.places[position] {
        workLeft -= task.lineCount
        guard workLeft > 0 else {
          isProved = false
          return
        }
        let charges = charges + task.charge[option] + (open.isEmpty ? 0 : task.splitPenalty)
        open.append(option)
        if mayBeBetter(charges, first: position + 1) {
          if open.count > 1, let plan = filling.plan(open, limit: best.cost),
            plan.isBetter(than: best, of: task.order)
          {
            best = plan
          }
          if open.count < task.parcelLimit {
            extend(from: position + 1, mask: mask | 1 << UInt64(position), charges: charges)
          }
        }
        open.removeLast()
      }
    }
  }

  private func mayBeBetter(_ charges: Int64, first: Int) -> Bool {
    guard let cost = bound.cost(open, charges: charges, first: first) else { return false }
    return cost < best.cost || (cost == best.cost && open.count <= best.parts.count)
  }
}
