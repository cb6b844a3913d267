import ActualState
import Operations
import SQLite

extension SnapshotQueries.Scoped {
  /// The orders with open lines or claims of the snapshot's items, and what their lines say together.
  static func orders(_ database: Database) -> Self {
    /// - Parameters:
    ///   - from: the rows of a table that are looked at, as `r`, with their items, as `i`.
    ///   - filter: which items count.
    func query(_ from: (_ rows: String) -> String, _ filter: String) -> Query {
      let open = "r.ordered - r.cancelled - r.shipped - r.claimed"
      return Query(
        database,
        """
        WITH wanted (order_id) AS (
          SELECT r.order_id FROM \(from("order_lines AS r INDEXED BY open_lines"))
          WHERE r.item = i.id AND \(filter) AND \(open) > 0
          UNION
          SELECT r.order_id FROM \(from("claims AS r INDEXED BY item_claims"))
          WHERE r.item = i.id AND \(filter) AND r.state = 'active'
        )
        SELECT
          o.order_id, c.name, o.placed_at, o.region, o.stage, o.lapsed, o.ship_on, o.priority, o.released_by,
          (SELECT sum(l.ordered - l.cancelled) FROM order_lines AS l WHERE l.order_id = o.order_id),
          (
            SELECT sum(max(0, l.ordered - l.cancelled - l.shipped)) FROM order_lines AS l
            WHERE l.order_id = o.order_id
          ),
          (SELECT sum(l.claimed) FROM order_lines AS l WHERE l.order_id = o.order_id),
          (
            SELECT i.sku FROM order_lines AS l JOIN items AS i ON i.id = l.item
            WHERE l.order_id = o.order_id AND l.ordered - l.cancelled - l.shipped > 0 ORDER BY l.line LIMIT 1
          )
        FROM wanted AS w CROSS JOIN orders AS o CROSS JOIN channels AS c
        WHERE o.order_id = w.order_id AND w.order_id NOT GLOB 'cart:*' AND c.id = o.channel
        """)
    }
    return Self(
      all: query({ "\($0) CROSS JOIN items AS i" }, "i.uom IS NOT NULL"),
      // Items that are marked come first in the join: they are few.
      dirty: query({ "items AS i INDEXED BY items_dirty CROSS JOIN \($0)" }, "i.dirty = 1"))
  }
}

extension Snapshot {
  mutating func readOrders(_ store: SQLiteStore) throws {
    try store.snapshots.orders[scope].each { row in
      guard let lead = row.optionalText(12) else { return }
      orders[OrderID(row.text(0))] = SnapshotOrder(
        channel: ChannelID(row.text(1)), placedAt: Instant(milliseconds: row.integer(2)), region: row.text(3),
        stage: try store.known(OrderStage(rawValue: row.text(4)), "order stage"), isLapsed: row.integer(5) == 1,
        shipOn: row.optionalInteger(6).map(Instant.init(milliseconds:)), priority: row.integer(7),
        releasedBy: try store.people(row.optionalText(8)), units: row.integer(9), unshipped: row.integer(10),
        claimed: row.integer(11), leadItem: SKU(lead))
    }
  }
}
