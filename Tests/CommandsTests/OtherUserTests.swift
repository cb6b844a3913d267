import ActualState
import Glibc
import Operations
import SQLiteStore
import TestSupport
import Testing

/// Somebody who may read the store and not write it, as those who push to a server: each time as another user of the system.
@Suite struct OtherUserTests {
  private let company: CompanyFolder
  private let store: String

  init() throws {
    guard geteuid() == 0 else { try Test.cancel("only root can run a program as another user") }
    guard access("/usr/bin/setpriv", X_OK) == 0 else { try Test.cancel("setpriv (util-linux) is not installed") }
    company = try CompanyFolder(items: 2)
    store = company.path + "/ops.db"
    // The folders above belong to root and let nobody else in.
    try company.shell("chmod 755 . .. && chmod 644 ops.db")
  }

  private func read() throws -> ChildProcess.Result {
    try ChildProcess.run(
      "/usr/bin/setpriv",
      ["--reuid=65534", "--regid=65534", "--clear-groups", company.purser.folder + "/purser"]
        + ["get", "positions", "--store", store, "-o", "json"], in: "/", environment: company.purser.environment)
  }

  /// What lies beside the store, with its owners.
  private func files() throws -> String { try company.shell("stat -c '%n %u %a' ops.db*") }

  @Test func aStoreThatNobodyHasOpenIsReadWithoutWritingBesideIt() throws {
    let before = try files()
    #expect(!before.contains("-wal"), "\(before)")
    let result = try read()
    #expect(result.status == 0 && result.output.contains("\"sku\""), "\(result.errors)")
    #expect(try files() == before)
    // A folder that anyone may write in is no reason to leave files there that the daemon cannot write.
    try company.shell("chmod 777 .")
    #expect(try read().output == result.output)
    #expect(try files() == before)
  }

  @Test func aStoreThatADaemonHasOpenIsReadWithWhatItHasJustWritten() throws {
    let writer = try SQLiteStore(path: store, mode: .readWrite)
    try writer.transaction { try writer.set(.version, "1000") }
    #expect(try files().contains("-wal 0 644"))
    let result = try read()
    #expect(result.status == 0, "\(result.errors)")
    // The writer goes on while others may only read.
    try writer.transaction { try writer.set(.version, "1001") }
  }

  @Test func whatACrashLeftIsRead() throws {
    try company.shell("mkdir -m 755 crashed")
    let writer = try SQLiteStore(path: store, mode: .readWrite)
    try writer.transaction { try writer.set(.version, "7") }
    try company.shell("cp ops.db ops.db-wal ops.db-shm crashed && chmod 644 crashed/*")
    let crashed = OtherUserTests(company, store: company.path + "/crashed/ops.db")
    #expect(try crashed.read().status == 0)
    // Without its index nobody can read the log who may not make that anew.
    try company.shell("rm crashed/ops.db-shm")
    let result = try crashed.read()
    #expect(result.status == 1 && result.errors.contains("cannot be read by this user"), "\(result.errors)")
    #expect(result.errors.contains("chgrp GROUP"), "\(result.errors)")
  }

  @Test func aStoreThatMayNotEvenBeReadIsNamed() throws {
    try company.shell("chmod 600 ops.db")
    let result = try read()
    #expect(result.status == 1 && result.errors.contains("cannot be read by this user"), "\(result.errors)")
  }

  private init(_ company: CompanyFolder, store: String) {
    self.company = company
    self.store = store
  }
}
