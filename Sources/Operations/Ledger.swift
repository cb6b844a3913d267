public import Digest

/// Where stock can be. Every move names two buckets, so that the sum over all of them is always 0.
public enum Bucket: String, Sendable, CaseIterable {
  case sellable
  case qualityHold = "quality_hold"
  case damaged
  case quarantine
  case inInspection = "in_inspection"
  case refurbWIP = "refurb_wip"
  case rtvStaging = "rtv_staging"
  case inTransit = "in_transit"
  // The outside world
  case supplier
  case customer
  case scrap
  case adjustment
}

/// One double-entry stock move. The ledger is the truth; a position is its projection.
public struct LedgerEntry: Hashable, Sendable {
  /// What made an entry. A count sets the level; moves after its `as_of` are added to it.
  public enum Cause: String, Sendable {
    case count
    case adjustment
    case shipment
    case receipt
    /// Between two nodes: the units are in transit in between, which belongs to no node.
    case transfer
  }

  /// Unique: the same fact can be posted only once.
  public var idempotencyKey: String
  public var cause: Cause
  public var sku: SKU
  public var node: NodeID
  public var from: Bucket
  public var to: Bucket
  /// Base units, above 0.
  public var quantity: Quantity
  /// When it happened in the world, which may be before it was told.
  public var time: Instant

  public init(
    idempotencyKey: String, cause: Cause, sku: SKU, node: NodeID, from: Bucket, to: Bucket, quantity: Quantity,
    time: Instant
  ) {
    self.idempotencyKey = idempotencyKey
    self.cause = cause
    self.sku = sku
    self.node = node
    self.from = from
    self.to = to
    self.quantity = quantity
    self.time = time
  }

  /// The change of the sellable bucket: positive when stock comes in.
  public var sellableChange: Quantity { to == .sellable ? quantity : from == .sellable ? -quantity : 0 }

  public var json: JSONValue {
    [
      "idempotency_key": .string(idempotencyKey), "cause": .string(cause.rawValue), "sku": .string(sku.rawValue),
      "node": .string(node.rawValue), "from": .string(from.rawValue), "to": .string(to.rawValue),
      "quantity": .integer(quantity), "time": .string(time.description),
    ]
  }
}

/// How far the ledger had grown, and the hash over all of it: what proves a database against git.
public struct LedgerCheckpoint: Hashable, Sendable {
  public var entries: Int64
  /// h(n) = SHA-256(h(n−1) ‖ canonical JSON of entry n), h(0) = 32 zero bytes.
  public var head: SHA256Digest

  public init(entries: Int64, head: SHA256Digest) {
    self.entries = entries
    self.head = head
  }

  public static let empty = LedgerCheckpoint(entries: 0, head: .zero)

  public func appending(_ entry: LedgerEntry) -> LedgerCheckpoint {
    LedgerCheckpoint(entries: entries + 1, head: head.chained(with: entry.json.canonicalBytes))
  }

  public var json: JSONValue { ["entries": .integer(entries), "head": .string(head.description)] }

  public init?(_ text: JSONText) {
    guard let entries = text["entries"]?.integer, let head = text["head"]?.string.flatMap(SHA256Digest.init(hex:))
    else { return nil }
    self.init(entries: entries, head: head)
  }

  public init?(json: JSONValue) {
    guard let entries = json["entries"]?.integer, let head = json["head"]?.string.flatMap(SHA256Digest.init(hex:))
    else { return nil }
    self.init(entries: entries, head: head)
  }
}

/// The pool that a claim drew on, so that a release goes back exactly there.
public enum Pool: Hashable, Sendable, CustomStringConvertible {
  case protected(ChannelID)
  case shared
  /// Units of a purchase-order line that are still to come: an accepted backorder.
  case inbound(PurchaseOrderID, line: String)
  /// Units of a transfer line that are on their way to another of our nodes: an accepted backorder too.
  case transfer(TransferID, line: String)

  private static let transferPrefix = "inbound:transfer:"

  /// The length of the purchase order's or transfer's name says where it ends, whatever it looks like.
  public var description: String {
    switch self {
    case .protected(let channel): "protected:\(channel)"
    case .shared: "shared"
    case .inbound(let order, let line): "inbound:\(order.rawValue.utf8.count):\(order)/\(line)"
    case .transfer(let transfer, let line):
      "\(Self.transferPrefix)\(transfer.rawValue.utf8.count):\(transfer)/\(line)"
    }
  }

  public init?(_ text: String) {
    if text == "shared" {
      self = .shared
    } else if text.hasPrefix("protected:") {
      self = .protected(ChannelID(String(text.dropFirst("protected:".count))))
    } else if text.hasPrefix(Self.transferPrefix) {
      guard let name = Self.name(in: text, after: Self.transferPrefix) else { return nil }
      self = .transfer(TransferID(name.of), line: name.line)
    } else if text.hasPrefix("inbound:") {
      guard let name = Self.name(in: text, after: "inbound:") else { return nil }
      self = .inbound(PurchaseOrderID(name.of), line: name.line)
    } else {
      return nil
    }
  }

  /// What stands as `<length>:<name>/<line>` behind a prefix.
  private static func name(in text: String, after prefix: String) -> (of: String, line: String)? {
    let rest = text.utf8.dropFirst(prefix.utf8.count)
    guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), let length = Int(String(rest[..<colon]) ?? ""),
      length >= 0, let slash = rest.index(colon, offsetBy: length + 1, limitedBy: rest.endIndex),
      slash < rest.endIndex, rest[slash] == UInt8(ascii: "/"),
      let name = String(rest[rest.index(after: colon)..<slash]), let line = String(rest[rest.index(after: slash)...])
    else { return nil }
    return (name, line)
  }

  public var isProtected: Bool { if case .protected = self { true } else { false } }
  /// Whether its units are still to come.
  public var isInbound: Bool {
    switch self {
    case .inbound, .transfer: true
    case .protected, .shared: false
    }
  }
}

public enum ClaimState: String, Sendable {
  case active
  case consumed
  case released
  /// It held only for a time, and that is over.
  case expired
}
