/// Everything that a plan can do. The set is closed: what is not here cannot be done by a policy.
public enum Action: Hashable, Sendable {
  case setNode(NodeID, isActive: Bool, was: Bool)
  /// Nil: what is said of it counts in full.
  case setFallback(FallbackTarget, FallbackState?, was: FallbackState?)
  case setSafetyStock(SKU, NodeID, Quantity, was: Quantity)
  case setChannel(ChannelID, ChannelTerms, was: ChannelTerms?)
  /// Nil where the policy no longer learns from the supplier's deliveries.
  case setSupplier(SupplierID, SupplierStanding?, was: SupplierStanding?)
  case claim(SKU, PlannedClaim)
  case moveClaim(SKU, ClaimMove)
  case releaseClaim(SKU, ClaimRelease)
  case promise(SKU, Promise, was: Instant?)
  case setGrant(SKU, ChannelID, Grant, was: Grant?, in: RegionID = .everywhere)
  case setShared(SKU, Quantity, was: Quantity, in: RegionID = .everywhere)
  case publish(SKU, ChannelID, Quantity, was: Quantity?, in: RegionID = .everywhere)
  /// What plans remember of a listing's field beside what is seen of it; nil: nothing.
  case noteDrift(SKU, ListingKey, DriftNote?, was: DriftNote?)
  case heal(SKU, Healing)
  case startStockout(SKU, in: RegionID = .everywhere)
  case endStockout(SKU, Stockout)
  case propose(SKU, PurchaseProposal, was: PurchaseProposal?)
  case withdrawProposal(SKU, PurchaseProposal)
  case openCase(SKU, Case)
  case closeCase(SKU, Case)
  /// Orders are routed from now on, or are no longer: a plan of few items then looks at whole orders.
  case setRouting(Bool, was: Bool)
  case setRegions(RegionMap, was: RegionMap)
  case route(OrderID, RouteDecision)

  /// Whether doing it can be taken back.
  public enum EffectClass: String, Sendable {
    /// The inverse restores the state exactly.
    case reversible
    /// The world has seen it; the inverse corrects it from now on.
    case compensable
  }
}

public struct PlannedClaim: Hashable, Sendable {
  public var order: OrderID
  public var line: String
  public var channel: ChannelID
  public var pool: Pool
  /// Where the units are to leave from; nil while the order is not routed.
  public var node: NodeID?
  /// The service by which they are to leave the node.
  public var service: String?
  public var quantity: Quantity
  /// Until when it holds, where the order is not paid yet and its channel says so; nil: until it is shipped or cancelled.
  public var expiresAt: Instant?
  /// Whose stock it holds.
  public var region: RegionID

  public init(
    order: OrderID, line: String, channel: ChannelID, pool: Pool, node: NodeID? = nil, quantity: Quantity,
    expiresAt: Instant? = nil, region: RegionID = .everywhere
  ) {
    self.order = order
    self.line = line
    self.channel = channel
    self.pool = pool
    self.node = node
    self.quantity = quantity
    self.expiresAt = expiresAt
    self.region = region
  }
}

/// All or part of an active claim, put onto a node, taken back from one, or moved from what is to come to what is there.
public struct ClaimMove: Hashable, Sendable {
  public var claim: Int64
  public var order: OrderID
  public var line: String
  public var quantity: Quantity
  public var pool: Pool
  public var node: NodeID?
  /// The service by which the units are to leave the node.
  public var service: String?
  public var wasPool: Pool
  public var wasNode: NodeID?
  public var region: RegionID
  public var wasRegion: RegionID

  /// - Parameters:
  ///   - quantity: at most the claim's; a part is split off as a claim of its own.
  ///   - region: that of the claim, if left out.
  public init(
    _ claim: HeldClaim, quantity: Quantity, to pool: Pool, at node: NodeID?, by service: String? = nil,
    in region: RegionID? = nil
  ) {
    self.claim = claim.id
    order = claim.order
    line = claim.line
    self.quantity = quantity
    self.pool = pool
    self.node = node
    self.service = service
    wasPool = claim.pool
    wasNode = claim.node
    self.region = region ?? claim.region
    wasRegion = claim.region
  }
}

/// All or part of an active claim that is given back to its pool.
public struct ClaimRelease: Hashable, Sendable {
  public var claim: Int64
  public var order: OrderID
  public var line: String
  public var quantity: Quantity
  public var pool: Pool
  public var node: NodeID?
  public var region: RegionID

  public init(_ claim: HeldClaim, quantity: Quantity) {
    self.claim = claim.id
    order = claim.order
    line = claim.line
    self.quantity = quantity
    pool = claim.pool
    node = claim.node
    region = claim.region
  }
}

/// When an order line is expected at its customer; nil takes a promise back.
public struct Promise: Hashable, Sendable {
  /// What the customer is told with it.
  public enum Notice: String, Hashable, Sendable, CaseIterable {
    /// What is not in stock comes at this time.
    case backorderAccepted = "backorder_accepted"
    case promiseLater = "promise_later"
    case promiseEarlier = "promise_earlier"
    /// What was to come does not come, and nothing else is there for it.
    case backorderCancelled = "backorder_cancelled"
  }

  public var order: OrderID
  public var line: String
  public var at: Instant?
  /// Nil where the customer is told nothing.
  public var notice: Notice?
  /// The days that the notice names, by the clocks of the customer's channel; nil for those of UTC.
  public var days: Days?

  public struct Days: Hashable, Sendable {
    public var promised: LocalDate?
    /// What was told before, and at first.
    public var was: LocalDate?
    public var first: LocalDate?

    public init(promised: LocalDate?, was: LocalDate?, first: LocalDate?) {
      self.promised = promised
      self.was = was
      self.first = first
    }
  }

  public init(order: OrderID, line: String, at: Instant?, notice: Notice? = nil, days: Days? = nil) {
    self.order = order
    self.line = line
    self.at = at
    self.notice = notice
    self.days = days
  }
}

extension Action {
  /// The item that it is about; nil for a node, a supplier, a channel and a whole order.
  public var sku: SKU? {
    switch self {
    case .setNode, .setFallback, .setChannel, .setSupplier, .setRouting, .setRegions, .route: nil
    case .setSafetyStock(let sku, _, _, _), .claim(let sku, _), .moveClaim(let sku, _), .releaseClaim(let sku, _),
      .promise(let sku, _, _), .setGrant(let sku, _, _, _, _), .setShared(let sku, _, _, _),
      .publish(let sku, _, _, _, _), .noteDrift(let sku, _, _, _), .heal(let sku, _), .startStockout(let sku, _),
      .endStockout(let sku, _), .propose(let sku, _, _),
      .withdrawProposal(let sku, _), .openCase(let sku, _), .closeCase(let sku, _):
      sku
    }
  }

  /// What kind of an action it is. The names are stable: they stand in records and in counts.
  public enum Kind: String, Sendable, CaseIterable {
    case setNode = "set_node"
    case setFallback = "set_fallback"
    case setSafetyStock = "set_safety_stock"
    case setChannel = "set_channel"
    case setSupplier = "set_supplier"
    case claim
    case moveClaim = "move_claim"
    case releaseClaim = "release_claim"
    case promise
    case setGrant = "set_grant"
    case setShared = "set_shared"
    case publish
    case noteDrift = "note_drift"
    case heal
    case startStockout = "start_stockout"
    case endStockout = "end_stockout"
    case propose
    case withdrawProposal = "withdraw_proposal"
    case openCase = "open_case"
    case closeCase = "close_case"
    case setRouting = "set_routing"
    case setRegions = "set_regions"
    case route
  }

  public var kind: Kind {
    switch self {
    case .setNode: .setNode
    case .setFallback: .setFallback
    case .setSafetyStock: .setSafetyStock
    case .setChannel: .setChannel
    case .setSupplier: .setSupplier
    case .claim: .claim
    case .moveClaim: .moveClaim
    case .releaseClaim: .releaseClaim
    case .promise: .promise
    case .setGrant: .setGrant
    case .setShared: .setShared
    case .publish: .publish
    case .noteDrift: .noteDrift
    case .heal: .heal
    case .startStockout: .startStockout
    case .endStockout: .endStockout
    case .propose: .propose
    case .withdrawProposal: .withdrawProposal
    case .openCase: .openCase
    case .closeCase: .closeCase
    case .setRouting: .setRouting
    case .setRegions: .setRegions
    case .route: .route
    }
  }

  public var effectClass: EffectClass {
    switch self {
    case .publish, .heal, .promise, .propose, .withdrawProposal: .compensable
    default: .reversible
    }
  }

  /// The action that takes this one back; nil where the next plan does it (a claim, which a release undoes; a release,
  /// which a claim undoes; a moved claim, whose number may be new; a route, which another replaces), for a first grant,
  /// publication or channel, and for what others had written.
  public var inverse: Action? {
    switch self {
    case .setNode(let node, let new, let was): .setNode(node, isActive: was, was: new)
    case .setFallback(let target, let new, let was): .setFallback(target, was, was: new)
    case .setSafetyStock(let sku, let node, let new, let was): .setSafetyStock(sku, node, was, was: new)
    case .setShared(let sku, let new, let was, let region): .setShared(sku, was, was: new, in: region)
    case .setGrant(let sku, let channel, let new, let was, let region):
      was.map { .setGrant(sku, channel, $0, was: new, in: region) }
    case .publish(let sku, let channel, let new, let was, let region):
      was.map { .publish(sku, channel, $0, was: new, in: region) }
    case .noteDrift(let sku, let key, let new, let was): .noteDrift(sku, key, was, was: new)
    case .propose(let sku, let new, let was):
      was.map { .propose(sku, $0, was: new) } ?? .withdrawProposal(sku, new)
    case .withdrawProposal(let sku, let was): .propose(sku, was, was: nil)
    case .openCase(let sku, let what): .closeCase(sku, what)
    case .closeCase(let sku, let what): .openCase(sku, what)
    case .setChannel(let channel, let new, let was): was.map { .setChannel(channel, $0, was: new) }
    case .setSupplier(let supplier, let new, let was): .setSupplier(supplier, was, was: new)
    case .promise(let sku, let promise, let was):
      .promise(sku, Promise(order: promise.order, line: promise.line, at: was), was: promise.at)
    case .setRouting(let new, let was): .setRouting(was, was: new)
    case .setRegions(let new, let was): .setRegions(was, was: new)
    case .claim, .moveClaim, .releaseClaim, .route, .startStockout, .endStockout, .heal: nil
    }
  }

  public var json: JSONValue {
    var members: [String: JSONValue] = ["action": .string(kind.rawValue)]
    if let sku { members["sku"] = .string(sku.rawValue) }
    switch self {
    case .setNode(let node, let new, let was):
      members["node"] = .string(node.rawValue)
      members["active"] = .bool(new)
      members["was"] = .bool(was)
    case .setFallback(let target, let new, let was):
      members[target.kind] = .string(target.name)
      members["fallback"] = new?.json ?? .null
      members["was"] = was?.json ?? .null
    case .setSafetyStock(_, let node, let new, let was):
      members["node"] = .string(node.rawValue)
      members["units"] = .integer(new)
      members["was"] = .integer(was)
    case .setChannel(let channel, let new, let was):
      members["channel"] = .string(channel.rawValue)
      members["terms"] = new.json
      members["was"] = was?.json ?? .null
    case .setSupplier(let supplier, let new, let was):
      members["supplier"] = .string(supplier.rawValue)
      members["standing"] = new?.json ?? .null
      members["was"] = was?.json ?? .null
    case .claim(_, let claim):
      members["order"] = .string(claim.order.rawValue)
      members["line"] = .string(claim.line)
      members["channel"] = .string(claim.channel.rawValue)
      members["pool"] = .string(claim.pool.description)
      members["node"] = claim.node.map { .string($0.rawValue) }
      members["service"] = claim.service.map { .string($0) }
      members["units"] = .integer(claim.quantity)
      members["expires_at"] = claim.expiresAt.map { .string($0.description) }
      members.name(claim.region)
    case .moveClaim(_, let move):
      members["claim"] = .integer(move.claim)
      members["order"] = .string(move.order.rawValue)
      members["line"] = .string(move.line)
      members["units"] = .integer(move.quantity)
      members["pool"] = .string(move.pool.description)
      members["node"] = JSONValue(move.node?.rawValue)
      members["service"] = move.service.map { .string($0) }
      members["was_pool"] = .string(move.wasPool.description)
      members["was_node"] = JSONValue(move.wasNode?.rawValue)
      members.name(move.region)
      if move.region != move.wasRegion { members["was_region"] = move.wasRegion.json }
    case .releaseClaim(_, let release):
      members["claim"] = .integer(release.claim)
      members["order"] = .string(release.order.rawValue)
      members["line"] = .string(release.line)
      members["units"] = .integer(release.quantity)
      members["pool"] = .string(release.pool.description)
      members["node"] = JSONValue(release.node?.rawValue)
      members.name(release.region)
    case .promise(_, let promise, let was):
      members["order"] = .string(promise.order.rawValue)
      members["line"] = .string(promise.line)
      members["at"] = JSONValue(promise.at?.description)
      members["notice"] = promise.notice.map { .string($0.rawValue) }
      members["was"] = JSONValue(was?.description)
      if let days = promise.days { members["days"] = .object(days.members) }
    case .setGrant(_, let channel, let new, let was, let region):
      members.name(region)
      members["channel"] = .string(channel.rawValue)
      members["grant"] = new.json
      members["was"] = was?.json ?? .null
    case .setShared(_, let new, let was, let region):
      members.name(region)
      members["units"] = .integer(new)
      members["was"] = .integer(was)
    case .publish(_, let channel, let new, let was, let region):
      members.name(region)
      members["channel"] = .string(channel.rawValue)
      members["units"] = .integer(new)
      members["was"] = JSONValue(was)
    case .noteDrift(_, let key, let new, let was):
      members.name(key)
      members["note"] = new?.json ?? .null
      members["was"] = was?.json ?? .null
    case .heal(_, let healing):
      members.name(healing.key)
      members["value"] = .integer(healing.value)
      members["observed"] = .integer(healing.observed)
      members["writer"] = JSONValue(healing.writer)
    case .startStockout(_, let region): members.name(region)
    case .endStockout(_, let stockout):
      members.name(stockout.region)
      members["since"] = .string(Instant(hour: stockout.from).description)
    case .propose(_, let new, let was):
      members["proposal"] = new.json
      members["was"] = was?.json ?? .null
    case .withdrawProposal(_, let was): members["proposal"] = was.json
    case .openCase(_, let what), .closeCase(_, let what):
      members["case"] = .string(what.kind.rawValue)
      members["subject"] = .string(what.subject)
      members["detail"] = .string(what.detail)
    case .setRouting(let new, let was):
      members["on"] = .bool(new)
      members["was"] = .bool(was)
    case .setRegions(let new, let was):
      members["regions"] = new.json
      members["was"] = was.json
    case .route(let order, let decision):
      members["order"] = .string(order.rawValue)
      members["route"] = decision.json
    }
    return .object(members)
  }
}

extension [String: JSONValue] {
  /// Only where there are regions: without any, everything reads as it always did.
  fileprivate mutating func name(_ region: RegionID) {
    if !region.isEverywhere { self["region"] = region.json }
  }

  fileprivate mutating func name(_ key: ListingKey) {
    self["channel"] = .string(key.channel.rawValue)
    self["field"] = .string(key.field.rawValue)
    name(key.region)
  }
}
