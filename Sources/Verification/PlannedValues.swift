import ActualState
import DesiredState
import Diagnostics
import Digest
import Operations
import Reconciling

/// What the plans in a trail's records have written and nothing else ever writes: worked out again from the records and
/// held against a store.
///
/// Grants, pools, claims and what follows from events cannot be worked out so: trade alters them between two records.
struct PlannedValues {
  private enum NameKind {}
  private typealias Name = Identifier<NameKind>

  /// What is compared.
  enum Part: String, CaseIterable, Sendable {
    case published = "publish"
    case safetyStock = "set_safety_stock"
    case promises = "promise"
    case routes = "route"
    case proposals = "propose"
    case terms = "set_channel"
    case fallbacks = "set_fallback"
    case regions = "set_regions"

    /// In the plural, as people read it.
    var words: String {
      switch self {
      case .published: "published quantities"
      case .safetyStock: "safety stocks"
      case .promises: "promises"
      case .routes: "routes"
      case .proposals: "proposals to buyers"
      case .terms: "terms of channels"
      case .fallbacks: "fallbacks"
      case .regions: "maps of regions"
      }
    }

    /// The actions that write it.
    fileprivate var actions: [String] { self == .proposals ? [rawValue, "withdraw_proposal"] : [rawValue] }

    /// Whether each is one of a row of them, of which nothing can be said without the first.
    fileprivate var isHistory: Bool { self == .promises || self == .routes }
  }

  private struct Written {
    /// Nil for what was taken away.
    var value: JSONValue?
    var record: Int64
  }

  private var written: [Part: [Name: Written]] = [:]
  /// The first record that carries only some of the rows of a part. What it does not carry could be of any value.
  private var gaps: [Part: Int64] = [:]
  /// What was compared, once that is done.
  private(set) var compared: [Comparison] = []

  // MARK: From records

  /// - Parameter domains: those whose part of the plan was applied.
  mutating func add(_ record: AuditRecord, applied domains: Set<Domain>) {
    let rows = record.json["rows"]?.array ?? []
    for part in Part.allCases where domains.contains(part.domain) {
      let own = rows.filter { $0["action"]?.string.map(part.actions.contains) ?? false }
      let total = part.actions.reduce(0) { $0 + (record.json["counts"]?[$1]?.integer ?? 0) }
      if Int64(own.count) != total {
        gaps[part] = gaps[part] ?? record.sequence
        written[part] = [:]
      }
      for row in own { take(row, part, record) }
    }
  }

  private mutating func take(_ row: JSONValue, _ part: Part, _ record: AuditRecord) {
    let region = row["region"] ?? RegionID.everywhere.json
    var names: [JSONValue?] = []
    var value: JSONValue?
    switch part {
    case .published:
      names = [row["sku"], row["channel"], region]
      value = row["units"]
    case .safetyStock:
      names = [row["sku"], row["node"]]
      value = row["units"] == 0 ? nil : row["units"]
    case .promises:
      names = [row["order"], row["line"]]
      value = .array(history(part, names) + [Self.decision(row["at"], record.json["plan"]?["policy"]?["commit"])])
    case .routes:
      names = [row["order"]]
      value = .array(
        history(part, names) + [Self.decision(Self.digest(row["route"]), record.json["plan"]?["policy"]?["commit"])])
    case .proposals:
      names = Self.name(of: row["proposal"], row["sku"])
      value = row["action"]?.string == part.rawValue ? row["proposal"] : nil
    case .terms:
      names = [row["channel"]]
      value = row["terms"]
    case .fallbacks:
      names = row["node"].map { ["node", $0] } ?? ["supplier", row["supplier"]]
      value = row["fallback"] == .null ? nil : row["fallback"]
    case .regions: value = row["regions"] == RegionMap().json ? nil : row["regions"]
    }
    written[part, default: [:]][Self.name(names)] = Written(value: value, record: record.sequence)
  }

  private func history(_ part: Part, _ names: [JSONValue?]) -> [JSONValue] {
    written[part]?[Self.name(names)]?.value?.array ?? []
  }

  /// What was decided, and the commit of the policy that it was decided by.
  private static func decision(_ what: JSONValue?, _ policy: JSONValue?) -> JSONValue {
    .object(["decided": what ?? .null].merging(policy.map { ["policy": $0] } ?? [:]) { $1 })
  }

  /// A route is long, and there are many.
  private static func digest(_ route: JSONValue?) -> JSONValue? {
    route.map { .string(SHA256Digest(of: $0.canonicalBytes).description) }
  }

  /// A proposal for all nodes has the name that it always had.
  private static func name(of proposal: JSONValue?, _ sku: JSONValue?) -> [JSONValue?] {
    [sku, proposal?["kind"]] + (proposal?["region"].map { [$0] } ?? [])
  }

  private static func name(_ names: [JSONValue?]) -> Name { Name(JSONValue.array(names.map { $0 ?? .null }).canonical) }

  // MARK: Against a store

  /// - Throws: `StoreError`.
  mutating func problems(in store: any Store) throws -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for part in Part.allCases {
      if part.isHistory, gaps[part] != nil {
        compared.append(Comparison(part.words, count: 0, gap: gaps[part]))
        continue
      }
      let own = written[part] ?? [:]
      let kept = try kept(part, own, in: store)
      var wrong: [Name] = own.keys.filter { !Self.agrees(own[$0]?.value, kept[$0]) }
      if gaps[part] == nil { wrong += kept.keys.filter { own[$0] == nil } }
      compared.append(Comparison(part.words, count: own.values.count { $0.value != nil }, gap: gaps[part]))
      if let first = wrong.min() {
        problems.append(Self.problem(part, first, own[first], kept[first], wrong.count - 1))
      }
    }
    return problems
  }

  /// What an older Purser decided has no policy in the store, and is compared without.
  private static func agrees(_ written: JSONValue?, _ kept: JSONValue?) -> Bool {
    if written == kept { return true }
    guard let written = written?.array, let kept = kept?.array, written.count == kept.count else { return false }
    return zip(written, kept).allSatisfy { one, other in
      one == other || (other["policy"] == nil && other["decided"] != nil && one["decided"] == other["decided"])
    }
  }

  private static func problem(
    _ part: Part, _ name: Name, _ written: Written?, _ kept: JSONValue?, _ others: Int
  ) -> Diagnostic {
    let more = others > 0 ? "; so are \(others) more" : ""
    return Diagnostic(
      "audit.store_values",
      "the store's \(part.words) are not those of its plans: \(name) is \(kept?.canonical ?? "nothing") there, and by "
        + (written.map { "record \($0.record) \($0.value?.canonical ?? "nothing")" } ?? "all records nothing") + more,
      hint: "the store was altered beside Purser: restore it from a backup; git proves what was planned")
  }

  /// What the store has of a part, as records would write it.
  private func kept(_ part: Part, _ written: [Name: Written], in store: any Store) throws -> [Name: JSONValue] {
    var kept: [Name: JSONValue] = [:]
    func text(_ name: String) -> JSONValue { .string(name) }
    switch part {
    case .published:
      try store.eachGrant { row in
        let name = Self.name([text(row.sku.rawValue), text(row.channel.rawValue), row.region.json])
        kept[name] = row.published.map { .integer($0) }
      }
    case .safetyStock:
      try store.eachPosition { row, _ in
        guard row.safetyStock != 0 else { return }
        kept[Self.name([text(row.sku.rawValue), text(row.node.rawValue)])] = .integer(row.safetyStock)
      }
    case .promises:
      var rows: [Name: [JSONValue]] = [:]
      try store.eachPromise { row in
        rows[Self.name([text(row.order.rawValue), text(row.line)]), default: []].append(
          Self.decision(JSONValue(row.promisedAt?.description), row.policy.map { .string($0) }))
      }
      kept = rows.mapValues { .array($0) }
    case .routes:
      var rows: [Name: [JSONValue]] = [:]
      try store.eachRoute { row in
        rows[Self.name([text(row.order.rawValue)]), default: []].append(
          Self.decision(Self.digest(row.decision.json), row.policy.map { .string($0) }))
      }
      kept = rows.mapValues { .array($0) }
    case .proposals:
      try store.eachProposal { sku, proposal, _ in
        kept[Self.name(Self.name(of: proposal.json, text(sku.rawValue)))] = proposal.json
      }
    case .terms:
      for name in written.keys {
        guard let channel = (try? JSONValue.parse(name.rawValue))?.array?.first?.string else { continue }
        kept[name] = try store.terms(of: ChannelID(channel))?.json
      }
    case .fallbacks:
      try store.eachFallback { target, state in kept[Self.name([text(target.kind), text(target.name)])] = state.json }
    case .regions:
      let map = try store.regionMap()
      if !map.isEmpty { kept[Self.name([])] = map.json }
    }
    return kept
  }
}

extension PlannedValues.Part {
  fileprivate var domain: Domain {
    switch self {
    case .published: .publishing
    case .proposals: .replenishment
    default: .allocation
    }
  }
}

/// How much of one part of a store was held against the trail.
public struct Comparison: Hashable, Sendable {
  public var what: String
  public var count: Int
  /// The first record that does not carry all that it did to them: what is not in its rows was left out. Nil where all were
  /// compared.
  public var gap: Int64?

  init(_ what: String, count: Int, gap: Int64?) { (self.what, self.count, self.gap) = (what, count, gap) }
}
