public import DesiredState
public import Operations

/// The desired state at one moment, made ready for planning: overlays resolved once for each product class, and again
/// only for the items that a resource names.
public struct Policy: Sendable {
  /// The channels, in byte order.
  let channels: [ChannelID]
  /// Beside `channels`: what their orders may claim at once.
  let terms: [ChannelTerms]
  let nodes: [NodeID: NodePolicy]
  let suppliers: [SupplierID: SupplierPolicy]
  let replenishment: ReplenishmentPolicies
  let classes: [ProductClass]
  /// What holds for items of no class, and then for those of each class in `classes`.
  let ofClass: [ItemPolicy]
  /// Items that resources name, in byte order, beside `ofItem`.
  let namedItems: ContiguousArray<SKU>
  let namedBy: ContiguousArray<NamedItem>
  /// The first moment after it was made at which a window opens or closes.
  public let nextBoundary: Instant?

  private let state: DesiredState
  private let now: Instant

  struct ProductClass: Hashable, Sendable {
    var name: String
    var match: [String: String]
  }

  /// What the resources that name an item say of it.
  struct NamedItem: Hashable, Sendable {
    var safetyStock: [SafetyRow] = []
    /// Whether channels or protections name the item too, which is rare: then its policy is resolved for it alone.
    var hasChannelRules = false
  }

  struct SafetyRow: Hashable, Sendable {
    var node: NodeID?
    var units: Quantity
    var isBounded: Bool

    var specificity: Int { (node != nil ? 2 : 0) + (isBounded ? 1 : 0) }
  }

  /// What holds for an item.
  struct ItemPolicy: Sendable {
    /// Beside `channels`.
    var channels: ContiguousArray<ChannelPolicy>
    /// Channel indexes by tier rank, each tier in channel order.
    var tiers: [[Int]]
    /// The rows of the class, then those of everything.
    var safetyStock: [[SafetyRow]]
  }

  public init(_ state: DesiredState, at now: Instant) {
    self.state = state
    self.now = now
    let resolver = PolicyResolver(state: state, now: now)
    channels = resolver.channels
    terms = resolver.terms()
    nodes = resolver.nodes()
    suppliers = resolver.suppliers()
    classes = resolver.classes()
    replenishment = resolver.replenishment(classes)
    ofClass =
      [resolver.policy(productClass: nil, sku: nil)]
      + classes.map { resolver.policy(productClass: $0.name, sku: nil) }
    let named = resolver.namedItems().sorted { $0.key < $1.key }
    namedItems = ContiguousArray(named.map(\.key))
    namedBy = ContiguousArray(named.map(\.value))
    nextBoundary = resolver.nextBoundary()
  }

  /// The index into `classes` of an item, or nil: the class that it names, else the first that matches.
  func productClass(of traits: ItemTraits) -> Int? {
    if let name = traits.productClass, let index = classes.firstIndex(where: { $0.name == name }) { return index }
    return classes.firstIndex { candidate in
      !candidate.match.isEmpty
        && candidate.match.allSatisfy { traits.attributes[$0.key]?.isBytewiseEqual(to: $0.value) ?? false }
    }
  }

  /// What holds for an item that a channel or protection names.
  func policy(of sku: SKU, productClass index: Int?) -> ItemPolicy {
    PolicyResolver(state: state, now: now).policy(productClass: index.map { classes[$0].name }, sku: sku)
  }

  /// The units of an item that a node keeps: the most specific rule, and at least the node's own minimum.
  ///
  /// Item and node before item, before class and node, before class, before node, before everything; among equals one
  /// that holds for a time wins. An explicit 0 wins like any other number.
  func safetyStock(_ node: NodeID, item: NamedItem?, ofClass: ItemPolicy) -> Quantity {
    var units: Quantity?
    if let item { units = Self.best(item.safetyStock, node) }
    for rows in ofClass.safetyStock where units == nil { units = Self.best(rows, node) }
    return max(units ?? 0, nodes[node]?.minimumStock ?? 0)
  }

  private static func best(_ rows: [SafetyRow], _ node: NodeID) -> Quantity? {
    var found: SafetyRow?
    for row in rows where row.node == nil || row.node == node {
      if let other = found, other.specificity >= row.specificity { continue }
      found = row
    }
    return found?.units
  }
}
