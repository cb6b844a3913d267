public import Operations

/// What a supplier's promise is worth.
public struct SupplierPolicy: Hashable, Sendable {
  /// The share of what it confirms that arrives.
  public var confidence: Rate
  public var receivingTime: TimeSpan
  /// A line this late after its first promise counts as nothing; nil: never.
  public var pastDueAfter: TimeSpan?

  public init(confidence: Rate, receivingTime: TimeSpan, pastDueAfter: TimeSpan?) {
    self.confidence = confidence
    self.receivingTime = receivingTime
    self.pastDueAfter = pastDueAfter
  }

  /// The units of a purchase-order line that can be counted on, and when they can be sold.
  ///
  /// q̂ = ⌊open · ρ⌋ at max(now, eta) + receiving time; nothing once the line is past due, measured from its first
  /// promise so that re-dating a late order never revives it.
  /// - Source: domain.md §2.3.
  public func expected(_ line: InboundLine, now: Instant) -> (at: Instant, units: Quantity) {
    let at = max(now, line.eta) + receivingTime
    if let pastDueAfter, now > line.originalETA + pastDueAfter { return (at, 0) }
    return (at, confidence.floor(of: max(0, line.open)))
  }
}
