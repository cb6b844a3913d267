import ActualState
import Operations
import Planning

/// Every proposal to order makes sense by the company's rules and by what is in the books, worked out apart from the
/// planner: whole lots of at least the minimum, and none while there is enough.
struct ReplenishmentCheck {
  private let company: Company
  private let store: InMemoryStore
  private let now: Instant

  init(_ company: Company, _ store: InMemoryStore, now: Instant) {
    self.company = company
    self.store = store
    self.now = now
  }

  func check(except dirty: Set<SKU>, _ tally: inout Tally) throws {
    guard company.appliesAll else { return }
    var proposals: [SKU: [PurchaseProposal]] = [:]
    try store.eachProposal { sku, proposal, _ in
      if proposal.kind == .order { proposals[sku, default: []].append(proposal) }
    }
    let learnt = try company.learns && company.learnsDaily ? store.supplier("mill")?.standing?.leadTime?.value : nil
    var items: [ItemRow] = []
    try store.eachItem { if !dirty.contains($0.sku) { items.append($0) } }
    for item in items {
      let (parts, own) = (parts(of: item), proposals[item.sku] ?? [])
      for proposal in own {
        try require(
          parts.contains { $0.region == proposal.region },
          "\(item.sku) is to be ordered for '\(proposal.region)', and no policy says so")
      }
      for part in parts {
        try check(item.sku, part, own.first { $0.region == part.region }, learnt, &tally)
      }
    }
  }

  /// Nodes and orders that an item is bought for together.
  private struct Part {
    var region: RegionID
    var rule: Company.Replenishment
    /// Whether what a region of the company has and owes is of it.
    var covers: (String) -> Bool
  }

  /// The region that is bought for on its own, where its rule is the most specific, and the rest.
  private func parts(of item: ItemRow) -> [Part] {
    let one = Company.Item(item.sku, item.traits)
    func best(in region: String?) -> Company.Replenishment? {
      let holding = company.replenishment.filter { $0.region == nil || $0.region == region }
      return holding.compactMap { rule in
        one.rank(of: rule.target).map { (rank: $0, narrowed: rule.region == nil ? 0 : 1, rule: rule) }
      }.max { ($0.rank, $0.narrowed) < ($1.rank, $1.narrowed) }?.rule
    }
    var parts: [Part] = []
    let apart = company.regionBoughtForApart.flatMap { best(in: $0)?.region }
    if let apart, let rule = best(in: apart) {
      parts.append(Part(region: RegionID(apart), rule: rule) { $0 == apart })
    }
    if let rest = best(in: nil) { parts.append(Part(region: .everywhere, rule: rest) { $0 != apart }) }
    return parts
  }

  private func check(
    _ sku: SKU, _ part: Part, _ proposal: PurchaseProposal?, _ learnt: LeadTime?, _ tally: inout Tally
  ) throws {
    let rule = part.rule
    var levelsRule = ReplenishmentRule(
      service: rule.fill ? .fill(.percent(90)) : .cycle(.percent(90)),
      leadTime: learnt?.mean ?? TimeSpan(milliseconds: 5 * TimeSpan.day.milliseconds))
    levelsRule.leadTimeDeviation = learnt?.deviation ?? levelsRule.leadTimeDeviation
    levelsRule.minimumOrder = Quantity(rule.minimum)
    levelsRule.orderMultiple = Quantity(rule.multiple)
    if let period = rule.period {
      levelsRule.review = .periodic(TimeSpan(milliseconds: Int64(period) * TimeSpan.day.milliseconds))
    }
    let levels = try StockLevels(
      levelsRule,
      velocity: Velocity(
        sold: try soldByDay(sku, part).map { ($0.key, $0.value) }, window: now.day - Int64(rule.windowDays)..<now.day,
        outOfStock: try daysOutOfStock(sku, part).union(daysBefore(sku, part, within: Int64(rule.windowDays)))))
    let position = try position(of: sku, part)
    if let proposal {
      tally.proposals += 1
      try require(
        part.covers(company.region(of: proposal.node.rawValue)),
        "what is ordered of \(sku) for '\(part.region)' comes in at \(proposal.node)")
      try require(
        proposal.quantity % Int64(rule.multiple) == 0 && proposal.quantity >= Int64(rule.minimum),
        "\(proposal.quantity) of \(sku) are no whole lots of \(rule.multiple), or fewer than \(rule.minimum)")
      try require(
        position <= levels.reorderPoint,
        "\(sku) is to be ordered at \(position), above \(levels.reorderPoint)")
    } else if rule.period ?? 1 == 1 {
      try require(
        position > levels.reorderPoint,
        "\(sku) is at \(position), not above \(levels.reorderPoint), and nobody is told to order")
    }
  }

  /// What is there and bought, less what anyone is owed: an order is owed all that it has not got, a cart what it holds.
  private func position(of sku: SKU, _ part: Part) throws -> Quantity {
    var units: Quantity = 0
    func isOurs(_ node: NodeID) -> Bool { part.covers(company.region(of: node.rawValue)) }
    try store.eachPosition { row, isActive in
      guard row.sku == sku, isOurs(row.node) else { return }
      // Claims on a node are owed below with all others, so an inactive node's are left out of its stock here.
      let counts = isActive && company.lets(nil, leaveFrom: row.node.rawValue)
      units += counts || row.sellable < row.allocated ? row.sellable : row.allocated
    }
    try store.eachClaim { claim in
      guard claim.sku == sku, claim.state == .active else { return }
      if claim.node.map(isOurs) ?? part.covers(claim.region.rawValue) { units -= claim.quantity }
    }
    try store.eachOrder { order in
      guard order.stage != .cart, !order.isLapsed, part.covers(company.region(to: order.region) ?? "") else { return }
      for line in try store.lines(of: order.order) where line.sku == sku { units -= max(0, line.open) }
    }
    let snapshot = try store.snapshot(.all)
    guard let index = snapshot.items.sku.firstIndex(of: sku) else { return units }
    for line in snapshot.inbound[Int32(index)] ?? [] where isOurs(line.node) { units += line.open }
    for line in snapshot.transfers[Int32(index)] ?? [] where isOurs(line.to) { units += line.open }
    return units
  }

  private func daysOutOfStock(_ sku: SKU, _ part: Part) throws -> Set<Int64> {
    let snapshot = try store.snapshot(.all)
    guard let index = snapshot.items.sku.firstIndex(of: sku) else { return [] }
    return (snapshot.stockouts[Int32(index)] ?? []).filter { $0.region == part.region }.reduce(into: []) {
      $0.formUnion($1.days(until: now))
    }
  }

  /// Days of the window on which the item did not exist yet.
  private func daysBefore(_ sku: SKU, _ part: Part, within days: Int64) throws -> Set<Int64> {
    guard let since = try store.item(sku)?.since else { return [] }
    let firstSale = try soldByDay(sku, part).filter { $0.value > 0 }.keys.min()
    let first = min(Int64(since) + 1, firstSale ?? .max)
    return Set((now.day - days..<now.day).filter { $0 < first })
  }

  /// What customers ordered and did not cancel, by the day of the order; of what was not paid for in time, what left.
  private func soldByDay(_ sku: SKU, _ part: Part) throws -> [Int64: Quantity] {
    var sold: [Int64: Quantity] = [:]
    try store.eachOrder { order in
      guard order.stage != .cart, part.covers(company.region(to: order.region) ?? "") else { return }
      for line in try store.lines(of: order.order) where line.sku == sku {
        let wanted = order.isLapsed ? 0 : line.ordered - line.cancelled
        sold[order.placedAt.day, default: 0] += max(line.shipped, wanted)
      }
    }
    return sold
  }
}
