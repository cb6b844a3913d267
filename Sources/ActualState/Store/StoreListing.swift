public import Operations

/// Everything that a store has, for people, in key order where nothing else is said.
public protocol StoreListing: AnyObject {
  func eachNode(_ body: (NodeID, _ isActive: Bool, _ heardAt: Instant?) throws -> Void) throws
  func eachFallback(_ body: (FallbackTarget, FallbackState) throws -> Void) throws
  func eachItem(_ body: (ItemRow) throws -> Void) throws
  func eachPosition(_ body: (PositionRow, _ isActive: Bool) throws -> Void) throws
  func eachGrant(_ body: (GrantRow) throws -> Void) throws
  func eachClaim(_ body: (ClaimRow) throws -> Void) throws
  func eachOrder(_ body: (OrderRow) throws -> Void) throws
  func eachCase(_ body: (SKU, Case, Instant) throws -> Void) throws
  func eachRoute(_ body: (RouteRow) throws -> Void) throws
  func eachLoad(_ body: (NodeLoad) throws -> Void) throws
  /// By order, then line, then number.
  func eachPromise(_ body: (PromiseRow) throws -> Void) throws
  /// In the order in which they were written.
  func eachMessage(_ body: (OutboxRow) throws -> Void) throws
  /// By item, then kind and region.
  func eachProposal(_ body: (SKU, PurchaseProposal, Instant) throws -> Void) throws
  /// By item, then channel, region and field.
  func eachListing(_ body: (SKU, ListingState) throws -> Void) throws
  func eachWaiting(_ body: (Event, EventState) throws -> Void) throws
  /// In the order in which they were posted.
  func eachReceipts(_ body: (SKU, Receipts) throws -> Void) throws
  func eachEntry(_ body: (LedgerEntry) throws -> Void) throws
}
