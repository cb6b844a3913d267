public import ActualState
public import Operations
import SQLite

struct StockQueries {
  let item, putItem, clearDirty, clearAllDirty, pools, putPool: Query
  let isActive, setActive, position, putPosition: Query
  let append, netMoves: Query
  let grant, putGrant, addUsage, forgetUsage, forgetSales, addSales: Query
  let openCase, closeCase: Query
  let eachItem, eachPosition, eachGrant, eachCase, eachEntry: Query

  init(_ database: Database) {
    func query(_ sql: String) -> Query { Query(database, sql) }
    item = query(
      "SELECT sku, uom, traits, version, shared, claimed, dirty, since FROM items WHERE sku = ? AND uom IS NOT NULL")
    putItem = query(
      """
      INSERT INTO items (sku, uom, traits, version, shared, claimed, dirty, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (sku) DO UPDATE SET uom = excluded.uom, traits = excluded.traits, version = excluded.version,
        shared = excluded.shared, claimed = excluded.claimed, dirty = excluded.dirty, since = excluded.since
      """)
    pools = query(
      """
      SELECT r.name, p.shared, p.claimed FROM pools AS p JOIN regions AS r ON r.id = p.region WHERE p.item = ?
      """)
    putPool = query("INSERT OR REPLACE INTO pools VALUES (?, ?, ?, ?)")
    clearDirty = query("UPDATE items SET dirty = 0 WHERE sku = ? AND dirty = 1")
    clearAllDirty = query("UPDATE items SET dirty = 0 WHERE dirty = 1")

    isActive = query("SELECT active FROM nodes WHERE name = ?")
    setActive = query("UPDATE nodes SET active = ? WHERE id = ?")
    let positionColumns = "on_hand, sellable, allocated, safety_stock, counted_at, count_key"
    position = query("SELECT \(positionColumns) FROM positions WHERE item = ? AND node = ?")
    putPosition = query("INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?, ?, ?, ?, ?)")

    append = query(
      """
      INSERT INTO ledger (idempotency_key, cause, item, node, bucket_from, bucket_to, quantity, time)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """)
    netMoves = query(
      """
      SELECT sum(quantity * ((bucket_to = 'sellable') - (bucket_from = 'sellable')))
      FROM ledger WHERE item = ? AND node = ? AND time > ? AND cause <> 'count'
      """)

    let grantColumns =
      "protected, cap_left, may_use_shared, published, active_protected, active_shared, published_at, sold"
    grant = query("SELECT \(grantColumns) FROM grants WHERE item = ? AND channel = ? AND region = ?")
    putGrant = query("INSERT OR REPLACE INTO grants VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    // The row that is proposed must hold on its own, so a change that lowers is applied to the row that is there.
    addUsage = query(
      """
      INSERT OR REPLACE INTO usage
      SELECT ?1, ?2, ?3, ?4, ?5 + ifnull(sum(claimed), 0), ?6 + ifnull(sum(protected), 0),
        ?7 + ifnull(sum(protected_shipped), 0), ?8 + ifnull(sum(sold), 0)
      FROM usage WHERE item = ?1 AND channel = ?2 AND region = ?3 AND hour = ?4
      """)
    forgetUsage = query("DELETE FROM usage WHERE hour < ?")
    forgetSales = query("DELETE FROM sales WHERE day < ?")
    addSales = query(
      """
      INSERT OR REPLACE INTO sales
      SELECT ?1, ?2, ?3, ?4 + ifnull(sum(units), 0) FROM sales WHERE item = ?1 AND destination = ?2 AND day = ?3
      """)

    openCase = query(
      """
      INSERT INTO cases VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (item, kind, subject) DO UPDATE SET detail = excluded.detail
      """)
    closeCase = query("DELETE FROM cases WHERE item = ? AND kind = ? AND subject = ?")

    eachItem = query(
      "SELECT sku, uom, traits, version, shared, claimed, dirty FROM items WHERE uom IS NOT NULL ORDER BY sku")
    eachPosition = query(
      """
      SELECT \(positionColumns), i.sku, n.name, n.active
      FROM items AS i CROSS JOIN positions AS p ON p.item = i.id JOIN nodes AS n ON n.id = p.node
      ORDER BY i.sku, n.name
      """)
    eachGrant = query(
      """
      SELECT \(grantColumns), i.sku, c.name, r.name
      FROM items AS i CROSS JOIN grants AS g ON g.item = i.id JOIN channels AS c ON c.id = g.channel
        JOIN regions AS r ON r.id = g.region
      ORDER BY i.sku, c.name, r.name
      """)
    eachCase = query(
      """
      SELECT i.sku, c.kind, c.subject, c.detail, c.opened_at FROM cases AS c JOIN items AS i ON i.id = c.item
      ORDER BY i.sku, c.kind, c.subject
      """)
    eachEntry = query(
      """
      SELECT l.idempotency_key, l.cause, i.sku, n.name, l.bucket_from, l.bucket_to, l.quantity, l.time, l.entry
      FROM ledger AS l JOIN items AS i ON i.id = l.item JOIN nodes AS n ON n.id = l.node ORDER BY l.entry
      """)
  }
}

extension SQLiteStore {
  public func item(_ sku: SKU) throws -> ItemRow? {
    guard var item = try stock.item.first(.text(sku.rawValue), read: itemRow) else { return nil }
    item.pools = try pools(of: sku)
    return item
  }

  private func pools(of sku: SKU) throws -> [RegionID: RegionPool] {
    var pools: [RegionID: RegionPool] = [:]
    guard let item = try items.find(sku.rawValue) else { return pools }
    try stock.pools.each(.integer(item)) { row in
      pools[RegionID(row.text(0))] = RegionPool(shared: row.integer(1), claimed: row.integer(2))
    }
    return pools
  }

  private func itemRow(_ row: Statement) throws -> ItemRow {
    ItemRow(
      sku: SKU(row.text(0)), uom: row.text(1), traits: try traits[row.integer(2)], version: row.integer(3),
      shared: row.integer(4), claimed: row.integer(5), isDirty: row.integer(6) == 1,
      since: row.optionalInteger(7).map { Int32(clamping: $0) })
  }

  public func put(_ item: ItemRow) throws {
    try stock.putItem.run(
      .text(item.sku.rawValue), .text(item.uom), .integer(try traits.number(of: item.traits)), .integer(item.version),
      .integer(item.shared), .integer(item.claimed), Value(item.isDirty), Value(item.since.map(Int64.init)))
    for (region, pool) in item.pools {
      try stock.putPool.run(
        .integer(try items.number(of: item.sku.rawValue)), .integer(try regions.number(of: region.rawValue)),
        .integer(pool.shared), .integer(pool.claimed))
    }
  }

  public func clearDirtyMarks(of skus: [SKU]?) throws {
    guard let skus else { return try stock.clearAllDirty.run() }
    for sku in skus { try stock.clearDirty.run(.text(sku.rawValue)) }
  }

  public func isActive(_ node: NodeID) throws -> Bool {
    try stock.isActive.first(.text(node.rawValue)) { $0.integer(0) == 1 } ?? false
  }

  public func setActive(_ node: NodeID, _ isActive: Bool) throws {
    try stock.setActive.run(Value(isActive), .integer(try nodes.number(of: node.rawValue)))
  }

  public func position(_ sku: SKU, _ node: NodeID) throws -> PositionRow? {
    guard let item = try items.find(sku.rawValue), let place = try nodes.find(node.rawValue) else { return nil }
    return try stock.position.first(.integer(item), .integer(place)) { positionRow($0, sku, node) }
  }

  private func positionRow(_ row: Statement, _ sku: SKU, _ node: NodeID) -> PositionRow {
    var position = PositionRow(sku: sku, node: node)
    position.onHand = row.integer(0)
    position.sellable = row.integer(1)
    position.allocated = row.integer(2)
    position.safetyStock = row.integer(3)
    position.countedAt = row.optionalInteger(4).map(Instant.init(milliseconds:))
    position.countKey = row.text(5)
    return position
  }

  public func put(_ position: PositionRow) throws {
    try stock.putPosition.run(
      .integer(try items.number(of: position.sku.rawValue)), .integer(try nodes.number(of: position.node.rawValue)),
      .integer(position.onHand), .integer(position.sellable), .integer(position.allocated),
      .integer(position.safetyStock), Value(position.countedAt?.milliseconds), .text(position.countKey))
  }

  public func append(_ entry: LedgerEntry) throws {
    try stock.append.run(
      .text(entry.idempotencyKey), .text(entry.cause.rawValue), .integer(try items.number(of: entry.sku.rawValue)),
      .integer(try nodes.number(of: entry.node.rawValue)), .text(entry.from.rawValue), .text(entry.to.rawValue),
      .integer(entry.quantity), .integer(entry.time.milliseconds))
  }

  public func netMoves(_ sku: SKU, _ node: NodeID, after time: Instant) throws -> Quantity {
    guard let item = try items.find(sku.rawValue), let place = try nodes.find(node.rawValue) else { return 0 }
    return try stock.netMoves.first(.integer(item), .integer(place), .integer(time.milliseconds)) { $0.integer(0) }
      ?? 0
  }

  public func grant(_ sku: SKU, _ channel: ChannelID, _ region: RegionID) throws -> GrantRow? {
    guard let item = try items.find(sku.rawValue), let place = try channels.find(channel.rawValue),
      let part = try regions.find(region.rawValue)
    else { return nil }
    return try stock.grant.first(.integer(item), .integer(place), .integer(part)) { grantRow($0, sku, channel, region) }
  }

  private func grantRow(_ row: Statement, _ sku: SKU, _ channel: ChannelID, _ region: RegionID) -> GrantRow {
    var grant = GrantRow(sku: sku, channel: channel, region: region)
    if let protected = row.optionalInteger(0) {
      grant.grant = Grant(
        protected: protected, capLeft: row.optionalInteger(1), mayUseShared: row.integer(2) == 1)
    }
    grant.published = row.optionalInteger(3)
    grant.activeProtected = row.integer(4)
    grant.activeShared = row.integer(5)
    grant.publishedAt = row.optionalInteger(6).map(Instant.init(milliseconds:))
    grant.sold = row.integer(7)
    return grant
  }

  public func put(_ row: GrantRow) throws {
    try stock.putGrant.run(
      .integer(try items.number(of: row.sku.rawValue)), .integer(try channels.number(of: row.channel.rawValue)),
      .integer(try regions.number(of: row.region.rawValue)), Value(row.grant?.protected), Value(row.grant?.capLeft),
      row.grant.map { Value($0.mayUseShared) } ?? .null,
      Value(row.published), .integer(row.activeProtected), .integer(row.activeShared),
      Value(row.publishedAt?.milliseconds), .integer(row.sold))
  }

  public func forgetUsage(before hour: Int32) throws { try stock.forgetUsage.run(.integer(Int64(hour))) }

  public func forgetSales(before day: Int32) throws { try stock.forgetSales.run(.integer(Int64(day))) }

  public func addUsage(
    _ sku: SKU, _ channel: ChannelID, _ region: RegionID, hour: Int32, _ change: UsageChange
  ) throws {
    try stock.addUsage.run(
      .integer(try items.number(of: sku.rawValue)), .integer(try channels.number(of: channel.rawValue)),
      .integer(try regions.number(of: region.rawValue)), .integer(Int64(hour)), .integer(change.claimed),
      .integer(change.protected), .integer(change.protectedShipped), .integer(change.sold))
  }

  public func addSales(_ sku: SKU, to destination: String, day: Int32, _ units: Quantity) throws {
    try stock.addSales.run(
      .integer(try items.number(of: sku.rawValue)), .integer(try destinations.number(of: destination)),
      .integer(Int64(day)), .integer(units))
  }

  public func open(_ case: Case, of sku: SKU, at time: Instant) throws {
    try stock.openCase.run(
      .integer(try items.number(of: sku.rawValue)), .text(`case`.kind.rawValue), .text(`case`.subject),
      .text(`case`.detail), .integer(time.milliseconds))
  }

  public func close(_ case: Case, of sku: SKU) throws {
    guard let item = try items.find(sku.rawValue) else { return }
    try stock.closeCase.run(.integer(item), .text(`case`.kind.rawValue), .text(`case`.subject))
  }

  public func eachItem(_ body: (ItemRow) throws -> Void) throws {
    try stock.eachItem.each { row in
      var item = try itemRow(row)
      item.pools = try pools(of: item.sku)
      try body(item)
    }
  }

  public func eachPosition(_ body: (PositionRow, _ isActive: Bool) throws -> Void) throws {
    try stock.eachPosition.each { row in
      try body(positionRow(row, SKU(row.text(6)), NodeID(row.text(7))), row.integer(8) == 1)
    }
  }

  public func eachGrant(_ body: (GrantRow) throws -> Void) throws {
    try stock.eachGrant.each { row in
      try body(grantRow(row, SKU(row.text(8)), ChannelID(row.text(9)), RegionID(row.text(10))))
    }
  }

  public func eachCase(_ body: (SKU, Case, Instant) throws -> Void) throws {
    try stock.eachCase.each { row in
      try body(SKU(row.text(0)), try caseRow(row), Instant(milliseconds: row.integer(4)))
    }
  }

  /// A case from the columns 1 to 3.
  func caseRow(_ row: Statement) throws -> Case {
    Case(try known(Case.Kind(rawValue: row.text(1)), "case kind"), subject: row.text(2), detail: row.text(3))
  }

  public func eachEntry(_ body: (LedgerEntry) throws -> Void) throws {
    var number: Int64 = 0
    try stock.eachEntry.each { row in
      number += 1
      // One that is missing, or of an item or a node that there is not, must not be passed over.
      guard row.integer(8) == number else {
        throw StoreError(
          kind: .damaged,
          message:
            "the store has no ledger entry \(number) of an item and a node that it knows; entry \(row.integer(8)) is there",
          hint: "another program has written to it; restore a backup")
      }
      let place = "in ledger entry \(number)"
      try body(
        LedgerEntry(
          idempotencyKey: row.text(0), cause: try known(LedgerEntry.Cause(rawValue: row.text(1)), "cause \(place)"),
          sku: SKU(row.text(2)), node: NodeID(row.text(3)),
          from: try known(Bucket(rawValue: row.text(4)), "bucket \(place)"),
          to: try known(Bucket(rawValue: row.text(5)), "bucket \(place)"), quantity: row.integer(6),
          time: Instant(milliseconds: row.integer(7))))
    }
  }

  /// A value that Purser has written itself and so must know.
  func known<Known>(_ value: Known?, _ what: String) throws -> Known {
    guard let value else {
      throw StoreError(
        kind: .damaged, message: "the store '\(database.path)' holds an unknown \(what)",
        hint: "another program has written to it; restore a backup")
    }
    return value
  }
}
