public import Operations

/// How well confidence foretold what suppliers did: the Brier score, the mean square of how far it was off.
///
/// 0 is perfect; who always says the base rate p gets p·(1 − p). ρ stands for "in time" as 1 − ρ stands for "late", so
/// that both score the same.
public struct ConfidenceScore: Hashable, Sendable {
  /// Deliveries that were foretold and whose outcome is known.
  public let deliveries: Int
  /// Rounded once; nil when there were none.
  public let brier: Rate?

  /// Foretells each delivery with what was known just before anything was known of it, in the order of time.
  ///
  /// That moment is the first receipt or the promise, whichever came sooner. Until then the supplier's other deliveries
  /// count as received or overdue, as at any moment of the daemon; nothing is learnt from what came later, and nothing
  /// from units that came with it. A pooled prior is that of the day, as a plan writes it down.
  /// - Parameters:
  ///   - deliveries: those of all suppliers, in any order.
  ///   - start: deliveries promised before it are learnt from and not scored.
  ///   - now: what is not known by then is not scored.
  ///   - policy: how a supplier is learnt about.
  public init(
    of deliveries: [Delivery], promisedFrom start: Instant, now: Instant, policy: (SupplierID) -> ConfidencePolicy
  ) {
    var (count, errors) = (0, 0.0)
    var forecaster = Forecaster(deliveries)
    for supplier in forecaster.suppliers {
      let misses = forecaster.misses(of: supplier, promisedFrom: start, policy: policy(supplier), now: now)
      count += misses.count
      errors += misses.sum
    }
    self.init(count, errors)
  }

  /// The same for each supplier by itself.
  public static func ofEach(
    _ deliveries: [Delivery], promisedFrom start: Instant, now: Instant, policy: (SupplierID) -> ConfidencePolicy
  ) -> [SupplierID: ConfidenceScore] {
    var forecaster = Forecaster(deliveries)
    var scores: [SupplierID: ConfidenceScore] = [:]
    for supplier in forecaster.suppliers {
      let misses = forecaster.misses(of: supplier, promisedFrom: start, policy: policy(supplier), now: now)
      scores[supplier] = ConfidenceScore(misses.count, misses.sum)
    }
    return scores
  }

  private init(_ count: Int, _ errors: Double) {
    deliveries = count
    brier = count == 0 ? nil : Rate(rounding: errors / Double(count))
  }
}

/// Foretells deliveries, and remembers what all suppliers together were worth on a day.
private struct Forecaster {
  private struct PoolKey: Hashable {
    var day: Int64
    var policy: ConfidencePolicy
  }

  /// Young first, which is nearly the order in which confidence adds them up.
  private let deliveries: [Delivery]
  private let ofSupplier: [SupplierID: [Delivery]]
  private var pools: [PoolKey: Rate] = [:]

  init(_ deliveries: [Delivery]) {
    self.deliveries = deliveries.sorted { $0.promised > $1.promised }
    ofSupplier = Dictionary(grouping: self.deliveries, by: \.supplier)
  }

  /// In byte order, so that sums do not depend on chance.
  var suppliers: [SupplierID] { ofSupplier.keys.sorted() }

  /// How far confidence was off, squared and added up.
  mutating func misses(
    of supplier: SupplierID, promisedFrom start: Instant, policy: ConfidencePolicy, now: Instant
  ) -> (count: Int, sum: Double) {
    let own = ofSupplier[supplier] ?? []
    let questions = own.filter { $0.promised >= start }.compactMap { delivery in
      policy.outcome(of: delivery, now: now).map { Question(delivery, outcome: $0) }
    }.sorted()
    var sum = 0.0
    var known = (asked: Instant.distantPast, share: 0.0)
    for question in questions {
      if question.asked != known.asked {
        let informed = policy.starting(from: pooledPrior(policy, day: question.asked.day))
        known = (question.asked, SupplierConfidence(of: own, policy: informed, now: question.asked).rate.share)
      }
      let error = known.share - question.outcome
      sum += error * error
    }
    return (questions.count, sum)
  }

  /// Nil where the policy takes what is declared.
  private mutating func pooledPrior(_ policy: ConfidencePolicy, day: Int64) -> Rate? {
    guard policy.poolsPrior else { return nil }
    let key = PoolKey(day: day, policy: policy)
    if let rate = pools[key] { return rate }
    let rate = policy.pooledPrior(of: deliveries, day: day)
    pools[key] = rate
    return rate
  }
}

/// A delivery to foretell.
private struct Question: Comparable {
  let asked: Instant
  let outcome: Double

  init(_ delivery: Delivery, outcome: Double) {
    let first = delivery.receipts.map(\.at).min() ?? delivery.promised
    asked = min(first, delivery.promised) - TimeSpan(milliseconds: 1)
    self.outcome = outcome
  }

  static func < (left: Self, right: Self) -> Bool { (left.asked, left.outcome) < (right.asked, right.outcome) }
}
