import Operations

/// Fills lines that compete for a location's units, or for an item, at the least cost: a minimum-cost flow from the
/// lines through the items and the capacities of the locations.
///
/// Successive shortest paths; costs below 0 are allowed, since the first network has no cycle.
struct FlowFilling {
  /// `set index * lineCount + line`; nil when a line that must be filled cannot be.
  let units: [Quantity]?

  init(_ task: OrderTask, _ set: [Int]) {
    let lines = task.lineCount
    // Source, lines, items at locations, locations, sink.
    func item(_ index: Int, _ line: Int) -> Int { 1 + lines + index * lines + task.order.leader[line] }
    func place(_ index: Int) -> Int { 1 + lines + set.count * lines + index }
    let sink = 1 + lines + set.count * lines + set.count
    var network = FlowNetwork(nodes: sink + 1)
    var edges = [Int](repeating: -1, count: set.count * lines)
    var wanted: Quantity = 0
    for line in 0..<lines {
      let quantity = task.order.lines[line].quantity
      wanted += quantity
      network.connect(0, 1 + line, capacity: quantity, cost: 0)
      for (index, option) in set.enumerated() where task.held[option * lines + line] > 0 {
        edges[index * lines + line] = network.connect(
          1 + line, item(index, line), capacity: task.held[option * lines + line],
          cost: task.cost[option * lines + line])
      }
      if !task.mustFill {
        network.connect(1 + line, sink, capacity: quantity, cost: task.order.lines[line].penalty)
      }
    }
    for (index, option) in set.enumerated() {
      for line in 0..<lines where task.order.leader[line] == line {
        network.connect(item(index, line), place(index), capacity: task.itemStock(option, line), cost: 0)
      }
      network.connect(place(index), sink, capacity: task.capacity[option], cost: 0)
    }
    guard network.fill(from: 0, to: sink) == wanted else {
      units = nil
      return
    }
    units = edges.map { $0 < 0 ? 0 : network.flow($0) }
  }
}

/// A directed network with capacities and costs.
struct FlowNetwork {
  private struct Edge {
    let to: Int
    var capacity: Quantity
    let cost: Int64
  }

  /// An edge and its reverse stand side by side.
  private var edges: [Edge] = []
  private var outgoing: [[Int]]

  init(nodes: Int) { outgoing = Array(repeating: [], count: nodes) }

  /// Returns the edge's number.
  @discardableResult
  mutating func connect(_ from: Int, _ to: Int, capacity: Quantity, cost: Int64) -> Int {
    outgoing[from].append(edges.count)
    edges.append(Edge(to: to, capacity: capacity, cost: cost))
    outgoing[to].append(edges.count)
    edges.append(Edge(to: from, capacity: 0, cost: -cost))
    return edges.count - 2
  }

  func flow(_ edge: Int) -> Quantity { edges[edge + 1].capacity }

  /// Sends as much as fits, at the least cost, and returns it.
  mutating func fill(from source: Int, to sink: Int) -> Quantity {
    var total: Quantity = 0
    while let path = cheapestPath(from: source, to: sink) {
      let amount = path.reduce(.max) { min($0, edges[$1].capacity) }
      for edge in path {
        edges[edge].capacity -= amount
        edges[edge ^ 1].capacity += amount
      }
      total += amount
    }
    return total
  }

  /// Bellman and Ford with a queue: networks here have few nodes.
  private func cheapestPath(from source: Int, to sink: Int) -> [Int]? {
    var distance = [Int64](repeating: .max, count: outgoing.count)
    var arrival = [Int](repeating: -1, count: outgoing.count)
    var isWaiting = [Bool](repeating: false, count: outgoing.count)
    var queue = [source]
    distance[source] = 0
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      isWaiting[node] = false
      for number in outgoing[node] where edges[number].capacity > 0 {
        let edge = edges[number]
        guard distance[node] + edge.cost < distance[edge.to] else { continue }
        distance[edge.to] = distance[node] + edge.cost
        arrival[edge.to] = number
        if !isWaiting[edge.to] {
          isWaiting[edge.to] = true
          queue.append(edge.to)
        }
      }
    }
    guard arrival[sink] >= 0 else { return nil }
    var path: [Int] = []
    var node = sink
    while node != source {
      path.append(arrival[node])
      node = edges[arrival[node] ^ 1].to
    }
    return path
  }
}
