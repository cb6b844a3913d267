import Operations

extension Schema {
  /// What came in lately was added up from the whole ledger whenever a snapshot was read.
  static let receipts = """
    CREATE TABLE receipts (
      item INTEGER NOT NULL,
      hour INTEGER NOT NULL, -- since 1970-01-01T00:00Z
      node INTEGER NOT NULL,
      units INTEGER NOT NULL CHECK (units > 0),
      PRIMARY KEY (item, hour, node)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO receipts
      SELECT item, (time - ((time % 3600000) + 3600000) % 3600000) / 3600000, node, sum(quantity)
      FROM ledger WHERE cause = 'receipt' GROUP BY 1, 2, 3;
    DELETE FROM receipts
      WHERE hour < (SELECT max(hour) FROM receipts AS last WHERE last.item = receipts.item) - \(Receipts.rememberedHours);
    DROP INDEX ledger_receipts;
    """
}
