import Operations

/// The order lines of one item while its plan is made: what each still misses, what it gets and what it gives up.
struct LineBook {
  /// Lines that have reached the point at which their channel claims; `open` is what they miss now.
  private(set) var lines: [OpenLine]
  /// Beside `lines`: the index of the channel in the policy; nil for a channel that stands in none.
  private(set) var channels: [Int?]
  private(set) var reallocated: [Reallocated] = []
  private var claims: [(line: Int, claim: PlannedClaim)] = []
  /// What is released of each claim, apart by where it stands.
  private var released: [ClaimPlace: (claim: HeldClaim, units: Quantity)] = [:]

  /// What is taken back of lines that may not claim again now.
  private(set) var lostLater: [(claim: HeldClaim, units: Quantity)] = []
  /// Claims on goods to come that get goods that are there.
  private var handovers: [ClaimMove] = []

  private struct ClaimPlace: Hashable {
    var id: Int64
    var node: NodeID?
    var pool: Pool
  }

  init(_ lines: [OpenLine], channels: [Int?]) {
    self.lines = lines
    self.channels = channels
  }

  /// Whether nobody asks for anything, and nobody's claims change.
  var isEmpty: Bool {
    lines.isEmpty && claims.isEmpty && released.isEmpty && handovers.isEmpty && lostLater.isEmpty && reallocated.isEmpty
  }

  var isShort: Bool { lines.contains { $0.open > 0 } }

  /// The lines of some channels that are short, in the order in which they are served.
  func lines(of channels: [Int]) -> [Int] {
    lines.indices.filter { index in
      lines[index].open > 0 && self.channels[index].map(channels.contains) ?? false
    }.sorted { lines[$0].isServed(before: lines[$1]) }
  }

  func index(of line: OpenLine) -> Int? {
    lines.firstIndex { $0.order == line.order && $0.line.isBytewiseEqual(to: line.line) }
  }

  mutating func claim(_ claim: PlannedClaim, for index: Int) {
    lines[index].open -= claim.quantity
    claims.append((index, claim))
  }

  /// Takes units of a claim back; its line misses them from now on.
  /// - Parameters:
  ///   - line: the line as an open one, where it may claim again.
  ///   - winner: the index of the line that gets the units; nil where they are gone from stock.
  mutating func release(
    _ units: Quantity, of claim: HeldClaim, _ sku: SKU, line: OpenLine?, channel: Int, to winner: Int?
  ) {
    giveBack(units, of: claim, line: line, channel: channel)
    let loser = Reallocated.Side(order: claim.order, line: claim.line, channel: claim.channel)
    let side = winner.map {
      Reallocated.Side(order: lines[$0].order, line: lines[$0].line, channel: lines[$0].channel)
    }
    if let last = reallocated.lastIndex(where: { $0.loser.isSame(as: loser) && isSame($0.winner, side) }) {
      reallocated[last].units += units
    } else {
      reallocated.append(Reallocated(sku: sku, units: units, loser: loser, winner: side))
    }
  }

  /// Takes units of a claim back, and nobody is to blame.
  /// - Returns: the index of its line; nil where that may not claim again.
  @discardableResult
  mutating func giveBack(_ units: Quantity, of claim: HeldClaim, line: OpenLine?, channel: Int?) -> Int? {
    released[ClaimPlace(id: claim.id, node: claim.node, pool: claim.pool), default: (claim, 0)].units += units
    if let place = lines.firstIndex(where: { $0.order == claim.order && $0.line.isBytewiseEqual(to: claim.line) }) {
      lines[place].open += units
      return place
    }
    guard var line else {
      lostLater.append((claim, units))
      return nil
    }
    line.open = units
    lines.append(line)
    channels.append(channel)
    return lines.count - 1
  }

  mutating func handOver(_ units: Quantity, of claim: HeldClaim, to pool: Pool) {
    if let place = handovers.firstIndex(where: { $0.claim == claim.id && $0.pool == pool }) {
      handovers[place].quantity += units
    } else {
      handovers.append(ClaimMove(claim, quantity: units, to: pool, at: nil))
    }
  }

  /// What a claim on goods to come got of goods that are there, by pool.
  func handedOver(_ claim: HeldClaim) -> [(pool: Pool, units: Quantity)] {
    handovers.filter { $0.claim == claim.id }.map { ($0.pool, $0.quantity) }
  }

  /// For each line that gave up units: what it is called, and how many it gave to whom.
  var losses: [(subject: String, detail: String)] {
    var losses: [(loser: Reallocated.Side, units: Quantity, to: [String])] = []
    for one in reallocated {
      let to = "\(one.units) to " + (one.winner.map { "\($0.order)/\($0.line)" } ?? "missing stock")
      if let place = losses.firstIndex(where: { $0.loser.isSame(as: one.loser) }) {
        losses[place].units += one.units
        losses[place].to.append(to)
      } else {
        losses.append((one.loser, one.units, [to]))
      }
    }
    return losses.map { loser, units, to in
      let more = to.count > 8 ? " and \(to.count - 8) more" : ""
      return (
        "\(loser.order)/\(loser.line)", "lost \(units) units: " + to.prefix(8).joined(separator: ", ") + more
      )
    }
  }

  private func isSame(_ left: Reallocated.Side?, _ right: Reallocated.Side?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.isSame(as: right)
  }

  /// Releases in the order of their claims, then what is handed over, and then the claims, each line's of one pool and node
  /// in one.
  func actions(_ sku: SKU) -> [Action] {
    struct Place: Hashable {
      var line: Int
      var pool: Pool
      var node: NodeID?
    }
    var moves = handovers
    var releases: [ClaimRelease] = []
    for (place, one) in released.sorted(by: { ($0.key.id, $0.key.node ?? "") < ($1.key.id, $1.key.node ?? "") }) {
      var release = ClaimRelease(one.claim, quantity: one.units)
      // What was handed over and taken again in the same plan was never handed over.
      if let move = moves.firstIndex(where: { $0.claim == place.id && $0.pool == place.pool }) {
        moves[move].quantity -= one.units
        release.pool = moves[move].wasPool
      }
      if let last = releases.indices.last, releases[last].claim == release.claim, releases[last].node == release.node {
        releases[last].quantity += release.quantity
      } else {
        releases.append(release)
      }
    }
    var merged: [PlannedClaim] = []
    var places: [Place: Int] = [:]
    for (line, claim) in claims {
      let place = Place(line: line, pool: claim.pool, node: claim.node)
      if let known = places[place] {
        merged[known].quantity += claim.quantity
      } else {
        places[place] = merged.count
        merged.append(claim)
      }
    }
    return releases.map { .releaseClaim(sku, $0) }
      + moves.filter { $0.quantity > 0 }.map { .moveClaim(sku, $0) } + merged.map { .claim(sku, $0) }
  }
}

extension Reallocated.Side {
  /// Whether it is the same line, byte by byte.
  func isSame(as other: Self) -> Bool { order == other.order && line.isBytewiseEqual(to: other.line) }
}
