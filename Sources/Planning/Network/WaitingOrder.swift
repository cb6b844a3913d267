import Operations

/// An order with units that are on no node yet.
struct WaitingOrder {
  struct Line {
    var name: LineName
    var item: Int
    /// Places in `Unrouted.claims`.
    var claims: [Int] = []
    /// Units that are not routed yet.
    var rest: Quantity = 0
    /// Whether some of them stood on a node and are routed again though they could have stayed.
    var isTakenOff = false
    var unitPrice: Int64?
    var promisedAt: Instant?
    var firstPromisedAt: Instant?
    /// What its customer knows when the item's own stages have told them: so it is what the next plan goes by.
    var toldAt: Instant?
    /// Units of the line that are on nodes, by this plan or those before it.
    var onNodes: Quantity = 0
    /// When the last of its units that this plan routes arrives.
    var arrivesAt: Instant?

    /// A line of which nothing is counted yet.
    init(_ claim: Unrouted.Claim) {
      (name, item, unitPrice) = (claim.line, claim.item, claim.unitPrice)
      (promisedAt, firstPromisedAt, toldAt) = (claim.promisedAt, claim.firstPromisedAt, claim.toldAt)
    }
  }

  var id: OrderID
  var facts: SnapshotOrder
  var profile: RoutingProfile
  /// Whether nobody must let it go first.
  var isReleased: Bool
  /// Whose days its customer is told.
  var zone = ZoneRules.utc
  /// In byte order.
  var lines: [Line] = []
  /// The nodes that the order's parcels, as far as they have not left, come from.
  var nodes: Set<NodeID> = []
  /// Its parcels by this plan and those before it, as far as they are known.
  var parcels: [ParcelUnderWay] = []
  /// Units of the order's claims in the snapshot, of any kind.
  var seen: Quantity = 0
  /// Of those, units that are on nodes and stay there.
  var onNodes: Quantity = 0

  var rest: Quantity { lines.reduce(0) { $0 + $1.rest } }

  /// Whether the snapshot holds all claims of the order: only then can it be routed as a whole.
  var isComplete: Bool { seen == facts.claimed }

  /// Whether it is to be routed as far as it goes.
  var isDue: Bool { isComplete && isReleased && rest > 0 && !waitsForUnits }

  /// Whether it waits for units that are not there yet, because it leaves complete or not at all.
  var waitsForUnits: Bool { profile.shipsComplete && onNodes + rest < facts.unshipped }

  /// Counts units of a line that are on a node already.
  mutating func hold(_ units: Quantity, of line: LineName, at node: NodeID) {
    nodes.insert(node)
    onNodes += units
    if let index = place(of: line) { lines[index].onNodes += units }
  }

  /// Counts a parcel that this plan makes.
  mutating func add(_ parcel: RouteDecision.Parcel) {
    nodes.insert(parcel.node)
    parcels.insert(
      ParcelUnderWay(
        node: parcel.node, service: parcel.service, leavesAt: parcel.leavesAt, arrivesAt: parcel.arrivesAt,
        lines: parcel.lines.map { .init(line: $0.line, units: $0.units) }), at: 0)
  }

  /// Takes units of a line that leave their node without being sent out of its parcels, what was decided last first.
  mutating func takeBack(_ units: Quantity, of claim: HeldClaim) {
    var rest = units
    for index in parcels.indices where rest > 0 {
      let parcel = parcels[index]
      guard !parcel.hasLeft, parcel.node == claim.node, parcel.service.isBytewiseEqual(to: claim.service ?? "") else {
        continue
      }
      for line in parcel.lines.indices where parcel.lines[line].line.isBytewiseEqual(to: claim.line) {
        let taken = min(rest, parcels[index].lines[line].units)
        parcels[index].lines[line].units -= taken
        rest -= taken
      }
      parcels[index].lines.removeAll { $0.units == 0 }
    }
    parcels.removeAll(where: \.lines.isEmpty)
  }

  /// Counts units of a line as on no node again, to be routed another time.
  /// - Parameter place: of their claim in `Unrouted.claims`.
  mutating func takeOff(_ units: Quantity, of claim: HeldClaim, _ place: Int) {
    guard let index = self.place(of: .init(claim.order, claim.line)) else { return }
    takeBack(units, of: claim)
    onNodes -= units
    lines[index].onNodes -= units
    lines[index].rest += units
    lines[index].isTakenOff = true
    lines[index].claims.append(place)
  }

  /// Beside the lines: when the last of a line's units that have a way arrives, by this plan or one before it; nil where that
  /// is not known of all of them.
  var arrivals: [Instant?] {
    var ways: [Identifier<LineName>: (units: Quantity, last: Instant)] = [:]
    for parcel in parcels {
      for line in parcel.lines {
        let name = Identifier<LineName>(line.line)
        let known = ways[name] ?? (0, parcel.arrivesAt)
        ways[name] = (known.units + (parcel.hasLeft ? 0 : line.units), max(known.last, parcel.arrivesAt))
      }
    }
    return lines.map { line in ways[line.name.line].flatMap { $0.units < line.onNodes ? nil : $0.last } }
  }

  /// Where a line stands among `lines`, which are sorted by name.
  func place(of name: LineName) -> Int? {
    let place = lines.partitioningIndex { $0.name >= name }
    return place < lines.count && lines[place].name == name ? place : nil
  }

  /// When work on it may begin, where it is routed at a moment.
  func ready(from start: Instant) -> Instant { max(start, facts.shipOn ?? start) }

  /// When it is to be at the customer at the latest: when that was promised or, where nothing was, as soon as its channel
  /// delivers. A promise that was made for later, because the goods were to come later, is what its customer knows.
  var target: Instant? { promisedAt ?? wantedAt }

  private var promisedAt: Instant? { lines.compactMap { $0.rest > 0 ? $0.toldAt : nil }.min() }
  var wantedAt: Instant? { profile.deliverWithin.map { facts.placedAt.nextFullHour + $0 } }

  /// Whether what arrives at a moment comes later than it is to. Promises are of days.
  func isLate(_ arrivesAt: Instant) -> Bool {
    guard let promisedAt else { return wantedAt.map { arrivesAt > $0 } ?? false }
    return zone.local(at: arrivesAt).date > zone.local(at: promisedAt).date
  }

  /// Whether its next parcels may come only from nodes that it uses already.
  var keepsToItsNodes: Bool { profile.split == .none && !nodes.isEmpty }

  /// Whether a part of it has left, or is to leave.
  var isSplit: Bool { !nodes.isEmpty || facts.units > facts.unshipped }

  /// How many parcels of it are to leave.
  var parcelCount: Int {
    var distinct: [ParcelUnderWay] = []
    for parcel in parcels where !parcel.hasLeft && !distinct.contains(where: parcel.isSame) { distinct.append(parcel) }
    return max(distinct.count, nodes.count)
  }

  /// Whether what is routed to a node now leaves in a parcel of the order that is to leave anyway.
  func joins(_ node: NodeID, _ service: String, leavesAt: Instant?) -> Bool {
    parcels.contains {
      !$0.hasLeft && $0.node == node && $0.leavesAt == leavesAt && $0.service.isBytewiseEqual(to: service)
    }
  }

  /// Whether units may leave only in parcels that are to leave anyway.
  var isFull: Bool { profile.maxParcels.map { $0 <= parcelCount } ?? false }

  /// How many parcels may be added.
  var parcelLimit: Int? { profile.parcelLimit(beside: parcelCount) }
}

extension RoutingProfile {
  /// How many parcels an order may be routed in beside those that are to leave: if no more, any number of these.
  func parcelLimit(beside parcels: Int) -> Int? { maxParcels.map { parcels < $0 ? $0 - parcels : max(1, parcels) } }
}
