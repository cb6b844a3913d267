import Operations

/// The queries of a snapshot, each for every item and for those that are marked.
struct SnapshotQueries {
  struct Scoped {
    let all, dirty: Query

    subscript(scope: Snapshot.Scope) -> Query { scope == .all ? all : dirty }
  }

  let nodes, channels, regions, destinations, touched: Query
  let items, itemOrder, positions, grants, usage, sales, inbound, transfers, receipts, openLines, claims, orders, cases,
    proposals, stockouts, pools, listings: Scoped

  init(_ database: Database) {
    nodes = Query(database, "SELECT id, name, active, heard_at FROM nodes ORDER BY name")
    channels = Query(database, "SELECT id, name, reserve_at, hold_ttl, reserve_ahead FROM channels ORDER BY name")

    regions = Query(database, "SELECT id, name FROM regions WHERE id > 0 ORDER BY name")
    destinations = Query(database, "SELECT id, name FROM destinations ORDER BY name")

    // The order is read from the index alone: to follow it into the table costs a search for each item.
    let item = "SELECT id, sku, traits, version, shared, claimed, since FROM items"
    items = Scoped(
      all: Query(database, "\(item) WHERE uom IS NOT NULL ORDER BY id"),
      dirty: Query(database, "\(item) INDEXED BY items_dirty WHERE dirty = 1 ORDER BY sku"))
    itemOrder = Scoped(
      all: Query(database, "SELECT id FROM items ORDER BY sku"),
      dirty: Query(database, "SELECT id FROM items INDEXED BY items_dirty WHERE dirty = 1 ORDER BY sku"))

    touched = Query(database, "SELECT sku FROM items INDEXED BY items_dirty WHERE dirty = 1")

    /// Rows of a table by item. Items that are marked come first in the join: they are few.
    func rows(_ columns: String, _ from: String, where condition: String? = nil, order: String? = nil) -> Scoped {
      let order = order.map { " ORDER BY \($0)" } ?? ""
      let select = "SELECT r.item, \(columns) FROM"
      let marked = "items AS i INDEXED BY items_dirty CROSS JOIN"
      let filter = condition.map { " AND \($0)" } ?? ""
      return Scoped(
        all: Query(database, "\(select) \(from) WHERE true\(filter)\(order)"),
        dirty: Query(database, "\(select) \(marked) \(from) WHERE r.item = i.id AND i.dirty = 1\(filter)\(order)"))
    }

    positions = rows("r.node, r.on_hand, r.sellable, r.allocated, r.safety_stock", "positions AS r")
    grants = rows(
      "r.channel, r.region, r.protected, r.cap_left, r.may_use_shared, r.published, r.active_protected, r.active_shared",
      "grants AS r")
    pools = rows(
      "a.name, r.shared, r.claimed", "pools AS r CROSS JOIN regions AS a", where: "a.id = r.region",
      order: "r.item, a.name")
    usage = rows("r.channel, r.region, r.hour, r.claimed, r.protected, r.protected_shipped, r.sold", "usage AS r")
    sales = rows("r.destination, r.day, r.units", "sales AS r")
    inbound = rows(
      """
      r.purchase_order, r.line, r.supplier, n.name, r.ordered - r.cancelled - r.received, r.eta, r.original_eta,
      r.ship_notices
      """,
      "purchase_order_lines AS r INDEXED BY inbound_lines CROSS JOIN nodes AS n",
      where: "r.ordered - r.cancelled - r.received > 0 AND n.id = r.node", order: "r.item, r.purchase_order, r.line")
    transfers = rows(
      "r.transfer, r.line, n.name, r.dispatched - r.received - r.cancelled, r.eta, r.original_eta",
      "transfer_lines AS r INDEXED BY transfers_on_their_way CROSS JOIN nodes AS n",
      where: "r.dispatched - r.received - r.cancelled > 0 AND n.id = r.node_to", order: "r.item, r.transfer, r.line")
    receipts = rows(
      "n.name, r.hour, r.units", "receipts AS r CROSS JOIN nodes AS n", where: "n.id = r.node",
      order: "r.item, r.hour, n.name")
    let open = "r.ordered - r.cancelled - r.shipped - r.claimed"
    openLines = rows(
      """
      r.order_id, r.line, c.name, \(open), o.placed_at, o.stage, o.lapsed, o.ship_on, o.priority, o.region,
      r.promised_at, r.unit_price, r.first_promised_at
      """,
      "order_lines AS r INDEXED BY open_lines CROSS JOIN orders AS o CROSS JOIN channels AS c",
      where: "\(open) > 0 AND o.order_id = r.order_id AND r.order_id NOT GLOB 'cart:*' AND c.id = o.channel",
      order: "r.item, r.order_id, r.line")
    claims = rows(
      """
      r.claim, r.order_id, r.line, c.name, r.pool, n.name, r.quantity, r.claimed_at, r.expires_at, l.promised_at,
      l.unit_price, l.first_promised_at, a.name, r.service, r.work_day
      """,
      """
      claims AS r INDEXED BY item_claims JOIN channels AS c ON c.id = r.channel
      JOIN regions AS a ON a.id = r.region LEFT JOIN nodes AS n ON n.id = r.node
      LEFT JOIN order_lines AS l ON l.order_id = r.order_id AND l.line = r.line
      """,
      where: "r.state = 'active' AND r.order_id NOT GLOB 'cart:*'", order: "r.item, r.claim")
    orders = .orders(database)
    cases = rows("r.kind, r.subject, r.detail", "cases AS r", order: "r.item, r.kind, r.subject")
    proposals = rows("r.body", "proposals AS r", order: "r.item, r.kind, r.region")
    listings = rows(
      "\(ListingQueries.columns("r")), g.published, g.published_at, ifnull(g.sold, 0)",
      """
      listings AS r CROSS JOIN channels AS c LEFT JOIN regions AS a ON a.name = r.region
      LEFT JOIN grants AS g ON g.item = r.item AND g.channel = r.channel AND g.region = a.id
      """,
      where: "c.id = r.channel", order: "r.item, c.name, r.region, r.field")
    stockouts = rows("r.from_hour, r.until_hour, r.region", "stockouts AS r", order: "r.item, r.region, r.from_hour")
  }
}
