/// The events that other systems send.
public enum EventTypes {
  public static let all = [
    "catalog.item_upserted", "inventory.counted", "inventory.adjusted", "order.placed", "order.cancelled",
    "order.payment_authorized", "order.payment_captured", "order.released", "cart.updated", "cart.abandoned",
    "shipment.dispatched", "transfer.dispatched", "transfer.changed", "transfer.cancelled", "transfer.received",
    "purchase_order.confirmed", "purchase_order.changed", "purchase_order.cancelled", "purchase_order.received",
    "asn.received", "delivery.recorded", "listing.observed",
  ]
}
