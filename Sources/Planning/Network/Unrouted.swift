import Operations

/// What the plan of single items leaves for routing, which looks at whole orders.
struct Unrouted {
  /// Units of an order line that are covered by what is there, for good, and that are on no node.
  struct Claim {
    enum Source {
      /// A claim that stands; on a node only where it cannot leave from there.
      case held(HeldClaim)
      /// An action of this plan, by its place: a new claim, or one that moves from what is to come to what is there.
      case planned(Int)
    }

    var source: Source
    var item: Int
    var line: LineName
    var units: Quantity
    var unitPrice: Int64?
    var promisedAt: Instant?
    var firstPromisedAt: Instant?
    /// What its customer knows when the item's own stages have told them.
    var toldAt: Instant?
  }

  var claims: [Claim] = []
  /// Units on nodes that may be routed again, as claims that would be made of them.
  var movable: [Claim] = []
  /// Lines of which a part waits for something else: units that nothing covers, that are to come or that may run out.
  var partial: Set<LineName> = []
  /// Of those, the ones that wait for goods of which is known when they come.
  var expected: [LineName: ExpectedLine] = [:]
  /// What the nodes have left for those claims; locations are places in the snapshot's nodes.
  var stock: [RoutingStock] = []
  /// What they have and do not send: all of a node that is closed or not taken at its word, and safety stock.
  var kept: [RoutingStock] = []
  var safety: [RoutingStock] = []
  /// What lies at nodes of which a share counts, beyond that share.
  var doubted: [RoutingStock] = []
  /// Of the items of those claims, beside the policy's channels.
  var promising: [Int: [PromisePolicy]] = [:]
  /// The rank of their tiers, in the same way.
  var tiers: [Int: [Int64]] = [:]
  /// Units that claims hold on nodes and that do not stay there, because the node is in trouble or others get them.
  var leaving: [Int64: Quantity] = [:]
  /// Where the actions of each item end.
  var ends: ContiguousArray<Int> = []
}

/// Units that a claim holds on a node, and that cannot leave from there.
struct FreedClaim {
  var claim: HeldClaim
  var units: Quantity
  /// A place in the snapshot's nodes.
  var node: Int
}

extension ItemPlanner {
  /// Finds what must leave its node: all at one that is closed or of which nothing counts, what was to go a way that cannot be used any more, and
  /// what is too much at one that has less than it should, the lowest in rank first. What the warehouse has already stays.
  ///
  /// Those units count as claimed from their pools again, so that the item's grants are those of the plan after this one.
  mutating func findTrouble(_ planned: ItemInPlanning) {
    let item = planned.index
    freed.removeAll(keepingCapacity: true)
    guard policy.network.isRouting else { return }
    let claims = (snapshot.claims[Int32(item)] ?? []).filter { claim in
      claim.node != nil && snapshot.orders[claim.order]?.stage != .warehouseRelease
    }
    guard !claims.isEmpty else { return }
    let stranded = claims.filter(isStranded)
    let others = byRank(stranded.isEmpty ? claims : claims.filter { !isStranded($0) }, planned.rules)
    for row in snapshot.positions.rows(of: item) where snapshot.positions.allocated[row] > 0 {
      let (node, allocated) = (Int(snapshot.positions.node[row]), snapshot.positions.allocated[row])
      // A share of a node cuts what is free there, and not what it is to send already.
      let isOut = !nodeIsActive[node] || nodeShare[node] == .none
      var rest = isOut ? allocated : min(allocated, max(0, allocated - snapshot.positions.sellable[row]))
      for claim in stranded where claim.node == snapshot.nodes[node] {
        freed.append(FreedClaim(claim: claim, units: claim.quantity, node: node))
        rest -= claim.quantity
      }
      for claim in others.reversed() where rest > 0 && claim.node == snapshot.nodes[node] {
        // What leaves complete or not at all is not left with a part of a claim.
        let units = shipsComplete(claim) ? claim.quantity : min(rest, claim.quantity)
        freed.append(FreedClaim(claim: claim, units: units, node: node))
        rest -= units
      }
    }
  }

  /// Claims as a shortage takes them from the last: those of tiers that lose before others, of a lower tier before a higher
  /// one, of a low priority before a high one, and the newest before the oldest.
  private func byRank(_ claims: [HeldClaim], _ rules: Policy.ItemPolicy) -> [HeldClaim] {
    func rank(_ claim: HeldClaim) -> (Int, Int64, Int64, Instant, Int64) {
      let channel = policy.channels.firstIndex(of: claim.channel).map { rules.channels[$0] }
      return (
        channel?.reallocation == .lose ? 1 : 0, channel?.rank ?? .max, -(snapshot.orders[claim.order]?.priority ?? 0),
        claim.claimedAt, claim.id
      )
    }
    return claims.map { ($0, rank($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// Whether the way that a claim was routed by is closed. What does not say its way stays.
  private func isStranded(_ claim: HeldClaim) -> Bool {
    guard let node = claim.node, let service = claim.service, let order = snapshot.orders[claim.order] else {
      return false
    }
    return !frame.ways.lead(from: node, to: order.region, by: service)
  }

  private func shipsComplete(_ claim: HeldClaim) -> Bool {
    policy.channels.firstIndex(of: claim.channel).map { policy.network.profiles[$0].shipsComplete } ?? false
  }

  func freedUnits(at node: Int) -> Quantity {
    freed.isEmpty ? 0 : freed.reduce(0) { $1.node == node ? $0 + $1.units : $0 }
  }

  var freedUnits: Quantity { freed.isEmpty ? 0 : freed.reduce(0) { $0 + $1.units } }

  /// Keeps what the item has for routing.
  /// - Parameter actions: those of the item begin at `start`.
  mutating func collectUnrouted(
    _ item: Int, _ safety: [Quantity], _ rules: Policy.ItemPolicy, from start: Int, _ actions: [Action]
  ) {
    guard policy.network.isRouting else { return }
    findings.unrouted.ends.append(actions.count)
    let held = snapshot.claims[Int32(item)] ?? []
    guard !held.isEmpty || actions.count > start else { return }
    var item = UnroutedItem(index: item, held: held, open: snapshot.openLines[Int32(item)] ?? [])
    for index in start..<actions.count { item.read(actions[index], at: index) }
    for one in freed { item.free(one) }
    for claim in held where isMovable(claim) && isExact(item, at: claim, safety) { item.addMovable(claim) }
    item.finish(into: &findings.unrouted)
    guard !item.claims.isEmpty || !item.movable.isEmpty else { return }
    findings.unrouted.promising[item.index] = rules.channels.map(\.promising)
    findings.unrouted.tiers[item.index] = rules.channels.map(\.rank)
    for row in snapshot.positions.rows(of: item.index) {
      let node = Int(snapshot.positions.node[row])
      let allocated =
        snapshot.positions.allocated[row] - freedUnits(at: node) + (item.added[snapshot.nodes[node]] ?? 0)
      let here = max(0, snapshot.positions.sellable[row] - allocated)
      let isSending = nodeIsActive[node] && nodeShare[node] != .none
      let counts = isSending ? counted(here, of: max(here, snapshot.positions.sellable[row]), node) : here
      let free = max(0, counts - safety[node])
      func units(_ units: Quantity) -> RoutingStock {
        RoutingStock(location: node, item: Int32(item.index), units: units)
      }
      if free > 0, isSending { findings.unrouted.stock.append(units(free)) }
      if free > 0, !isSending { findings.unrouted.kept.append(units(free)) }
      if counts > free { findings.unrouted.safety.append(units(counts - free)) }
      if here > counts { findings.unrouted.doubted.append(units(here - counts)) }
    }
  }
}

extension ItemPlanner {
  /// Whether a claim on a node may be routed again though it could stay: the warehouse does not have it yet, and its order
  /// leaves complete or is one that the plan of the hour looks at again.
  private func isMovable(_ claim: HeldClaim) -> Bool {
    guard claim.node != nil, claim.expiresAt == nil, snapshot.orders[claim.order]?.stage ?? .order < .warehouseRelease
    else { return false }
    return shipsComplete(claim) || frame.reconsidered.contains(claim.order)
  }

  /// Whether what leaves a node can be promised there again, unit for unit: then it is the same for the item where its
  /// claims stand.
  private func isExact(_ item: UnroutedItem, at claim: HeldClaim, _ safety: [Quantity]) -> Bool {
    guard let node = snapshot.nodes.firstIndex(where: { $0 == claim.node }), nodeIsActive[node], !nodeIsFrozen[node],
      nodeShare[node] == .all,
      let row = snapshot.positions.rows(of: item.index).first(where: { Int(snapshot.positions.node[$0]) == node })
    else { return false }
    let allocated =
      snapshot.positions.allocated[row] - freedUnits(at: node) + (item.added[snapshot.nodes[node]] ?? 0)
    return snapshot.positions.sellable[row] - allocated >= safety[node]
  }
}

/// The claims of one item as they will be after its own actions.
private struct UnroutedItem {
  let index: Int
  let held: [HeldClaim]
  var claims: [Unrouted.Claim] = []
  private(set) var movable: [Unrouted.Claim] = []
  /// What nodes get or lose by this plan's actions.
  var added: [NodeID: Quantity] = [:]
  /// Units that this plan takes from each claim.
  private var gone: [Int64: Quantity] = [:]
  /// Of those, what it takes of units that must leave their node anyway.
  private var goneFromPool: [Int64: Quantity] = [:]
  private var leaving: [Int64: Quantity] = [:]
  private var open: [LineName: Quantity] = [:]
  private var lines: [LineName: (price: Int64?, promisedAt: Instant?, first: Instant?)] = [:]
  private var partial: Set<LineName> = []
  /// What this plan tells customers.
  private var told: [LineName: Instant?] = [:]

  init(index: Int, held: [HeldClaim], open openLines: [OpenLine]) {
    self.index = index
    self.held = held
    for line in openLines {
      let name = LineName(line.order, line.line)
      open[name] = line.open
      lines[name] = (line.unitPrice, line.promisedAt, line.firstPromisedAt)
    }
    for claim in held {
      lines[.init(claim.order, claim.line)] = (claim.unitPrice, claim.promisedAt, claim.firstPromisedAt)
    }
  }

  mutating func read(_ action: Action, at place: Int) {
    switch action {
    case .claim(_, let claim):
      let name = LineName(claim.order, claim.line)
      open[name, default: 0] -= claim.quantity
      plan(name, claim.pool, claim.node, claim.quantity, isSoft: claim.expiresAt != nil, at: place)
    case .moveClaim(_, let move):
      gone[move.claim, default: 0] += move.quantity
      leave(move.wasNode, move.claim, move.quantity)
      let isSoft = held.contains { $0.id == move.claim && $0.expiresAt != nil }
      plan(.init(move.order, move.line), move.pool, move.node, move.quantity, isSoft: isSoft, at: place)
    case .releaseClaim(_, let release):
      gone[release.claim, default: 0] += release.quantity
      open[.init(release.order, release.line), default: 0] += release.quantity
      leave(release.node, release.claim, release.quantity)
    case .promise(_, let promise, _): told.updateValue(promise.at, forKey: .init(promise.order, promise.line))
    default: break
    }
  }

  private mutating func leave(_ node: NodeID?, _ claim: Int64, _ units: Quantity) {
    if let node {
      added[node, default: 0] -= units
      leaving[claim, default: 0] += units
    } else {
      goneFromPool[claim, default: 0] += units
    }
  }

  private mutating func plan(
    _ name: LineName, _ pool: Pool, _ node: NodeID?, _ units: Quantity, isSoft: Bool, at place: Int
  ) {
    if let node {
      added[node, default: 0] += units
    } else if pool.isInbound || isSoft {
      partial.insert(name)
    } else {
      append(.planned(place), name, units)
    }
  }

  mutating func free(_ one: FreedClaim) {
    leaving[one.claim.id, default: 0] += one.units
    // What other stages took of it they took first.
    let units = one.units - (goneFromPool[one.claim.id] ?? 0)
    if units > 0 { append(.held(one.claim), .init(one.claim.order, one.claim.line), units) }
  }

  /// What stays of a claim on its node by what the item itself does.
  mutating func addMovable(_ claim: HeldClaim) {
    let units = claim.quantity - (leaving[claim.id] ?? 0)
    guard units > 0 else { return }
    movable.append(made(.held(claim), .init(claim.order, claim.line), units))
  }

  private func made(_ source: Unrouted.Claim.Source, _ name: LineName, _ units: Quantity) -> Unrouted.Claim {
    let line = lines[name]
    return Unrouted.Claim(
      source: source, item: index, line: name, units: units, unitPrice: line?.price, promisedAt: line?.promisedAt,
      firstPromisedAt: line?.first)
  }

  private mutating func append(_ source: Unrouted.Claim.Source, _ name: LineName, _ units: Quantity) {
    claims.append(made(source, name, units))
  }

  mutating func finish(into unrouted: inout Unrouted) {
    for claim in held {
      let units = claim.quantity - (gone[claim.id] ?? 0)
      guard units > 0 else { continue }
      let name = LineName(claim.order, claim.line)
      if claim.pool.isInbound || claim.expiresAt != nil {
        partial.insert(name)
      } else if claim.node == nil {
        append(.held(claim), name, units)
      }
    }
    for (name, units) in open where units > 0 { partial.insert(name) }
    unrouted.leaving.merge(leaving) { $1 }
    guard !claims.isEmpty || !movable.isEmpty else { return }
    for place in claims.indices { claims[place].toldAt = told[claims[place].line] ?? claims[place].promisedAt }
    for place in movable.indices { movable[place].toldAt = told[movable[place].line] ?? movable[place].promisedAt }
    unrouted.claims += claims
    unrouted.movable += movable
    unrouted.partial.formUnion(partial)
  }
}
