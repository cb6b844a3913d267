import ActualState
import Operations
import Reconciling

extension Simulation {
  /// What must hold after each step, whatever happened.
  func checkAlways() throws {
    try ledger.check(store, transfers: (0...events.transfers.count).map { "t\($0)" })
    try audit.check(store)
    try require(
      reconciler.report.missed.isEmpty, "plans of what was touched missed \(reconciler.report.missed.map(\.rawValue))")
    if random.chance(3) { try checkReplay() }
  }

  /// Events that were taken in change nothing when they come again, in whatever order.
  func checkReplay() throws {
    let copy = InMemoryStore()
    copy.state = store.state
    let before = try contents(of: copy)
    let accepted = try events.sent.filter { try copy.event($0.source, $0.id)?.state == .applied }
    for event in (accepted + accepted).shuffled(using: &random) {
      let receipt = try copy.transaction { try copy.receive(event, owners: EventOwners([:])) }
      try require(receipt == .repeated, "event \(event.name) was taken in twice: \(receipt)")
    }
    try require(try contents(of: copy) == before, "events that came again changed the store")
  }

  /// Runs something that must leave the store as it was.
  func requireUnchanged(_ what: String, _ body: () throws -> Void) throws {
    let before = try contents(of: store)
    let (tally, audit, isExclusive) = (tally, audit, isExclusive)
    try body()
    (self.tally, self.audit, self.isExclusive) = (tally, audit, isExclusive)
    try require(try contents(of: store) == before, "\(what) left something behind")
  }
}

/// All that a store holds, as text.
public func contents(of store: some Store) throws -> [String] {
  var rows: [String] = []
  for key in StoreKey.allCases { rows.append("\(key) \(try store.value(key) ?? "none")") }
  try store.eachItem { rows.append("item \($0.sku) \($0.version) \($0.shared) \($0.claimed) \($0.isDirty)") }
  try store.eachItem { item in
    for (region, pool) in item.pools.sorted(by: { $0.key < $1.key }) {
      rows.append("\(item.sku) in \(region) \(pool.shared) \(pool.claimed)")
    }
  }
  try store.eachNode { rows.append("\($0) \($1) \(String(describing: $2))") }
  try store.eachClaim {
    rows.append("\($0.id) \($0.order) \($0.line) \($0.pool) \($0.node ?? "-") \($0.quantity) \($0.state) \($0.region)")
  }
  try store.eachOrder { order in
    for line in try store.lines(of: order.order) {
      rows.append("\(order.order) \(line.line) \(line.ordered) \(line.cancelled) \(line.shipped) \(line.claimed)")
    }
  }
  try store.eachCase { rows.append("\($0) \($1.kind) \($1.subject) \($1.detail) \($2)") }
  try store.eachProposal { rows.append("\($0) \($1.json.canonical) \($2)") }
  try store.eachListing { rows.append("\($0) \($1)") }
  try store.eachWaiting { rows.append("\($0.key) \($1)") }
  try store.eachRoute { rows.append("\($0)") }
  try store.eachLoad { rows.append("\($0)") }
  try store.eachPromise { rows.append("\($0)") }
  try store.eachMessage { rows.append("\($0.record) \($0.key ?? "-") \($0.payload.canonical)") }
  rows += try policyEffects(in: store)
  let snapshot = try store.snapshot(.all)
  let usage = snapshot.usage
  rows.append(
    "\(usage.channel) \(usage.region) \(usage.hour) \(usage.claimed) \(usage.protected) \(usage.protectedShipped) "
      + "\(usage.sold)")
  rows.append("\(snapshot.destinations) \(snapshot.sales.destination) \(snapshot.sales.day) \(snapshot.sales.units)")
  rows += snapshot.stockouts.sorted { $0.key < $1.key }.map { "\($0)" }
  rows.append("\(try store.countEvents()) \(try store.countOutbox()) \(try store.auditHead())")
  return rows
}

/// What a policy alone decides: grants, publications, safety stock, pools and nodes.
public func policyEffects(in store: some Store) throws -> [String] {
  var rows: [String] = []
  try store.eachGrant { row in
    let grant = row.grant?.json.canonical ?? "none"
    rows.append(
      "\(row.sku) \(row.channel) \(row.region) \(grant) \(row.published ?? -1) \(row.activeProtected) \(row.activeShared)"
    )
  }
  try store.eachPosition { row, isActive in
    rows.append("\(row.sku) \(row.node) \(row.onHand) \(row.sellable) \(row.safetyStock) \(isActive)")
  }
  try store.eachFallback { rows.append("\($0) \($1.json.canonical)") }
  try store.eachItem { item in
    rows.append("\(item.sku) shared \(item.shared)")
    for (region, pool) in item.pools where pool.shared != 0 { rows.append("\(item.sku) in \(region) \(pool.shared)") }
  }
  rows.append(try store.regionMap().json.canonical)
  return rows
}
