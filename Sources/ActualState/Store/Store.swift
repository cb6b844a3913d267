public import Operations

/// What is asked of a store: rows by key, in transactions. The rules stand once, in extensions of this protocol, so
/// that two stores cannot differ in what they mean.
///
/// A store belongs to one task; other processes may have the same file open.
public protocol Store: EventStore, StockStore, ChannelStore, OrderStore, SupplyStore, AuditStore, StoreListing {
  /// Runs `body` so that all of its writes happen or none does.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result

  /// Runs `body`, which only reads, on one unchanging state of the store.
  func reading<Result>(_ body: () throws -> Result) throws -> Result

  func value(_ key: StoreKey) throws -> String?
  func set(_ key: StoreKey, _ value: String?) throws

  func snapshot(_ scope: Snapshot.Scope) throws -> Snapshot
  /// The items that are not marked and that an order has claims of which holds a claim that is on no node yet, or on a
  /// node that is short, or has an open line, of an item that is marked.
  func companions() throws -> [SKU]

  /// Clears the mark of every item that an event has touched.
  func clearDirtyMarks(of skus: [SKU]?) throws
}
