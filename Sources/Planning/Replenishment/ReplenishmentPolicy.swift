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
  /// The part of the catalogue, and the region; everywhere for what is for all regions.
  struct Target: Hashable {
    var scope: Scope
    var region: RegionID
  }

  private let policies: [Target: ReplenishmentPolicy]
  private let namesItems: Bool
  /// The regions that any policy is for, in byte order.
  private let regions: [RegionID]

  init(_ policies: [Target: ReplenishmentPolicy]) {
    self.policies = policies
    namesItems = policies.keys.contains { if case .item = $0.scope { true } else { false } }
    regions = Set(policies.keys.map(\.region)).subtracting([.everywhere]).sorted()
  }

  var isEmpty: Bool { policies.isEmpty }

  /// Whether anything is bought for a region on its own.
  var nameRegions: Bool { !regions.isEmpty }

  /// What an item is bought by: the most specific of the item, of its class, of its brand, of its business unit, of
  /// everything.
  func policy(of sku: SKU, _ part: CatalogPart) -> ReplenishmentPolicy? {
    scopes(of: sku, part) { policies[Target(scope: $0, region: .everywhere)] }
  }

  /// The regions that an item is bought for on their own, in byte order: those where, among the policies that hold there, the
  /// most specific names the region. Between two about the same items the one that names the region wins.
  func regional(of sku: SKU, _ part: CatalogPart) -> [(region: RegionID, policy: ReplenishmentPolicy)] {
    regions.compactMap { region in
      let found = scopes(of: sku, part) { scope in
        policies[Target(scope: scope, region: region)].map { (own: $0, isRegional: true) }
          ?? policies[Target(scope: scope, region: .everywhere)].map { (own: $0, isRegional: false) }
      }
      return found.flatMap { $0.isRegional ? (region, $0.own) : nil }
    }
  }

  /// The first that is found, from the item to everything.
  private func scopes<Found>(of sku: SKU, _ part: CatalogPart, _ find: (Scope) -> Found?) -> Found? {
    if namesItems, let own = find(.item(sku)) { return own }
    return part.productClass.flatMap { find(.productClass($0)) } ?? part.brand.flatMap { find(.brand($0)) }
      ?? part.businessUnit.flatMap { find(.businessUnit($0)) } ?? find(.everything)
  }
}
