import SQLite

extension SQLiteStore {
  /// How many rows each table has, by the name of the table.
  public func rowCounts() throws -> [String: Int64] {
    var names: [String] = []
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    try Query(database, tables).each { names.append($0.text(0)) }
    var counts: [String: Int64] = [:]
    // The names are those of the schema, and no text from outside.
    for name in names {
      counts[name] = try Query(database, "SELECT count(*) FROM \(name)").first { $0.integer(0) } ?? 0
    }
    return counts
  }
}
