import ActualState
public import Operations
import SQLite

struct ListingQueries {
  let one, put, each: Query

  init(_ database: Database) {
    let from = "FROM listings AS l JOIN items AS i ON i.id = l.item JOIN channels AS c ON c.id = l.channel"
    one = Query(
      database,
      "SELECT i.sku, \(Self.columns("l")) \(from) WHERE i.sku = ? AND c.name = ? AND l.region = ? AND l.field = ?")
    put = Query(database, "INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    each = Query(database, "SELECT i.sku, \(Self.columns("l")) \(from) ORDER BY i.sku, c.name, l.region, l.field")
  }

  /// The twelve columns of a field of a listing; the channel's row is `c`.
  static func columns(_ row: String) -> String {
    let own = "region field value as_of event_key source writer observed reference since repairs"
    return "c.name, " + own.split(separator: " ").map { "\(row).\($0)" }.joined(separator: ", ")
  }
}

extension SQLiteStore {
  public func listing(_ sku: SKU, _ key: ListingKey) throws -> ListingState? {
    try listings.one.first(
      .text(sku.rawValue), .text(key.channel.rawValue), .text(key.region.rawValue), .text(key.field.rawValue)
    ) { try listing($0, from: 1) }
  }

  public func put(_ listing: ListingState, of sku: SKU) throws {
    let (key, seen) = (listing.key, listing.observation)
    let repairs = JSONValue.array(
      listing.repairs.map { [.integer($0.at.milliseconds), .integer($0.observed), JSONValue($0.writer)] })
    try listings.put.run(
      .integer(try items.number(of: sku.rawValue)), .integer(try channels.number(of: key.channel.rawValue)),
      .text(key.region.rawValue), .text(key.field.rawValue), .integer(seen.value), .integer(seen.asOf.milliseconds),
      .text(seen.eventKey), .text(seen.source), seen.writer.map { .text($0) } ?? .null,
      Value(listing.note?.observed), Value(listing.note?.reference), Value(listing.note?.since.milliseconds),
      .text(repairs.canonical))
  }

  public func eachListing(_ body: (SKU, ListingState) throws -> Void) throws {
    try listings.each.each { row in try body(SKU(row.text(0)), try listing(row, from: 1)) }
  }

  /// A field of a listing from twelve columns.
  func listing(_ row: Statement, from first: Int32) throws -> ListingState {
    let field = try known(ListingField(rawValue: row.text(first + 2)), "field of a listing")
    var state = ListingState(
      ListingKey(ChannelID(row.text(first)), field, in: RegionID(row.text(first + 1))),
      Observation(
        value: row.integer(first + 3), asOf: Instant(milliseconds: row.integer(first + 4)),
        eventKey: row.text(first + 5), source: row.text(first + 6), writer: row.optionalText(first + 7)))
    if let observed = row.optionalInteger(first + 8) {
      state.note = DriftNote(
        observed: observed, reference: row.integer(first + 9),
        since: Instant(milliseconds: row.integer(first + 10)))
    }
    let repairs = try known((try? JSONValue.parse(row.text(first + 11)))?.array, "list of repairs")
    state.repairs = try repairs.map { repair in
      let fields = repair.array ?? []
      guard fields.count == 3, let at = fields[0].integer, let observed = fields[1].integer else {
        return try known(nil, "repair")
      }
      return Repair(at: Instant(milliseconds: at), observed: observed, writer: fields[2].string)
    }
    return state
  }
}
