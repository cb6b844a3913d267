public import ActualState
import AuditTrail
import Diagnostics
import Git
import Operations

/// What a database says of a trail that was verified in git: the end of the branch, every record, and the whole ledger
/// up to every checkpoint. Only this, or another clone, can show that the branch was cut off.
public struct StoreComparison {
  private let store: any Store
  private var checkpoints: [(record: Int64, ledger: LedgerCheckpoint)] = []

  public init(_ store: any Store) { self.store = store }

  /// Compares one record of git with the row in the store; to be called for every record, in order.
  /// - Throws: `Diagnostic` when they differ.
  public mutating func compare(_ record: AuditRecord, in commit: ObjectID) throws {
    let row = try store.auditRecords(record.sequence...record.sequence).first
    guard row?.json == record.json else {
      throw BrokenLink(
        "store", record: record.sequence,
        row == nil ? "the store has no such record" : "the store holds another record under this number"
      ).diagnostic(in: commit)
    }
    checkpoints.append((record.sequence, try record.checkpoint()))
  }

  /// Compares what git cannot know by itself and adds the problems to the report.
  public func finish(_ report: inout VerificationReport) throws {
    var problems: [Diagnostic] = []
    let batches = try store.auditBatches(pendingOnly: false)
    let published = batches.last { $0.commit != nil }
    let isAhead = batches.last.map { $0.commit == nil && $0.first == (published?.last ?? 0) + 1 } ?? false
    let isTip = report.head?.description == published?.commit
    // A crash between moving the branch and writing that down leaves git one batch ahead of the store.
    let isNext = isAhead && report.records == batches.last.map { Int($0.last) }
    if report.isGood, !isTip, !isNext {
      problems.append(
        Diagnostic(
          "audit.cut_off",
          "the audit branch ends at \(report.head.map(\.description) ?? "nothing") with record \(report.records), and "
            + "the store published record \(published?.last ?? 0) in \(published?.commit ?? "no commit")",
          hint: "the branch was cut off or replaced: look for the commit in other clones"))
    }
    problems += try ledgerProblems()
    problems += try Auditor(store).problems.map { Diagnostic("audit.store", "the store contradicts itself: \($0)") }
    report.problems += problems
  }

  /// Works out the ledger's hash again, entry by entry, and compares it wherever git has it.
  private func ledgerProblems() throws -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var ledger = LedgerCheckpoint.empty
    var rest = checkpoints[...]
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
