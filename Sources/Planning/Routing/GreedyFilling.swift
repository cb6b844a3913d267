import Operations

/// Fills lines that compete with the units that save most first: exact in one location whose lines may ship in part,
/// and without proof elsewhere, for orders too large for a flow.
struct GreedyFilling {
  /// `set index * lineCount + line`; nil when a line that must be filled is not.
  private(set) var units: [Quantity]?

  init(_ task: OrderTask, _ set: [Int]) {
    let lines = task.lineCount
    var cells: [(saving: Int64, index: Int, line: Int)] = []
    for (index, option) in set.enumerated() {
      for line in 0..<lines where task.held[option * lines + line] > 0 {
        let saving = task.order.lines[line].penalty - task.cost[option * lines + line]
        if saving >= 0 || task.mustFill { cells.append((saving, index, line)) }
      }
    }
    cells.sort { ($1.saving, $0.line, $0.index) < ($0.saving, $1.line, $1.index) }
    var units = [Quantity](repeating: 0, count: set.count * lines)
    var rest = task.order.lines.map(\.quantity)
    var room = set.map { task.capacity[$0] }
    var items = [Quantity](repeating: -1, count: set.count * lines)
    for (_, index, line) in cells where rest[line] > 0 {
      let item = index * lines + task.order.leader[line]
      if items[item] < 0 { items[item] = task.itemStock(set[index], line) }
      let most = min(rest[line], room[index], items[item], task.held[set[index] * lines + line])
      guard most > 0, !task.isWhole || most == task.order.lines[line].quantity else { continue }
      units[index * lines + line] = most
      rest[line] -= most
      room[index] -= most
      items[item] -= most
    }
    self.units = task.mustFill && rest.contains { $0 > 0 } ? nil : units
  }
}
