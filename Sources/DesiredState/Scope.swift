public import Operations

/// The part of the catalogue that a resource is for.
public enum Scope: Hashable, Sendable, CustomStringConvertible {
  case everything
  /// Items whose attribute `business_unit` says so.
  case businessUnit(String)
  /// Items whose attribute `brand` says so.
  case brand(String)
  case productClass(String)
  case item(SKU)

  public var specificity: Int {
    switch self {
    case .everything: 0
    case .businessUnit: 1
    case .brand: 2
    case .productClass: 3
    case .item: 4
    }
  }

  public var description: String {
    switch self {
    case .everything: "all items"
    case .businessUnit(let name): "business unit \(name)"
    case .brand(let name): "brand \(name)"
    case .productClass(let name): "class \(name)"
    case .item(let sku): "sku \(sku)"
    }
  }

  public func covers(_ part: CatalogPart) -> Bool {
    switch self {
    case .everything: true
    case .businessUnit(let name): name == part.businessUnit
    case .brand(let name): name == part.brand
    case .productClass(let name): name == part.productClass
    case .item(let item): item == part.sku
    }
  }
}

/// What of an item, and of where it is sold, decides which resources are for it; nil where nothing is known or it does
/// not matter.
public struct CatalogPart: Hashable, Sendable {
  public var productClass: String?
  public var brand: String?
  public var businessUnit: String?
  public var sku: SKU?
  /// The region that it is sold in; nil for what holds over all of them.
  public var region: String?

  public init(
    productClass: String? = nil, brand: String? = nil, businessUnit: String? = nil, sku: SKU? = nil,
    region: String? = nil
  ) {
    self.productClass = productClass
    self.brand = brand
    self.businessUnit = businessUnit
    self.sku = sku
    self.region = region
  }
}

extension Scope {
  /// The fields that narrow a resource, the most specific first.
  public static let fieldNames = ["sku", "class", "brand", "business_unit"]

  /// What one of the fields that narrow a resource says; everything, if none stands there.
  ///
  /// Where several do, which is an error of its own, the most specific counts.
  public init(_ fields: Members) {
    if let sku = fields["sku"]?.text {
      self = .item(SKU(sku))
    } else if let name = fields["class"]?.text {
      self = .productClass(name)
    } else if let name = fields["brand"]?.text {
      self = .brand(name)
    } else if let name = fields["business_unit"]?.text {
      self = .businessUnit(name)
    } else {
      self = .everything
    }
  }
}

extension Resource {
  /// The part of the catalogue that a protection, a safety stock or a rule is about.
  public var target: Scope { Scope(fields) }

  /// The region that a protection, a safety stock or a rule is about; nil for all. Meaningless for other kinds.
  public var targetRegion: String? { fields["region"]?.text }

  /// Whether it is about part of the catalogue, in a region or over all of them.
  public func isAbout(_ part: CatalogPart) -> Bool {
    target.covers(part) && (targetRegion == nil || targetRegion == part.region)
  }

  /// How narrow what it is about is, among resources of its kind: an item before a class before a brand before a business
  /// unit before everything; among equals one that names the region, then one that names its channels, and then one with
  /// a window.
  public var targetSpecificity: Int {
    target.specificity * 8 + (targetRegion == nil ? 0 : 4) + (fields["channels"] == nil ? 0 : 2)
      + (effective.isBounded ? 1 : 0)
  }

  /// Whether it is for part of the catalogue, in a region or over all of them.
  func covers(_ part: CatalogPart) -> Bool { scope.covers(part) && (region == nil || region == part.region) }

  /// What it is for, in words.
  public var scopeWords: String { EffectiveResource.words(scope, region) }
}
