import ActualState
import Operations

/// All that a store knows of one order.
struct OrderFacts {
  var order: OrderRow
  var lines: [OrderLineRow]
  /// Active ones, by line and then oldest first.
  var claims: [ClaimRow]
  var routes: [RouteRow]
  var cases: [(sku: SKU, what: Case, since: Instant)] = []
  /// Of lines that something was promised of.
  var promises: [PromiseRow]
  /// The purchase-order lines that its claims wait for.
  var inbound: [Pool: PurchaseOrderLineRow] = [:]
  /// Units of others that come before each of its claims on a purchase-order line, by the claim's number.
  var ahead: [Int64: Quantity] = [:]
  /// The transfer lines that its claims wait for.
  var transfers: [Pool: TransferLineRow] = [:]
  /// Of its items.
  var traits: [SKU: ItemTraits] = [:]
  var confidence: [SupplierID: Rate] = [:]
  /// What nodes are to ship on their days.
  var loads: [NodeLoad] = []

  /// The parcels that were decided, oldest first, by the bytes of each line in them: a large order is not searched once
  /// for every line.
  var parcelsByLine: [[UInt8]: [(route: RouteRow, parcel: RouteDecision.Parcel)]] {
    var parcels: [[UInt8]: [(route: RouteRow, parcel: RouteDecision.Parcel)]] = [:]
    for route in routes {
      for parcel in route.decision.parcels {
        for line in Set(parcel.lines.map { Array($0.line.utf8) }) { parcels[line, default: []].append((route, parcel)) }
      }
    }
    return parcels
  }

  /// Beside the routes: units of each parcel that still are to leave, or have left, as it was decided. What was decided last
  /// counts first, as far as claims are where it says.
  var holding: [[Quantity]] {
    struct Place: Hashable {
      var line: [UInt8]
      var node: NodeID
    }
    var left: [[UInt8]: Quantity] = [:]
    var shipped: [[UInt8]: Quantity] = [:]
    for line in lines {
      left[Array(line.line.utf8)] = line.ordered - line.cancelled
      shipped[Array(line.line.utf8)] = line.shipped
    }
    var held: [Place: Quantity] = [:]
    for claim in claims {
      if let node = claim.node { held[Place(line: Array(claim.line.utf8), node: node), default: 0] += claim.quantity }
    }
    func units(_ sent: RouteDecision.Line, from node: NodeID) -> Quantity {
      let (line, place) = (Array(sent.line.utf8), Place(line: Array(sent.line.utf8), node: node))
      let most = min(sent.units, left[line] ?? 0)
      let fromClaims = min(most, held[place] ?? 0)
      let fromShipped = min(most - fromClaims, shipped[line] ?? 0)
      held[place, default: 0] -= fromClaims
      shipped[line, default: 0] -= fromShipped
      left[line, default: 0] -= fromClaims + fromShipped
      return fromClaims + fromShipped
    }
    return routes.reversed().map { route in
      route.decision.parcels.map { parcel in parcel.lines.reduce(0) { $0 + units($1, from: parcel.node) } }
    }.reversed()
  }

  /// - Returns: nil where the store knows no such order.
  init?(_ id: OrderID, _ store: some Store) throws {
    guard let order = try store.order(id) else { return nil }
    self.order = order
    lines = try store.lines(of: id)
    claims = try lines.flatMap { try store.activeClaims(of: id, $0.line) }
    routes = try store.routes(of: id)
    promises = try lines.flatMap { try store.promises(of: id, $0.line) }
    for case .transfer(let transfer, let line) in claims.map(\.pool) {
      transfers[.transfer(transfer, line: line)] = try store.transferLine(transfer, line)
    }
    for case .inbound(let purchaseOrder, let line) in claims.map(\.pool) {
      guard let row = try store.purchaseOrderLine(purchaseOrder, line) else { continue }
      inbound[.inbound(purchaseOrder, line: line)] = row
      confidence[row.supplier] = try store.supplier(row.supplier)?.standing?.confidence
    }
    if !inbound.isEmpty { ahead = try Self.ahead(of: claims, inbound.keys, store) }
    for line in lines { traits[line.sku] = try store.item(line.sku)?.traits }
    var cases: [(sku: SKU, what: Case, since: Instant)] = []
    try store.eachCase { sku, what, since in
      if what.subject == id.rawValue || what.subject.utf8.starts(with: (id.rawValue + "/").utf8) {
        cases.append((sku, what, since))
      }
    }
    self.cases = cases
    try store.eachLoad { loads.append($0) }
  }

  /// Goods go to claims in the order in which these were made.
  private static func ahead(
    of claims: [ClaimRow], _ pools: some Sequence<Pool>, _ store: some Store
  ) throws -> [Int64: Quantity] {
    let own = Set(claims.map(\.id))
    var waiting = Dictionary(uniqueKeysWithValues: pools.map { ($0, Quantity(0)) })
    var ahead: [Int64: Quantity] = [:]
    try store.eachClaim { claim in
      guard claim.state == .active, let units = waiting[claim.pool] else { return }
      if own.contains(claim.id) { ahead[claim.id] = units }
      waiting[claim.pool] = units + claim.quantity
    }
    return ahead
  }
}
