public import Operations

/// A store that keeps everything in memory: for tests and the simulator.
public final class InMemoryStore: Store {
  /// Everything, as a value. Put a copy back to undo what came after it; not inside a transaction.
  public var state = State()

  private var depth = 0
  /// How to take back what the open transactions wrote, oldest first. Copying the whole state instead would make every
  /// first write after it copy a table.
  private var undo: [(inout State) -> Void] = []

  public init() {}

  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    let start = undo.count
    depth += 1
    defer {
      depth -= 1
      if depth == 0 { undo.removeAll() }
    }
    do {
      return try body()
    } catch {
      while undo.count > start { undo.removeLast()(&state) }
      throw error
    }
  }

  /// Writes one row of a table, or removes it.
  func write<Key: Hashable, Row>(
    _ table: WritableKeyPath<State, [Key: Row]>, _ key: Key, _ row: Row?
  ) {
    if depth > 0 {
      let old = state[keyPath: table][key]
      undo.append { $0[keyPath: table][key] = old }
    }
    state[keyPath: table][key] = row
  }

  /// Changes the state in a way that `back` takes back.
  func change(_ forth: (inout State) -> Void, back: @escaping (inout State) -> Void) {
    if depth > 0 { undo.append(back) }
    forth(&state)
  }

  func editShelf(of sku: SKU, _ edit: (inout Shelf) -> Void) {
    var shelf = state.shelves[sku] ?? Shelf()
    edit(&shelf)
    write(\.shelves, sku, shelf)
  }

  func name(_ node: NodeID) { if state.nodes[node] == nil { write(\.nodes, node, false) } }
  func name(_ region: RegionID) {
    guard !region.isEverywhere, !state.regions.contains(region) else { return }
    change({ $0.regions.insert(region) }, back: { $0.regions.remove(region) })
  }
  func name(_ channel: ChannelID) { if state.channels[channel] == nil { write(\.channels, channel, .some(nil)) } }

  func check(_ brokenPromise: String?) throws {
    if let brokenPromise { throw StoreError.refusedRow(brokenPromise) }
  }

  // MARK: Values

  public func value(_ key: StoreKey) throws -> String? { state.values[key] }
  public func set(_ key: StoreKey, _ value: String?) throws { write(\.values, key, value) }

  // MARK: Plans and audit

  public func wasApplied(_ plan: String) throws -> Bool { state.appliedPlans[Name(plan)] != nil }

  public func recordApplied(_ plan: String, record: Int64) throws {
    try check(state.appliedPlans[Name(plan)] == nil ? nil : "a plan is applied twice")
    write(\.appliedPlans, Name(plan), record)
  }

  public func eachAppliedPlan(_ body: (_ plan: String, _ record: Int64) throws -> Void) throws {
    for (digest, record) in state.appliedPlans.sorted(by: { $0.value < $1.value }) { try body(digest.rawValue, record) }
  }

  public func append(_ message: OutboxRow) throws {
    let key = message.key.map { Name($0) }
    try check(key.map(state.outboxKeys.contains) ?? false ? "a message has the key of another" : nil)
    change(
      {
        $0.outbox.append(message)
        if let key { $0.outboxKeys.insert(key) }
      },
      back: {
        $0.outbox.removeLast()
        if let key { $0.outboxKeys.remove(key) }
      })
  }

  public func countOutbox() throws -> Int64 { Int64(state.outbox.count) }

  public func eachMessage(_ body: (OutboxRow) throws -> Void) throws {
    for message in state.outbox { try body(message) }
  }

  public func append(_ record: AuditRecord) throws {
    try check(state.records[record.sequence] == nil ? nil : "an audit record has the number of another")
    write(\.records, record.sequence, record)
    let last = state.lastDecision
    guard record.isDecision, record.sequence > last else { return }
    change({ $0.lastDecision = record.sequence }, back: { $0.lastDecision = last })
  }

  public func auditRecords(_ range: ClosedRange<Int64>) throws -> [AuditRecord] {
    state.records.keys.filter(range.contains).sorted().compactMap { state.records[$0] }
  }

  public func countAuditRecords(after sequence: Int64) throws -> Int64 {
    Int64(state.records.keys.count { $0 > sequence })
  }

  public func lastDecision() throws -> Int64 { state.lastDecision }

  public func auditBatches(pendingOnly: Bool) throws -> [AuditBatch] {
    state.batches.values.filter { !pendingOnly || $0.commit == nil }.sorted { $0.first < $1.first }
  }

  public func lastAuditBatch() throws -> AuditBatch? { state.batches.values.max { $0.first < $1.first } }

  public func put(_ batch: AuditBatch) throws {
    try check(batch.brokenPromise)
    write(\.batches, batch.first, batch)
  }
}
