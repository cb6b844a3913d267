import Operations

/// How things stand once a plan is applied: what channels can sell, and which order lines are covered.
struct Outlook {
  struct Line: Hashable, Comparable {
    var order: OrderID
    var line: String

    static func < (left: Self, right: Self) -> Bool {
      left.order == right.order ? left.line.isBytewiseLess(than: right.line) : left.order < right.order
    }
  }

  /// A channel in a region.
  private struct Seller: Hashable {
    var channel: ChannelID
    var region: RegionID
  }

  let snapshot: Snapshot
  let plan: Plan
  /// Every channel that the plan grants something.
  private(set) var channels: Set<ChannelID> = []
  private var grants: [SKU: [Seller: Grant]] = [:]
  private var shared: [SKU: [RegionID: Quantity]] = [:]
  private var planned: [SKU: [Line: Quantity]] = [:]
  private var moves: [Int64: [ClaimMove]] = [:]
  /// Units of claims that are given back or go elsewhere.
  private var gone: [Int64: Quantity] = [:]
  private(set) var fallbacks: [FallbackTarget: FallbackState]

  init(_ snapshot: Snapshot, _ plan: Plan) {
    self.snapshot = snapshot
    self.plan = plan
    fallbacks = snapshot.fallbacks
    for action in plan.actions.map(\.action) {
      switch action {
      case .setGrant(let sku, let channel, let grant, _, let region):
        grants[sku, default: [:]][Seller(channel: channel, region: region)] = grant
        channels.insert(channel)
      case .setShared(let sku, let units, _, let region): shared[sku, default: [:]][region] = units
      case .setFallback(let target, let state, _): fallbacks[target] = state
      case .claim(let sku, let claim):
        planned[sku, default: [:]][Line(order: claim.order, line: claim.line), default: 0] += claim.quantity
      case .moveClaim(_, let move):
        moves[move.claim, default: []].append(move)
        gone[move.claim, default: 0] += move.quantity
      case .releaseClaim(_, let release): gone[release.claim, default: 0] += release.quantity
      default: break
      }
    }
  }

  /// The claims of an item that were there before the plan, where the plan leaves them.
  private func claims(_ item: Int) -> [HeldClaim] {
    (snapshot.claims[Int32(item)] ?? []).flatMap { claim in
      var rest = claim
      rest.quantity -= gone[claim.id] ?? 0
      let moved = (moves[claim.id] ?? []).map { move in
        var part = claim
        (part.quantity, part.pool, part.node, part.region) = (move.quantity, move.pool, move.node, move.region)
        return part
      }
      return [rest] + moved
    }
  }

  /// The shared pool of each region that has one.
  private func shared(_ item: Int) -> [RegionID: Quantity] {
    var all = [RegionID.everywhere: snapshot.items.shared[item]]
    for (region, pool) in snapshot.pools[Int32(item)] ?? [] { all[region] = pool.shared }
    return all.merging(shared[snapshot.items.sku[item]] ?? [:]) { $1 }
  }

  /// What each channel can sell of an item; a channel that was never granted anything is left out.
  func offers(_ item: Int) -> [ChannelID: Quantity] {
    var now = grants[snapshot.items.sku[item]] ?? [:]
    for row in snapshot.grants.rows(of: item) {
      let channel = snapshot.channels[Int(snapshot.grants.channel[row])]
      let seller = Seller(channel: channel, region: snapshot.grants.region(of: row, in: snapshot.regions))
      if now[seller] == nil { now[seller] = snapshot.grants.grant[row] }
    }
    let shared = shared(item)
    // What a cap over all regions leaves is no more than what they have together.
    var offers: [ChannelID: Quantity] = [:]
    for (seller, grant) in now {
      offers[seller.channel, default: 0] += grant.available(shared: shared[seller.region] ?? 0)
    }
    for (seller, grant) in now where seller.region.isEverywhere {
      guard let cap = grant.capLeft else { continue }
      offers[seller.channel] = min(offers[seller.channel] ?? 0, cap)
    }
    return offers
  }

  /// The units of each order line that stock or goods to come stand behind.
  ///
  /// Where more is claimed than there is, the newest claims lose first, as they do when an order is cut. A claim at a
  /// node of which nothing counts has nothing behind it, and claims of goods to come share what still counts of them.
  func covered(_ item: Int) -> [Line: Quantity] {
    var covered = planned[snapshot.items.sku[item]] ?? [:]
    let claims = claims(item)
    var debt = shared(item).mapValues { max(0, -$0) }
    var inbound: [Pool: Quantity] = [:]
    for line in snapshot.inbound[Int32(item)] ?? [] {
      let share = fallbacks[.supplier(line.supplier)]?.share ?? .all
      inbound[.inbound(line.purchaseOrder, line: line.line)] = share.floor(of: line.open)
    }
    for claim in claims.sorted(by: { ($0.claimedAt, $0.id) > ($1.claimedAt, $1.id) }) where claim.node == nil {
      guard !claim.pool.isInbound else { continue }
      let lost = min(debt[claim.region] ?? 0, claim.quantity)
      debt[claim.region, default: 0] -= lost
      covered[Line(order: claim.order, line: claim.line), default: 0] += claim.quantity - lost
    }
    for claim in claims where claim.node != nil || claim.pool.isInbound {
      var units = claim.quantity
      if let node = claim.node {
        if fallbacks[.node(node)]?.share == Rate.none { units = 0 }
      } else {
        units = min(units, inbound[claim.pool] ?? 0)
        inbound[claim.pool, default: 0] -= units
      }
      covered[Line(order: claim.order, line: claim.line), default: 0] += units
    }
    return covered
  }
}
