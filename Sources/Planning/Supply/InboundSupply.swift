public import Operations

/// What a supplier's promise is worth.
public struct SupplierPolicy: Hashable, Sendable {
  /// ρ: the share of what it confirms that arrives.
  public var confidence: Rate
  /// ρ of what it says is on its way; never below `confidence`, whatever stands here, and nil for the same.
  public var announcedConfidence: Rate?
  public var tier: ConfidenceTier
  /// σ_L.
  public var leadTimeDeviation: TimeSpan
  public var delayMargin: DelayMargin
  /// From the dock to the shelf.
  public var receivingTime: TimeSpan
  /// A line this late after its first promise counts as nothing; nil: never.
  public var pastDueAfter: TimeSpan?

  /// - Parameter tier: nil for the tier of `confidence`, which is right where it is declared and not learnt.
  public init(
    confidence: Rate, announcedConfidence: Rate? = nil, tier: ConfidenceTier? = nil,
    leadTimeDeviation: TimeSpan = TimeSpan(milliseconds: 0), delayMargin: DelayMargin = DelayMargin(),
    receivingTime: TimeSpan, pastDueAfter: TimeSpan?
  ) {
    self.confidence = confidence
    self.announcedConfidence = announcedConfidence
    self.tier = tier ?? ConfidenceTier(of: confidence)
    self.leadTimeDeviation = leadTimeDeviation
    self.delayMargin = delayMargin
    self.receivingTime = receivingTime
    self.pastDueAfter = pastDueAfter
  }
}

/// Units of a purchase-order line that can be counted on, and when they can be sold.
public struct ExpectedSupply: Hashable, Sendable {
  public enum Part: Hashable, Sendable {
    /// What the ship notice of this id announces.
    case announced(String)
    case rest
  }

  public var at: Instant
  public var units: Quantity
  public var part: Part
}

extension SupplierPolicy {
  /// What can be counted on of a purchase-order line, at most one entry for each ship notice and one for the rest.
  ///
  /// q̂ = ⌊open · ρ⌋ at max(now, eta) + receiving time + ⌈k · σ_L⌉ days, each part by itself: what a ship notice announces
  /// at its own time and confidence, in the order of their ids while units are open, and the rest. Nothing is expected
  /// once the line is past due, measured from its first promise so that re-dating a late order never revives it.
  ///
  /// Rounding the parts down one by one can lose a unit that the whole line would have had; the last part gives it back,
  /// so that no ship notice lowers what is expected.
  /// - Source: domain.md §2.3.
  public func expected(_ line: InboundLine, now: Instant) -> [ExpectedSupply] {
    if let pastDueAfter, now > line.originalETA + pastDueAfter { return [] }
    let delay = delayMargin.delay(tier, deviation: leadTimeDeviation)
    let announced = max(confidence, announcedConfidence ?? confidence)
    let open = max(0, line.open)
    func part(_ units: Quantity, _ rate: Rate, eta: Instant, _ part: ExpectedSupply.Part) -> ExpectedSupply {
      ExpectedSupply(at: max(now, eta) + receivingTime + delay, units: rate.floor(of: units), part: part)
    }
    var rest = open
    var parts: [ExpectedSupply] = []
    for notice in line.shipNotices.sorted(by: { $0.id.isBytewiseLess(than: $1.id) }) {
      let units = min(rest, max(0, notice.quantity - notice.received))
      rest -= units
      parts.append(part(units, announced, eta: notice.eta, .announced(notice.id)))
    }
    parts.append(part(rest, confidence, eta: line.eta, .rest))
    let lost = confidence.floor(of: open) - parts.reduce(0) { $0 + $1.units }
    if lost > 0, let last = parts.indices.max(by: { parts[$0].at < parts[$1].at }) { parts[last].units += lost }
    return parts.filter { $0.units > 0 }
  }
}
