/// A part of a purchase-order line that the supplier says is on its way (an advance ship notice, ASN).
public struct ShipNotice: Hashable, Sendable {
  public var id: String
  public var quantity: Quantity
  /// Of `quantity`, what has arrived.
  public var received: Quantity
  public var eta: Instant

  public init(id: String, quantity: Quantity, received: Quantity = 0, eta: Instant) {
    self.id = id
    self.quantity = quantity
    self.received = received
    self.eta = eta
  }

  /// Units that are still on their way.
  public var open: Quantity { max(0, quantity - received) }
}
