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
}
