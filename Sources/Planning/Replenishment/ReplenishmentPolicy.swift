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
  /// For items of no class, and then for those of each class; what holds for everything is in each.
  var ofClass: [ReplenishmentPolicy?]
  var ofItem: [SKU: ReplenishmentPolicy]

  var isEmpty: Bool { ofItem.isEmpty && ofClass.allSatisfy { $0 == nil } }

  /// - Parameter classIndex: as in `ofClass`.
  func policy(of sku: SKU, classIndex: Int) -> ReplenishmentPolicy? {
    (ofItem.isEmpty ? nil : ofItem[sku]) ?? ofClass[classIndex]
  }
}
