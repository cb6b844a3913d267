import ActualState
import Operations
import SQLite

/// Gives each name of a table a small number that stays.
///
/// What it remembers is true for as long as the rows stand: numbers are never changed or deleted, only taken back with
/// the transaction that gave them, and then it must `forget`.
final class Interner {
  private typealias Name = Identifier<Interner>

  private let select: Query
  private let insert: Query
  private let connection: Connection
  /// How many names are remembered before it starts over.
  private let limit = 100_000
  private var known: [Name: Int64] = [:]
  /// The name asked for last: the rows of one event name the same things again and again.
  private var last: (name: Name, number: Int64)?

  init(_ database: Database, table: String, column: String = "name") {
    select = Query(database, "SELECT id FROM \(table) WHERE \(column) = ?")
    insert = Query(database, "INSERT INTO \(table) (\(column)) VALUES (?)")
    connection = database.connection
  }

  /// The number of a name; nil if no row has named it yet.
  func find(_ name: String) throws -> Int64? {
    if let last, last.name.rawValue.isBytewiseEqual(to: name) { return last.number }
    if let number = known[Name(name)] {
      last = (Name(name), number)
      return number
    }
    guard let number = try select.first(.text(name), read: { $0.integer(0) }) else { return nil }
    remember(name, number)
    return number
  }

  /// The number of a name, which it is given if it has none.
  func number(of name: String) throws -> Int64 {
    if let number = try find(name) { return number }
    try insert.run(.text(name))
    let number = connection.lastInsertedRow
    remember(name, number)
    return number
  }

  private func remember(_ name: String, _ number: Int64) {
    if known.count >= limit { known.removeAll(keepingCapacity: true) }
    known[Name(name)] = number
    last = (Name(name), number)
  }

  func forget() {
    known.removeAll()
    last = nil
  }
}
