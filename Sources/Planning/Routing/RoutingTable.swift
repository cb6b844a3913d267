import Operations

/// A problem in canonical order and dense columns: orders by id, locations by (rank, id), options by (location, service).
///
/// Every decision is made on these indexes, so that the answer does not depend on the order of the input.
struct RoutingTable {
  /// Canonical position → index in the problem.
  let locations: [Int]
  let orders: [TableOrder]
  /// What is there before anything ships.
  let supply: Supply

  /// Units of the largest order that is routed.
  var largestOrder: Quantity { orders.reduce(0) { max($0, $1.isTooLarge ? 0 : $1.demand) } }
  /// What the batch costs at most.
  var worstCost: Int64 {
    var sum = SaturatingSum()
    for order in orders where !order.isTooLarge { sum.add(order.worstCost) }
    return sum.total
  }

  init(_ problem: RoutingProblem) {
    let places = problem.locations
    locations = places.indices.sorted { left, right in
      (places[left].rank, places[left].id, left) < (places[right].rank, places[right].id, right)
    }
    var positions = [Int](repeating: 0, count: places.count)
    for (position, index) in locations.enumerated() { positions[index] = position }
    var items: [Int32: Int] = [:]
    let sorted = problem.orders.indices.sorted { left, right in
      (problem.orders[left].id, left) < (problem.orders[right].id, right)
    }
    orders = sorted.map { TableOrder(problem.orders[$0], index: $0, positions: positions, items: &items) }
    var supply = Supply(locations: places.count, items: items.count)
    for (position, index) in locations.enumerated() {
      supply.units[position] = max(0, places[index].unitCapacity ?? .max)
      supply.shipments[position] = max(0, places[index].shipmentCapacity ?? .max)
    }
    for row in problem.stock {
      guard let item = items[row.item], row.units > 0 else { continue }
      supply.stock[item * places.count + positions[row.location]] += row.units
    }
    self.supply = supply
  }
}

/// What is left to ship, and of whom.
struct Supply: Hashable {
  let locationCount: Int
  /// `item * locationCount + location`.
  var stock: [Quantity]
  var units: [Quantity]
  var shipments: [Int64]

  init(locations: Int, items: Int) {
    locationCount = locations
    stock = [Quantity](repeating: 0, count: locations * items)
    units = [Quantity](repeating: .max, count: locations)
    shipments = [Int64](repeating: .max, count: locations)
  }

  /// Takes what an answer ships, or gives it back.
  mutating func change(_ order: TableOrder, _ plan: RoutePlan, takes: Bool) {
    let sign: Int64 = takes ? 1 : -1
    for part in plan.parts {
      let location = order.options[part.option].location
      // No limit stays no limit: what is given back was taken before.
      if shipments[location] != .max { shipments[location] -= sign }
      for own in part.units {
        stock[order.lines[own.line].item * locationCount + location] -= sign * own.quantity
        if units[location] != .max { units[location] -= sign * own.quantity }
      }
    }
  }
}
