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
    case nodes = "set_node"
    case sharing = "set_grant"
    case suppliers = "set_supplier"
    case routing = "set_routing"

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
      case .nodes: "active nodes"
      case .sharing: "rights to the shared pool"
      case .suppliers: "standings of suppliers"
      case .routing: "settings of routing"
      }
    }

    /// Where a store keeps it.
    var table: String {
      switch self {
      case .published, .sharing: "grants"
      case .safetyStock: "positions"
      case .promises: "promises"
      case .routes: "routes"
      case .proposals: "proposals"
      case .terms: "channels"
      case .fallbacks: "fallbacks"
      case .nodes: "nodes"
      case .suppliers: "suppliers"
      case .regions, .routing: "single_values"
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
      value = .array(history(part, names) + [Self.decision(row["at"], record)])
    case .routes:
      names = [row["order"]]
      value = .array(history(part, names) + [Self.decision(Self.digest(row["route"]), record)])
    case .proposals:
      names = Self.name(of: row["proposal"], row["sku"])
      value =
        row["action"]?.string == part.rawValue
        ? row["proposal"].map { Self.proposal($0, at: record.json["at"]) } : nil
    case .terms:
      names = [row["channel"]]
      value = row["terms"]
    case .fallbacks:
      names = row["node"].map { ["node", $0] } ?? ["supplier", row["supplier"]]
      value = row["fallback"] == .null ? nil : row["fallback"]
    case .regions: value = row["regions"] == RegionMap().json ? nil : row["regions"]
    case .nodes:
      names = [row["node"]]
      value = row["active"] == true ? true : nil
    case .sharing:
      names = [row["sku"], row["channel"], region]
      value = row["grant"]?["may_use_shared"]
    case .suppliers:
      names = [row["supplier"]]
      value = row["standing"] == .null ? nil : row["standing"]
    case .routing: value = row["on"] == true ? "on" : nil
    }
    written[part, default: [:]][Self.name(names)] = Written(value: value, record: record.sequence)
  }

  private func history(_ part: Part, _ names: [JSONValue?]) -> [JSONValue] {
    written[part]?[Self.name(names)]?.value?.array ?? []
  }

  /// What was decided and when, and the commit of the policy that it was decided by.
  private static func decision(_ what: JSONValue?, at: JSONValue?, _ policy: JSONValue?) -> JSONValue {
    .object(["decided": what ?? .null, "at": at ?? .null].merging(policy.map { ["policy": $0] } ?? [:]) { $1 })
  }

  private static func decision(_ what: JSONValue?, _ record: AuditRecord) -> JSONValue {
    decision(what, at: record.json["at"], record.json["plan"]?["policy"]?["commit"])
  }

  private static func proposal(_ proposal: JSONValue, at: JSONValue?) -> JSONValue {
    ["proposal": proposal, "at": at ?? .null]
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
        compared.append(Comparison(part.words, in: part.table, count: 0, gap: gaps[part]))
        continue
      }
      let own = written[part] ?? [:]
      let kept = try kept(part, own, in: store)
      var wrong: [Name] = own.keys.filter { !Self.agrees(own[$0]?.value, kept[$0]) }
      if gaps[part] == nil { wrong += kept.keys.filter { own[$0] == nil } }
      compared.append(
        Comparison(part.words, in: part.table, count: own.values.count { $0.value != nil }, gap: gaps[part]))
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
      if one == other { return true }
      guard other["policy"] == nil, other["decided"] != nil else { return false }
      return one["decided"] == other["decided"] && one["at"] == other["at"]
    }
  }

  private static func problem(
    _ part: Part, _ name: Name, _ written: Written?, _ kept: JSONValue?, _ others: Int
  ) -> Diagnostic {
    let more = others > 0 ? "; so are \(others) more" : ""
    return Diagnostic(
      "audit.store_values",
      "the store's \(part.words) do not match its plans: \(name) is \(kept?.canonical ?? "nothing") there, but by "
        + (written.map { "record \($0.record) \($0.value?.canonical ?? "nothing")" } ?? "all records nothing") + more,
      hint:
        "the store was altered by something other than Purser: restore it from a backup; git proves what was planned")
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
          Self.decision(
            JSONValue(row.promisedAt?.description), at: .string(row.decidedAt.description),
            row.policy.map { .string($0) }))
      }
      kept = rows.mapValues { .array($0) }
    case .routes:
      var rows: [Name: [JSONValue]] = [:]
      try store.eachRoute { row in
        let name = Self.name([text(row.order.rawValue)])
        let decision = Self.decision(
          Self.digest(row.decision.json), at: .string(row.decidedAt.description), row.policy.map { .string($0) })
        // They are numbered without a gap.
        let isNext = row.number == Int64(rows[name]?.count ?? 0) + 1
        rows[name, default: []].append(isNext ? decision : ["number": .integer(row.number)])
      }
      kept = rows.mapValues { .array($0) }
    case .proposals:
      try store.eachProposal { sku, proposal, at in
        kept[Self.name(Self.name(of: proposal.json, text(sku.rawValue)))] = Self.proposal(
          proposal.json, at: text(at.description))
      }
    case .terms:
      var names = Set(written.keys)
      try store.eachGrant { names.insert(Self.name([text($0.channel.rawValue)])) }
      for name in names {
        guard let channel = (try? JSONValue.parse(name.rawValue))?.array?.first?.string else { continue }
        kept[name] = try store.terms(of: ChannelID(channel))?.json
      }
    case .fallbacks:
      try store.eachFallback { target, state in kept[Self.name([text(target.kind), text(target.name)])] = state.json }
    case .regions:
      let map = try store.regionMap()
      if !map.isEmpty { kept[Self.name([])] = map.json }
    case .nodes:
      try store.eachNode { node, isActive, _ in if isActive { kept[Self.name([text(node.rawValue)])] = true } }
    case .sharing:
      try store.eachGrant { row in
        kept[Self.name([text(row.sku.rawValue), text(row.channel.rawValue), row.region.json])] = row.grant.map {
          .bool($0.mayUseShared)
        }
      }
    case .suppliers:
      for row in try store.suppliers() { kept[Self.name([text(row.supplier.rawValue)])] = row.standing?.json }
    case .routing: kept[Self.name([])] = try store.value(.routing).map(text)
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
  /// Where the store keeps them.
  public var table: String
  public var count: Int
  /// The first record that does not carry all that it did to them: what is not in its rows was left out. Nil where all were
  /// compared.
  public var gap: Int64?

  init(_ what: String, in table: String, count: Int, gap: Int64?) {
    (self.what, self.table, self.count, self.gap) = (what, table, count, gap)
  }
}
