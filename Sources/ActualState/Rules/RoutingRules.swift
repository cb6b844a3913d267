public import Operations

/// A routing decision of an order as it was made; the last is the one that holds.
public struct RouteRow: Hashable, Sendable {
  public var order: OrderID
  /// 1, 2, 3 … for each order.
  public var number: Int64
  public var decidedAt: Instant
  public var decision: RouteDecision
  /// The commit of the policy that it was made by; nil for one of an older Purser, which kept none.
  public var policy: String?

  public init(order: OrderID, number: Int64, decidedAt: Instant, decision: RouteDecision, policy: String?) {
    self.order = order
    self.number = number
    self.decidedAt = decidedAt
    self.decision = decision
    self.policy = policy
  }
}

// Orders on their way to nodes. An order is routed as a whole, so that a plan of few items must look at all the items of
// those orders for which something may have changed.
extension Store {
  /// Whether the last applied plan routes orders.
  public func isRouting() throws -> Bool { try value(.routing) != nil }

  /// What a cycle plans from. Where orders are routed, items that share a waiting order with one that was touched are
  /// marked too: one step far, since what an order takes never makes another one possible. Where labour came free, all that
  /// wait for a node may be.
  public func observe(_ scope: Snapshot.Scope) throws -> Snapshot {
    guard scope == .dirty, try isRouting() else { return try snapshot(scope) }
    // Asked first, so that a store is not locked for nothing.
    let few = try reading {
      try value(.labourFreed) == nil && companions().isEmpty ? try snapshot(scope) : nil
    }
    if let few { return few }
    return try transaction {
      for sku in try touchedByOrders() {
        guard var item = try item(sku) else { continue }
        item.isDirty = true
        try put(item)
      }
      try set(.labourFreed, nil)
      return try snapshot(scope)
    }
  }

  /// The items that are not marked and that a plan of those that are must look at too, because their orders may be routed
  /// otherwise now.
  public func touchedByOrders() throws -> [SKU] {
    var skus = Set(try companions())
    guard try value(.labourFreed) != nil else { return skus.sorted() }
    var orders = Set<OrderID>()
    try eachCase { _, one, _ in if one.kind == .unroutable { orders.insert(OrderID(one.subject)) } }
    for order in orders {
      for line in try lines(of: order) where line.claimed > 0 {
        if let item = try item(line.sku), !item.isDirty { skus.insert(line.sku) }
      }
    }
    return skus.sorted()
  }

  /// Keeps a decision, and the days whose labour it takes with the claims that it has put onto nodes.
  func keep(_ decision: RouteDecision, of order: OrderID, at now: Instant, by policy: String) throws {
    let number = Int64(try routes(of: order).count) + 1
    try append(RouteRow(order: order, number: number, decidedAt: now, decision: decision, policy: policy))
    for parcel in decision.parcels {
      let units = try parcel.lines.reduce(0) { try $0 + setWorkDay(of: $1, in: parcel, order) }
      if units > 0 { try add(NodeLoad(node: parcel.node, day: parcel.workDay, units: units)) }
    }
  }

  /// - Returns: the units of a parcel's line that claims hold.
  private func setWorkDay(
    of line: RouteDecision.Line, in parcel: RouteDecision.Parcel, _ order: OrderID
  ) throws -> Quantity {
    var rest = line.units
    for claim in try activeClaims(of: order, line.line).reversed()
    where rest > 0 && claim.workDay == nil && claim.node == parcel.node {
      guard Name(claim.service ?? "") == Name(parcel.service) else { continue }
      let units = min(rest, claim.quantity)
      try split(claim, units) { $0.workDay = parcel.workDay }
      rest -= units
    }
    return line.units - rest
  }

  /// Gives back what units of a claim took of their node's day, since they will not leave by it.
  func giveBackLabour(of claim: ClaimRow, _ units: Quantity) throws {
    guard units > 0, let node = claim.node, let day = claim.workDay else { return }
    try add(NodeLoad(node: node, day: day, units: -units))
    try set(.labourFreed, "yes")
  }

  /// Touches the items of an order that still waits for a node: a parcel that has left may make room for another.
  func touchIfWaiting(_ order: OrderID) throws {
    if try isWaiting(order) { try touchItems(of: order) }
  }

  /// Whether orders are routed and this one has units that are on no node.
  func isWaiting(_ order: OrderID) throws -> Bool {
    try isRouting()
      && lines(of: order).contains { line in
        try line.claimed > 0 && activeClaims(of: order, line.line).contains { $0.node == nil }
      }
  }
}
