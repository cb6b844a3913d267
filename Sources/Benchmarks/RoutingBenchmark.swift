import DesiredState
import DesiredStateFiles
import Operations
import Planning

/// Routing of many orders from claims in pools to claims on nodes, through the whole plan. The floor is what anyone must
/// do who ships from the cheapest place: sort the lanes for every order by cost.
enum RoutingBenchmark {
  static func run(_ workshop: Workshop) async -> [Comparison] {
    let orders = workshop.isSmall ? 1000 : 10_000
    let world = RoutingCrowd(orders: orders, nodes: 30, items: orders / 5)
    let routed = world.plan().actions.count { if case .route = $0.action { true } else { false } }
    expect(routed == orders, "only \(routed) of \(orders) orders are routed")
    let quiet = await Comparison(
      "plan with \(orders) orders to route over 30 nodes", over: "sorting 30 lanes for each order by cost",
      rounds: workshop.rounds, note: "\(routed) orders of 1 to 5 lines, from claims in pools to parcels with reasons",
      measured: { _ = world.plan() }, baseline: { world.sortLanes() })
    return [quiet]
  }
}

/// Orders that wait for a node.
struct RoutingCrowd {
  let policy: Policy
  private(set) var snapshot: Snapshot
  private let costs: [[Int64]]

  init(orders: Int, nodes: Int, items: Int) {
    var policyText = "kind: Repository\nname: bench\nschema_version: 1\ncurrency: EUR\n---\nkind: Carrier\nname: post\n"
    policyText += "---\nkind: AllocationTier\nname: one\nrank: 1\n---\nkind: Channel\nname: web\ntype: dtc\ntier: one\n"
    policyText += "---\nkind: RoutingProfile\nname: all\nsplit_penalty: 1.50\nmax_parcels: 3\n"
    let names = (0..<nodes).map { "node-\($0 < 10 ? "0" : "")\($0)" }
    var costs: [[Int64]] = Array(repeating: [], count: Self.regions.count)
    for (index, name) in names.enumerated() {
      policyText +=
        "---\nkind: Node\nname: \(name)\ntype: dc\nregion: r\nlabour_capacity: \(orders)\nhandling_cost: 0.3\n"
      for (place, region) in Self.regions.enumerated() {
        let cost = Int64(3 + (index * 7 + place * 5) % 9)
        costs[place].append(cost)
        policyText += "---\nkind: Lane\nname: \(name)-\(region)\nnode: \(name)\nto: \(region)\ncarrier: post\n"
        policyText += "transit: \(1 + (index + place) % 3)d\nparcel_cost: \(cost)\nunit_cost: 0.\(1 + index % 9)\n"
      }
    }
    self.costs = costs
    let file = DecodedFile(decoding: SourceFile(path: "state/bench.yaml", bytes: Array(policyText.utf8)))
    let loaded = LoadedState(files: [file])
    precondition(loaded.isUsable, "\(loaded.diagnostics)")
    policy = Policy(loaded.state, at: SyntheticWorld.now)
    snapshot = Snapshot(scope: .all)
    snapshot.isRouting = true
    snapshot.nodes = names.map { NodeID($0) }
    snapshot.nodeIsActive = names.map { _ in true }
    snapshot.channels = ["web"]
    snapshot.channelTerms = [ChannelTerms()]
    snapshot.traits = [ItemTraits()]
    addStock(items: items, nodes: nodes)
    addOrders(orders, items: items)
  }

  private static let regions = ["east", "north", "south", "west"]

  /// Every item lies at a third of the nodes.
  private mutating func addStock(items: Int, nodes: Int) {
    for item in 0..<items {
      snapshot.items.sku.append(SKU("SKU-\(10_000_000 + item)"))
      snapshot.items.traits.append(0)
      snapshot.items.version.append(1)
      snapshot.items.shared.append(0)
      snapshot.items.claimed.append(0)
      for node in 0..<nodes where (item &* 31 &+ node &* 17) % 3 == 0 {
        snapshot.positions.node.append(Int32(node))
        for column in [\PositionColumns.onHand, \.sellable] { snapshot.positions[keyPath: column].append(40) }
        for column in [\PositionColumns.allocated, \.safetyStock] { snapshot.positions[keyPath: column].append(0) }
      }
      snapshot.positions.starts.append(Int32(snapshot.positions.node.count))
      snapshot.grants.starts.append(0)
      snapshot.usage.starts.append(0)
    }
  }

  private mutating func addOrders(_ orders: Int, items: Int) {
    var claim: Int64 = 0
    for number in 0..<orders {
      let id = OrderID("O-\(10_000_000 + number)")
      let lines = 1 + number % 5
      var total: Quantity = 0
      for line in 0..<lines {
        let item = (number &* 13 &+ line &* 101) % items
        let units = Quantity(1 + (number + line) % 2)
        claim += 1
        total += units
        snapshot.items.claimed[item] += units
        snapshot.claims[Int32(item), default: []].append(
          HeldClaim(
            id: claim, order: id, line: "\(line + 1)", channel: "web", pool: .shared, node: nil, quantity: units,
            claimedAt: SyntheticWorld.now, expiresAt: nil))
      }
      snapshot.orders[id] = SnapshotOrder(
        channel: "web", placedAt: SyntheticWorld.now, region: Self.regions[number % Self.regions.count], units: total,
        unshipped: total, claimed: total, leadItem: snapshot.items.sku[(number &* 13) % items])
    }
  }

  func plan() -> Plan {
    Plan(
      policy: policy, pin: PolicyPin(commit: "bench", tree: "bench", version: 1), previous: nil, policyChanged: false,
      snapshot: snapshot, now: SyntheticWorld.now)
  }

  func sortLanes() {
    var sum = 0
    for number in 0..<snapshot.orders.count {
      let row = costs[number % costs.count]
      sum += row.indices.sorted { (row[$0], $0) < (row[$1], $1) }.first ?? 0
    }
    precondition(sum >= 0, "places are not below 0")
  }
}
