import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Digest
import Forges
import Git
import Operations
import Reconciling
import SQLiteStore
import Verification

/// Does what the reconciler asks for: the only place where a cycle touches git and the database.
final class EffectRunner {
  private let store: SQLiteStore
  private let source: PolicySource
  private let history: PolicyHistory
  private let publisher: AuditPublisher
  private let log: ApprovalLog
  /// What the log held when it was last read.
  private var logged = LoggedStatements()
  /// How many of the log's problems were told.
  private var toldProblems = 0
  private let configuration: DaemonConfiguration
  /// Says when an effect is done: a cycle may have begun long before.
  private let clock: @Sendable () -> Instant
  private let reached: @Sendable (String) throws -> Void
  /// Whether somebody says that there is news, and not only the clock.
  var isUrgent = false
  private var lastJudged: (policy: JudgedPolicy, head: ObjectID)?
  private let watch: ForgeWatch?

  init(
    _ configuration: DaemonConfiguration, clock: @escaping @Sendable () -> Instant,
    reached: @escaping @Sendable (String) throws -> Void
  ) throws {
    self.configuration = configuration
    self.clock = clock
    self.reached = reached
    // First what changes nothing: a mistyped --repo leaves no store behind.
    source = try PolicySource(
      address: configuration.repository, mirrorPath: configuration.storePath + ".git",
      credentials: configuration.credentials)
    store = try SQLiteStore(path: configuration.storePath, mode: .create)
    try store.checkTrustRoot(configuration.trustRoot)
    history = PolicyHistory(repository: source.repository)
    publisher = AuditPublisher(key: configuration.auditKey)
    watch = configuration.forge.map {
      ForgeWatch(token: $0.token, key: configuration.auditKey, branch: configuration.branch)
    }
    log = ApprovalLog(source, lastSeen: try store.value(.approvals))
  }

  /// Runs a cycle to its end.
  func run(_ first: Reconciler.Command?, _ reconciler: inout Reconciler, at now: Instant) {
    var next = first
    while let command = next {
      if case .observe(let scope, exclusive: true) = command.effect {
        next = observeExclusively(scope, command, &reconciler)
      } else {
        next = reconciler.handle(outcome(of: command.effect, reconciler.status.step, at: now), of: command.number)
      }
    }
  }

  /// What keeps Purser from reading on the forge; nil if nothing does.
  var forgeTrouble: Trouble? { watch?.trouble }

  /// What there is to tell a forge; nil before anything was judged.
  /// - Parameter holds: what it was told of holds, brought up to date here.
  func news(_ holds: inout ToldHolds, waiting: [Gate.Waiting]) -> ForgeNews? {
    guard let judged = lastJudged?.policy else { return nil }
    holds.update(open: (try? store.holds())?.open, waiting: waiting)
    let pin = try? store.pin()
    // Where it cannot be kept, reviews count as older than they are: they are given again.
    if let pin { try? store.note(version: pin.version, at: clock()) }
    return ForgeNews(judged: judged, pin: pin, logged: logged, holds: holds, isUrgent: isUrgent)
  }

  /// Reads what people said on the forge about commits that wait.
  /// - Returns: whether the log of approvals has grown by it.
  private func askForge(about judged: (policy: JudgedPolicy, head: ObjectID), isUrgent: Bool, at now: Instant) -> Bool {
    watch?.look(
      at: judged.policy, head: judged.head, source: source, log: log,
      kept: { (try self.store.shownPlans(), try self.store.policyVersions()) },
      isUrgent: isUrgent, at: now) ?? false
  }

  private func outcome(of effect: Reconciler.Effect, _ step: Reconciler.Step, at now: Instant) -> Reconciler.Outcome {
    do {
      try reached("before \(step)")
      let outcome = try perform(effect, at: now)
      try reached("after \(step)")
      return outcome
    } catch {
      return .failed(Trouble(error))
    }
  }

  private func perform(_ effect: Reconciler.Effect, at now: Instant) throws -> Reconciler.Outcome {
    switch effect {
    case .fetch: return try fetch(at: now)
    case .read:
      try store.expireHolds(at: now)
      return .read(try store.storedState())
    case .judge(let pin, let head, let now, let impacts):
      let judged = try judge(pin, head, now, impacts)
      // What waits here for the first time may have been approved on the forge long ago.
      guard let lastJudged, askForge(about: lastJudged, isUrgent: false, at: now) else { return .judged(judged) }
      logged = try log.read()
      return .judged(try judge(pin, head, now, impacts))
    case .observe(let scope, _): return .observed(try store.observe(scope))
    case .apply(let application): return .applied(try store.apply(application, at: clock()))
    case .note(let draft, let refused, let holds):
      try store.note(draft, refused: refused, holds: holds)
      return .done
    case .close(let draft, case: let commit):
      try store.close(draft, reviewCase: commit)
      return .done
    case .record:
      try checkKeyInForce()
      try publisher.publish(
        store: store, source: WatchedTarget(target: PolicySourceTarget(source), reached: reached), now: now,
        flush: configuration.flushesAudit, checkpointEvery: configuration.checkpointInterval)
      return .done
    }
  }

  /// Looks at the branch, and reads what people said about changes.
  private func fetch(at now: Instant) throws -> Reconciler.Outcome {
    let head = try source.refresh(branch: configuration.branch)
    if let lastJudged, lastJudged.head == head { _ = askForge(about: lastJudged, isUrgent: isUrgent, at: now) }
    logged = try log.read()
    if try store.value(.approvals) != logged.head {
      try store.transaction { try store.set(.approvals, logged.head) }
    }
    // Bad entries count for nothing; a log that lost what it held is for a person to look at.
    let alarm = logged.problems.first { $0.severity == .error }
    let new = logged.problems.dropFirst(max(toldProblems, log.problemsBefore)).filter { $0.severity == .warning }
    toldProblems = logged.problems.count
    return .fetched(head?.description, approvals: logged.head, alarm: alarm.map { Trouble($0) }, warnings: new)
  }

  private func judge(
    _ pin: PolicyPin?, _ head: String, _ now: Instant, _ impacts: [ChangeSpan: [String: Int64]]
  ) throws -> JudgedPolicy {
    guard let head = ObjectID(head) else { throw Trouble(.fatal, "'\(head)' is not a commit id") }
    // Before anything is applied: a trail that another store wrote cannot be gone on with.
    if pin == nil, let foreign = try source.auditHead(), try store.lastAuditBatch() == nil {
      throw Trouble(
        .needsPerson, "there is already an audit branch, at \(foreign), that this store did not write",
        hint: "use the store that wrote it; if it is lost, start a new one where the trail ends: "
          + configuration.restoring(as: configuration.storePath))
    }
    try store.checkAge(source, configuration)
    var evidence = Evidence(
      statements: logged.all, at: now, impacts: impacts, formerTrees: try store.formerTrees())
    evidence.auditKey = configuration.auditKey.publicKey
    let judged = try history.judge(pin: pin, head: head, trustRoot: configuration.trustRoot, evidence: evidence)
    lastJudged = (judged, head)
    try configuration.checkKey(judged.state)
    return judged
  }

  /// A plan may be held that would have brought the daemon's new key into force: what is recorded until it is let through
  /// is published with it, as the old key would have to sign it before.
  private func checkKeyInForce() throws {
    guard let judged = lastJudged?.policy, let pin = try store.pin() else { return }
    let inForce = pin == judged.judgement.pin ? judged.state : judged.previous
    if let inForce { try configuration.checkKey(inForce) }
  }

  /// Observes, plans and applies while nobody else can write. The reconciler moves on only if the database did.
  private func observeExclusively(
    _ scope: Snapshot.Scope, _ command: Reconciler.Command, _ reconciler: inout Reconciler
  ) -> Reconciler.Command? {
    var ahead = reconciler
    do {
      let next = try store.transaction { () -> Reconciler.Command? in
        var next = ahead.handle(.observed(try store.observe(scope)), of: command.number)
        while let command = next {
          switch command.effect {
          case .judge(let pin, let head, let now, let impacts):
            next = ahead.handle(.judged(try judge(pin, head, now, impacts)), of: command.number)
          case .apply(let application):
            return ahead.handle(.applied(try store.apply(application, at: clock())), of: command.number)
          default: return command
          }
        }
        return nil
      }
      reconciler = ahead
      return next
    } catch {
      return reconciler.handle(.failed(Trouble(error)), of: command.number)
    }
  }
}

extension Store {
  /// What a cycle reads before it judges anything.
  public func storedState() throws -> StoredState {
    var stored = StoredState(
      pin: try pin(), refused: try value(.refused), fullPlanAt: try fullPlanAt(), spent: try spent(),
      holds: try holds(), authors: try authors(), version: try version(), reviewCases: try reviewCases())
    stored.observed = try observed()
    return stored
  }

  func shownPlans() throws -> ShownPlans {
    try value(.shownPlans, ShownPlans.init(json:)) ?? ShownPlans()
  }

  func set(_ shown: ShownPlans) throws { try set(.shownPlans, shown.json.canonical) }

  func policyVersions() throws -> PolicyVersions {
    try value(.policyVersions, PolicyVersions.init(json:)) ?? PolicyVersions()
  }

  /// Keeps since when a policy version has been in force.
  func note(version: Int64, at now: Instant) throws {
    var versions = try policyVersions()
    guard versions.note(version, at: now) else { return }
    try transaction { try set(.policyVersions, versions.json.canonical) }
  }

  /// A store that trusts one commit is never run with another.
  func checkTrustRoot(_ wanted: ObjectID?) throws {
    guard let wanted, let trusted = try value(.trustRoot), trusted != wanted.description else { return }
    throw Trouble(
      .needsPerson, "this store trusts the first commit \(trusted), not \(wanted)",
      hint: "omit --trust-root to continue with it, or start a new store")
  }
}
