public import ActualState
public import Operations
import SQLite

struct SupplierQueries {
  let awaited, supplier, suppliers, putSupplier, clearMarks: Query
  let delivery, deliveries, putDelivery: Query

  init(_ database: Database) {
    func query(_ sql: String) -> Query { Query(database, sql) }
    awaited = query(
      """
      SELECT i.sku FROM (
        SELECT DISTINCT item FROM purchase_order_lines INDEXED BY lines_of_supplier
        WHERE supplier = ? AND ordered - cancelled - received > 0
      ) AS l JOIN items AS i ON i.id = l.item ORDER BY i.sku
      """)
    let columns = "supplier, confidence, sample_size, tier, dirty, daily FROM suppliers"
    supplier = query("SELECT \(columns) WHERE supplier = ?")
    suppliers = query("SELECT \(columns) ORDER BY supplier")
    putSupplier = query("INSERT OR REPLACE INTO suppliers VALUES (?, ?, ?, ?, ?, ?)")
    clearMarks = query("UPDATE suppliers SET dirty = 0 WHERE dirty = 1")
    let delivered = "reference, supplier, ordered_at, ordered, promised, receipts FROM deliveries"
    delivery = query("SELECT \(delivered) WHERE reference = ?")
    deliveries = query("SELECT \(delivered) WHERE supplier = ? ORDER BY reference")
    putDelivery = query("INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, ?)")
  }
}

extension SQLiteStore {
  public func itemsAwaited(from supplier: SupplierID) throws -> [SKU] {
    try deliverers.awaited.all(.text(supplier.rawValue)) { SKU($0.text(0)) }
  }

  public func supplier(_ supplier: SupplierID) throws -> SupplierRow? {
    try deliverers.supplier.first(.text(supplier.rawValue), read: supplierRow)
  }

  public func suppliers() throws -> [SupplierRow] { try deliverers.suppliers.all(read: supplierRow) }

  private func supplierRow(_ row: Statement) throws -> SupplierRow {
    let standing = try row.optionalInteger(1).map { confidence in
      var standing = SupplierStanding(
        confidence: try known(Rate(partsPerMillion: confidence), "confidence"), sampleSize: row.integer(2),
        tier: try known(ConfidenceTier(rawValue: row.text(3)), "confidence tier"))
      let daily = try known(try? JSONValue.parse(row.text(5)), "daily lessons")
      return try known(standing.setDaily(daily) ? standing : nil, "daily lessons")
    }
    return SupplierRow(supplier: SupplierID(row.text(0)), standing: standing, isDirty: row.integer(4) == 1)
  }

  public func put(_ row: SupplierRow) throws {
    try deliverers.putSupplier.run(
      .text(row.supplier.rawValue), Value(row.standing?.confidence.partsPerMillion), Value(row.standing?.sampleSize),
      row.standing.map { .text($0.tier.rawValue) } ?? .null, Value(row.isDirty),
      .text(JSONValue.object(row.standing?.daily ?? [:]).canonical))
  }

  public func clearSupplierMarks() throws { try deliverers.clearMarks.run() }

  public func delivery(_ reference: String) throws -> DeliveryRow? {
    try deliverers.delivery.first(.text(reference), read: deliveryRow)
  }

  public func deliveries(of supplier: SupplierID) throws -> [Delivery] {
    try deliverers.deliveries.all(.text(supplier.rawValue)) { try deliveryRow($0).delivery }
  }

  private func deliveryRow(_ row: Statement) throws -> DeliveryRow {
    let receipts = try known((try? JSONValue.parse(row.text(5)))?.array, "list of receipts").map { receipt in
      let fields = receipt.array ?? []
      guard fields.count == 2, let at = fields[0].integer, let units = fields[1].integer else {
        return try known(nil as Delivery.Receipt?, "receipt")
      }
      return Delivery.Receipt(at: Instant(milliseconds: at), units: units)
    }
    return DeliveryRow(
      reference: row.text(0),
      delivery: Delivery(
        supplier: SupplierID(row.text(1)), orderedAt: row.optionalInteger(2).map(Instant.init(milliseconds:)),
        ordered: row.integer(3), promised: Instant(milliseconds: row.integer(4)), receipts: receipts))
  }

  public func put(_ row: DeliveryRow) throws {
    let receipts = JSONValue.array(
      row.delivery.receipts.map { [.integer($0.at.milliseconds), .integer($0.units)] })
    try deliverers.putDelivery.run(
      .text(row.reference), .text(row.delivery.supplier.rawValue), Value(row.delivery.orderedAt?.milliseconds),
      .integer(row.delivery.ordered), .integer(row.delivery.promised.milliseconds), .text(receipts.canonical))
  }

  func supplierRecords(_ scope: Snapshot.Scope) throws -> [SupplierID: SupplierRecord] {
    var records: [SupplierID: SupplierRecord] = [:]
    for row in try suppliers() {
      records[row.supplier] = SupplierRecord(
        standing: row.standing, deliveries: scope == .all || row.isDirty ? try deliveries(of: row.supplier) : nil)
    }
    return records
  }
}
