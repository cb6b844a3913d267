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
    "promises": .proved, "proposals": .proved, "fallbacks": .proved, "routes": .proved,
    "grants": .partly, "positions": .partly, "channels": .partly, "single_values": .partly, "nodes": .partly,
    "suppliers": .partly,
    "items": .sums, "pools": .sums, "claims": .sums, "node_load": .sums, "order_lines": .sums, "receipts": .sums,
    "orders": .unproved, "purchase_order_lines": .unproved, "transfer_lines": .unproved, "deliveries": .unproved,
    "regions": .unproved, "traits": .unproved, "usage": .unproved, "destinations": .unproved, "sales": .unproved,
    "cases": .unproved, "events": .unproved, "outbox": .unproved,
    "stockouts": .unproved, "listings": .unproved,
  ]

  /// What nothing vouches for in tables of which something is proved: columns, and for `single_values` keys. Trade alters
  /// them between two records, or only the moment of writing tells them.
  static let unprovedColumns: [String: [String]] = [
    "single_values": [
      "version", "full_plan_at", "shown_plans", "told_statuses", "usage_floor", "policy_versions", "labour_freed",
    ],
    "grants": ["protected", "cap_left", "published_at", "sold"],
    "positions": ["counted_at", "count_key"],
    "nodes": ["heard_at"],
    "suppliers": ["dirty"],
    "proposals": ["quantity"],
    "items": ["uom", "traits", "version", "shared", "dirty", "since"],
    "pools": ["shared"],
    "claims": ["claim", "pool", "service", "work_day", "claimed_at", "expires_at"],
    "order_lines": ["item", "ordered", "cancelled", "shipped", "unit_price"],
  ]

  private let counts: [String: Int64]
  private let compared: [Comparison]

  init(_ counts: [String: Int64], _ compared: [Comparison]) { (self.counts, self.compared) = (counts, compared) }

  private func counts(_ proof: Proof) -> [(table: String, rows: Int64)] {
    counts.filter { self.proof(of: $0.key) == proof }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// How far this very verification got: a record that does not carry all of its rows leaves a hole.
  private func proof(of table: String) -> Proof {
    let best = Self.tables[table] ?? .unproved
    let parts = compared.filter { $0.table == table }
    guard best == .proved, parts.contains(where: { $0.gap != nil }) else { return best }
    return parts.contains { $0.count > 0 } ? .partly : .unproved
  }

  private func list(_ proof: Proof) -> String {
    counts(proof).map { "\($0.table) \($0.rows)" }.joined(separator: ", ")
  }

  var words: String {
    let parts = compared.filter { $0.count > 0 }.map { part in
      "\(part.count) \(part.what)"
        + (part.gap.map { " (incomplete: record \($0) does not carry all of its rows)" } ?? "")
    }
    let holes = compared.filter { $0.count == 0 }.compactMap { part in
      part.gap.map { "\(part.what) (record \($0) does not carry all of its rows)" }
    }
    let columns = Self.unprovedColumns.filter { counts[$0.key] ?? 0 > 0 }.sorted { $0.key < $1.key }.map {
      "\($0.key) (\($0.value.joined(separator: ", ")))"
    }
    let gaps =
      holes.isEmpty
      ? "" : "Not checked, because the records do not contain their beginning: \(holes.joined(separator: ", ")).\n"
    return """
      Compared with git, row by row: \(list(.proved)).
      Recomputed from the plans in the records: \(parts.isEmpty ? "nothing" : parts.joined(separator: ", ")).
      \(gaps)Checked in part (values that only plans write, and sums): \(list(.partly)).
      Only sums checked, against the ledger and the claims: \(list(.sums)).
      Not proven: these columns of those tables: \(columns.joined(separator: ", ")); claims that are used up; and the policy \
      of routes and promises where the store names none.
      Not checked, because no record mentions them: \(list(.unproved)).

      """
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [:]
    for proof in Proof.allCases {
      members[proof.rawValue] = .object(
        Dictionary(uniqueKeysWithValues: counts(proof).map { ($0.table, .integer($0.rows)) }))
    }
    members["unproved_columns"] = .object(
      Self.unprovedColumns.filter { counts[$0.key] ?? 0 > 0 }.mapValues { .array($0.map { .string($0) }) })
    members["from_plans"] = .array(
      compared.map {
        ["what": .string($0.what), "count": .integer(Int64($0.count)), "incomplete_since_record": JSONValue($0.gap)]
      })
    return .object(members)
  }
}
