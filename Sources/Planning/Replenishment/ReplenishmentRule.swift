public import Operations

/// What holds for the replenishment of one item at a moment.
public struct ReplenishmentRule: Hashable, Sendable {
  public enum Review: Hashable, Sendable {
    /// After every movement of stock.
    case continuous
    /// Every so often: stock must last until what the next review orders has come.
    case periodic(TimeSpan)
  }

  /// How far above the least stock that gives the service an order goes.
  public enum OrderUpTo: Hashable, Sendable {
    /// To that stock itself: whatever is missing is ordered.
    case cover
    /// To what so many days more will sell.
    case days(TimeSpan)
    /// To so many units more, unless nothing sells.
    case units(Quantity)
  }

  public var review = Review.continuous
  public var service: ServiceLevel
  public var leadTime: TimeSpan
  /// σ_L.
  public var leadTimeDeviation = TimeSpan(milliseconds: 0)
  public var orderUpTo = OrderUpTo.cover
  public var minimumOrder: Quantity = 0
  /// What an order is rounded up to; 1 for any quantity.
  public var orderMultiple: Quantity = 1
  /// What is expected of the future against the past: above 1 when more will be sold. It scales σ_d too.
  public var adjustment = Millionths.one
  /// With zones the item is buffered by demand-driven MRP instead of a service level.
  public var zones: BufferZones.Rule?
  /// What takes the place of σ_d / d when too few days were counted.
  public var defaultVariation = Millionths.one
  /// Units a day while no day was counted; nil: nothing is ordered but what is owed.
  public var defaultPerDay: Millionths?
  /// Whether a low service may keep less than the mean demand.
  public var mayUndercutMean = false

  public init(service: ServiceLevel, leadTime: TimeSpan) {
    self.service = service
    self.leadTime = leadTime
  }

  /// Refuses what no rule can mean.
  func check() throws(ReplenishmentProblem) {
    let rate =
      switch service {
      case .cycle(let rate), .fill(let rate): rate
      }
    guard rate > .none, rate < .all else { throw .serviceOutOfReach }
    try check(leadTime.milliseconds, .leadTime, limit: Self.longestTime)
    try check(leadTimeDeviation.milliseconds, .leadTimeDeviation, limit: Self.longestTime)
    if case .periodic(let period) = review {
      guard period.milliseconds != 0 else { throw .zero(.reviewPeriod) }
      try check(period.milliseconds, .reviewPeriod, limit: Self.longestTime)
    }
    switch orderUpTo {
    case .cover: break
    case .days(let span): try check(span.milliseconds, .orderUpTo, limit: Self.longestTime)
    case .units(let units): try check(units, .orderUpTo)
    }
    try check(minimumOrder, .minimumOrder)
    guard orderMultiple != 0 else { throw .zero(.orderMultiple) }
    try check(orderMultiple, .orderMultiple)
    try check(adjustment.count, .adjustment, limit: Millionths.largest.count)
    try check(defaultVariation.count, .variation, limit: Millionths.largest.count)
    try check(defaultPerDay?.count ?? 0, .demand, limit: Millionths.largest.count)
    if let zones {
      try check(zones.orderCycle.milliseconds, .orderCycle, limit: Self.longestTime)
      // Zones are multiples of the lead time: without one there is nothing to buffer.
      guard leadTime.milliseconds != 0 else { throw .zero(.leadTime) }
    }
  }

  /// A hundred years in milliseconds: more is a slip of the pen.
  private static let longestTime = 36_525 * TimeSpan.day.milliseconds

  private func check(
    _ value: Int64, _ field: ReplenishmentProblem.Field, limit: Int64 = Limits.quantity
  ) throws(ReplenishmentProblem) {
    guard value >= 0 else { throw .negative(field) }
    guard value <= limit else { throw .notAQuantity(field) }
  }
}

/// What is promised to customers. 95% of one is far from 95% of the other.
public enum ServiceLevel: Hashable, Sendable {
  /// The probability that a cycle ends before stock runs out (α, CSL).
  case cycle(Rate)
  /// The share of units that are shipped from stock (β).
  case fill(Rate)
}

/// What is there, what will come and what is owed.
public struct InventoryPosition: Hashable, Sendable {
  public var onHand: Quantity
  public var onOrder: Quantity
  public var backorders: Quantity

  public init(onHand: Quantity = 0, onOrder: Quantity = 0, backorders: Quantity = 0) {
    self.onHand = onHand
    self.onOrder = onOrder
    self.backorders = backorders
  }

  /// IP = on hand + on order − backorders.
  public var units: Quantity { onHand + onOrder - backorders }
}
