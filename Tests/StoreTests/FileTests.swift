import ActualState
import Glibc
import Operations
import SQLite
import SQLiteStore
import Testing

/// What happens to the file of a store: who may open it, and what survives.
@Suite struct FileTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func create() throws -> SQLiteStore { try SQLiteStore(path: folder.file(), mode: .create) }

  private func failure(_ body: () throws -> Void) -> StoreError? {
    #expect(throws: StoreError.self) { try body() }
  }

  // MARK: Living together

  @Test func aReaderSeesTheLastCommitWhileAWriterWrites() throws {
    let writer = try create()
    try writer.transaction { try fill(writer, seed: 1, steps: 100) }
    let before = try writer.dump()
    let reader = try SQLiteStore(path: folder.file(), mode: .readOnly)
    try writer.transaction {
      try fill(writer, seed: 2, steps: 100)
      #expect(try reader.dump() == before)
    }
    #expect(try reader.dump() == writer.dump())
    #expect(try reader.dump() != before)
  }

  @Test func aReadTransactionSeesOneState() throws {
    let writer = try create()
    let reader = try SQLiteStore(path: folder.file(), mode: .readOnly)
    try reader.transaction {
      #expect(try reader.value(.version) == nil)
      try writer.set(.version, "5")
      try writer.addItem("A")
      #expect(try reader.value(.version) == nil)
      #expect(try reader.item("A") == nil)
    }
    #expect(try reader.value(.version) == "5")
  }

  @Test func aSecondWriterSeesWhatTheFirstWrote() throws {
    let (first, second) = (try create(), try create())
    try first.transaction { try first.set(.version, "1") }
    try second.transaction { try second.set(.version, String(try second.version() + 1)) }
    try first.transaction { try first.set(.version, String(try first.version() + 1)) }
    #expect(try second.version() == 3)
  }

  @Test func aWriterInTheWayIsNamed() throws {
    let first = try create()
    let second = try SQLiteStore(path: folder.file(), mode: .readWrite, busyMilliseconds: 20)
    try first.transaction {
      try first.set(.version, "1")
      let error = failure { try second.transaction { try second.set(.version, "2") } }
      #expect(error?.kind == .busy)
    }
    try second.transaction { try second.set(.version, "2") }
    #expect(try first.version() == 2)
  }

  @Test func whatWasNotCommittedIsGone() throws {
    let store = try create()
    try store.transaction { try fill(store, seed: 1, steps: 50) }
    let before = try store.dump()
    do {
      // As after kill -9: the connection goes away in the middle of a transaction.
      let crashing = try Connection(path: folder.file())
      try crashing.execute("BEGIN IMMEDIATE; UPDATE items SET version = 999; DELETE FROM ledger")
    }
    #expect(try store.dump() == before)
    #expect(try SQLiteStore(path: folder.file(), mode: .readWrite).dump() == before)
  }

  @Test func reopeningKeepsEverything() throws {
    let before: [String]
    do {
      let store = try create()
      try fill(store, seed: 7, steps: 200)
      before = try store.dump()
    }
    for mode in [SQLiteStore.Mode.readOnly, .readWrite, .create] {
      #expect(try SQLiteStore(path: folder.file(), mode: mode).dump() == before)
    }
  }

  @Test func aReaderCannotWrite() throws {
    try create().addItem("A")
    let reader = try SQLiteStore(path: folder.file(), mode: .readOnly)
    #expect(failure { try reader.addItem("B") }?.kind == .readOnly)
    #expect(failure { try reader.transaction { try reader.set(.version, "1") } }?.kind == .readOnly)
  }

  // MARK: Refusals

  @Test(arguments: [SQLiteStore.Mode.create, .readWrite, .readOnly])
  func aFolderThatIsMissingIsRefused(_ mode: SQLiteStore.Mode) throws {
    let error = failure { _ = try SQLiteStore(path: folder.file("missing/ops.db"), mode: mode) }
    #expect(error?.kind == .cannotOpen)
    #expect(error?.message.contains("missing/ops.db") == true)
  }

  @Test(arguments: [SQLiteStore.Mode.readWrite, .readOnly])
  func aFileThatIsMissingIsNotMade(_ mode: SQLiteStore.Mode) throws {
    #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: mode) }?.kind == .cannotOpen)
    #expect(access(folder.file(), F_OK) != 0)
  }

  @Test(arguments: [SQLiteStore.Mode.create, .readWrite, .readOnly])
  func aTextFileIsRefused(_ mode: SQLiteStore.Mode) throws {
    try folder.write(Array(String(repeating: "sku,quantity\n", count: 400).utf8), to: "ops.db")
    #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: mode) }?.kind == .damaged)
  }

  @Test func anEmptyFileIsNoStoreYet() throws {
    try folder.write([], to: "ops.db")
    #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: .readOnly) }?.kind == .cannotOpen)
    try create().addItem("A")
  }

  @Test func aFolderIsRefused() throws {
    #expect(failure { _ = try SQLiteStore(path: folder.path, mode: .create) }?.kind == .cannotOpen)
  }

  @Test(arguments: [SQLiteStore.Mode.create, .readWrite, .readOnly])
  func theDatabaseOfAnotherProgramIsRefused(_ mode: SQLiteStore.Mode) throws {
    try Connection(path: folder.file()).execute("CREATE TABLE bookmarks (url TEXT)")
    let error = failure { _ = try SQLiteStore(path: folder.file(), mode: mode) }
    #expect(error?.message.contains("not a Purser store") == true)
    #expect(try Connection(path: folder.file()).text("PRAGMA journal_mode") == "delete", "it was changed")
  }

  @Test(arguments: [SQLiteStore.Mode.create, .readWrite, .readOnly])
  func aNewerSchemaIsRefused(_ mode: SQLiteStore.Mode) throws {
    _ = try create()
    try Connection(path: folder.file()).execute("PRAGMA user_version = 99")
    let error = failure { _ = try SQLiteStore(path: folder.file(), mode: mode) }
    #expect(error?.message.contains("newer Purser (schema 99") == true)
  }

  @Test(arguments: [":memory:", ""]) func whatIsNoFileIsRefused(_ path: String) throws {
    let error = failure { _ = try SQLiteStore(path: path, mode: .create) }
    #expect(error?.message.contains("durable") == true)
  }

  @Test(arguments: [2, 3, 10]) func aTruncatedFileIsDamaged(_ part: Int) throws {
    do {
      let store = try create()
      try store.transaction { try fill(store, seed: 1, steps: 400) }
    }
    var status = stat()
    #expect(stat(folder.file(), &status) == 0)
    #expect(truncate(folder.file(), status.st_size / part) == 0)
    #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: .readWrite).dump() }?.kind == .damaged)
    #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: .readOnly).dump() }?.kind == .damaged)
  }

  /// A number that stands for nothing must not be taken for a place.
  @Test(arguments: [
    "UPDATE positions SET node = node + 9000",
    "UPDATE grants SET channel = -1 - channel", "UPDATE usage SET channel = channel + 77",
  ]) func aRowThatNamesNothingIsDamaged(sql: String) throws {
    do {
      let store = try create()
      try store.transaction { try fill(store, seed: 1, steps: 400) }
    }
    try Connection(path: folder.file()).execute("PRAGMA foreign_keys = OFF; \(sql)")
    let error = failure { _ = try SQLiteStore(path: folder.file(), mode: .readOnly).snapshot(.all) }
    #expect(error?.kind == .damaged, "\(String(describing: error))")
  }

  @Test func aDamagedPageIsDamaged() throws {
    do {
      let store = try create()
      try store.transaction { try fill(store, seed: 1, steps: 400) }
    }
    let descriptor = open(folder.file(), O_WRONLY)
    let noise = [UInt8](repeating: 0xA5, count: 4096)
    for page in 1..<12 { #expect(pwrite(descriptor, noise, noise.count, page * 4096) == noise.count) }
    close(descriptor)
    #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: .readWrite).dump() }?.kind == .damaged)
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may write everything"))
  func aFileThatMayNotBeWrittenIsReadOnly() throws {
    _ = try create()
    #expect(chmod(folder.file(), 0o444) == 0)
    #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: .readWrite) }?.kind == .readOnly)
  }
}
