public import ActualState
public import Digest
public import Operations
import Reconciling

/// Writes a store's audit records to the audit branch: one commit for each batch, in order, each exactly once.
///
/// The batch is fixed in the store before git is touched, and the commit is a function of it, so that a crash anywhere
/// is followed by the same commit. Two processes on one store therefore write the same commits too. What this store did
/// not write is never built upon, replaced or removed: a second writer would number its records from where the first
/// did, and no trail could be verified. Then a person has to look.
public struct AuditPublisher: Sendable {
  /// Records of one commit, so that a store that could not reach git for long does not make one huge file.
  public static let batchLimit: Int64 = 10_000
  /// Tries against another process that publishes the same store's records.
  private static let tryLimit = 5

  private let key: PrivateKey

  public init(key: PrivateKey) { self.key = key }

  /// Publishes what is due.
  ///
  /// - Parameters:
  ///   - flush: whether everything is to be written now, as before the daemon ends.
  ///   - checkpointEvery: how long routine trade may wait to be proved in git.
  /// - Returns: the commits that the branch was moved to, oldest first.
  /// - Throws: `Trouble` when the branch or the records are not as this store left them; what the store and the target
  ///   throw.
  @discardableResult
  public func publish(
    store: some Store, source: some AuditTarget, now: Instant, flush: Bool, checkpointEvery: TimeSpan
  ) throws -> [String] {
    try noteCheckpoint(store, now: now, every: checkpointEvery)
    try checkHead(store, source)
    var published: [String] = []
    var tries = 0
    while let batch = try store.dueBatch(now: now, flush: flush, checkpointEvery: checkpointEvery) {
      do {
        published.append(try publish(batch, of: store, to: source))
        tries = 0
      } catch is AuditBranchMoved {
        // Another process may have published this batch meanwhile: the store says so.
        tries += 1
        guard tries < Self.tryLimit else { throw Self.busy }
      }
    }
    return published
  }

  /// Says that the branch was moved or removed when it happens, and not when the next record is due.
  private func checkHead(_ store: some Store, _ source: some AuditTarget) throws {
    guard let last = try store.lastAuditBatch(), let expected = last.commit else { return }
    let head = try source.auditHead()
    if head != expected, try store.lastAuditBatch() == last { throw Self.foreign(head: head, expected: expected) }
  }

  private func publish(_ batch: AuditBatch, of store: some Store, to source: some AuditTarget) throws -> String {
    let commit = try AuditCommit(try store.checkedRecords(of: batch))
    let head = try source.auditHead()
    let id = try source.write(commit, parent: batch.parent, key: key)
    if head != id {
      // The branch may have been moved by another process since the batch was read: look again before judging.
      guard head == batch.parent else {
        if try store.lastAuditBatch() != batch { throw AuditBranchMoved() }
        throw Self.foreign(head: head, expected: batch.parent)
      }
      try source.moveAuditBranch(to: id, expecting: batch.parent)
    }
    var done = batch
    done.commit = id
    try store.put(done)
    return id
  }

  /// Routine trade that no record has told of is proved by a record of its own, when it has waited long enough.
  private func noteCheckpoint(_ store: some Store, now: Instant, every: TimeSpan) throws {
    // Asked in every cycle: most are told from two values, without keeping others from writing.
    guard try hasUnprovedTrade(store) else { return }
    try store.transaction {
      let head = try store.auditHead()
      guard try hasUnprovedTrade(store), let last = try store.auditRecords(head.sequence...head.sequence).first,
        now - (try last.time()) >= every
      else { return }
      try store.note(AuditDraft(isDecision: false, body: ["type": "checkpoint", "at": .string(now.description)]))
    }
  }

  private func hasUnprovedTrade(_ store: some Store) throws -> Bool {
    let head = try store.auditHead()
    return try head.sequence > 0 && store.checkpoint().entries > head.ledgerEntries
  }

  private static let busy = Trouble(.transient, "another process keeps moving the audit branch")

  private static func foreign(head: String?, expected: String?) -> Trouble {
    switch (head, expected) {
    case (nil, let expected?):
      Trouble(
        .needsPerson, "the audit branch is missing; the last commit that this store published is \(expected)",
        hint: "restore it from any clone that has the commit: git branch audit \(expected)")
    case (let head?, nil):
      Trouble(
        .needsPerson, "there is already an audit branch, at \(head), that this store did not write",
        hint: "use the store that wrote it; if that is lost, 'purser restore' starts a new one where the trail ends")
    case (let head, let expected):
      Trouble(
        .needsPerson,
        "the audit branch is at \(head ?? ""), but the last commit that this store published is \(expected ?? ""): it was "
          + "rewound, replaced or written by something else",
        hint: "find out who moved it ('purser audit verify' checks either position), then restore it: "
          + "git branch -f audit \(expected ?? "")")
    }
  }
}
