public import Operations

extension Store {
  /// The parcels of an order, as far as its units are on nodes or have left them, what was decided last first.
  ///
  /// A decision does not say which of its units were moved elsewhere since: those that a node holds count as routed by the
  /// last decisions that say so, and those that have left as routed by the last of the others. Where several parcels of one
  /// decision can be what has left, all of them count.
  public func parcels(of order: OrderID) throws -> [ParcelUnderWay] {
    var onNodes = UnitsUnderWay()
    for line in try lines(of: order) {
      for claim in try activeClaims(of: order, line.line) {
        onNodes.add(claim.quantity, line.line, at: claim.node, by: claim.service)
      }
    }
    return try parcels(of: order, onNodes)
  }

  /// - Parameter onNodes: the units of the order's claims.
  fileprivate func parcels(of order: OrderID, _ onNodes: UnitsUnderWay) throws -> [ParcelUnderWay] {
    let routes = try routes(of: order)
    guard !routes.isEmpty else { return [] }
    var rest = onNodes
    for line in try lines(of: order) where line.shipped > 0 { rest.addLeft(line.shipped, line.line) }
    return routes.reversed().flatMap { rest.parcels(of: $0.decision) }
  }
}

/// Units of an order that stand on nodes and that have left, as far as no parcel was found for them.
private struct UnitsUnderWay {
  private struct Place: Hashable {
    var line: Name
    var node: NodeID
    var service: Name
  }

  private var onNodes: [Place: Quantity] = [:]
  private var left: [Name: Quantity] = [:]

  mutating func addLeft(_ units: Quantity, _ line: String) { left[Name(line), default: 0] += units }

  /// Adds units of a claim.
  mutating func add(_ units: Quantity, _ line: String, at node: NodeID?, by service: String?) {
    guard let node, let service else { return }
    onNodes[Place(line: Name(line), node: node, service: Name(service)), default: 0] += units
  }

  mutating func parcels(of decision: RouteDecision) -> [ParcelUnderWay] {
    var (parcels, gone): ([ParcelUnderWay], [Name: Quantity]) = ([], [:])
    for parcel in decision.parcels {
      var staying: [ParcelUnderWay.Line] = []
      var leaving: [ParcelUnderWay.Line] = []
      for line in parcel.lines {
        let name = Name(line.line)
        let place = Place(line: name, node: parcel.node, service: Name(parcel.service))
        let here = min(line.units, onNodes[place] ?? 0)
        let away = min(line.units - here, left[name] ?? 0)
        onNodes[place, default: 0] -= here
        gone[name, default: 0] += away
        if here > 0 { staying.append(.init(line: line.line, units: here)) }
        if away > 0 { leaving.append(.init(line: line.line, units: away)) }
      }
      for (lines, hasLeft) in [(staying, false), (leaving, true)] where !lines.isEmpty {
        parcels.append(
          ParcelUnderWay(
            node: parcel.node, service: parcel.service, leavesAt: parcel.leavesAt, arrivesAt: parcel.arrivesAt,
            hasLeft: hasLeft, lines: lines))
      }
    }
    for (name, units) in gone { left[name, default: 0] -= min(units, left[name] ?? 0) }
    return parcels
  }
}

extension Snapshot {
  /// Adds the parcels of the snapshot's orders: whichever of them a plan routes, or routes again, what it has already counts.
  public mutating func addParcels(_ store: some Store) throws {
    guard isRouting else { return }
    var waiting: [OrderID: Quantity] = [:]
    var onNodes: [OrderID: UnitsUnderWay] = [:]
    for claim in claims.values.joined() {
      if claim.node == nil {
        waiting[claim.order, default: 0] += claim.quantity
      } else {
        onNodes[claim.order, default: UnitsUnderWay()].add(
          claim.quantity, claim.line, at: claim.node, by: claim.service)
      }
    }
    for (order, facts) in orders where !order.isCart {
      // Of those that are on no node yet there are none.
      guard facts.claimed > waiting[order] ?? 0 || facts.units > facts.unshipped else { continue }
      // A snapshot of few items does not hold all claims of their orders.
      let parcels =
        scope == .all ? try store.parcels(of: order, onNodes[order] ?? UnitsUnderWay()) : try store.parcels(of: order)
      if !parcels.isEmpty { self.parcels[order] = parcels }
    }
  }
}
