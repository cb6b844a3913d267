import DesiredState

/// What holds for each part of the catalogue that items of a snapshot belong to, so that planning an item is a look into a
/// table.
///
/// The classes stand there in advance; what brands and business units say beside them is worked out only for the mixtures
/// that occur, because there may be very many that could.
struct PolicyParts {
  private(set) var parts: [CatalogPart]
  /// Beside `parts`.
  private(set) var rules: [Policy.ItemPolicy]
  private var places: [CatalogPart: Int]

  init(_ policy: Policy) {
    parts = [CatalogPart()] + policy.catalog.classes.map { CatalogPart(productClass: $0.name) }
    rules = policy.ofClass
    places = Dictionary(parts.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  /// Where a part stands.
  mutating func index(of part: CatalogPart, _ policy: Policy) -> Int {
    if let place = places[part] { return place }
    places[part] = parts.count
    parts.append(part)
    rules.append(policy.policy(of: part))
    return parts.count - 1
  }
}
