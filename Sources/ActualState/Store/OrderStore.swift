public import Operations

/// Orders, what is claimed for them, where it leaves from and what was promised.
public protocol OrderStore: AnyObject {
  func order(_ id: OrderID) throws -> OrderRow?
  func put(_ order: OrderRow) throws
  func line(_ order: OrderID, _ line: String) throws -> OrderLineRow?
  /// In byte order of their line ids.
  func lines(of order: OrderID) throws -> [OrderLineRow]
  func put(_ line: OrderLineRow) throws
  /// The active claims of a line, oldest first.
  func activeClaims(of order: OrderID, _ line: String) throws -> [ClaimRow]
  /// Active claims whose time is over, oldest first.
  func activeClaims(expiringBy time: Instant) throws -> [ClaimRow]
  func claim(_ id: Int64) throws -> ClaimRow?
  /// Inserts a claim without a number, else replaces it.
  func put(_ claim: ClaimRow) throws

  /// Oldest first.
  func routes(of order: OrderID) throws -> [RouteRow]
  func append(_ route: RouteRow) throws
  /// Oldest first.
  func promises(of order: OrderID, _ line: String) throws -> [PromiseRow]
  func append(_ promise: PromiseRow) throws
  /// Adds to the load of a node's day, or takes from it; of a day that is forgotten there is nothing to take from.
  func add(_ load: NodeLoad) throws
  func forgetLoads(before day: LocalDate) throws
}
