public import ActualState
public import Operations
import SQLite

struct OrderQueries {
  let terms, setTerms: Query
  let order, putOrder, line, lines, putLine: Query
  let claim, activeClaims, expiringClaims, insertClaim, replaceClaim: Query
  let eachOrder, eachClaim: Query

  init(_ database: Database) {
    func query(_ sql: String) -> Query { Query(database, sql) }
    terms = query("SELECT reserve_at, hold_ttl, reserve_ahead FROM channels WHERE name = ?")
    setTerms = query("UPDATE channels SET reserve_at = ?, hold_ttl = ?, reserve_ahead = ? WHERE id = ?")

    let orderColumns = """
      o.order_id, c.name, o.placed_at, o.region, o.stage, o.lapsed, o.ship_on, o.priority, o.released_by
      FROM orders AS o JOIN channels AS c ON c.id = o.channel
      """
    order = query("SELECT \(orderColumns) WHERE o.order_id = ?")
    eachOrder = query("SELECT \(orderColumns) ORDER BY o.order_id")
    putOrder = query("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")

    let lineColumns = """
      l.order_id, l.line, i.sku, l.ordered, l.cancelled, l.shipped, l.claimed, l.unit_price, l.promised_at,
        l.first_promised_at
      FROM order_lines AS l JOIN items AS i ON i.id = l.item
      """
    line = query("SELECT \(lineColumns) WHERE l.order_id = ? AND l.line = ?")
    lines = query("SELECT \(lineColumns) WHERE l.order_id = ? ORDER BY l.line")
    putLine = query("INSERT OR REPLACE INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")

    let claimColumns = """
      r.claim, r.order_id, r.line, i.sku, c.name, r.pool, n.name, r.quantity, r.state, r.claimed_at, r.expires_at,
        a.name, r.service, r.work_day
      FROM claims AS r JOIN items AS i ON i.id = r.item JOIN channels AS c ON c.id = r.channel
        JOIN regions AS a ON a.id = r.region LEFT JOIN nodes AS n ON n.id = r.node
      """
    activeClaims = query(
      "SELECT \(claimColumns) WHERE r.order_id = ? AND r.line = ? AND r.state = 'active' ORDER BY r.claim")
    expiringClaims = query(
      "SELECT \(claimColumns) WHERE r.state = 'active' AND r.expires_at <= ? ORDER BY r.claim")
    claim = query("SELECT \(claimColumns) WHERE r.claim = ?")
    eachClaim = query("SELECT \(claimColumns) ORDER BY r.claim")
    insertClaim = query("INSERT INTO claims VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    replaceClaim = query(
      """
      UPDATE claims SET order_id = ?, line = ?, item = ?, channel = ?, pool = ?, node = ?, service = ?, region = ?,
        quantity = ?, state = ?, claimed_at = ?, expires_at = ?, work_day = ? WHERE claim = ?
      """)
  }
}

extension SQLiteStore {
  public func order(_ id: OrderID) throws -> OrderRow? { try orders.order.first(.text(id.rawValue), read: orderRow) }

  private func orderRow(_ row: Statement) throws -> OrderRow {
    var order = OrderRow(
      order: OrderID(row.text(0)), channel: ChannelID(row.text(1)), placedAt: Instant(milliseconds: row.integer(2)),
      region: row.text(3))
    order.stage = try known(OrderStage(rawValue: row.text(4)), "order stage")
    order.isLapsed = row.integer(5) == 1
    order.shipOn = row.optionalInteger(6).map(Instant.init(milliseconds:))
    order.priority = row.integer(7)
    order.releasedBy = try people(row.optionalText(8))
    return order
  }

  /// The names in a JSON list; NULL for none.
  func people(_ text: String?) throws -> [String] {
    guard let text else { return [] }
    return try known((try? JSONValue.parse(text))?.array, "list of people").compactMap(\.string)
  }

  public func put(_ order: OrderRow) throws {
    try orders.putOrder.run(
      .text(order.order.rawValue), .integer(try channels.number(of: order.channel.rawValue)),
      .integer(order.placedAt.milliseconds), .text(order.region), .text(order.stage.rawValue), Value(order.isLapsed),
      Value(order.shipOn?.milliseconds), .integer(order.priority),
      order.releasedBy.isEmpty ? .null : .text(JSONValue.array(order.releasedBy.map { .string($0) }).canonical))
  }

  public func terms(of channel: ChannelID) throws -> ChannelTerms? {
    try orders.terms.first(.text(channel.rawValue)) { $0.optionalText(0) == nil ? nil : try terms($0, from: 0) } ?? nil
  }

  func terms(_ row: Statement, from column: Int32) throws -> ChannelTerms {
    ChannelTerms(
      reserveAt: try known(OrderStage(rawValue: row.text(column)), "order stage"),
      holdTTL: row.optionalInteger(column + 1).map(TimeSpan.init(milliseconds:)),
      reserveAhead: row.optionalInteger(column + 2).map(TimeSpan.init(milliseconds:)))
  }

  public func setTerms(of channel: ChannelID, _ terms: ChannelTerms) throws {
    try orders.setTerms.run(
      .text(terms.reserveAt.rawValue), Value(terms.holdTTL?.milliseconds), Value(terms.reserveAhead?.milliseconds),
      .integer(try channels.number(of: channel.rawValue)))
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
    line.promisedAt = row.optionalInteger(8).map(Instant.init(milliseconds:))
    line.firstPromisedAt = row.optionalInteger(9).map(Instant.init(milliseconds:))
    return line
  }

  public func put(_ line: OrderLineRow) throws {
    try orders.putLine.run(
      .text(line.order.rawValue), .text(line.line), .integer(try items.number(of: line.sku.rawValue)),
      .integer(line.ordered), .integer(line.cancelled), .integer(line.shipped), .integer(line.claimed),
      Value(line.unitPrice), Value(line.promisedAt?.milliseconds), Value(line.firstPromisedAt?.milliseconds))
  }

  public func activeClaims(of order: OrderID, _ line: String) throws -> [ClaimRow] {
    try orders.activeClaims.all(.text(order.rawValue), .text(line), read: claimRow)
  }

  public func activeClaims(expiringBy time: Instant) throws -> [ClaimRow] {
    try orders.expiringClaims.all(.integer(time.milliseconds), read: claimRow)
  }

  public func claim(_ id: Int64) throws -> ClaimRow? { try orders.claim.first(.integer(id), read: claimRow) }

  private func claimRow(_ row: Statement) throws -> ClaimRow {
    ClaimRow(
      id: row.integer(0), order: OrderID(row.text(1)), line: row.text(2), sku: SKU(row.text(3)),
      channel: ChannelID(row.text(4)), pool: try known(Pool(row.text(5)), "pool"),
      node: row.optionalText(6).map { NodeID($0) }, service: row.optionalText(12),
      workDay: row.optionalInteger(13).map { LocalDate(days: $0) }, quantity: row.integer(7),
      state: try known(ClaimState(rawValue: row.text(8)), "claim state"),
      claimedAt: Instant(milliseconds: row.integer(9)),
      expiresAt: row.optionalInteger(10).map(Instant.init(milliseconds:)), region: RegionID(row.text(11)))
  }

  public func put(_ claim: ClaimRow) throws {
    let item = try items.number(of: claim.sku.rawValue)
    let channel = try channels.number(of: claim.channel.rawValue)
    let region = Value.integer(try regions.number(of: claim.region.rawValue))
    let node = try claim.node.map { Value.integer(try nodes.number(of: $0.rawValue)) } ?? .null
    let service = claim.service.map { Value.text($0) } ?? .null
    if claim.id == 0 {
      try orders.insertClaim.run(
        .text(claim.order.rawValue), .text(claim.line), .integer(item), .integer(channel),
        .text(claim.pool.description), node, service, region, .integer(claim.quantity), .text(claim.state.rawValue),
        .integer(claim.claimedAt.milliseconds), Value(claim.expiresAt?.milliseconds), Value(claim.workDay?.days))
    } else {
      try orders.replaceClaim.run(
        .text(claim.order.rawValue), .text(claim.line), .integer(item), .integer(channel),
        .text(claim.pool.description), node, service, region, .integer(claim.quantity), .text(claim.state.rawValue),
        .integer(claim.claimedAt.milliseconds), Value(claim.expiresAt?.milliseconds), Value(claim.workDay?.days),
        .integer(claim.id))
      guard database.connection.changes == 1 else {
        throw StoreError.refusedRow("a claim has a number that was not given")
      }
    }
  }

  public func eachOrder(_ body: (OrderRow) throws -> Void) throws {
    try orders.eachOrder.each { try body(orderRow($0)) }
  }

  public func eachClaim(_ body: (ClaimRow) throws -> Void) throws {
    try orders.eachClaim.each { try body(claimRow($0)) }
  }
}
