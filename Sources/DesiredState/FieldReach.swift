/// What one field of a resource decides about the others.
///
/// Some fields say nothing by themselves: they say for what the rest of the resource holds, or whether it does. Whoever
/// turns one of them changes all that hangs on it as surely as if they wrote it anew.
public enum FieldReach: Hashable, Sendable {
  /// Every other field of the resource.
  case all
  case fields(Set<String>)

  public func contains(_ field: String) -> Bool {
    switch self {
    case .all: true
    case .fields(let names): names.contains(field)
    }
  }
}

extension Schema {
  /// What a top-level field of a kind decides about the other fields of the same resource; nil where it only says its own.
  /// That a resource holds only for a time is no field of its own, and reaches all of them.
  public static func reach(of field: String, in kind: Kind) -> FieldReach? { reaches[kind]?[field] }

  private static let reaches = Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, makeReaches(of: $0)) })

  private static func makeReaches(of kind: Kind) -> [String: FieldReach] {
    func all(_ names: [String]) -> [String: FieldReach] {
      Dictionary(uniqueKeysWithValues: names.map { ($0, .all) })
    }
    let target = Scope.fieldNames
    return switch kind {
    case .node: all(["status"])
    case .calendar: all(["extends", "time_zone"])
    case .supplier: ["learning": .fields(["confidence", "lead_time", "lead_time_deviation"])]
    case .channel: ["tier": .fields(["share"])]
    case .protection: all(["channel", "region"] + target)
    case .safetyStock: all(["node", "region"] + target)
    case .replenishmentPolicy:
      all(["supplier", "node"] + target).merging(["review": .fields(["period"])]) { $1 }
    case .fallbackRule:
      all(["when", "node", "node_type", "carrier", "supplier", "active"])
        .merging(["then": .fields(["factor", "age_limit"])]) { $1 }
    case .releaseRule: all(["channel"])
    case .lane: all(["node", "to", "carrier", "service"])
    case .routingProfile:
      [
        "channel": .all, "split": .fields(["max_parcels", "split_penalty", "split_value_threshold"]),
        "late": .fields(["late_penalty", "deliver_within"]), "use_stores": .fields(["store_unit_penalty"]),
      ]
    case .backorderRule: all(["channels", "region", "accept"] + target)
    case .driftRule: all(["field", "channels", "region"] + target)
    case .role: all(["people", "kinds", "paths"])
    case .approvalRule:
      all(["kinds", "paths", "fields", "names", "scope", "direction", "at_least", "units", "impact", "reverts"])
    case .freezeWindow: all(["kinds", "paths", "from", "until", "weekly", "time_zone"])
    // What the fields of a Region and a ProductClass decide, they decide about other resources.
    case .repository, .region, .allocationTier, .productClass, .person, .integration, .carrier: [:]
    }
  }
}
