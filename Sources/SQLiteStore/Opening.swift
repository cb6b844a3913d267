import ActualState
import SQLite

extension Database {
  /// Opens the file, refuses what is not a store that this Purser knows, and brings the schema up to date.
  static func open(path: String, mode: SQLiteStore.Mode, busyMilliseconds: Int32) throws(StoreError) -> Database {
    let resting = mode == .readOnly ? RestingFile(path) : nil
    let connection: Connection
    do throws(SQLiteError) {
      connection = try Connection(
        path: path, mode: resting == nil ? mode.connectionMode : .unchanging, busyMilliseconds: busyMilliseconds)
    } catch {
      throw mode == .readOnly ? .unreadable(error, path) : StoreError(error, path: path)
    }
    let database = Database(connection, path: path, resting: resting)
    let version: Int64
    do throws(StoreError) {
      version = try database.schemaVersion()
    } catch {
      // Only now SQLite looks at what stands beside the file.
      guard mode == .readOnly, error.kind == .readOnly || error.kind == .cannotOpen, error != .foreign(path) else {
        throw error
      }
      throw .unreadable(path)
    }
    let known = Schema.steps.count
    if version == 0, mode != .create { throw .empty(path) }
    if version > known { throw .newer(path, version: version, known: known) }
    if mode == .readOnly {
      if version < known { throw .older(path, version: version, known: known) }
    } else {
      if connection.isReadOnly { throw .notWritable(path) }
      try database.makeDurable()
      try database.migrate()
    }
    try database.tune()
    return database
  }

  private func execute(_ sql: String) throws(StoreError) {
    try mapped { () throws(SQLiteError) in try connection.execute(sql) }
  }

  private func integer(_ sql: String) throws(StoreError) -> Int64 {
    try mapped { () throws(SQLiteError) in try connection.integer(sql) } ?? 0
  }

  /// The version of the schema in the file; 0 if it holds nothing at all.
  private func schemaVersion() throws(StoreError) -> Int64 {
    let version = try integer("PRAGMA user_version")
    if try integer("PRAGMA application_id") == Schema.applicationID { return version }
    let tables = try integer("SELECT count(*) FROM sqlite_schema")
    guard version == 0, tables == 0 else { throw .foreign(path) }
    return 0
  }

  private func makeDurable() throws(StoreError) {
    let journal = try mapped { () throws(SQLiteError) in try connection.text("PRAGMA journal_mode = WAL") } ?? ""
    guard journal == "wal" else { throw .notDurable(path, "journal_mode is \(journal)") }
    try execute("PRAGMA synchronous = FULL")
    let synchronous = try integer("PRAGMA synchronous")
    guard synchronous == 2 else { throw .notDurable(path, "synchronous is \(synchronous)") }
  }

  private func tune() throws(StoreError) {
    // Negative: KiB. Room for the upper levels of every index of a million items.
    try execute("PRAGMA cache_size = -65536")
    // What a nested transaction may have to put back stays in memory instead of in a file for each.
    try execute("PRAGMA temp_store = MEMORY")
    // Pages, 32 MiB: a busy page is copied into the file once for many commits. Durability is the log's.
    try execute("PRAGMA wal_autocheckpoint = 8192")
    try execute("PRAGMA foreign_keys = OFF")
  }

  /// Each step is a transaction of its own that also writes the new version, so that a crash between two is no harm.
  private func migrate() throws(StoreError) {
    while try integer("PRAGMA user_version") < Schema.steps.count {
      try execute("BEGIN IMMEDIATE")
      do throws(StoreError) {
        // Another process may have been faster.
        let version = Int(try integer("PRAGMA user_version"))
        if version < Schema.steps.count {
          try execute(Schema.steps[version])
          try execute("PRAGMA user_version = \(version + 1)")
        }
        try execute("COMMIT")
      } catch {
        if connection.isInTransaction { try execute("ROLLBACK") }
        throw error
      }
    }
  }
}

extension SQLiteStore.Mode {
  fileprivate var connectionMode: Connection.Mode {
    switch self {
    case .create: .readWriteCreate
    case .readWrite: .readWrite
    case .readOnly: .readOnly
    }
  }
}
