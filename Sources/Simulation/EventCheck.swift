import ActualState
import Operations

/// What an event may do to the pools, held against how they were before it.
struct EventCheck {
  private struct Pool {
    var grant: GrantRow
    var shared: Quantity
    /// Units that claims hold or have held until they were shipped.
    var held: Held
  }

  private struct Held {
    var own: Quantity = 0
    var shared: Quantity = 0

    init(_ row: GrantRow, in store: InMemoryStore) throws {
      var held = (own: Quantity(0), shared: Quantity(0))
      try store.eachClaim { claim in
        guard claim.state == .active || claim.state == .consumed, claim.sku == row.sku, claim.channel == row.channel,
          claim.region == row.region
        else { return }
        switch claim.pool {
        case .protected: held.own += claim.quantity
        case .shared: held.shared += claim.quantity
        case .inbound, .transfer: break
        }
      }
      (own, shared) = held
    }
  }

  private let event: Event
  private let wasApplied: Bool
  private let version: Int64
  private let before: [SKU: Offer]
  private var pools: [Pool] = []

  init(_ simulation: Simulation, _ event: Event) throws {
    self.event = event
    let store = simulation.store
    wasApplied = try store.event(event.source, event.id)?.state == .applied
    version = try store.version()
    before = try Offer.all(in: store)
    var pools: [Pool] = []
    try store.eachGrant { row in
      pools.append(
        Pool(grant: row, shared: try store.item(row.sku)?[row.region].shared ?? 0, held: try Held(row, in: store)))
    }
    self.pools = pools
  }

  func check(_ receipt: Receipt, of simulation: Simulation) throws {
    let store = simulation.store
    switch receipt {
    case .applied: try require(!wasApplied, "an event was taken in twice")
    case .repeated: try require(wasApplied, "an event was called a repeat and had never been taken in")
    case .conflicting: try require(false, "an event was said to be another than the one that was sent before")
    case .waiting, .refused: break
    }
    if receipt != .applied {
      try require(try store.version() == version, "an event that was not taken in changed something")
    }
    guard receipt == .applied else { return }
    if event.type.hasPrefix("order.") || event.type.hasPrefix("cart.") { try checkClaims(store) }
    if ["inventory.", "purchase_order.received", "transfer.received", "transfer.cancelled"].contains(
      where: event.type.hasPrefix)
    {
      for (sku, offer) in try Offer.all(in: store) {
        let (left, offered) = before[sku].map { (offer.left - $0.left, offer.offered - $0.offered) } ?? (0, 0)
        try require(offered >= min(0, left), "\(sku) offers \(-offered) fewer units, and \(-left) went away")
      }
    }
  }

  /// What an item has left to promise, and what its pools offer of that.
  private struct Offer {
    var left: Quantity
    var offered: Quantity

    static func all(in store: InMemoryStore) throws -> [SKU: Offer] {
      var offers: [SKU: Offer] = [:]
      try store.eachItem { item in
        let pools = [RegionPool(shared: item.shared, claimed: item.claimed)] + item.pools.values
        offers[item.sku] = Offer(
          left: -pools.reduce(0) { $0 + $1.claimed }, offered: pools.reduce(0) { $0 + $1.shared })
      }
      try store.eachPosition { row, isActive in
        // Units that the books never had, or that claims on the node wait for, are missing everywhere.
        let free = row.sellable - row.allocated
        offers[row.sku]?.left += free < 0 ? free : isActive ? max(0, free - row.safetyStock) : 0
      }
      try store.eachGrant { offers[$0.sku]?.offered += $0.grant?.protected ?? 0 }
      return offers
    }
  }

  /// A new claim takes no more than its pool held, and lowers no other channel's protection.
  private func checkClaims(_ store: InMemoryStore) throws {
    var gained: [String: Quantity] = [:]
    let held = try pools.map { try Held($0.grant, in: store) }
    // What was given back in the same step may be taken again: a cart can come to another channel with what it holds.
    var returned: [String: Quantity] = [:]
    for (pool, held) in zip(pools, held) {
      returned["\(pool.grant.sku) \(pool.grant.region)", default: 0] += max(0, pool.held.shared - held.shared)
    }
    for (pool, held) in zip(pools, held) {
      let row = pool.grant
      let (own, shared) = (held.own - pool.held.own, held.shared - pool.held.shared)
      gained["\(row.sku) \(row.channel)", default: 0] += max(0, own + shared)
      let offered = pool.shared + (shared > 0 ? returned["\(row.sku) \(row.region)"] ?? 0 : 0)
      guard let grant = row.grant else {
        try require(own + shared <= 0, "\(row.channel) claimed \(row.sku) before it was granted anything")
        continue
      }
      let after = try store.grant(row.sku, row.channel, row.region)?.grant
      try require(
        own <= grant.protected && shared <= max(0, offered)
          && own + shared <= max(0, grant.available(shared: offered)),
        "\(row.channel) claimed \(own) + \(shared) of \(row.sku) and held \(grant) beside \(offered)")
      try require(
        after?.protected ?? 0 >= grant.protected - max(0, own),
        "a claim lowered the protection of \(row.channel) for \(row.sku)")
    }
    guard try !store.regionMap().isEmpty else { return }
    for pool in pools where pool.grant.region.isEverywhere {
      guard let cap = pool.grant.grant?.capLeft else { continue }
      let units = gained["\(pool.grant.sku) \(pool.grant.channel)"] ?? 0
      try require(
        units <= cap,
        "\(pool.grant.channel) claimed \(units) of \(pool.grant.sku), and \(cap) were left for all regions")
    }
  }
}
