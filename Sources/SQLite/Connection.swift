internal import Clibsqlite3

/// What SQLite reported, with the statement that it was about; never with bound values, which may be a customer's.
public struct SQLiteError: Error, Sendable, CustomStringConvertible {
  public enum Kind: Sendable {
    /// Another process holds the lock; trying again later may help.
    case busy
    case full
    case readOnly
    case corrupt
    case cannotOpen
    case constraint
    case other
  }

  public let kind: Kind
  public let code: Int32
  public let message: String
  public let statement: String?

  public var description: String { "SQLite: \(message) (\(code))" }

  init(code: Int32, message: String, statement: String? = nil) {
    self.code = code
    self.message = message
    self.statement = statement
    kind =
      switch code & 0xFF {
      case SQLITE_BUSY, SQLITE_LOCKED: .busy
      case SQLITE_FULL: .full
      case SQLITE_READONLY, SQLITE_PERM: .readOnly
      case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
      case SQLITE_CANTOPEN: .cannotOpen
      case SQLITE_CONSTRAINT: .constraint
      default: .other
      }
  }
}

/// One connection to a SQLite file. Not thread-safe: it belongs to whoever made it.
public final class Connection {
  private let handle: OpaquePointer
  private var cache: [String: Statement] = [:]

  public enum Mode: Sendable {
    case readWriteCreate, readWrite, readOnly
    /// Takes no lock and makes no file beside it: whoever opens it so must know that the file does not change meanwhile.
    case unchanging
  }

  public init(path: String, mode: Mode = .readWriteCreate, busyMilliseconds: Int32 = 5000) throws(SQLiteError) {
    var handle: OpaquePointer?
    let flags =
      switch mode {
      case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readWrite: SQLITE_OPEN_READWRITE
      case .readOnly: SQLITE_OPEN_READONLY
      case .unchanging: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    let name = mode == .unchanging ? Self.address(unchanging: path) : path
    let code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw SQLiteError(code: code, message: message)
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, busyMilliseconds)
  }

  /// The path as SQLite's own kind of address, with an empty host where it begins at the root.
  private static func address(unchanging path: String) -> String {
    let plain = path.utf8.map { byte in
      let isSafe = byte > 0x20 && byte < 0x7F && !"%?#\"".utf8.contains(byte)
      let digits = String(byte, radix: 16)
      return isSafe ? String(UnicodeScalar(byte)) : "%" + (digits.utf8.count < 2 ? "0" : "") + digits
    }
    return "file:" + (path.hasPrefix("/") ? "//" : "") + plain.joined() + "?immutable=1"
  }

  deinit {
    for statement in cache.values { statement.finalize() }
    sqlite3_close_v2(handle)
  }

  /// Runs one or more statements without parameters.
  public func execute(_ sql: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, sql) }
  }

  /// A prepared statement, kept for the next use.
  public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    if let statement = cache[sql] {
      statement.reset()
      return statement
    }
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK, let pointer else { throw error(code, sql) }
    let statement = Statement(handle: pointer, connection: handle, sql: sql)
    cache[sql] = statement
    return statement
  }

  /// Runs a statement that returns no rows.
  public func run(_ sql: String, _ values: Value...) throws(SQLiteError) {
    let statement = try prepare(sql)
    try statement.bind(values)
    while try statement.step() {}
    statement.reset()
  }

  /// The first column of the first row as an integer; nil without a row or for NULL.
  public func integer(_ sql: String, _ values: Value...) throws(SQLiteError) -> Int64? {
    let statement = try prepare(sql)
    try statement.bind(values)
    defer { statement.reset() }
    return try statement.step() ? statement.optionalInteger(0) : nil
  }

  /// The first column of the first row as text; nil without a row or for NULL.
  public func text(_ sql: String, _ values: Value...) throws(SQLiteError) -> String? {
    let statement = try prepare(sql)
    try statement.bind(values)
    defer { statement.reset() }
    return try statement.step() ? statement.optionalText(0) : nil
  }

  /// Calls `row` for each result row.
  public func query(
    _ sql: String, _ values: [Value] = [], row: (Statement) throws(SQLiteError) -> Void
  ) throws(SQLiteError) {
    let statement = try prepare(sql)
    try statement.bind(values)
    defer { statement.reset() }
    while try statement.step() { try row(statement) }
  }

  public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
  public var changes: Int { Int(sqlite3_changes(handle)) }
  public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
  /// Whether the file can only be read, whatever was asked for: SQLite falls back without a word.
  public var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

  private func error(_ code: Int32, _ sql: String?) -> SQLiteError {
    SQLiteError(code: code, message: String(cString: sqlite3_errmsg(handle)), statement: sql)
  }
}

/// A value bound to a parameter.
public enum Value: Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
  case integer(Int64)
  case text(String)
  case null

  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
  public init(_ value: Int) { self = .integer(Int64(value)) }
  public init(_ value: Bool) { self = .integer(value ? 1 : 0) }
  public init(_ value: String?) { self = value.map { .text($0) } ?? .null }
}

/// A prepared statement. Column indexes start at 0.
public final class Statement {
  let handle: OpaquePointer
  private let connection: OpaquePointer
  private let sql: String

  init(handle: OpaquePointer, connection: OpaquePointer, sql: String) {
    self.handle = handle
    self.connection = connection
    self.sql = sql
  }

  func finalize() { sqlite3_finalize(handle) }

  public func reset() { sqlite3_reset(handle) }

  public func bind(_ values: [Value]) throws(SQLiteError) {
    for (index, value) in values.enumerated() {
      let position = Int32(index + 1)
      let code: Int32
      switch value {
      case .integer(let integer): code = sqlite3_bind_int64(handle, position, integer)
      case .text(var text):
        code = text.withUTF8 { bytes in
          // A null pointer would bind NULL: an empty text is not nothing.
          bytes.withMemoryRebound(to: CChar.self) { chars in
            purser_bind_text(handle, position, chars.baseAddress ?? emptyText, Int32(chars.count))
          }
        }
      case .null: code = sqlite3_bind_null(handle, position)
      }
      guard code == SQLITE_OK else { throw error(code) }
    }
  }

  /// Advances to the next row; false at the end.
  public func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let problem = error(code)
      sqlite3_reset(handle)
      throw problem
    }
  }

  @inline(__always)
  public func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  public func optionalInteger(_ column: Int32) -> Int64? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, column)
  }

  public func text(_ column: Int32) -> String {
    guard let pointer = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: pointer, count: count), as: UTF8.self)
  }

  public func optionalText(_ column: Int32) -> String? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : text(column)
  }

  func error(_ code: Int32) -> SQLiteError {
    SQLiteError(code: code, message: String(cString: sqlite3_errmsg(connection)), statement: sql)
  }
}

/// Stands for the address of an empty text; it is never read, because its count is 0.
nonisolated(unsafe) private let emptyText = UnsafePointer<CChar>(UnsafeMutablePointer<CChar>.allocate(capacity: 1))
