public import ActualState
public import Operations
import SQLite

struct AuditQueries {
  let wasApplied, recordApplied, eachApplied, appendMessage, countOutbox, eachMessage: Query
  let appendRecord, records, countRecords, lastDecision, batches, pendingBatches, lastBatch, putBatch: Query

  init(_ database: Database) {
    func query(_ sql: String) -> Query { Query(database, sql) }
    wasApplied = query("SELECT 1 FROM applied_plans WHERE digest = ?")
    recordApplied = query("INSERT INTO applied_plans VALUES (?, ?)")
    eachApplied = query("SELECT digest, record FROM applied_plans ORDER BY record, digest")
    appendMessage = query("INSERT INTO outbox (record, payload, key) VALUES (?, ?, ?)")
    countOutbox = query("SELECT count(*) FROM outbox")
    eachMessage = query("SELECT record, payload, key FROM outbox ORDER BY message")
    appendRecord = query("INSERT INTO audit_records VALUES (?, ?, ?)")
    records = query(
      "SELECT record, is_decision, body FROM audit_records WHERE record BETWEEN ? AND ? ORDER BY record")
    countRecords = query("SELECT count(*) FROM audit_records WHERE record > ?")
    lastDecision = query("SELECT max(record) FROM audit_records WHERE is_decision = 1")
    let batch = "SELECT first_record, last_record, parent, commit_id FROM audit_batches"
    batches = query("\(batch) ORDER BY first_record")
    pendingBatches = query("\(batch) WHERE commit_id IS NULL ORDER BY first_record")
    lastBatch = query("\(batch) ORDER BY first_record DESC LIMIT 1")
    putBatch = query("INSERT OR REPLACE INTO audit_batches VALUES (?, ?, ?, ?)")
  }
}

extension SQLiteStore {
  public func wasApplied(_ plan: String) throws -> Bool {
    try audit.wasApplied.first(.text(plan)) { _ in true } ?? false
  }

  public func recordApplied(_ plan: String, record: Int64) throws {
    try audit.recordApplied.run(.text(plan), .integer(record))
  }

  public func eachAppliedPlan(_ body: (_ plan: String, _ record: Int64) throws -> Void) throws {
    try audit.eachApplied.each { row in try body(row.text(0), row.integer(1)) }
  }

  public func append(_ message: OutboxRow) throws {
    try audit.appendMessage.run(
      .integer(message.record), .text(message.payload.canonical), message.key.map { .text($0) } ?? .null)
  }

  public func countOutbox() throws -> Int64 { try audit.countOutbox.first { $0.integer(0) } ?? 0 }

  public func eachMessage(_ body: (OutboxRow) throws -> Void) throws {
    try audit.eachMessage.each { row in
      try body(OutboxRow(record: row.integer(0), key: row.optionalText(2), payload: try json(row.text(1))))
    }
  }

  public func append(_ record: AuditRecord) throws {
    try audit.appendRecord.run(.integer(record.sequence), Value(record.isDecision), .text(record.json.canonical))
  }

  public func auditRecords(_ range: ClosedRange<Int64>) throws -> [AuditRecord] {
    try audit.records.all(.integer(range.lowerBound), .integer(range.upperBound)) { row in
      let json = try known(
        try? JSONValue.parse(row.text(2)), "text of audit record \(row.integer(0)), which is no JSON")
      return AuditRecord(sequence: row.integer(0), isDecision: row.integer(1) == 1, json: json)
    }
  }

  public func countAuditRecords(after sequence: Int64) throws -> Int64 {
    try audit.countRecords.first(.integer(sequence)) { $0.integer(0) } ?? 0
  }

  public func lastDecision() throws -> Int64 { try audit.lastDecision.first { $0.integer(0) } ?? 0 }

  public func auditBatches(pendingOnly: Bool) throws -> [AuditBatch] {
    try (pendingOnly ? audit.pendingBatches : audit.batches).all(read: Self.batch)
  }

  public func lastAuditBatch() throws -> AuditBatch? { try audit.lastBatch.first(read: Self.batch) }

  private static func batch(_ row: Statement) -> AuditBatch {
    AuditBatch(first: row.integer(0), last: row.integer(1), parent: row.optionalText(2), commit: row.optionalText(3))
  }

  public func put(_ batch: AuditBatch) throws {
    try audit.putBatch.run(
      .integer(batch.first), .integer(batch.last), Value(batch.parent), Value(batch.commit))
  }
}
