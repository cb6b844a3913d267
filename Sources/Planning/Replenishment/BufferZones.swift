public import Operations

/// The zones of demand-driven MRP: stock below the top of yellow is filled up to the top of green.
///
/// red = DLT·ADU·LTF·(1 + VF); yellow = DLT·ADU; green = max(order cycle·ADU, DLT·ADU·LTF, minimum order), each rounded
/// up once, from exact products.
/// - Source: domain.md §2.5; Ptak and Smith, Demand Driven Material Requirements Planning (2016).
public struct BufferZones: Hashable, Sendable {
  public struct Rule: Hashable, Sendable {
    /// LTF: the longer the lead time, the lower.
    public var leadTimeFactor: Rate
    /// VF: the more demand varies, the higher.
    public var variabilityFactor: Rate
    /// The days between two orders that are wished for; 0 for no wish.
    public var orderCycle: TimeSpan

    public init(leadTimeFactor: Rate, variabilityFactor: Rate, orderCycle: TimeSpan) {
      self.leadTimeFactor = leadTimeFactor
      self.variabilityFactor = variabilityFactor
      self.orderCycle = orderCycle
    }
  }

  public let red: Quantity
  public let yellow: Quantity
  public let green: Quantity

  public var topOfRed: Quantity { red }
  public var topOfYellow: Quantity { red + yellow }
  public var topOfGreen: Quantity { red + yellow + green }

  /// - Parameters:
  ///   - perDay: ADU, the average daily usage.
  ///   - leadTime: DLT, the decoupled lead time.
  /// - Returns: nil when a zone is more than any quantity.
  public init?(_ rule: Rule, perDay: Millionths, leadTime: TimeSpan, minimumOrder: Quantity) {
    let factor = rule.leadTimeFactor.partsPerMillion
    guard let yellow = Self.units(perDay, leadTime, 1_000_000, 1_000_000),
      let long = Self.units(perDay, leadTime, factor, 1_000_000),
      let red = Self.units(perDay, leadTime, factor, 1_000_000 + rule.variabilityFactor.partsPerMillion),
      let cycle = Self.units(perDay, rule.orderCycle, 1_000_000, 1_000_000)
    else { return nil }
    self.red = red
    self.yellow = yellow
    green = max(cycle, long, minimumOrder)
  }

  /// perDay · span · two factors in parts per million, rounded up.
  private static func units(_ perDay: Millionths, _ span: TimeSpan, _ first: Int64, _ second: Int64) -> Quantity? {
    var product = Int128(perDay.count)
    for factor in [span.milliseconds, first, second] {
      let (next, overflow) = product.multipliedReportingOverflow(by: Int128(factor))
      guard !overflow else { return nil }
      product = next
    }
    // A day in milliseconds, and a million for each of the three rates.
    let scale = Int128(TimeSpan.day.milliseconds) * 1_000_000 * 1_000_000 * 1_000_000
    let rounded = product / scale + (product % scale > 0 ? 1 : 0)
    return rounded <= Limits.quantity ? Quantity(rounded) : nil
  }
}
