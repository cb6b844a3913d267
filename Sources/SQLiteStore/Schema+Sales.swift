extension Schema {
  /// Sales were taken from claims, which say when stock was there and not when something was ordered.
  static let sales = """
    ALTER TABLE usage ADD COLUMN sold INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0);
    INSERT INTO usage
      SELECT l.item, o.channel, 0, (o.placed_at - ((o.placed_at % 3600000) + 3600000) % 3600000) / 3600000 AS hour, 0, 0, 0,
        sum(iif(o.lapsed, l.shipped, max(l.shipped, l.ordered - l.cancelled))) AS units
      FROM order_lines AS l JOIN orders AS o ON o.order_id = l.order_id
      WHERE l.order_id NOT GLOB 'cart:*' GROUP BY 1, 2, hour HAVING units > 0
      ON CONFLICT (item, channel, region, hour) DO UPDATE SET sold = excluded.sold;
    """
}
