import ActualState
import Operations
import SQLite
import Testing

@testable import SQLiteStore

/// A limit on pages fails as a full disk does: SQLITE_FULL.
@Suite struct FullDiskTests {
  private func write(_ store: SQLiteStore, _ range: Range<Int>) throws {
    for number in range { try store.addItem(SKU("item-\(number)-" + String(repeating: "x", count: 100))) }
  }

  private func fullStore(_ folder: ScratchFolder) throws -> SQLiteStore {
    let store = try SQLiteStore(path: folder.file(), mode: .create)
    let pages = try #require(try store.database.connection.integer("PRAGMA page_count"))
    try store.database.connection.execute("PRAGMA max_page_count = \(pages + 8)")
    return store
  }

  @Test func aFullDiskChangesNothing() throws {
    let folder = try ScratchFolder()
    let store = try fullStore(folder)
    try store.transaction { try write(store, 0..<10) }
    let before = try store.dump()
    let error = #expect(throws: StoreError.self) {
      try store.transaction { try write(store, 10..<5000) }
    }
    #expect(error?.kind == .full)
    #expect(try store.dump() == before)
    // There is room for a little.
    try store.transaction { try write(store, 10..<12) }
    #expect(try store.snapshot(.all).items.count == 12)
  }

  @Test func whoCatchesAFullDiskCannotKeepHalf() throws {
    let folder = try ScratchFolder()
    let store = try fullStore(folder)
    let before = try store.dump()
    var caught = false
    do {
      try store.transaction {
        try write(store, 0..<3)
        do {
          try store.transaction { try write(store, 3..<5000) }
        } catch {
          caught = true
        }
        try write(store, 5000..<5001)
      }
      // SQLite took back only the inside.
      #expect(try store.snapshot(.all).items.count == 4)
    } catch {
      // SQLite took back everything.
      #expect(try store.dump() == before)
    }
    #expect(caught)
  }

  @Test func aTransactionThatSQLiteEndedIsOver() throws {
    let folder = try ScratchFolder()
    let store = try SQLiteStore(path: folder.file(), mode: .create)
    #expect(throws: StoreError.self) {
      try store.transaction {
        try store.addItem("A")
        try store.database.connection.execute("ROLLBACK")
        try store.addItem("B")
      }
    }
    #expect(try store.snapshot(.all).items.count == 0)
    try store.transaction { try store.addItem("C") }
    #expect(try store.snapshot(.all).items.sku == ["C"])
  }

  @Test func everyCommitIsSynced() throws {
    let folder = try ScratchFolder()
    let store = try SQLiteStore(path: folder.file(), mode: .create)
    #expect(try store.database.connection.integer("PRAGMA synchronous") == 2)
    #expect(try store.database.connection.text("PRAGMA journal_mode") == "wal")
  }

  @Test func aCrashBetweenStepsOfTheSchemaIsNoHarm() throws {
    let folder = try ScratchFolder()
    // The file was made, and nothing else happened.
    try Connection(path: folder.file()).execute("PRAGMA journal_mode = WAL")
    let store = try SQLiteStore(path: folder.file(), mode: .create)
    #expect(try store.database.connection.integer("PRAGMA user_version") == Int64(Schema.steps.count))
  }
}
