import AuditTrail

/// Which policy commits were taken back by which others, as audit records tell it.
struct RevertLinks {
  /// The record in which a commit took effect.
  private(set) var accepted: [String: Int64] = [:]
  /// By the commit that was taken back.
  private var reverts: [String: [(by: String, record: Int64)]] = [:]

  mutating func add(_ facts: RecordFacts) {
    for one in facts.accepted {
      accepted[one.commit] = facts.sequence
      for commit in one.reverts { reverts[commit, default: []].append((one.commit, facts.sequence)) }
    }
  }

  /// What took back something that a record accepted, of the records that were added.
  func takingBack(_ facts: RecordFacts) -> [(by: String, record: Int64)] {
    facts.accepted.flatMap { reverts[$0.commit] ?? [] }
  }
}
