public import ActualState
public import Operations
import SQLite

struct OrderQueries {
  let order, insertOrder, line, lines, putLine: Query
  let activeClaims, insertClaim, replaceClaim: Query
  let purchaseOrderLine, hasPurchaseOrder, putPurchaseOrderLine: Query
  let eachOrder, eachClaim: Query

  init(_ database: Database) {
    func query(_ sql: String) -> Query { Query(database, sql) }
    let orderColumns =
      "o.order_id, c.name, o.placed_at, o.region FROM orders AS o JOIN channels AS c ON c.id = o.channel"
    order = query("SELECT \(orderColumns) WHERE o.order_id = ?")
    eachOrder = query("SELECT \(orderColumns) ORDER BY o.order_id")
    insertOrder = query("INSERT INTO orders VALUES (?, ?, ?, ?)")

    let lineColumns = """
      l.order_id, l.line, i.sku, l.ordered, l.cancelled, l.shipped, l.claimed, l.unit_price
      FROM order_lines AS l JOIN items AS i ON i.id = l.item
      """
    line = query("SELECT \(lineColumns) WHERE l.order_id = ? AND l.line = ?")
    lines = query("SELECT \(lineColumns) WHERE l.order_id = ? ORDER BY l.line")
    putLine = query("INSERT OR REPLACE INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?)")

    let claimColumns = """
      r.claim, r.order_id, r.line, i.sku, c.name, r.pool, r.quantity, r.state, r.claimed_at
      FROM claims AS r JOIN items AS i ON i.id = r.item JOIN channels AS c ON c.id = r.channel
      """
    activeClaims = query(
      "SELECT \(claimColumns) WHERE r.order_id = ? AND r.line = ? AND r.state = 'active' ORDER BY r.claim")
    eachClaim = query("SELECT \(claimColumns) ORDER BY r.claim")
    insertClaim = query("INSERT INTO claims VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)")
    replaceClaim = query(
      """
      UPDATE claims SET order_id = ?, line = ?, item = ?, channel = ?, pool = ?, quantity = ?, state = ?,
        claimed_at = ? WHERE claim = ?
      """)

    purchaseOrderLine = query(
      """
      SELECT i.sku, p.supplier, n.name, p.ordered, p.received, p.eta, p.original_eta
      FROM purchase_order_lines AS p JOIN items AS i ON i.id = p.item JOIN nodes AS n ON n.id = p.node
      WHERE p.purchase_order = ? AND p.line = ?
      """)
    hasPurchaseOrder = query("SELECT 1 FROM purchase_order_lines WHERE purchase_order = ? LIMIT 1")
    putPurchaseOrderLine = query("INSERT OR REPLACE INTO purchase_order_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
  }
}

extension SQLiteStore {
  public func order(_ id: OrderID) throws -> OrderRow? { try orders.order.first(.text(id.rawValue), read: orderRow) }

  private func orderRow(_ row: Statement) -> OrderRow {
    OrderRow(
      order: OrderID(row.text(0)), channel: ChannelID(row.text(1)), placedAt: Instant(milliseconds: row.integer(2)),
      region: row.text(3))
  }

  public func insert(_ order: OrderRow) throws {
    try orders.insertOrder.run(
      .text(order.order.rawValue), .integer(try channels.number(of: order.channel.rawValue)),
      .integer(order.placedAt.milliseconds), .text(order.region))
  }

  public func line(_ order: OrderID, _ line: String) throws -> OrderLineRow? {
    try orders.line.first(.text(order.rawValue), .text(line), read: lineRow)
  }

  public func lines(of order: OrderID) throws -> [OrderLineRow] {
    try orders.lines.all(.text(order.rawValue), read: lineRow)
  }

  private func lineRow(_ row: Statement) -> OrderLineRow {
    var line = OrderLineRow(
      order: OrderID(row.text(0)), line: row.text(1), sku: SKU(row.text(2)), ordered: row.integer(3),
      unitPrice: row.optionalInteger(7))
    line.cancelled = row.integer(4)
    line.shipped = row.integer(5)
    line.claimed = row.integer(6)
    return line
  }

  public func put(_ line: OrderLineRow) throws {
    try orders.putLine.run(
      .text(line.order.rawValue), .text(line.line), .integer(try items.number(of: line.sku.rawValue)),
      .integer(line.ordered), .integer(line.cancelled), .integer(line.shipped), .integer(line.claimed),
      Value(line.unitPrice))
  }

  public func activeClaims(of order: OrderID, _ line: String) throws -> [ClaimRow] {
    try orders.activeClaims.all(.text(order.rawValue), .text(line), read: claimRow)
  }

  private func claimRow(_ row: Statement) throws -> ClaimRow {
    ClaimRow(
      id: row.integer(0), order: OrderID(row.text(1)), line: row.text(2), sku: SKU(row.text(3)),
      channel: ChannelID(row.text(4)), pool: try known(Pool(row.text(5)), "pool"), quantity: row.integer(6),
      state: try known(ClaimState(rawValue: row.text(7)), "claim state"),
      claimedAt: Instant(milliseconds: row.integer(8)))
  }

  public func put(_ claim: ClaimRow) throws {
    let item = try items.number(of: claim.sku.rawValue)
    let channel = try channels.number(of: claim.channel.rawValue)
    if claim.id == 0 {
      try orders.insertClaim.run(
        .text(claim.order.rawValue), .text(claim.line), .integer(item), .integer(channel),
        .text(claim.pool.description), .integer(claim.quantity), .text(claim.state.rawValue),
        .integer(claim.claimedAt.milliseconds))
    } else {
      try orders.replaceClaim.run(
        .text(claim.order.rawValue), .text(claim.line), .integer(item), .integer(channel),
        .text(claim.pool.description), .integer(claim.quantity), .text(claim.state.rawValue),
        .integer(claim.claimedAt.milliseconds), .integer(claim.id))
      guard database.connection.changes == 1 else {
        throw StoreError.refusedRow("a claim has a number that was not given")
      }
    }
  }

  public func purchaseOrderLine(_ order: PurchaseOrderID, _ line: String) throws -> PurchaseOrderLineRow? {
    try orders.purchaseOrderLine.first(.text(order.rawValue), .text(line)) { row in
      PurchaseOrderLineRow(
        purchaseOrder: order, line: line, sku: SKU(row.text(0)), supplier: SupplierID(row.text(1)),
        node: NodeID(row.text(2)), ordered: row.integer(3), received: row.integer(4),
        eta: Instant(milliseconds: row.integer(5)), originalETA: Instant(milliseconds: row.integer(6)))
    }
  }

  public func hasPurchaseOrder(_ order: PurchaseOrderID) throws -> Bool {
    try orders.hasPurchaseOrder.first(.text(order.rawValue)) { _ in true } ?? false
  }

  public func put(_ line: PurchaseOrderLineRow) throws {
    try orders.putPurchaseOrderLine.run(
      .text(line.purchaseOrder.rawValue), .text(line.line), .integer(try items.number(of: line.sku.rawValue)),
      .text(line.supplier.rawValue), .integer(try nodes.number(of: line.node.rawValue)), .integer(line.ordered),
      .integer(line.received), .integer(line.eta.milliseconds), .integer(line.originalETA.milliseconds))
  }

  public func eachOrder(_ body: (OrderRow) throws -> Void) throws {
    try orders.eachOrder.each { try body(orderRow($0)) }
  }

  public func eachClaim(_ body: (ClaimRow) throws -> Void) throws {
    try orders.eachClaim.each { try body(claimRow($0)) }
  }
}
