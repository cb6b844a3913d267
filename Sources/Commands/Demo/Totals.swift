import ActualState
import Operations

/// What became of all order lines in a store.
struct Totals {
  private var orders = 0
  private var ordered: Quantity = 0
  private var claimed: Quantity = 0
  /// Units that wait for stock.
  private(set) var open: Quantity = 0

  /// - Parameter channel: counts only this channel's orders.
  init(_ store: some Store, channel: ChannelID? = nil) throws {
    var ids: [OrderID] = []
    try store.eachOrder { if channel == nil || $0.channel == channel { ids.append($0.order) } }
    orders = ids.count
    for id in ids {
      for line in try store.lines(of: id) {
        ordered += line.ordered
        claimed += line.claimed + line.shipped
        open += line.open
      }
    }
  }

  var sentence: String {
    "so far \(orders) orders for \(ordered) units: \(claimed) have stock behind them, \(open) wait, each as a case"
  }
}
