public import ActualState
public import Operations
import SQLite

struct SupplyQueries {
  let purchaseOrderLine, purchaseOrderLines, hasPurchaseOrder, putPurchaseOrderLine: Query
  let transferLine, transferLines, hasTransfer, putTransferLine: Query
  let lastReceipt, addReceipts, removeReceipts, eachReceipts: Query

  init(_ database: Database) {
    func query(_ sql: String) -> Query { Query(database, sql) }
    let columns = """
      p.line, i.sku, p.supplier, n.name, p.ordered, p.received, p.eta, p.original_eta, p.cancelled, p.ship_notices
      FROM purchase_order_lines AS p JOIN items AS i ON i.id = p.item JOIN nodes AS n ON n.id = p.node
      WHERE p.purchase_order = ?
      """
    purchaseOrderLine = query("SELECT \(columns) AND p.line = ?")
    purchaseOrderLines = query("SELECT \(columns) ORDER BY p.line")
    hasPurchaseOrder = query("SELECT 1 FROM purchase_order_lines WHERE purchase_order = ? LIMIT 1")
    putPurchaseOrderLine = query(
      "INSERT OR REPLACE INTO purchase_order_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    lastReceipt = query("SELECT max(hour) FROM receipts WHERE item = ?")
    addReceipts = query(
      """
      INSERT INTO receipts VALUES (?, ?, ?, ?)
      ON CONFLICT (item, hour, node) DO UPDATE SET units = units + excluded.units
      """)
    removeReceipts = query("DELETE FROM receipts WHERE item = ? AND hour < ?")
    eachReceipts = query(
      """
      SELECT i.sku, r.hour, n.name, r.units
      FROM receipts AS r JOIN items AS i ON i.id = r.item JOIN nodes AS n ON n.id = r.node ORDER BY i.sku, r.hour, n.name
      """)
    let transferred = """
      SELECT l.line, i.sku, f.name, t.name, l.dispatched, l.received, l.eta, l.cancelled, l.original_eta
      FROM transfer_lines AS l JOIN items AS i ON i.id = l.item JOIN nodes AS f ON f.id = l.node_from
        JOIN nodes AS t ON t.id = l.node_to
      WHERE l.transfer = ?
      """
    transferLine = query("\(transferred) AND l.line = ?")
    transferLines = query("\(transferred) ORDER BY l.line")
    hasTransfer = query("SELECT 1 FROM transfer_lines WHERE transfer = ? LIMIT 1")
    putTransferLine = query("INSERT OR REPLACE INTO transfer_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
  }
}

extension SQLiteStore {
  public func purchaseOrderLine(_ order: PurchaseOrderID, _ line: String) throws -> PurchaseOrderLineRow? {
    try supply.purchaseOrderLine.first(.text(order.rawValue), .text(line)) { try lineRow($0, order) }
  }

  public func purchaseOrderLines(of order: PurchaseOrderID) throws -> [PurchaseOrderLineRow] {
    try supply.purchaseOrderLines.all(.text(order.rawValue)) { try lineRow($0, order) }
  }

  private func lineRow(_ row: Statement, _ order: PurchaseOrderID) throws -> PurchaseOrderLineRow {
    var line = PurchaseOrderLineRow(
      purchaseOrder: order, line: row.text(0), sku: SKU(row.text(1)), supplier: SupplierID(row.text(2)),
      node: NodeID(row.text(3)), ordered: row.integer(4), received: row.integer(5),
      eta: Instant(milliseconds: row.integer(6)), originalETA: Instant(milliseconds: row.integer(7)))
    line.cancelled = row.integer(8)
    line.shipNotices = try shipNotices(row.text(9))
    return line
  }

  public func hasPurchaseOrder(_ order: PurchaseOrderID) throws -> Bool {
    try supply.hasPurchaseOrder.first(.text(order.rawValue)) { _ in true } ?? false
  }

  public func put(_ line: PurchaseOrderLineRow) throws {
    let notices = JSONValue.array(
      line.shipNotices.map {
        [.string($0.id), .integer($0.quantity), .integer($0.received), .integer($0.eta.milliseconds)]
      })
    try supply.putPurchaseOrderLine.run(
      .text(line.purchaseOrder.rawValue), .text(line.line), .integer(try items.number(of: line.sku.rawValue)),
      .text(line.supplier.rawValue), .integer(try nodes.number(of: line.node.rawValue)), .integer(line.ordered),
      .integer(line.received), .integer(line.eta.milliseconds), .integer(line.originalETA.milliseconds),
      .integer(line.cancelled), .text(line.shipNotices.isEmpty ? "[]" : notices.canonical))
  }

  func shipNotices(_ text: String) throws -> [ShipNotice] {
    guard text != "[]" else { return [] }
    let notices = try known((try? JSONValue.parse(text))?.array, "list of ship notices")
    return try notices.map { notice in
      let fields = notice.array ?? []
      guard fields.count == 4, let id = fields[0].string, let quantity = fields[1].integer,
        let received = fields[2].integer, let eta = fields[3].integer
      else { return try known(nil, "ship notice") }
      return ShipNotice(id: id, quantity: quantity, received: received, eta: Instant(milliseconds: eta))
    }
  }

  public func lastReceipt(of sku: SKU) throws -> Int32? {
    guard let item = try items.find(sku.rawValue) else { return nil }
    let hour = try supply.lastReceipt.first(.integer(item)) { $0.optionalInteger(0) } ?? nil
    return hour.map { Int32(clamping: $0) }
  }

  public func add(_ receipts: Receipts, of sku: SKU) throws {
    try supply.addReceipts.run(
      .integer(try items.number(of: sku.rawValue)), .integer(Int64(receipts.hour)),
      .integer(try nodes.number(of: receipts.node.rawValue)), .integer(receipts.units))
  }

  public func removeReceipts(of sku: SKU, before hour: Int32) throws {
    guard let item = try items.find(sku.rawValue) else { return }
    try supply.removeReceipts.run(.integer(item), .integer(Int64(hour)))
  }

  public func eachReceipts(_ body: (SKU, Receipts) throws -> Void) throws {
    try supply.eachReceipts.each { row in
      let hour = Int32(clamping: row.integer(1))
      try body(SKU(row.text(0)), Receipts(hour: hour, node: NodeID(row.text(2)), units: row.integer(3)))
    }
  }

  public func transferLine(_ transfer: TransferID, _ line: String) throws -> TransferLineRow? {
    try supply.transferLine.first(.text(transfer.rawValue), .text(line)) { lineRow($0, transfer) }
  }

  public func transferLines(of transfer: TransferID) throws -> [TransferLineRow] {
    try supply.transferLines.all(.text(transfer.rawValue)) { lineRow($0, transfer) }
  }

  private func lineRow(_ row: Statement, _ transfer: TransferID) -> TransferLineRow {
    var line = TransferLineRow(
      transfer: transfer, line: row.text(0), sku: SKU(row.text(1)), from: NodeID(row.text(2)), to: NodeID(row.text(3)),
      dispatched: row.integer(4), received: row.integer(5), eta: Instant(milliseconds: row.integer(6)))
    line.cancelled = row.integer(7)
    line.originalETA = Instant(milliseconds: row.integer(8))
    return line
  }

  public func hasTransfer(_ transfer: TransferID) throws -> Bool {
    try supply.hasTransfer.first(.text(transfer.rawValue)) { _ in true } ?? false
  }

  public func put(_ line: TransferLineRow) throws {
    try supply.putTransferLine.run(
      .text(line.transfer.rawValue), .text(line.line), .integer(try items.number(of: line.sku.rawValue)),
      .integer(try nodes.number(of: line.from.rawValue)), .integer(try nodes.number(of: line.to.rawValue)),
      .integer(line.dispatched), .integer(line.received), .integer(line.eta.milliseconds), .integer(line.cancelled),
      .integer(line.originalETA.milliseconds))
  }
}
