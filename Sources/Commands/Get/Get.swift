import ActualState
import ArgumentParser
import Operations
import SQLiteStore

/// `purser get positions|availability|…`: what a store holds.
struct Get: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what is in the store.",
    subcommands: [
      GetNodes.self, GetPositions.self, GetAvailability.self, GetSchedule.self, GetReservations.self, GetOrders.self,
      GetSuppliers.self,
      GetBackorders.self, GetProposals.self, GetNotices.self, GetOutbox.self, GetCases.self, GetHeld.self,
      GetEvents.self,
    ])
}

/// What every listing is asked: of which store, and in which form.
struct ListOptions: ParsableArguments {
  @Option(help: "The store.") var store: String
  @Option(
    help:
      "The operations repository; used by 'get backorders', 'get held', 'get schedule' and 'get suppliers', ignored by the others."
  )
  var repo: String?
  @Option(name: .shortAndLong, help: "table, json or name.") var output = ListFormat.table
  @Flag(help: "Print the table without a heading.") var noHeaders = false

  /// Prints the rows that `body` gives, from one unchanging state of the store.
  /// - Parameter empty: what to say, on stderr, when there are none.
  /// - Parameter isFiltered: whether only some rows were asked for, so that none may be no news.
  func list(
    _ columns: [Column], empty: String, isFiltered: Bool = false, _ body: (any Store, inout RowWriter) throws -> Void
  ) throws {
    try list({ _ in columns }, empty: empty, isFiltered: isFiltered, body)
  }

  /// Prints the rows that `body` gives, with columns that depend on what the store contains.
  func list(
    _ columns: (any Store) throws -> [Column], empty: String, isFiltered: Bool,
    _ body: (any Store, inout RowWriter) throws -> Void
  ) throws {
    let store = try SQLiteStore(path: store, mode: .readOnly)
    let writer = try store.transaction {
      var writer = RowWriter(try columns(store), format: output, hasHeading: !noHeaders)
      try body(store, &writer)
      return writer
    }
    try finish(writer, empty: empty, isFiltered: isFiltered)
  }

  private func finish(_ finished: RowWriter, empty: String, isFiltered: Bool) throws {
    var writer = finished
    try writer.finish()
    guard writer.count == 0 else { return }
    Output.words((isFiltered ? "nothing matches; omit filters such as --sku to list all" : empty) + "\n")
  }
}

extension JSONValue {
  init<Kind>(_ name: Identifier<Kind>) { self = .string(name.rawValue) }
  init(_ time: Instant) { self = .string(time.description) }

  /// Minor units as an amount with two decimals, as events give it.
  init(minorUnits: Int64?) {
    self = minorUnits.map { .decimal(MoneyText.text(minorUnits: $0)) } ?? .null
  }
}
