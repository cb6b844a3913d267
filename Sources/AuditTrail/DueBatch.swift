import ActualState
import Operations
import Reconciling

extension Store {
  /// The batch to publish next, fixed in the store; nil when nothing is due.
  func dueBatch(now: Instant, flush: Bool, checkpointEvery: TimeSpan) throws -> AuditBatch? {
    try transaction {
      let last = try lastAuditBatch()
      if let last, last.commit == nil { return last }
      let published = last?.last ?? 0
      let head = try auditHead().sequence
      guard head > published else { return nil }
      let publishedAt = try published == 0 ? nil : auditRecords(published...published).first?.time()
      let isDue = isBatchDue(
        after: published, at: publishedAt, head: head, lastDecision: try lastDecision(), now: now, flush: flush,
        checkpointEvery: checkpointEvery)
      guard isDue else { return nil }
      let batch = AuditBatch(
        first: published + 1, last: min(head, published + AuditPublisher.batchLimit), parent: last?.commit)
      try put(batch)
      return batch
    }
  }

  /// The records of a batch, with the links between them checked: an altered row must not be sealed into git.
  /// - Throws: `Trouble` that names the first broken link.
  func checkedRecords(of batch: AuditBatch) throws -> [AuditRecord] {
    let first = max(1, batch.first - 1)
    let records = try auditRecords(first...batch.last)
    guard records.map(\.sequence) == Array(first...batch.last) else {
      throw Trouble.damagedRecords("audit records between \(first) and \(batch.last) are missing in the store")
    }
    for (record, next) in zip(records, records.dropFirst()) where try next.previous() != record.hash {
      throw Trouble.damagedRecords("audit record \(record.sequence) in the store was altered after it was written")
    }
    let head = try auditHead()
    if let last = records.last, head.sequence == last.sequence, head.hash != last.hash {
      throw Trouble.damagedRecords("audit record \(last.sequence) in the store was altered after it was written")
    }
    return records.filter { $0.sequence >= batch.first }
  }
}

extension Trouble {
  fileprivate static func damagedRecords(_ message: String) -> Trouble {
    Trouble(
      .needsPerson, message,
      hint:
        "nothing more is written to git; restore the store from a backup ('purser audit verify' says up to which record "
        + "git proves it)")
  }
}
