import ActualState
import Daemon
import Diagnostics
import Git
import Operations
import Reconciling
import SQLite
import SQLiteStore
import TestSupport
import Testing
import Verification

/// Somebody with the database in hand: every altered, removed, doubled or added row of what the audit trail vouches for is
/// found, and named.
@Suite struct StoreTamperTests {
  static let tables = ["audit_records", "audit_batches", "applied_plans", "ledger", "single_values"]
  /// Values that follow from the records; all others only speed work up or say what was seen last.
  static let values = ["audit_head", "former_trees", "ledger", "pin", "trust_root"]

  let company: CompanyFolder

  /// A trust root, two changes, a refusal, and trade whose record is not in git yet.
  init() async throws {
    company = try CompanyFolder(items: 2)
    for percent in [20, 10] {
      try #require(try company.cycle().status == 0)
      try company.commitCap(percent)
    }
    try #require(try company.cycle().status == 0)
    try company.commitCap(9, signed: false)
    try #require(try company.cycle().status == 1)
    try company.importEvents(CompanyFolder.orders(1...4, items: 2), as: "orders")
    var configuration = try company.configuration()
    configuration.flushesAudit = false
    let daemon = try Daemon(configuration, clock: ManualClock().read)
    try #require(await daemon.cycle().report.outcome?.isApplied == true)
  }

  private func verify() throws -> [Diagnostic] {
    let store: SQLiteStore
    do { store = try SQLiteStore(path: company.store, mode: .readOnly) }
    let verifier = AuditVerifier(repository: try Repository(path: company.repository))
    return try store.transaction {
      var comparison = try StoreComparison(store, policies: Repository(path: company.repository))
      var report = try verifier.verify { try comparison.compare($0, in: $1) }
      try comparison.finish(&report)
      return report.problems
    }
  }

  private struct Column { var name: String, isText: Bool }

  /// A row's columns as they can be written back, in SQL.
  private func rows(_ table: String, _ columns: [Column], _ connection: Connection) throws -> [[String]] {
    var rows: [[String]] = []
    let list = columns.map { "quote(\($0.name))" }.joined(separator: ", ")
    let only = table == "single_values" ? "WHERE key IN ('\(Self.values.joined(separator: "', '"))')" : ""
    try connection.query("SELECT \(list) FROM \(table) \(only) ORDER BY 1") { row in
      rows.append(columns.indices.map { row.text(Int32($0)) })
    }
    return rows
  }

  private func columns(_ table: String, _ connection: Connection) throws -> [Column] {
    var columns: [Column] = []
    try connection.query("SELECT name, type FROM pragma_table_info('\(table)')") { row in
      columns.append(Column(name: row.text(0), isText: row.text(1) == "TEXT"))
    }
    return columns
  }

  /// Other values for a column, in SQL.
  private func others(_ value: String, _ column: Column, _ random: inout SplitMix64) -> [String] {
    if value == "NULL" { return ["'x'"] }
    guard column.isText else { return ["\(column.name) + 1", "\(column.name) - 1"] }
    var texts = [Array(value.utf8)]
    for _ in 0..<2 {
      var bytes = texts[0]
      let place = Int.random(in: 1..<max(2, bytes.count - 1), using: &random)
      // Another letter or digit than the one that is there, and never a quote.
      bytes[place] = bytes[place] == UInt8(ascii: "7") ? UInt8(ascii: "b") : UInt8(ascii: "7")
      texts.append(bytes)
    }
    return texts.dropFirst().map { String(decoding: $0, as: UTF8.self) } + ["NULL"]
  }

  @Test(arguments: [1, 2] as [UInt64]) func everyAlteredRowIsFoundAndNamed(seed: UInt64) throws {
    #expect(try verify().isEmpty)
    var random = SplitMix64(seed: seed)
    let connection = try Connection(path: company.store, mode: .readWrite)
    var (found, refusedByTheDatabase) = (0, 0)
    for table in Self.tables {
      let columns = try columns(table, connection)
      let rows = try rows(table, columns, connection)
      #expect(!rows.isEmpty, "\(table)")
      for row in rows {
        let key = "\(columns[0].name) = \(row[0])"
        var changes = ["DELETE FROM \(table) WHERE \(key)"]
        for (column, value) in zip(columns, row) where !(table == "single_values" && column.name == "key") {
          changes += others(value, column, &random).map {
            "UPDATE \(table) SET \(column.name) = \($0) WHERE \(key)"
          }
        }
        // That the last batch is not published yet is what a crash leaves, and the next cycle mends.
        changes.removeAll { $0.contains("commit_id = NULL") && row[0] == rows.last?[0] }
        for change in changes {
          try connection.execute(
            "BEGIN; DROP TABLE IF EXISTS temp.saved; CREATE TEMP TABLE saved AS SELECT * FROM \(table); COMMIT")
          do { try connection.execute(change) } catch {
            refusedByTheDatabase += 1
            continue
          }
          let problems = try verify()
          found += problems.isEmpty ? 0 : 1
          #expect(!problems.isEmpty, "seed \(seed): nobody noticed \(change)")
          #expect(
            problems.contains { Self.names(row, of: table, in: $0.message) },
            "seed \(seed): \(change) is not named by \(problems.map(\.message))")
          try connection.execute("BEGIN; DELETE FROM \(table); INSERT INTO \(table) SELECT * FROM temp.saved; COMMIT")
        }
      }
    }
    #expect(found > 100, "\(found) found, \(refusedByTheDatabase) refused")
    #expect(try verify().isEmpty)
  }

  /// Whether words point at a row: at its record, its digest, its entry or its name, as far as a record vouches for it.
  private static func names(_ row: [String], of table: String, in message: String) -> Bool {
    let key = row[0].trimming("'")
    switch table {
    case "audit_records": return message.contains("record \(key)") || message.contains("records \(key) to")
    case "audit_batches": return message.contains("records \(key) to") || message.contains("published record")
    case "applied_plans": return message.contains(key) || message.contains("record \(row[1])")
    case "ledger": return message.contains("entry \(key)") || message.contains("ledger entries")
    default: return message.contains("store")
    }
  }

  @Test func rowsThatWereAddedAreFound() throws {
    let connection = try Connection(path: company.store, mode: .readWrite)
    let last = try #require(try connection.integer("SELECT max(record) FROM audit_records"))
    for (addition, table, words) in [
      (
        "INSERT INTO audit_records SELECT record + 1, is_decision, body FROM audit_records WHERE record = \(last)",
        "audit_records", "record \(last + 1)"
      ),
      ("INSERT INTO applied_plans VALUES ('\(String(repeating: "a", count: 64))', 2)", "applied_plans", "aaaa"),
      (
        "INSERT INTO audit_batches SELECT max(last_record) + 1, max(last_record) + 1, NULL, 'x' FROM audit_batches",
        "audit_batches", "in x"
      ),
      (
        "INSERT INTO ledger SELECT max(entry) + 1, 'again', cause, item, node, bucket_from, bucket_to, quantity, time FROM ledger",
        "ledger", "ledger"
      ),
    ] {
      try connection.execute("DROP TABLE IF EXISTS temp.saved; CREATE TEMP TABLE saved AS SELECT * FROM \(table)")
      try connection.execute(addition)
      let problems = try verify()
      #expect(problems.contains { $0.message.contains(words) }, "\(addition): \(problems.map(\.message))")
      try connection.execute("DELETE FROM \(table); INSERT INTO \(table) SELECT * FROM temp.saved")
    }
    #expect(try verify().isEmpty)
  }

  /// What plans alone write is what the records say: no other hand has written it.
  @Test(arguments: [
    ("UPDATE grants SET published = published + 1 WHERE item = 1 AND channel = 1", "published quantities"),
    ("UPDATE grants SET published = NULL WHERE item = 2 AND channel = 2", "published quantities"),
    ("UPDATE positions SET safety_stock = safety_stock + 1", "safety stocks"),
    ("UPDATE channels SET hold_ttl = 3600000 WHERE reserve_at IS NOT NULL", "terms of channels"),
    (
      "INSERT INTO fallbacks VALUES ('node', 'dc-leipzig', "
        + #"'{"frozen":true,"rules":[],"share":"100%","since":"2026-11-24T10:00:00Z"}')"#, "fallbacks"
    ),
    ("UPDATE routes SET policy = 'c0ffee' WHERE order_id = 'O-2'", "routes"),
    ("UPDATE routes SET decision = replace(decision, '\"proved\":true', '\"proved\":false')", "routes"),
    ("DELETE FROM routes WHERE order_id = 'O-3'", "routes"),
    ("UPDATE promises SET policy = 'c0ffee' WHERE order_id = 'O-1'", "promises"),
  ]) func whatOnlyPlansWriteIsHeldAgainstThem(change: String, words: String) throws {
    let connection = try Connection(path: company.store, mode: .readWrite)
    #expect(try verify().isEmpty)
    try connection.execute(change)
    try #require(try connection.integer("SELECT changes()") ?? 0 > 0)
    let problems = try verify()
    #expect(
      problems.contains { $0.id == "audit.store_values" && $0.message.contains(words) }, "\(problems.map(\.message))")
  }

  /// What an older Purser decided has no policy in its row: that is no alteration.
  @Test func decisionsWithoutAPolicyAreComparedWithoutIt() throws {
    let connection = try Connection(path: company.store, mode: .readWrite)
    for table in ["routes", "promises"] {
      try connection.execute("UPDATE \(table) SET policy = NULL")
      try #require(try connection.integer("SELECT changes()") ?? 0 > 0)
    }
    #expect(try verify().isEmpty)
  }

  /// What could not be recorded is not applied: with a hole at the end of the chain nothing would prove what comes after.
  @Test(arguments: [
    "DELETE FROM audit_records WHERE record = (SELECT max(record) FROM audit_records)",
    "DELETE FROM audit_records WHERE record = (SELECT max(last_record) FROM audit_batches)",
    "UPDATE audit_records SET body = replace(body, '\"apply\"', '\"observe\"') WHERE record = (SELECT max(record) FROM audit_records)",
    "INSERT INTO audit_records SELECT record + 1, is_decision, body FROM audit_records ORDER BY record DESC LIMIT 1",
    "DELETE FROM audit_records",
  ]) func nothingIsAppliedAfterAHole(damage: String) throws {
    let connection = try Connection(path: company.store, mode: .readWrite)
    func state() throws -> [String] {
      try [
        "SELECT quote(value) FROM single_values WHERE key = 'pin'",
        "SELECT group_concat(quote(published) || quote(protected), ' ') FROM grants",
        "SELECT count(*) FROM outbox", "SELECT count(*) FROM applied_plans",
      ].map { query in
        var text = ""
        try connection.query(query) { text = $0.text(0) }
        return text
      }
    }
    try company.importEvents(CompanyFolder.orders(5...8, items: 2), as: "more")
    try connection.execute(damage)
    let before = try state()
    let run = try company.cycle()
    #expect(run.status == 1 && !run.errors.contains("applied "), "\(run.errors)")
    #expect(run.errors.contains("audit record"), "\(run.errors)")
    #expect(try state() == before, "\(run.errors)")
  }

  /// A value that cannot be read is not taken for one that was never written: the daemon would begin anew.
  @Test(arguments: values.filter { $0 != "trust_root" })
  func aDaemonDoesNotGoOnWithAValueThatItCannotRead(key: String) async throws {
    let connection = try Connection(path: company.store, mode: .readWrite)
    try connection.execute("UPDATE single_values SET value = substr(value, 2) WHERE key = '\(key)'")
    try company.commitCap(7)
    let before = try company.shell("git -C ops rev-parse audit")
    let run = try company.cycle()
    #expect(run.status != 0 && run.errors.contains("the store's value '\(key)' cannot be read"), "\(run.errors)")
    #expect(try company.shell("git -C ops rev-parse audit") == before)
  }
}

extension String {
  fileprivate func trimming(_ quote: Character) -> Substring {
    var text = self[...]
    if text.first == quote { text.removeFirst() }
    if text.last == quote { text.removeLast() }
    return text
  }
}
