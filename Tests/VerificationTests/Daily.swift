import ActualState
import Approvals
import AuditTrail
import DesiredState
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// The daemon's cycle with a manual clock, on a store in memory and a real repository: what fills a trail.
final class Daily {
  enum Sight {
    case all
    /// The branch was deleted.
    case noBranch
    /// The network is down.
    case nothing
  }

  let ops: OpsRepository
  let store = InMemoryStore()
  var now = Instant("2026-11-24T08:00:00Z") ?? .distantPast
  var key = OpsRepository.auditKey
  /// What people said about changes.
  var statements: [SignedStatement] = []
  /// What a daemon that lies writes in the place of the record of the next plan.
  var alterRecord: ((inout [String: JSONValue]) -> Void)?
  /// What happens just before the next plan is applied.
  var beforeApply: (() throws -> Void)?
  /// What can be seen of the repository.
  var sight = Sight.all
  /// Between two cycles.
  var pause = TimeSpan(milliseconds: 60_000)
  /// How often everything was looked at.
  private(set) var fullLooks = 0
  private(set) var reconciler: Reconciler
  let history: PolicyHistory
  private var events = 0

  init(_ ops: OpsRepository) {
    self.ops = ops
    reconciler = Reconciler(.init(interval: .hour), now: now)
    history = PolicyHistory(repository: ops.repository)
  }

  /// Goes through one whole cycle, `pause` after the one before.
  func cycle() throws {
    now = now + pause
    var next = reconciler.wake(at: now)
    while let command = next { next = reconciler.handle(try answer(command.effect), of: command.number) }
    if let trouble = reconciler.status.trouble { throw trouble }
  }

  private func answer(_ effect: Reconciler.Effect) throws -> Reconciler.Outcome {
    switch effect {
    case .fetch where sight == .nothing: return .failed(Trouble(.needsPerson, "the repository does not answer"))
    case .fetch:
      let head = sight == .noBranch ? nil : try ops.repository.reference("refs/heads/main")?.description
      let log = try writeLog()
      try store.transaction { try store.set(.approvals, log) }
      return .fetched(head, approvals: log, alarm: nil)
    case .read:
      var stored = StoredState(
        pin: try store.pin(), refused: try store.value(.refused), fullPlanAt: try store.fullPlanAt(),
        spent: try store.spent(), holds: try store.holds(), authors: try store.authors(), version: try store.version(),
        reviewCases: try store.reviewCases())
      stored.observed = try store.observed()
      return .read(stored)
    case .judge(let pin, let head, let now, let impacts):
      var evidence = Evidence(
        statements: statements, at: now, impacts: impacts, formerTrees: try store.formerTrees())
      evidence.auditKey = key?.publicKey
      return .judged(
        try history.judge(pin: pin, head: try #require(ObjectID(head)), trustRoot: nil, evidence: evidence))
    case .observe(let scope, _):
      if scope == .all { fullLooks += 1 }
      return .observed(try store.snapshot(scope))
    case .apply(let application):
      let happens = beforeApply
      beforeApply = nil
      try happens?()
      var application = application
      if var body = application.record?.body, let alterRecord {
        alterRecord(&body)
        application.record?.body = body
        self.alterRecord = nil
      }
      return .applied(try store.apply(application))
    case .note(let draft, let refused, let holds):
      try store.note(draft, refused: refused, holds: holds)
      return .done
    case .close(let draft, case: let commit):
      try store.close(draft, reviewCase: commit)
      return .done
    case .record:
      let target = PolicySourceTarget(try PolicySource(address: ops.git.folder, mirrorPath: ""))
      try AuditPublisher(key: try #require(key)).publish(
        store: store, source: target, now: now, flush: true, checkpointEvery: .hour)
      return .done
    }
  }

  /// Appends to the log what people said since.
  private func writeLog() throws -> String? {
    let source = try PolicySource(address: ops.git.folder, mirrorPath: "")
    let log = ApprovalLog(source)
    for statement in statements {
      try log.append(statement, by: Git.Person(name: "p", email: "p@example.test"), time: now.seconds)
    }
    return try source.approvalsHead()?.description
  }

  /// The daemon stops and starts again with the same store.
  func restart() { reconciler = Reconciler(.init(interval: .hour), now: now) }

  /// Counts stock, so that the ledger grows and there is something to plan.
  /// - Parameter time: by the clock of whoever counts; the daemon's, if left out.
  func count(_ units: Int64, at time: Instant? = nil) throws {
    events += 1
    let now = time ?? now
    let item = Event(
      source: "erp", id: "item", type: "catalog.item_upserted", time: now, data: ["sku": "MUG", "uom": "each"])
    let count = Event(
      source: "erp", id: "count-\(events)", type: "inventory.counted", time: now,
      data: ["sku": "MUG", "node": "dc", "on_hand": .integer(units)])
    for event in [item, count] { #expect(try store.receive(event, owners: EventOwners([:])) != .refused("")) }
  }

  /// A story with everything in it: a trust root, trade, a change, a refusal, its revert, a revert of the change, and
  /// a governance change.
  func story() throws {
    try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    try count(50)
    try cycle()
    let change = try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 20)], by: .ben)
    try cycle()
    try count(15)
    try cycle()
    let before = try ops.repository.commit(try ops.head).tree
    let bad = try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 999)], by: .stranger)
    try cycle()
    try ops.commit(
      tree: before, parents: [bad], message: "Revert \u{22}Change\u{22}\n\nThis reverts commit \(bad).")
    try cycle()
    let first = try #require(try ops.repository.firstParentLine(from: nil, to: ops.head)?.first)
    try ops.commit(
      tree: try ops.repository.commit(first).tree, parents: [try ops.head],
      message: "Revert \u{22}Change\u{22}\n\nThis reverts commit \(change).")
    try cycle()
    try ops.commit(["state/governance/people.yaml": OpsRepository.governance(benMayChange: "Channel")])
    try cycle()
  }
}
