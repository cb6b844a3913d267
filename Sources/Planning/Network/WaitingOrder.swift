import Operations

/// An order with units that are on no node yet.
struct WaitingOrder {
  struct Line {
    var name: LineName
    var item: Int
    /// Places in `Unrouted.claims`.
    var claims: [Int] = []
    /// Units that are not routed yet.
    var rest: Quantity = 0
    var unitPrice: Int64?
    var promisedAt: Instant?
    var firstPromisedAt: Instant?
    /// Whether other units of the line are on a node already.
    var isOnNodes = false
    /// When the last of its units that this plan routes arrives.
    var arrivesAt: Instant?
  }

  var id: OrderID
  var facts: SnapshotOrder
  var profile: RoutingProfile
  /// Whether nobody must let it go first.
  var isReleased: Bool
  /// In byte order.
  var lines: [Line] = []
  /// The nodes that the order's parcels, as far as they have not left, come from.
  var nodes: Set<NodeID> = []
  /// Units of the order's claims in the snapshot, of any kind.
  var seen: Quantity = 0
  /// Of those, units that are on nodes and stay there.
  var onNodes: Quantity = 0

  var rest: Quantity { lines.reduce(0) { $0 + $1.rest } }

  /// Whether the snapshot holds all claims of the order: only then can it be routed as a whole.
  var isComplete: Bool { seen == facts.claimed }

  /// Whether it is to be routed as far as it goes.
  var isDue: Bool { isComplete && isReleased && rest > 0 && !waitsForUnits }

  /// Whether it waits for units that are not there yet, because it leaves complete or not at all.
  var waitsForUnits: Bool { profile.shipsComplete && onNodes + rest < facts.unshipped }

  /// Counts units of a line that are on a node already.
  mutating func hold(_ units: Quantity, of line: LineName, at node: NodeID) {
    nodes.insert(node)
    onNodes += units
    if let index = place(of: line) { lines[index].isOnNodes = true }
  }

  private func place(of name: LineName) -> Int? {
    var (low, high) = (0, lines.count)
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low < lines.count && lines[low].name == name ? low : nil
  }

  /// When work on it may begin, where it is routed at a moment.
  func ready(from start: Instant) -> Instant { max(start, facts.shipOn ?? start) }

  /// When it is to be at the customer at the latest.
  var target: Instant? {
    let wanted = profile.deliverWithin.map { facts.placedAt.nextFullHour + $0 }
    return lines.compactMap { $0.rest > 0 ? $0.promisedAt : nil }.reduce(wanted) { min($0 ?? $1, $1) }
  }

  /// Whether its next parcels may come only from nodes that it uses already.
  var keepsToItsNodes: Bool { profile.keeps(to: nodes) }

  /// How many parcels may be added.
  var parcelLimit: Int? { profile.parcelLimit(beside: nodes) }
}

extension RoutingProfile {
  /// Whether the next parcels of an order may come only from nodes that it uses already.
  func keeps(to nodes: Set<NodeID>) -> Bool {
    guard !nodes.isEmpty else { return false }
    return split == .none || maxParcels.map { $0 <= nodes.count } ?? false
  }

  /// How many parcels may be added. A node that is used already counts again: its parcel may have been packed.
  func parcelLimit(beside nodes: Set<NodeID>) -> Int? {
    guard let most = maxParcels else { return nil }
    return keeps(to: nodes) ? max(1, nodes.count) : most - nodes.count
  }
}
