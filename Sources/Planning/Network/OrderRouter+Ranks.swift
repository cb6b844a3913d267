import Operations

// Who goes first where orders stand in each other's way.
extension OrderRouter {
  /// What comes before what where there is not enough for both: a higher tier, a higher priority, an earlier day, and what was
  /// promised before what was not. The day is that by which an order is to be at its customer or, where nothing says that,
  /// the first on which it could have been there: so whoever waits goes before all that come later and are no more urgent.
  ///
  /// Orders of one rank are routed together, for the cost of all.
  struct Rank: Hashable, Comparable {
    var tier: Int64
    var priority: Int64
    /// Whole days by the clocks of the order's channel, since customers are told those.
    var day: Int64
    var isPromised: Bool

    static func < (left: Self, right: Self) -> Bool {
      (left.tier, right.priority, left.day, left.isPromised ? 0 : 1)
        < (right.tier, left.priority, right.day, right.isPromised ? 0 : 1)
    }
  }

  func rank(_ order: WaitingOrder) -> Rank {
    let channel = policy.channels.firstIndex(of: order.facts.channel)
    let tiers = order.lines.compactMap { line in channel.flatMap { unrouted.tiers[line.item]?[$0] } }
    let ways = lanes[Identifier(order.facts.region)] ?? []
    let quickest = ways.map { policy.network.lanes[$0].transit }.min() ?? TimeSpan(milliseconds: 0)
    return Rank(
      tier: tiers.min() ?? .max, priority: order.facts.priority,
      day: order.zone.local(at: order.target ?? order.facts.placedAt + quickest).date.days,
      isPromised: order.lines.contains { $0.rest > 0 && $0.toldAt != nil })
  }

  /// Routes what can be routed: all together as long as nobody stands in the way of a higher rank.
  mutating func routeByRank() {
    let ranks = Dictionary(grouping: orders.indices.filter { orders[$0].isDue }) { rank(orders[$0]) }
    // A cycle must not take long to think.
    let isMany = ranks.values.reduce(0) { $0 + $1.count } > Self.manyOrders
    route(ranks.sorted { $0.key < $1.key }.map(\.value)[...], effort: isMany ? .quick : .standard)
  }

  private static var manyOrders: Int { 500 }

  /// - Parameters:
  ///   - ranks: the orders of each, the first first.
  ///   - effort: for all of them together.
  private mutating func route(_ ranks: ArraySlice<[Int]>, effort: RoutingEffort) {
    let before = self
    routeTogether(ranks.joined().sorted(), effort: effort)
    guard ranks.count > 1, decisions.count > before.decisions.count, isWronged(ranks, before) else { return }
    self = before
    let middle = ranks.startIndex + ranks.count / 2
    // Each half with a quarter, so that all of them take no more than the whole did.
    let rest = effort.share(1, of: 4)
    route(ranks[..<middle], effort: rest)
    route(ranks[middle...], effort: rest)
  }

  /// Routes orders until nothing more is routed, those that are ready first before the others.
  private mutating func routeTogether(_ all: [Int], effort: RoutingEffort) {
    let groups = Dictionary(grouping: all) { orders[$0].ready(from: start) }
    for ready in groups.keys.sorted() {
      var waiting = groups[ready] ?? []
      let effort = effort.share(waiting.count, of: all.count)
      while !waiting.isEmpty, routeOnce(waiting, readyAt: ready, effort: effort) {
        waiting.removeAll { !orders[$0].isDue }
      }
    }
  }

  /// Whether an order waits of which more could leave with what orders of lower rank got: labour of a day, or what lies at
  /// the nodes that it can leave from.
  private func isWronged(_ ranks: ArraySlice<[Int]>, _ before: OrderRouter) -> Bool {
    var routed: [OrderID: [RouteDecision]] = [:]
    for (id, decision) in decisions[before.decisions.count...] { routed[id, default: []].append(decision) }
    // As if only this rank and those above it had been routed.
    var above = self
    for (place, rank) in ranks.enumerated().reversed() {
      for index in rank where place < ranks.count - 1 && orders[index].isDue {
        let own = routed[orders[index].id] ?? []
        above.orders[index] = before.orders[index]
        for decision in own { above.count(decision, of: index, times: -1) }
        let units = above.units(of: index)
        for decision in own { above.count(decision, of: index, times: 1) }
        if units > before.orders[index].rest - orders[index].rest { return true }
      }
      for index in rank {
        for decision in routed[orders[index].id] ?? [] { above.count(decision, of: index, times: -1) }
      }
    }
    return false
  }

  /// Takes what was decided of an order off what there is, or gives it back.
  mutating func count(_ decision: RouteDecision, of index: Int, times: Quantity) {
    for parcel in decision.parcels {
      guard let location = locations.firstIndex(of: parcel.node) else { continue }
      load[LoadKey(node: parcel.node, day: parcel.workDay), default: 0] += times * parcel.units
      for sent in parcel.lines {
        guard let place = orders[index].place(of: LineName(orders[index].id, sent.line)) else { continue }
        let line = orders[index].lines[place]
        stock[StockKey(item: Int32(line.item), location: location), default: 0] -= times * sent.units
      }
    }
  }

  /// How many units of an order would be routed by itself.
  private func units(of index: Int) -> Quantity {
    let timings = timings(readyAt: orders[index].ready(from: start))
    let (problem, _) = problem([index], timings)
    return Planning.route(problem, explains: false).routes[0].shipments.reduce(0) { $0 + $1.quantity }
  }
}
