public import Operations

extension Snapshot {
  /// Adds what came in on the purchase-order lines that the snapshot's claims wait for.
  public mutating func addReceived(_ store: some Store) throws {
    let pools = Set(claims.values.joined().lazy.map(\.pool).filter(\.isInbound))
    for pool in pools {
      guard case .inbound(let order, let name) = pool, let line = try store.purchaseOrderLine(order, name),
        line.received > 0
      else { continue }
      received[pool] = ReceivedGoods(node: line.node, units: line.received)
    }
  }
}
