import ActualState
import DesiredState
import Digest
import Operations
import Testing

@testable import Planning

/// A store and a policy with nodes and lanes, for plans from end to end.
final class RoutedShop {
  /// A supplier whose word holds, and a channel whose orders may wait for its goods.
  static let backorders = """
    ---
    kind: Supplier
    name: mill
    lead_time: 5d
    confidence: 100%
    ---
    kind: Channel
    name: shop
    type: dtc
    tier: one
    backorder: {accept: true}

    """

  static let noon = Instant("2026-11-24T12:00:00Z") ?? .distantPast

  let store = InMemoryStore()
  var now = RoutedShop.noon
  var state: DesiredState
  private var pin: PolicyPin?
  private var sent = 0

  /// - Parameter network: the documents beside a repository and the channel `web`, each ended by a line feed.
  init(_ network: String, stock: [(SKU, NodeID, Quantity)]) throws {
    state = try Self.state(network)
    for sku in Set(stock.map(\.0)).sorted() {
      try take("catalog.item_upserted", ["sku": .string(sku.rawValue), "uom": "each"])
    }
    for (sku, node, units) in stock { try count(sku, node, units) }
  }

  /// - Parameter channel: more fields of the channel `web`.
  static func state(_ network: String, channel: String = "") throws -> DesiredState {
    let base = """
      kind: Repository
      name: shop
      schema_version: 1
      currency: EUR
      ---
      kind: AllocationTier
      name: one
      rank: 1
      ---
      kind: Channel
      name: web
      type: dtc
      tier: one

      """ + channel
    return try .loaded(base + network)
  }

  /// - Parameter ways: node, region, cost of a parcel.
  static func network(
    nodes: [(String, String)], ways: [(String, String, String)], profile: String = "", carrier: String = "active"
  ) -> String {
    nodes.map { "---\nkind: Node\nname: \($0.0)\ntype: dc\nregion: north\n\($0.1)" }.joined()
      + "---\nkind: Carrier\nname: post\nstatus: \(carrier)\n"
      + ways.map {
        "---\nkind: Lane\nname: \($0.0)-\($0.1)\nnode: \($0.0)\nto: \($0.1)\ncarrier: post\ntransit: 1d\nparcel_cost: \($0.2)\n"
      }.joined()
      + (profile.isEmpty ? "" : "---\nkind: RoutingProfile\nname: all\n\(profile)")
  }

  func take(_ type: String, _ data: JSONValue) throws {
    sent += 1
    let event = Event(source: "/shop", id: "\(sent)", type: type, time: now, data: data)
    let receipt = try store.transaction { try store.receive(event, owners: EventOwners([:])) }
    try #require(receipt == .applied, "\(receipt): \(data.canonical)")
  }

  func count(_ sku: SKU, _ node: NodeID, _ units: Quantity) throws {
    try take(
      "inventory.counted",
      ["sku": .string(sku.rawValue), "node": .string(node.rawValue), "on_hand": .integer(units)])
    now = now + TimeSpan(milliseconds: 1)
  }

  func place(
    _ order: String, _ lines: [(SKU, Quantity)], to region: String = "north", channel: String = "web",
    priority: Int64 = 0
  ) throws {
    try take(
      "order.placed",
      [
        "order": .string(order), "channel": .string(channel), "ship_to": ["region": .string(region)],
        "placed_at": .string(now.description), "priority": .integer(priority),
        "lines": .array(
          lines.enumerated().map { index, line in
            [
              "line": .string("\(index + 1)"), "sku": .string(line.0.rawValue), "qty": .integer(line.1),
              "unit_price": 10,
            ]
          }),
      ])
  }

  func plan(_ scope: Snapshot.Scope = .all) throws -> Plan {
    try Plan(
      policy: Policy(state, at: now), pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil,
      policyChanged: false, snapshot: store.observe(scope), now: now)
  }

  /// Plans and applies; then a full plan must be empty and the books must balance.
  @discardableResult
  func apply(_ scope: Snapshot.Scope = .all) throws -> Plan {
    let plan = try applyInPart(scope)
    let rest = try self.plan()
    #expect(rest.isEmpty, "\(rest.actions.map(\.action.json.canonical))")
    return plan
  }

  /// Plans and applies where that may touch more items, which the next plan looks at.
  @discardableResult
  func applyInPart(_ scope: Snapshot.Scope) throws -> Plan {
    let plan = try plan(scope)
    let outcome = try store.apply(
      Application(
        planDigest: plan.digest, expectedPin: pin, pin: plan.policy, snapshotVersion: plan.snapshotVersion,
        readVersions: plan.readVersions, actions: plan.actions.map(\.action),
        record: AuditDraft(isDecision: false, body: [:]), fullPlan: scope == .all, now: now))
    pin = plan.policy
    guard case .applied = outcome else {
      Issue.record("\(outcome)")
      return plan
    }
    #expect(try Auditor(store).problems.isEmpty)
    now = now + TimeSpan(milliseconds: 1)
    return plan
  }

  /// Units of an order by node; "-" for none.
  func places(_ order: OrderID) throws -> [String: Quantity] {
    var places: [String: Quantity] = [:]
    try store.eachClaim { claim in
      if claim.state == .active, claim.order == order {
        places[claim.node?.rawValue ?? "-", default: 0] += claim.quantity
      }
    }
    return places
  }

  func cases() throws -> [String] {
    var cases: [String] = []
    try store.eachCase { _, one, _ in if one.kind == .unroutable { cases.append("\(one.subject): \(one.detail)") } }
    return cases
  }
}
