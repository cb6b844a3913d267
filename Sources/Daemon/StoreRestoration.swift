import ActualState
import AuditTrail
import DesiredState
import Diagnostics
public import Digest
import Forges
public import Git
public import Operations
import Reconciling
import SQLiteStore
import Verification

/// Begins a new store in the place of one that is lost, where the audit branch ends: with all of its records, the policy in
/// force and its version, what waits for people and what was in force before.
///
/// Nothing is believed but what `purser audit verify` finds whole, signed with this daemon's key. Quantities are not in git:
/// counts of stock and open orders come from their owners again. All of it is one transaction: whatever ends the process,
/// there is a store that goes on where the trail ends, or one that has begun nothing, beside which no daemon applies
/// anything.
public struct StoreRestoration: Sendable {
  /// The policy in force.
  public let policy: PolicyPin
  /// The last record of the trail, the commit that it is in and when it was made.
  public let record: Int64
  public let commit: ObjectID
  public let madeAt: String
  /// How many plans wait for people.
  public let holds: Int
  /// What of the trail could not be checked, in words.
  public let unseen: [String]

  /// - Parameters:
  ///   - repository: a folder or an address.
  ///   - storePath: of a store that has no record; it is made where there is none.
  ///   - trustRoot: the commit that the branch must begin with; nil to trust the one that it does.
  ///   - reached: is told of each step before it, as a fault of a test.
  /// - Throws: a `Trouble` where the store has a history, or the trail is another daemon's; `Diagnostics` with the first
  ///   broken link of a trail that does not hold. Nothing is written then.
  public init(
    repository: String, storePath: String, branch: String, trustRoot: ObjectID?, auditKey: PublicKey,
    credentials: Credentials, at now: Instant, reached: (String) throws -> Void = { _ in }
  ) throws {
    let source = try PolicySource(
      address: repository, mirrorPath: storePath + ".git", credentials: credentials)
    guard try source.refresh(branch: branch) != nil else {
      throw Diagnostic(
        "repo.no_branch", "the repository '\(repository)' has no branch '\(branch)'", hint: "name another with --branch"
      )
    }
    let lock = try StoreLock(storePath: storePath)
    let store = try SQLiteStore(path: storePath, mode: .create)
    self = try withExtendedLifetime(lock) {
      try store.transaction {
        try Self.checkIsNew(store)
        var trail = Trail()
        let verifier = AuditVerifier(repository: source.repository, branch: branch, trustRoot: trustRoot)
        let report = try verifier.verify { text, commit in
          try reached("record \(text.sequence)")
          try trail.add(text, in: commit, to: store)
        }
        guard report.isGood, let point = report.point else { throw Diagnostics(report.problems) }
        try Self.check(auditKey, against: point, PolicyHistory(repository: source.repository))
        try reached("values")
        try trail.finish(store, at: point)
        try reached("end")
        try store.note(
          AuditDraft(
            isDecision: true,
            body: ["type": "restore", "at": .string(now.description), "policy": point.policy.json]))
        return StoreRestoration(point, trail, unseen: report.unseen)
      }
    }
  }

  private init(_ point: VerifiedPoint, _ trail: Trail, unseen: [String]) {
    policy = point.policy
    record = point.lastRecord.sequence
    commit = point.head
    madeAt = trail.madeAt
    holds = point.openHolds.open.count
    self.unseen = unseen
  }

  /// Facts that were imported already do no harm; a history of its own would be lost.
  private static func checkIsNew(_ store: SQLiteStore) throws {
    let head = try store.auditHead()
    let pin = try store.pin()
    guard head.sequence > 0 || pin != nil else { return }
    throw Trouble(
      .needsPerson,
      "this store has a history of its own: it ends with record \(head.sequence), under policy "
        + (pin?.commit.prefix(10) ?? "none"),
      hint:
        "'purser run' goes on with it; where it is older than the audit branch and there is no newer copy, name a new"
        + " file with --store and import into that what its owners know")
  }

  private static func check(_ key: PublicKey, against point: VerifiedPoint, _ history: PolicyHistory) throws {
    guard let named = try history.auditKey(after: point), named == key else {
      throw Trouble(
        .needsPerson, "the trail is signed with another audit key than this daemon's, \(key.fingerprint)",
        hint:
          "give the private half of the key that wrote it with --audit-key; another daemon's trail is not gone on with")
    }
  }
}

/// What is taken over of a trail beside its records.
private struct Trail {
  private(set) var madeAt = ""
  private var batch: AuditBatch?
  private var approvals: String?
  private var versions = PolicyVersions()
  /// The highest that a plan was made from.
  private var version: Int64 = 0

  mutating func add(_ text: RecordText, in commit: ObjectID, to store: SQLiteStore) throws {
    let facts = text.facts
    var key: String?
    if facts.isPlan, let digest = facts.planDigest {
      key = Application.key(of: digest, letThrough: facts.passages.map(\.hold).sorted())
      version = max(version, text.text["plan"]?["snapshot_version"]?.integer ?? 0)
      if let pin = facts.policy, let at = text.at { _ = versions.note(pin.version, at: at) }
    }
    try store.takeOver(text.record, plan: key)
    if let head = text.text["approvals_log"]?.string { approvals = head }
    madeAt = facts.at
    let name = commit.description
    if batch?.commit == name {
      batch?.last = text.sequence
    } else {
      if let batch { try store.put(batch) }
      batch = AuditBatch(first: text.sequence, last: text.sequence, parent: batch?.commit, commit: name)
    }
  }

  func finish(_ store: SQLiteStore, at point: VerifiedPoint) throws {
    if let batch { try store.put(batch) }
    try store.set(.pin, point.policy.json.canonical)
    try store.set(.trustRoot, point.trustRoot.description)
    try store.set(.formerTrees, point.formerPolicies.json.canonical)
    try store.set(.holds, point.openHolds.json.canonical)
    try store.set(.authors, JSONValue.array(point.authors.map { .string($0) }).canonical)
    let cases = point.reviewCases
    try store.set(.reviewCases, cases.isEmpty ? nil : JSONValue.array(cases.map(\.json)).canonical)
    try store.set(.spent, point.spent?.json.canonical)
    try store.set(.approvals, approvals)
    try store.set(.policyVersions, versions.json.canonical)
    let last = point.lastRecord
    try store.end(ofTrail: last.hash, last.sequence, version: version)
  }
}
