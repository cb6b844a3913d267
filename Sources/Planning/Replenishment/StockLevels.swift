public import Operations

/// When to order an item and up to where, with every number that led there.
public struct StockLevels: Hashable, Sendable {
  /// d: expected units a day, after the adjustment.
  public internal(set) var perDay: Millionths
  /// σ_d, after the adjustment.
  public internal(set) var deviationPerDay: Millionths
  /// Whether a default took the place of what could not be measured, or very few days were.
  public internal(set) var isLowConfidence: Bool
  /// The time that stock must last: the lead time, and the review period where there is one.
  public internal(set) var protectedTime: TimeSpan
  /// How demand is taken to be spread; nil for zones and for an item that nobody buys.
  public internal(set) var model: DemandModel?
  /// Mean demand during the protected time.
  public internal(set) var leadTimeDemand = Millionths.zero
  /// σ_LTD.
  public internal(set) var leadTimeDeviation = Millionths.zero
  /// z, as used; nil where demand is not normal or never varies.
  public internal(set) var serviceFactor: Millionths?
  /// SS before it is rounded up to `safetyStock`.
  public internal(set) var exactSafetyStock = Millionths.zero
  public internal(set) var safetyStock: Quantity = 0
  /// d·L + SS before it is rounded up.
  public internal(set) var exactCover = Millionths.zero
  /// The units of a usual order, which the fill rate rests on.
  public internal(set) var usualOrder: Quantity = 0
  /// The share of units that will be shipped from stock.
  public internal(set) var expectedFillRate: Rate?
  public internal(set) var zones: BufferZones?
  /// s: at or below this position an order is placed.
  public internal(set) var reorderPoint: Quantity = 0
  /// S, above s.
  public internal(set) var orderUpTo: Quantity = 0

  /// - Throws: what a rule cannot mean, and levels beyond any quantity.
  public init(_ rule: ReplenishmentRule, velocity: Velocity) throws(ReplenishmentProblem) {
    try rule.check()
    let expected = try ExpectedDemand(rule, velocity)
    perDay = expected.perDay
    deviationPerDay = expected.deviation
    isLowConfidence = expected.isLowConfidence
    protectedTime = rule.leadTime
    if case .periodic(let period) = rule.review, rule.zones == nil {
      protectedTime = TimeSpan(milliseconds: rule.leadTime.milliseconds + period.milliseconds)
    }
    if perDay == .zero {
      // Nobody buys it: order what is owed and nothing else.
      reorderPoint = -1
    } else if let zones = rule.zones {
      try set(zones, rule)
    } else {
      try cover(rule, isIntermittent: velocity.isIntermittent)
    }
  }

  private mutating func set(_ zones: BufferZones.Rule, _ rule: ReplenishmentRule) throws(ReplenishmentProblem) {
    guard
      let zones = BufferZones(zones, perDay: perDay, leadTime: rule.leadTime, minimumOrder: rule.minimumOrder)
    else { throw .notAQuantity(.reorderPoint) }
    self.zones = zones
    safetyStock = zones.topOfRed
    exactSafetyStock = Millionths(units: safetyStock)
    orderUpTo = zones.topOfGreen
    reorderPoint = min(zones.topOfYellow, orderUpTo - 1)
    usualOrder = max(1, wholeLots(zones.green, of: rule.orderMultiple))
  }

  private mutating func cover(_ rule: ReplenishmentRule, isIntermittent: Bool) throws(ReplenishmentProblem) {
    let more: Quantity
    switch rule.orderUpTo {
    case .cover: more = 0
    case .days(let span): more = try units(in: span)
    case .units(let units): more = units
    }
    var betweenOrders: Quantity = 1
    if case .periodic(let period) = rule.review { betweenOrders = try units(in: period) }
    usualOrder = wholeLots(max(more, betweenOrders, rule.minimumOrder), of: rule.orderMultiple)
    let demand = LeadTimeDemand(
      perDay: perDay, deviationPerDay: deviationPerDay, days: protectedTime, deviation: rule.leadTimeDeviation,
      isIntermittent: isIntermittent)
    guard let cover = demand.cover(rule.service, quantity: usualOrder, keepsMean: !rule.mayUndercutMean) else {
      throw .notAQuantity(.reorderPoint)
    }
    model = cover.model
    leadTimeDemand = cover.mean
    leadTimeDeviation = cover.deviation
    serviceFactor = cover.serviceFactor
    exactSafetyStock = cover.safetyStock
    safetyStock = cover.safetyStock.roundedUp
    exactCover = cover.level
    expectedFillRate = cover.fillRate
    orderUpTo = cover.level.roundedUp + more
    // With nothing more than the cover itself, one unit less than it is what starts an order.
    reorderPoint = min(cover.level.roundedUp, orderUpTo - 1)
  }

  private func units(in span: TimeSpan) throws(ReplenishmentProblem) -> Quantity {
    let product = Int128(perDay.count) * Int128(span.milliseconds)
    let scale = Int128(TimeSpan.day.milliseconds) * 1_000_000
    let units = product / scale + (product % scale > 0 ? 1 : 0)
    guard units <= Limits.quantity else { throw .notAQuantity(.orderUpTo) }
    return Quantity(units)
  }
}

/// Demand of one day as the rule expects it of the future.
private struct ExpectedDemand {
  var perDay: Millionths
  var deviation: Millionths
  var isLowConfidence: Bool

  init(_ rule: ReplenishmentRule, _ velocity: Velocity) throws(ReplenishmentProblem) {
    let isUnmeasured = velocity.days == 0
    let measured = isUnmeasured ? rule.defaultPerDay ?? .zero : velocity.perDay
    isLowConfidence = isUnmeasured || velocity.deviation == nil || velocity.isFewDays
    guard measured >= .zero, velocity.deviation ?? .zero >= .zero else { throw .negative(.demand) }
    guard let spread = velocity.deviation ?? measured.times(rule.defaultVariation),
      let perDay = measured.times(rule.adjustment), let deviation = spread.times(rule.adjustment),
      perDay <= .largest, deviation <= .largest
    else { throw .notAQuantity(.demand) }
    self.perDay = perDay
    self.deviation = deviation
  }
}

extension Millionths {
  static let largest = Millionths(units: Limits.quantity)
}
