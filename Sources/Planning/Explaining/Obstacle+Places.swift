public import DesiredState
import Operations

extension Obstacle {
  /// The values of the policy that make it so; none where only the world does.
  /// - Parameter part: the item, and the region that it is sold in.
  public func places(in policy: PolicyPlaces, for part: CatalogPart) -> [PolicyPlaces.Place] {
    switch self {
    case .unknownChannel, .unknownRegion, .oversold, .elsewhere, .allClaimed: return []
    case .channelNotInEffect(let channel):
      return policy.resource(.channel, channel.rawValue).map { [.init("\($0.key) effective", "", at: $0.location)] }
        ?? []
    case .stage(let channel, _, _): return policy.places(.channel, channel.rawValue, ["reserve_at"])
    case .lapsed(let channel, _): return policy.places(.channel, channel.rawValue, ["hold_ttl", "reserve_at"])
    case .early(let channel, _, _): return policy.places(.channel, channel.rawValue, ["reserve_ahead"])
    case .cap(let channel, let use):
      return policy.places(.channel, channel.rawValue, ["cap"], for: use.isOverall ? part.everywhere : part)
    case .maximum(let channel, _, let isOverall):
      return policy.places(.channel, channel.rawValue, ["share"], for: isOverall ? part.everywhere : part)
    case .shares(let channel, _, _):
      guard let tier = policy.field(.channel, channel.rawValue, "tier", for: part)?.text else { return [] }
      let others = policy.state.names(of: .channel).filter { other in
        !other.isBytewiseEqual(to: channel.rawValue)
          && policy.field(.channel, other, "tier", for: part)?.text?.isBytewiseEqual(to: tier) ?? false
      }
      return policy.places(.allocationTier, tier, ["rule"])
        + ([channel.rawValue] + others).flatMap { policy.places(.channel, $0, ["share"], for: part) }
    case .keptMinimum(let other, _): return policy.places(.channel, other.rawValue, ["share"], for: part)
    case .protectionUsedUp(let channel, _):
      return policy.places(.channel, channel.rawValue, ["may_use_shared"], for: part)
        + policy.protections(of: channel, for: part)
    case .protected(let other, _): return policy.protections(of: other, for: part)
    case .withheld(let node, let why, _): return why.places(node, policy, part)
    case .lost(_, let channels): return policy.reallocations(of: channels, for: part)
    case .backorder(let channel, let obstacle): return obstacle.places(channel, policy, part)
    }
  }

  /// What a case says of it: what it is and, for a limit of a channel, where that stands.
  func summary(in policy: PolicyPlaces, for part: CatalogPart) -> String {
    switch self {
    case .cap, .maximum, .shares, .protectionUsedUp, .backorder(_, .notAccepted):
      summary + (places(in: policy, for: part).first.map { " (\($0.line))" } ?? "")
    default: summary
    }
  }
}

extension Obstacle.Withholding {
  fileprivate func places(_ node: NodeID, _ policy: PolicyPlaces, _ part: CatalogPart) -> [PolicyPlaces.Place] {
    switch self {
    case .fallback(let rules, _), .frozen(let rules): policy.fallbackRules(rules)
    case .closed: policy.placeOrAbsence(.node, node.rawValue, "status")
    case .noNode: []
    case .safetyStock: policy.safetyStock(node, for: part)
    case .unreachable(_, .noLane): policy.absence(of: "lane", for: .node, node.rawValue)
    case .unreachable(_, .stores(let profile)): policy.profile(profile, "use_stores")
    case .unreachable(_, .services(let profile)): policy.profile(profile, "services")
    }
  }
}

extension BackorderObstacle {
  fileprivate func places(_ channel: ChannelID, _ policy: PolicyPlaces, _ part: CatalogPart) -> [PolicyPlaces.Place] {
    let rule = policy.state.backorders(of: channel.rawValue, for: part, at: policy.now)?.rule?.key.name
    func limits(_ fields: String...) -> [PolicyPlaces.Place] {
      policy.places(.channel, channel.rawValue, ["backorder"], for: part)
        + (rule.map { policy.places(.backorderRule, $0, fields) } ?? [])
    }
    switch self {
    case .noGoods, .taken, .unknown: return []
    case .notAccepted:
      let own = policy.field(.channel, channel.rawValue, "backorder", for: part)?.members?["accept"]?.bool ?? false
      guard own else { return policy.placeOrAbsence(.channel, channel.rawValue, "backorder", for: part) }
      return rule.map { policy.places(.backorderRule, $0, ["accept"]) } ?? []
    case .maxUnits: return limits("max_units")
    case .late: return limits("horizon")
    case .doubted(let supplier, _, _):
      return limits("min_supplier_confidence")
        + policy.places(.supplier, supplier.rawValue, ["confidence", "learning"])
    case .untrusted(let supplier):
      return limits("accept_untrusted") + policy.places(.supplier, supplier.rawValue, ["confidence", "learning"])
    case .nothingCounts(let goods, let rules):
      return policy.fallbackRules(rules) + policy.places(of: goods, supplier: ["confidence"], node: ["status"])
    case .pastDue(let goods, _):
      return policy.places(of: goods, supplier: ["past_due_after"], node: ["past_due_after"])
    case .kept(let goods, let channels):
      return channels.flatMap { policy.protections(of: $0, keeping: goods, for: part) }
    case .notKept(let goods):
      return policy.places(.channel, channel.rawValue, ["may_use_shared"], for: part)
        + policy.protections(of: channel, keeping: goods, for: part)
    case .transfer: return limits("accept_transfers")
    case .unreachable(_, let node): return policy.places(.node, node.rawValue, ["status", "calendar"])
    }
  }
}

extension PolicyPlaces {
  /// What a fallback rule looks at, and what it does.
  public func fallbackRules(_ names: [String]) -> [Place] {
    names.flatMap {
      places(.fallbackRule, $0, ["when", "active", "max_age", "below", "then", "factor", "age_limit"])
    }
  }

  /// What is said of whoever sends goods: the supplier, or for our own the node that they come to.
  fileprivate func places(
    of goods: BackorderObstacle.Goods, supplier fields: [String], node nodeFields: [String]
  ) -> [Place] {
    goods.supplier.map { places(.supplier, $0.rawValue, fields) } ?? places(.node, goods.node.rawValue, nodeFields)
  }

  /// What keeps some of goods to come for a channel.
  fileprivate func protections(
    of channel: ChannelID, keeping goods: BackorderObstacle.Goods, for part: CatalogPart
  ) -> [Place] {
    goods.supplier == nil ? transferProtections(of: channel, for: part) : inboundProtections(of: channel, for: part)
  }

  fileprivate func profile(_ name: String?, _ field: String) -> [Place] {
    name.map { places(.routingProfile, $0, [field]) } ?? []
  }

  /// What the tiers of channels say of shortages.
  fileprivate func reallocations(of channels: [ChannelID], for part: CatalogPart) -> [Place] {
    let tiers = Set(channels.compactMap { field(.channel, $0.rawValue, "tier", for: part)?.text })
    return state.names(of: .allocationTier).filter { tiers.contains($0) }.flatMap {
      places(.allocationTier, $0, ["reallocation"])
    }
  }
}

extension CatalogPart {
  /// The same over all regions.
  fileprivate var everywhere: CatalogPart {
    var part = self
    part.region = nil
    return part
  }
}
