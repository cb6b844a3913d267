public import Operations

/// What was applied, what others are told of it, and the records that prove it.
public protocol AuditStore: AnyObject {
  /// - Parameter plan: its key as an `Application` has it.
  func wasApplied(_ plan: String) throws -> Bool
  func recordApplied(_ plan: String, record: Int64) throws
  /// In the order of the records.
  func eachAppliedPlan(_ body: (_ plan: String, _ record: Int64) throws -> Void) throws
  /// - Throws: where another message has its key.
  func append(_ message: OutboxRow) throws
  func countOutbox() throws -> Int64

  func append(_ record: AuditRecord) throws
  func auditRecords(_ range: ClosedRange<Int64>) throws -> [AuditRecord]
  func countAuditRecords(after sequence: Int64) throws -> Int64
  /// The number of the last record that must be heard of at once; 0 if there is none.
  func lastDecision() throws -> Int64
  func auditBatches(pendingOnly: Bool) throws -> [AuditBatch]
  /// The batch with the highest records: the only one that can be on its way. Asked for in every cycle.
  func lastAuditBatch() throws -> AuditBatch?
  func put(_ batch: AuditBatch) throws
}
