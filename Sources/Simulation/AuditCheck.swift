import ActualState
import Digest
import Operations

/// Reads new audit records and holds them against what was seen to happen.
struct AuditCheck {
  /// Digest by record number of every plan that was seen to take effect.
  private(set) var applied: [Int64: SHA256Digest] = [:]
  private var plans = Set<String>()
  private var sequence: Int64 = 0
  private var head = SHA256Digest.zero
  private var lastRefusal: (commit: String, policy: String, reasons: Set<String>)?

  func wasApplied(_ application: Application) -> Bool { plans.contains(application.key) }

  mutating func saw(_ application: Application, record: Int64) {
    applied[record] = application.planDigest
    plans.insert(application.key)
  }

  mutating func check(_ store: InMemoryStore) throws {
    let end = try store.auditHead()
    for record in try store.auditRecords((sequence + 1)...Int64.max) {
      try require(record.sequence == sequence + 1, "audit record \(sequence + 1) is missing")
      try require(record.json["previous"]?.string == head.description, "the chain breaks at record \(record.sequence)")
      try require(record.json["record"]?.integer == record.sequence, "a record has the number of another")
      sequence = record.sequence
      head = record.hash
      try checkBody(record)
    }
    try require(end.sequence == sequence && end.hash == head, "the head of the audit chain is not its last record")
  }

  private mutating func checkBody(_ record: AuditRecord) throws {
    let body = record.json
    switch body["type"]?.string {
    case "apply", "observe":
      let digest = applied[record.sequence]?.description
      try require(digest != nil && body["plan_digest"]?.string == digest, "record \(record.sequence) tells of no plan")
      let pin = body["plan"]?["policy"]
      let accepted = body["accepted"]?.array ?? []
      if body["policy_from"] == pin {
        try require(
          accepted.isEmpty && body["trust_root"] == nil,
          "record \(record.sequence) accepts commits that an earlier one accepted")
      } else {
        let last = accepted.last?["commit"] ?? body["trust_root"]
        try require(
          last != nil && last == pin?["commit"], "record \(record.sequence) does not say who moved the policy")
        lastRefusal = nil
      }
    case "refusal":
      let reasons = Set((body["reasons"]?.array ?? []).compactMap { $0["id"]?.string })
      let refusal = (body["commit"]?.string ?? "", body["policy"]?["commit"]?.string ?? "", reasons)
      try require(lastRefusal.map { $0 != refusal } ?? true, "\(refusal.0) was refused twice under \(refusal.1)")
      lastRefusal = refusal
    // One mark is kept of what was recorded last.
    case "held": lastRefusal = nil
    case "review": break
    default: throw BrokenPromise(description: "record \(record.sequence) has an unknown type")
    }
  }
}
