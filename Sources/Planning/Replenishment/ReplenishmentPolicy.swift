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

/// The policies that hold for items: one for the item, else for its class, else for everything.
struct ReplenishmentPolicies: Sendable {
  var everything: ReplenishmentPolicy?
  var ofClass: [String: ReplenishmentPolicy]
  var ofItem: [SKU: ReplenishmentPolicy]

  var isEmpty: Bool { everything == nil && ofClass.isEmpty && ofItem.isEmpty }

  func policy(of sku: SKU, productClass: String?) -> ReplenishmentPolicy? {
    if !ofItem.isEmpty, let own = ofItem[sku] { return own }
    return productClass.flatMap { ofClass[$0] } ?? everything
  }
}
