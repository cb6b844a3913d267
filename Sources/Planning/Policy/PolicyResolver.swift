import DesiredState
import Operations

/// Reads a desired state at one moment into the plain numbers of a `Policy`.
struct PolicyResolver {
  let state: DesiredState
  let now: Instant
  let channels: [ChannelID]

  init(state: DesiredState, now: Instant) {
    self.state = state
    self.now = now
    channels = state.names(of: .channel).map { ChannelID($0) }
  }

  func terms() -> [ChannelTerms] {
    channels.map { channel in
      let resource = state.effective(.init(.channel, channel.rawValue), at: now)
      return ChannelTerms(
        reserveAt: resource?["reserve_at"]?.text.flatMap(OrderStage.init(rawValue:)) ?? .order,
        holdTTL: resource?["hold_ttl"]?.span, reserveAhead: resource?["reserve_ahead"]?.span)
    }
  }

  func catalog() -> CatalogNames {
    CatalogNames(
      classes: classes(), brands: named { if case .brand(let name) = $0 { name } else { nil } },
      businessUnits: named { if case .businessUnit(let name) = $0 { name } else { nil } })
  }

  /// By priority, then name.
  private func classes() -> [CatalogNames.ProductClass] {
    let all = state.names(of: .productClass).compactMap { name -> (Int64, CatalogNames.ProductClass)? in
      guard let resource = state.effective(.init(.productClass, name), at: now) else { return nil }
      let match = resource["match"]?.members?.all.compactMap { member in member.field.text.map { (member.name, $0) } }
      return (
        resource["priority"]?.integer ?? 1000,
        CatalogNames.ProductClass(name: name, match: Dictionary(match ?? []) { first, _ in first })
      )
    }
    return all.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
  }

  func policy(of part: CatalogPart) -> Policy.ItemPolicy {
    let policies = channels.map { channel(.init(.channel, $0.rawValue), of: part) }
    return Policy.ItemPolicy(
      channels: ContiguousArray(policies), safetyStock: safetyStock(of: part),
      drift: ContiguousArray(channels.map { drift(of: $0, for: part) }))
  }

  private func channel(_ key: Resource.Key, of part: CatalogPart) -> ChannelPolicy {
    // Outside of its window.
    guard let channel = state.effective(key, for: part, at: now) else { return .closed }
    let tier = channel["tier"]?.text.flatMap { state.effective(.init(.allocationTier, $0), at: now) }
    let rule = tier?["rule"]?.text.flatMap(TierRule.init(rawValue:)) ?? .strict
    let statement = channel.values.first { $0.name == "cap" }?.winner
    // A cap that names no region counts the sales of all of them, and is held against them as a whole.
    let isOverall = part.region != nil && statement?.region == nil
    let cap = statement?.field.members
    let (backorder, promising) = backorders(of: channel, for: part)
    return ChannelPolicy(
      rank: tier?["rank"]?.integer ?? .max, mayUseShared: channel["may_use_shared"]?.bool ?? true,
      cap: isOverall
        ? nil : cap?["units"]?.integer.map { .units($0) } ?? cap?["percent_of_available"]?.rate.map { .share($0) },
      capWindow: (isOverall ? nil : cap?["window"]?.span) ?? .hour, exposure: channel["exposure"]?.rate ?? .all,
      buffer: channel["buffer"]?.members.flatMap(buffer), minPublish: channel["min_publish"]?.integer ?? 0,
      maxPublish: channel["max_publish"]?.integer ?? Limits.quantity,
      protection: protection(channel: key.name, of: part), rule: rule,
      share: rule == .fairShare ? share(channel["share"]?.members) : ChannelShare(),
      reallocation: tier?["reallocation"]?.text.flatMap(Reallocation.init(rawValue:)), backorder: backorder,
      promising: promising)
  }

  private func share(_ members: Members?) -> ChannelShare {
    ChannelShare(
      weight: members?["weight"]?.integer ?? 1, minimum: members?["min_units"]?.integer ?? 0,
      maximum: members?["max_units"]?.integer)
  }

  private func buffer(_ members: Members) -> ChannelPolicy.Buffer? {
    if members["mode"]?.text == "fixed" { return members["units"]?.integer.map { .fixed($0) } }
    guard let risk = members["risk"]?.rate, let latency = members["latency"]?.span else { return nil }
    return .latency(latency, risk: risk)
  }

  /// The most specific protection: of the item, of its class, of its brand, of its business unit, of everything; among
  /// equals one that names the region wins, and then one with a window.
  private func protection(channel: String, of part: CatalogPart) -> ProtectionPolicy? {
    protection(of: channel, for: part).map { resource in
      ProtectionPolicy(
        amount: resource.protectedAmount, shareOfInbound: resource.fields["percent_of_inbound"]?.rate ?? .none,
        window: resource.effective)
    }
  }

  /// The protection of a channel that counts: the most specific.
  func protection(of channel: String, for part: CatalogPart) -> Resource? {
    var best: Resource?
    for resource in current(.protection) where resource.fields["channel"]?.text == channel {
      guard resource.isAbout(part),
        resource.protectedAmount != nil || resource.fields["percent_of_inbound"]?.rate != nil
      else { continue }
      if let best, best.targetSpecificity >= resource.targetSpecificity { continue }
      best = resource
    }
    return best
  }

  /// The safety-stock rules that name no item, the most specific first: those of the class, of the brand, of the business
  /// unit and of everything.
  private func safetyStock(of part: CatalogPart) -> [[Policy.SafetyRow]] {
    let rules = current(.safetyStock).filter { $0.fields["sku"] == nil && $0.fields["rows"] == nil }
    let scopes = [
      part.productClass.map(Scope.productClass), part.brand.map(Scope.brand),
      part.businessUnit.map(Scope.businessUnit), .everything,
    ]
    return scopes.compactMap { scope in
      scope.map { scope in rules.filter { $0.target == scope }.compactMap(row) }
    }
  }

  private func row(_ resource: Resource) -> Policy.SafetyRow? {
    resource.fields["units"]?.integer.map {
      Policy.SafetyRow(
        node: resource.fields["node"]?.text.map { NodeID($0) }, region: resource.targetRegion.map { RegionID($0) },
        units: $0, isBounded: resource.effective.isBounded)
    }
  }

  func namedItems() -> [SKU: Policy.NamedItem] {
    var items: [SKU: Policy.NamedItem] = [:]
    for resource in current(.safetyStock) {
      if let sku = resource.fields["sku"]?.text, let row = row(resource) {
        items[SKU(sku), default: .init()].safetyStock.append(row)
      }
      guard let rows = resource.fields["rows"]?.rows else { continue }
      let nodes = rows.nodes.map { NodeID($0.name) }
      for row in rows.indices {
        let node = rows.nodeIndices[row]
        items[rows.skus[row], default: .init()].safetyStock.append(
          Policy.SafetyRow(
            node: node < 0 ? nil : nodes[Int(node)], units: rows.units[row], isBounded: resource.effective.isBounded))
      }
    }
    for resource in current(.protection) + current(.backorderRule) + current(.driftRule) {
      if let sku = resource.fields["sku"]?.text { items[SKU(sku), default: .init()].hasChannelRules = true }
    }
    for resource in current(.channel) {
      if case .item(let sku) = resource.scope { items[sku, default: .init()].hasChannelRules = true }
    }
    return items
  }

  /// The values of an attribute that resources name, each to be told apart from all others.
  private func named(_ value: (Scope) -> String?) -> Set<String> {
    let scopes =
      state.names(of: .channel).flatMap { state.resources[.init(.channel, $0)] ?? [] }.map(\.scope)
      + [Kind.protection, .safetyStock, .backorderRule, .driftRule, .replenishmentPolicy].flatMap(current).map(\.target)
    return Set(scopes.compactMap(value))
  }

  func nextBoundary() -> Instant? {
    var next: Instant?
    for boundary in state.resources.values.joined().flatMap({ [$0.effective.from, $0.effective.until] }) {
      guard let boundary, boundary > now else { continue }
      next = min(next ?? boundary, boundary)
    }
    return next
  }

  /// The resources of a kind that hold now, in the order of their names.
  func current(_ kind: Kind) -> [Resource] {
    state.names(of: kind).flatMap { state.resources[.init(kind, $0)] ?? [] }.filter { $0.effective.contains(now) }
  }
}

extension Resource {
  /// What a protection keeps of what is on hand; nil for nothing.
  fileprivate var protectedAmount: ProtectionPolicy.Amount? {
    fields["units"]?.integer.map { .units($0) } ?? fields["percent_of_on_hand"]?.rate.map { .shareOfOnHand($0) }
  }
}
