extension Schema {
  /// When the catalogue first named an item: the days before are no days without demand. Of items that are there nobody
  /// knows.
  static let itemAge = "ALTER TABLE items ADD COLUMN since INTEGER; -- a day since 1970-01-01"
}
