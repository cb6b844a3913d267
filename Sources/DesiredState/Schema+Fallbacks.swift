extension Schema {
  static let fallbackRule: [FieldSpec] = [
    FieldSpec(
      "when", .choice(FallbackTrigger.allCases.map(\.rawValue)), required: true,
      "What triggers the rule. If several rules apply, the lowest share counts, and any freeze freezes."),
    FieldSpec(
      "node", .reference(.node), "The node whose stock it affects (default: all nodes, unless node_type is given)."),
    FieldSpec("node_type", .choice(["dc", "3pl", "store"]), "All nodes of this type, instead of one node."),
    FieldSpec(
      "carrier", .reference(.carrier),
      "For carrier_disruption: the carrier. Its lanes from these nodes are closed, and 'then' applies to their stock."),
    FieldSpec("supplier", .reference(.supplier), "For supplier_uncertainty: the supplier (default: all suppliers)."),
    FieldSpec("max_age", .span, "For stale_feed: how long a node may go without reporting. Checked every hour."),
    FieldSpec("below", .rate, "For supplier_uncertainty: the rule applies below this confidence."),
    FieldSpec(
      "active", .bool, "For node_outage and carrier_disruption: whether this is the case now (default: false)."),
    FieldSpec(
      "then", .choice(FallbackEffect.allCases.map(\.rawValue)), required: true,
      "zero: nothing counts. haircut: a share counts. last_known: everything counts, up to an age. freeze: nothing rises."
    ),
    FieldSpec("factor", .rate, "For haircut: the share that still counts."),
    FieldSpec("age_limit", .span, "For last_known: the age from which the last known stock no longer counts."),
  ]
}

/// What makes a FallbackRule hold.
public enum FallbackTrigger: String, Sendable, CaseIterable {
  /// A node was not heard of for too long: found out.
  case staleFeed = "stale_feed"
  /// A node is down: declared, with `active`.
  case nodeOutage = "node_outage"
  /// Nodes cannot ship with a carrier: declared, with `active`.
  case carrierDisruption = "carrier_disruption"
  /// A supplier's confidence is too low: found out.
  case supplierUncertainty = "supplier_uncertainty"

  public var isDeclared: Bool { self == .nodeOutage || self == .carrierDisruption }
}

/// What a FallbackRule does.
public enum FallbackEffect: String, Sendable, CaseIterable {
  case zero, haircut
  case lastKnown = "last_known"
  case freeze
}
