import Operations

/// Recomputes from the ledger and the claims what a store keeps as running sums, and names every difference.
///
/// It shares no code with the rules that write those sums, so that a mistake there is found here.
public struct Auditor {
  /// Problems that are named; a broken sum tends to break many.
  public static let problemLimit = 100

  private struct Place: Hashable {
    var sku: SKU
    var node: NodeID
  }
  /// An item in a region.
  private struct Cell: Hashable {
    var sku: SKU
    var region: RegionID
  }
  private struct Receipt: Hashable {
    var hour: Int32
    var node: NodeID
  }
  private struct Day: Hashable {
    var node: NodeID
    var day: LocalDate
  }
  private struct Holder: Hashable {
    var sku: SKU
    var channel: ChannelID
    var region: RegionID
    var isProtected: Bool
  }

  /// What is wrong, in words; empty when all sums agree.
  public private(set) var problems: [String] = []
  private var onHand: [Place: Quantity] = [:]
  private var outside: [Bucket: Quantity] = [:]
  /// Units that claims hold in pools of what is on hand, and on nodes.
  private var claimedByCell: [Cell: Quantity] = [:]
  private var claimedByPlace: [Place: Quantity] = [:]
  private var claimedByLine: [LineName: Quantity] = [:]
  private var claimedByHolder: [Holder: Quantity] = [:]
  /// Σ over active nodes of what each can promise, and Σ protected over channels.
  private var promised: [Cell: Quantity] = [:]
  private var protected: [Cell: Quantity] = [:]
  private var regions = RegionMap()
  /// Units that are to leave nodes by the labour of their days, or have left.
  private var labour: [Day: Quantity] = [:]
  /// What purchase orders brought in, by item, hour and node.
  private var received: [SKU: [Receipt: Quantity]] = [:]

  /// Reads the whole store; to be called inside a transaction where others write.
  public init(_ store: some Store) throws {
    regions = try store.regionMap()
    try readLedger(store)
    try readClaims(store)
    try checkPositions(store)
    try checkLines(store)
    try checkGrants(store)
    try checkItems(store)
    try checkPromises(store)
    try checkReceipts(store)
    try checkLoads(store)
  }

  private mutating func report(_ problem: @autoclosure () -> String, unless holds: Bool) {
    if !holds, problems.count < Self.problemLimit { problems.append(problem()) }
  }

  private mutating func readLedger(_ store: some Store) throws {
    var checkpoint = LedgerCheckpoint.empty
    var problems: [String] = []
    try store.eachEntry { entry in
      checkpoint = checkpoint.appending(entry)
      if entry.quantity <= 0 || entry.from == entry.to {
        problems.append("ledger entry \(checkpoint.entries) moves \(entry.quantity) from \(entry.from) to \(entry.to)")
      }
      if entry.cause == .receipt {
        received[entry.sku, default: [:]][Receipt(hour: entry.time.hour, node: entry.node), default: 0] +=
          entry.quantity
      }
      for (bucket, units) in [(entry.from, -entry.quantity), (entry.to, entry.quantity)] {
        if bucket.isOutside {
          outside[bucket, default: 0] += units
        } else {
          onHand[Place(sku: entry.sku, node: entry.node), default: 0] += units
          if bucket != .sellable { problems.append("ledger entry \(checkpoint.entries) uses the bucket \(bucket)") }
        }
      }
    }
    for problem in problems { report(problem, unless: false) }
    let stored = try store.checkpoint()
    report(
      "the ledger's \(checkpoint.entries) entries hash to \(checkpoint.head), and the checkpoint says "
        + "\(stored.entries) and \(stored.head)", unless: stored == checkpoint)
  }

  private mutating func checkPositions(_ store: some Store) throws {
    var rest = onHand
    var total: Quantity = 0
    var rows: [(PositionRow, Bool)] = []
    try store.eachPosition { row, isActive in rows.append((row, isActive)) }
    for (row, isActive) in rows {
      let place = Place(sku: row.sku, node: row.node)
      let sum = rest.removeValue(forKey: place) ?? 0
      total += row.onHand
      report(
        "\(row.sku) at \(row.node) has \(row.onHand) on hand, and its ledger entries sum to \(sum)",
        unless: row.onHand == sum)
      report(
        "\(row.sku) at \(row.node) has \(row.sellable) sellable, and its ledger entries sum to \(sum)",
        unless: row.sellable == sum)
      let allocated = claimedByPlace.removeValue(forKey: place) ?? 0
      report(
        "\(row.sku) at \(row.node) says that \(row.allocated) are allocated, and its claims sum to \(allocated)",
        unless: row.allocated == allocated)
      let free = sum - allocated
      promised[Cell(sku: row.sku, region: regions.region(of: row.node)), default: 0] +=
        free < 0 ? free : isActive ? max(0, free - row.safetyStock) : 0
    }
    for place in rest.keys.sorted(by: { ($0.sku, $0.node) < ($1.sku, $1.node) }) {
      report("\(place.sku) at \(place.node) has ledger entries and no position", unless: false)
    }
    for place in claimedByPlace.keys.sorted(by: { ($0.sku, $0.node) < ($1.sku, $1.node) }) {
      report("\(place.sku) at \(place.node) has claims and no position", unless: false)
    }
    let world = outside.values.reduce(0, +)
    report("\(total) units are on hand, and \(-world) came from elsewhere", unless: total == -world)
  }

  private mutating func readClaims(_ store: some Store) throws {
    try store.eachClaim { claim in
      if let node = claim.node, let day = claim.workDay, claim.state == .active || claim.state == .consumed {
        labour[Day(node: node, day: day), default: 0] += claim.quantity
      }
      guard claim.state == .active else { return }
      claimedByLine[LineName(claim.order, claim.line), default: 0] += claim.quantity
      if let node = claim.node {
        claimedByPlace[Place(sku: claim.sku, node: node), default: 0] += claim.quantity
      } else if !claim.pool.isInbound {
        claimedByCell[Cell(sku: claim.sku, region: claim.region), default: 0] += claim.quantity
      }
      guard !claim.pool.isInbound else { return }
      let holder = Holder(
        sku: claim.sku, channel: claim.channel, region: claim.region, isProtected: claim.pool.isProtected)
      claimedByHolder[holder, default: 0] += claim.quantity
    }
  }

  /// Days before the first that a store has may be forgotten.
  private mutating func checkLoads(_ store: some Store) throws {
    var loads: [NodeLoad] = []
    try store.eachLoad { loads.append($0) }
    let first = loads.map(\.day).min()
    var rest = labour.filter { day, _ in first.map { $0 <= day.day } ?? false }
    for load in loads {
      let sum = rest.removeValue(forKey: Day(node: load.node, day: load.day)) ?? 0
      report(
        "\(load.node) is to ship \(load.units) on \(load.day), and its claims sum to \(sum)", unless: load.units == sum)
    }
    for (day, units) in rest.sorted(by: { ($0.key.node, $0.key.day) < ($1.key.node, $1.key.day) }) {
      report("\(day.node) has claims of \(units) on \(day.day), and no load", unless: false)
    }
  }

  private mutating func checkLines(_ store: some Store) throws {
    var orders: [OrderID] = []
    try store.eachOrder { orders.append($0.order) }
    var rest = claimedByLine
    for order in orders {
      for row in try store.lines(of: order) {
        let sum = rest.removeValue(forKey: LineName(order, row.line)) ?? 0
        report(
          "line \(row.line) of \(order) says that \(row.claimed) are claimed, and its claims sum to \(sum)",
          unless: row.claimed == sum)
        report(
          "line \(row.line) of \(order) claims \(row.claimed), shipped \(row.shipped) and cancelled \(row.cancelled) "
            + "of \(row.ordered) ordered",
          unless: row.claimed == 0 || row.claimed + row.shipped + row.cancelled <= row.ordered)
      }
    }
    for line in rest.keys.sorted(by: { ($0.order.rawValue, $0.line) < ($1.order.rawValue, $1.line) }) {
      report("line \(line.line) of \(line.order) has claims and does not exist", unless: false)
    }
  }

  /// A line says what the last of its promises says, and what the first of them was.
  private mutating func checkPromises(_ store: some Store) throws {
    var told: [LineName: (first: Instant?, last: Instant?, count: Int64)] = [:]
    var problems: [String] = []
    try store.eachPromise { row in
      let before = told[LineName(row.order, row.line)]
      if row.number != (before?.count ?? 0) + 1 {
        problems.append("promise \(row.number) of line \(row.line) of \(row.order) comes after \(before?.count ?? 0)")
      }
      told[LineName(row.order, row.line)] = (before?.first ?? row.promisedAt, row.promisedAt, row.number)
    }
    for problem in problems { report(problem, unless: false) }
    var orders: [OrderID] = []
    try store.eachOrder { orders.append($0.order) }
    for order in orders {
      for row in try store.lines(of: order) {
        let last = told.removeValue(forKey: LineName(order, row.line))
        report(
          "line \(row.line) of \(order) says that it is promised for \(Self.words(row.promisedAt)), first for "
            + "\(Self.words(row.firstPromisedAt)), and its promises say \(Self.words(last?.last)) and "
            + Self.words(last?.first),
          unless: row.promisedAt == last?.last && row.firstPromisedAt == last?.first)
      }
    }
    for line in told.keys.sorted(by: { ($0.order.rawValue, $0.line) < ($1.order.rawValue, $1.line) }) {
      report("line \(line.line) of \(line.order) has promises and does not exist", unless: false)
    }
  }

  /// What is remembered of receipts is what the ledger says of the time up to an item's last.
  private mutating func checkReceipts(_ store: some Store) throws {
    var rest: [SKU: [Receipt: Quantity]] = [:]
    for (sku, receipts) in received {
      let last = receipts.keys.map(\.hour).max() ?? 0
      rest[sku] = receipts.filter { $0.key.hour >= last - Receipts.rememberedHours }
    }
    var rows: [(SKU, Receipts)] = []
    try store.eachReceipts { rows.append(($0, $1)) }
    for (sku, row) in rows {
      let sum = rest[sku]?.removeValue(forKey: Receipt(hour: row.hour, node: row.node)) ?? 0
      report(
        "\(row.units) of \(sku) came in at \(row.node) in the hour \(Instant(hour: row.hour)), and the ledger says \(sum)",
        unless: row.units == sum)
    }
    for (sku, receipts) in rest.sorted(by: { $0.key < $1.key }) where !receipts.isEmpty {
      report("\(receipts.count) receipts of \(sku) are forgotten and may still count", unless: false)
    }
  }

  private static func words(_ time: Instant?) -> String { time?.description ?? "nothing" }

  private mutating func checkGrants(_ store: some Store) throws {
    var rest = claimedByHolder
    var rows: [GrantRow] = []
    try store.eachGrant { rows.append($0) }
    for row in rows {
      protected[Cell(sku: row.sku, region: row.region), default: 0] += row.grant?.protected ?? 0
      for (isProtected, units) in [(true, row.activeProtected), (false, row.activeShared)] {
        let holder = Holder(sku: row.sku, channel: row.channel, region: row.region, isProtected: isProtected)
        let sum = rest.removeValue(forKey: holder) ?? 0
        let pool = isProtected ? "its protection" : "the shared pool"
        report(
          "\(row.channel) holds \(units) of \(row.sku)\(Self.words(row.region)) from \(pool), and its claims sum to \(sum)",
          unless: units == sum
        )
      }
    }
    for holder in rest.keys.sorted(by: { ($0.sku, $0.channel) < ($1.sku, $1.channel) }) {
      report("\(holder.channel) has claims of \(holder.sku) and no grant row", unless: false)
    }
  }

  private mutating func checkItems(_ store: some Store) throws {
    var rest = claimedByCell
    var rows: [ItemRow] = []
    try store.eachItem { rows.append($0) }
    for row in rows {
      for region in [.everywhere] + row.pools.keys.sorted() { checkPools(row, region, &rest) }
    }
    for cell in rest.keys.sorted(by: { ($0.sku, $0.region) < ($1.sku, $1.region) }) {
      report("\(cell.sku)\(Self.words(cell.region)) has claims and is no item with pools there", unless: false)
    }
    for cell in protected.keys.sorted(by: { ($0.sku, $0.region) < ($1.sku, $1.region) }) {
      report(
        "\(cell.sku)\(Self.words(cell.region)) is protected and is no item with pools there",
        unless: protected[cell] == 0)
    }
  }

  private mutating func checkPools(_ row: ItemRow, _ region: RegionID, _ rest: inout [Cell: Quantity]) {
    let cell = Cell(sku: row.sku, region: region)
    let name = "\(row.sku)\(Self.words(region))"
    let sum = rest.removeValue(forKey: cell) ?? 0
    let claimed = row[region].claimed
    report("\(name) says that \(claimed) are claimed, and its claims sum to \(sum)", unless: claimed == sum)
    let pools = row[region].shared + (protected.removeValue(forKey: cell) ?? 0)
    let free = (promised[cell] ?? 0) - claimed
    report("\(name) has \(pools) in its pools, and only \(free) can be promised", unless: pools <= free)
  }

  private static func words(_ region: RegionID) -> String { region.isEverywhere ? "" : " in \(region)" }
}

extension Bucket {
  fileprivate var isOutside: Bool {
    switch self {
    // On its way it is at no node: the entries of both ends together say how much.
    case .supplier, .customer, .scrap, .adjustment, .inTransit: true
    default: false
    }
  }
}
