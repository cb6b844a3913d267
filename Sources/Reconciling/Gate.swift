public import Approvals
public import DesiredState
public import Operations
public import Planning

/// Splits a plan into the actions that are applied now, those that wait for approval, and those that people approved.
public struct Gate: Sendable {
  /// A held part of a plan, which waits for approval.
  public struct Waiting: Sendable {
    public var hold: Hold
    /// The policy that the plan is made with.
    public var policy: PolicyPin
    /// How much of the plan waits, by measure.
    public var measures: [String: Int64]
    public var review: HoldReview
    /// The measures beyond the limits; empty for a domain in mode `propose`.
    public var excess: [BlastLimits.Excess]
  }

  /// A hold that people approved, and that this plan ends.
  public struct Passage: Sendable {
    /// The held part, as it waited until then.
    public var asked: Waiting

    public var hold: Hold { asked.hold }
    public var measures: [String: Int64] { asked.measures }
    public var slots: RoleSlots { asked.review.requirement.slots }
    /// The statements that it rests on.
    public var approvals: [SignedStatement] { asked.review.approvals }

    /// What the audit record says of it.
    public var json: JSONValue {
      [
        "hold": hold.json, "measures": .object(measures.mapValues { .integer($0) }),
        "review": .object(slots.counts.mapValues { .integer(Int64($0)) }),
        "approvals": .array(approvals.map(\.json)),
      ]
    }
  }

  /// The actions that are applied, in the order of the plan.
  public private(set) var actions: [Action] = []
  /// What of the plan is in domains that are only observed, by measure; domains without anything are left out.
  public var observedMeasures: [Domain: [String: Int64]] {
    var result: [Domain: [String: Int64]] = [:]
    for domain in Domain.allCases where judged.state.mode(of: domain) == .observe {
      let part = actions(of: [domain])
      if !part.isEmpty { result[domain] = Self.measures(Plan.blastRadius(of: part), []) }
    }
    return result
  }
  public private(set) var waiting: [Waiting] = []
  public private(set) var passages: [Passage] = []
  /// The plan, where nothing of it is applied because it changes too much.
  public private(set) var held: HeldPlan?
  /// The holds as they are when this was applied, or written down.
  public private(set) var book: HoldBook

  let plan: Plan
  let judged: JudgedPolicy
  /// Everyone whose work is in what waits: none of them counts.
  public let authors: Set<String>
  /// The same when this was applied: nobody's, once people let through all that waited.
  var authorsAfter: Set<String> {
    !passages.isEmpty && !book.open.contains { $0.policy == plan.policy.commit } ? [] : authors
  }

  /// - Parameters:
  ///   - stored: what the store says; the first plan of a store has nothing to change yet, so that nothing limits it.
  ///   - book: the holds that are open.
  public init(_ plan: Plan, _ judged: JudgedPolicy, stored: StoredState, book: HoldBook) {
    self.plan = plan
    self.judged = judged
    self.book = book
    authors = stored.authors(under: judged.judgement)
    decide(stored)
    waiting.sort { $0.hold.number < $1.hold.number }
  }

  private mutating func decide(_ stored: StoredState) {
    let proposed = askForDomains()
    let enforced = Set(Domain.allCases.filter { judged.state.mode(of: $0) == .enforce })
    let limits = BlastLimits(judged.state)
    guard limits.isLimiting, stored.pin != nil else { return take(enforced.union(proposed.keys), proposed) }
    let before = stored.spent(at: plan.now).radius
    let all = enforced.union(proposed.keys)
    let radius = Plan.blastRadius(of: actions(of: all))
    let excess = limits.excess(of: radius, after: before)
    guard !excess.isEmpty else {
      book.end(.limits, of: plan.policy.commit)
      return take(all, proposed)
    }
    let waiting = ask(.limits, Self.measures(radius, excess), excess)
    if waiting.review.isMet {
      pass(waiting)
      return take(all, proposed)
    }
    self.waiting += [waiting] + proposed.values
    // What people let through must not hold up what goes by itself.
    let isSmall = limits.excess(of: Plan.blastRadius(of: actions(of: enforced)), after: before).isEmpty
    if !proposed.isEmpty, isSmall { return take(enforced, [:]) }
    held = HeldPlan(plan: plan, radius: radius, excess: excess, waiting: waiting)
  }

  /// What waits of everything that the next cycle plans: of the plan under the policy that is asked for and, where all of
  /// that is held, of the one under the policy in force.
  /// - Parameter snapshot: of all items.
  public static func all(
    _ judged: JudgedPolicy, stored: StoredState, snapshot: Snapshot, now: Instant
  ) -> [(gate: Gate, judged: JudgedPolicy)] {
    var result: [(gate: Gate, judged: JudgedPolicy)] = []
    var next: JudgedPolicy? = judged
    while let judged = next {
      let policy = PreparedPolicy(judged.state, commit: judged.judgement.pin.commit, at: now)
      let plan = Plan(policy, judged, stored: stored, snapshot: snapshot, now: now)
      let gate = Gate(plan, judged, stored: stored, book: result.last?.gate.book ?? stored.holds)
      result.append((gate, judged))
      next = gate.held == nil ? nil : judged.withoutChange(from: stored.pin)
    }
    return result
  }

  /// Asks about each domain that is proposed.
  /// - Returns: those that people let through.
  private mutating func askForDomains() -> [Domain: Waiting] {
    var through: [Domain: Waiting] = [:]
    for domain in Domain.allCases where judged.state.mode(of: domain) == .propose {
      let part = actions(of: [domain])
      guard !part.isEmpty else {
        // A plan of few items does not say that nothing waits.
        if plan.scope == .all { book.end(domain.cause, of: plan.policy.commit) }
        continue
      }
      let asked = ask(domain.cause, Self.measures(Plan.blastRadius(of: part), []))
      // What channels are told rests on who is given what.
      let isFounded = domain != .publishing || !waiting.contains { $0.hold.cause == .allocation }
      if asked.review.isMet, plan.scope == .all, isFounded {
        through[domain] = asked
      } else {
        waiting.append(asked)
      }
    }
    return through
  }

  private mutating func ask(
    _ cause: Hold.Cause, _ measures: [String: Int64], _ excess: [BlastLimits.Excess] = []
  ) -> Waiting {
    // What begins to wait only now nobody can have looked at, whatever numbers they guessed.
    let said = book.hold(cause, of: plan.policy.commit) == nil ? [] : judged.judgement.besideChanges
    let hold = book.begin(cause, of: plan.policy.commit, at: plan.now)
    return Waiting(
      hold: hold, policy: plan.policy, measures: measures,
      review: HoldReview(hold, measures, judged.state, judged.judgement.pin, authors: authors, said, at: plan.now),
      excess: excess)
  }

  private mutating func pass(_ one: Waiting) {
    passages.append(Passage(asked: one))
    book.end(one.hold.cause, of: one.hold.policy)
  }

  private mutating func take(_ domains: Set<Domain>, _ proposed: [Domain: Waiting]) {
    actions = actions(of: domains)
    for domain in Domain.allCases { if let one = proposed[domain] { pass(one) } }
  }

  private func actions(of domains: Set<Domain>) -> [Action] {
    domains.count == Domain.allCases.count
      ? plan.actions.map(\.action) : plan.actions.map(\.action).filter { domains.contains($0.domain) }
  }

  /// What people are told of a plan, and must not be exceeded: how much it changes, and what goes beyond the limits of an
  /// hour with what was changed in it before.
  private static func measures(_ radius: BlastRadius, _ excess: [BlastLimits.Excess]) -> [String: Int64] {
    var measures: [String: Int64] = [:]
    for (name, value) in BlastRadius.measures { measures[name] = value(radius) }
    for one in excess where one.period == "per_hour" { measures["per_hour \(one.measure)"] = one.value }
    return measures
  }
}

extension StoredState {
  /// Everyone whose work is in what a plan under a policy asks for: those who changed the policy last, and those before
  /// them while something of theirs waits. So nobody gets at their own work by changing, or having changed, something else.
  func authors(under judgement: Judgement) -> Set<String> {
    guard pin != judgement.pin else { return Set(authors) }
    let new = Set(judgement.accepted.flatMap(\.acceptance.everyone))
    let isWaiting = holds.open.contains { $0.policy == pin?.commit }
    return new.isEmpty || isWaiting ? new.union(authors) : new
  }
}

extension Domain {
  /// What holds the plans of the domain while it is proposed.
  public var cause: Hold.Cause {
    switch self {
    case .allocation: .allocation
    case .publishing: .publishing
    case .replenishment: .replenishment
    }
  }
}
