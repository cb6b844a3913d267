import DesiredState
import Operations

/// How an item is bought.
struct ReplenishmentPolicy: Hashable, Sendable {
  var supplier: SupplierID
  /// Where it is delivered.
  var node: NodeID
  /// Nil while the supplier does not hold, so that nothing is known of its lead time.
  var rule: ReplenishmentRule?
  /// The whole days up to yesterday that velocity is measured on.
  var velocityDays: Int64 = 28

  /// Whether a day, counted from 1970-01-01, is one on which the item is reviewed.
  func reviews(on day: Int64) -> Bool {
    guard case .periodic(let period)? = rule?.review else { return true }
    let days = period.milliseconds / TimeSpan.day.milliseconds
    return days <= 1 || day % days == 0
  }
}

/// The policies that hold, by what they are about.
struct ReplenishmentPolicies: Sendable {
  private let policies: [Scope: ReplenishmentPolicy]
  private let namesItems: Bool

  init(_ policies: [Scope: ReplenishmentPolicy]) {
    self.policies = policies
    namesItems = policies.keys.contains { if case .item = $0 { true } else { false } }
  }

  var isEmpty: Bool { policies.isEmpty }

  /// The most specific: of the item, of its class, of its brand, of its business unit, of everything.
  func policy(of sku: SKU, _ part: CatalogPart) -> ReplenishmentPolicy? {
    if namesItems, let own = policies[.item(sku)] { return own }
    return part.productClass.flatMap { policies[.productClass($0)] } ?? part.brand.flatMap { policies[.brand($0)] }
      ?? part.businessUnit.flatMap { policies[.businessUnit($0)] } ?? policies[.everything]
  }
}
