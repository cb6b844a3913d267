import Approvals
import Diagnostics
import Digest
public import Operations
import Planning

/// Decides what the daemon does next: a list of named steps, each asked for as an effect and answered by its outcome.
///
/// It holds no clock, no connection and no lock, so that the simulator drives the same value as the daemon. There is at
/// most one effect under way; an answer that does not belong to it (a repeat, a straggler) is ignored.
public struct Reconciler: Sendable {
  private struct Cycle {
    var now: Instant
    var head: String?
    var approvals: String?
    /// What changes would do on `snapshot`, by measure.
    var impacts: [ChangeSpan: [String: Int64]] = [:]
    /// What is planned from once everything is judged.
    var snapshot: Snapshot?
    var gitTrouble: Trouble?
    var failedStep: Step?
    var stored = StoredState()
    var judged: JudgedPolicy?
    /// Whether what people say can be seen.
    var hears = false
    var attempts = 0
    /// The holds as they shall be, and as they are written down.
    var holds = HoldBook()
    var writtenHolds = HoldBook()
    var missed: MissedItems?
    /// What there was to see of what waits on, where everything was looked at.
    var look: Look?
    /// When a window of a policy that was planned with opens or closes next, and what was only observed of everything.
    var until: Instant?
    var observed: SHA256Digest?
    var report = Report()
    var grounds: Records.Grounds { Records.Grounds(impacts: impacts, log: approvals) }
  }

  public let configuration: Configuration
  public private(set) var status: Status
  /// The last cycle that came to its end.
  public private(set) var report = Report()
  private var cycle: Cycle?
  private var number = 0
  private var backoff = Backoff()
  private var wakeAgain = false
  /// Until when a step that git failed is left out, and with what it failed; trade is planned meanwhile.
  private var gitRest: (until: Instant, step: Step, trouble: Trouble)?
  private var prepared: PreparedPolicy?
  private var lastJudged: KnownJudgement?
  private var look: Look?
  /// When everything was looked at last under a policy of which nothing is done.
  private var observation: Observation?

  public init(_ configuration: Configuration, now: Instant) {
    self.configuration = configuration
    status = Status(since: now, nextAt: now)
  }

  /// Begins a cycle; while one is under way, another follows it.
  /// - Parameter isTimer: whether only time has passed. Git that failed is then left alone until it has rested; someone
  ///   who asks is answered at once.
  public mutating func wake(at now: Instant, isTimer: Bool = false) -> Command? {
    guard cycle == nil else {
      wakeAgain = true
      return nil
    }
    cycle = Cycle(now: now)
    if let rest = gitRest, isTimer, now < rest.until {
      cycle?.gitTrouble = rest.trouble
      if rest.step == .fetch { return ask(.read, .read) }
    } else {
      gitRest = nil
    }
    return ask(.fetch, .fetch)
  }

  /// Takes the outcome of a command and says what is next; nil when the cycle is over or the outcome is a stranger.
  public mutating func handle(_ outcome: Outcome, of number: Int) -> Command? {
    guard number == self.number, var cycle else { return nil }
    self.number += 1
    defer { if self.cycle != nil { self.cycle = cycle } }
    switch (status.step, outcome) {
    case (.fetch, .fetched(let head, let approvals, let alarm, let warnings)):
      cycle.report.warnings = warnings
      cycle.hears = true
      cycle.head = head
      cycle.approvals = approvals
      cycle.gitTrouble = cycle.gitTrouble ?? alarm
      return ask(.read, .read)
    case (.fetch, .failed(let trouble)):
      // What was last accepted stays in force while the repository cannot be reached.
      cycle.gitTrouble = trouble
      cycle.failedStep = .fetch
      return ask(.read, .read)
    case (.read, .read(let stored)):
      cycle.stored = stored
      cycle.holds = stored.holds
      cycle.writtenHolds = stored.holds
      return judge(&cycle)
    case (.judge, .judged(let judged)):
      lastJudged = KnownJudgement(judged, cycle.head, cycle.approvals, impacts: cycle.impacts, at: cycle.now)
      guard let snapshot = cycle.snapshot else { return observe(judged, &cycle) }
      take(judged, &cycle)
      return settle(snapshot, &cycle)
    case (.observe, .observed(let snapshot)): return settle(snapshot, &cycle)
    case (.apply, .applied(let outcome)): return applied(outcome, &cycle)
    case (.note, .done): return closeCase(&cycle)
    case (.close, .done): return record(cycle)
    case (.record, .done): return finish(cycle)
    case (.record, .failed(let trouble)):
      cycle.gitTrouble = cycle.gitTrouble ?? trouble
      cycle.failedStep = cycle.failedStep ?? .record
      return finish(cycle)
    case (.judge, .failed(let trouble)):
      cycle.gitTrouble = trouble
      cycle.failedStep = .fetch
      // A repository that was damaged or exchanged stops no trade while the policy in force is known.
      guard let known = lastJudged?.policy, known.judgement.pin == cycle.stored.pin else { return finish(cycle) }
      cycle.head = nil
      cycle.hears = false
      return observe(known, &cycle)
    case (_, .failed(let trouble)): return finish(cycle, trouble)
    default: return finish(cycle, Trouble(.fatal, "internal error: unexpected outcome in \(status.step.rawValue)"))
    }
  }

  private mutating func ask(_ step: Step, _ effect: Effect) -> Command {
    if status.step != step, let cycle { status.since = cycle.now }
    status.step = step
    number += 1
    return Command(number: number, effect: effect)
  }

  private mutating func judge(_ cycle: inout Cycle) -> Command? {
    if cycle.head == nil {
      guard let pin = cycle.stored.pin else {
        cycle.gitTrouble =
          cycle.gitTrouble
          ?? Trouble(
            .needsPerson, "the branch has no commit yet",
            hint: "push a first commit, for example with 'purser init', or name another branch with --branch")
        return finish(cycle)
      }
      cycle.gitTrouble =
        cycle.gitTrouble
        ?? Trouble(
          .needsPerson, "the branch is gone or empty; the last accepted policy stays in force",
          hint: "push the branch again")
      // What people said since is heard all the same.
      if let known = lastJudged, known.policy.judgement.pin == pin,
        !cycle.hears || known.approvals == cycle.approvals
      {
        return observe(known.policy, &cycle)
      }
      cycle.head = pin.commit
    }
    guard let head = cycle.head else { return nil }
    if let known = lastJudged, known.holds(head, cycle.approvals, pin: cycle.stored.pin, at: cycle.now) {
      cycle.impacts = known.impacts
      return observe(known.policy, &cycle)
    }
    return ask(.judge, .judge(pin: cycle.stored.pin, head: head, at: cycle.now, impacts: [:]))
  }

  private mutating func observe(_ judged: JudgedPolicy, _ cycle: inout Cycle) -> Command? {
    take(judged, &cycle)
    if let standstill = judged.standstill {
      cycle.gitTrouble = cycle.gitTrouble ?? standstill
      return noteOrRecord(&cycle)
    }
    // The impact of a change is that on everything.
    if isToBeDecided(cycle) { return ask(.observe, .observe(.all, exclusive: cycle.attempts > 1)) }
    if standsStill(judged, &cycle) { return noteOrRecord(&cycle) }
    let mayPass = cycle.judged?.mayPassHolds(cycle.stored, look, cycle.approvals, at: cycle.now) ?? false
    let isStale = !judged.isEnforced && observation?.stands(judged, cycle.stored, now: cycle.now) != true
    let scope = planningScope(
      stored: cycle.stored, judged: judged, prepared: prepared, mayPass: mayPass || isStale, now: cycle.now)
    return ask(.observe, .observe(scope, exclusive: cycle.attempts > 1))
  }

  /// Whether a plan that is held would be held again, with nothing else to do; what was seen of it is then told again.
  private mutating func standsStill(_ judged: JudgedPolicy, _ cycle: inout Cycle) -> Bool {
    let (pin, stored) = (judged.judgement.pin, cycle.stored)
    guard cycle.attempts == 0, let look, let held = look.held,
      look.stands(pin, approvals: cycle.approvals, version: stored.version, now: cycle.now)
    else { return false }
    cycle.report.held = held
    cycle.report.waiting = look.waiting
    if let back = judged.withoutChange(from: stored.pin) { take(back, &cycle) }
    return true
  }

  private mutating func take(_ judged: JudgedPolicy, _ cycle: inout Cycle) {
    cycle.judged = judged
    // Somebody may have taken back what they said: while nobody can see it, nothing that waits goes through.
    if !cycle.hears { cycle.judged?.judgement.besideChanges = [] }
    cycle.report.refused = judged.judgement.refused
    cycle.report.trustRoot = cycle.stored.pin == nil ? judged.trustRoot : nil
    let pin = judged.judgement.pin
    cycle.report.accepted = pin == cycle.stored.pin ? [] : judged.judgement.accepted
    cycle.report.hasMore = pin != cycle.stored.pin && judged.judgement.hasMore
    status.pin = pin
    status.refused = judged.judgement.refused
  }

  /// Whether the next change waits for what it would do. While the branch cannot be seen it waits on.
  private func isToBeDecided(_ cycle: Cycle) -> Bool {
    guard let span = cycle.judged?.judgement.undecided?.span else { return false }
    return cycle.head != nil && cycle.impacts[span] == nil
  }

  /// Works out what the next change would do where its verdict depends on that, and has it judged again, until nothing is
  /// left to decide: then plans from the same snapshot. Whether that still is the world, the store knows when it applies.
  private mutating func settle(_ snapshot: Snapshot, _ cycle: inout Cycle) -> Command? {
    guard let undecided = cycle.judged?.judgement.undecided, let head = cycle.head, isToBeDecided(cycle) else {
      return plan(snapshot, &cycle)
    }
    cycle.snapshot = snapshot
    cycle.impacts[undecided.span] = undecided.impact(on: snapshot, now: cycle.now)
    return ask(.judge, .judge(pin: cycle.stored.pin, head: head, at: cycle.now, impacts: cycle.impacts))
  }

  private mutating func plan(_ snapshot: Snapshot, _ cycle: inout Cycle) -> Command? {
    guard let judged = cycle.judged else { return nil }
    let pin = judged.judgement.pin
    if prepared.map({ !$0.holds(for: pin.commit, at: cycle.now) }) ?? true {
      prepared = PreparedPolicy(judged.state, commit: pin.commit, at: cycle.now)
    }
    guard let prepared else { return nil }
    let plan = Plan(
      prepared, judged, stored: cycle.stored, snapshot: snapshot, now: cycle.now)
    // A node that was silent has spoken, and a plan of what was touched is too small for that.
    if snapshot.scope == .dirty, plan.changesFallbacks {
      return ask(.observe, .observe(.all, exclusive: cycle.attempts > 1))
    }
    cycle.missed = MissedItems(on: snapshot, judged, stored: cycle.stored)
    cycle.report.plan = plan
    cycle.report.isObserveOnly = !judged.isEnforced
    let isDue =
      snapshot.scope == .all || snapshot.items.count > 0 || snapshot.suppliers.values.contains { $0.deliveries != nil }
    guard isDue || pin != cycle.stored.pin else { return noteOrRecord(&cycle) }
    let gate = pass(plan, judged, &cycle)
    cycle.report.held = gate.held ?? cycle.report.held
    cycle.until = [cycle.until, prepared.policy.nextBoundary].compactMap { $0 }.min()
    remember(snapshot, gate, judged, &cycle)
    if gate.held != nil {
      guard let back = judged.withoutChange(from: cycle.stored.pin) else { return noteOrRecord(&cycle) }
      // Trade goes on under the policy in force.
      take(back, &cycle)
      return self.plan(snapshot, &cycle)
    }
    return ask(.apply, .apply(application(plan, gate, judged, cycle)))
  }

  /// Sees what of the plan goes through.
  private func pass(_ plan: Plan, _ judged: JudgedPolicy, _ cycle: inout Cycle) -> Gate {
    let gate = Gate(plan, judged, stored: cycle.stored, book: cycle.holds)
    cycle.holds = gate.book
    // The holds of a policy that is neither in force nor asked for are over.
    let policies = [cycle.stored.pin?.commit, plan.policy.commit, cycle.report.held?.plan.policy.commit]
    cycle.holds.keep(of: Set(policies.compactMap { $0 }))
    cycle.report.waiting = (cycle.report.held == nil ? [] : cycle.report.waiting) + gate.waiting
    cycle.report.passages = gate.passages
    cycle.report.applied = gate.actions.count
    return gate
  }

  /// Keeps what there was to see, so that it need not be looked at again and again.
  private mutating func remember(_ snapshot: Snapshot, _ gate: Gate, _ judged: JudgedPolicy, _ cycle: inout Cycle) {
    guard snapshot.scope == .all else { return }
    cycle.observed = gate.observed
    observation = Observation(judged, version: snapshot.version, at: cycle.now)
    let begins = HoldReview.nextHearing(of: judged.judgement.besideChanges, after: cycle.now)
    let (held, waiting) = (cycle.report.held, cycle.report.waiting)
    cycle.look =
      waiting.isEmpty || !gate.passages.isEmpty
      ? nil
      : Look(
        held?.plan.policy ?? judged.judgement.pin, approvals: cycle.approvals, version: snapshot.version, at: cycle.now,
        until: [cycle.until, begins].compactMap { $0 }.min(), held: held, waiting: waiting)
  }

  /// Whether there is something to record: what only waits on, or was observed before, is told once.
  private func isNews(_ gate: Gate, _ judged: JudgedPolicy, _ holds: HoldChange?, _ cycle: Cycle) -> Bool {
    if judged.judgement.pin != cycle.stored.pin || holds != nil { return true }
    if !gate.actions.isEmpty || !gate.passages.isEmpty { return true }
    // A plan of what was touched says little of what would be done where nothing is.
    return (cycle.observed ?? (judged.isEnforced ? gate.observed : nil)).map { $0 != cycle.stored.observed } ?? false
  }

  /// The only place where an `Application` is made: from a plan and a judgement that accepts its policy.
  private func application(_ plan: Plan, _ gate: Gate, _ judged: JudgedPolicy, _ cycle: Cycle) -> Application {
    let pin = judged.judgement.pin
    let digest = plan.digest
    let holds =
      cycle.holds == cycle.writtenHolds ? nil : HoldChange(before: cycle.writtenHolds, after: cycle.holds)
    let record =
      !isNews(gate, judged, holds, cycle)
      ? nil
      : Records.apply(plan, digest, judged, gate, from: cycle.stored.pin, cycle.grounds, holds: holds?.after)
    var application = Application(
      planDigest: digest, expectedPin: cycle.stored.pin, pin: pin, trustRoot: judged.trustRoot,
      snapshotVersion: plan.snapshotVersion, readVersions: plan.readVersions,
      isExact: pin != cycle.stored.pin && !cycle.impacts.isEmpty, silentNodes: plan.silentNodes,
      actions: gate.actions, record: record, fullPlan: plan.scope == .all, now: cycle.now)
    (application.holds, application.observed) = (holds, cycle.observed)
    application.letThrough = gate.passages.map(\.hold.number).sorted()
    let authors = gate.authorsAfter.sorted { $0.isBytewiseLess(than: $1) }
    application.authors = authors == cycle.stored.authors ? nil : authors
    if pin != cycle.stored.pin {
      application.reviewCases = judged.judgement.accepted.compactMap { $0.reviewCase(at: cycle.now) }
      application.formerTrees = judged.judgement.formerTrees
    }
    application.usageFloor = plan.usageFloor
    application.spent = HeldPlan.spent(by: gate, judged, stored: cycle.stored, at: cycle.now)
    return application
  }

  private mutating func applied(_ outcome: ApplyOutcome, _ cycle: inout Cycle) -> Command? {
    cycle.report.outcome = outcome
    guard case .conflict = outcome else {
      if case .applied = outcome { cycle.writtenHolds = cycle.holds }
      return noteOrRecord(&cycle)
    }
    cycle.attempts += 1
    // What changes would do was worked out for a world that is no more.
    lastJudged = lastJudged.flatMap { $0.impacts.isEmpty ? $0 : nil }
    cycle.impacts = [:]
    cycle.snapshot = nil
    cycle.look = nil
    (cycle.observed, observation) = (nil, nil)
    cycle.report.held = nil
    cycle.report.passages = []
    return ask(.read, .read)
  }

  private mutating func noteOrRecord(_ cycle: inout Cycle) -> Command? {
    // One mark is kept of what was recorded, and what is held comes before what is refused after it.
    if let held = cycle.report.held {
      let isWritten = cycle.holds == cycle.writtenHolds
      guard held.mark != cycle.stored.refused || !isWritten else { return closeCase(&cycle) }
      let holds = isWritten ? nil : HoldChange(before: cycle.writtenHolds, after: cycle.holds)
      return ask(.note, .note(Records.held(held, holds: holds?.after), refused: held.mark, holds: holds))
    }
    guard let refused = cycle.report.refused, refused.mark != cycle.stored.refused else { return closeCase(&cycle) }
    let draft = Records.refusal(refused, pin: cycle.judged?.judgement.pin, cycle.grounds, now: cycle.now)
    return ask(.note, .note(draft, refused: refused.mark, holds: nil))
  }

  /// Closes a case that somebody has looked at: one in a cycle, as each is a record of its own.
  private mutating func closeCase(_ cycle: inout Cycle) -> Command? {
    guard let judged = cycle.judged else { return record(cycle) }
    for one in cycle.stored.reviewCases {
      let (pin, said) = (judged.judgement.pin, judged.judgement.besideChanges)
      // What a plan did not put in force cannot say who may look at it.
      guard pin == cycle.stored.pin, let closing = one.closing(judged.state, pin, said, at: cycle.now) else { continue }
      cycle.report.closed = one.commit
      return ask(.close, .close(Records.closed(one, by: closing, pin: pin, at: cycle.now), case: one.commit))
    }
    return record(cycle)
  }

  /// Git that rests is not written to either.
  private mutating func record(_ cycle: Cycle) -> Command? {
    gitRest == nil ? ask(.record, .record) : finish(cycle)
  }

  /// - Parameter trouble: what kept the cycle from planning or applying; nil where at most git failed.
  private mutating func finish(_ cycle: Cycle, _ trouble: Trouble? = nil) -> Command? {
    self.cycle = nil
    report = cycle.report
    report.missed = cycle.missed?.items ?? []
    status.missedItems += Int64(report.missed.count)
    if report.hasMore, case .applied? = report.outcome { wakeAgain = true }
    if report.closed != nil { wakeAgain = true }
    status.step = .rest
    status.since = cycle.now
    status.trouble = trouble ?? cycle.gitTrouble ?? cycle.report.held?.trouble ?? cycle.missed?.trouble
    status.nextAt = wakeAgain ? cycle.now : cycle.now + configuration.interval
    if cycle.report.held != nil, !wakeAgain {
      // It is planned in full again each time.
      status.nextAt = cycle.now + max(configuration.interval, TimeSpan(milliseconds: 60_000))
    }
    if trouble == nil, let seen = cycle.look { look = seen }
    if let trouble {
      status.nextAt = cycle.now + backoff.delay(after: trouble.kind)
    } else if let gitTrouble = cycle.gitTrouble {
      if gitRest == nil, let step = cycle.failedStep {
        gitRest = (cycle.now + backoff.delay(after: gitTrouble.kind), step, gitTrouble)
      }
    } else {
      backoff.reset()
    }
    wakeAgain = false
    return nil
  }
}
