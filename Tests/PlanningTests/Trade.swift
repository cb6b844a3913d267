import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// One item in a store, a policy over it, and what happens to them, in few words. Each event is a minute after the last.
final class Trade {
  let store = InMemoryStore()
  private let policy: Policy
  private(set) var now = Instant("2026-11-24T08:00:00Z") ?? .distantPast
  private let pin = PolicyPin(commit: "c", tree: "t", version: 1)
  private var number = 0

  /// - Parameter documents: what stands beside a repository and the active node `dc`.
  init(_ documents: [String]) throws {
    let base = [
      "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n",
      "kind: Node\nname: dc\ntype: dc\nregion: north\n",
    ]
    let text = (base + documents).joined(separator: "---\n")
    policy = Policy(try .loaded(text), at: now)
    try receive("catalog.item_upserted", ["sku": "A", "uom": "each"])
    try cycle()
  }

  /// A channel in a tier of its own.
  static func channel(
    _ name: String, rank: Int, _ verb: String? = nil, rule: String = "strict", _ fields: String = ""
  ) -> String {
    "kind: AllocationTier\nname: t-\(name)\nrank: \(rank)\nrule: \(rule)\n"
      + (verb.map { "reallocation: \($0)\n" } ?? "")
      + "---\nkind: Channel\nname: \(name)\ntype: dtc\ntier: t-\(name)\n" + fields
  }

  // MARK: What happens

  func receive(_ type: String, _ data: JSONValue) throws {
    number += 1
    now = now + TimeSpan(milliseconds: 60_000)
    let event = Event(source: "/test", id: "e\(number)", type: type, time: now, data: data)
    let receipt = try store.transaction { try store.receive(event, owners: EventOwners([:])) }
    try #require(receipt == .applied, "\(type) \(data.canonical)")
  }

  func count(_ units: Int64, at node: String = "dc") throws {
    try receive("inventory.counted", ["sku": "A", "node": .string(node), "on_hand": .integer(units)])
  }

  func order(_ id: String, _ channel: String, _ units: Int64, priority: Int64 = 0) throws {
    try receive(
      "order.placed",
      [
        "order": .string(id), "channel": .string(channel), "ship_to": ["region": "north"],
        "priority": .integer(priority), "lines": [["line": "1", "sku": "A", "qty": .integer(units)]],
      ])
  }

  // MARK: Plans

  func plan() throws -> Plan { plan(of: try store.snapshot(.all)) }

  func plan(of snapshot: Snapshot, at time: Instant? = nil) -> Plan {
    Plan(policy: policy, pin: pin, previous: nil, policyChanged: false, snapshot: snapshot, now: time ?? now)
  }

  func apply(_ actions: [Action]) throws {
    var plan = try plan()
    plan.actions = actions.map { PlannedAction($0, .worldMoved) }
    let outcome = try store.apply(
      Application(
        planDigest: plan.digest, expectedPin: try store.pin(), pin: pin, snapshotVersion: plan.snapshotVersion,
        readVersions: plan.readVersions, actions: actions, record: AuditDraft(isDecision: true, body: [:]),
        fullPlan: true, now: now))
    guard case .applied = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  /// Plans and applies; a plan right after that must be empty.
  @discardableResult func cycle() throws -> Plan {
    let plan = try plan()
    guard !plan.isEmpty else { return plan }
    try apply(plan.actions.map(\.action))
    let left = try self.plan().actions
    #expect(left.isEmpty, "\(left.map(\.action.json.canonical))")
    return plan
  }

  // MARK: What came of it

  func held(_ order: String) throws -> Quantity { try store.line(OrderID(order), "1")?.claimed ?? 0 }

  /// The open cases of a kind, by what they are about.
  func cases(_ kind: Case.Kind) throws -> [String: String] {
    var found: [String: String] = [:]
    try store.eachCase { _, one, _ in if one.kind == kind { found[one.subject] = one.detail } }
    return found
  }
}
