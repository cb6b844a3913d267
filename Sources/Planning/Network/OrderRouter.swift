import Operations

/// Puts the claims of whole orders onto nodes: domain.md §3, through `route(_:)`.
///
/// A claim moves from its pool to a node, so what the item can promise stays as it is. What is routed stays where it is
/// until its node is in trouble or its way is closed. The work is repeated on what is left until nothing more is routed, so that a plan right
/// after this one has nothing to do; and whatever one order takes makes no other possible, so that a plan of few items
/// decides what a plan of all would.
struct OrderRouter {
  let policy: Policy
  let snapshot: Snapshot
  /// The full hour of the plan, before which promises are over.
  let hour: Instant
  /// When what is routed is ready at the earliest. The next full hour: with the one before, an order would pass a cut-off
  /// that it missed, and with the moment itself plans of one hour would differ.
  let start: Instant
  var unrouted: Unrouted
  let fallbacks: Fallbacks
  /// Where regions are named: the first cell of each cell's item, with which the item's cases stand.
  private let lead: [Int]?
  /// What moves into another region and off its node: the cells' claims have left it already, and the parcels have not.
  private let moving: [FreedClaim]
  let ways: Ways
  /// The nodes that may ship.
  let active: Set<NodeID>
  /// The nodes of all lanes, in byte order: the locations of the problem.
  let locations: [NodeID]
  /// Indexes of the policy's lanes by the region that they serve.
  let lanes: [Identifier<Region>: [Int]]
  /// In the order of their ids.
  var orders: [WaitingOrder] = []
  /// Where an order stands in `orders`.
  var places: [OrderID: Int] = [:]
  /// Units of claims in the snapshot of orders that have a case open and wait no longer.
  private(set) var seen: [OrderID: Quantity] = [:]
  /// Of orders that may be routed again: their claims on nodes, and what of those may move.
  var standing: [OrderID: [HeldClaim]] = [:]
  var movable: [OrderID: [Unrouted.Claim]] = [:]
  /// Orders that the plan of the hour looks at again.
  let reconsidered: Set<OrderID>
  /// Units of each item that each location has left.
  var stock: [StockKey: Quantity] = [:]
  /// Units that each node ships on each of its work days, less what leaves it by this plan.
  var load: [LoadKey: Quantity] = [:]
  /// What each claim of `unrouted` gets, in the order in which it is routed.
  var assigned: [[Part]]
  var decisions: [(OrderID, RouteDecision)] = []
  /// Orders whose amounts are beyond what can be weighed.
  var tooLarge: Set<OrderID> = []

  enum Region {}

  /// Units of a claim that go onto a node.
  struct Part {
    var node: NodeID
    var service: String
    var units: Quantity
  }

  struct StockKey: Hashable {
    var item: Int32
    var location: Int
  }

  struct LoadKey: Hashable {
    var node: NodeID
    var day: LocalDate
  }

  init(_ planner: ItemPlanner) {
    (policy, snapshot, unrouted) = (planner.policy, planner.snapshot, planner.findings.unrouted)
    fallbacks = planner.fallbacks
    reconsidered = planner.frame.reconsidered
    lead = planner.cells?.lead
    moving = planner.cells.map { $0.moves.keys.sorted().flatMap(planner.leaving) } ?? []
    ways = planner.frame.ways
    hour = Instant(hour: planner.now.hour)
    start = planner.now.nextFullHour
    // A node that no row has named yet has nothing to ship, and is open all the same.
    let unseen = Set(policy.nodes.filter(\.value.isActive).keys).subtracting(snapshot.nodes)
    active = unseen.union(snapshot.nodes.indices.filter { planner.nodeIsActive[$0] }.map { planner.snapshot.nodes[$0] })
    locations = Set(policy.network.lanes.map(\.node)).sorted()
    lanes = Dictionary(grouping: policy.network.lanes.indices) { Identifier(planner.policy.network.lanes[$0].region) }
    assigned = Array(repeating: [], count: unrouted.claims.count)
  }

  /// Routes what can be routed, and adds what that means to the actions of the items.
  mutating func run(into actions: inout [Action]) {
    gather()
    routeByRank()
    // What one order leaves another may take.
    if reconsider() { routeByRank() }
    apply(to: &actions)
  }

  mutating func gather() {
    gatherOrders()
    gatherSupply()
    gatherWholeOrders()
  }

  func caseItem(_ item: Int) -> Int { lead?[item] ?? item }

  private mutating func gatherOrders() {
    for place in unrouted.claims.indices.sorted(by: { (unrouted.claims[$0].line, $0) < (unrouted.claims[$1].line, $1) })
    {
      let claim = unrouted.claims[place]
      guard let facts = snapshot.orders[claim.line.order] else { continue }
      let index = places[claim.line.order] ?? orders.count
      if index == orders.count {
        places[claim.line.order] = index
        orders.append(order(claim, facts))
      }
      if orders[index].lines.last?.name != claim.line { orders[index].lines.append(WaitingOrder.Line(claim)) }
      let line = orders[index].lines.count - 1
      orders[index].lines[line].claims.append(place)
      orders[index].lines[line].rest += claim.units
    }
    for one in snapshot.cases.values.joined() where one.kind == .unroutable {
      let order = OrderID(one.subject)
      if places[order] == nil { seen[order] = 0 }
    }
    for claim in unrouted.movable where reconsidered.contains(claim.line.order) || places[claim.line.order] != nil {
      movable[claim.line.order, default: []].append(claim)
    }
    guard !orders.isEmpty || !seen.isEmpty || !movable.isEmpty else { return }
    for claim in snapshot.claims.values.joined() {
      if claim.node != nil, movable[claim.order] != nil { standing[claim.order, default: []].append(claim) }
      guard let index = places[claim.order] else {
        if let units = seen[claim.order] { seen[claim.order] = units + claim.quantity }
        continue
      }
      orders[index].seen += claim.quantity
      let leaving = unrouted.leaving[claim.id] ?? 0
      if claim.node != nil, leaving > 0 { orders[index].takeBack(leaving, of: claim) }
      let staying = claim.quantity - leaving
      guard let node = claim.node, staying > 0 else { continue }
      orders[index].hold(staying, of: .init(claim.order, claim.line), at: node)
    }
    for one in moving {
      if let index = places[one.claim.order] { orders[index].takeBack(one.units, of: one.claim) }
    }
  }

  /// An order of which nothing is known but what a claim of it says.
  func order(_ claim: Unrouted.Claim, _ facts: SnapshotOrder) -> WaitingOrder {
    var order = WaitingOrder(
      id: claim.line.order, facts: facts, profile: profile(of: facts.channel), isReleased: policy.isReleased(facts))
    order.parcels = snapshot.parcels[claim.line.order] ?? []
    let channel = policy.channels.firstIndex(of: facts.channel)
    order.zone = channel.flatMap { unrouted.promising[claim.item]?[$0].zone } ?? .utc
    return order
  }

  private func profile(of channel: ChannelID) -> RoutingProfile {
    policy.channels.firstIndex(of: channel).map { policy.network.profiles[$0] } ?? RoutingProfile()
  }

  private mutating func gatherSupply() {
    guard !orders.isEmpty || !movable.isEmpty else { return }
    var places: [NodeID: Int] = [:]
    for (index, node) in locations.enumerated() { places[node] = index }
    let location = snapshot.nodes.map { places[$0] }
    for row in unrouted.stock {
      guard let location = location[row.location] else { continue }
      stock[StockKey(item: row.item, location: location), default: 0] += row.units
    }
    for one in snapshot.loads { load[LoadKey(node: one.node, day: one.day)] = one.units }
    for claim in snapshot.claims.values.joined() {
      if let units = unrouted.leaving[claim.id] { giveBackLabour(of: claim, units) }
    }
    for one in moving { giveBackLabour(of: one.claim, one.units) }
  }

  /// Takes off a node's day what leaves it without being sent.
  mutating func giveBackLabour(of claim: HeldClaim, _ units: Quantity) {
    guard let node = claim.node, let day = claim.workDay else { return }
    load[LoadKey(node: node, day: day), default: 0] -= units
  }
}
