extension Schema {
  /// What each destination bought, and what is to be bought for a region. Sales stood in one row for all of them.
  static let regionalSupply = """
    CREATE TABLE destinations (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE sales (
      item INTEGER NOT NULL,
      destination INTEGER NOT NULL,
      day INTEGER NOT NULL, -- since 1970-01-01
      units INTEGER NOT NULL CHECK (units >= 0),
      PRIMARY KEY (item, destination, day)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO destinations (name)
      SELECT DISTINCT region FROM orders WHERE order_id NOT GLOB 'cart:*' ORDER BY region;
    INSERT INTO sales
      SELECT l.item, d.id, (o.placed_at - ((o.placed_at % 86400000) + 86400000) % 86400000) / 86400000 AS day,
        sum(iif(o.lapsed, l.shipped, max(l.shipped, l.ordered - l.cancelled))) AS units
      FROM order_lines AS l JOIN orders AS o ON o.order_id = l.order_id JOIN destinations AS d ON d.name = o.region
      WHERE l.order_id NOT GLOB 'cart:*' GROUP BY 1, 2, day HAVING units > 0;

    CREATE TABLE new_stockouts (
      item INTEGER NOT NULL,
      region TEXT NOT NULL, -- '': of all that is not bought for on its own
      from_hour INTEGER NOT NULL,
      until_hour INTEGER, -- NULL: it lasts
      PRIMARY KEY (item, region, from_hour),
      CHECK (until_hour >= from_hour)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_stockouts SELECT item, '', from_hour, until_hour FROM stockouts;
    DROP TABLE stockouts;
    ALTER TABLE new_stockouts RENAME TO stockouts;

    CREATE TABLE new_proposals (
      item INTEGER NOT NULL,
      kind TEXT NOT NULL,
      region TEXT NOT NULL, -- as in stockouts
      quantity INTEGER NOT NULL CHECK (quantity > 0),
      body TEXT NOT NULL,
      proposed_at INTEGER NOT NULL,
      PRIMARY KEY (item, kind, region)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_proposals SELECT item, kind, '', quantity, body, proposed_at FROM proposals;
    DROP TABLE proposals;
    ALTER TABLE new_proposals RENAME TO proposals;
    """
}
