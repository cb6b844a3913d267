import Glibc
import SQLite
import TestSupport
import Testing

/// `purser import` beside another process that has the store for itself, as in a long cycle of the daemon.
@Suite struct WaitingImportTests {
  private let company: CompanyFolder
  private let other: Connection

  init() throws {
    company = try CompanyFolder(items: 1)
    other = try Connection(path: company.store)
    try company.scratch.write(
      CompanyFolder.orders(1...3, items: 1).joined(separator: "\n") + "\n", to: "company/orders.jsonl")
  }

  private func start(_ more: String...) throws -> RunningDaemon {
    RunningDaemon(try company.start(["import", "--repo", "ops", "--store", "ops.db", "orders.jsonl"] + more))
  }

  @Test func itTakesItsTurnWhenTheOtherIsDone() throws {
    try other.execute("BEGIN IMMEDIATE")
    let waiting = try start()
    #expect(waiting.waits(for: "waiting for the store 'ops.db': another process is writing"))
    #expect(waiting.process.isRunning)
    try other.execute("ROLLBACK")
    let end = waiting.process.wait()
    #expect(end.status == 0 && end.errors.contains("3 events: 3 applied"), "\(end.errors)")
  }

  @Test func itsTimeEndsAndNothingIsLost() throws {
    try other.execute("BEGIN IMMEDIATE")
    let late = try start("--lock-timeout", "1s").process.wait()
    #expect(late.status == 1 && late.errors.contains("was in use by another process for 1s"), "\(late.errors)")
    #expect(late.errors.contains("hint: ") && late.errors.contains("0 events: 0 applied"), "\(late.errors)")
    let atOnce = try start("--lock-timeout", "0s").process.wait()
    #expect(atOnce.status == 1 && !atOnce.errors.contains("waiting for"), "\(atOnce.errors)")
    try other.execute("ROLLBACK")
    let again = try start("--lock-timeout", "0s").process.wait()
    #expect(again.status == 0 && again.errors.contains("3 events: 3 applied"), "\(again.errors)")
  }

  @Test func itEndsWhenItIsInterrupted() throws {
    try other.execute("BEGIN IMMEDIATE")
    let waiting = try start()
    #expect(waiting.waits(for: "waiting for the store"))
    let end = waiting.end(SIGINT)
    #expect(end.status == 130 && end.errors.contains("import the same files again"), "\(end.errors)")
    try other.execute("ROLLBACK")
    #expect(try start().process.wait().status == 0)
  }
}
