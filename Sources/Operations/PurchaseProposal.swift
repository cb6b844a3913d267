/// What a buyer is asked to do for an item. Purser proposes; it orders nothing itself.
public struct PurchaseProposal: Hashable, Sendable {
  /// An item has at most one open proposal of each kind for each region that it is bought for.
  public enum Kind: String, Sendable, CaseIterable {
    /// Hurry a purchase-order line: customers wait for it longer than they can.
    case expedite
    /// Order from the supplier.
    case order
  }

  public var kind: Kind
  public var supplier: SupplierID
  /// Where the units are delivered.
  public var node: NodeID
  /// The region whose nodes it is for; everywhere for all nodes, or for those that nothing is bought for on their own.
  public var region: RegionID
  public var quantity: Quantity
  /// The line to hurry; nil for an order.
  public var line: PurchaseOrderLine?
  /// The numbers that led there, as they were when it was first made.
  public var reason: JSONValue

  public struct PurchaseOrderLine: Hashable, Sendable {
    public var purchaseOrder: PurchaseOrderID
    public var line: String

    public init(_ purchaseOrder: PurchaseOrderID, _ line: String) {
      self.purchaseOrder = purchaseOrder
      self.line = line
    }
  }

  public init(
    _ kind: Kind, supplier: SupplierID, node: NodeID, quantity: Quantity, line: PurchaseOrderLine? = nil,
    region: RegionID = .everywhere, reason: JSONValue
  ) {
    self.kind = kind
    self.supplier = supplier
    self.node = node
    self.quantity = quantity
    self.line = line
    self.region = region
    self.reason = reason
  }

  /// Whether it asks for the same, whatever led there.
  public func asksFor(_ other: PurchaseProposal) -> Bool {
    kind == other.kind && supplier == other.supplier && node == other.node && quantity == other.quantity
      && line == other.line && region == other.region
  }

  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "kind": .string(kind.rawValue), "supplier": .string(supplier.rawValue), "node": .string(node.rawValue),
      "quantity": .integer(quantity), "purchase_order": JSONValue(line?.purchaseOrder.rawValue),
      "line": JSONValue(line?.line), "reason": reason,
    ]
    // Where nothing is bought by region, everything reads as it always did.
    if !region.isEverywhere { members["region"] = region.json }
    return .object(members)
  }

  public init?(json: JSONValue) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)), let supplier = json["supplier"]?.string,
      let node = json["node"]?.string, let quantity = json["quantity"]?.integer, let reason = json["reason"]
    else { return nil }
    var line: PurchaseOrderLine?
    if let order = json["purchase_order"]?.string, let name = json["line"]?.string {
      line = PurchaseOrderLine(PurchaseOrderID(order), name)
    }
    self.init(
      kind, supplier: SupplierID(supplier), node: NodeID(node), quantity: quantity, line: line,
      region: json["region"]?.string.map { RegionID($0) } ?? .everywhere, reason: reason)
  }
}
