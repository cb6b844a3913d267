import ActualState
import DesiredState
import DesiredStateFiles
import Operations
import Planning
import TestSupport

/// Random changes of policy on one random world: what a preview says of each must be, row by row, what applying it does to
/// a copy of the store.
public struct PreviewTrial {
  /// What was tried: without it a green run says nothing.
  public struct Tally: Sendable, CustomStringConvertible {
    public var changes = 0
    public var withImpact = 0
    public var actions = 0
    /// Later moments for which it was said what the change does then.
    public var moments = 0
    /// Changes of, or to, a company with regions.
    public var regional = 0
    public var measures = ImpactMeasures.none

    public init() {}

    public static func += (left: inout Tally, right: Tally) {
      left.changes += right.changes
      left.withImpact += right.withImpact
      left.actions += right.actions
      left.moments += right.moments
      left.regional += right.regional
      for measure in ImpactMeasures.Measure.allCases { left.measures[measure] += right.measures[measure] }
    }

    public var description: String {
      "\(changes) changes, \(withImpact) with an impact, \(regional) with regions, \(actions) actions, "
        + "\(moments) later moments; in sum "
        + ImpactMeasures.Measure.allCases.map { "\(measures[$0]) \($0.rawValue)" }.joined(separator: ", ")
    }
  }

  public let seed: UInt64
  public private(set) var tally = Tally()
  private var random: SplitMix64
  private let store = InMemoryStore()
  private var now = World.start
  private var company: Company
  private var state: DesiredState

  public init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
    company = Company()
    state = Self.state(of: company) ?? DesiredState([])
  }

  /// - Throws: what a preview said and applying it did not do.
  public mutating func run(changes: Int) throws {
    if let (company, state) = usable({ .random(at: World.start, &$0) }) {
      (self.company, self.state) = (company, state)
    }
    do {
      try live()
      for _ in 0..<changes { try change() }
    } catch {
      throw BrokenPromise(
        description: "seed \(seed), change \(tally.changes + 1): \(error)\nsee it again with: simulate --previews "
          + "\(tally.changes + 1) --seed \(seed)")
    }
  }

  private static func state(of company: Company) -> DesiredState? {
    let files = company.files.filter { $0.key.hasPrefix("state/") }.sorted { $0.key < $1.key }
    let loaded = LoadedState(
      files: files.map { DecodedFile(decoding: SourceFile(path: $0, bytes: Array($1.utf8))) })
    return loaded.isUsable ? loaded.state : nil
  }

  private mutating func usable(_ make: (inout SplitMix64) -> Company) -> (Company, DesiredState)? {
    for _ in 0..<20 {
      let company = make(&random)
      if let state = Self.state(of: company) { return (company, state) }
    }
    return nil
  }

  // MARK: The world

  /// Trade under the first policy; now and then the daemon looks at it.
  private mutating func live() throws {
    var events = EventMaker(channels: World.channels)
    let kinds = EventPolicy(&random)
    for event in events.beginning(at: now) { try receive(event) }
    for _ in 0..<random.number(10...60) {
      switch random.number(0...9) {
      case 0: try apply(plan(state, as: now), to: store)
      case 1:
        now = now + TimeSpan(milliseconds: Int64(random.number(1...300)) * 60_000)
        try store.expireHolds(at: now)
      default: try receive(events.next(kinds, at: now, &random))
      }
    }
    try store.expireHolds(at: now)
  }

  private mutating func receive(_ event: Event) throws {
    var event = event
    if event.type == "order.placed", random.chance(80), var data = event.data.object {
      data["lines"] = data["lines"]?.array.map { lines in
        .array(
          lines.map { line in
            guard var line = line.object else { return line }
            line["unit_price"] = .decimal("\(line["qty"]?.integer ?? 0).99")
            return .object(line)
          })
      }
      event.data = .object(data)
    }
    _ = try store.transaction { try store.receive(event, owners: EventOwners([:])) }
  }

  /// - Parameter moment: whose windows are open; the world is that of now.
  private func plan(_ state: DesiredState, as moment: Instant, insteadOf before: Plan? = nil) throws -> Plan {
    Plan(
      policy: Policy(state, at: moment), pin: PolicyPin(commit: "commit", tree: "tree", version: 1), insteadOf: before,
      snapshot: try store.snapshot(.all), now: now)
  }

  private func apply(_ plan: Plan, to store: InMemoryStore) throws {
    let outcome = try store.apply(
      Application(
        planDigest: plan.digest, expectedPin: try store.pin(), pin: plan.policy, snapshotVersion: plan.snapshotVersion,
        readVersions: plan.readVersions, silentNodes: plan.silentNodes, actions: plan.actions.map(\.action),
        record: AuditDraft(isDecision: true, body: [:]), fullPlan: true, now: now))
    switch outcome {
    case .applied, .alreadyApplied: break
    case .conflict(let why): throw BrokenPromise(description: "a plan of this world conflicts with it: \(why)")
    }
  }

  // MARK: The change

  private static let topics: [Topic] = [
    .cap, .protection, .safetyStock, .tier, .node, .channelSettings, .channelList, .window, .supplier, .replenishment,
    .fallback, .shipping, .region, .backorder,
  ]

  private mutating func change() throws {
    let (company, now) = (company, now)
    let made = usable { random in
      var next = company
      for _ in 0..<random.number(1...3) { next = next.changed(random.pick(Self.topics), at: now, &random) }
      return next
    }
    guard let (next, changed) = made else { return }
    let before = try plan(state, as: now)
    let after = try plan(changed, as: now, insteadOf: before)
    var impact = Impact(try store.snapshot(.all), before: before, after: after)
    try check(impact, before, after)
    impact.foresee(changed, inPlaceOf: state, on: try store.snapshot(.all), now: now)
    for later in impact.later {
      try check(later.impact, try plan(state, as: later.at), try plan(changed, as: later.at))
    }
    tally.moments += impact.later.count
    tally.changes += 1
    tally.withImpact += impact.isNoneNow ? 0 : 1
    tally.regional += company.regions.isEmpty && next.regions.isEmpty ? 0 : 1
    tally.actions += after.actions.count
    for measure in ImpactMeasures.Measure.allCases { tally.measures[measure] += impact.measuresNow[measure] }
  }

  private func check(_ impact: Impact, _ before: Plan, _ after: Plan) throws {
    try PreviewCheck(
      impact, before: before, after: after, original: StoreRows(store), kept: StoreRows(try applied(before)),
      changed: StoreRows(try applied(after))
    ).run()
  }

  private func applied(_ plan: Plan) throws -> InMemoryStore {
    let copy = InMemoryStore()
    copy.state = store.state
    try apply(plan, to: copy)
    return copy
  }
}
