import Operations

/// What an event says, checked field by field: the typed form of `Event.data`.
enum Fact: Hashable, Sendable {
  case item(sku: SKU, uom: String, traits: ItemTraits)
  case count(sku: SKU, node: NodeID, onHand: Quantity, asOf: Instant)
  case adjustment(sku: SKU, node: NodeID, delta: Quantity)
  /// - cart: the cart whose holds become the order's claims.
  case order(OrderRow, lines: [OrderLineRow], cart: OrderID?)
  case stage(OrderID, OrderStage, by: String?)
  case cart(OrderRow, lines: [OrderLineRow])
  case cartEnd(OrderID)
  /// Lines with the units to cancel; nil units are all that remain, nil lines are all lines.
  case cancellation(OrderID, lines: [LineUnits]?)
  case shipment(OrderID, node: NodeID, lines: [LineUnits])
  case purchaseOrder([PurchaseOrderLineRow])
  case purchaseOrderChange(PurchaseOrderID, lines: [LineChange])
  case purchaseOrderCancellation(PurchaseOrderID, lines: [LineUnits]?)
  case receipt(PurchaseOrderID, lines: [LineUnits])
  case shipNotice(PurchaseOrderID, id: String, lines: [NoticedLine])
  case delivery(DeliveryRow)
  case transfer(TransferID, lines: [TransferLineRow])
  case transferReceipt(TransferID, lines: [LineUnits])
  case transferChange(TransferID, eta: Instant)
  case transferCancellation(TransferID, goods: CancelledGoods, lines: [LineUnits]?)
  case listing(SKU, [ListingState])

  struct LineUnits: Hashable, Sendable {
    var line: String
    var units: Quantity?
  }

  /// What a supplier says anew of a purchase-order line; nil stays as it was.
  struct LineChange: Hashable, Sendable {
    var line: String
    var ordered: Quantity?
    var eta: Instant?
  }

  /// What became of goods that left a node and come to no other.
  enum CancelledGoods: String, Hashable, Sendable, CaseIterable {
    /// They are back on the shelf that they left.
    case returned
    /// They are written off.
    case lost
  }

  struct NoticedLine: Hashable, Sendable {
    var line: String
    var units: Quantity
    var eta: Instant
  }
}

/// Why an event's data cannot be used, in words for the person who runs the sending system.
struct FactProblem: Error, Hashable, Sendable { var reason: String }

extension Fact {
  init(_ event: Event) throws(FactProblem) {
    let fields = FactFields(event.data, path: "data")
    switch event.type {
    case "catalog.item_upserted":
      var attributes: [String: String] = [:]
      for (name, value) in event.data["attributes"]?.object ?? [:] {
        guard let text = value.string else { throw FactProblem(reason: "data.attributes.\(name) must be text") }
        attributes[name] = text
      }
      self = .item(
        sku: SKU(try fields.name("sku")), uom: try fields.name("uom"),
        traits: ItemTraits(productClass: try fields.optionalName("class"), attributes: attributes))
    case "inventory.counted":
      self = .count(
        sku: SKU(try fields.name("sku")), node: NodeID(try fields.name("node")),
        onHand: try fields.integer("on_hand", 0...Limits.quantity),
        // Nobody can have counted later than the event tells: a clock that is ahead would swallow the moves to come.
        asOf: min(try fields.optionalInstant("as_of") ?? event.time, event.time))
    case "inventory.adjusted":
      try fields.words("reason")
      self = .adjustment(
        sku: SKU(try fields.name("sku")), node: NodeID(try fields.name("node")),
        delta: try fields.integer("delta", -Limits.quantity...Limits.quantity))
    case "order.placed": self = try Self.order(fields, at: event.time)
    case "order.cancelled":
      self = .cancellation(try fields.orderID(), lines: try fields.optionalLineUnits())
    case "order.payment_authorized": self = .stage(try fields.orderID(), .paymentAuthorized, by: nil)
    case "order.payment_captured": self = .stage(try fields.orderID(), .paymentCaptured, by: nil)
    case "order.released":
      self = .stage(try fields.orderID(), .warehouseRelease, by: try fields.optionalName("by"))
    case "cart.updated": self = try Self.cart(fields, at: event.time)
    case "cart.abandoned": self = .cartEnd(OrderID(cart: try fields.name("cart")))
    case "shipment.dispatched":
      self = .shipment(
        try fields.orderID(), node: NodeID(try fields.name("node")), lines: try fields.lineUnits())
    default: self = try Self.supply(event, fields)
    }
  }

  private static func supply(_ event: Event, _ fields: FactFields) throws(FactProblem) -> Fact {
    switch event.type {
    case "purchase_order.confirmed": return try purchaseOrder(fields)
    case "purchase_order.changed": return try purchaseOrderChange(fields)
    case "purchase_order.cancelled":
      return .purchaseOrderCancellation(
        PurchaseOrderID(try fields.name("po")), lines: try fields.optionalLineUnits())
    case "purchase_order.received":
      return .receipt(PurchaseOrderID(try fields.name("po")), lines: try fields.lineUnits())
    case "asn.received": return try shipNotice(fields)
    case "delivery.recorded": return try delivery(fields)
    case "transfer.dispatched": return try transfer(fields)
    case "transfer.received":
      return .transferReceipt(TransferID(try fields.name("transfer")), lines: try fields.lineUnits())
    case "transfer.changed":
      return .transferChange(TransferID(try fields.name("transfer")), eta: try fields.instant("eta"))
    case "transfer.cancelled": return try transferCancellation(fields)
    case "listing.observed": return try listing(fields, event)
    default: throw FactProblem(reason: "unknown event type '\(event.type)'")
    }
  }
}
