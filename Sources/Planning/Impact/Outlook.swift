import Operations

/// How things stand once a plan is applied: what channels can sell, and which order lines are covered. It looks at one item
/// after another, so that a million of them need no dictionary.
struct Outlook {
  let snapshot: Snapshot
  let shortfalls: [Shortfall]
  /// When what the plan claims is claimed.
  let now: Instant
  private(set) var fallbacks: [FallbackTarget: FallbackState]
  /// Channels that the policy has, whether or not the snapshot knows them.
  private(set) var channels: Set<ChannelID>
  /// What the plan tells of order lines; nil takes a promise back.
  private(set) var promises: [LineName: (sku: SKU, at: Instant?)] = [:]
  private let actions: [Action]
  /// Beside the snapshot's items: where the actions of each stand.
  private var runs: ContiguousArray<Range<Int>> = []

  /// - Parameter actions: those of a plan of this snapshot, so that each item's stand together, in the order of items.
  init(_ snapshot: Snapshot, _ actions: [Action], _ shortfalls: [Shortfall], now: Instant) {
    self.snapshot = snapshot
    self.now = now
    self.actions = actions
    self.shortfalls = shortfalls
    fallbacks = snapshot.fallbacks
    channels = Set(snapshot.channels)
    for action in actions {
      switch action {
      case .setFallback(let target, let state, _): fallbacks[target] = state
      // A channel that is new gets its terms first.
      case .setChannel(let channel, _, _): channels.insert(channel)
      case .promise(let sku, let promise, _): promises[LineName(promise.order, promise.line)] = (sku, promise.at)
      default: break
      }
    }
    runs.reserveCapacity(snapshot.items.count)
    var next = 0
    for sku in snapshot.items.sku {
      while next < actions.count, actions[next].sku == nil { next += 1 }
      let start = next
      while next < actions.count, actions[next].sku == sku { next += 1 }
      runs.append(start..<next)
    }
  }

  /// Whether both plans do the same to an item.
  func agrees(with other: Outlook, on item: Int) -> Bool {
    let (own, others) = (runs[item], other.runs[item])
    return own.count == others.count && actions[own] == other.actions[others]
  }

  /// Reads what channels can do with an item; one that was never granted anything can do nothing.
  func read(_ item: Int, _ table: ChannelTable, into offers: inout Offers) {
    for channel in table.names.indices {
      offers.grants[channel] = nil
      offers.published[channel] = 0
    }
    for row in snapshot.grants.rows(of: item) {
      let channel = table.ofSnapshot[Int(snapshot.grants.channel[row])]
      offers.grants[channel] = snapshot.grants.grant[row]
      offers.published[channel] = snapshot.grants.published[row] ?? 0
    }
    offers.shared = snapshot.items.shared[item]
    var hint = 0
    for action in actions[runs[item]] {
      switch action {
      case .setGrant(_, let channel, let grant, _):
        hint = table.place(of: channel, near: hint)
        offers.grants[hint] = grant
      case .publish(_, let channel, let units, _):
        hint = table.place(of: channel, near: hint)
        offers.published[hint] = units
      case .setShared(_, let units, _): offers.shared = units
      default: break
      }
    }
  }

  /// A claim as it stands after the plan.
  private struct Claim {
    let name: LineName
    let claimedAt: Instant
    let pool: Pool
    let node: NodeID?
    let units: Quantity

    /// Claims of one moment are told apart by what they are for, since a plan may give them other numbers.
    func isNewer(than other: Claim) -> Bool { (claimedAt, name) > (other.claimedAt, other.name) }
  }

  /// The units of each order line that stock or goods to come stand behind.
  ///
  /// Where more is claimed than there is, the newest claims lose first, as they do when an order is cut. A claim at a
  /// node of which nothing counts has nothing behind it, and claims of goods to come share what still counts of them.
  /// - Parameter shared: what the plan leaves in the item's pool; below 0 where more is claimed than there is.
  func covered(_ item: Int, shared: Quantity) -> [LineName: Quantity] {
    let claims = claims(item).sorted { $0.isNewer(than: $1) }
    var covered: [LineName: Quantity] = [:]
    var debt = max(0, -shared)
    var inbound: [Pool: Quantity] = [:]
    for line in snapshot.inbound[Int32(item)] ?? [] {
      let share = fallbacks[.supplier(line.supplier)]?.share ?? .all
      inbound[.inbound(line.purchaseOrder, line: line.line)] = share.floor(of: line.open)
    }
    for claim in claims where claim.node == nil && !claim.pool.isInbound {
      let lost = min(debt, claim.units)
      debt -= lost
      covered[claim.name, default: 0] += claim.units - lost
    }
    for claim in claims.reversed() where claim.node != nil || claim.pool.isInbound {
      var units = claim.units
      if let node = claim.node {
        if fallbacks[.node(node)]?.share == Rate.none { units = 0 }
      } else {
        units = min(units, inbound[claim.pool] ?? 0)
        inbound[claim.pool, default: 0] -= units
      }
      covered[claim.name, default: 0] += units
    }
    return covered
  }

  /// The claims of an item that were there before the plan, where the plan leaves them, and those that it makes.
  private func claims(_ item: Int) -> [Claim] {
    var claims: [Claim] = []
    var moves: [Int64: [ClaimMove]] = [:]
    // Units of claims that are given back or go elsewhere.
    var gone: [Int64: Quantity] = [:]
    for action in actions[runs[item]] {
      switch action {
      case .claim(_, let claim):
        claims.append(
          Claim(
            name: LineName(claim.order, claim.line), claimedAt: now, pool: claim.pool, node: claim.node,
            units: claim.quantity))
      case .moveClaim(_, let move):
        moves[move.claim, default: []].append(move)
        gone[move.claim, default: 0] += move.quantity
      case .releaseClaim(_, let release): gone[release.claim, default: 0] += release.quantity
      default: break
      }
    }
    for held in snapshot.claims[Int32(item)] ?? [] {
      func part(_ units: Quantity, _ pool: Pool, _ node: NodeID?) -> Claim {
        Claim(
          name: LineName(held.order, held.line), claimedAt: held.claimedAt, pool: pool, node: node, units: units)
      }
      claims.append(part(held.quantity - (gone[held.id] ?? 0), held.pool, held.node))
      claims += (moves[held.id] ?? []).map { part($0.quantity, $0.pool, $0.node) }
    }
    return claims
  }
}

/// The channels of several outlooks, in byte order.
struct ChannelTable {
  let names: [ChannelID]
  /// Beside the snapshot's channels: where each stands in `names`.
  let ofSnapshot: [Int]

  /// - Parameter channels: at least those of the snapshot.
  init(_ channels: Set<ChannelID>, _ snapshot: Snapshot) {
    let names = channels.sorted()
    self.names = names
    ofSnapshot = snapshot.channels.map { names.firstIndex(of: $0) ?? 0 }
  }

  /// Where a channel of the table stands. Channels are asked for in their order, so that the next is found at once.
  func place(of channel: ChannelID, near hint: Int) -> Int {
    for step in names.indices {
      let place = (hint + step) % names.count
      if names[place] == channel { return place }
    }
    return hint
  }
}

/// What channels can do with one item, beside the table's channels.
struct Offers {
  /// Nil where nothing was ever granted.
  var grants: ContiguousArray<Grant?>
  var published: ContiguousArray<Quantity>
  var shared: Quantity = 0

  init(_ table: ChannelTable) {
    grants = ContiguousArray(repeating: nil, count: table.names.count)
    published = ContiguousArray(repeating: 0, count: table.names.count)
  }

  /// Units that a channel can sell.
  func available(_ channel: Int) -> Quantity { grants[channel]?.available(shared: shared) ?? 0 }

  var canBeSold: Bool { grants.indices.contains { available($0) > 0 } }

  /// Units that are free and that all channels together may not sell: each sells its own first, and then from the pool as
  /// far as its cap goes.
  var stranded: Quantity {
    var (free, sold, reach) = (shared, Quantity(0), Quantity(0))
    for case let grant? in grants {
      let own = min(grant.protected, grant.capLeft ?? grant.protected)
      free += grant.protected
      sold += own
      // More than there is in the pool need not be counted, and a sum of them fits into a number.
      if grant.mayUseShared { reach += min(grant.capLeft.map { $0 - own } ?? shared, max(0, shared)) }
    }
    return max(0, free - sold - max(0, min(reach, shared)))
  }
}
