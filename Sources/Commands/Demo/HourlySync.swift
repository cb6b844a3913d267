import Operations

/// What the same orders would have done to a company whose channels each sell from a copy of the stock that is
/// refreshed once an hour: the comparison that the demo's story draws.
struct HourlySync {
  private var onHand: [String: Int64]
  private var copies: [String: [String: Int64]] = [:]
  /// Units that were sold and were not there.
  private(set) var oversoldUnits: Int64 = 0
  private(set) var oversoldOrders = 0

  init(stock: [String: [Int64]]) { onHand = stock.mapValues { $0.reduce(0, +) } }

  mutating func sell(_ orders: [DemoTrade.Order]) {
    copies = [:]
    let atTheHour = onHand
    for order in orders {
      var isOversold = false
      for line in order.lines {
        let seen = copies[order.channel]?[line.sku] ?? max(0, atTheHour[line.sku] ?? 0)
        let sold = min(line.units, seen)
        copies[order.channel, default: [:]][line.sku] = seen - sold
        let there = max(0, onHand[line.sku] ?? 0)
        onHand[line.sku, default: 0] -= sold
        oversoldUnits += max(0, sold - there)
        isOversold = isOversold || sold > there
      }
      if isOversold { oversoldOrders += 1 }
    }
  }
}
