/// Everything that a plan can do. The set is closed: what is not here cannot be done by a policy.
public enum Action: Hashable, Sendable {
  case setNode(NodeID, isActive: Bool, was: Bool)
  case setSafetyStock(SKU, NodeID, Quantity, was: Quantity)
  case claim(SKU, PlannedClaim)
  case setGrant(SKU, ChannelID, Grant, was: Grant?)
  case setShared(SKU, Quantity, was: Quantity)
  case publish(SKU, ChannelID, Quantity, was: Quantity?)
  case openCase(SKU, Case)
  case closeCase(SKU, Case)

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
  public var quantity: Quantity

  public init(order: OrderID, line: String, channel: ChannelID, pool: Pool, quantity: Quantity) {
    self.order = order
    self.line = line
    self.channel = channel
    self.pool = pool
    self.quantity = quantity
  }
}

extension Action {
  /// The item that it is about; nil for a node.
  public var sku: SKU? {
    switch self {
    case .setNode: nil
    case .setSafetyStock(let sku, _, _, _), .claim(let sku, _), .setGrant(let sku, _, _, _), .setShared(let sku, _, _),
      .publish(let sku, _, _, _), .openCase(let sku, _), .closeCase(let sku, _):
      sku
    }
  }

  /// The stable name of the action's kind, in JSON and in counts.
  public var kind: String {
    switch self {
    case .setNode: "set_node"
    case .setSafetyStock: "set_safety_stock"
    case .claim: "claim"
    case .setGrant: "set_grant"
    case .setShared: "set_shared"
    case .publish: "publish"
    case .openCase: "open_case"
    case .closeCase: "close_case"
    }
  }

  public var effectClass: EffectClass { if case .publish = self { .compensable } else { .reversible } }

  /// The action that takes this one back; nil for a claim, which a release undoes, and for a first grant or publication.
  public var inverse: Action? {
    switch self {
    case .setNode(let node, let new, let was): .setNode(node, isActive: was, was: new)
    case .setSafetyStock(let sku, let node, let new, let was): .setSafetyStock(sku, node, was, was: new)
    case .setShared(let sku, let new, let was): .setShared(sku, was, was: new)
    case .setGrant(let sku, let channel, let new, let was): was.map { .setGrant(sku, channel, $0, was: new) }
    case .publish(let sku, let channel, let new, let was): was.map { .publish(sku, channel, $0, was: new) }
    case .openCase(let sku, let what): .closeCase(sku, what)
    case .closeCase(let sku, let what): .openCase(sku, what)
    case .claim: nil
    }
  }

  public var json: JSONValue {
    var members: [String: JSONValue] = ["action": .string(kind)]
    if let sku { members["sku"] = .string(sku.rawValue) }
    switch self {
    case .setNode(let node, let new, let was):
      members["node"] = .string(node.rawValue)
      members["active"] = .bool(new)
      members["was"] = .bool(was)
    case .setSafetyStock(_, let node, let new, let was):
      members["node"] = .string(node.rawValue)
      members["units"] = .integer(new)
      members["was"] = .integer(was)
    case .claim(_, let claim):
      members["order"] = .string(claim.order.rawValue)
      members["line"] = .string(claim.line)
      members["channel"] = .string(claim.channel.rawValue)
      members["pool"] = .string(claim.pool.description)
      members["units"] = .integer(claim.quantity)
    case .setGrant(_, let channel, let new, let was):
      members["channel"] = .string(channel.rawValue)
      members["grant"] = new.json
      members["was"] = was?.json ?? .null
    case .setShared(_, let new, let was):
      members["units"] = .integer(new)
      members["was"] = .integer(was)
    case .publish(_, let channel, let new, let was):
      members["channel"] = .string(channel.rawValue)
      members["units"] = .integer(new)
      members["was"] = JSONValue(was)
    case .openCase(_, let what), .closeCase(_, let what):
      members["case"] = .string(what.kind.rawValue)
      members["subject"] = .string(what.subject)
      members["detail"] = .string(what.detail)
    }
    return .object(members)
  }
}

extension Grant {
  public var json: JSONValue {
    ["protected": .integer(protected), "cap_left": JSONValue(capLeft), "may_use_shared": .bool(mayUseShared)]
  }
}
