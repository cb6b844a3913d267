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
    var proposals: [SKU: PurchaseProposal] = [:]
    try store.eachProposal { sku, proposal, _ in if proposal.kind == .order { proposals[sku] = proposal } }
    let sold = try soldByDay()
    let out = try daysOutOfStock()
    let learnt = try company.learns && company.learnsDaily ? store.supplier("mill")?.standing?.leadTime?.value : nil
    var items: [ItemRow] = []
    try store.eachItem { if !dirty.contains($0.sku) { items.append($0) } }
    for item in items {
      let proposal = proposals[item.sku]
      guard let rule = rule(of: item) else {
        try require(proposal == nil, "\(item.sku) is to be ordered, and no policy says so")
        continue
      }
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
          sold: (sold[item.sku] ?? [:]).map { ($0.key, $0.value) },
          window: now.day - Int64(rule.windowDays)..<now.day, outOfStock: out[item.sku] ?? []))
      let position = try position(of: item.sku)
      if let proposal {
        tally.proposals += 1
        try require(
          proposal.quantity % Int64(rule.multiple) == 0 && proposal.quantity >= Int64(rule.minimum),
          "\(proposal.quantity) of \(item.sku) are no whole lots of \(rule.multiple), or fewer than \(rule.minimum)")
        try require(
          position <= levels.reorderPoint,
          "\(item.sku) is to be ordered at \(position), above \(levels.reorderPoint)")
      } else if rule.period ?? 1 == 1 {
        try require(
          position > levels.reorderPoint,
          "\(item.sku) is at \(position), not above \(levels.reorderPoint), and nobody is told to order")
      }
    }
  }

  private func rule(of item: ItemRow) -> Company.Replenishment? {
    let one = Company.Item(item.sku, item.traits)
    return company.replenishment.compactMap { rule in one.rank(of: rule.target).map { (rank: $0, rule: rule) } }
      .max { $0.rank < $1.rank }?.rule
  }

  /// What is there and bought, less what anyone is owed: an order is owed all that it has not got, a cart what it holds.
  private func position(of sku: SKU) throws -> Quantity {
    var units: Quantity = 0
    try store.eachPosition { row, isActive in
      guard row.sku == sku else { return }
      // Claims on a node are owed below with all others, so an inactive node's are left out of its stock here.
      units += isActive || row.sellable < row.allocated ? row.sellable : row.allocated
    }
    try store.eachClaim { if $0.sku == sku, $0.state == .active { units -= $0.quantity } }
    try store.eachOrder { order in
      guard order.stage != .cart, !order.isLapsed else { return }
      for line in try store.lines(of: order.order) where line.sku == sku { units -= max(0, line.open) }
    }
    let snapshot = try store.snapshot(.all)
    guard let index = snapshot.items.sku.firstIndex(of: sku) else { return units }
    for line in snapshot.inbound[Int32(index)] ?? [] { units += line.open }
    for line in snapshot.transfers[Int32(index)] ?? [] { units += line.open }
    return units
  }

  private func daysOutOfStock() throws -> [SKU: Set<Int64>] {
    let snapshot = try store.snapshot(.all)
    var days: [SKU: Set<Int64>] = [:]
    for (item, stockouts) in snapshot.stockouts {
      for stockout in stockouts {
        days[snapshot.items.sku[Int(item)], default: []].formUnion(stockout.days(until: now))
      }
    }
    return days
  }

  /// What customers ordered and did not cancel, by the day of the order; of what was not paid for in time, what left.
  private func soldByDay() throws -> [SKU: [Int64: Quantity]] {
    var sold: [SKU: [Int64: Quantity]] = [:]
    try store.eachOrder { order in
      guard order.stage != .cart else { return }
      for line in try store.lines(of: order.order) {
        let wanted = order.isLapsed ? 0 : line.ordered - line.cancelled
        sold[line.sku, default: [:]][order.placedAt.day, default: 0] += max(line.shipped, wanted)
      }
    }
    return sold
  }
}
