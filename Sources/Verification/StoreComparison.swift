public import ActualState
public import AuditTrail
import Diagnostics
import Digest
public import Git
import Operations

/// What a database says of a trail that was verified in git: the end of the branch, every record, what it was written in
/// and which plan it is of, the policy in force, and the whole ledger up to every checkpoint. Only this, or another clone,
/// can show that the branch was cut off.
public struct StoreComparison {
  private let store: any Store
  private var checkpoints: [(record: Int64, ledger: LedgerCheckpoint)] = []
  /// The audit commits with the records in each.
  private var batches: [AuditBatch] = []
  private var chain: StoredChain
  private let repository: Repository
  /// The last head of the log of approvals that a record names.
  private var log: (record: Int64, head: String)?

  /// - Parameter repository: holds the policies that say which parts of a plan were applied.
  public init(_ store: any Store, policies repository: Repository) {
    self.store = store
    self.repository = repository
    chain = StoredChain(PolicyHistory(repository: repository))
  }

  /// Compares one record of git with the row in the store; to be called for every record, in order.
  /// - Throws: `Diagnostic` when they differ.
  public mutating func compare(_ text: RecordText, in commit: ObjectID) throws {
    let record = text.record
    func broken(_ message: String) -> Diagnostic {
      BrokenLink("store", record: record.sequence, message).diagnostic(in: commit)
    }
    let row: AuditRecord?
    do { row = try store.auditRecords(record.sequence...record.sequence).first } catch let error as StoreError {
      throw broken("the store's row cannot be read: \(error.message)")
    }
    guard let row else { throw broken("the store has no such record") }
    guard row.json == record.json else { throw broken("the store has a different record with this number") }
    guard row.isDecision == record.isDecision else {
      throw broken("the store says that it is \(row.isDecision ? "a" : "no") decision")
    }
    checkpoints.append((record.sequence, try record.checkpoint()))
    try chain.add(record)
    if let head = text.text["approvals_log"]?.string { log = (record.sequence, head) }
    let name = commit.description
    if let last = batches.indices.last, batches[last].commit == name {
      batches[last].last = record.sequence
    } else {
      batches.append(
        AuditBatch(first: record.sequence, last: record.sequence, parent: batches.last?.commit, commit: name))
    }
  }

  /// Compares what git cannot know by itself and adds the problems to the report.
  public mutating func finish(_ report: inout VerificationReport) throws {
    do {
      let found = try problems(&report)
      report.problems += found
    } catch let error as StoreError where error.kind == .damaged {
      report.problems.append(Self.contradiction(error.message))
    }
  }

  private mutating func problems(_ report: inout VerificationReport) throws -> [Diagnostic] {
    var problems = report.isGood ? try branchProblems(report) : []
    if report.isGood, problems.isEmpty {
      problems += try chain.problems(in: store, trustRoot: report.trustRoot, after: report.point)
    }
    report.compared = chain.compared
    problems += try approvalProblems()
    problems += try ledgerProblems()
    return problems + (try Auditor(store).problems.map(Self.contradiction))
  }

  static func contradiction(_ message: String) -> Diagnostic {
    Diagnostic("audit.store", "the store contradicts itself: \(message)")
  }

  private func branchProblems(_ report: VerificationReport) throws -> [Diagnostic] {
    let stored = try store.auditBatches(pendingOnly: false)
    let published = stored.last { $0.commit != nil }
    let isAhead = stored.last.map { $0.commit == nil && $0.first == (published?.last ?? 0) + 1 } ?? false
    let isTip = report.head?.description == published?.commit
    // A crash between moving the branch and writing that down leaves git one batch ahead of the store.
    let isNext = isAhead && report.records == stored.last.map { Int($0.last) }
    guard isTip || isNext else {
      return [
        Diagnostic(
          "audit.cut_off",
          "the audit branch ends at \(report.head.map(\.description) ?? "nothing") with record \(report.records), and "
            + "the store published record \(published?.last ?? 0) in \(published?.commit ?? "no commit")",
          hint: "the branch was truncated or replaced: look for the commit in other clones")
      ]
    }
    for (index, batch) in batches.enumerated() {
      var expected = batch
      if isNext, index == batches.count - 1 { expected.commit = nil }
      guard index < stored.count, stored[index] == expected else {
        return [
          Diagnostic(
            "audit.batch",
            "the store does not say that records \(batch.first) to \(batch.last) are in \(batch.commit ?? "nothing")"
              + " after \(batch.parent ?? "nothing"), as they are",
            hint: "its list of audit commits was altered: restore the store from a backup")
        ]
      }
    }
    // At most what is to be published next follows.
    let rest = stored.dropFirst(batches.count)
    let isRest = rest.count <= 1 && rest.allSatisfy { $0.commit == nil && $0.parent == batches.last?.commit }
    guard isRest, rest.allSatisfy({ $0.first == (batches.last?.last ?? 0) + 1 }) else {
      return [
        Diagnostic(
          "audit.batch", "the store names audit commits after record \(batches.last?.last ?? 0) that there are not",
          hint: "its list of audit commits was altered: restore the store from a backup")
      ]
    }
    return []
  }

  /// The store keeps which head of the log of approvals it read last: what came up to it is in the log still.
  private func approvalProblems() throws -> [Diagnostic] {
    guard let stored = try store.value(.approvals) else {
      return log.map { log in
        [
          Self.contradiction(
            "it names no head of the log of approvals, and record \(log.record) was made when that was at \(log.head)")
        ]
      } ?? []
    }
    guard try ApprovalChain(repository).follows(stored) else {
      let head = try repository.reference(ApprovalChain.reference)
      return [
        ApprovalChain.fault(
          "the store last read the log of approvals at \(stored), and "
            + (head.map { "its head here, \($0), does not follow that commit" } ?? "there is none here"))
      ]
    }
    guard let log, let old = ObjectID(log.head), let new = ObjectID(stored),
      try !repository.contains(old) || !repository.isAncestor(old, of: new)
    else { return [] }
    return [
      Self.contradiction(
        "it read the log of approvals up to \(stored), and record \(log.record) was made when that was at \(log.head)")
    ]
  }

  /// Works out the ledger's hash again, entry by entry, and compares it wherever git has it.
  private func ledgerProblems() throws -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var ledger = LedgerCheckpoint.empty
    // What was proved of another ledger says nothing of this one.
    var rest = checkpoints.filter { $0.record >= chain.began ?? 0 }[...]
    func compare() {
      while let next = rest.first, next.ledger.entries == ledger.entries {
        if next.ledger != ledger, problems.isEmpty {
          problems.append(
            Diagnostic(
              "audit.ledger",
              "the store's first \(ledger.entries) ledger entries hash to \(ledger.head), and audit record "
                + "\(next.record) proves \(next.ledger.head)",
              hint: "an entry up to there was altered, removed or slipped in after the record was written"))
        }
        rest.removeFirst()
      }
    }
    compare()
    try store.eachEntry { entry in
      ledger = ledger.appending(entry)
      compare()
    }
    if let next = rest.first {
      problems.append(
        Diagnostic(
          "audit.ledger",
          "the store's ledger has \(ledger.entries) entries, and audit record \(next.record) proves "
            + "\(next.ledger.entries)", hint: "entries were removed: restore the store from a backup"))
    }
    return problems
  }
}
