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
  let actions: [Action]
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
    offers.regional = [:]
    for row in snapshot.grants.rows(of: item) {
      let channel = table.ofSnapshot[Int(snapshot.grants.channel[row])]
      let region = snapshot.grants.region(of: row, in: snapshot.regions)
      offers.set(snapshot.grants.grant[row], channel, region)
      offers.publish(snapshot.grants.published[row] ?? 0, channel, region)
    }
    offers.shared = snapshot.items.shared[item]
    for (region, pool) in snapshot.pools[Int32(item)] ?? [] { offers.share(pool.shared, region) }
    var hint = 0
    for action in actions[runs[item]] {
      switch action {
      case .setGrant(_, let channel, let grant, _, let region):
        hint = table.place(of: channel, near: hint)
        offers.set(grant, hint, region)
      case .publish(_, let channel, let units, _, let region):
        hint = table.place(of: channel, near: hint)
        offers.publish(units, hint, region)
      case .setShared(_, let units, _, let region): offers.share(units, region)
      default: break
      }
    }
  }

  /// A claim as it stands after the plan.
  private struct Claim {
    let name: LineName
    let claimedAt: Instant
    var pool: Pool
    var node: NodeID?
    var region: RegionID
    var units: Quantity

    /// Claims of one moment are told apart by what they are for, since a plan may give them other numbers.
    func isNewer(than other: Claim) -> Bool { (claimedAt, name) > (other.claimedAt, other.name) }
  }

  /// The units of each order line that stock or goods to come stand behind.
  ///
  /// Where more is claimed than there is, the newest claims lose first, as they do when an order is cut. A claim at a
  /// node of which nothing counts has nothing behind it unless the warehouse has it already, and claims of goods to come
  /// share what still counts of them.
  /// - Parameter shared: what the plan leaves in the item's pool of each region; below 0 where more is claimed than there
  ///   is.
  func covered(_ item: Int, shared: [RegionID: Quantity]) -> [LineName: Quantity] {
    let claims = claims(item).sorted { $0.isNewer(than: $1) }
    var covered: [LineName: Quantity] = [:]
    var debt = shared.mapValues { max(0, -$0) }
    var inbound: [Pool: Quantity] = [:]
    for line in snapshot.inbound[Int32(item)] ?? [] {
      let share = fallbacks[.supplier(line.supplier)]?.share ?? .all
      inbound[.inbound(line.purchaseOrder, line: line.line)] = share.floor(of: line.open)
    }
    for line in snapshot.transfers[Int32(item)] ?? [] {
      inbound[.transfer(line.transfer, line: line.line)] = line.open
    }
    for claim in claims where claim.node == nil && !claim.pool.isInbound {
      let lost = min(debt[claim.region] ?? 0, claim.units)
      debt[claim.region, default: 0] -= lost
      covered[claim.name, default: 0] += claim.units - lost
    }
    for claim in claims.reversed() where claim.node != nil || claim.pool.isInbound {
      var units = claim.units
      if let node = claim.node {
        let isReleased = snapshot.orders[claim.name.order]?.stage == .warehouseRelease
        if !isReleased, fallbacks[.node(node)]?.share == Rate.none { units = 0 }
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
    var changes: [Int64: [Action]] = [:]
    for action in actions[runs[item]] {
      switch action {
      case .claim(_, let claim):
        claims.append(
          Claim(
            name: LineName(claim.order, claim.line), claimedAt: now, pool: claim.pool, node: claim.node,
            region: claim.region, units: claim.quantity))
      case .moveClaim(_, let move): changes[move.claim, default: []].append(action)
      case .releaseClaim(_, let release): changes[release.claim, default: []].append(action)
      default: break
      }
    }
    for held in snapshot.claims[Int32(item)] ?? [] {
      let whole = Claim(
        name: LineName(held.order, held.line), claimedAt: held.claimedAt, pool: held.pool, node: held.node,
        region: held.region, units: held.quantity)
      claims += Self.parts(of: whole, after: changes[held.id] ?? [])
    }
    return claims
  }

  /// What becomes of a claim: one plan may move it, and then give some of it back where it is by then.
  private static func parts(of whole: Claim, after changes: [Action]) -> [Claim] {
    var parts = [whole]
    @discardableResult
    func take(_ units: Quantity, where isMeant: (Claim) -> Bool) -> Quantity {
      var left = units
      for index in parts.indices.reversed() where isMeant(parts[index]) {
        let taken = min(left, parts[index].units)
        parts[index].units -= taken
        left -= taken
      }
      return left
    }
    for change in changes {
      switch change {
      case .moveClaim(_, let move):
        take(move.quantity) { $0.pool == move.wasPool && $0.node == move.wasNode && $0.region == move.wasRegion }
        var part = whole
        (part.pool, part.node, part.region, part.units) = (move.pool, move.node, move.region, move.quantity)
        parts.append(part)
      case .releaseClaim(_, let release):
        let left = take(release.quantity) {
          $0.pool == release.pool && $0.node == release.node && $0.region == release.region
        }
        // What must leave its node, and is given back before it does, is still there.
        take(left) { _ in true }
      default: break
      }
    }
    return parts
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
  /// What they can do in each region, where regions are named.
  var regional: [RegionID: Regional] = [:]

  struct Regional {
    var grants: [Int: Grant] = [:]
    var published: [Int: Quantity] = [:]
    var shared: Quantity = 0
  }

  init(_ table: ChannelTable) {
    grants = ContiguousArray(repeating: nil, count: table.names.count)
    published = ContiguousArray(repeating: 0, count: table.names.count)
  }

  mutating func set(_ grant: Grant?, _ channel: Int, _ region: RegionID) {
    if region.isEverywhere {
      grants[channel] = grant
    } else {
      regional[region, default: Regional()].grants[channel] = grant
    }
  }

  /// What is published counts over all regions.
  mutating func publish(_ units: Quantity, _ channel: Int, _ region: RegionID) {
    let was = regional[region]?.published[channel] ?? 0
    if region.isEverywhere {
      published[channel] = units + regional.values.reduce(0) { $0 + ($1.published[channel] ?? 0) }
    } else {
      regional[region, default: Regional()].published[channel] = units
      published[channel] += units - was
    }
  }

  mutating func share(_ units: Quantity, _ region: RegionID) {
    if region.isEverywhere { shared = units } else { regional[region, default: Regional()].shared = units }
  }

  /// What is left in the pool of each region.
  var sharedByRegion: [RegionID: Quantity] {
    regional.mapValues(\.shared).merging([.everywhere: shared]) { $1 }
  }

  /// Units that a channel can sell: in all regions together no more than its cap over them leaves.
  func available(_ channel: Int) -> Quantity {
    let own = grants[channel]?.available(shared: shared) ?? 0
    guard !regional.isEmpty else { return own }
    let there = regional.values.reduce(0) { $0 + ($1.grants[channel]?.available(shared: $1.shared) ?? 0) }
    return min(own + there, grants[channel]?.capLeft ?? .max)
  }

  var canBeSold: Bool { grants.indices.contains { available($0) > 0 } }

  /// Units that are free and that all channels together may not sell: each sells its own first, and then from the pool as
  /// far as its cap goes.
  var stranded: Quantity {
    regional.values.reduce(Self.stranded(shared, grants.lazy.compactMap(\.self))) {
      $0 + Self.stranded($1.shared, $1.grants.values)
    }
  }

  private static func stranded(_ shared: Quantity, _ grants: some Sequence<Grant>) -> Quantity {
    var (free, sold, reach) = (shared, Quantity(0), Quantity(0))
    for grant in grants {
      let own = min(grant.protected, grant.capLeft ?? grant.protected)
      free += grant.protected
      sold += own
      // More than there is in the pool need not be counted, and a sum of them fits into a number.
      if grant.mayUseShared { reach += min(grant.capLeft.map { $0 - own } ?? shared, max(0, shared)) }
    }
    return max(0, free - sold - max(0, min(reach, shared)))
  }
}
