extension Schema {
  static let fallbackRule: [FieldSpec] = [
    FieldSpec(
      "when", .choice(FallbackTrigger.allCases.map(\.rawValue)), required: true,
      "What it is for. Where several rules hold, the lowest share counts, and one freeze freezes."),
    FieldSpec("node", .reference(.node), "The node whose stock it is about; all nodes, if neither node nor node_type."),
    FieldSpec("node_type", .choice(["dc", "3pl", "store"]), "All nodes of a type, instead of one."),
    FieldSpec(
      "carrier", .reference(.carrier),
      "For carrier_disruption: which carrier; its lanes from these nodes are closed, and 'then' is about their stock."),
    FieldSpec("supplier", .reference(.supplier), "For supplier_uncertainty: whose goods; all suppliers, if left out."),
    FieldSpec("max_age", .span, "For stale_feed: how old what was last heard of a node may be, looked at each hour."),
    FieldSpec("below", .rate, "For supplier_uncertainty: the confidence under which it holds."),
    FieldSpec("active", .bool, "For node_outage and carrier_disruption: whether it is so now; no, if left out."),
    FieldSpec(
      "then", .choice(FallbackEffect.allCases.map(\.rawValue)), required: true,
      "zero: nothing counts. haircut: a share. last_known: all, up to an age. freeze: nothing rises."),
    FieldSpec("factor", .rate, "For haircut: the share that still counts."),
    FieldSpec("age_limit", .span, "For last_known: the age at which what was last heard counts as nothing."),
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
