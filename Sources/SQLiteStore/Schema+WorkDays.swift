extension Schema {
  /// What stands on a node, or has left it, says whose day's labour it takes, so that the labour of what goes elsewhere is
  /// free again.
  ///
  /// Of a line's units at a node by a service the newest claims are those of the last decisions; what has left is older.
  static let workDays = """
    ALTER TABLE claims ADD COLUMN work_day INTEGER; -- since 1970-01-01; NULL: no decision says so

    CREATE TEMP TABLE decided AS
      WITH parcels AS (
        SELECT r.order_id, l.value ->> '$.line' AS line, p.value ->> '$.node' AS node, p.value ->> '$.service' AS service,
          p.value ->> '$.work_day' AS day, r.number, l.value ->> '$.units' AS units
        -- Whoever reads a decision that is damaged says so; it keeps nobody from opening the store.
        FROM routes AS r, json_each(iif(json_valid(r.decision), r.decision, '{}'), '$.parcels') AS p,
          json_each(p.value, '$.lines') AS l
      )
      SELECT order_id, line, node, service, CAST(julianday(day) - 2440587.5 AS INTEGER) AS day,
        sum(units) OVER (
          PARTITION BY order_id, line, node, service ORDER BY number DESC, day DESC ROWS UNBOUNDED PRECEDING) AS up_to
      FROM parcels;
    CREATE INDEX temp.decided_place ON decided (order_id, line, node, service, up_to);
    CREATE TEMP TABLE standing AS
      SELECT c.claim, c.order_id, c.line, n.name AS node, c.service,
        sum(c.quantity) OVER (
          PARTITION BY c.order_id, c.line, c.node, c.service ORDER BY c.state, c.claim DESC ROWS UNBOUNDED PRECEDING)
          AS up_to
      FROM claims AS c JOIN nodes AS n ON n.id = c.node WHERE c.state IN ('active', 'consumed');
    CREATE INDEX temp.standing_claim ON standing (claim);
    UPDATE claims SET work_day = (
      SELECT d.day FROM standing AS s CROSS JOIN decided AS d
      WHERE s.claim = claims.claim AND d.order_id = s.order_id AND d.line = s.line AND d.node = s.node
        AND d.service = s.service AND d.up_to >= s.up_to
      ORDER BY d.up_to LIMIT 1
    ) WHERE node IS NOT NULL AND state IN ('active', 'consumed');
    DROP TABLE standing;
    DROP TABLE decided;

    CREATE TABLE new_load (
      node INTEGER NOT NULL,
      day INTEGER NOT NULL, -- since 1970-01-01
      units INTEGER NOT NULL CHECK (units >= 0),
      PRIMARY KEY (node, day)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_load
      SELECT node, work_day, sum(quantity) FROM claims
      WHERE work_day >= (SELECT min(day) FROM node_load) AND state IN ('active', 'consumed') GROUP BY node, work_day;
    DROP TABLE node_load;
    ALTER TABLE new_load RENAME TO node_load;
    """
}
