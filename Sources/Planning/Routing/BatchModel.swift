import Operations

/// A batch as a choice of one column per order under shared resources: units of an item at a location, units that a
/// location handles, and parcels that it ships.
///
/// Only what can run short is a resource. All numbers stand in flat columns, because the searches walk them millions of
/// times.
struct BatchModel {
  /// What is there of each resource.
  let capacity: [Quantity]
  /// Which resource a unit of an item at a location takes (`item * locations + location`); -1 where it cannot run short.
  private let stockResource: [Int32]
  private let unitResource: [Int32]
  private let shipmentResource: [Int32]
  private let table: RoutingTable

  /// The columns of an order, the cheapest first: `columns[starts[order]..<starts[order + 1]]`.
  private(set) var starts: [Int] = [0]
  private(set) var cost: [Int64] = []
  private(set) var plans: [RoutePlan] = []
  /// What a column uses: `usage[useStarts[column]..<useStarts[column + 1]]`.
  private(set) var useStarts: [Int] = [0]
  private(set) var usage: [Use] = []
  /// Per order: what every answer that is no column costs at least.
  private(set) var othersCost: [Int64] = []

  struct Use {
    let resource: Int32
    let amount: Quantity
  }

  var orderCount: Int { othersCost.count }

  init(_ table: RoutingTable, _ columns: [[RoutePlan]], othersCost: [Int64]) {
    self.table = table
    let supply = table.supply
    var wanted = [SaturatingSum](repeating: SaturatingSum(), count: supply.stock.count)
    var units = [SaturatingSum](repeating: SaturatingSum(), count: supply.locationCount)
    var parcels = [Int64](repeating: 0, count: supply.locationCount)
    for order in table.orders where !order.isTooLarge {
      for location in Set(order.options.map(\.location)) {
        parcels[location] += 1
        units[location].add(order.demand)
        for line in order.lines { wanted[line.item * supply.locationCount + location].add(line.quantity) }
      }
    }
    var capacity: [Quantity] = []
    func resource(_ there: Quantity, _ wanted: Quantity) -> Int32 {
      guard wanted > there else { return -1 }
      capacity.append(there)
      return Int32(capacity.count - 1)
    }
    stockResource = zip(supply.stock, wanted).map { $0 == 0 ? -1 : resource($0, $1.total) }
    unitResource = zip(supply.units, units).map { resource($0, $1.total) }
    shipmentResource = zip(supply.shipments, parcels).map { resource($0, $1) }
    self.capacity = capacity
    for (plans, cost) in zip(columns, othersCost) { append(plans, othersCost: cost) }
  }

  /// Adds the columns of the next order.
  private mutating func append(_ columns: [RoutePlan], othersCost: Int64) {
    let order = table.orders[orderCount]
    // What costs no less than shipping nothing is of no use to anyone.
    let nothing = columns.first { $0.parts.isEmpty }?.cost ?? .max
    let useful = columns.filter { $0.parts.isEmpty || $0.cost < nothing }
    for plan in useful.sorted(by: { $0.isBetter(than: $1, of: order) }) {
      cost.append(plan.cost)
      plans.append(plan)
      usage += uses(plan, order)
      useStarts.append(usage.count)
    }
    starts.append(cost.count)
    self.othersCost.append(othersCost)
  }

  /// What a plan uses, every resource once.
  private func uses(_ plan: RoutePlan, _ order: TableOrder) -> [Use] {
    var uses: [Use] = []
    for part in plan.parts {
      let location = order.options[part.option].location
      var handled: Quantity = 0
      for own in part.units {
        handled += own.quantity
        let resource = stockResource[order.lines[own.line].item * table.supply.locationCount + location]
        guard resource >= 0 else { continue }
        if let index = uses.firstIndex(where: { $0.resource == resource }) {
          uses[index] = Use(resource: resource, amount: uses[index].amount + own.quantity)
        } else {
          uses.append(Use(resource: resource, amount: own.quantity))
        }
      }
      if unitResource[location] >= 0 { uses.append(Use(resource: unitResource[location], amount: handled)) }
      if shipmentResource[location] >= 0 { uses.append(Use(resource: shipmentResource[location], amount: 1)) }
    }
    return uses
  }

  /// The model with some columns of each order only, and without what cannot run short then.
  func keeping(_ columns: [[Int]]) -> BatchModel {
    let isScarce = scarce(columns)
    var core = self
    (core.starts, core.cost, core.plans, core.useStarts, core.usage) = ([0], [], [], [0], [])
    for own in columns {
      for column in own {
        core.cost.append(cost[column])
        core.plans.append(plans[column])
        core.usage += usage[useStarts[column]..<useStarts[column + 1]].filter { isScarce[Int($0.resource)] }
        core.useStarts.append(core.usage.count)
      }
      core.starts.append(core.cost.count)
    }
    return core
  }

  /// Of which resources more could be used than there is.
  private func scarce(_ columns: [[Int]]) -> [Bool] {
    var wanted = [SaturatingSum](repeating: SaturatingSum(), count: capacity.count)
    for own in columns {
      var most: [Int32: Quantity] = [:]
      for column in own {
        for use in usage[useStarts[column]..<useStarts[column + 1]] {
          most[use.resource] = max(most[use.resource] ?? 0, use.amount)
        }
      }
      for (resource, amount) in most { wanted[Int(resource)].add(amount) }
    }
    return zip(wanted, capacity).map { $0.total > $1 }
  }

  /// Prices of resources as prices of stock, units and parcels.
  func supplyPrices(_ prices: [Int64]) -> Supply {
    var result = Supply(locations: table.supply.locationCount, items: 0)
    func price(_ resource: Int32) -> Int64 { resource < 0 ? 0 : prices[Int(resource)] }
    result.stock = stockResource.map(price)
    result.units = unitResource.map(price)
    result.shipments = shipmentResource.map(price)
    return result
  }
}
