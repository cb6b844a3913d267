import AuditTrail
import Digest
import Operations

/// The chain of records as far as it holds: numbers without a gap, each naming the hash of the one before it, and a
/// ledger that only grows.
struct RecordChain: Hashable {
  private(set) var last: Int64 = 0
  private(set) var hash = SHA256Digest.zero
  private(set) var ledger = LedgerCheckpoint.empty

  init() {}

  /// Goes on from where an earlier walk ended.
  init(last: Int64, hash: SHA256Digest, ledger: LedgerCheckpoint) {
    self.last = last
    self.hash = hash
    self.ledger = ledger
  }

  /// Goes on after a record that was checked before.
  init(after record: RecordText) throws {
    last = record.sequence
    hash = record.hash
    ledger = try record.checkpoint()
  }

  mutating func append(_ record: RecordText) throws {
    guard record.sequence == last + 1 else {
      throw BrokenLink("sequence", record: last + 1, "expected here, but found record \(record.sequence)")
    }
    let previous = try record.previous()
    guard previous == hash else {
      throw BrokenLink(
        "chain", record: record.sequence,
        "it follows a record with the hash \(previous), but the record before it has the hash \(hash)")
    }
    let now = try record.checkpoint()
    // A store that began in the place of a lost one has a ledger of its own.
    guard now.entries > ledger.entries || now == ledger || record.facts.isRestore else {
      throw BrokenLink(
        "ledger", record: record.sequence,
        "the ledger had \(ledger.entries) entries (\(ledger.head)) before, and now \(now.entries) (\(now.head))")
    }
    try Self.checkPlan(record)
    last = record.sequence
    hash = record.hash
    ledger = now
  }

  /// Works out the plan's digest and counts again where the record carries the whole plan.
  private static func checkPlan(_ record: RecordText) throws {
    guard record.facts.isPlan else { return }
    guard let header = record.text["plan"], let rows = record.text["rows"]?.array,
      let total = record.text["rows_total"]?.integer, let digest = record.facts.planDigest
    else { throw BrokenLink("record", record: record.sequence, "it does not contain its plan") }
    guard total >= rows.count else {
      throw BrokenLink("plan", record: record.sequence, "it has \(rows.count) rows but says \(total)")
    }
    guard total == rows.count else { return }
    var lines: [UInt8] = []
    for line in [header] + rows {
      lines += line.bytes
      lines.append(0x0A)
    }
    let worked = SHA256Digest(of: lines)
    guard worked.description == digest else {
      throw BrokenLink("plan", record: record.sequence, "its plan has the digest \(worked), but it says \(digest)")
    }
    var counts: [String: Int64] = [:]
    for row in rows { counts[row["action"]?.string ?? "", default: 0] += 1 }
    guard let said = record.text["counts"]?.members, said.count == counts.count,
      said.allSatisfy({ kind, count in counts[kind].map { $0 == count.integer } ?? false })
    else {
      throw BrokenLink("plan", record: record.sequence, "its counts do not match its rows")
    }
  }
}
