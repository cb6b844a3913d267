/// The events that other systems send.
public enum EventTypes {
  public static let all = [
    "catalog.item_upserted", "inventory.counted", "inventory.adjusted", "order.placed", "order.cancelled",
    "shipment.dispatched", "purchase_order.confirmed", "purchase_order.received",
  ]
}
