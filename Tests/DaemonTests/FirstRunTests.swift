import ActualState
import Daemon
import Digest
import Operations
import Reconciling
import SQLiteStore
import TestSupport
import Testing

/// What a first run must notice before it applies anything: afterwards it could not be taken back.
@Suite struct FirstRunTests {
  private func expectTrouble(_ status: Reconciler.Status, _ words: String) {
    #expect(status.trouble?.kind == .needsPerson)
    #expect(status.trouble?.message.contains(words) == true, "\(String(describing: status.trouble))")
    #expect(status.trouble?.hint.isEmpty == false)
  }

  /// With another key than the policy names, the trail would be written and could not be verified.
  @Test func aDaemonWithAnotherKeyAppliesNothing() async throws {
    let company = try CompanyFolder(items: 2)
    var configuration = try company.configuration()
    configuration.auditKey = try #require(PrivateKey(seed: [UInt8](repeating: 7, count: 32)))
    let clock = try ManualClock()
    let status = try await Daemon(configuration, clock: clock.read).cycle().status
    expectTrouble(status, "names the audit key")
    #expect(try SQLiteStore(path: company.store, mode: .readOnly).pin() == nil)
    #expect(try company.shell("git -C ops rev-parse -q --verify audit || true").isEmpty)
    // With its own key the same store goes on.
    let own = try await Daemon(company.configuration(), clock: clock.read).cycle().status
    #expect(own.trouble == nil)
  }

  /// Two stores on one audit branch would number their records twice.
  @Test func aTrailOfAnotherStoreIsSeenBeforeAnythingIsApplied() async throws {
    let company = try CompanyFolder(items: 2)
    let clock = try ManualClock()
    #expect(try await Daemon(company.configuration(), clock: clock.read).cycle().status.trouble == nil)
    let trail = try company.shell("git -C ops rev-parse audit")
    var configuration = try company.configuration()
    configuration.storePath += ".other"
    let status = try await Daemon(configuration, clock: clock.read).cycle().status
    expectTrouble(status, "there is already an audit branch")
    #expect(status.trouble?.hint.contains("purser restore --repo ") == true)
    #expect(try SQLiteStore(path: configuration.storePath, mode: .readOnly).pin() == nil)
    #expect(try company.shell("git -C ops rev-parse audit") == trail)
  }
}
