public import Digest
public import Operations

/// A record of a trail as the canonical text that its hash is over, with what is asked of it most.
public struct RecordText: Sendable {
  public let sequence: Int64
  public let text: JSONText
  public let facts: RecordFacts
  /// What the record after it names.
  public let hash: SHA256Digest

  init(_ text: JSONText, sequence: Int64) {
    self.sequence = sequence
    self.text = text
    facts = RecordFacts(text, sequence: sequence)
    hash = SHA256Digest(of: text.bytes)
  }

  public var record: AuditRecord {
    AuditRecord(sequence: sequence, isDecision: facts.isDecision, json: text.value)
  }

  /// When it was made; nil where it does not say so.
  public var at: Instant? { Instant(facts.at) }

  /// When it was made, written in the one way.
  func time() throws(AuditRecordProblem) -> Instant {
    guard let time = at, time.description == facts.at else {
      throw .noTime(sequence)
    }
    return time
  }

  /// The hash of the record before it.
  public func previous() throws(AuditRecordProblem) -> SHA256Digest {
    guard let hash = text["previous"]?.string.flatMap(SHA256Digest.init(hex:)) else { throw .noPrevious(sequence) }
    return hash
  }

  public func checkpoint() throws(AuditRecordProblem) -> LedgerCheckpoint {
    guard let checkpoint = text["ledger"].flatMap({ LedgerCheckpoint($0) }) else { throw .noCheckpoint(sequence) }
    return checkpoint
  }
}

/// The records in a file of the audit branch, unchecked.
public struct RecordFile: Sendable {
  public let records: [RecordText]
  /// Whether each record stands there as its canonical text.
  public let isCanonical: Bool

  /// - Throws: `AuditCommitProblem` for a file that cannot have been written by Purser.
  public init(_ content: [UInt8]) throws(AuditCommitProblem) {
    guard content.last == UInt8(ascii: "\n") else { throw AuditCommitProblem("has a file that breaks off", "") }
    let lines: [JSONText]
    if let canonical = JSONText.lines(content) {
      (lines, isCanonical) = (canonical, true)
    } else {
      (lines, isCanonical) = (try Self.otherLines(content), false)
    }
    var records: [RecordText] = []
    records.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() {
      guard let sequence = line["record"]?.integer else { throw Self.noRecord(inLine: index) }
      records.append(RecordText(line, sequence: sequence))
    }
    self.records = records
  }

  /// Records that are written in another way are read all the same: what else is wrong with them is said first.
  private static func otherLines(_ content: [UInt8]) throws(AuditCommitProblem) -> [JSONText] {
    var lines: [JSONText] = []
    for (index, line) in content.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard let json = try? JSONValue.parse(Array(line)), let text = JSONText(json) else {
        throw noRecord(inLine: index)
      }
      lines.append(text)
    }
    return lines
  }

  private static func noRecord(inLine index: Int) -> AuditCommitProblem {
    AuditCommitProblem("has no audit record in line \(index + 1) of its file", "")
  }
}
