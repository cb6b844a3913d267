import ActualState
public import Operations
import SQLite

struct ListingQueries {
  let one, put, each: Query

  init(_ database: Database) {
    let from = "FROM listings AS l JOIN items AS i ON i.id = l.item JOIN channels AS c ON c.id = l.channel"
    one = Query(
      database,
      "SELECT \(Self.ownColumns("l")) FROM listings AS l WHERE item = ? AND channel = ? AND region = ? AND field = ?")
    put = Query(database, "INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    each = Query(database, "SELECT i.sku, \(Self.columns("l")) \(from) ORDER BY i.sku, c.name, l.region, l.field")
  }

  /// The twelve columns of a field of a listing; the channel's row is `c`.
  static func columns(_ row: String) -> String { "c.name, \(ownColumns(row))" }

  private static func ownColumns(_ row: String) -> String {
    let own = "region field value as_of event_key source writer observed reference since repairs"
    return own.split(separator: " ").map { "\(row).\($0)" }.joined(separator: ", ")
  }
}

extension SQLiteStore {
  public func listing(_ sku: SKU, _ key: ListingKey) throws -> ListingState? {
    // Every publication asks here: numbers are found in memory, and most channels have no listing.
    guard let item = try items.find(sku.rawValue), let channel = try channels.find(key.channel.rawValue) else {
      return nil
    }
    return try listings.one.first(
      .integer(item), .integer(channel), .text(key.region.rawValue), .text(key.field.rawValue)
    ) { try listing($0, of: key.channel, from: 0) }
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
    try listings.each.each { row in try body(SKU(row.text(0)), try listing(row, of: ChannelID(row.text(1)), from: 2)) }
  }

  /// A field of a listing from eleven columns.
  func listing(_ row: Statement, of channel: ChannelID, from first: Int32) throws -> ListingState {
    let field = try known(ListingField(rawValue: row.text(first + 1)), "field of a listing")
    var state = ListingState(
      ListingKey(channel, field, in: RegionID(row.text(first))),
      Observation(
        value: row.integer(first + 2), asOf: Instant(milliseconds: row.integer(first + 3)),
        eventKey: row.text(first + 4), source: row.text(first + 5), writer: row.optionalText(first + 6)))
    if let observed = row.optionalInteger(first + 7) {
      state.note = DriftNote(
        observed: observed, reference: row.integer(first + 8),
        since: Instant(milliseconds: row.integer(first + 9)))
    }
    let repairs = try known((try? JSONValue.parse(row.text(first + 10)))?.array, "list of repairs")
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
