public import Operations
import SQLite

struct NetworkQueries {
  let heardAt, setHeard, eachNode: Query
  let fallback, putFallback, removeFallback, eachFallback: Query

  init(_ database: Database) {
    func query(_ sql: String) -> Query { Query(database, sql) }
    heardAt = query("SELECT heard_at FROM nodes WHERE name = ?")
    setHeard = query("UPDATE nodes SET heard_at = ? WHERE id = ?")
    eachNode = query("SELECT name, active, heard_at FROM nodes ORDER BY name")
    fallback = query("SELECT state FROM fallbacks WHERE kind = ? AND name = ?")
    putFallback = query("INSERT OR REPLACE INTO fallbacks VALUES (?, ?, ?)")
    removeFallback = query("DELETE FROM fallbacks WHERE kind = ? AND name = ?")
    eachFallback = query("SELECT kind, name, state FROM fallbacks ORDER BY kind, name")
  }
}

extension SQLiteStore {
  public func heardAt(_ node: NodeID) throws -> Instant? {
    try network.heardAt.first(.text(node.rawValue)) { $0.optionalInteger(0).map(Instant.init(milliseconds:)) } ?? nil
  }

  public func setHeard(_ node: NodeID, at time: Instant) throws {
    try network.setHeard.run(.integer(time.milliseconds), .integer(try nodes.number(of: node.rawValue)))
  }

  public func fallback(of target: FallbackTarget) throws -> FallbackState? {
    try network.fallback.first(.text(target.kind), .text(target.name)) { try fallbackState($0.text(0)) }
  }

  public func setFallback(of target: FallbackTarget, _ state: FallbackState?) throws {
    if let state {
      try network.putFallback.run(.text(target.kind), .text(target.name), .text(state.json.canonical))
    } else {
      try network.removeFallback.run(.text(target.kind), .text(target.name))
    }
  }

  private func fallbackState(_ text: String) throws -> FallbackState {
    try known((try? JSONValue.parse(text)).flatMap(FallbackState.init(json:)), "fallback")
  }

  public func eachNode(_ body: (NodeID, _ isActive: Bool, _ heardAt: Instant?) throws -> Void) throws {
    try network.eachNode.each { row in
      try body(
        NodeID(row.text(0)), row.integer(1) == 1, row.optionalInteger(2).map(Instant.init(milliseconds:)))
    }
  }

  public func eachFallback(_ body: (FallbackTarget, FallbackState) throws -> Void) throws {
    try network.eachFallback.each { row in
      let target = try known(FallbackTarget(kind: row.text(0), name: row.text(1)), "fallback")
      try body(target, try fallbackState(row.text(2)))
    }
  }
}
