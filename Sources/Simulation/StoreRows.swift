import ActualState
import Operations

/// What a preview speaks of, read from the rows of a store.
struct StoreRows {
  struct Line: Hashable, Comparable, CustomStringConvertible {
    var order: OrderID
    var line: String

    static func < (left: Self, right: Self) -> Bool { (left.order, left.line) < (right.order, right.line) }
    var description: String { "\(order)/\(line)" }
  }

  struct Offer: Hashable {
    var available: Quantity = 0
    var published: Quantity = 0
  }

  private(set) var offers: [SKU: [ChannelID: Offer]] = [:]
  private(set) var grants: [SKU: [ChannelID: [RegionID: GrantRow]]] = [:]
  /// Nothing for what is 0.
  private(set) var shared: [SKU: [RegionID: Quantity]] = [:]
  private(set) var lines: [Line: OrderLineRow] = [:]
  private(set) var channels: [OrderID: ChannelID] = [:]
  /// Orders that the warehouse has already.
  private var released = Set<OrderID>()
  /// The units of order lines that there is something behind.
  private(set) var backed: [Line: Quantity] = [:]

  init(_ store: InMemoryStore) throws {
    try store.eachItem { item in
      shared[item.sku] = item.pools.mapValues(\.shared).merging([.everywhere: item.shared]) { $1 }.filter { $1 != 0 }
    }
    try store.eachGrant { grants[$0.sku, default: [:]][$0.channel, default: [:]][$0.region] = $0 }
    for (sku, channels) in grants {
      offers[sku] = channels.mapValues { Self.offer($0, shared: shared[sku] ?? [:]) }
    }
    try store.eachOrder { order in
      channels[order.order] = order.channel
      if order.stage == .warehouseRelease { released.insert(order.order) }
      for line in try store.lines(of: order.order) { lines[Line(order: order.order, line: line.line)] = line }
    }
    try readClaims(store)
  }

  /// What a channel can sell of an item: in all regions together no more than its cap over them leaves.
  private static func offer(_ rows: [RegionID: GrantRow], shared: [RegionID: Quantity]) -> Offer {
    let units = rows.reduce(0) { $0 + ($1.value.grant?.available(shared: shared[$1.key] ?? 0) ?? 0) }
    let limit = rows.count > 1 ? rows[.everywhere]?.grant?.capLeft : nil
    return Offer(
      available: limit.map { min($0, units) } ?? units, published: rows.values.reduce(0) { $0 + ($1.published ?? 0) })
  }

  private mutating func readClaims(_ store: InMemoryStore) throws {
    var trust: [FallbackTarget: Rate] = [:]
    try store.eachFallback { trust[$0] = $1.share }
    var toCome: [Pool: Quantity] = [:]
    let snapshot = try store.snapshot(.all)
    for line in snapshot.transfers.values.joined() { toCome[.transfer(line.transfer, line: line.line)] = line.open }
    for line in snapshot.inbound.values.joined() {
      toCome[.inbound(line.purchaseOrder, line: line.line)] =
        (trust[.supplier(line.supplier)] ?? .all).floor(of: line.open)
    }
    var claims: [ClaimRow] = []
    try store.eachClaim { if $0.state == .active, !$0.order.isCart { claims.append($0) } }
    claims.sort { ($0.claimedAt, $0.order, $0.line) < ($1.claimedAt, $1.order, $1.line) }
    var debt = shared.mapValues { $0.mapValues { max(0, -$0) } }
    for claim in claims.reversed() where claim.node == nil && !claim.pool.isInbound {
      let lost = min(claim.quantity, debt[claim.sku]?[claim.region] ?? 0)
      debt[claim.sku, default: [:]][claim.region, default: 0] -= lost
      backed[Line(order: claim.order, line: claim.line), default: 0] += claim.quantity - lost
    }
    for claim in claims {
      if let node = claim.node {
        let isThere = released.contains(claim.order) || trust[.node(node)] != Rate.none
        let units = isThere ? claim.quantity : 0
        backed[Line(order: claim.order, line: claim.line), default: 0] += units
      } else if claim.pool.isInbound {
        let units = min(claim.quantity, toCome[claim.pool] ?? 0)
        toCome[claim.pool, default: 0] -= units
        backed[Line(order: claim.order, line: claim.line), default: 0] += units
      }
    }
  }
}
