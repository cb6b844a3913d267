import ActualState
import Operations

/// Holds what an apply leaves against the company's fallback rules, read from the model and not from the policy.
struct FallbackCheck {
  private struct Offer: Hashable {
    var sku: SKU
    var channel: ChannelID
  }

  private let before: [Offer: (available: Quantity, published: Quantity)]

  init(_ store: InMemoryStore) throws { before = try Self.offers(store) }

  private static func offers(_ store: InMemoryStore) throws -> [Offer: (available: Quantity, published: Quantity)] {
    var offers: [Offer: (available: Quantity, published: Quantity)] = [:]
    try store.eachGrant { row in
      let shared = try store.item(row.sku)?.shared ?? 0
      offers[Offer(sku: row.sku, channel: row.channel)] = (
        row.grant?.available(shared: shared) ?? 0, row.published ?? 0
      )
    }
    return offers
  }

  /// What rules that hold leave of a node.
  private struct Rest {
    var percent = 100
    var isFrozen = false
  }

  /// - Parameter dirty: items that were touched meanwhile, which the plan did not see.
  func check(_ company: Company, _ store: InMemoryStore, except dirty: Set<SKU>, at now: Instant) throws {
    var rests: [NodeID: Rest] = [:]
    for name in World.nodes.dropLast() { rests[NodeID(name)] = try rest(of: name, company, store, at: now) }
    var counted: [SKU: Quantity] = [:]
    var frozen = Set<SKU>()
    try store.eachPosition { row, isActive in
      let rest = rests[row.node] ?? Rest()
      let free = row.sellable - row.allocated
      let counts = free * Quantity(rest.percent) / 100
      counted[row.sku, default: 0] += free < 0 ? free : isActive ? max(0, counts - row.safetyStock) : 0
      if rest.isFrozen, row.sellable != 0 || free != 0 { frozen.insert(row.sku) }
    }
    var offered: [SKU: Quantity] = [:]
    try store.eachGrant { offered[$0.sku, default: 0] += $0.grant?.protected ?? 0 }
    try store.eachItem { item in
      guard !dirty.contains(item.sku) else { return }
      let (left, pools) = ((counted[item.sku] ?? 0) - item.claimed, item.shared + (offered[item.sku] ?? 0))
      try require(pools <= left, "\(item.sku) has \(left) that count under the fallbacks, and offers \(pools)")
      try require(
        frozen.contains(item.sku) || pools == left, "\(item.sku) has \(left) that count, and offers only \(pools)")
    }
    for (offer, after) in try Self.offers(store) where frozen.contains(offer.sku) && !dirty.contains(offer.sku) {
      let before = before[offer] ?? (0, 0)
      try require(
        after.available <= before.available && after.published <= before.published,
        "\(offer.sku) is frozen, and for \(offer.channel) \(before) became \(after)")
    }
  }

  private func rest(of node: String, _ company: Company, _ store: InMemoryStore, at now: Instant) throws -> Rest {
    var rest = Rest()
    let hour = Instant(hour: now.hour)
    let heardAt = try store.heardAt(NodeID(node))
    func isSilent(_ hours: Int) -> Bool {
      heardAt.map { hour.milliseconds - $0.milliseconds >= Int64(hours) * 3_600_000 } ?? false
    }
    for rule in company.fallbacks where rule.node ?? node == node && rule.window?.contains(now) ?? true {
      switch rule.trigger {
      case .silent(let hours): if !isSilent(hours) { continue }
      case .outage(let isActive), .carrier(let isActive): if !isActive { continue }
      case .doubt: continue
      }
      switch rule.effect {
      case .zero: rest.percent = 0
      case .freeze: rest.isFrozen = true
      case .haircut(let percent): rest.percent = min(rest.percent, percent)
      case .lastKnown(let hours): if isSilent(hours) { rest.percent = 0 }
      }
    }
    return rest
  }
}
