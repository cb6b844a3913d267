public import ActualState
import Operations
import SQLite

/// A store in one SQLite file (3.37 or later): a write-ahead log, every commit synced to disk.
///
/// One process writes at a time, others wait for it; readers neither wait nor are waited for.
public final class SQLiteStore: Store {
  public enum Mode: Sendable {
    /// Makes the file if there is none.
    case create
    case readWrite
    /// Never writes; works while a daemon writes, and for users who may only read the file and what SQLite keeps beside it.
    case readOnly
  }

  let mode: Mode
  let database: Database
  let items: Interner
  let nodes: Interner
  let channels: Interner
  let regions: Interner
  let destinations: Interner
  let traits: TraitsTable
  let stock: StockQueries
  let orders: OrderQueries
  let supply: SupplyQueries
  let deliverers: SupplierQueries
  let network: NetworkQueries
  let proposals: ProposalQueries
  let listings: ListingQueries
  let events: EventQueries
  let routing: RouteQueries
  let audit: AuditQueries
  let snapshots: SnapshotQueries
  var lastSnapshotSize = SnapshotSize()
  private let transactions: TransactionQueries
  /// Single values as the open transaction sees them; written back when it commits.
  private var values = Values()

  /// - Parameter busyMilliseconds: how long a write waits for that of another process.
  /// - Throws: `StoreError`.
  public init(path: String, mode: Mode, busyMilliseconds: Int32 = 5000) throws {
    self.mode = mode
    database = try Database.open(path: path, mode: mode, busyMilliseconds: busyMilliseconds)
    items = Interner(database, table: "items", column: "sku")
    nodes = Interner(database, table: "nodes")
    channels = Interner(database, table: "channels")
    regions = Interner(database, table: "regions")
    destinations = Interner(database, table: "destinations")
    traits = TraitsTable(database)
    stock = StockQueries(database)
    orders = OrderQueries(database)
    supply = SupplyQueries(database)
    deliverers = SupplierQueries(database)
    network = NetworkQueries(database)
    proposals = ProposalQueries(database)
    listings = ListingQueries(database)
    events = EventQueries(database)
    routing = RouteQueries(database)
    audit = AuditQueries(database)
    snapshots = SnapshotQueries(database)
    transactions = TransactionQueries(database)
  }

  // MARK: Transactions

  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try transaction(isReading: mode == .readOnly, body)
  }

  /// Runs `body` on one unchanging state of the file.
  public func reading<Result>(_ body: () throws -> Result) throws -> Result {
    database.depth > 0 ? try body() : try transaction(isReading: true, body)
  }

  private func transaction<Result>(isReading: Bool, _ body: () throws -> Result) throws -> Result {
    try database.checkTransaction()
    let isNested = database.depth > 0
    let before = isNested ? values : Values()
    try (isNested ? transactions.savepoint : isReading ? transactions.begin : transactions.beginWriting).run()
    values = before
    database.depth += 1
    do {
      let result = try body()
      try database.checkTransaction()
      if isNested {
        try transactions.release.run()
      } else {
        try writeValues()
        try transactions.commit.run()
        try database.checkRest()
      }
      database.depth -= 1
      return result
    } catch {
      database.depth -= 1
      values = before
      forgetNames()
      try rollBack(isNested: isNested, because: error)
      // Whatever it looked like, the file was changed meanwhile.
      try database.checkRest()
      throw error
    }
  }

  private func rollBack(isNested: Bool, because error: any Error) throws {
    // Nothing is left to roll back where SQLite has done so itself.
    guard database.connection.isInTransaction else { return }
    if isNested {
      try transactions.rollBackNested.run()
      try transactions.release.run()
    } else {
      try transactions.rollBack.run()
    }
  }

  private func forgetNames() {
    for names in [items, nodes, channels, regions, destinations] { names.forget() }
    traits.forget()
  }

  // MARK: Single values

  private struct Values {
    var known: [StoreKey: String?] = [:]
    var changed: Set<StoreKey> = []
  }

  public func value(_ key: StoreKey) throws -> String? {
    if let value = values.known[key] { return value }
    let value = try transactions.value.first(.text(key.rawValue)) { $0.text(0) }
    if database.depth > 0 { values.known[key] = .some(value) }
    return value
  }

  public func set(_ key: StoreKey, _ value: String?) throws {
    guard database.depth > 0 else { return try write(key, value) }
    try database.checkTransaction()
    values.known[key] = .some(value)
    values.changed.insert(key)
  }

  private func writeValues() throws {
    for key in StoreKey.allCases where values.changed.contains(key) { try write(key, values.known[key] ?? nil) }
    values = Values()
  }

  private func write(_ key: StoreKey, _ value: String?) throws {
    if let value {
      try transactions.setValue.run(.text(key.rawValue), .text(value))
    } else {
      try transactions.removeValue.run(.text(key.rawValue))
    }
  }
}

struct TransactionQueries {
  let begin, beginWriting, commit, rollBack, savepoint, release, rollBackNested: Query
  let value, setValue, removeValue: Query

  init(_ database: Database) {
    begin = Query(database, "BEGIN")
    // Takes the write lock at once: a lock that is asked for after reading may have to be refused.
    beginWriting = Query(database, "BEGIN IMMEDIATE")
    commit = Query(database, "COMMIT")
    rollBack = Query(database, "ROLLBACK")
    savepoint = Query(database, "SAVEPOINT nested")
    release = Query(database, "RELEASE nested")
    rollBackNested = Query(database, "ROLLBACK TO nested")
    value = Query(database, "SELECT value FROM single_values WHERE key = ?")
    setValue = Query(database, "INSERT OR REPLACE INTO single_values VALUES (?, ?)")
    removeValue = Query(database, "DELETE FROM single_values WHERE key = ?")
  }
}
