import DesiredState
import Operations

@testable import Planning

/// A small company for fallbacks: two distribution centres and a store, two channels, one item.
enum FallbackWorld {
  static let now = Instant("2026-11-24T12:20:00Z") ?? .distantPast

  static let base = """
    kind: Repository
    name: shop
    schema_version: 1
    currency: EUR
    ---
    kind: AllocationTier
    name: t
    rank: 1
    ---
    kind: Channel
    name: shop
    type: dtc
    tier: t
    ---
    kind: Channel
    name: market
    type: marketplace
    tier: t
    cap: {percent_of_available: 50%, window: 7d}
    exposure: 90%
    ---
    kind: Protection
    name: p
    channel: shop
    units: 10
    ---
    kind: Supplier
    name: mill
    lead_time: 5d
    confidence: 80%
    ---
    kind: Carrier
    name: post
    ---
    kind: Carrier
    name: c0
    ---
    kind: Carrier
    name: c1
    ---
    kind: Carrier
    name: c2
    ---
    kind: Node
    name: east
    type: dc
    region: r
    ---
    kind: Node
    name: store
    type: store
    region: r
    ---
    kind: Node
    name: west
    type: dc
    region: r

    """

  static func rule(_ name: String, _ fields: String) -> String { "---\nkind: FallbackRule\nname: \(name)\n\(fields)\n" }

  static func state(_ rules: String) throws -> DesiredState { try .loaded(base + rules) }

  static func policy(_ rules: String, at now: Instant = now) throws -> Policy { Policy(try state(rules), at: now) }

  /// The item `T`, planned never before.
  /// - Parameter stock: sellable, allocated and safety stock of east, store and west.
  static func snapshot(
    _ stock: [(sellable: Quantity, allocated: Quantity)] = [(40, 0), (10, 0), (100, 0)],
    heardHoursAgo hours: [Int64?] = [0, 0, 0], claimed: Quantity = 0
  ) -> Snapshot {
    var snapshot = Snapshot(scope: .all)
    snapshot.nodes = ["east", "store", "west"]
    snapshot.nodeIsActive = [true, true, true]
    snapshot.nodeHeardAt = hours.map { $0.map { now - TimeSpan(milliseconds: $0 * 3_600_000) } }
    snapshot.channels = ["market", "shop"]
    snapshot.channelTerms = [nil, nil]
    snapshot.traits = [ItemTraits()]
    snapshot.items.sku = ["T"]
    snapshot.items.traits = [0]
    snapshot.items.version = [1]
    snapshot.items.shared = [0]
    snapshot.items.claimed = [claimed]
    snapshot.positions.starts = [0, 3]
    snapshot.positions.node = [0, 1, 2]
    snapshot.positions.onHand = ContiguousArray(stock.map(\.sellable))
    snapshot.positions.sellable = ContiguousArray(stock.map(\.sellable))
    snapshot.positions.allocated = ContiguousArray(stock.map(\.allocated))
    snapshot.positions.safetyStock = [0, 0, 0]
    snapshot.grants.starts = [0, 0]
    snapshot.usage.starts = [0, 0]
    return snapshot
  }

  static func plan(_ policy: Policy, _ snapshot: Snapshot, at now: Instant = now) -> Plan {
    Plan(
      policy: policy, pin: PolicyPin(commit: "c", tree: "t", version: 1), previous: nil, policyChanged: false,
      snapshot: snapshot, now: now)
  }

  /// What a plan leaves of the item, as an apply would write it.
  static func applied(_ plan: Plan, to snapshot: Snapshot) -> Snapshot {
    var after = snapshot
    var grants: [ChannelID: (Grant?, Quantity?)] = [:]
    for row in snapshot.grants.rows(of: 0) {
      grants[snapshot.channels[Int(snapshot.grants.channel[row])]] = (
        snapshot.grants.grant[row], snapshot.grants.published[row]
      )
    }
    for action in plan.actions.map(\.action) {
      switch action {
      case .setGrant(_, let channel, let grant, _, _): grants[channel, default: (nil, nil)].0 = grant
      case .publish(_, let channel, let units, _, _): grants[channel, default: (nil, nil)].1 = units
      case .setShared(_, let units, _, _): after.items.shared[0] = units
      case .setFallback(let target, let state, _): after.fallbacks[target] = state
      case .openCase(_, let one): after.cases[0, default: []].append(one)
      case .closeCase(_, let one): after.cases[0]?.removeAll { $0.kind == one.kind && $0.subject == one.subject }
      case .setChannel(let channel, let terms, _):
        if let index = after.channels.firstIndex(of: channel) { after.channelTerms[index] = terms }
      case .setNode(let node, let isActive, _):
        if let index = after.nodes.firstIndex(of: node) { after.nodeIsActive[index] = isActive }
      default: break
      }
    }
    let rows = grants.sorted { $0.key < $1.key }
    after.grants.starts = [0, Int32(rows.count)]
    after.grants.channel = ContiguousArray(rows.map { Int32(after.channels.firstIndex(of: $0.key) ?? 0) })
    after.grants.grant = ContiguousArray(rows.map(\.value.0))
    after.grants.published = ContiguousArray(rows.map(\.value.1))
    after.grants.activeProtected = ContiguousArray(rows.map { _ in 0 })
    after.grants.activeShared = ContiguousArray(rows.map { _ in 0 })
    return after
  }

  /// Units that each channel can claim, and what is published.
  static func offers(_ snapshot: Snapshot) -> [ChannelID: [Quantity]] {
    var offers: [ChannelID: [Quantity]] = [:]
    for row in snapshot.grants.rows(of: 0) {
      offers[snapshot.channels[Int(snapshot.grants.channel[row])]] = [
        snapshot.grants.grant[row]?.available(shared: snapshot.items.shared[0]) ?? 0,
        snapshot.grants.published[row] ?? 0,
      ]
    }
    return offers
  }
}
