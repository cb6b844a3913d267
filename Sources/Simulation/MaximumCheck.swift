import ActualState
import Operations

/// What the orders of a channel may hold at most, over all regions together.
struct MaximumCheck {
  private struct Holder: Hashable {
    var sku: SKU
    var channel: ChannelID
  }

  /// Units that waited before, by what they waited for.
  private var waited: [Pool: Quantity] = [:]

  /// - Parameter store: as it is before an apply.
  init(_ store: InMemoryStore) throws {
    var waited: [Pool: Quantity] = [:]
    try store.eachClaim { claim in
      if claim.state == .active, claim.pool.isInbound { waited[claim.pool, default: 0] += claim.quantity }
    }
    self.waited = waited
  }

  /// A channel that was given stock holds no more than the maximum of its share. What has arrived for orders that waited for
  /// it is theirs whatever the maximum.
  /// - Parameter dirty: items that were touched meanwhile.
  func check(_ company: Company, _ application: Application, _ store: InMemoryStore, except dirty: Set<SKU>) throws {
    var given = Set<Holder>()
    for action in application.actions {
      switch action {
      case .claim(let sku, let claim):
        if !claim.pool.isInbound { given.insert(Holder(sku: sku, channel: claim.channel)) }
      case .moveClaim(let sku, let move):
        guard case .inbound(let order, let line) = move.wasPool, !move.pool.isInbound,
          try waited[move.wasPool] ?? 0 <= store.purchaseOrderLine(order, line)?.open ?? 0,
          let channel = try store.order(move.order)?.channel
        else { continue }
        given.insert(Holder(sku: sku, channel: channel))
      default: break
      }
    }
    guard !given.isEmpty else { return }
    var held: [Holder: Quantity] = [:]
    try store.eachClaim { claim in
      guard claim.state == .active, !claim.pool.isInbound else { return }
      held[Holder(sku: claim.sku, channel: claim.channel), default: 0] += claim.quantity
    }
    for holder in given where !dirty.contains(holder.sku) {
      guard let maximum = company.channels.first(where: { $0.name == holder.channel.rawValue })?.shareMaximum else {
        continue
      }
      try require(
        held[holder] ?? 0 <= Quantity(maximum),
        "\(holder.channel) was given \(holder.sku), and holds \(held[holder] ?? 0), more than its maximum of \(maximum)"
      )
    }
  }
}
