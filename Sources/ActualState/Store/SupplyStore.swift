public import Operations

/// What comes: purchase orders, transfers, what was learnt of suppliers, and what is to be ordered.
public protocol SupplyStore: AnyObject {
  func purchaseOrderLine(_ order: PurchaseOrderID, _ line: String) throws -> PurchaseOrderLineRow?
  func hasPurchaseOrder(_ order: PurchaseOrderID) throws -> Bool
  /// In byte order of their line ids.
  func purchaseOrderLines(of order: PurchaseOrderID) throws -> [PurchaseOrderLineRow]
  func put(_ line: PurchaseOrderLineRow) throws
  /// The hour of the last receipt of an item that is remembered; nil without one.
  func lastReceipt(of sku: SKU) throws -> Int32?
  /// Adds to what came in at the same node in the same hour.
  func add(_ receipts: Receipts, of sku: SKU) throws
  func removeReceipts(of sku: SKU, before hour: Int32) throws
  /// The items of open lines of a supplier, in byte order.
  func itemsAwaited(from supplier: SupplierID) throws -> [SKU]
  func supplier(_ supplier: SupplierID) throws -> SupplierRow?
  func put(_ supplier: SupplierRow) throws
  /// In byte order.
  func suppliers() throws -> [SupplierRow]
  func clearSupplierMarks() throws
  func delivery(_ reference: String) throws -> DeliveryRow?
  func put(_ delivery: DeliveryRow) throws
  /// In byte order of their references.
  func deliveries(of supplier: SupplierID) throws -> [Delivery]
  func transferLine(_ transfer: TransferID, _ line: String) throws -> TransferLineRow?
  /// By name.
  func transferLines(of transfer: TransferID) throws -> [TransferLineRow]
  func hasTransfer(_ transfer: TransferID) throws -> Bool
  func put(_ line: TransferLineRow) throws

  /// Replaces one of the same region that began in the same hour.
  func put(_ stockout: Stockout, of sku: SKU) throws
  /// Forgets those that were over before an hour.
  func removeStockouts(of sku: SKU, endedBefore hour: Int32) throws
  /// Replaces the item's open proposal of the same kind for the same region.
  func put(_ proposal: PurchaseProposal, of sku: SKU, at time: Instant) throws
  func remove(_ kind: PurchaseProposal.Kind, for region: RegionID, of sku: SKU) throws
}
