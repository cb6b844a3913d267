import ActualState
import Operations
import SQLite

/// The distinct traits of items, each kept once.
final class TraitsTable {
  private let names: Interner
  private let select: Query
  private var known: [Int64: ItemTraits] = [:]
  private let limit = 10_000

  init(_ database: Database) {
    names = Interner(database, table: "traits")
    select = Query(database, "SELECT name FROM traits WHERE id = ?")
  }

  func number(of traits: ItemTraits) throws -> Int64 {
    try names.number(of: traits.json.canonical)
  }

  subscript(number: Int64) -> ItemTraits {
    get throws {
      if let traits = known[number] { return traits }
      let text = try select.first(.integer(number)) { $0.text(0) } ?? "{}"
      let traits = ItemTraits(json: try JSONValue.parse(text))
      if known.count >= limit { known.removeAll() }
      known[number] = traits
      return traits
    }
  }

  func forget() {
    names.forget()
    known.removeAll()
  }
}
