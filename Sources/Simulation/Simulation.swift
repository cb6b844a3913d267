public import ActualState
import Approvals
import Operations
import Reconciling
import TestSupport

/// A daemon, its store, its branch and the world around it, all driven by one seed.
///
/// Each step picks something that can happen to a real daemon: an event, a commit, a wake, a step of the cycle, a lost
/// or repeated answer, a crash, time. After each step everything that must always hold is checked. The same seed gives
/// the same run on every machine.
public final class Simulation {
  public let seed: UInt64
  public internal(set) var tally = Tally()
  public let store = InMemoryStore()

  var random: SplitMix64
  let swarm: Swarm
  var now = World.start
  var git: MemoryGit
  var events: EventMaker
  var reconciler: Reconciler
  /// What the reconciler asked for last and has no answer to yet.
  var command: Reconciler.Command?
  /// The answer to `command`, when it was worked out and not handed back yet.
  var answer: Reconciler.Outcome?
  var lastAnswer: (outcome: Reconciler.Outcome, number: Int)?
  /// Whether a plan is being made that nobody may disturb.
  var isExclusive = false
  /// The head that the cycle under way has seen.
  var fetched: String?
  /// Decides what people say about changes, so that the rest of a run is the same with and without it.
  var dice: SplitMix64
  /// Whether people are asked at all.
  private let hasReviews: Bool
  /// Decides what waits for people and what they say about it, so that the rest of a run is the same without it.
  var guardDice: SplitMix64
  /// Whether plans are held at all.
  private let hasGuards: Bool
  /// What was seen of what waits, by the number of the hold.
  var seenHolds: [Int64: SeenHold] = [:]
  /// The holds that people let through.
  var passed: Set<Int64> = []
  /// What was applied in an hour of the clock while something limited it, by measure.
  var spent: (hour: Int32, measures: [String: Int64])?
  /// All that people said about changes, in the order in which the log has it, and how much of it was read.
  var said: [Said] = []
  var heard = 0
  /// What the cycle under way plans from.
  var observed: Snapshot?
  var ledger = LedgerCheck()
  var audit = AuditCheck()
  var displays: Displays
  private var trail: [String] = []

  public init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
    swarm = Swarm(&random)
    dice = SplitMix64(seed: ~seed)
    hasReviews = dice.chance(40)
    var company = Company.random(at: World.start, &random)
    if hasReviews, dice.chance(70) { company.review = .random(&dice) }
    guardDice = SplitMix64(seed: seed ^ 0x6775_6172_6473)
    hasGuards = guardDice.chance(40)
    if hasGuards, guardDice.chance(70) { company.guards = .random(&guardDice) }
    displays = Displays(seed: seed)
    for _ in 0..<4 where displays.areWatched {
      var next = company
      next.changeDrift(at: World.start, &displays.dice)
      if next.isValid { company = next }
    }
    git = MemoryGit(root: company)
    events = EventMaker(channels: World.channels)
    reconciler = Reconciler(.init(interval: .hour), now: World.start)
  }

  /// Runs some steps, then stops all faults and checks that everything comes to rest as it should.
  public func run(steps: Int) throws(SimulationFailure) {
    do {
      for event in events.beginning(at: now) { try receive(event) }
      for _ in 0..<steps {
        tally.steps += 1
        try step()
        if hasReviews, dice.chance(25) { try state() }
        if hasReviews, dice.chance(2) { commitReview() }
        if hasGuards, guardDice.chance(25) { try stateAboutHolds() }
        if hasGuards, guardDice.chance(2) { commitGuards() }
        if guardDice.chance(10) { try stateAboutCases() }
        try watchChannels()
        try checkAlways()
      }
      try settle()
      if displays.areWatched, displays.hasRival { try duel() }
    } catch {
      throw SimulationFailure(seed: seed, step: tally.steps, problem: "\(error)", trail: trail)
    }
  }

  func note(_ what: String) {
    trail.append("\(tally.steps) \(now) \(what)")
    if trail.count > 20 { trail.removeFirst() }
  }

  private func step() throws {
    guard let move = Move(rawValue: random.pick(weights: swarm.moves)) else { return }
    switch move {
    case .event: if !isExclusive { try receive(events.next(swarm.events, at: now, &random)) }
    case .commit: commit()
    case .wake: try wake()
    case .run: try run()
    case .cycle: try cycle()
    case .fail: fail()
    case .loseAnswer: try loseAnswer()
    case .repeatAnswer: try repeatAnswer()
    case .delayAnswer: try workOutAnswer()
    case .crash: restart("crash")
    case .clock:
      let minutes = random.pick(swarm.minutes)
      let next = now + TimeSpan(milliseconds: Int64(random.number(1...minutes)) * 60_000)
      try hearOfOrders(before: next)
      now = next
      note("time passes")
    case .branch: moveBranch()
    }
  }

  // MARK: The daemon

  func wake() throws {
    let isBusy = command != nil
    let next = reconciler.wake(at: now)
    try require((next != nil) != isBusy, "a daemon that is busy began a second cycle, or one at rest did not begin")
    if let next {
      note("wake")
      command = next
    }
  }

  /// Works out what was asked for, unless that was done already.
  private func workOutAnswer() throws {
    guard let command, answer == nil else { return }
    note("do \(reconciler.status.step.rawValue)")
    answer = try perform(command.effect)
  }

  /// One step of the cycle: an effect and its answer.
  func run() throws {
    guard let command else { return try wake() }
    try workOutAnswer()
    if let answer { hand(answer, to: command) }
  }

  private func hand(_ outcome: Reconciler.Outcome, to asked: Reconciler.Command) {
    lastAnswer = (outcome, asked.number)
    answer = nil
    command = reconciler.handle(outcome, of: asked.number)
    switch command?.effect {
    // What is observed is judged, perhaps, and then applied.
    case .apply, .judge: break
    default: isExclusive = false
    }
  }

  private func fail() {
    guard let command else { return }
    tally.troubles += 1
    note("\(reconciler.status.step.rawValue) fails" + (answer == nil ? "" : " after its effect"))
    // What was seen and not judged does not count.
    switch command.effect {
    case .fetch, .judge: fetched = nil
    default: break
    }
    hand(.failed(Trouble(.transient, "the simulator says no")), to: command)
  }

  /// The effect happens, or is cut off in its middle, and the process dies before it hears of it.
  private func loseAnswer() throws {
    guard let command, answer == nil else { return }
    tally.lostAnswers += 1
    if random.chance(50) {
      let (passed, spent) = (passed, spent)
      try requireUnchanged("an effect that was cut off") {
        do {
          try store.transaction {
            _ = try perform(command.effect)
            throw PowerCut()
          }
        } catch is PowerCut {}
      }
      (self.passed, self.spent) = (passed, spent)
      return restart("crash in the middle of \(reconciler.status.step.rawValue)")
    }
    _ = try perform(command.effect)
    restart("crash after \(reconciler.status.step.rawValue)")
  }

  private func repeatAnswer() throws {
    if let command, answer == nil, random.chance(50) {
      // The effect is done twice, as by a retry below the reconciler.
      note("do \(reconciler.status.step.rawValue) twice")
      let first = try perform(command.effect)
      _ = try perform(command.effect, isRepeat: true)
      return hand(first, to: command)
    }
    guard let lastAnswer else { return }
    note("an old answer comes again")
    let before = reconciler.status
    try require(
      reconciler.handle(lastAnswer.outcome, of: lastAnswer.number) == nil && reconciler.status.step == before.step,
      "an answer that came twice was taken twice")
  }

  func restart(_ why: String) {
    tally.crashes += 1
    note(why)
    reconciler = Reconciler(.init(interval: .hour), now: now)
    command = nil
    answer = nil
    lastAnswer = nil
    isExclusive = false
  }
}

/// A run that broke a promise, with what is needed to see it again.
public struct SimulationFailure: Error, CustomStringConvertible {
  public var seed: UInt64
  public var step: Int
  public var problem: String
  /// The last steps, each with its number and time.
  public var trail: [String]

  public var description: String {
    "seed \(seed), step \(step): \(problem)\nlast steps:\n  " + trail.joined(separator: "\n  ")
      + "\nsee it again with: simulate --seed \(seed) --steps \(step)"
  }
}

struct PowerCut: Error {}

/// A promise that was broken.
struct BrokenPromise: Error, CustomStringConvertible { var description: String }

func require(_ holds: Bool, _ promise: @autoclosure () -> String) throws {
  if !holds { throw BrokenPromise(description: promise()) }
}
