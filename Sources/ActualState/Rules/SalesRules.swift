import Operations

// What customers have bought, and what left without a claim. Claims are no measure of sales: they come when stock does, or
// with the first plan, and an order may leave before either.
extension Store {
  /// Counts units as sold by an order or, below 0, as not: on the day of the order, whenever it is heard of.
  func addSale(of sku: SKU, _ units: Quantity, _ order: OrderRow) throws {
    guard units != 0 else { return }
    try count(UsageChange(sold: units), of: sku, order.channel, .everywhere, hour: order.placedAt.hour)
    try countSales(of: sku, to: order.region, day: Int32(clamping: order.placedAt.day), units)
  }

  /// Keeps sales in step with an order that runs out unpaid, or is paid after all.
  func countSales(of order: OrderRow, since before: OrderRow) throws {
    guard order.isLapsed != before.isLapsed else { return }
    for line in try lines(of: order.order) {
      try addSale(of: line.sku, line.sold(by: order) - line.sold(by: before), order)
    }
  }

  /// Counts units that left without a claim towards their channel's cap. That is from the hour in which they left: no
  /// claim had counted them before, and an earlier hour would let a late report pass by the cap's window.
  /// - Source: domain.md §2.4, `used_c = soft + hard + shipped`.
  func count(
    unclaimed units: Quantity, of sku: SKU, _ order: OrderRow, from node: NodeID, at time: Instant
  ) throws {
    let map = try regionMap()
    let region = map.region(to: order.region) ?? map.region(of: node)
    try count(UsageChange(claimed: units), of: sku, order.channel, region, hour: time.hour)
    // A cap over all regions counts what leaves for each of them.
    for region in Set([region, .everywhere]) {
      guard var row = try grant(sku, order.channel, region), let left = row.grant?.capLeft else { continue }
      row.grant?.capLeft = max(0, left - units)
      try put(row)
    }
  }
}
