import Daemon
import Git
import Operations
import Reconciling
import SQLite
import TestSupport
import Testing

/// What a database can do to a daemon that runs on it.
@Suite struct DatabaseFaultTests {
  @Test func theFirstCommitCannotBeExchanged() async throws {
    let company = try CompanyFolder(items: 1)
    _ = try company.cycle()
    var configuration = try company.configuration()
    configuration.trustRoot = .init(String(repeating: "1", count: 40))
    let trouble = #expect(throws: Trouble.self) { _ = try Daemon(configuration, clock: ManualClock().read) }
    #expect(trouble?.message.contains("this store trusts the first commit") == true)
    configuration.trustRoot = .init(try company.shell("git -C ops rev-list --max-parents=0 main"))
    #expect(try await Daemon(configuration, clock: ManualClock().read).cycle().status.trouble == nil)
  }

  @Test func aMistypedRepositoryLeavesNoStore() throws {
    let company = try CompanyFolder()
    #expect(throws: (any Error).self) {
      _ = try Daemon(company.configuration(repository: company.path + "/nowhere"), clock: ManualClock().read)
    }
    #expect(try company.shell("ls").split(separator: "\n") == ["ops", "ops.db.lock"])
  }

  @Test func aLockedStoreIsTriedAgain() async throws {
    let company = try CompanyFolder(items: 1)
    let daemon = try Daemon(company.configuration(), clock: ManualClock().read)
    let other = try Connection(path: company.store)
    try other.execute("BEGIN IMMEDIATE")
    let status = await daemon.cycle().status
    try other.execute("ROLLBACK")
    #expect(status.trouble?.kind == .transient && status.trouble?.message.contains("in use") == true)
    #expect(await daemon.cycle().status.trouble == nil)
  }
}
