import ActualState
import DesiredState
import Operations
import Planning

/// How well what a policy believes of suppliers would have foretold the deliveries that a store remembers.
struct DeliveryScores {
  private let deliveries: [Delivery]
  private let policies: [SupplierID: ConfidencePolicy]

  init(_ store: any Store, _ desired: DesiredState, at now: Instant) throws {
    deliveries = try store.suppliers().flatMap { try store.deliveries(of: $0.supplier) }
    policies = desired.confidencePolicies(at: now)
  }

  /// A supplier that the policy does not know is taken as one of which nothing is declared.
  private func policy(_ supplier: SupplierID) -> ConfidencePolicy { policies[supplier] ?? ConfidencePolicy() }

  var ofEach: [SupplierID: ConfidenceScore] {
    ConfidenceScore.ofEach(deliveries, promisedFrom: .distantPast, now: .distantFuture, policy: policy)
  }

  var ofAll: ConfidenceScore {
    ConfidenceScore(of: deliveries, promisedFrom: .distantPast, now: .distantFuture, policy: policy)
  }
}

extension JSONValue {
  /// A share as a decimal of four places.
  init(share rate: Rate?) {
    self =
      rate.map { rate in
        let parts = (rate.partsPerMillion + 50) / 100
        return .decimal("\(parts / 10_000)." + String(10_000 + parts % 10_000).suffix(4))
      } ?? .null
  }
}
