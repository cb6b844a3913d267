import Operations
import Verification

/// What a verification with a store looked at of each table, and what nothing vouches for.
struct StoreCoverage {
  enum Proof: String, CaseIterable {
    /// Every row was held against records in git, or follows from them.
    case proved
    /// Some columns were held against the plans in the records; sums agree with the ledger and the claims.
    case partly
    /// Its sums agree with those of the ledger and the claims; no record tells of its rows.
    case sums
    /// No record tells of it, and nothing else does.
    case unproved
  }

  /// By table. One that is missing here is a mistake of ours, and said to be unproved.
  static let tables: [String: Proof] = [
    "audit_records": .proved, "audit_batches": .proved, "applied_plans": .proved, "ledger": .proved,
    "promises": .proved, "proposals": .proved, "fallbacks": .proved,
    "grants": .partly, "positions": .partly, "channels": .partly, "single_values": .partly, "routes": .partly,
    "items": .sums, "pools": .sums, "claims": .sums, "order_lines": .sums,
    "orders": .unproved, "purchase_order_lines": .unproved, "transfer_lines": .unproved, "deliveries": .unproved,
    "receipts": .sums,
    "suppliers": .unproved, "nodes": .unproved, "regions": .unproved, "traits": .unproved, "usage": .unproved,
    "destinations": .unproved, "sales": .unproved,
    "cases": .unproved, "events": .unproved, "outbox": .unproved, "node_load": .unproved,
    "stockouts": .unproved, "listings": .unproved,
  ]

  private let counts: [String: Int64]
  private let compared: [Comparison]

  init(_ counts: [String: Int64], _ compared: [Comparison]) { (self.counts, self.compared) = (counts, compared) }

  private func counts(_ proof: Proof) -> [(table: String, rows: Int64)] {
    counts.filter { (Self.tables[$0.key] ?? .unproved) == proof }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func list(_ proof: Proof) -> String {
    counts(proof).map { "\($0.table) \($0.rows)" }.joined(separator: ", ")
  }

  var words: String {
    let parts = compared.filter { $0.count > 0 || $0.gap != nil }.map { part in
      "\(part.count) \(part.what)"
        + (part.gap.map { " (not all: record \($0) does not carry all of its rows)" } ?? "")
    }
    return """
      Held against git, row by row: \(list(.proved)).
      Worked out again from the plans in the records: \(parts.isEmpty ? "nothing" : parts.joined(separator: ", ")).
      Only in part (what plans alone write, and sums): \(list(.partly)).
      Only their sums, with the ledger and the claims: \(list(.sums)).
      Not looked at, since no record tells of it: \(list(.unproved)).

      """
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [:]
    for proof in Proof.allCases {
      members[proof.rawValue] = .object(
        Dictionary(uniqueKeysWithValues: counts(proof).map { ($0.table, .integer($0.rows)) }))
    }
    members["from_plans"] = .array(
      compared.map {
        ["what": .string($0.what), "count": .integer(Int64($0.count)), "incomplete_since_record": JSONValue($0.gap)]
      })
    return .object(members)
  }
}
