public import Operations

/// How deliveries are measured and how soon they are forgotten.
public struct ConfidencePolicy: Hashable, Sendable {
  public enum Measure: Hashable, Sendable {
    /// The share of the ordered units that came in time.
    case fraction
    /// 1 where all units came in time, else 0: OTIF, on time in full. Up to `tolerance` of them may be missing.
    case inFull(tolerance: Rate)
  }

  /// What is believed of a supplier without deliveries, and how many deliveries it takes to outweigh that.
  public struct Prior: Hashable, Sendable {
    public var rate: Rate
    public var deliveries: Int64

    public init(rate: Rate, deliveries: Int64) {
      self.rate = rate
      self.deliveries = max(0, deliveries)
    }
  }

  /// α0 = 8 and β0 = 2 by default: four of five deliveries in time, which ten deliveries outweigh.
  public var prior = Prior(rate: .percent(80), deliveries: 10)
  /// Whether the prior's rate is what all suppliers together are worth; then its own rate is only theirs to start with.
  public var sharesExperience = false
  /// The age at which a delivery counts half, at least a day; nil: none is ever forgotten.
  ///
  /// Two months is the longest that predicted the SCMS deliveries of before 2011 as well as the best did, within half a
  /// percent; whoever delivers a line a month still reaches the sample that a record needs to be trusted.
  public var halfLife: TimeSpan? = TimeSpan(milliseconds: 60 * TimeSpan.day.milliseconds)
  /// How long after the promise still counts as in time.
  public var grace = TimeSpan(milliseconds: 0)
  /// How long before the promise units may come; what comes sooner does not count as in time. nil: early is never a fault.
  public var earlyGrace: TimeSpan?
  public var measure = Measure.fraction

  public init() {}

  /// What a delivery says of its supplier: 1 when all came in time, 0 when nothing did.
  ///
  /// Nil while that can still change: what is open and not due says nothing, what is overdue counts as it stands, even
  /// when nothing ever came. Nil too where no unit was wanted, because we cancelled.
  /// - Parameter now: later receipts are not known yet.
  func outcome(of delivery: Delivery, now: Instant) -> Double? {
    guard delivery.ordered > 0 else { return nil }
    let due = delivery.promised + grace
    let opens = earlyGrace.map { delivery.promised - $0 } ?? .distantPast
    var received: Quantity = 0
    var inTime: Quantity = 0
    for receipt in delivery.receipts where receipt.at <= now {
      received += receipt.units
      if receipt.at >= opens, receipt.at <= due { inTime += receipt.units }
    }
    let enough: Quantity
    switch measure {
    case .fraction: enough = delivery.ordered
    case .inFull(let tolerance): enough = delivery.ordered - tolerance.floor(of: delivery.ordered)
    }
    if inTime >= enough { return 1 }
    guard now > due || received >= delivery.ordered else { return nil }
    return measure == .fraction ? Double(max(0, inTime)) / Double(delivery.ordered) : 0
  }

  /// This policy with what all suppliers together are worth as its prior's rate, if it wants that: a supplier with few
  /// deliveries is then taken for one of them.
  /// - Parameter deliveries: those of all suppliers.
  public func informed(by deliveries: some Sequence<Delivery>, now: Instant) -> ConfidencePolicy {
    guard sharesExperience else { return self }
    var policy = self
    policy.prior.rate = SupplierConfidence(of: deliveries, policy: self, now: now).rate
    return policy
  }
}
