import Operations

/// What purchase orders and transfers are to bring of an item and which claims wait for it, while the item's plan is made.
///
/// The goods of a line go to the claims on it in the order in which these were made, and what comes first
/// to the first: so a later order never moves the promise of an earlier one.
struct InboundBook {
  /// Units that can be counted on from a moment on.
  struct Part {
    var at: Instant
    var units: Quantity
  }

  /// A claim that waits, or one that this plan makes.
  struct Position {
    /// Nil for one that this plan makes.
    var claim: HeldClaim?
    var line: OpenLine
    /// Its index in the policy; nil for a channel that stands in none.
    var channel: Int?
    var units: Quantity
    /// Whether it may run out because the order is not paid yet.
    var isSoft: Bool
  }

  /// A line whose goods come no more.
  struct Lost {
    var line: OpenLine
    var units: Quantity
    var isSoft: Bool
  }

  struct Supply {
    let pool: Pool
    /// Nil where the line brings nothing more.
    let goods: InboundGoods?
    /// Nil for a supplier that stands in no policy, and for what we send ourselves.
    let supplier: SupplierPolicy?
    /// By time.
    fileprivate(set) var parts: [Part]
    /// The same before anything of it was set aside for claims on stock that is not there.
    fileprivate(set) var counted: [Part]
    /// In the order in which they were made.
    fileprivate(set) var positions: [Position] = []

    /// Units that came in and lie where they can be sold later: whoever waits for them waits on.
    fileprivate(set) var withheld: Quantity = 0

    /// Units that may still come.
    var open: Quantity { goods?.open ?? 0 }
    /// Units that can be counted on.
    var confident: Quantity { parts.reduce(0) { $0 + $1.units } }
    var waiting: Quantity { positions.reduce(0) { $0 + $1.units } }

    /// When the last unit of a position can be sold; nil if it cannot be counted on.
    func date(of position: Int) -> Instant? {
      let end = positions[...position].reduce(0) { $0 + $1.units }
      var sum: Quantity = 0
      for part in parts {
        sum += part.units
        if sum >= end { return part.at }
      }
      return nil
    }

    /// Units of a position that cannot be counted on.
    func doubtful(_ position: Int) -> Quantity {
      let end = positions[...position].reduce(0) { $0 + $1.units }
      return max(0, min(positions[position].units, end - confident))
    }
  }

  /// A place of a position, which holds as long as none is taken away.
  struct Place: Hashable {
    var supply: Int
    var position: Int
  }

  /// By when the first of their units comes, and then by name; those that bring nothing more come last.
  private(set) var supplies: [Supply]
  /// In the order in which they may ask for others.
  private(set) var lost: [Lost] = []
  /// Beside the channels: protected units that are not on hand; empty where nothing is kept of goods under way.
  var unmet: [Quantity] = []

  /// Of an item of which nobody waits for anything.
  init() { supplies = [] }

  /// - Parameters:
  ///   - goods: with what can be counted on of them.
  ///   - positions: the claims on goods to come, in the order of their numbers.
  init(
    _ goods: [(goods: InboundGoods, parts: [Part])], _ positions: [Position], _ suppliers: [SupplierID: SupplierPolicy]
  ) {
    supplies = goods.map { goods, parts in
      let parts = parts.filter { $0.units > 0 }.sorted { $0.at < $1.at }
      return Supply(
        pool: goods.pool, goods: goods, supplier: goods.supplier.flatMap { suppliers[$0] }, parts: parts, counted: parts
      )
    }
    supplies = supplies.enumerated().sorted { left, right in
      let (first, second) = (
        left.element.parts.first?.at ?? .distantFuture, right.element.parts.first?.at ?? .distantFuture
      )
      return first == second ? left.offset < right.offset : first < second
    }.map(\.element)
    var places: [Pool: Int] = [:]
    for (place, supply) in supplies.enumerated() { places[supply.pool] = place }
    for position in positions {
      guard let pool = position.claim?.pool else { continue }
      let place = places[pool] ?? supplies.count
      if place == supplies.count {
        places[pool] = place
        supplies.append(Supply(pool: pool, goods: nil, supplier: nil, parts: [], counted: []))
      }
      supplies[place].positions.append(position)
    }
  }

  var mayChange: Bool { !supplies.isEmpty }
  var isWaiting: Bool { supplies.contains { !$0.positions.isEmpty } }

  subscript(place: Place) -> Position { supplies[place.supply].positions[place.position] }

  /// All positions.
  var places: [Place] {
    supplies.indices.flatMap { supply in
      supplies[supply].positions.indices.map { Place(supply: supply, position: $0) }
    }
  }

  func waiting(of channel: Int) -> Quantity {
    supplies.reduce(0) { sum, supply in supply.positions.reduce(sum) { $1.channel == channel ? $0 + $1.units : $0 } }
  }

  /// What can be promised beside those that wait already, with when: those that can be counted on.
  var demand: [(at: Instant, units: Quantity)] {
    places.compactMap { place in
      supplies[place.supply].date(of: place.position).map { ($0, self[place].units) }
    }
  }

  /// Keeps for those who wait what came in on their line and cannot be sold where it lies.
  /// - Parameters:
  ///   - received: what came in on each line, and where.
  ///   - withheld: what lies at a node and does not count.
  mutating func withhold(_ received: [Pool: ReceivedGoods], _ withheld: (NodeID) -> Quantity) {
    var left: [NodeID: Quantity] = [:]
    for supply in supplies.indices {
      guard let goods = received[supplies[supply].pool] else { continue }
      let rest = left[goods.node] ?? withheld(goods.node)
      let units = min(goods.units, rest, max(0, supplies[supply].waiting - supplies[supply].open))
      supplies[supply].withheld = units
      left[goods.node] = rest - units
    }
  }

  /// Takes units away from a position; one that has none left keeps its place until `tidy`.
  mutating func take(_ units: Quantity, from place: Place) {
    supplies[place.supply].positions[place.position].units -= units
  }

  func hasLost(_ line: OpenLine) -> Bool {
    lost.contains { !$0.isSoft && $0.line.order == line.order && $0.line.line.isBytewiseEqual(to: line.line) }
  }

  /// Remembers units of a position that come no more.
  mutating func lose(_ units: Quantity, from place: Place) {
    let position = self[place]
    lost.append(Lost(line: position.line, units: units, isSoft: position.isSoft))
  }

  mutating func append(_ position: Position, to supply: Int) { supplies[supply].positions.append(position) }

  /// Forgets positions that have nothing left. Places that were known before hold no longer.
  mutating func tidy() {
    for supply in supplies.indices { supplies[supply].positions.removeAll { $0.units == 0 } }
  }

  /// Leaves the first that comes to those who hold claims on stock that is not there, and to the nodes' safety stock.
  /// - Parameters:
  ///   - units: what is claimed and not there.
  ///   - lacking: what nodes lack of their safety stock.
  mutating func setAside(_ units: Quantity, _ lacking: [NodeID: Quantity]) {
    var lacking = lacking
    for supply in supplies.indices {
      guard let node = supplies[supply].goods?.node else { continue }
      for part in supplies[supply].parts.indices {
        let taken = min(lacking[node] ?? 0, supplies[supply].parts[part].units)
        lacking[node, default: 0] -= taken
        supplies[supply].parts[part].units -= taken
      }
      supplies[supply].counted = supplies[supply].parts
    }
    var rest = units
    let all = supplies.indices.flatMap { supply in
      supplies[supply].parts.indices.map { (supply: supply, part: $0, at: supplies[supply].parts[$0].at) }
    }
    for one in all.sorted(by: { ($0.at, $0.supply, $0.part) < ($1.at, $1.supply, $1.part) }) where rest > 0 {
      let taken = min(rest, supplies[one.supply].parts[one.part].units)
      supplies[one.supply].parts[one.part].units -= taken
      rest -= taken
    }
    for supply in supplies.indices { supplies[supply].parts.removeAll { $0.units == 0 } }
  }

  /// Finds units for a channel that nobody waits for, what reaches its customer first before what comes later.
  /// - Parameters:
  ///   - end: the last moment that counts.
  ///   - arrival: when units of a supply reach the customer that can be sold at a moment; nil where they may not be used.
  /// - Returns: supplies, with units of each.
  func free(
    _ units: Quantity, for channel: Int, _ rules: Policy.ItemPolicy, until end: Instant?,
    arrival: (Supply, Instant) -> Instant?
  ) -> [(supply: Int, units: Quantity)] {
    var rest = units
    var found: [(supply: Int, units: Quantity)] = []
    var left: [Int: Quantity] = [:]
    var steps: [(supply: Int, at: Instant, reach: Quantity)] = []
    for (index, supply) in supplies.enumerated() {
      var reach = -supply.waiting
      for part in supply.parts where end.map({ part.at <= $0 }) ?? true {
        reach += part.units
        guard reach > 0, let at = arrival(supply, part.at) else { continue }
        steps.append((index, at, reach))
        if left[index] == nil { left[index] = available(index, to: channel, rules) }
      }
    }
    var taken: [Int: Quantity] = [:]
    for step in steps.sorted(by: { ($0.at, $0.supply) < ($1.at, $1.supply) }) where rest > 0 {
      let sofar = taken[step.supply] ?? 0
      let units = min(rest, step.reach - sofar, (left[step.supply] ?? 0) - sofar)
      guard units > 0 else { continue }
      rest -= units
      taken[step.supply] = sofar + units
      if let place = found.firstIndex(where: { $0.supply == step.supply }) {
        found[place].units += units
      } else {
        found.append((step.supply, units))
      }
    }
    return found
  }

  /// Units of a supply that a channel may claim: what is kept for it and, where it may use the shared pool, what is kept for
  /// nobody.
  func available(_ index: Int, to channel: Int, _ rules: Policy.ItemPolicy) -> Quantity {
    let shares = shares(index, rules)
    return rules.channels[channel].mayUseShared ? shares.available(to: channel) : shares.kept[channel]
  }

  /// Units of a supply that each channel's claims hold, and those of channels that stand in no policy.
  func claimed(_ index: Int, channels: Int) -> (byChannel: [Quantity], byOthers: Quantity) {
    var claimed = Array(repeating: Quantity(0), count: channels)
    var others: Quantity = 0
    for position in supplies[index].positions {
      if let channel = position.channel { claimed[channel] += position.units } else { others += position.units }
    }
    return (claimed, others)
  }

  /// What of a supply nobody has claimed, and for whom it is kept.
  func shares(_ index: Int, _ rules: Policy.ItemPolicy) -> InboundShares {
    let supply = supplies[index]
    let (claimed, others) = claimed(index, channels: rules.channels.count)
    // A share of what is to come is kept of what is bought: what moves between nodes has come in already.
    guard supply.goods.map({ $0.supplier != nil }) ?? true else { return keptUnderWay(index, rules) }
    return rules.inboundShares(
      of: supply.confident, eta: supply.goods?.eta ?? .distantPast, claimed: claimed, claimedByOthers: others)
  }
}
