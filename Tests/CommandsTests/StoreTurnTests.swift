import ActualState
import Operations
import SQLite
import SQLiteStore
import TestSupport
import Testing

@testable import Commands

/// A command that finds the store in the hands of another connection.
@Suite struct StoreTurnTests {
  private let scratch: ScratchFolder
  private let store: SQLiteStore
  private let other: Connection

  init() throws {
    scratch = try ScratchFolder()
    store = try SQLiteStore(path: scratch.path("ops.db"), mode: .create, busyMilliseconds: 1)
    other = try Connection(path: scratch.path("ops.db"))
  }

  /// A clock that stands four seconds later whenever it is asked, and everything that was told.
  private final class Wait {
    var seconds = 0
    var told: [String] = []
  }

  private func turn(_ limit: TimeSpan, _ wait: Wait, whenTold: @escaping () -> Void = {}) -> StoreTurn {
    StoreTurn(path: "ops.db", limit: limit) {
      wait.seconds += 4
      return .seconds(wait.seconds)
    } isInterrupted: {
      false
    } tell: {
      wait.told.append($0)
      whenTold()
    }
  }

  private func write() throws { try store.transaction { try store.set(.version, "7") } }

  @Test func itWaitsUntilTheOtherIsDoneAndSaysSo() throws {
    let wait = Wait()
    try other.execute("BEGIN IMMEDIATE")
    let turn = turn(TimeSpan(milliseconds: 600_000), wait) {
      // The second time it says so, the other ends.
      if wait.told.count == 2 { try? other.execute("ROLLBACK") }
    }
    try turn.take(write)
    #expect(try store.version() == 7)
    // Every ten seconds, and at once.
    #expect(wait.told.map { $0.hasSuffix("(4s so far)\n") } == [true, false])
    #expect(wait.told.last?.hasSuffix("(16s so far)\n") == true)
    #expect(wait.told.allSatisfy { $0.contains("'ops.db'") && $0.contains("--lock-timeout gives up after 10m") })
  }

  @Test func itsPatienceEndsWithWordsThatHelp() throws {
    let wait = Wait()
    try other.execute("BEGIN IMMEDIATE")
    let error = #expect(throws: StoreError.self) { try turn(TimeSpan(milliseconds: 30_000), wait).take(write) }
    #expect(error?.kind == .busy && error?.message == "the store 'ops.db' was in use by another process for 30s")
    #expect(error?.hint.contains("--lock-timeout") == true)
    #expect(wait.told.count == 3)
    try other.execute("ROLLBACK")
    #expect(try store.version() == 0)
    try write()
  }

  @Test func itDoesNotWaitWhereItMayNot() throws {
    let wait = Wait()
    try other.execute("BEGIN IMMEDIATE")
    let error = #expect(throws: StoreError.self) { try turn(TimeSpan(milliseconds: 0), wait).take(write) }
    #expect(error?.kind == .busy && wait.told.isEmpty)
  }

  /// Another failure is nothing that waiting ends.
  @Test func onlyAStoreInUseIsWaitedFor() {
    let wait = Wait()
    let failure = StoreError(kind: .full, message: "full", hint: "")
    let error = #expect(throws: StoreError.self) {
      try turn(TimeSpan(milliseconds: 30_000), wait).take { throw failure }
    }
    #expect(error?.kind == .full && wait.told.isEmpty)
  }
}
