public import Operations

/// Items, the nodes that they lie at, the ledger of what moved, and the cases that are open.
public protocol StockStore: AnyObject {
  func item(_ sku: SKU) throws -> ItemRow?
  /// Replaces the item; pools of regions that the row does not name stay as they are.
  func put(_ item: ItemRow) throws

  func isActive(_ node: NodeID) throws -> Bool
  func setActive(_ node: NodeID, _ isActive: Bool) throws
  /// Up to when the node's stock is known; nil if it was never heard of.
  func heardAt(_ node: NodeID) throws -> Instant?
  func setHeard(_ node: NodeID, at time: Instant) throws
  /// What the last applied plan has put in the place of what is said of a node or a supplier.
  func fallback(of target: FallbackTarget) throws -> FallbackState?
  func setFallback(of target: FallbackTarget, _ state: FallbackState?) throws
  func position(_ sku: SKU, _ node: NodeID) throws -> PositionRow?
  func put(_ position: PositionRow) throws
  /// Appends to the ledger; the caller keeps the projection and the checkpoint in step.
  func append(_ entry: LedgerEntry) throws
  /// The sum of the sellable changes of all entries but counts whose time is after `time`.
  func netMoves(_ sku: SKU, _ node: NodeID, after time: Instant) throws -> Quantity

  func open(_ case: Case, of sku: SKU, at time: Instant) throws
  func close(_ case: Case, of sku: SKU) throws
}
