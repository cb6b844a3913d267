public import Digest
import Git
public import Operations

/// What a commit of the audit branch says: a pure function of its records, so that writing them again after a crash
/// gives the same commit, and a verifier can work it out for itself.
public struct AuditCommit: Hashable, Sendable {
  /// Who every audit commit is by; whose commit it is, its signature says.
  public static let authorName = "Purser"
  public static let authorEmail = "purser@localhost"

  /// The one file that it adds: `2026/11/24/000000000012.jsonl`, by the UTC day and the number of the first record.
  public let path: String
  /// The records as canonical JSON, one a line.
  public let content: [UInt8]
  public let message: String
  /// When the last record was made, in whole seconds since the epoch; the nearest that git can hold, since a clock that is
  /// wrong must not keep records out of git. Writer and verifier both take it from here.
  public let time: Int64

  /// - Parameter records: consecutive ones, oldest first; at least one.
  /// - Throws: `AuditRecordProblem` for a record that cannot stand in a trail.
  public init(_ records: [AuditRecord]) throws(AuditRecordProblem) {
    var texts: [RecordText] = []
    for record in records {
      guard let text = JSONText(record.json) else { throw AuditRecordProblem(record.sequence, "cannot be written") }
      texts.append(RecordText(text, sequence: record.sequence))
    }
    try self.init(texts)
  }

  /// - Parameter records: consecutive ones, oldest first; at least one.
  /// - Throws: `AuditRecordProblem` for a record that cannot stand in a trail.
  public init(_ records: [RecordText]) throws(AuditRecordProblem) {
    guard let first = records.first, let last = records.last else { throw AuditRecordProblem(0, "is missing") }
    path = "\(try first.time().day)/\(first.sequence.zeroPadded).jsonl"
    var content: [UInt8] = []
    for record in records {
      content += record.text.bytes
      content.append(UInt8(ascii: "\n"))
    }
    self.content = content
    time = min(max(try last.time().seconds, Commit.times.lowerBound), Commit.times.upperBound)
    message = try AuditMessage(records).text
  }
}

/// What is wrong with one record of a trail.
public struct AuditRecordProblem: Error, Hashable, Sendable, CustomStringConvertible {
  public var sequence: Int64
  public var problem: String

  public init(_ sequence: Int64, _ problem: String) {
    self.sequence = sequence
    self.problem = problem
  }

  public var description: String { "audit record \(sequence) \(problem)" }
}

extension AuditRecordProblem {
  static func noTime(_ sequence: Int64) -> Self { Self(sequence, "does not say when it was made") }

  static func noPrevious(_ sequence: Int64) -> Self { Self(sequence, "does not name the one before it") }

  static func noCheckpoint(_ sequence: Int64) -> Self {
    Self(sequence, "does not say how far the ledger had grown")
  }
}

extension AuditRecord {
  /// When it was made.
  func time() throws(AuditRecordProblem) -> Instant {
    guard let text = json["at"]?.string, let time = Instant(text), time.description == text else {
      throw .noTime(sequence)
    }
    return time
  }

  /// The hash of the record before it.
  public func previous() throws(AuditRecordProblem) -> SHA256Digest {
    guard let hash = json["previous"]?.string.flatMap(SHA256Digest.init(hex:)) else { throw .noPrevious(sequence) }
    return hash
  }

  public func checkpoint() throws(AuditRecordProblem) -> LedgerCheckpoint {
    guard let checkpoint = json["ledger"].flatMap(LedgerCheckpoint.init(json:)) else { throw .noCheckpoint(sequence) }
    return checkpoint
  }
}

extension Instant {
  /// `2026/11/24`, in UTC.
  fileprivate var day: String {
    String(description.prefix(10).map { $0 == "-" ? "/" : $0 })
  }
}

extension Int64 {
  /// Twelve digits, so that names sort as numbers do for a trillion records.
  fileprivate var zeroPadded: String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, 12 - digits.utf8.count)) + digits
  }
}
