public import ActualState
import Operations
import SQLite

struct EventQueries {
  let kept, put, waiting, count, eachOpen: Query

  init(_ database: Database) {
    kept = Query(database, "SELECT state, reason, type, data FROM events WHERE source = ? AND id = ?")
    put = Query(
      database,
      """
      INSERT INTO events (source, id, type, time, data, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (source, id) DO UPDATE SET type = excluded.type, time = excluded.time, data = excluded.data,
        state = excluded.state, reason = excluded.reason
      """)
    let columns = "source, id, type, time, data, state, reason FROM events"
    waiting = Query(database, "SELECT \(columns) WHERE state = 'waiting' AND reason = ? ORDER BY arrival")
    eachOpen = Query(database, "SELECT \(columns) WHERE state <> 'applied' ORDER BY source, id")
    // Events are never deleted, so that the last number is how many there are: no million rows are counted.
    count = Query(
      database,
      """
      SELECT ifnull(max(arrival), 0),
        (SELECT count(*) FROM events INDEXED BY events_open WHERE state <> 'applied' AND state = 'waiting'),
        (SELECT count(*) FROM events INDEXED BY events_open WHERE state <> 'applied' AND state = 'refused')
      FROM events
      """)
  }
}

extension SQLiteStore {
  public func event(_ source: String, _ id: String) throws -> KeptEvent? {
    try events.kept.first(.text(source), .text(id)) { row in
      KeptEvent(try eventState(row, from: 0), type: row.text(2), canonicalData: row.text(3))
    }
  }

  private func eventState(_ row: Statement, from column: Int32) throws -> EventState {
    switch row.text(column) {
    case "applied": .applied
    case "waiting": .waiting(for: row.text(column + 1))
    case "refused": .refused(row.text(column + 1))
    default: try known(nil, "event state")
    }
  }

  public func put(_ event: Event, _ state: EventState) throws {
    let (name, reason) =
      switch state {
      case .applied: ("applied", "")
      case .waiting(let what): ("waiting", what)
      case .refused(let why): ("refused", why)
      }
    try events.put.run(
      .text(event.source), .text(event.id), .text(event.type), .integer(event.time.milliseconds),
      .text(event.data.canonical), .text(name), .text(reason))
  }

  public func events(waitingFor what: String) throws -> [Event] {
    try events.waiting.all(.text(what), read: event)
  }

  private func event(_ row: Statement) throws -> Event {
    Event(
      source: row.text(0), id: row.text(1), type: row.text(2), time: Instant(milliseconds: row.integer(3)),
      data: try json(row.text(4)))
  }

  /// JSON that Purser has written itself.
  func json(_ text: String) throws -> JSONValue { try known(try? JSONValue.parse(text), "value, which is no JSON") }

  public func countEvents() throws -> EventCounts {
    try events.count.first { row in
      let (waiting, refused) = (row.integer(1), row.integer(2))
      return EventCounts(applied: row.integer(0) - waiting - refused, waiting: waiting, refused: refused)
    } ?? EventCounts()
  }

  public func eachWaiting(_ body: (Event, EventState) throws -> Void) throws {
    try events.eachOpen.each { row in try body(event(row), eventState(row, from: 5)) }
  }
}
