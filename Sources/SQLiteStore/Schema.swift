/// The tables, as steps from one version of the schema to the next. A step that was released is never edited.
enum Schema {
  /// Stands in the header of the file ("PURS"), so that the database of another program is not taken for a store.
  static let applicationID: Int64 = 0x5055_5253

  /// SKUs, nodes and channels are numbered: rows are small, and comparing them is comparing integers. Text compares
  /// byte by byte (BINARY), so that an index gives the order in which names sort everywhere else.
  static let first = """
    PRAGMA application_id = \(applicationID);

    CREATE TABLE single_values (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE nodes (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      active INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1))
    ) STRICT;

    CREATE TABLE channels (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE traits (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE -- {"attributes":{…},"class":…}
    ) STRICT;

    CREATE TABLE items (
      id INTEGER PRIMARY KEY,
      sku TEXT NOT NULL UNIQUE,
      uom TEXT, -- NULL: other rows name it, but it is no item yet
      traits INTEGER,
      version INTEGER NOT NULL DEFAULT 0,
      shared INTEGER NOT NULL DEFAULT 0,
      claimed INTEGER NOT NULL DEFAULT 0 CHECK (claimed >= 0),
      dirty INTEGER NOT NULL DEFAULT 0 CHECK (dirty IN (0, 1)),
      CHECK ((uom IS NULL) = (traits IS NULL))
    ) STRICT;
    CREATE INDEX items_dirty ON items (sku) WHERE dirty = 1;

    CREATE TABLE positions (
      item INTEGER NOT NULL,
      node INTEGER NOT NULL,
      on_hand INTEGER NOT NULL,
      sellable INTEGER NOT NULL,
      allocated INTEGER NOT NULL CHECK (allocated >= 0),
      safety_stock INTEGER NOT NULL CHECK (safety_stock >= 0),
      counted_at INTEGER,
      count_key TEXT NOT NULL,
      PRIMARY KEY (item, node)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE ledger (
      entry INTEGER PRIMARY KEY,
      idempotency_key TEXT NOT NULL UNIQUE,
      cause TEXT NOT NULL,
      item INTEGER NOT NULL,
      node INTEGER NOT NULL,
      bucket_from TEXT NOT NULL,
      bucket_to TEXT NOT NULL,
      quantity INTEGER NOT NULL CHECK (quantity > 0),
      time INTEGER NOT NULL,
      CHECK (bucket_from <> bucket_to)
    ) STRICT;
    CREATE INDEX ledger_moves ON ledger (item, node, time) WHERE cause <> 'count';

    CREATE TABLE grants (
      item INTEGER NOT NULL,
      channel INTEGER NOT NULL,
      protected INTEGER CHECK (protected >= 0), -- NULL: never granted
      cap_left INTEGER, -- NULL: no cap
      may_use_shared INTEGER CHECK (may_use_shared IN (0, 1)),
      published INTEGER,
      active_protected INTEGER NOT NULL CHECK (active_protected >= 0),
      active_shared INTEGER NOT NULL CHECK (active_shared >= 0),
      PRIMARY KEY (item, channel),
      CHECK ((protected IS NULL) = (may_use_shared IS NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE usage (
      item INTEGER NOT NULL,
      channel INTEGER NOT NULL,
      hour INTEGER NOT NULL,
      claimed INTEGER NOT NULL CHECK (claimed >= 0),
      protected INTEGER NOT NULL CHECK (protected >= 0),
      protected_shipped INTEGER NOT NULL CHECK (protected_shipped >= 0),
      PRIMARY KEY (item, channel, hour)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cases (
      item INTEGER NOT NULL,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail TEXT NOT NULL,
      opened_at INTEGER NOT NULL,
      PRIMARY KEY (item, kind, subject)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE orders (
      order_id TEXT PRIMARY KEY,
      channel INTEGER NOT NULL,
      placed_at INTEGER NOT NULL,
      region TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE order_lines (
      order_id TEXT NOT NULL,
      line TEXT NOT NULL,
      item INTEGER NOT NULL,
      ordered INTEGER NOT NULL CHECK (ordered >= 0),
      cancelled INTEGER NOT NULL CHECK (cancelled >= 0),
      shipped INTEGER NOT NULL CHECK (shipped >= 0),
      claimed INTEGER NOT NULL CHECK (claimed >= 0),
      unit_price INTEGER,
      PRIMARY KEY (order_id, line)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX open_lines ON order_lines (item, order_id, line)
      WHERE ordered - cancelled - shipped - claimed > 0;

    CREATE TABLE claims (
      claim INTEGER PRIMARY KEY,
      order_id TEXT NOT NULL,
      line TEXT NOT NULL,
      item INTEGER NOT NULL,
      channel INTEGER NOT NULL,
      pool TEXT NOT NULL,
      quantity INTEGER NOT NULL CHECK (quantity >= 0),
      state TEXT NOT NULL CHECK (state IN ('active', 'consumed', 'released')),
      claimed_at INTEGER NOT NULL,
      CHECK (quantity > 0 OR state <> 'active')
    ) STRICT;
    CREATE INDEX active_claims ON claims (order_id, line) WHERE state = 'active';

    CREATE TABLE purchase_order_lines (
      purchase_order TEXT NOT NULL,
      line TEXT NOT NULL,
      item INTEGER NOT NULL,
      supplier TEXT NOT NULL,
      node INTEGER NOT NULL,
      ordered INTEGER NOT NULL CHECK (ordered >= 0),
      received INTEGER NOT NULL CHECK (received >= 0),
      eta INTEGER NOT NULL,
      original_eta INTEGER NOT NULL,
      PRIMARY KEY (purchase_order, line)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX inbound_lines ON purchase_order_lines (item, purchase_order, line) WHERE ordered > received;

    CREATE TABLE events (
      arrival INTEGER PRIMARY KEY, -- 1, 2, 3 …: the last is their count
      source TEXT NOT NULL,
      id TEXT NOT NULL,
      type TEXT NOT NULL,
      time INTEGER NOT NULL,
      data TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('applied', 'waiting', 'refused')),
      reason TEXT NOT NULL, -- what it waits for, or why it was refused
      UNIQUE (source, id)
    ) STRICT;
    CREATE INDEX events_waiting ON events (reason, arrival) WHERE state = 'waiting';
    CREATE INDEX events_open ON events (source, id, state) WHERE state <> 'applied';

    CREATE TABLE applied_plans (
      digest TEXT PRIMARY KEY,
      record INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE outbox (
      message INTEGER PRIMARY KEY,
      record INTEGER NOT NULL,
      payload TEXT NOT NULL
    ) STRICT;

    CREATE TABLE audit_records (
      record INTEGER PRIMARY KEY,
      is_decision INTEGER NOT NULL CHECK (is_decision IN (0, 1)),
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decisions ON audit_records (record) WHERE is_decision = 1;

    CREATE TABLE audit_batches (
      first_record INTEGER PRIMARY KEY,
      last_record INTEGER NOT NULL,
      parent TEXT,
      commit_id TEXT,
      CHECK (last_record >= first_record)
    ) STRICT;
    """

  /// Orders that come further, holds that run out, claims on nodes, transfers and what suppliers say anew.
  static let promises = """
    ALTER TABLE channels ADD COLUMN reserve_at TEXT; -- NULL: no plan has set the terms yet
    ALTER TABLE channels ADD COLUMN hold_ttl INTEGER;
    ALTER TABLE channels ADD COLUMN reserve_ahead INTEGER;

    ALTER TABLE orders ADD COLUMN stage TEXT NOT NULL DEFAULT 'order';
    ALTER TABLE orders ADD COLUMN lapsed INTEGER NOT NULL DEFAULT 0 CHECK (lapsed IN (0, 1));
    ALTER TABLE orders ADD COLUMN ship_on INTEGER;
    ALTER TABLE orders ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE orders ADD COLUMN released_by TEXT; -- ["name",…]; NULL: nobody
    ALTER TABLE order_lines ADD COLUMN promised_at INTEGER;
    ALTER TABLE order_lines ADD COLUMN first_promised_at INTEGER;

    CREATE TABLE new_claims (
      claim INTEGER PRIMARY KEY,
      order_id TEXT NOT NULL,
      line TEXT NOT NULL,
      item INTEGER NOT NULL,
      channel INTEGER NOT NULL,
      pool TEXT NOT NULL,
      node INTEGER, -- NULL: not routed
      service TEXT, -- by which it leaves the node
      region INTEGER NOT NULL,
      quantity INTEGER NOT NULL CHECK (quantity >= 0),
      state TEXT NOT NULL CHECK (state IN ('active', 'consumed', 'released', 'expired')),
      claimed_at INTEGER NOT NULL,
      expires_at INTEGER, -- NULL: holds for good
      CHECK (quantity > 0 OR state <> 'active'),
      CHECK (service IS NULL OR node IS NOT NULL), CHECK (node IS NULL OR pool NOT GLOB 'inbound:*')
    ) STRICT;
    INSERT INTO new_claims
      SELECT claim, order_id, line, item, channel, pool, NULL, NULL, 0, quantity, state, claimed_at, NULL FROM claims;
    DROP TABLE claims; ALTER TABLE new_claims RENAME TO claims;
    CREATE INDEX active_claims ON claims (order_id, line) WHERE state = 'active';
    CREATE INDEX item_claims ON claims (item, claim) WHERE state = 'active';
    CREATE INDEX expiring_claims ON claims (expires_at) WHERE state = 'active' AND expires_at IS NOT NULL;

    ALTER TABLE purchase_order_lines ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled >= 0);
    ALTER TABLE purchase_order_lines ADD COLUMN ship_notices TEXT NOT NULL DEFAULT '[]'; -- [[id, quantity, received, eta]]
    DROP INDEX inbound_lines;
    CREATE INDEX inbound_lines ON purchase_order_lines (item, purchase_order, line)
      WHERE ordered - cancelled - received > 0;

    CREATE INDEX lines_of_supplier ON purchase_order_lines (supplier, item)
      WHERE ordered - cancelled - received > 0;

    CREATE TABLE suppliers (
      supplier TEXT PRIMARY KEY,
      confidence INTEGER, -- parts per million; NULL: the policy does not learn
      sample_size INTEGER, -- thousandths of a delivery
      tier TEXT,
      dirty INTEGER NOT NULL CHECK (dirty IN (0, 1)),
      daily TEXT NOT NULL, -- {"lead_time":{…},"pooled_prior":{…}}: what is learnt once a day
      CHECK ((confidence IS NULL) = (sample_size IS NULL) AND (confidence IS NULL) = (tier IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE deliveries (
      reference TEXT PRIMARY KEY,
      supplier TEXT NOT NULL,
      ordered_at INTEGER,
      ordered INTEGER NOT NULL,
      promised INTEGER NOT NULL,
      receipts TEXT NOT NULL -- [[at, units]]
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deliveries_of_supplier ON deliveries (supplier, reference);

    CREATE TABLE transfer_lines (
      transfer TEXT NOT NULL,
      line TEXT NOT NULL,
      item INTEGER NOT NULL,
      node_from INTEGER NOT NULL,
      node_to INTEGER NOT NULL,
      dispatched INTEGER NOT NULL CHECK (dispatched >= 0),
      received INTEGER NOT NULL CHECK (received >= 0),
      eta INTEGER NOT NULL,
      PRIMARY KEY (transfer, line)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX transfers_on_their_way ON transfer_lines (item, transfer, line) WHERE dispatched > received;

    CREATE TABLE routes (
      order_id TEXT NOT NULL,
      number INTEGER NOT NULL, -- 1, 2, 3 … for each order
      decided_at INTEGER NOT NULL,
      decision TEXT NOT NULL,
      PRIMARY KEY (order_id, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE promises (
      order_id TEXT NOT NULL,
      line TEXT NOT NULL,
      number INTEGER NOT NULL, -- 1, 2, 3 … for each line
      promised_at INTEGER, -- NULL: taken back
      decided_at INTEGER NOT NULL,
      PRIMARY KEY (order_id, line, number)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE outbox ADD COLUMN key TEXT; -- NULL: nobody's in particular
    CREATE UNIQUE INDEX outbox_keys ON outbox (key) WHERE key IS NOT NULL;

    CREATE TABLE node_load (
      node INTEGER NOT NULL,
      day INTEGER NOT NULL, -- since 1970-01-01
      units INTEGER NOT NULL CHECK (units >= 0),
      parcels INTEGER NOT NULL CHECK (parcels >= 0),
      PRIMARY KEY (node, day)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE nodes ADD COLUMN heard_at INTEGER; -- NULL: never
    UPDATE nodes SET heard_at = (
      SELECT max(time) FROM (
        SELECT time FROM ledger WHERE node = nodes.id
        UNION ALL SELECT counted_at FROM positions WHERE node = nodes.id));

    CREATE TABLE fallbacks (
      kind TEXT NOT NULL CHECK (kind IN ('node', 'supplier')),
      name TEXT NOT NULL,
      state TEXT NOT NULL, -- {"frozen":…,"rules":[…],"share":…,"since":…}
      PRIMARY KEY (kind, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ledger_receipts ON ledger (item, node, time, quantity) WHERE cause = 'receipt';

    CREATE TABLE regions (
      id INTEGER PRIMARY KEY, -- 0: none is named
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    INSERT INTO regions VALUES (0, '');

    CREATE TABLE pools (
      item INTEGER NOT NULL,
      region INTEGER NOT NULL CHECK (region > 0), -- those of none stand in items
      shared INTEGER NOT NULL,
      claimed INTEGER NOT NULL CHECK (claimed >= 0),
      PRIMARY KEY (item, region)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE new_grants (
      item INTEGER NOT NULL,
      channel INTEGER NOT NULL,
      region INTEGER NOT NULL,
      protected INTEGER CHECK (protected >= 0), -- NULL: never granted
      cap_left INTEGER, -- NULL: no cap
      may_use_shared INTEGER CHECK (may_use_shared IN (0, 1)),
      published INTEGER,
      active_protected INTEGER NOT NULL CHECK (active_protected >= 0),
      active_shared INTEGER NOT NULL CHECK (active_shared >= 0),
      published_at INTEGER, -- NULL: never told
      sold INTEGER NOT NULL CHECK (sold >= 0), -- since then
      PRIMARY KEY (item, channel, region),
      CHECK ((protected IS NULL) = (may_use_shared IS NULL))
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_grants
      SELECT item, channel, 0, protected, cap_left, may_use_shared, published, active_protected, active_shared, NULL, 0
      FROM grants;
    DROP TABLE grants;
    ALTER TABLE new_grants RENAME TO grants;

    CREATE TABLE new_usage (
      item INTEGER NOT NULL,
      channel INTEGER NOT NULL,
      region INTEGER NOT NULL,
      hour INTEGER NOT NULL,
      claimed INTEGER NOT NULL CHECK (claimed >= 0),
      protected INTEGER NOT NULL CHECK (protected >= 0),
      protected_shipped INTEGER NOT NULL CHECK (protected_shipped >= 0),
      PRIMARY KEY (item, channel, region, hour)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_usage SELECT item, channel, 0, hour, claimed, protected, protected_shipped FROM usage;
    DROP TABLE usage;
    ALTER TABLE new_usage RENAME TO usage;

    CREATE TABLE stockouts (
      item INTEGER NOT NULL,
      from_hour INTEGER NOT NULL,
      until_hour INTEGER, -- NULL: it lasts
      PRIMARY KEY (item, from_hour),
      CHECK (until_hour >= from_hour)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE proposals (
      item INTEGER NOT NULL,
      kind TEXT NOT NULL,
      quantity INTEGER NOT NULL CHECK (quantity > 0),
      body TEXT NOT NULL,
      proposed_at INTEGER NOT NULL,
      PRIMARY KEY (item, kind)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE listings (
      item INTEGER NOT NULL,
      channel INTEGER NOT NULL,
      region TEXT NOT NULL, -- as channels call it, whether or not there is such a region
      field TEXT NOT NULL,
      value INTEGER NOT NULL,
      as_of INTEGER NOT NULL,
      event_key TEXT NOT NULL,
      source TEXT NOT NULL,
      writer TEXT, -- NULL: nobody knows
      observed INTEGER, -- NULL: nothing is noted
      reference INTEGER,
      since INTEGER,
      repairs TEXT NOT NULL, -- [[at, observed, writer]]
      PRIMARY KEY (item, channel, region, field),
      CHECK ((observed IS NULL) = (reference IS NULL) AND (observed IS NULL) = (since IS NULL))
    ) STRICT, WITHOUT ROWID;
    """
}
