import ActualState
import Operations
import Reconciling

/// What a shortage may take from orders, held against how things were before an apply. It knows what the verbs mean and
/// nothing of how planning works.
struct ReallocationCheck {
  private struct Holding {
    var units: Quantity = 0
    /// Units that nothing stands behind.
    var debt: Quantity = 0
  }

  private struct Cell: Hashable {
    var sku: SKU
    var region: RegionID
  }

  private let before: [Cell: Holding]
  private let regionsChange: Bool
  private let application: Application

  init(_ store: InMemoryStore, _ application: Application) throws {
    self.application = application
    before = try Self.holdings(store)
    regionsChange = application.actions.contains { if case .setRegions = $0 { true } else { false } }
  }

  /// - Parameter dirty: items that were touched meanwhile.
  func check(_ simulation: Simulation, except dirty: Set<SKU>) throws {
    let store = simulation.store
    let after = try Self.holdings(store)
    // What waited for goods that come no more held nothing.
    for case .releaseClaim(let sku, let release) in application.actions where !release.pool.isInbound {
      let stage = try store.order(release.order)?.stage
      try require(stage.map { $0 < .warehouseRelease } ?? false, "\(release.order) was at the warehouse and lost units")
      // What is missing in which region is not comparable with what was before.
      guard !regionsChange else { continue }
      let cell = Cell(sku: sku, region: release.region)
      let (was, now) = (before[cell] ?? Holding(), after[cell] ?? Holding())
      try require(
        now.units >= was.units - was.debt,
        "\(was.debt) of \(sku) were missing, and \(was.units - now.units) were taken back")
    }
    guard let company = simulation.company(of: application.pin), company.appliesAll else { return }
    try checkLosses(store)
    try store.eachItem { item in
      guard !dirty.contains(item.sku), try !isFrozen(item.sku, in: store) else { return }
      try checkRanks(of: item.sku, company, store)
    }
  }

  /// Of an item that lies at a frozen node nobody knows what there is to share out anew.
  private func isFrozen(_ sku: SKU, in store: InMemoryStore) throws -> Bool {
    var nodes: Set<NodeID> = []
    try store.eachFallback { target, state in
      if case .node(let node) = target, state.isFrozen { nodes.insert(node) }
    }
    return try nodes.contains { try store.position(sku, $0) != nil }
  }

  /// Units that orders and carts hold of what is on hand.
  private static func holdings(_ store: InMemoryStore) throws -> [Cell: Holding] {
    let map = try store.regionMap()
    var all: [Cell: Holding] = [:]
    try store.eachGrant {
      all[Cell(sku: $0.sku, region: $0.region), default: Holding()].units += $0.activeProtected + $0.activeShared
    }
    var onNodes: [Cell: Quantity] = [:]
    try store.eachPosition { row, _ in
      onNodes[Cell(sku: row.sku, region: map.region(of: row.node)), default: 0] += row.sellable
    }
    for (cell, holding) in all { all[cell]?.debt = max(0, holding.units - onNodes[cell, default: 0]) }
    return all
  }

  /// Whoever lost units and misses them has a case.
  private func checkLosses(_ store: InMemoryStore) throws {
    var subjects = Set<String>()
    var known = Set<String>()
    try store.eachCase { _, one, _ in
      if one.kind == .allocationLost { subjects.insert(one.subject) }
      if one.kind == .shortage || one.kind == .promiseBroken { known.insert(one.subject) }
    }
    for case .releaseClaim(_, let release) in application.actions {
      let name = "\(release.order)/\(release.line)"
      guard try store.line(release.order, release.line)?.open ?? 0 > 0 else { continue }
      if release.pool.isInbound {
        let isTold = try store.line(release.order, release.line)?.firstPromisedAt != nil
        try require(!isTold || known.contains(name), "\(name) lost goods to come in silence")
        continue
      }
      try require(subjects.contains(name), "\(name) lost units in silence")
    }
  }

  /// Whether others could be sent what a claim holds: a node keeps what its safety stock lacks, and sends nothing new where
  /// it is closed or not taken at its word.
  private func comesFree(_ claim: ClaimRow, _ company: Company, _ store: InMemoryStore) throws -> Bool {
    guard let node = claim.node else { return true }
    guard let position = try store.position(claim.sku, node), try store.isActive(node),
      company.lets(nil, leaveFrom: node.rawValue),
      try store.fallback(of: .node(node)) == nil
    else { return false }
    return position.sellable - position.allocated >= position.safetyStock
  }

  /// No line that may take is short while one that must give to it holds units that it could have.
  private func checkRanks(of sku: SKU, _ company: Company, _ store: InMemoryStore) throws {
    let channels = company.channels.filter { $0.isOpen(at: application.now) }
    var givers: [(channel: Company.Channel, order: OrderID, region: RegionID)] = []
    let map = try store.regionMap()
    try store.eachClaim { claim in
      guard claim.sku == sku, claim.state == .active, claim.pool == .shared, let order = try store.order(claim.order),
        order.stage != .cart, order.stage < .warehouseRelease,
        let channel = channels.first(where: { $0.name == claim.channel.rawValue }), try comesFree(claim, company, store)
      else { return }
      givers.append((channel, claim.order, claim.region))
    }
    guard !givers.isEmpty else { return }
    try store.eachOrder { order in
      guard order.stage != .cart, let taker = channels.first(where: { $0.name == order.channel.rawValue }),
        let region = map.region(to: order.region), let grant = try store.grant(sku, order.channel, region)?.grant,
        grant.mayUseShared, grant.capLeft ?? 1 > 0,
        try region.isEverywhere || store.grant(sku, order.channel, .everywhere)?.grant?.capLeft ?? 1 > 0,
        try (store.terms(of: order.channel) ?? ChannelTerms()).allow(
          order.stage, isLapsed: order.isLapsed, shipOn: order.shipOn, at: application.now)
      else { return }
      for line in try store.lines(of: order.order) where line.sku == sku && line.open > 0 {
        let giver = givers.first { $0.region == region && company.tiers.gives($0.channel.tier, to: taker.tier) }
        try require(
          giver == nil, "\(order.order)/\(line.line) is short of \(line.open), and \(giver?.order ?? "") holds units")
      }
    }
  }
}

extension Company.Tiers {
  fileprivate func gives(_ tier: Int, to taker: Int) -> Bool {
    guard ["redistribute", "fill", "lose"].contains(reallocation[tier]) else { return false }
    switch reallocation[taker] {
    case "win": return true
    case "gain", "redistribute": return reallocation[tier] == "lose" || ranks[tier] > ranks[taker]
    default: return false
    }
  }
}
