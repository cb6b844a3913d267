public import ActualState
public import Operations
import SQLite

struct RouteQueries {
  let routes, append, eachRoute: Query
  let add, take, forget, eachLoad: Query
  let companions: Query
  let promises, appendPromise, eachPromise: Query

  init(_ database: Database) {
    func query(_ sql: String) -> Query { Query(database, sql) }
    let columns = "SELECT order_id, number, decided_at, decision, policy FROM routes"
    routes = query("\(columns) WHERE order_id = ? ORDER BY number")
    append = query("INSERT INTO routes VALUES (?, ?, ?, ?, ?)")
    eachRoute = query("\(columns) ORDER BY order_id, number")

    add = query(
      """
      INSERT INTO node_load VALUES (?, ?, ?) ON CONFLICT (node, day) DO UPDATE SET units = units + excluded.units
      """)
    take = query("UPDATE node_load SET units = units - ? WHERE node = ? AND day = ?")
    forget = query("DELETE FROM node_load WHERE day < ?")
    eachLoad = query(
      "SELECT n.name, l.day, l.units FROM node_load AS l JOIN nodes AS n ON n.id = l.node ORDER BY n.name, l.day"
    )

    let told = "SELECT order_id, line, number, promised_at, decided_at, policy FROM promises"
    promises = query("\(told) WHERE order_id = ? AND line = ? ORDER BY number")
    appendPromise = query("INSERT INTO promises VALUES (?, ?, ?, ?, ?, ?)")
    eachPromise = query("\(told) ORDER BY order_id, line, number")

    // Items that are marked come first in each join: they are few.
    let marked = "items AS i INDEXED BY items_dirty CROSS JOIN"
    let open = "r.ordered - r.cancelled - r.shipped - r.claimed"
    companions = query(
      """
      WITH wanted (order_id) AS (
        SELECT r.order_id FROM \(marked) claims AS r INDEXED BY item_claims
        WHERE i.dirty = 1 AND r.item = i.id AND r.state = 'active' AND r.node IS NULL AND r.expires_at IS NULL
        UNION
        SELECT r.order_id FROM \(marked) positions AS p CROSS JOIN claims AS r INDEXED BY item_claims
        WHERE i.dirty = 1 AND p.item = i.id AND p.allocated > p.sellable AND r.item = i.id AND r.state = 'active'
          AND r.node = p.node
        UNION
        SELECT r.order_id FROM \(marked) order_lines AS r INDEXED BY open_lines
        WHERE i.dirty = 1 AND r.item = i.id AND \(open) > 0
      )
      SELECT DISTINCT c.sku FROM wanted AS w CROSS JOIN order_lines AS l CROSS JOIN items AS c
      WHERE w.order_id NOT GLOB 'cart:*' AND l.order_id = w.order_id AND l.claimed > 0 AND c.id = l.item
        AND c.dirty = 0 AND c.uom IS NOT NULL
      ORDER BY c.sku
      """)
  }
}

extension SQLiteStore {
  public func routes(of order: OrderID) throws -> [RouteRow] {
    try routing.routes.all(.text(order.rawValue), read: routeRow)
  }

  private func routeRow(_ row: Statement) throws -> RouteRow {
    RouteRow(
      order: OrderID(row.text(0)), number: row.integer(1), decidedAt: Instant(milliseconds: row.integer(2)),
      decision: try known(RouteDecision(json: try json(row.text(3))), "route"), policy: row.optionalText(4))
  }

  public func append(_ route: RouteRow) throws {
    try routing.append.run(
      .text(route.order.rawValue), .integer(route.number), .integer(route.decidedAt.milliseconds),
      .text(route.decision.json.canonical), Value(route.policy))
  }

  public func eachRoute(_ body: (RouteRow) throws -> Void) throws {
    try routing.eachRoute.each { try body(routeRow($0)) }
  }

  public func promises(of order: OrderID, _ line: String) throws -> [PromiseRow] {
    try routing.promises.all(.text(order.rawValue), .text(line), read: Self.promise)
  }

  private static func promise(_ row: Statement) -> PromiseRow {
    PromiseRow(
      order: OrderID(row.text(0)), line: row.text(1), number: row.integer(2),
      promisedAt: row.optionalInteger(3).map(Instant.init(milliseconds:)),
      decidedAt: Instant(milliseconds: row.integer(4)), policy: row.optionalText(5))
  }

  public func append(_ promise: PromiseRow) throws {
    try routing.appendPromise.run(
      .text(promise.order.rawValue), .text(promise.line), .integer(promise.number),
      Value(promise.promisedAt?.milliseconds), .integer(promise.decidedAt.milliseconds), Value(promise.policy))
  }

  public func eachPromise(_ body: (PromiseRow) throws -> Void) throws {
    try routing.eachPromise.each { try body(Self.promise($0)) }
  }

  public func add(_ load: NodeLoad) throws {
    let node = Value.integer(try nodes.number(of: load.node.rawValue))
    if load.units < 0 {
      try routing.take.run(.integer(-load.units), node, .integer(load.day.days))
    } else {
      try routing.add.run(node, .integer(load.day.days), .integer(load.units))
    }
  }

  public func forgetLoads(before day: LocalDate) throws { try routing.forget.run(.integer(day.days)) }

  public func eachLoad(_ body: (NodeLoad) throws -> Void) throws {
    try routing.eachLoad.each { row in
      try body(
        NodeLoad(node: NodeID(row.text(0)), day: LocalDate(days: row.integer(1)), units: row.integer(2)))
    }
  }

  public func companions() throws -> [SKU] { try routing.companions.all { SKU($0.text(0)) } }
}
