import ActualState
import Operations

/// What the company asks for and cannot have stands in a case for as long as that is so, and no longer: read from the
/// model and not from the policy.
struct UnmetCheck {
  private let company: Company
  private let now: Instant
  private var told: [SKU: Set<String>] = [:]
  private var onHand: [SKU: Quantity] = [:]
  private var waiting: [SKU: [ChannelID: Quantity]] = [:]

  init(_ company: Company, _ store: InMemoryStore, at now: Instant) throws {
    (self.company, self.now) = (company, now)
    var (told, onHand, waiting) = (told, onHand, waiting)
    try store.eachCase { sku, one, _ in told[sku, default: []].insert("\(one.kind.rawValue) \(one.subject)") }
    try store.eachPosition { row, _ in onHand[row.sku, default: 0] += row.onHand }
    try store.eachClaim { claim in
      guard claim.state == .active, claim.pool.isInbound else { return }
      waiting[claim.sku, default: [:]][claim.channel, default: 0] += claim.quantity
    }
    (self.told, self.onHand, self.waiting) = (told, onHand, waiting)
  }

  /// - Parameter dirty: items that were touched meanwhile, which the plan did not see.
  func check(_ store: InMemoryStore, except dirty: Set<SKU>, _ tally: inout Tally) throws {
    guard company.regions.isEmpty else { return }
    var grants: [SKU: [ChannelID: GrantRow]] = [:]
    try store.eachGrant { if $0.region.isEverywhere { grants[$0.sku, default: [:]][$0.channel] = $0 } }
    try store.eachItem { row in
      guard !dirty.contains(row.sku) else { return }
      let item = Company.Item(row.sku, row.traits)
      for channel in company.channels where channel.isOpen(at: now) {
        let (kept, limit) = (units(keptFor: channel, of: item), limit(of: channel, item))
        let grant = grants[row.sku]?[ChannelID(channel.name)]
        if let kept {
          let has = (grant?.activeProtected ?? 0) + (grant?.grant?.protected ?? 0)
          try compare("protection_not_met", row.sku, channel, onHand[row.sku] ?? 0 > 0 && has < kept, &tally)
        }
        let units = waiting[row.sku]?[ChannelID(channel.name)] ?? 0
        try compare("backorders_above_limit", row.sku, channel, limit.map { units > $0 } ?? false, &tally)
        let held = (grant?.activeProtected ?? 0) + (grant?.activeShared ?? 0)
        if held >= Quantity(channel.share?.minimum ?? 0) {
          try compare("minimum_not_met", row.sku, channel, false, &tally)
        }
      }
    }
  }

  private func compare(
    _ kind: String, _ sku: SKU, _ channel: Company.Channel, _ isUnmet: Bool, _ tally: inout Tally
  ) throws {
    let isTold = told[sku]?.contains("\(kind) \(sku) for \(channel.name)") ?? false
    try require(
      isTold == isUnmet, "\(kind) of \(sku) for \(channel.name): its case \(isTold ? "is too much" : "is missing")")
    if isTold { tally.unmet += 1 }
  }

  /// Units that are kept for a channel at all times; nil where that is not a plain number, or where grants may only fall.
  private func units(keptFor channel: Company.Channel, of item: Company.Item) -> Quantity? {
    guard !company.fallbacks.contains(where: { $0.effect == .freeze }) else { return nil }
    let rules = company.protections.compactMap { rule -> (rank: Int, rule: Company.Protection)? in
      guard rule.channel == channel.name else { return nil }
      return item.rank(of: rule.target).map { ($0, rule) }
    }
    guard !rules.contains(where: { $0.rule.window != nil || $0.rule.inbound != nil || $0.rule.region != nil }) else {
      return nil
    }
    guard let rule = rules.max(by: { $0.rank < $1.rank })?.rule else { return 0 }
    guard case .units(let units) = rule.amount else { return nil }
    return Quantity(min(units, channel.shareMaximum ?? units))
  }

  /// The most units that may wait for a channel; nil for any number.
  private func limit(of channel: Company.Channel, _ item: Company.Item) -> Quantity? {
    let limits = company.backorderLimits(of: channel.name, item, in: nil)
    return limits.accepts ? limits.units.map { Quantity($0) } : nil
  }
}
