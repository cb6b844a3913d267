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
  ///
  /// Of the SCMS deliveries of every year from 2009 to 2012 that foretold the next ones better, by up to 4% of the Brier
  /// score; what is declared stays the default, since nobody declared anything of those suppliers.
  public var poolsPrior = false
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

  /// What somebody declared, which no delivery outweighs.
  static func declared(_ rate: Rate) -> ConfidencePolicy {
    var policy = ConfidencePolicy()
    policy.prior = Prior(rate: rate, deliveries: Limits.quantity)
    return policy
  }

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

  /// What all suppliers together were worth when a day of UTC began.
  /// - Parameter deliveries: those of all suppliers.
  public func pooledPrior(of deliveries: some Sequence<Delivery>, day: Int64) -> Rate {
    SupplierConfidence(of: deliveries, policy: self, now: Instant(day: day)).rate
  }

  /// This policy with another rate to start from; with its own for nil.
  public func starting(from rate: Rate?) -> ConfidencePolicy {
    var policy = self
    policy.prior.rate = rate ?? prior.rate
    return policy
  }
}
