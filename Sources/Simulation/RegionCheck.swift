import ActualState
import Operations

/// What an apply leaves, held against the company's regions, read from the model and not from the policy.
struct RegionCheck {
  let company: Company
  let application: Application

  func check(_ store: InMemoryStore, except dirty: Set<SKU>, _ tally: inout Tally) throws {
    guard company.appliesAll else { return }
    let map = try store.regionMap()
    for node in company.nodes {
      try require(
        map.region(of: NodeID(node.name)).rawValue == company.region(of: node.name),
        "\(node.name) serves '\(map.region(of: NodeID(node.name)))', and not '\(company.region(of: node.name))'")
    }
    for destination in Shipping.regions {
      try require(
        map.region(to: destination)?.rawValue == company.region(to: destination),
        "'\(destination)' is served by the wrong region")
    }
    if !company.regions.isEmpty { tally.regional += 1 }
    try store.eachClaim { claim in
      guard claim.state == .active, !claim.order.isCart, !dirty.contains(claim.sku),
        let order = try store.order(claim.order)
      else { return }
      try require(
        claim.region.rawValue == company.region(to: order.region) ?? "",
        "\(claim.order) goes to '\(order.region)' and holds stock of '\(claim.region)'")
      guard let node = claim.node, order.stage < .warehouseRelease else { return }
      try require(
        company.region(of: node.rawValue) == claim.region.rawValue,
        "\(claim.order) holds stock of '\(claim.region)' at \(node)")
    }
    try checkCaps(store)
    try checkSafetyStock(store, except: dirty)
  }

  /// Each node keeps what the narrowest rule says, and at least its own minimum.
  private func checkSafetyStock(_ store: InMemoryStore, except dirty: Set<SKU>) throws {
    var items: [SKU: Company.Item] = [:]
    try store.eachItem { items[$0.sku] = Company.Item($0.sku, $0.traits) }
    try store.eachPosition { row, _ in
      guard !dirty.contains(row.sku), let item = items[row.sku],
        let units = company.safetyStock(of: item, at: row.node.rawValue, application.now)
      else { return }
      try require(row.safetyStock == units, "\(row.node) keeps \(row.safetyStock) of \(row.sku), and not \(units)")
    }
  }

  /// A channel for which this plan claimed has used no more in all regions together than its cap allows.
  private func checkCaps(_ store: InMemoryStore) throws {
    var claimed: [SKU: Set<ChannelID>] = [:]
    for case .claim(let sku, let claim) in application.actions { claimed[sku, default: []].insert(claim.channel) }
    guard !claimed.isEmpty else { return }
    let snapshot = try store.snapshot(.all)
    for channel in company.channels where channel.hasOnlyCap {
      guard let cap = channel.cap, case .units(let units) = cap.amount else { continue }
      let first = (application.now - TimeSpan(milliseconds: Int64(cap.hours) * 3_600_000)).hour
      for item in 0..<snapshot.items.count {
        guard claimed[snapshot.items.sku[item]]?.contains(ChannelID(channel.name)) ?? false else { continue }
        let used = snapshot.usage.rows(of: item).reduce(Quantity(0)) { sum, row in
          let isMeant = snapshot.channels[Int(snapshot.usage.channel[row])].rawValue == channel.name
          return isMeant && snapshot.usage.hour[row] >= first ? sum + snapshot.usage.claimed[row] : sum
        }
        try require(
          used <= Quantity(units), "\(channel.name) may sell \(units) of \(snapshot.items.sku[item]), and sold \(used)")
      }
    }
  }
}

extension Company.Channel {
  /// Whether its cap is the same for all items at all times.
  fileprivate var hasOnlyCap: Bool { launchCap == nil && brandCap == nil && itemCap == nil && surge == nil }
}
