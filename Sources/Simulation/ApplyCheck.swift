import ActualState
import Approvals
import Diagnostics
import Operations
import Planning
import Reconciling

/// What an apply may do, held against how things were before it.
struct ApplyCheck {
  private let application: Application
  private let pinBefore: PolicyPin?
  private let formerTrees: FormerTrees
  private let head: AuditHead
  private let version: Int64
  /// Every claim, active or not.
  private let claims: [Int64: ClaimRow]
  private let fallbacks: FallbackCheck
  private let reallocation: ReallocationCheck
  private let backorders: BackorderCheck
  private let guards: GuardCheck
  private let maximums: MaximumCheck

  init(_ simulation: Simulation, _ application: Application) throws {
    let store = simulation.store
    self.application = application
    pinBefore = try store.pin()
    formerTrees = try store.formerTrees()
    head = try store.auditHead()
    version = try store.version()
    var claims: [Int64: ClaimRow] = [:]
    try store.eachClaim { claims[$0.id] = $0 }
    self.claims = claims
    fallbacks = try FallbackCheck(store)
    reallocation = try ReallocationCheck(store, application)
    backorders = try BackorderCheck(store, application)
    guards = try GuardCheck(store, application)
    maximums = try MaximumCheck(store)
  }

  func check(_ outcome: ApplyOutcome, of simulation: Simulation, isRepeat: Bool) throws {
    let store = simulation.store
    switch outcome {
    case .applied(let record):
      try require(!simulation.audit.wasApplied(application), "plan \(application.key) took effect twice")
      try require(record == (application.record == nil ? nil : head.sequence + 1), "an effect has no record of its own")
      try require(record != nil || application.actions.isEmpty, "actions were applied without a record")
      if let record { simulation.audit.saw(application, record: record) }
      try checkPin(simulation)
      try checkEffects(store)
      try guards.check(simulation)
      try DriftCheck(application: application).check(simulation)
      try NetworkCheck(application: application, simulation: simulation).check()
      let plan = PlanCheck(simulation)
      try plan.checkRest(after: application)
      try reallocation.check(simulation, except: plan.dirtyItems())
      try backorders.check(simulation, except: plan.dirtyItems())
      if let company = simulation.company(of: application.pin), company.appliesAll {
        try fallbacks.check(company, store, except: plan.dirtyItems(), at: application.now)
        try maximums.check(company, application, store, except: plan.dirtyItems())
        try UnmetCheck(company, store, at: application.now).check(
          store, except: plan.dirtyItems(), &simulation.tally)
        try RegionCheck(company: company, application: application).check(
          store, except: plan.dirtyItems(), &simulation.tally)
      }
      if isRepeat { return }
      backorders.count(&simulation.tally)
      simulation.tally.plans += record == nil ? 0 : 1
      simulation.tally.fullPlans += record != nil && application.fullPlan ? 1 : 0
      simulation.tally.actions += application.actions.count
      simulation.tally.fallbacks += application.actions.count { if case .setFallback = $0 { true } else { false } }
      simulation.tally.claims += application.actions.count { if case .claim = $0 { true } else { false } }
      simulation.tally.releases += application.actions.count { if case .releaseClaim = $0 { true } else { false } }
      simulation.tally.heals += application.actions.count { if case .heal = $0 { true } else { false } }
      simulation.tally.fights += application.actions.count {
        if case .openCase(_, let one) = $0 { one.kind == .driftFight } else { false }
      }
      simulation.tally.routes += application.actions.count { if case .route = $0 { true } else { false } }
    case .alreadyApplied:
      try require(simulation.audit.wasApplied(application), "a new plan was called an old one")
      try requireNothing(store, outcome)
    case .conflict(let why):
      if !isRepeat {
        simulation.tally.conflicts += 1
        try require(!simulation.isExclusive, "nobody else could write, and still: \(why)")
      }
      try requireNothing(store, outcome)
    }
  }

  private func requireNothing(_ store: InMemoryStore, _ outcome: ApplyOutcome) throws {
    try require(
      try store.auditHead() == head && store.version() == version && store.pin() == pinBefore,
      "\(outcome) changed something")
  }

  /// The policy moves only to where the oracle says that it may.
  private func checkPin(_ simulation: Simulation) throws {
    let pin = try simulation.store.pin()
    try require(pin == application.pin, "another policy is pinned than was planned")
    let git = simulation.git
    guard let seen = simulation.fetched.flatMap(git.index(of:)) ?? pinBefore.flatMap({ git.index(of: $0.commit) })
    else { throw BrokenPromise(description: "a policy was applied that nobody has seen") }
    let start = pinBefore.flatMap { git.index(of: $0.commit) } ?? git.root(of: seen)
    guard let observed = simulation.observed else { throw BrokenPromise(description: "nothing was observed") }
    let oracle = simulation.oracle(heard: simulation.heard, at: application.now, on: observed)
    // A policy that does not move is no promise here: when it must, is looked at when faults stop.
    let answers = pin == pinBefore ? [] : try oracle.answers(pin: start, version: pinBefore?.version ?? 1, head: seen)
    try require(
      pin == pinBefore
        || answers.contains { pin?.commit == MemoryGit.id(of: $0.pin) && pin?.version == $0.version },
      "the policy moved from \(pinBefore?.commit ?? "nothing") to \(pin?.commit ?? "nothing") version "
        + "\(pin?.version ?? 0), and may stand at "
        + answers.map { "\(MemoryGit.id(of: $0.pin)) version \($0.version)" }.joined(separator: ", ")
        + "; the record accepts "
        + JSONValue.array((application.record?.body["accepted"]?.array ?? []).map { $0["commit"] ?? .null }).canonical)
    if pin != pinBefore {
      try checkRecord(simulation)
      simulation.tally.pins += 1
      let accepted = application.record?.body["accepted"]?.array ?? []
      simulation.tally.reviewed += accepted.count { $0["approvals"] != nil }
      simulation.tally.impacts += accepted.count { $0["impact"] != nil }
      for one in accepted where one["broken_glass"] != nil {
        let cases = try simulation.store.reviewCases()
        try require(
          cases.contains { $0.commit == one["commit"]?.string }, "a change went through without its review and a case")
      }
      simulation.tally.glassBroken += accepted.count { $0["broken_glass"] != nil }
    }
  }

  /// The record alone, with what people said that stands in it, leads to the same policy for the same reasons.
  private func checkRecord(_ simulation: Simulation) throws {
    guard let body = application.record?.body else {
      throw BrokenPromise(description: "a policy moved without a record")
    }
    let accepted = body["accepted"]?.array ?? []
    let said = accepted.flatMap { $0["approvals"]?.array ?? [] } + (body["approvals"]?.array ?? [])
    let statements = said.compactMap(SignedStatement.init(json:))
    var evidence = Evidence(statements: statements, at: application.now, formerTrees: formerTrees)
    for entry in body["impacts"]?.array ?? [] {
      guard let from = entry["from"]?.string, let to = entry["to"]?.string else { continue }
      evidence.impacts[ChangeSpan(from: from, to: to)] = entry["measures"]?.object?.compactMapValues(\.integer)
    }
    guard
      case .judged(let judged) = try simulation.judge(pin: pinBefore, head: application.pin.commit, evidence)
    else { throw BrokenPromise(description: "what a record accepts cannot be judged again") }
    let again = judged.judgement.accepted.map { one in
      var members = one.acceptance.json
      members["commit"] = .string(one.commit.id)
      return members
    }
    let told = accepted.map { one in
      var members = one.object ?? [:]
      for name in ["summary", "version", "reverts"] { members[name] = nil }
      return members
    }
    try require(
      judged.judgement.pin == application.pin && again == told,
      "the record tells \(JSONValue.array(told.map(JSONValue.object)).canonical), and judged again it is "
        + JSONValue.array(again.map(JSONValue.object)).canonical
        + (judged.judgement.undecided.map { ", undecided up to \($0.span.to)" } ?? "")
        + (judged.judgement.refused.map { ", refused at \($0.commit.id): \($0.reasons.map(\.message))" } ?? ""))
  }

  /// What the plan shows is what happened.
  private func checkEffects(_ store: InMemoryStore) throws {
    var planned: [String: Quantity] = [:]
    var rest = claims.mapValues(\.quantity)
    for action in application.actions {
      let holds: Bool
      switch action {
      case .setNode(let node, let isActive, _): holds = try store.isActive(node) == isActive
      case .setFallback(let target, let state, _): holds = try store.fallback(of: target) == state
      case .setSafetyStock(let sku, let node, let units, _):
        holds = try store.position(sku, node)?.safetyStock == units
      case .setGrant(let sku, let channel, let grant, _, let region):
        holds = try store.grant(sku, channel, region)?.grant == grant
      case .setShared(let sku, let units, _, let region): holds = try store.item(sku)?[region].shared == units
      case .publish(let sku, let channel, let units, _, let region):
        holds = try store.grant(sku, channel, region)?.published == units
      case .noteDrift(let sku, let key, let note, _): holds = try store.listing(sku, key)?.note == note
      case .heal(let sku, let healing):
        let last = try store.listing(sku, healing.key)?.repairs.last
        holds =
          last.map { $0.at >= application.now && $0.observed == healing.observed && $0.writer == healing.writer }
          ?? false
      case .setChannel(let channel, let terms, _): holds = try store.terms(of: channel) == terms
      case .setSupplier(let supplier, let standing, _): holds = try store.supplier(supplier)?.standing == standing
      case .claim(_, let claim):
        planned[name(claim.order, claim.line, claim.pool, until: claim.expiresAt), default: 0] += claim.quantity
        holds = true
      case .promise(_, let promise, _):
        let told = try store.promises(of: promise.order, promise.line).last
        holds =
          try store.line(promise.order, promise.line)?.promisedAt == promise.at
          && told?.promisedAt == promise.at && told?.policy == application.pin.commit
      case .propose(let sku, let proposal, _): holds = try isOpen(proposal, of: sku, in: store)
      case .withdrawProposal(let sku, let proposal):
        holds = try !isOpen(proposal, of: sku, in: store)
      case .moveClaim(_, let move):
        // A part is split off as a claim of its own.
        if move.quantity < rest[move.claim] ?? 0 {
          rest[move.claim, default: 0] -= move.quantity
          let expiry = claims[move.claim]?.expiresAt
          planned[name(move.order, move.line, move.pool, until: expiry), default: 0] += move.quantity
        }
        holds = true
      case .setRegions(let map, _): holds = try store.regionMap() == map
      case .setRouting(let isOn, _): holds = try store.isRouting() == isOn
      case .route(let order, let decision):
        holds = try store.routes(of: order).contains {
          $0.decision == decision && $0.policy == application.pin.commit
        }
      case .releaseClaim(_, let release):
        rest[release.claim, default: 0] -= release.quantity
        holds = true
      case .startStockout, .endStockout, .openCase, .closeCase: holds = true
      }
      try require(holds, "the plan said \(action.json.canonical), and that did not happen")
    }
    var made: [String: Quantity] = [:]
    try store.eachClaim { claim in
      // What is split off and released has a new number too.
      guard claims[claim.id] == nil, claim.state == .active else { return }
      made[name(claim.order, claim.line, claim.pool, until: claim.expiresAt), default: 0] += claim.quantity
    }
    try require(made == planned, "the plan claimed \(planned), and \(made) came of it")
  }

  private func isOpen(_ proposal: PurchaseProposal, of item: SKU, in store: InMemoryStore) throws -> Bool {
    var found = false
    try store.eachProposal { sku, one, _ in found = found || (sku == item && one == proposal) }
    return found
  }

  private func name(_ order: OrderID, _ line: String, _ pool: Pool, until expiry: Instant?) -> String {
    "\(order)/\(line) \(pool) until \(expiry?.description ?? "it leaves")"
  }
}
