import ActualState
import SQLite

/// A connection whose errors are `StoreError`s, and the place in nested transactions.
final class Database {
  let connection: Connection
  let path: String
  /// How many transactions are open, one inside the other.
  var depth = 0

  /// The file as it was when it was opened, where that is read without a lock.
  private let resting: RestingFile?

  init(_ connection: Connection, path: String, resting: RestingFile? = nil) {
    self.connection = connection
    self.path = path
    self.resting = resting
  }

  func mapped<Result>(_ body: () throws(SQLiteError) -> Result) throws(StoreError) -> Result {
    do throws(SQLiteError) { return try body() } catch { throw StoreError(error, path: path) }
  }

  /// - Throws: `.busy` where somebody has changed a file that was read without a lock: what was read may be of two moments.
  func checkRest() throws(StoreError) {
    guard let resting, !resting.isUnchanged else { return }
    throw StoreError(
      kind: .busy, message: "the store '\(path)' was changed while it was read", hint: "try again")
  }

  /// SQLite ends a transaction by itself after some failures. Whoever caught that failure must not go on as if the
  /// transaction still stood: each write would then be kept on its own.
  func checkTransaction() throws(StoreError) {
    guard depth > 0, !connection.isInTransaction else { return }
    throw StoreError(
      kind: .other, message: "the store '\(path)' gave up the transaction after a failure",
      hint: "nothing of it was kept; try again")
  }
}

/// One SQL statement, prepared when it is first used and kept.
final class Query {
  private let database: Database
  private let sql: String
  private var prepared: Statement?

  init(_ database: Database, _ sql: String) {
    self.database = database
    self.sql = sql
  }

  private func statement() throws(SQLiteError) -> Statement {
    if let prepared { return prepared }
    let statement = try database.connection.prepare(sql)
    prepared = statement
    return statement
  }

  /// Writes.
  func run(_ values: Value...) throws(StoreError) {
    try database.checkTransaction()
    try database.mapped { () throws(SQLiteError) in
      let statement = try statement()
      try statement.bind(values)
      defer { statement.reset() }
      while try statement.step() {}
    }
  }

  /// Reads the first row; nil without one.
  func first<Row>(_ values: Value..., read: (Statement) throws -> Row) throws -> Row? {
    let statement = try start(values)
    defer { statement.reset() }
    return try next(statement) ? read(statement) : nil
  }

  /// Reads every row.
  func each(_ values: Value..., read: (Statement) throws -> Void) throws {
    let statement = try start(values)
    defer { statement.reset() }
    while try next(statement) { try read(statement) }
  }

  /// Reads every row into an array.
  func all<Row>(_ values: Value..., read: (Statement) throws -> Row) throws -> [Row] {
    let statement = try start(values)
    defer { statement.reset() }
    var rows: [Row] = []
    while try next(statement) { rows.append(try read(statement)) }
    return rows
  }

  /// Reads rows of integers in blocks.
  func eachBlock(width: Int, capacity: Int, findsNull: Bool = false, read: (IntegerRows) throws -> Void) throws {
    let statement = try start([])
    defer { statement.reset() }
    var rows = IntegerRows(width: width, capacity: capacity)
    while try database.mapped({ () throws(SQLiteError) in try statement.read(into: &rows, findsNull: findsNull) }) {
      try read(rows)
    }
  }

  private func start(_ values: [Value]) throws(StoreError) -> Statement {
    try database.mapped { () throws(SQLiteError) in
      let statement = try statement()
      try statement.bind(values)
      return statement
    }
  }

  private func next(_ statement: Statement) throws(StoreError) -> Bool {
    try database.mapped { () throws(SQLiteError) in try statement.step() }
  }
}
