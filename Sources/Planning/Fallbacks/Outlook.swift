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

  let snapshot: Snapshot
  let plan: Plan
  /// Every channel that the plan grants something.
  private(set) var channels: Set<ChannelID> = []
  private var grants: [SKU: [ChannelID: Grant]] = [:]
  private var shared: [SKU: Quantity] = [:]
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
      case .setGrant(let sku, let channel, let grant, _):
        grants[sku, default: [:]][channel] = grant
        channels.insert(channel)
      case .setShared(let sku, let units, _): shared[sku] = units
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
        (part.quantity, part.pool, part.node) = (move.quantity, move.pool, move.node)
        return part
      }
      return [rest] + moved
    }
  }

  private func shared(_ item: Int) -> Quantity { shared[snapshot.items.sku[item]] ?? snapshot.items.shared[item] }

  /// What each channel can sell of an item; a channel that was never granted anything is left out.
  func offers(_ item: Int) -> [ChannelID: Quantity] {
    var now = grants[snapshot.items.sku[item]] ?? [:]
    for row in snapshot.grants.rows(of: item) {
      let channel = snapshot.channels[Int(snapshot.grants.channel[row])]
      if now[channel] == nil { now[channel] = snapshot.grants.grant[row] }
    }
    let shared = shared(item)
    return now.mapValues { $0.available(shared: shared) }
  }

  /// The units of each order line that stock or goods to come stand behind.
  ///
  /// Where more is claimed than there is, the newest claims lose first, as they do when an order is cut. A claim at a
  /// node of which nothing counts has nothing behind it, and claims of goods to come share what still counts of them.
  func covered(_ item: Int) -> [Line: Quantity] {
    var covered = planned[snapshot.items.sku[item]] ?? [:]
    let claims = claims(item)
    var debt = max(0, -shared(item))
    var inbound: [Pool: Quantity] = [:]
    for line in snapshot.inbound[Int32(item)] ?? [] {
      let share = fallbacks[.supplier(line.supplier)]?.share ?? .all
      inbound[.inbound(line.purchaseOrder, line: line.line)] = share.floor(of: line.open)
    }
    for claim in claims.sorted(by: { ($0.claimedAt, $0.id) > ($1.claimedAt, $1.id) }) where claim.node == nil {
      guard !claim.pool.isInbound else { continue }
      let lost = min(debt, claim.quantity)
      debt -= lost
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
