import DesiredState
import Operations

/// What of an item's traits resources can tell apart: their classes, and the brands and business units that they name.
struct CatalogNames: Hashable, Sendable {
  struct ProductClass: Hashable, Sendable {
    var name: String
    var match: [String: String]
  }

  /// By priority, then name.
  let classes: [ProductClass]
  let brands: Set<String>
  let businessUnits: Set<String>

  /// What counts of an item's traits: a brand that no resource names is as good as none.
  /// - Parameter region: where it is sold; nil for what holds over all regions.
  func part(of traits: ItemTraits, in region: RegionID? = nil) -> CatalogPart {
    CatalogPart(
      productClass: productClass(of: traits).map { classes[$0].name },
      brand: traits.attributes["brand"].flatMap { brands.contains($0) ? $0 : nil },
      businessUnit: traits.attributes["business_unit"].flatMap { businessUnits.contains($0) ? $0 : nil },
      region: region?.rawValue)
  }

  /// The index into `classes` of an item, or nil: the class that it names, else the first that matches.
  private func productClass(of traits: ItemTraits) -> Int? {
    if let name = traits.productClass, let index = classes.firstIndex(where: { $0.name == name }) { return index }
    return classes.firstIndex { candidate in
      !candidate.match.isEmpty
        && candidate.match.allSatisfy { traits.attributes[$0.key]?.isBytewiseEqual(to: $0.value) ?? false }
    }
  }
}
