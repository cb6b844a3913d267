import ActualState
import Daemon
import Digest
import Git
import Operations
import Reconciling
import SQLiteStore
import Synchronization
import TestSupport
import Testing

/// A clock that a test sets.
final class ManualClock: Sendable {
  private let time: Mutex<Instant>

  init(_ text: String = CompanyFolder.now) throws { time = Mutex(try #require(Instant(text))) }

  @Sendable func read() -> Instant { time.withLock { $0 } }

  func advance(seconds: Int64) { time.withLock { $0 = $0 + TimeSpan(milliseconds: seconds * 1000) } }
}

extension CompanyFolder {
  func configuration(repository: String? = nil) throws -> DaemonConfiguration {
    DaemonConfiguration(
      repository: repository ?? self.repository, storePath: store, branch: "main", trustRoot: nil,
      auditKey: try PrivateKey(openSSH: try scratch.read(".config/purser/audit_key")), credentials: Credentials(),
      interval: TimeSpan(milliseconds: 5000), checkpointInterval: .hour, flushesAudit: true)
  }

  /// What the store and the audit branch hold after everything: equal for equal histories.
  struct End: Equatable {
    var holdings: String
    var audit: String
    var records: Int64
  }

  func end() throws -> End {
    let store = try SQLiteStore(path: store, mode: .readOnly)
    #expect(try Auditor(store).problems.isEmpty)
    try shell(
      "git -C ops fsck --strict --no-dangling && for c in $(git -C ops rev-list audit); do git -C ops verify-commit $c; done"
    )
    return End(
      holdings: try holdings(), audit: try shell("git -C ops rev-parse audit"), records: try store.auditHead().sequence)
  }
}

/// An effect that the world no longer sees, because the daemon is dead.
struct Crashed: Error {}
