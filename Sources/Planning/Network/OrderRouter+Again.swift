import Operations

// Units on nodes that are routed again though they could stay where they are.
//
// What stands stays, but for two: an order that leaves complete or not at all is not left with a part on a node when
// another part has lost its way; and in the first plan of an hour orders that come late, or of which a part can go nowhere
// beside what stands, are weighed as if nothing of them stood, and move where they are served strictly better.
// - Source: domain.md §3, "batch: re-evaluate unpicked orders"; Xu, Allgor and Graves, periodic re-assignment.
extension OrderRouter {
  /// How an order is served; the less the better. Days are those after the first that was promised, and after the one by
  /// which its channel delivers.
  private struct Service: Comparable {
    var waiting: Quantity
    var daysPastPromise: Int64
    var daysPastTarget: Int64

    var isPerfect: Bool { waiting == 0 && daysPastPromise == 0 && daysPastTarget == 0 }

    static func < (left: Self, right: Self) -> Bool {
      (left.waiting, left.daysPastPromise, left.daysPastTarget)
        < (right.waiting, right.daysPastPromise, right.daysPastTarget)
    }
  }

  /// Takes the other units of orders that leave complete or not at all off their nodes, where some of them have no way.
  mutating func gatherWholeOrders() {
    for index in orders.indices where orders[index].profile.shipsComplete {
      let order = orders[index]
      guard order.isComplete, order.isReleased, order.rest > 0, order.onNodes > 0 else { continue }
      addStandingLines(index)
      takeOff(index)
    }
  }

  /// Routes orders again that are served strictly better so.
  /// - Returns: whether any was.
  mutating func reconsider() -> Bool {
    var isAnyBetter = false
    for id in movable.keys.filter(reconsidered.contains).sorted() {
      guard let index = indexAgain(of: id), orders[index].isComplete, orders[index].isReleased,
        !orders[index].waitsForUnits
      else { continue }
      addStandingLines(index)
      guard let now = service(of: orders[index]), !now.isPerfect else { continue }
      if routeAgain(index, insteadOf: now) { isAnyBetter = true }
    }
    return isAnyBetter
  }

  /// - Returns: whether the order is served better than it was; if not, all is as before.
  private mutating func routeAgain(_ index: Int, insteadOf before: Service) -> Bool {
    let (order, claims, decided, gone) = (orders[index], unrouted.claims.count, decisions.count, tooLarge)
    let given = order.lines.flatMap(\.claims).map { ($0, assigned[$0]) }
    let moved = takeOff(index)
    while orders[index].isDue, routeOnce([index], readyAt: orders[index].ready(from: start), effort: .none) {}
    if let after = service(of: orders[index]), after < before { return true }
    for (_, decision) in decisions[decided...] { count(decision, of: index, times: -1) }
    decisions.removeSubrange(decided...)
    for one in moved { place(one, times: -1) }
    unrouted.claims.removeSubrange(claims...)
    assigned.removeSubrange(claims...)
    for (claim, parts) in given { assigned[claim] = parts }
    (orders[index], tooLarge) = (order, gone)
    return false
  }

  /// Where an order stands that may wait for nothing.
  private mutating func indexAgain(of id: OrderID) -> Int? {
    if let index = places[id] { return index }
    guard let claim = movable[id]?.first, let facts = snapshot.orders[id] else { return nil }
    var order = order(claim, facts)
    for claim in standing[id] ?? [] { order.seen += claim.quantity }
    for claim in staying(of: id) {
      order.nodes.insert(claim.node)
      order.onNodes += claim.units
    }
    places[id] = orders.count
    orders.append(order)
    return orders.count - 1
  }

  /// Adds the lines of an order of which all units have a way.
  private mutating func addStandingLines(_ index: Int) {
    var onNodes: [LineName: Quantity] = [:]
    for claim in staying(of: orders[index].id) { onNodes[claim.line, default: 0] += claim.units }
    var lines: [WaitingOrder.Line] = []
    var seen = Set(orders[index].lines.map(\.name))
    for claim in movable[orders[index].id] ?? [] where seen.insert(claim.line).inserted {
      lines.append(WaitingOrder.Line(claim))
      lines[lines.count - 1].onNodes = onNodes[claim.line] ?? 0
    }
    if !lines.isEmpty { orders[index].lines = (orders[index].lines + lines).sorted { $0.name < $1.name } }
  }

  /// Takes all that may move of an order off its nodes.
  /// - Returns: what that is.
  @discardableResult
  private mutating func takeOff(_ index: Int) -> [Unrouted.Claim] {
    let claims = movable[orders[index].id] ?? []
    var moving = Set<Int64>()
    for one in claims {
      guard case .held(let claim) = one.source else { continue }
      orders[index].takeOff(one.units, of: claim, unrouted.claims.count)
      unrouted.claims.append(one)
      assigned.append([])
      moving.insert(claim.id)
      place(one, times: 1)
    }
    let others = staying(of: orders[index].id).filter { !moving.contains($0.id) }.map(\.node)
    orders[index].nodes = Set(others).union(orders[index].parcels.filter { !$0.hasLeft }.map(\.node))
    return claims
  }

  /// Gives what units hold of their node back to it, or takes it again.
  private mutating func place(_ one: Unrouted.Claim, times: Quantity) {
    guard case .held(let claim) = one.source, let node = claim.node else { return }
    if let location = locations.firstIndex(of: node) {
      stock[StockKey(item: Int32(one.item), location: location), default: 0] += times * one.units
    }
    giveBackLabour(of: claim, times * one.units)
  }

  /// The claims of an order that this plan leaves on their nodes.
  private func staying(of id: OrderID) -> [(id: Int64, line: LineName, node: NodeID, units: Quantity)] {
    (standing[id] ?? []).compactMap { claim in
      let units = claim.quantity - (unrouted.leaving[claim.id] ?? 0)
      guard let node = claim.node, units > 0 else { return nil }
      return (claim.id, LineName(claim.order, claim.line), node, units)
    }
  }

  /// Nil where it is not known when all comes that has a way.
  private func service(of order: WaitingOrder) -> Service? {
    func days(_ arrival: Instant, past limit: Instant?) -> Int64 {
      guard let limit else { return 0 }
      return max(0, order.zone.local(at: arrival).date.days - order.zone.local(at: limit).date.days)
    }
    var service = Service(waiting: order.rest, daysPastPromise: 0, daysPastTarget: 0)
    for (line, arrival) in zip(order.lines, order.arrivals) where line.onNodes > 0 {
      guard let arrival else { return nil }
      service.daysPastPromise = max(service.daysPastPromise, days(arrival, past: line.firstPromisedAt))
      service.daysPastTarget = max(service.daysPastTarget, days(arrival, past: order.wantedAt))
    }
    return service
  }
}

extension Snapshot {
  /// Orders with units on nodes that come late, or of which others can go nowhere: those that the first full plan of an hour
  /// looks at again. Plans after it leave them alone, so that a plan right after another has nothing to do.
  func reconsidered(by policy: Policy, at now: Instant) -> Set<OrderID> {
    guard scope == .all, isRouting, !parcels.isEmpty else { return [] }
    if let last = fullPlanAt, last.hour == now.hour, last.nextFullHour == now.nextFullHour { return [] }
    var (waiting, standing, late) = (Set<OrderID>(), Set<OrderID>(), Set<OrderID>())
    var arrivals: [OrderID: [LineName: Instant]] = [:]
    for claim in claims.values.joined() where claim.expiresAt == nil && !claim.pool.isInbound {
      guard claim.node != nil else {
        waiting.insert(claim.order)
        continue
      }
      guard let parcels = parcels[claim.order] else { continue }
      standing.insert(claim.order)
      guard !late.contains(claim.order) else { continue }
      let profile = policy.channels.firstIndex(of: claim.channel).map { policy.network.profiles[$0] }
      let wanted = profile?.deliverWithin.flatMap { span in orders[claim.order].map { $0.placedAt.nextFullHour + span }
      }
      guard let limit = [claim.firstPromisedAt, wanted].compactMap(\.self).min(), parcels.areLate(past: limit) else {
        continue
      }
      let lines = arrivals[claim.order] ?? parcels.lastArrivals(of: claim.order)
      arrivals[claim.order] = lines
      if let arrival = lines[LineName(claim.order, claim.line)], arrival > limit { late.insert(claim.order) }
    }
    return waiting.intersection(standing).union(late)
  }
}

extension [ParcelUnderWay] {
  /// Whether any that has not left, as far as anybody said, arrives after a moment.
  fileprivate func areLate(past limit: Instant) -> Bool { contains { !$0.hasLeft && $0.arrivesAt > limit } }

  /// When the last of those that have not left arrives, by line.
  fileprivate func lastArrivals(of order: OrderID) -> [LineName: Instant] {
    var arrivals: [LineName: Instant] = [:]
    for parcel in self where !parcel.hasLeft {
      for line in parcel.lines {
        let name = LineName(order, line.line)
        arrivals[name] = Swift.max(arrivals[name] ?? parcel.arrivesAt, parcel.arrivesAt)
      }
    }
    return arrivals
  }
}
