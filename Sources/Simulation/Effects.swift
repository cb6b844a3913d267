import ActualState
import Approvals
import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import Reconciling

extension Simulation {
  /// Does what the reconciler asks for, as the daemon does, and checks the effect.
  func perform(_ effect: Reconciler.Effect, isRepeat: Bool = false) throws -> Reconciler.Outcome {
    switch effect {
    case .fetch:
      fetched = git.head.map(MemoryGit.id)
      heard = said.count
      return .fetched(fetched, approvals: heard == 0 ? nil : "\(heard)", alarm: nil)
    case .read:
      tally.holdsExpired += try PlanCheck(self).expireHolds(at: now)
      var stored = StoredState(
        pin: try store.pin(), refused: try store.value(.refused), fullPlanAt: try store.fullPlanAt(),
        spent: try store.spent(), holds: try store.holds(), authors: try store.authors(), version: try store.version(),
        reviewCases: try store.reviewCases())
      stored.observed = try store.observed()
      return .read(stored)
    case .judge(let pin, let head, let now, let impacts):
      // A head that could not be judged is judged again when the cycle has to plan once more.
      fetched = head
      let evidence = Evidence(
        statements: said.prefix(heard).map(\.signed), at: now, impacts: impacts, formerTrees: try store.formerTrees())
      return try judge(pin: pin, head: head, evidence)
    case .observe(let scope, let exclusive):
      if exclusive {
        isExclusive = true
        tally.exclusive += 1
      }
      let snapshot = try store.observe(scope)
      if !isRepeat { observed = snapshot }
      return .observed(snapshot)
    case .apply(let application): return .applied(try apply(application, isRepeat: isRepeat))
    case .note(let draft, let refused, let holds):
      if isRepeat { return .done }
      tally.refusals += 1
      try store.note(draft, refused: refused, holds: holds)
      return .done
    case .close(let draft, case: let commit):
      try checkClosing(commit)
      try store.close(draft, reviewCase: commit)
      return .done
    case .record: return .done
    }
  }

  func judge(pin: PolicyPin?, head: String, _ evidence: Evidence) throws -> Reconciler.Outcome {
    guard let tip = git.index(of: head) else { return .failed(Trouble(.needsPerson, "there is no commit \(head)")) }
    let root = git.root(of: tip)
    guard git.load(root).isUsable else {
      let errors = git.load(root).diagnostics.filter { $0.severity == .error }.map(\.message)
      return .failed(Trouble(.needsPerson, "the first commit has errors: \(errors.joined(separator: "; "))"))
    }
    var evidence = evidence
    if let series = evidence.formerTrees.series, let end = git.index(of: series.end),
      git.line(after: end, to: tip) == nil, git.line(after: tip, to: end) == nil
    {
      evidence.formerTrees.series = nil
    }
    let base = pin ?? PolicyPin(commit: MemoryGit.id(of: root), tree: git.tree(root), version: 1)
    var judgement = Judgement(pin: base, accepted: [])
    if let start = git.index(of: base.commit), let line = git.line(after: start, to: tip) {
      judgement = try Judgement(pin: base, line: line.map(git.facts), evidence: evidence) { base, to, commits, _ in
        guard let to = git.index(of: to), let change = git.change(from: base, to: to, by: commits) else {
          throw BrokenPromise(description: "a judgement asks for commits that do not exist")
        }
        return change
      }
    } else {
      judgement.refused = RefusedHead(
        commit: git.facts(tip), reasons: [Diagnostic("history.rewritten", "the branch left the accepted policy")])
    }
    guard let state = state(of: judgement.pin) else { throw BrokenPromise(description: "a pin has no usable state") }
    return .judged(
      JudgedPolicy(
        judgement: judgement, state: state, previous: pin.flatMap(self.state(of:)),
        trustRoot: pin == nil ? MemoryGit.id(of: root) : nil))
  }

  /// A case is closed by a lead who neither made the change nor let it through, and by nobody else.
  private func checkClosing(_ commit: String) throws {
    let words = said.prefix(heard).filter { $0.subject == .review(commit: commit) && $0.key == $0.person }
    try require(
      words.contains { $0.kind == .approve && Company.leads.contains($0.person) },
      "the case of \(commit) was closed by nobody who may")
    tally.casesClosed += 1
  }

  func state(of pin: PolicyPin) -> DesiredState? {
    guard let index = git.index(of: pin.commit) else { return nil }
    let loaded = git.load(index)
    return loaded.isUsable ? loaded.state : nil
  }

  func company(of pin: PolicyPin) -> Company? { git.index(of: pin.commit).map { git.commits[$0].company } }

  private func apply(_ application: Application, isRepeat: Bool) throws -> ApplyOutcome {
    let before = try ApplyCheck(self, application)
    let outcome = try store.apply(application, at: now)
    try before.check(outcome, of: self, isRepeat: isRepeat)
    return outcome
  }

  // MARK: Events

  func receive(_ event: Event) throws {
    let owners = try store.pin().flatMap(state(of:)).map { EventOwners($0, at: now) } ?? EventOwners([:])
    let check = try EventCheck(self, event)
    let receipt = try store.transaction { try store.receive(event, owners: owners) }
    tally.events += 1
    if event.type == "listing.observed" { tally.observations += 1 }
    switch receipt {
    case .applied: tally.eventsApplied += 1
    case .repeated: tally.eventsRepeated += 1
    case .waiting: tally.eventsWaiting += 1
    case .refused, .conflicting: tally.eventsRefused += 1
    }
    note("\(event.name) \(event.type) \(event.data.canonical) at \(event.time): \(receipt)")
    try check.check(receipt, of: self)
  }
}

extension EventOwners {
  /// Who owns which event type by the `Integration` resources that hold at a moment.
  fileprivate init(_ state: DesiredState, at now: Instant) {
    var sources: [String: String] = [:]
    for name in state.names(of: .integration) {
      guard let integration = state.effective(.init(.integration, name), at: now) else { continue }
      for type in integration["owns"]?.list ?? [] { sources[type.text ?? ""] = integration["source"]?.text }
    }
    self.init(sources)
  }
}
