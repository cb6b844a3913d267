import SQLite
import TestSupport
import Testing

@testable import Commands

/// Each column of each table of a store, altered one at a time: `purser audit verify --store` finds it and names it, or says
/// of the column that nothing vouches for it. The columns are asked of the database, so that none can be forgotten.
@Suite struct StoreColumnTests {
  let company: CompanyFolder
  let connection: Connection

  /// Trade with routes, promises, receipts, a supplier that is learnt, a node that is silent, and a refusal.
  init() throws {
    company = try CompanyFolder(items: 2)
    try company.importEvents(
      [
        CompanyFolder.event(
          "bought", "purchase_order.confirmed",
          #"{"po":"PO-1","supplier":"delta-metalworks","node":"dc-leipzig","lines":[{"line":"1","sku":"ITEM-1","qty":40,"eta":"2026-11-30T00:00:00Z"}]}"#
        ),
        CompanyFolder.event("came", "purchase_order.received", #"{"po":"PO-1","lines":[{"line":"1","qty":15}]}"#),
        CompanyFolder.event(
          "silent", "inventory.counted", #"{"sku":"ITEM-2","node":"3pl-rotterdam","on_hand":30}"#
        ).replacing("2026-11-24T08", with: "2026-11-21T08"),
      ], as: "supply")
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    try company.shell("cp '/\(root)/templates/mappings/deliveries.yaml' .")
    try company.scratch.write(
      """
      vendor,po_sent,scheduled,delivered,quantity
      delta-metalworks,2026-07-01,2026-08-01,2026-08-01,100
      delta-metalworks,2026-07-08,2026-08-11,2026-08-12,100
      delta-metalworks,2026-08-01,2026-09-01,2026-09-10,100

      """, to: "\(company.name)/deliveries.csv")
    try company.succeed(
      "import", "--repo", "ops", "--store", "ops.db", "--mapping", "deliveries.yaml", "deliveries.csv")
    try #require(try company.cycle().status == 0)
    try company.importEvents(CompanyFolder.orders(1...6, items: 2), as: "orders")
    try company.commitCap(20)
    try #require(try company.cycle().status == 0)
    try company.commitCap(9, signed: false)
    try #require(try company.cycle().status == 1)
    connection = try Connection(path: company.store, mode: .readWrite)
  }

  private func verify() throws -> ChildProcess.Result { try company("audit", "verify", "ops", "--store", "ops.db") }

  private func texts(_ query: String) throws -> [String] {
    var texts: [String] = []
    try connection.query(query) { texts.append($0.text(0)) }
    return texts
  }

  private struct Column { var name: String, isText: Bool }

  private func columns(_ table: String) throws -> [Column] {
    var columns: [Column] = []
    try connection.query("SELECT name, type FROM pragma_table_info('\(table)') ORDER BY cid") { row in
      columns.append(Column(name: row.text(0), isText: row.text(1) == "TEXT"))
    }
    return columns
  }

  /// Tables of this story that are empty, and so can only be added to.
  private static let empty: Set = ["pools", "proposals"]

  @Test func everyColumnIsFoundAndNamedOrSaidToBeUnproved() throws {
    let good = try verify()
    try #require(good.status == 0, "\(good.errors)")
    var found = 0
    for (table, proof) in StoreCoverage.tables.sorted(by: { $0.key < $1.key }) where proof != .unproved {
      let unproved = StoreCoverage.unprovedColumns[table] ?? []
      let columns = try columns(table)
      if table == "single_values" {
        found += try alterValues(except: unproved, good)
        continue
      }
      #expect(Set(unproved).isSubset(of: Set(columns.map(\.name))), "\(table): what is listed is no column")
      let isEmpty = try connection.integer("SELECT count(*) FROM \(table)") == 0
      #expect(isEmpty == Self.empty.contains(table), "\(table)")
      for column in columns where !isEmpty && !unproved.contains(column.name) {
        found += try alter(table, column, columns)
      }
    }
    #expect(found > 60, "\(found)")
    #expect(try verify().errors == good.errors)
  }

  private func alterValues(except unproved: [String], _ good: ChildProcess.Result) throws -> Int {
    let keys = try texts("SELECT key FROM single_values")
    let named = Set(keys).union(unproved)
    #expect(named.isSuperset(of: ["pin", "audit_head", "refused", "ledger", "trust_root", "version"]))
    var found = 0
    for key in keys where !unproved.contains(key) {
      for change in ["value = substr(value, 2)", "value = value || '0'", "key = key || 'x'"] {
        try expectFound(
          "UPDATE single_values SET \(change) WHERE key = '\(key)'", "single_values", [key, "the store "])
        found += 1
      }
    }
    // A value that should not be there.
    for key in ["holds", "authors", "review_cases", "spent", "routing", "regions", "approvals", "former_trees"]
    where !keys.contains(key) {
      let value = key == "holds" ? #"{"last":3,"open":[]}"# : key == "authors" ? #"["ben"]"# : "x"
      try expectFound("INSERT INTO single_values VALUES ('\(key)', '\(value)')", "single_values", [key, "log of"])
      found += 1
    }
    return found
  }

  /// Alters a column in one row, in the first of some ways that the database takes.
  private func alter(_ table: String, _ column: Column, _ columns: [Column]) throws -> Int {
    let rows = table == "claims" ? "claims WHERE state = 'active'" : table
    let key = columns[0].name == "item" || table == "order_lines" ? columns.prefix(3) : columns.prefix(1)
    let list = columns.map { "quote(\($0.name))" }.joined(separator: " || char(10) || ")
    let order = "\(column.name) IS NULL, 1"
    guard let text = try texts("SELECT \(list) FROM \(rows) ORDER BY \(order) LIMIT 1").first else { return 0 }
    let values = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    try #require(values.count == columns.count, "\(table)")
    let row = zip(columns, values).filter { pair in
      key.contains { $0.name == pair.0.name }
        || ["number", "item", "line", "node", "hour", "channel"].contains(pair.0.name)
    }.map { "\($0.0.name) IS \($0.1)" }.joined(separator: " AND ")
    let index = try #require(columns.firstIndex { $0.name == column.name })
    let names = try self.names(zip(columns, values).map { ($0.name, $1) })
    for other in others(values[index], column) {
      let change = "UPDATE \(table) SET \(column.name) = \(other) WHERE \(row)"
      // What the row is called now, and what kind of thing it is, name it too.
      let more = [other.split(separator: "'").first.map(String.init) ?? other, String(table.dropLast()), column.name]
      if try expectFound(change, table, names + more + (column.name == "id" ? ["ledger entry"] : [])) { return 1 }
    }
    Issue.record("\(table).\(column.name): the database took no other value than \(values[index])")
    return 0
  }

  private func others(_ value: String, _ column: Column) -> [String] {
    if value == "NULL" { return ["1", "'7'", "'x'"] }
    guard column.isText else { return ["\(value) + 1", "\(value) - 1", "1 - \(value)"] }
    var bytes = Array(value.utf8)
    let place = bytes.count / 2
    bytes[place] = bytes[place] == UInt8(ascii: "7") ? UInt8(ascii: "b") : UInt8(ascii: "7")
    return [String(decoding: bytes, as: UTF8.self), "'released'", "'sellable'", "'supplier'"]
  }

  /// Words by which a row can be named: its texts, and what its numbers stand for.
  private func names(_ values: [(column: String, value: String)]) throws -> [String] {
    var names: [String] = []
    for (column, value) in values {
      switch column {
      case "item": names += try texts("SELECT sku FROM items WHERE id = \(value)")
      case "node": names += try texts("SELECT name FROM nodes WHERE id = \(value)")
      case "record", "first_record", "entry": names.append(value)
      default: if value.hasPrefix("'"), value.utf8.count > 3 { names.append(String(value.dropFirst().dropLast())) }
      }
    }
    return names
  }

  /// - Returns: false where the database refuses the change.
  @discardableResult
  private func expectFound(_ change: String, _ table: String, _ names: [String]) throws -> Bool {
    try connection.execute(
      "DROP TABLE IF EXISTS temp.saved; CREATE TEMP TABLE saved AS SELECT * FROM \(table)")
    do { try connection.execute(change) } catch { return false }
    let changed = try connection.integer("SELECT changes()") ?? 0
    let said = try verify()
    try connection.execute("BEGIN; DELETE FROM \(table); INSERT INTO \(table) SELECT * FROM temp.saved; COMMIT")
    #expect(changed == 1, "\(change) alters \(changed) rows")
    #expect(said.status == 1, "nobody noticed \(change)")
    #expect(names.contains { said.errors.contains($0) }, "\(change): none of \(names) is named by \(said.errors)")
    return true
  }
}
