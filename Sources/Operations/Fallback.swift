/// What a fallback is about: a node whose stock is not taken at its word, or a supplier whose goods are not.
public enum FallbackTarget: Hashable, Sendable, CustomStringConvertible {
  case node(NodeID)
  case supplier(SupplierID)

  /// The stable name of its kind, in JSON and in a database.
  public var kind: String {
    switch self {
    case .node: "node"
    case .supplier: "supplier"
    }
  }

  public var name: String {
    switch self {
    case .node(let node): node.rawValue
    case .supplier(let supplier): supplier.rawValue
    }
  }

  public init?(kind: String, name: String) {
    switch kind {
    case "node": self = .node(NodeID(name))
    case "supplier": self = .supplier(SupplierID(name))
    default: return nil
    }
  }

  public var description: String { "\(kind) \(name)" }
}

extension FallbackTarget: Comparable {
  /// Nodes before suppliers, each by name.
  public static func < (left: Self, right: Self) -> Bool {
    left.kind == right.kind ? left.name.isBytewiseLess(than: right.name) : left.kind.isBytewiseLess(than: right.kind)
  }
}

/// What the rules put in the place of what is said of a node or a supplier.
public struct FallbackState: Hashable, Sendable {
  /// The rules that decide it, in byte order.
  public var rules: [String]
  /// The share of the node's free stock, or of the supplier's goods to come, that still counts.
  public var share: Rate
  /// Whether items that lie there may be granted and shown less from now on, but not more.
  public var isFrozen: Bool
  public var since: Instant

  public init(rules: [String], share: Rate, isFrozen: Bool, since: Instant) {
    self.rules = rules
    self.share = share
    self.isFrozen = isFrozen
    self.since = since
  }

  public var json: JSONValue {
    [
      "rules": .array(rules.map { .string($0) }), "share": .string(share.description), "frozen": .bool(isFrozen),
      "since": .string(since.description),
    ]
  }

  public init?(json: JSONValue) {
    guard let rules = json["rules"]?.array?.compactMap(\.string),
      let share = json["share"]?.string.flatMap({ Rate($0) }),
      let isFrozen = json["frozen"]?.bool, let since = json["since"]?.string.flatMap({ Instant($0) })
    else { return nil }
    self.init(rules: rules, share: share, isFrozen: isFrozen, since: since)
  }

  /// What it does, in words.
  public func words(_ target: FallbackTarget) -> String {
    let what =
      switch target {
      case .node: "its free stock"
      case .supplier: "what it confirmed"
      }
    let counts =
      switch share {
      case .none: "nothing of \(what) counts"
      case .all: "all of \(what) counts, as last heard"
      default: "\(share) of \(what) counts"
      }
    return counts + (isFrozen ? ", and grants do not rise" : "")
  }

  /// The case that stands open as long as the fallback holds. It is about no single item.
  public func openCase(_ target: FallbackTarget) -> Case {
    Case(.fallbackActive, subject: target.description, detail: "\(words(target)) (\(rules.joined(separator: ", ")))")
  }
}
