public import Digest
public import Operations

extension Store {
  /// Takes in a record that is in git already, as another store wrote it.
  ///
  /// The caller keeps the order, and ends with `end(ofTrail:)` in the same transaction.
  /// - Parameter plan: the key of the plan that was applied with it; nil where none was.
  public func takeOver(_ record: AuditRecord, plan: String?) throws {
    try append(record)
    if let plan { try recordApplied(plan, record: record.sequence) }
  }

  /// Goes on from the last record that was taken over, whose hash the next one names.
  ///
  /// - Parameter version: the highest that a plan of the trail was made from: this store's are above it, since a plan that
  ///   looks like one of them is another all the same.
  public func end(ofTrail hash: SHA256Digest, _ sequence: Int64, version: Int64) throws {
    let head = AuditHead(sequence: sequence, hash: hash, ledgerEntries: try checkpoint().entries)
    try set(.auditHead, head.json.canonical)
    try set(.version, String(max(try self.version(), version) + 1))
  }
}
