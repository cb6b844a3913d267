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
  /// marked too: one step far, since what an order takes never makes another one possible.
  public func observe(_ scope: Snapshot.Scope) throws -> Snapshot {
    guard scope == .dirty, try isRouting() else { return try snapshot(scope) }
    // Asked first, so that a store is not locked for nothing.
    let few = try reading { try companions().isEmpty ? try snapshot(scope) : nil }
    if let few { return few }
    return try transaction {
      for sku in try companions() {
        guard var item = try item(sku) else { continue }
        item.isDirty = true
        try put(item)
      }
      return try snapshot(scope)
    }
  }

  /// Keeps a decision and counts what it takes of the nodes' work days.
  func keep(_ decision: RouteDecision, of order: OrderID, at now: Instant, by policy: String) throws {
    let number = Int64(try routes(of: order).count) + 1
    try append(RouteRow(order: order, number: number, decidedAt: now, decision: decision, policy: policy))
    for parcel in decision.parcels {
      try add(NodeLoad(node: parcel.node, day: parcel.workDay, units: parcel.units, parcels: 1))
    }
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
