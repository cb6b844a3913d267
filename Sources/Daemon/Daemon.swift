import ActualState
import Approvals
import BlockingExecutor
import DesiredState
public import Digest
public import Git
public import Operations
public import Reconciling

public struct DaemonConfiguration: Sendable {
  /// A folder or an address of the operations repository.
  public var repository: String
  public var storePath: String
  public var branch: String
  /// The commit that the first run must find as the branch's root; nil to take what is there.
  public var trustRoot: ObjectID?
  public var auditKey: PrivateKey
  public var credentials: Credentials
  /// Between two looks at the branch.
  public var interval: TimeSpan
  /// How long routine records may wait for their commit.
  public var checkpointInterval: TimeSpan
  /// Whether every cycle writes all its records to git, because no later one will come.
  public var flushesAudit: Bool
  /// For the forge that the Repository resource names; nil to leave it alone.
  public var forge: ForgeConfiguration?

  public init(
    repository: String, storePath: String, branch: String, trustRoot: ObjectID?, auditKey: PrivateKey,
    credentials: Credentials, interval: TimeSpan, checkpointInterval: TimeSpan, flushesAudit: Bool,
    forge: ForgeConfiguration? = nil
  ) {
    self.repository = repository
    self.storePath = storePath
    self.branch = branch
    self.trustRoot = trustRoot
    self.auditKey = auditKey
    self.credentials = credentials
    self.interval = interval
    self.checkpointInterval = checkpointInterval
    self.flushesAudit = flushesAudit
    self.forge = forge
  }
}

extension DaemonConfiguration {
  /// With another key the trail would be written and could not be verified.
  /// - Parameter state: what is in force.
  func checkKey(_ state: DesiredState) throws(Trouble) {
    guard let named = state.auditKey, named != auditKey.publicKey else { return }
    throw Trouble(
      .needsPerson,
      "the policy names the audit key \(named.fingerprint), but this daemon has \(auditKey.publicKey.fingerprint)",
      hint:
        "start it with the private key of the one in force (--audit-key FILE), until a commit that names another key"
        + " can take effect")
  }
}

/// Keeps one store in the state that the branch asks for: one cycle after another, each when something wakes it.
///
/// Its work blocks (git, SQLite), so it runs on a thread of its own.
public actor Daemon {
  private let executor = BlockingExecutor(label: "purser.daemon")
  private let lock: StoreLock
  private let runner: EffectRunner
  private var reconciler: Reconciler
  private let clock: @Sendable () -> Instant
  private let desk: ForgeDesk?
  /// What the desk has not been told yet, and whether it is being told.
  private var news: ForgeNews?
  private var toldHolds = ToldHolds()
  private var isTelling = false
  private var deskTrouble: Trouble?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Throws: `Trouble` when another daemon has the store, and whatever keeps the store or the repository from being
  ///   opened.
  public init(_ configuration: DaemonConfiguration, clock: @escaping @Sendable () -> Instant) throws {
    try self.init(configuration, clock: clock) { _ in }
  }

  /// - Parameter reached: called before and after each effect; what it throws, the effect fails with. Tests crash the
  ///   daemon there.
  init(
    _ configuration: DaemonConfiguration, clock: @escaping @Sendable () -> Instant,
    reached: @escaping @Sendable (String) throws -> Void
  ) throws {
    lock = try StoreLock(storePath: configuration.storePath)
    runner = try EffectRunner(configuration, clock: clock, reached: reached)
    reconciler = Reconciler(.init(interval: configuration.interval), now: clock())
    self.clock = clock
    desk = configuration.forge.map { ForgeDesk(configuration, $0) }
  }

  /// Runs one cycle to its end.
  /// - Parameter isTimer: whether only time has passed since the last one.
  public func cycle(isTimer: Bool = false) -> (report: Reconciler.Report, status: Reconciler.Status) {
    let now = clock()
    let command = reconciler.wake(at: now, isTimer: isTimer)
    runner.isUrgent = !isTimer
    runner.run(command, &reconciler, at: now)
    keepNews()
    var status = reconciler.status
    // A forge that cannot be reached holds nothing up, and somebody should know.
    status.trouble = status.trouble ?? runner.forgeTrouble ?? deskTrouble
    return (reconciler.report, status)
  }

  private func keepNews() {
    guard desk != nil, var latest = runner.news(&toldHolds, waiting: reconciler.report.waiting) else { return }
    latest.isUrgent = latest.isUrgent || news?.isUrgent ?? false
    news = latest
  }

  /// Tells the forge what there is to tell, and waits until that is done.
  /// - Returns: what keeps Purser from the forge; nil if nothing does.
  @discardableResult
  public func tellForge() async -> Trouble? {
    guard let desk, !isTelling else { return deskTrouble }
    isTelling = true
    while let latest = news {
      news = nil
      deskTrouble = await desk.tell(latest, at: clock())
    }
    isTelling = false
    return deskTrouble
  }

  /// Runs cycles until a trigger says stop; a cycle under way is finished first.
  /// - Returns: the trigger that ended it.
  /// - Throws: the trouble after which going on could do harm.
  public func run(
    _ triggers: Triggers, log: @Sendable (Reconciler.Report, Reconciler.Status) -> Void
  ) async throws -> Trigger {
    triggers.send(.woken)
    while let trigger = await triggers.next() {
      if trigger == .stop || trigger == .interrupt { return trigger }
      let (report, status) = cycle(isTimer: trigger == .due)
      log(report, status)
      // Beside the cycles, which wait for no forge.
      if news != nil, !isTelling { Task { await tellForge() } }
      if let trouble = status.trouble, trouble.kind == .fatal { throw trouble }
      triggers.setTimer(.milliseconds(max(0, (status.nextAt - clock()).milliseconds)))
    }
    return .stop
  }
}
