import Operations

@testable import Planning

/// Every way to ship an order, tried: the measure of what a solver must find. For tiny problems only.
struct BruteForce {
  struct Answer {
    var cost: Int64
    /// Option index → units per line.
    var parts: [Int: [Quantity]]
  }

  let problem: RoutingProblem

  /// The least cost of all orders together.
  func leastCost() -> Int64 { leastCost(from: 0, Left(problem)) }

  private func leastCost(from index: Int, _ left: Left) -> Int64 {
    guard index < problem.orders.count else { return 0 }
    var best = Int64.max
    for answer in answers(problem.orders[index], left) {
      var next = left
      next.take(answer, problem.orders[index])
      best = min(best, answer.cost + leastCost(from: index + 1, next))
    }
    return best
  }

  /// The best answers of a single order in the order of the tie-break: cost, parcels, promise, locations.
  func best(_ order: RoutingOrder) -> (cost: Int64, parcels: Int, promised: Instant, places: [Place]) {
    let keys = answers(order, Left(problem)).map { answer in
      (
        answer.cost, answer.parts.count, answer.parts.keys.map { order.options[$0].promised }.max() ?? .distantPast,
        answer.parts.keys.map { Place(problem.locations[order.options[$0].location]) }.sorted()
      )
    }
    return keys.min { left, right in
      if left.0 != right.0 { return left.0 < right.0 }
      if left.1 != right.1 { return left.1 < right.1 }
      if left.2 != right.2 { return left.2 < right.2 }
      return left.3.lexicographicallyPrecedes(right.3)
    } ?? (0, 0, .distantPast, [])
  }

  struct Place: Comparable {
    let rank: Int64
    let id: NodeID

    init(_ location: RoutingLocation) { (rank, id) = (location.rank, location.id) }

    static func < (left: Self, right: Self) -> Bool { (left.rank, left.id) < (right.rank, right.id) }
  }

  struct Left {
    var stock: [[Int]: Quantity] = [:]
    var units: [Quantity]
    var parcels: [Int64]

    init(_ problem: RoutingProblem) {
      units = problem.locations.map { $0.unitCapacity ?? 1_000_000 }
      parcels = problem.locations.map { $0.shipmentCapacity ?? 1_000_000 }
      for row in problem.stock { stock[[row.location, Int(row.item)], default: 0] += row.units }
    }

    mutating func take(_ answer: Answer, _ order: RoutingOrder) {
      for (option, quantities) in answer.parts {
        let location = order.options[option].location
        parcels[location] -= 1
        for (line, quantity) in quantities.enumerated() {
          units[location] -= quantity
          stock[[location, Int(order.lines[line].item)], default: 0] -= quantity
        }
      }
    }

    var isValid: Bool {
      stock.values.allSatisfy { $0 >= 0 } && units.allSatisfy { $0 >= 0 } && parcels.allSatisfy { $0 >= 0 }
    }
  }

  /// All valid answers of one order.
  func answers(_ order: RoutingOrder, _ left: Left) -> [Answer] {
    var answers: [Answer] = []
    func extend(_ line: Int, _ parts: [Int: [Quantity]]) {
      guard line < order.lines.count else {
        if let cost = cost(order, parts, left) { answers.append(Answer(cost: cost, parts: parts)) }
        return
      }
      distribute(line, 0, order.lines[line].quantity, parts)
    }
    func distribute(_ line: Int, _ option: Int, _ rest: Quantity, _ parts: [Int: [Quantity]]) {
      guard option < order.options.count else { return extend(line + 1, parts) }
      distribute(line, option + 1, rest, parts)
      guard order.options[option].closure == nil, rest > 0 else { return }
      let location = order.options[option].location
      guard !parts.keys.contains(where: { $0 != option && order.options[$0].location == location }) else { return }
      let there = left.stock[[location, Int(order.lines[line].item)]] ?? 0
      guard there > 0 else { return }
      for quantity in 1...min(rest, there) {
        var next = parts
        next[option, default: order.lines.map { _ in 0 }][line] += quantity
        distribute(line, option + 1, rest - quantity, next)
      }
    }
    extend(0, [:])
    return answers
  }

  /// The cost of an answer; nil when it breaks a rule.
  private func cost(_ order: RoutingOrder, _ parts: [Int: [Quantity]], _ left: Left) -> Int64? {
    var next = left
    next.take(Answer(cost: 0, parts: parts), order)
    guard next.isValid, parts.count <= order.parcelLimit ?? .max, parts.count <= 1 || order.split != .none else {
      return nil
    }
    var cost = order.splitPenalty * Int64(max(0, parts.count - 1))
    for (option, quantities) in parts {
      let value = zip(quantities, order.lines).reduce(Int64(0)) { $0 + $1.0 * $1.1.unitValue }
      if parts.count > 1, value < order.splitThreshold { return nil }
      cost += order.options[option].fixed + order.options[option].late
      cost += zip(quantities, order.options[option].unitCosts).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for (line, wanted) in order.lines.enumerated() {
      let shipped = parts.values.map { $0[line] }
      let unfilled = wanted.quantity - shipped.reduce(0, +)
      if order.shipsComplete, !parts.isEmpty, unfilled > 0 { return nil }
      if order.split == .byLine, shipped.contains(where: { $0 > 0 && $0 < wanted.quantity }) { return nil }
      cost += unfilled * wanted.unfilledPenalty
    }
    return cost
  }
}
