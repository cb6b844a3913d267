public import Operations

/// What taking a change back gives back, held against what the change took away: never more than that, and never what
/// would come anyway.
public struct Restoration: Hashable, Sendable {
  public typealias Holding = RecordedChange.Holding

  /// What has become of an order line.
  public struct LineFate: Hashable, Sendable {
    public var cancelled: Quantity
    public var shipped: Quantity
    /// Units that are neither cancelled, shipped nor claimed.
    public var open: Quantity

    public init(cancelled: Quantity, shipped: Quantity, open: Quantity) {
      (self.cancelled, self.shipped, self.open) = (cancelled, shipped, open)
    }
  }

  /// Why units do not come back.
  public enum Hindrance: String, Sendable {
    /// Others hold them, or they are sold and gone.
    case noStock = "no_stock"
    /// The policy as it was asks for fewer today: a cap that was sold against meanwhile, an item that is no longer short.
    case lessAsked = "less_asked"
    /// The line has left already: it was covered in another way.
    case shipped
    /// The customer no longer wants them.
    case cancelled
    /// The line holds all that it wants.
    case covered
    case unknownLine = "unknown_line"
  }

  /// One thing that the change took away.
  public struct Row: Hashable, Sendable {
    public var holding: Holding
    /// Units that the change took away, above 0.
    public var taken: Quantity
    /// Units that come back, from 0 to `taken`.
    public var returned: Quantity
    /// Nil where all come back.
    public var hindrance: Hindrance?

    public var residue: Quantity { taken - returned }
  }

  /// A cap that the change brought where there was none.
  public struct Cap: Hashable, Sendable {
    public var holding: Holding
    /// Whether it goes with the change.
    public var isLifted: Bool
  }

  /// Units that an order line got by the change and keeps, and that buyers are asked for still: what a customer was given
  /// is not taken back, and what was ordered not undone.
  public struct Kept: Hashable, Sendable {
    public var holding: Holding
    public var units: Quantity
  }

  /// What people may do about what a revert does not do.
  public enum Compensation: Hashable, Sendable {
    /// Give the line units that orders which the change let in hold.
    case reallocate(Holding, units: Quantity, from: [OrderID])
    /// Hurry what is expected, for the line.
    case expedite(Holding, units: Quantity, expectedAt: Instant)
    /// Tell the buyer, who may have ordered them, that fewer units are needed than the change asked for.
    case recall(Holding, units: Quantity)
    /// Tell the customer: nothing covers the line, or a date that was told is no longer true.
    case notify(OrderID, line: String, sku: SKU, from: Instant?, to: Instant?)
  }

  /// In the order of their holdings.
  public private(set) var rows: [Row] = []
  public private(set) var caps: [Cap] = []
  public private(set) var kept: [Kept] = []
  public private(set) var compensations: [Compensation] = []
  public let isPartial: Bool

  public var taken: Quantity { rows.reduce(0) { $0 + $1.taken } }
  public var returned: Quantity { rows.reduce(0) { $0 + $1.returned } }

  /// The restored share in basis points: units that come back of those that the change took away, rounded down so that
  /// only all of them are 10,000; nil where the change took nothing.
  public var share: Int64? {
    let taken = taken
    guard taken > 0 else { return nil }
    return taken.dividingFullWidth(returned.multipliedFullWidth(by: 10_000)).quotient
  }

  /// - Parameters:
  ///   - change: what the change did.
  ///   - before: the plan under the policy in force, of the same snapshot and moment as `after`.
  ///   - after: the plan with the change taken back.
  ///   - fate: what has become of an order line; nil for one that is not known.
  public init(
    of change: RecordedChange, before: Plan, after: Plan, fate: (OrderID, String) throws -> LineFate?
  ) rethrows {
    isPartial = change.isPartial
    let gains = Gains(from: before, to: after)
    for (holding, taken) in change.taken.sorted(by: { $0.key < $1.key }) {
      let returned = min(taken, max(0, gains.units[holding] ?? 0))
      let hindrance = returned < taken ? try Self.hindrance(holding, taken - returned, fate) : nil
      rows.append(Row(holding: holding, taken: taken, returned: returned, hindrance: hindrance))
    }
    for (holding, units) in change.given.sorted(by: { $0.key < $1.key }) {
      let left = max(0, units - max(0, 0 &- (gains.units[holding] ?? 0)))
      if left > 0 { kept.append(Kept(holding: holding, units: left)) }
      guard holding.kind == .proposal, left < units else { continue }
      compensations.append(.recall(holding, units: units - left))
    }
    caps = change.newCaps.sorted().map {
      Cap(holding: $0, isLifted: gains.uncapped.contains($0))
    }
    compensate(change, after)
  }

  private static func hindrance(
    _ holding: Holding, _ residue: Quantity, _ fate: (OrderID, String) throws -> LineFate?
  ) rethrows -> Hindrance {
    guard case .line(let order, let line) = holding.holder else {
      return holding.kind == .cap || holding.kind == .proposal ? .lessAsked : .noStock
    }
    guard let fate = try fate(order, line) else { return .unknownLine }
    if fate.open > 0 { return .noStock }
    if fate.cancelled > 0 { return .cancelled }
    return fate.shipped > 0 ? .shipped : .covered
  }

  // MARK: Compensations

  private mutating func compensate(_ change: RecordedChange, _ after: Plan) {
    for row in rows where row.hindrance == .noStock {
      guard case .line(let order, let line) = row.holding.holder else { continue }
      var offered = false
      let holders = kept.filter { $0.holding.kind == .claim && $0.holding.sku == row.holding.sku }
      let orders = holders.compactMap { holder -> OrderID? in
        if case .line(let other, _) = holder.holding.holder, other != order { other } else { nil }
      }
      let there = holders.reduce(0) { $0 + $1.units }
      if !orders.isEmpty {
        compensations.append(.reallocate(row.holding, units: min(row.residue, there), from: orders))
        offered = true
      }
      let missing = after.shortfalls.first { $0.order == order && $0.line.isBytewiseEqual(to: line) }
      if let at = missing?.expectedAt {
        compensations.append(.expedite(row.holding, units: row.residue, expectedAt: at))
        offered = true
      }
      if !offered { compensations.append(.notify(order, line: line, sku: row.holding.sku, from: nil, to: nil)) }
    }
    for row in rows where row.hindrance == .cancelled {
      guard case .line(let order, let line) = row.holding.holder else { continue }
      compensations.append(.notify(order, line: line, sku: row.holding.sku, from: nil, to: nil))
    }
    for told in change.told {
      let now = Self.promise(told, after)
      guard now != told.after else { continue }
      compensations.append(.notify(told.order, line: told.line, sku: told.sku, from: told.after, to: now))
    }
  }

  /// What the customer would be told with the change taken back; what the change told where the plan says nothing new.
  private static func promise(_ told: RecordedChange.Told, _ after: Plan) -> Instant? {
    for planned in after.actions {
      if case .promise(_, let promise, _) = planned.action, promise.order == told.order,
        promise.line.isBytewiseEqual(to: told.line)
      {
        return promise.at
      }
    }
    return told.after
  }
}

/// Units that one plan leaves more of than another, by who holds them.
private struct Gains {
  private(set) var units: [RecordedChange.Holding: Quantity] = [:]
  /// What has no cap by the one plan, and keeps the one that it has by the other.
  private(set) var uncapped: Set<RecordedChange.Holding> = []

  init(from before: Plan, to after: Plan) {
    add(after, sign: 1)
    uncapped = Self.uncapped(by: after).subtracting(Self.uncapped(by: before))
    add(before, sign: -1)
  }

  private static func uncapped(by plan: Plan) -> Set<RecordedChange.Holding> {
    var found: Set<RecordedChange.Holding> = []
    for planned in plan.actions {
      guard case .setGrant(let sku, let channel, let grant, _, let region) = planned.action, grant.capLeft == nil
      else { continue }
      found.insert(RecordedChange.Holding(kind: .cap, sku: sku, holder: .channel(channel, in: region)))
    }
    return found
  }

  /// Each action tells how far it moves what is there now, so that what neither plan touches cancels out.
  private mutating func add(_ plan: Plan, sign: Quantity) {
    for planned in plan.actions {
      switch planned.action {
      case .setGrant(let sku, let channel, let grant, let was, let region):
        let holder = RecordedChange.Holding.Holder.channel(channel, in: region)
        move(.grant, sku, holder, sign, from: was?.protected ?? 0, to: grant.protected)
        // Without a cap there is room for any number of units.
        if let was { move(.cap, sku, holder, sign, from: was.capLeft ?? .max, to: grant.capLeft ?? .max) }
      case .setShared(let sku, let units, let was, let region):
        move(.shared, sku, .everyone(in: region), sign, from: was, to: units)
      case .publish(let sku, let channel, let units, let was, let region):
        move(.publication, sku, .channel(channel, in: region), sign, from: was ?? 0, to: units)
      case .claim(let sku, let claim):
        move(.claim, sku, .line(claim.order, claim.line), sign, from: 0, to: claim.quantity)
      case .releaseClaim(let sku, let release):
        move(.claim, sku, .line(release.order, release.line), sign, from: release.quantity, to: 0)
      case .propose(let sku, let proposal, let was):
        move(.proposal, sku, proposal.holder, sign, from: 0, to: proposal.quantity)
        if let was { move(.proposal, sku, was.holder, sign, from: was.quantity, to: 0) }
      case .withdrawProposal(let sku, let was): move(.proposal, sku, was.holder, sign, from: was.quantity, to: 0)
      // As in `RecordedChange`.
      case .setNode, .setFallback, .setSafetyStock, .setChannel, .setSupplier, .setRouting, .setRegions, .moveClaim,
        .route, .promise, .startStockout, .endStockout, .openCase, .closeCase, .noteDrift, .heal:
        continue
      }
    }
  }

  private mutating func move(
    _ kind: RecordedChange.Holding.Kind, _ sku: SKU, _ holder: RecordedChange.Holding.Holder, _ sign: Quantity,
    from: Quantity, to: Quantity
  ) {
    let holding = RecordedChange.Holding(kind: kind, sku: sku, holder: holder)
    units[holding] = distance(from: 0 &- sign * distance(from: from, to: to), to: units[holding] ?? 0)
  }
}
