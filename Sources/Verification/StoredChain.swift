import ActualState
import AuditTrail
import DesiredState
import Diagnostics
import Digest
import Git
import Operations
import Reconciling

/// What follows from a trail's records for the rest of a store: its later records, the plans that were applied, and the
/// policy in force.
struct StoredChain {
  private var last: Int64 = 0
  private var hash = SHA256Digest.zero
  private var pin: PolicyPin?
  private var formerTrees = FormerTrees()
  /// The records of applied plans, by the key of the plan.
  private var plans: [String: Int64] = [:]
  /// The keys of plans that people let something through of, by the digest of the plan, which alone was the key in stores
  /// of an earlier version.
  private var keys: [String: String] = [:]
  private var values = PlannedValues()
  /// The record with which this store began in the place of a lost one; nil where none did.
  private(set) var began: Int64?
  private var standing = StandingValues()
  /// The desired state at a policy's commit.
  private let state: (PolicyPin) throws -> DesiredState
  /// The tree of a commit that took effect.
  private let tree: (_ commit: String) throws -> String

  var compared: [Comparison] { values.compared }

  /// - Parameter history: holds the policies that records name.
  init(_ history: PolicyHistory) {
    state = { try history.desiredState(at: $0) }
    tree = { try history.repository.commit(try history.id($0)).tree.description }
  }

  /// - Throws: `GitError` where the policy of the record cannot be read.
  mutating func add(_ record: AuditRecord, isInGit: Bool = true) throws {
    let facts = RecordFacts(record)
    standing.add(record, facts, isInGit: isInGit)
    last = record.sequence
    hash = record.hash
    // A new store knows nothing of what plans wrote into the lost one.
    if facts.isRestore { (values, began) = (PlannedValues(), record.sequence) }
    guard facts.isPlan else { return }
    if let digest = facts.planDigest {
      let key = Application.key(of: digest, letThrough: facts.passages.map(\.hold).sorted())
      plans[key] = record.sequence
      keys[digest] = key
    }
    if let policy = facts.policy, policy != pin {
      try formerTrees.add(facts, tree: tree)
      pin = policy
    }
    guard let pin else { return }
    let state = try state(pin)
    let through = Set(facts.passages.map(\.cause))
    values.add(
      record,
      applied: Set(
        Domain.allCases.filter { state.mode(of: $0) == .enforce || through.contains($0.cause.rawValue) }))
  }

  /// - Parameter point: what was followed in git.
  /// - Throws: `StoreError`.
  mutating func problems(in store: any Store, trustRoot: String?, after point: VerifiedPoint?) throws -> [Diagnostic] {
    if let broken = try addRest(of: store) { return [broken] }
    var problems: [Diagnostic] = []
    let head = try store.auditHead()
    if head.sequence != last || head.hash != hash {
      problems.append(
        Self.broken(
          "the store says that record \(head.sequence) is the last, with the hash \(head.hash); it is \(last)"))
    }
    problems += try planProblems(store)
    problems += try values.problems(in: store)
    problems += try standing.problems(in: store, point?.holds)
    if try store.pin() != pin {
      problems.append(
        Self.broken(
          "the store has the policy \(try store.pin()?.commit ?? "none") in force, and by record \(last) it is "
            + (pin?.commit ?? "none")))
    }
    if try store.formerTrees() != formerTrees {
      problems.append(Self.broken("the store does not name the policies before \(pin?.commit ?? "") as the records do"))
    }
    let root = try store.value(.trustRoot)
    if pin != nil, let trustRoot, root != trustRoot {
      problems.append(
        Self.broken("the store trusts the commit \(root ?? "of nobody"), and the branch begins with \(trustRoot)"))
    }
    return problems
  }

  /// Follows the records that are in no audit commit yet.
  private mutating func addRest(of store: any Store) throws -> Diagnostic? {
    guard last < .max else { return nil }
    for record in try store.auditRecords((last + 1)...Int64.max) {
      let previous = try? record.previous()
      guard record.sequence == last + 1, record.json["record"]?.integer == record.sequence, previous == hash,
        record.isDecision == RecordFacts(record).isDecision
      else {
        return Self.broken(
          "record \(last + 1) of the store should follow record \(last), and record \(record.sequence) is there or does not"
        )
      }
      try add(record, isInGit: false)
    }
    return nil
  }

  private func planProblems(_ store: any Store) throws -> [Diagnostic] {
    var rest = plans
    var problem: Diagnostic?
    try store.eachAppliedPlan { plan, record in
      let known = rest[plan] == nil ? keys[plan] ?? plan : plan
      if rest.removeValue(forKey: known) != record, problem == nil {
        problem = Self.broken(
          "the store says that the plan \(plan) was applied in record \(record), which does not say so")
      }
    }
    if problem == nil, let missing = rest.min(by: { $0.value < $1.value }) {
      problem = Self.broken(
        "record \(missing.value) applied the plan \(missing.key), and the store would apply it again")
    }
    return problem.map { [$0] } ?? []
  }

  static func broken(_ message: String) -> Diagnostic {
    Diagnostic(
      "audit.store", message, hint: "the store was altered: restore it from a backup; git proves what was recorded")
  }
}
