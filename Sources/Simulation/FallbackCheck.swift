import ActualState
import Operations

/// Holds what an apply leaves against the company's fallback rules, read from the model and not from the policy.
struct FallbackCheck {
  private struct Offer: Hashable {
    var sku: SKU
    var channel: ChannelID
    var region: RegionID
  }

  private struct Cell: Hashable {
    var sku: SKU
    var region: RegionID
  }

  private let before: [Offer: (available: Quantity, published: Quantity)]

  init(_ store: InMemoryStore) throws { before = try Self.offers(store) }

  private static func offers(_ store: InMemoryStore) throws -> [Offer: (available: Quantity, published: Quantity)] {
    var offers: [Offer: (available: Quantity, published: Quantity)] = [:]
    try store.eachGrant { row in
      let shared = try store.item(row.sku)?[row.region].shared ?? 0
      offers[Offer(sku: row.sku, channel: row.channel, region: row.region)] = (
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
    var counted: [Cell: Quantity] = [:]
    var frozen = Set<Cell>()
    // What carts hold in regions that are no more is kept from all others.
    let kept = try keptForCarts(company, store)
    try store.eachPosition { row, isActive in
      let rest = rests[row.node] ?? Rest()
      let free = row.sellable - row.allocated
      let counts =
        rest.percent == 100 ? free : min(free, max(0, row.sellable * Quantity(rest.percent) / 100 - row.allocated))
      let cell = Cell(sku: row.sku, region: RegionID(company.region(of: row.node.rawValue)))
      let isPromised = isActive && company.lets(nil, leaveFrom: row.node.rawValue)
      counted[cell, default: 0] += free < 0 ? free : isPromised ? max(0, counts - row.safetyStock) : 0
      if rest.isFrozen, row.sellable != 0 || free != 0 { frozen.insert(cell) }
    }
    var offered: [Cell: Quantity] = [:]
    try store.eachGrant { offered[Cell(sku: $0.sku, region: $0.region), default: 0] += $0.grant?.protected ?? 0 }
    let names = company.regions.isEmpty ? [""] : company.regions.map(\.name)
    try store.eachItem { item in
      guard !dirty.contains(item.sku) else { return }
      for region in names.map({ RegionID($0) }) {
        let cell = Cell(sku: item.sku, region: region)
        let left = (counted[cell] ?? 0) - item[region].claimed - (kept[item.sku] ?? 0)
        let pools = item[region].shared + (offered[cell] ?? 0)
        try require(pools <= left, "\(cell) has \(left) that count under the fallbacks, and offers \(pools)")
        try require(frozen.contains(cell) || pools == left, "\(cell) has \(left) that count, and offers only \(pools)")
      }
    }
    for (offer, after) in try Self.offers(store)
    where frozen.contains(Cell(sku: offer.sku, region: offer.region)) && !dirty.contains(offer.sku) {
      let before = before[offer] ?? (0, 0)
      try require(
        after.available <= before.available && after.published <= before.published,
        "\(offer.sku) is frozen, and for \(offer.channel) \(before) became \(after)")
    }
  }

  /// Units that carts hold in regions that the company has no more.
  private func keptForCarts(_ company: Company, _ store: InMemoryStore) throws -> [SKU: Quantity] {
    let names = company.regions.isEmpty ? [""] : company.regions.map(\.name)
    var kept: [SKU: Quantity] = [:]
    try store.eachClaim { claim in
      guard claim.state == .active, claim.order.isCart, claim.node == nil, !claim.pool.isInbound,
        !names.contains(claim.region.rawValue)
      else { return }
      kept[claim.sku, default: 0] += claim.quantity
    }
    return kept
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
