public import Operations

#if canImport(Glibc)
  import Glibc
#endif

/// The share of a supplier's promises that holds, learnt from its deliveries.
public struct SupplierConfidence: Hashable, Sendable {
  /// ρ, rounded once.
  public let rate: Rate
  /// n_eff: how many deliveries of equal weight would say as much, in thousandths.
  public let sampleSize: Int64
  public let tier: ConfidenceTier

  /// The mean of a Beta posterior whose evidence fades: ρ = (α0 + Σw·x) / (α0 + β0 + Σw), w = 2^(−age / half-life), and
  /// n_eff = (Σw)² / Σw².
  ///
  /// The age is counted in days of UTC from the first promise: a late receipt does not make old news young, and the
  /// passing of time moves a plan at most once a day. No Double leaves this initializer, and the order of the deliveries
  /// does not matter.
  /// - Parameters:
  ///   - deliveries: those of one supplier.
  ///   - now: receipts after it are not known yet.
  /// - Source: domain.md §2.6.
  public init(of deliveries: some Sequence<Delivery>, policy: ConfidencePolicy, now: Instant) {
    let today = now.day
    var known: [(age: Int64, outcome: Double)] = deliveries.compactMap { delivery in
      policy.outcome(of: delivery, now: now).map { (max(0, today - delivery.promised.day), $0) }
    }
    known.sort { ($0.age, $0.outcome) < ($1.age, $1.outcome) }
    var (total, squares, inTime) = (0.0, 0.0, 0.0)
    for (age, outcome) in known {
      let weight = policy.weight(ofAge: age)
      total += weight
      squares += weight * weight
      inTime += weight * outcome
    }
    let prior = (rate: policy.prior.rate.share, deliveries: Double(policy.prior.deliveries))
    let all = prior.deliveries + total
    rate = all > 0 ? Rate(rounding: (prior.rate * prior.deliveries + inTime) / all) : policy.prior.rate
    sampleSize = squares > 0 ? Int64((total * total / squares * 1000).rounded()) : 0
    tier = sampleSize < ConfidenceTier.smallestSample ? .untrusted : ConfidenceTier(of: rate)
  }
}

extension ConfidencePolicy {
  fileprivate func weight(ofAge days: Int64) -> Double {
    guard let halfLife, days > 0 else { return 1 }
    return exp2(-Double(days) * Double(TimeSpan.day.milliseconds) / Double(max(.day, halfLife).milliseconds))
  }
}

extension Rate {
  var share: Double { Double(partsPerMillion) / 1_000_000 }

  /// - Parameter share: a number; below 0 and above 1 are cut off.
  init(rounding share: Double) {
    self = Rate(partsPerMillion: Int64((min(1, max(0, share)) * 1_000_000).rounded())) ?? .none
  }
}
