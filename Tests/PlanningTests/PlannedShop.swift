import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// A policy and a store that are planned and applied together, as a daemon does it.
final class PlannedShop {
  let store = InMemoryStore()
  var now = noon
  private var state: DesiredState
  private var sent = 0
  private var pin: PolicyPin?
  /// Whether the store forgets what no window reaches back to.
  var isForgetting = true

  static let noon = Instant("2026-11-24T12:00:00Z") ?? .distantPast

  private static let base = """
    kind: Repository
    name: shop
    schema_version: 1
    currency: EUR
    ---
    kind: AllocationTier
    name: first
    rank: 1
    ---
    kind: Node
    name: dc
    type: dc
    region: north
    ---
    kind: Supplier
    name: mill
    lead_time: 5d
    confidence: 100%
    ---

    """

  /// - Parameter resources: beside a node, a supplier that keeps its word, and a tier.
  init(_ resources: String) throws { state = try Self.load(resources) }

  static func load(_ resources: String) throws -> DesiredState {
    try .loaded(base + resources, warnings: false)
  }

  func agree(_ resources: String) throws { state = try Self.load(resources) }

  var policy: Policy { Policy(state, at: now) }

  // MARK: What happens

  func take(_ type: String, _ data: JSONValue) throws {
    sent += 1
    let event = Event(source: "/shop", id: "\(sent)", type: type, time: now, data: data)
    let receipt = try store.transaction { try store.receive(event, owners: EventOwners([:])) }
    try #require(receipt == .applied, "\(type) \(data.canonical)")
  }

  func stock(
    _ sku: SKU, _ units: Quantity, at node: String = "dc", class name: String? = nil,
    _ attributes: [String: String] = [:]
  ) throws {
    try take(
      "catalog.item_upserted",
      [
        "sku": .string(sku.rawValue), "uom": "each", "class": JSONValue(name),
        "attributes": .object(attributes.mapValues { .string($0) }),
      ])
    try take("inventory.counted", ["sku": .string(sku.rawValue), "node": .string(node), "on_hand": .integer(units)])
  }

  func place(
    _ order: OrderID, _ channel: ChannelID, _ lines: [(sku: SKU, units: Quantity)], to destination: String = "north",
    priority: Int64 = 0
  ) throws {
    try take(
      "order.placed",
      [
        "order": .string(order.rawValue), "channel": .string(channel.rawValue),
        "ship_to": ["region": .string(destination)], "priority": .integer(priority),
        "lines": .array(
          lines.enumerated().map {
            ["line": .string("\($0 + 1)"), "sku": .string($1.sku.rawValue), "qty": .integer($1.units)]
          }),
      ])
  }

  /// Lets time pass, and ends the holds that run out meanwhile.
  func wait(_ span: TimeSpan) throws {
    now = now + span
    try store.expireHolds(at: now)
  }

  // MARK: What the daemon does

  /// Plans what was touched, or everything, and applies it.
  ///
  /// The plan of what was touched must be the full plan restricted to it, and leave nothing to do.
  @discardableResult
  func plan(_ scope: Snapshot.Scope = .all) throws -> Plan {
    let plan = try made(scope)
    var application = Application(
      planDigest: plan.digest, expectedPin: pin, pin: plan.policy, snapshotVersion: plan.snapshotVersion,
      readVersions: plan.readVersions, actions: plan.actions.map(\.action),
      record: plan.isEmpty ? nil : AuditDraft(isDecision: false, body: [:]), fullPlan: scope == .all, now: now)
    application.usageFloor = isForgetting ? plan.usageFloor : nil
    guard case .applied = try store.apply(application) else {
      Issue.record("the plan was not applied")
      return plan
    }
    if !plan.isEmpty { pin = plan.policy }
    let rest = try made(.all)
    #expect(rest.isEmpty, "\(rest.actions)")
    #expect(try Auditor(store).problems.isEmpty)
    return plan
  }

  private func made(_ scope: Snapshot.Scope) throws -> Plan {
    Plan(
      policy: policy, pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil, policyChanged: true,
      snapshot: try store.snapshot(scope), now: now)
  }

  // MARK: What is seen

  func cases(_ kind: Case.Kind) throws -> [SKU: String] {
    var cases: [SKU: String] = [:]
    try store.eachCase { sku, one, _ in if one.kind == kind { cases[sku] = "\(one.subject): \(one.detail)" } }
    return cases
  }

  func held(_ order: OrderID, _ line: String = "1") throws -> Quantity { try store.line(order, line)?.claimed ?? 0 }
}
