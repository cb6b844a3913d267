import DesiredState
import Operations

extension ItemPlanner {
  /// The purchase-order line to hurry when customers wait longer than they were told, or than their ship date allows;
  /// who was told nothing waits already.
  ///
  /// Who waits for the goods of a line is helped by that line alone. What else is missing is laid against what of the lines
  /// nobody waits for, the most urgent against what comes first. The first line that comes too late for units laid against it,
  /// or should have come, is hurried for these units. How far a supplier is trusted does not matter: what comes in time but
  /// may not come at all is not helped by hurrying.
  ///
  /// A transfer under way that comes in time needs no buyer, and the proposal names it; one that is late helps nobody here.
  /// What comes to one region does nothing for the orders of another.
  func expedite(
    _ item: Int, _ shortfalls: ArraySlice<Shortfall>, _ supply: SupplyPart, after actions: ArraySlice<Action>
  ) -> PurchaseProposal? {
    let hour = Instant(hour: now.hour)
    var lines = incoming(item, supply, after: actions)
    var needs = shortfalls.map { shortfall in
      Need(
        by: shortfall.neededBy ?? hour, units: shortfall.units, name: LineName(shortfall.order, shortfall.line),
        region: whole.orders[shortfall.order].map { policy.regions.map.region(to: $0.region) ?? .everywhere })
    }.sorted { $0.by < $1.by }
    for isOwn in [true, false] {
      for line in lines.indices {
        for need in needs.indices where needs[need].units > 0 {
          lines[line].cover(&needs[need], isOwn: isOwn, at: hour)
        }
      }
    }
    guard let line = lines.first(where: { $0.late != nil }), let late = line.late, let goods = line.bought else {
      return nil
    }
    var reason: [String: JSONValue] = [
      "missing": .integer(shortfalls.reduce(0) { $0 + $1.units }), "needed_by": .string(late.by.description),
      "eta": .string(goods.eta.description), "open": .integer(goods.open),
    ]
    let helping = lines.filter { $0.bought == nil && $0.covered > 0 }
    if !helping.isEmpty { reason["transfers"] = .array(helping.map(\.json)) }
    // Buyers are told days by the clocks of the node.
    if let zone = policy.nodes[goods.node]?.calendar.zone, zone != .utc {
      reason["needed_on"] = .string(zone.local(at: late.by).date.description)
      reason["eta_on"] = .string(zone.local(at: goods.eta).date.description)
    }
    return PurchaseProposal(
      .expedite, supplier: goods.supplier, node: goods.node, quantity: late.units,
      line: .init(goods.purchaseOrder, goods.line), region: supply.region, reason: .object(reason))
  }

  /// What is bought and what is under way, the earliest first, with who waits for it once this plan is applied.
  private func incoming(_ item: Int, _ supply: SupplyPart, after actions: ArraySlice<Action>) -> [Incoming] {
    let (key, map) = (Int32(item), policy.regions.map)
    var waiting: [Pool: [LineName: Quantity]] = [:]
    func count(_ units: Quantity, _ pool: Pool, _ order: OrderID, _ line: String) {
      if pool.isInbound { waiting[pool, default: [:]][LineName(order, line), default: 0] += units }
    }
    for claim in whole.claims[key] ?? [] { count(claim.quantity, claim.pool, claim.order, claim.line) }
    for action in actions {
      switch action {
      case .claim(_, let claim): count(claim.quantity, claim.pool, claim.order, claim.line)
      case .releaseClaim(_, let release): count(-release.quantity, release.pool, release.order, release.line)
      case .moveClaim(_, let move):
        count(-move.quantity, move.wasPool, move.order, move.line)
        count(move.quantity, move.pool, move.order, move.line)
      default: break
      }
    }
    let bought = (whole.inbound[key] ?? []).map { line in
      Incoming(
        eta: line.eta, name: (line.purchaseOrder.rawValue, line.line), region: map.region(of: line.node),
        open: line.open, waiting: waiting[.inbound(line.purchaseOrder, line: line.line)] ?? [:], bought: line)
    }
    let moving = (whole.transfers[key] ?? []).map { line in
      Incoming(
        eta: line.eta, name: (line.transfer.rawValue, line.line), region: map.region(of: line.to), open: line.open,
        waiting: waiting[.transfer(line.transfer, line: line.line)] ?? [:])
    }
    return (bought + moving).filter { supply.covers($0.region) }.sorted { $0.comes(before: $1) }
  }
}

/// Units that are missing.
private struct Need {
  var by: Instant
  var units: Quantity
  var name: LineName
  /// Nil where nothing is known of the order.
  var region: RegionID?
}

/// A line of a purchase order or a transfer, and what of it is spoken for.
private struct Incoming {
  let eta: Instant
  let name: (String, String)
  let region: RegionID
  /// Units that each order line waits for.
  private var waiting: [LineName: Quantity]
  /// Units that nobody waits for.
  private var free: Quantity
  /// Nil for a transfer.
  let bought: InboundLine?
  /// Units that it helps in time, and those that it is too late for, with the moment when the first of them is needed.
  private(set) var covered: Quantity = 0
  private(set) var late: (units: Quantity, by: Instant)?

  init(
    eta: Instant, name: (String, String), region: RegionID, open: Quantity, waiting: [LineName: Quantity],
    bought: InboundLine? = nil
  ) {
    (self.eta, self.name, self.region, self.waiting, self.bought) = (eta, name, region, waiting, bought)
    free = max(0, open - waiting.values.reduce(0, +))
  }

  /// - Parameter isOwn: whether the need waits for this very line.
  mutating func cover(_ need: inout Need, isOwn: Bool, at hour: Instant) {
    let isLate = eta > need.by || eta <= hour
    // Nobody can be asked to hurry what is on its way between our own nodes.
    guard need.region ?? region == region, !isLate || bought != nil else { return }
    let units = min(need.units, isOwn ? waiting[need.name] ?? 0 : free)
    guard units > 0 else { return }
    need.units -= units
    if isOwn { waiting[need.name]? -= units } else { free -= units }
    if isLate {
      late = ((late?.units ?? 0) + units, min(late?.by ?? need.by, need.by))
    } else {
      covered += units
    }
  }

  func comes(before other: Incoming) -> Bool {
    if eta != other.eta { return eta < other.eta }
    if (bought == nil) != (other.bought == nil) { return other.bought == nil }
    if !name.0.isBytewiseEqual(to: other.name.0) { return name.0.isBytewiseLess(than: other.name.0) }
    return name.1.isBytewiseLess(than: other.name.1)
  }

  var json: JSONValue {
    [
      "transfer": .string(name.0), "line": .string(name.1), "units": .integer(covered),
      "eta": .string(eta.description),
    ]
  }
}
