extension Schema {
  /// What left a node may come to no other, or later than was said.
  static let cancelledTransfers = """
    ALTER TABLE transfer_lines ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled >= 0);
    ALTER TABLE transfer_lines ADD COLUMN original_eta INTEGER NOT NULL DEFAULT 0; -- what was said when they left
    UPDATE transfer_lines SET original_eta = eta;
    DROP INDEX transfers_on_their_way;
    CREATE INDEX transfers_on_their_way ON transfer_lines (item, transfer, line)
      WHERE dispatched - received - cancelled > 0;
    """
}
