public import DesiredState
public import Operations

/// The desired state at one moment, made ready for planning: overlays resolved once for each product class, and again
/// only for the items that a resource names.
public struct Policy: Sendable {
  /// The channels, in byte order.
  let channels: [ChannelID]
  /// Beside `channels`: what their orders may claim at once.
  let terms: [ChannelTerms]
  /// Beside `channels`: which of their orders must be let go first.
  let releases: [ReleasePolicy?]
  let nodes: [NodeID: NodePolicy]
  let suppliers: [SupplierID: SupplierPolicy]
  let network: NetworkPolicy
  let regions: RegionPolicy
  let learning: [SupplierID: SupplierLearning]
  private(set) var fallbacks: [FallbackPolicy]
  /// What is taken to have happened; nil for a plan that is to be applied.
  private(set) var drill: Drill?
  let replenishment: ReplenishmentPolicies
  let catalog: CatalogNames
  /// What holds for items of no class, and then for those of each class of the catalogue, where neither their brand nor their
  /// business unit matters.
  let ofClass: [ItemPolicy]
  /// Items that resources name, in byte order, beside `ofItem`.
  let namedItems: ContiguousArray<SKU>
  let namedBy: ContiguousArray<NamedItem>
  /// The first moment after it was made at which a window opens or closes.
  public let nextBoundary: Instant?

  private let state: DesiredState
  private let now: Instant

  /// What the resources that name an item say of it.
  struct NamedItem: Hashable, Sendable {
    var safetyStock: [SafetyRow] = []
    /// Whether channels or protections name the item too, which is rare: then its policy is resolved for it alone.
    var hasChannelRules = false
  }

  struct SafetyRow: Hashable, Sendable {
    var node: NodeID?
    /// Whose nodes; nil where one is named, or all are meant.
    var region: RegionID?
    var units: Quantity
    var isBounded: Bool

    var specificity: Int { (node != nil ? 4 : region != nil ? 2 : 0) + (isBounded ? 1 : 0) }
  }

  /// What holds for an item.
  ///
  /// A class, since a million items share a few of them, and handing on what is in it takes longer than reading it.
  final class ItemPolicy: Sendable {
    /// Beside `channels`.
    let channels: ContiguousArray<ChannelPolicy>
    /// Whose protections are granted together, first to last.
    let granting: [Round]
    /// Whose open lines are served together, first to last.
    let serving: [Round]
    /// Whose channels may each claim their part at once, and no more.
    let sharing: [SharingTier]
    /// Beside `channels`: those for whom stock is left, so that they have what they are to have at least.
    let minimumsKept: [[Int]]
    /// Whether such a minimum stands anywhere.
    let keepsMinimums: Bool
    /// The most specific first: the rows of the class, of the brand, of the business unit, of everything.
    let safetyStock: [[SafetyRow]]
    /// Whether a shortage can take a claim from anyone.
    let reallocates: Bool
    /// Whether orders of any channel may wait for goods that are to come.
    let acceptsBackorders: Bool
    /// Beside `channels`: what becomes of what others changed there; empty where nothing is sold.
    let drift: ContiguousArray<DriftPolicy>

    init(
      channels: ContiguousArray<ChannelPolicy>, safetyStock: [[SafetyRow]], drift: ContiguousArray<DriftPolicy> = []
    ) {
      self.channels = channels
      granting = Round.granting(channels)
      serving = Round.serving(channels)
      sharing = SharingTier.tiers(of: channels, serving)
      minimumsKept = SharingTier.minimums(kept: channels, serving)
      keepsMinimums = minimumsKept.contains { !$0.isEmpty }
      reallocates = channels.contains { $0.reallocation?.mayLose ?? false }
      acceptsBackorders = channels.contains { $0.backorder != nil }
      self.safetyStock = safetyStock
      self.drift = drift
    }
  }

  public init(_ state: DesiredState, at now: Instant) {
    self.state = state
    self.now = now
    let resolver = PolicyResolver(state: state, now: now)
    channels = resolver.channels
    terms = resolver.terms()
    releases = resolver.releases()
    nodes = resolver.nodes()
    suppliers = resolver.suppliers()
    network = resolver.network()
    regions = resolver.regions()
    learning = resolver.learning()
    fallbacks = resolver.fallbacks()
    catalog = resolver.catalog()
    replenishment = resolver.replenishment()
    ofClass =
      [resolver.policy(of: CatalogPart())]
      + catalog.classes.map { resolver.policy(of: CatalogPart(productClass: $0.name)) }
    let named = resolver.namedItems().sorted { $0.key < $1.key }
    namedItems = ContiguousArray(named.map(\.key))
    namedBy = ContiguousArray(named.map(\.value))
    nextBoundary = resolver.nextBoundary()
  }

  /// The same policy, and what it would do if something happened that its fallback rules are for. A rule that is named is
  /// tried out whether or not its window is open.
  public func drilling(_ drill: Drill) -> Policy {
    var policy = self
    policy.drill = drill
    policy.fallbacks = PolicyResolver(state: state, now: now).fallbacks(always: drill.rules)
    return policy
  }

  /// Every fallback rule, in the byte order of their names: also those whose window is not open.
  public var allFallbacks: [FallbackPolicy] {
    PolicyResolver(state: state, now: now).fallbacks(always: Set(state.names(of: .fallbackRule)))
  }

  /// Where its values stand.
  var places: PolicyPlaces { PolicyPlaces(state, at: now) }

  /// What counts of an item's traits.
  /// - Parameter region: where it is sold; nil for what holds over all regions.
  func part(of traits: ItemTraits, in region: RegionID? = nil) -> CatalogPart { catalog.part(of: traits, in: region) }

  /// What holds for a part of the catalogue or, where a channel or protection names it, for an item.
  func policy(of part: CatalogPart) -> ItemPolicy { PolicyResolver(state: state, now: now).policy(of: part) }

  /// The units of an item that a node keeps: the most specific rule, and at least the node's own minimum.
  ///
  /// An item before a class before a brand before a business unit before everything, and in each of them a rule that names
  /// the node before one that names its region before one that names neither; among equals one that holds for a time wins.
  /// An explicit 0 wins like any other number.
  func safetyStock(_ node: NodeID, item: NamedItem?, rules: ItemPolicy) -> Quantity {
    var units: Quantity?
    let region = regions.map.region(of: node)
    if let item { units = Self.best(item.safetyStock, node, region) }
    for rows in rules.safetyStock where units == nil { units = Self.best(rows, node, region) }
    return max(units ?? 0, nodes[node]?.minimumStock ?? 0)
  }

  private static func best(_ rows: [SafetyRow], _ node: NodeID, _ region: RegionID) -> Quantity? {
    var found: SafetyRow?
    for row in rows where row.node ?? node == node && row.region ?? region == region {
      if let other = found, other.specificity >= row.specificity { continue }
      found = row
    }
    return found?.units
  }
}
