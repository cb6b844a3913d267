public import Operations

extension Snapshot {
  /// Adds what came in on the purchase-order and transfer lines that the snapshot's claims wait for.
  public mutating func addReceived(_ store: some Store) throws {
    let pools = Set(claims.values.joined().lazy.map(\.pool).filter(\.isInbound))
    for pool in pools {
      let goods = try Self.goods(of: pool, store)
      if let goods, goods.units > 0 { received[pool] = goods }
    }
  }

  private static func goods(of pool: Pool, _ store: some Store) throws -> ReceivedGoods? {
    switch pool {
    case .inbound(let order, let name):
      try store.purchaseOrderLine(order, name).map { ReceivedGoods(node: $0.node, units: $0.received) }
    case .transfer(let transfer, let name):
      try store.transferLine(transfer, name).map { ReceivedGoods(node: $0.to, units: $0.received) }
    case .protected, .shared: nil
    }
  }
}
