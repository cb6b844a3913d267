public import Digest
public import Operations

/// The end of the store's own chain of audit records.
public struct AuditHead: Hashable, Sendable {
  /// The number of the last record; 0 before the first.
  public var sequence: Int64
  public var hash: SHA256Digest
  /// How many ledger entries it vouches for.
  public var ledgerEntries: Int64

  public init(sequence: Int64, hash: SHA256Digest, ledgerEntries: Int64) {
    self.sequence = sequence
    self.hash = hash
    self.ledgerEntries = ledgerEntries
  }

  init?(json: JSONValue) {
    guard let sequence = json["record"]?.integer, let hash = json["hash"]?.string.flatMap(SHA256Digest.init(hex:))
    else { return nil }
    self.init(sequence: sequence, hash: hash, ledgerEntries: json["ledger_entries"]?.integer ?? 0)
  }

  var json: JSONValue {
    [
      "record": .integer(sequence), "hash": .string(hash.description), "ledger_entries": .integer(ledgerEntries),
    ]
  }
}

extension Store {
  public func auditHead() throws -> AuditHead {
    try value(.auditHead, AuditHead.init(json:)) ?? AuditHead(sequence: 0, hash: .zero, ledgerEntries: 0)
  }

  /// Records something that was decided and changes nothing else: a refusal, a failure, a checkpoint.
  /// - Parameters:
  ///   - refused: the head that was refused, so that it is recorded once.
  ///   - holds: what becomes of the holds. Where they are others by now, nothing is done: it must be looked at again.
  public func note(_ draft: AuditDraft, refused: String? = nil, holds: HoldChange? = nil) throws {
    try transaction {
      if let holds {
        guard try self.holds() == holds.before else { return }
        try set(.holds, holds.after.json.canonical)
      }
      if let refused { try set(.refused, refused) }
      try append(draft)
    }
  }

  /// Closes the case of a commit; what is closed already stays so, and is not recorded again.
  public func close(_ draft: AuditDraft, reviewCase commit: String) throws {
    try transaction {
      let cases = try reviewCases()
      guard cases.contains(where: { $0.commit == commit }) else { return }
      try set(cases.filter { $0.commit != commit })
      try append(draft)
    }
  }

  /// The end of the chain, where the records that are not in git yet lead up to it without a gap.
  ///
  /// Looked at in every transaction that appends one: what was applied after a hole could never be proved.
  /// - Throws: `StoreError`.
  func checkedAuditHead() throws -> AuditHead {
    let head = try auditHead()
    func damaged(_ message: String) -> StoreError {
      StoreError(
        kind: .damaged, message: message,
        hint:
          "nothing is applied; restore the store from a backup ('purser audit verify' says up to which record git proves it)"
      )
    }
    let published = try lastAuditBatch().map { $0.commit == nil ? $0.first - 1 : $0.last } ?? 0
    // The last one in git is what the next commit links to.
    let before = max(0, published - 1)
    let kept = try countAuditRecords(after: before)
    guard published <= head.sequence, kept == head.sequence - before else {
      throw damaged(
        "the store's last audit record is \(head.sequence), those up to \(published) are in git, and after record"
          + " \(before) it holds \(kept) instead of \(head.sequence - before)")
    }
    guard head.sequence > 0 else { return head }
    guard let last = try auditRecords(head.sequence...head.sequence).first else {
      throw damaged("audit record \(head.sequence), the last one, is missing from the store")
    }
    guard last.hash == head.hash else {
      throw damaged("audit record \(head.sequence) in the store was altered after it was written")
    }
    return head
  }

  @discardableResult
  private func append(_ draft: AuditDraft) throws -> AuditRecord { try append(draft, after: checkedAuditHead()) }

  /// - Parameter head: the end of the chain, which was checked.
  @discardableResult
  func append(_ draft: AuditDraft, after head: AuditHead) throws -> AuditRecord {
    let checkpoint = try checkpoint()
    let record = draft.sealed(sequence: head.sequence + 1, previous: head.hash, checkpoint: checkpoint)
    try append(record)
    let next = AuditHead(sequence: record.sequence, hash: record.hash, ledgerEntries: checkpoint.entries)
    try set(.auditHead, next.json.canonical)
    return record
  }
}
