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
  /// from units that came with it.
  /// - Parameters:
  ///   - deliveries: those of all suppliers, in any order.
  ///   - start: deliveries promised before it are learnt from and not scored.
  ///   - now: what is not known by then is not scored.
  public init(of deliveries: [Delivery], promisedFrom start: Instant, policy: ConfidencePolicy, now: Instant) {
    // Young first, which is nearly the order in which confidence adds them up.
    let deliveries = deliveries.sorted { $0.promised > $1.promised }
    let bySupplier = Dictionary(grouping: deliveries, by: \.supplier)
    let asked = deliveries.filter { $0.promised >= start }.compactMap { delivery in
      policy.outcome(of: delivery, now: now).map { Question(delivery, outcome: $0) }
    }.sorted()
    var errors = 0.0
    var known = (asked: Instant.distantPast, policy: policy, confidence: [SupplierID: SupplierConfidence]())
    for question in asked {
      if question.asked != known.asked {
        known = (question.asked, policy.informed(by: deliveries, now: question.asked), [:])
      }
      let confidence =
        known.confidence[question.supplier]
        ?? SupplierConfidence(of: bySupplier[question.supplier] ?? [], policy: known.policy, now: question.asked)
      known.confidence[question.supplier] = confidence
      let error = confidence.rate.share - question.outcome
      errors += error * error
    }
    self.deliveries = asked.count
    brier = asked.isEmpty ? nil : Rate(rounding: errors / Double(asked.count))
  }
}

/// A delivery to foretell.
private struct Question: Comparable {
  let asked: Instant
  let supplier: SupplierID
  let outcome: Double

  init(_ delivery: Delivery, outcome: Double) {
    let first = delivery.receipts.map(\.at).min() ?? delivery.promised
    asked = min(first, delivery.promised) - TimeSpan(milliseconds: 1)
    supplier = delivery.supplier
    self.outcome = outcome
  }

  static func < (left: Self, right: Self) -> Bool {
    (left.asked, left.supplier, left.outcome) < (right.asked, right.supplier, right.outcome)
  }
}
