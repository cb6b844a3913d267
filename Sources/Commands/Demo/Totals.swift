import ActualState
import Operations

/// What became of all order lines in a store.
struct Totals {
  private var orders = 0
  private var ordered: Quantity = 0
  private var claimed: Quantity = 0
  private var open: Quantity = 0

  init(_ store: some Store) throws {
    var ids: [OrderID] = []
    try store.eachOrder { ids.append($0.order) }
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
    "so far \(orders) orders for \(ordered) units: "
      + (open == 0
        ? "all are covered by stock" : "\(claimed) are covered by stock, \(open) are short, each with a case")
  }
}
