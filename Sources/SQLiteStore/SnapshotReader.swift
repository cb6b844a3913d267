import ActualState
public import Operations
import SQLite

extension SQLiteStore {
  public func snapshot(_ scope: Snapshot.Scope) throws -> Snapshot {
    try reading {
      var reader = SnapshotReader(store: self, scope: scope)
      return try reader.read()
    }
  }
}

struct SnapshotSize {
  var positions = 0
  var grants = 0
  var usage = 0
  var sales = 0

  init() {}

  init(_ snapshot: Snapshot) {
    positions = snapshot.positions.node.count
    grants = snapshot.grants.channel.count
    usage = snapshot.usage.channel.count
    sales = snapshot.sales.units.count
  }
}

/// Reads the tables one after the other, each in the order in which it is stored.
private struct SnapshotReader {
  private let store: SQLiteStore
  private let queries: SnapshotQueries
  private let scope: Snapshot.Scope
  private var snapshot: Snapshot
  /// Ranks of nodes and channels by their numbers.
  private var nodes: ContiguousArray<Int32> = []
  private var channels: ContiguousArray<Int32> = []
  /// Places in the snapshot's regions by their numbers; -1 for the number of none.
  private var regions: ContiguousArray<Int32> = [-1]
  /// Ranks of destinations by their numbers.
  private var destinations: ContiguousArray<Int32> = []
  private var places: ItemPlaces

  init(store: SQLiteStore, scope: Snapshot.Scope) {
    self.store = store
    self.scope = scope
    queries = store.snapshots
    snapshot = Snapshot(scope: scope)
    places = scope == .all ? .every([]) : .few([:])
  }

  mutating func read() throws -> Snapshot {
    snapshot.version = try store.version()
    snapshot.fullPlanAt = try store.fullPlanAt()
    snapshot.isRouting = try store.isRouting()
    if snapshot.isRouting { try store.eachLoad { snapshot.loads.append($0) } }
    if scope == .all {
      snapshot.touched = Set(try queries.touched.all { SKU($0.text(0)) })
        .union(snapshot.isRouting ? try store.touchedByOrders() : [])
    }
    try readNames()
    snapshot.regionMap = try store.regionMap()
    snapshot.suppliers = try store.supplierRecords(scope)
    try readItems()
    // What most cycles find: nothing was touched, and no other table has a row of nothing.
    guard snapshot.items.count > 0 else { return snapshot }
    snapshot.positions = try readPositions()
    snapshot.grants = try readGrants()
    snapshot.usage = try readUsage()
    if !snapshot.destinations.isEmpty { snapshot.sales = try readSales() }
    try snapshot.readLists(store, places)
    if !snapshot.openLines.isEmpty || !snapshot.claims.isEmpty { try snapshot.readOrders(store) }
    try snapshot.addParcels(store)
    if scope == .all { store.lastSnapshotSize = SnapshotSize(snapshot) }
    return snapshot
  }

  /// How many rows the tables had when they were last read in full: room that is made at once is not moved.
  private var expectedRows: SnapshotSize { scope == .all ? store.lastSnapshotSize : SnapshotSize() }

  /// Rows that are read in one go: few where few are expected, so that no large block is cleared for them.
  private var blockSize: Int { scope == .all ? 1024 : 32 }

  private mutating func readNames() throws {
    try queries.nodes.each { row in
      nodes.set(Int(row.integer(0)), Int32(snapshot.nodes.count))
      snapshot.nodes.append(NodeID(row.text(1)))
      snapshot.nodeIsActive.append(row.integer(2) == 1)
      snapshot.nodeHeardAt.append(row.optionalInteger(3).map(Instant.init(milliseconds:)))
    }
    try store.eachFallback { target, state in snapshot.fallbacks[target] = state }
    try queries.channels.each { row in
      channels.set(Int(row.integer(0)), Int32(snapshot.channels.count))
      snapshot.channels.append(ChannelID(row.text(1)))
      snapshot.channelTerms.append(row.optionalText(2) == nil ? nil : try store.terms(row, from: 2))
    }
    try queries.regions.each { row in
      regions.set(Int(row.integer(0)), Int32(snapshot.regions.count))
      snapshot.regions.append(RegionID(row.text(1)))
    }
    try queries.destinations.each { row in
      destinations.set(Int(row.integer(0)), Int32(snapshot.destinations.count))
      snapshot.destinations.append(Identifier(row.text(1)))
    }
  }

  private mutating func readItems() throws {
    var columns = snapshot.items
    var traits: ContiguousArray<Int64> = []
    var places = places
    try queries.items[scope].each { row in
      places.set(row.integer(0), Int32(columns.count))
      columns.sku.append(SKU(row.text(1)))
      traits.append(row.integer(2))
      columns.version.append(row.integer(3))
      columns.shared.append(row.integer(4))
      columns.claimed.append(row.integer(5))
      columns.since.append(row.optionalInteger(6).map { Int32(clamping: $0) } ?? .min)
    }
    let rows = try itemRows(&places)
    self.places = places
    columns.traits = try traitPlaces(traits.arranged(rows))
    columns.sku = columns.sku.arranged(rows)
    columns.version = columns.version.arranged(rows)
    columns.shared = columns.shared.arranged(rows)
    columns.claimed = columns.claimed.arranged(rows)
    columns.since = columns.since.arranged(rows)
    snapshot.items = columns
  }

  /// For each place in the snapshot the row of its item, as read; nil if that is the row itself. Makes rows places.
  private func itemRows(_ places: inout ItemPlaces) throws -> ContiguousArray<Int32>? {
    var rows: ContiguousArray<Int32> = []
    var isInOrder = true
    try queries.itemOrder[scope].eachBlock(width: 1, capacity: blockSize) { block in
      for index in 0..<block.count {
        let row = places[block[index, 0]]
        guard row >= 0 else { continue }
        isInOrder = isInOrder && row == rows.count
        places.set(block[index, 0], Int32(rows.count))
        rows.append(row)
      }
    }
    return isInOrder ? nil : rows
  }

  /// Makes numbers of traits places in `snapshot.traits`.
  private mutating func traitPlaces(_ numbers: ContiguousArray<Int64>) throws -> ContiguousArray<Int32> {
    var places: [Int64: Int32] = [:]
    var last: (number: Int64, place: Int32) = (-1, 0)
    var result: ContiguousArray<Int32> = []
    result.reserveCapacity(numbers.count)
    for number in numbers {
      if number != last.number {
        if places[number] == nil {
          places[number] = Int32(snapshot.traits.count)
          snapshot.traits.append(try store.traits[number])
        }
        last = (number, places[number] ?? 0)
      }
      result.append(last.place)
    }
    return result
  }

  /// Reads the rows of a table: item, node or channel, and then what `append` takes.
  /// - Parameter rank: where the rows of an item come, by their node or channel; that is what comes back, too.
  @inline(__always)
  private func readRows(
    _ query: Query, width: Int, expecting expected: Int, findsNull: Bool = false,
    rank: (_ rows: IntegerRows, _ row: Int) -> Int32, append: (_ rows: IntegerRows, _ row: Int) -> Void
  ) throws -> (ranks: ContiguousArray<Int32>, starts: ContiguousArray<Int32>, rows: ContiguousArray<Int32>?) {
    var order = RowOrder()
    order.reserve(expected)
    var (item, place) = (Int64(-1), Int32(-1))
    let places = places
    try query.eachBlock(width: width, capacity: blockSize, findsNull: findsNull) { block in
      for row in 0..<block.count {
        let number = block[row, 0]
        if number != item { (item, place) = (number, places[number]) }
        guard place >= 0 else { continue }
        order.append(item: place, rank: rank(block, row))
        append(block, row)
      }
    }
    if order.hasUnknownRank {
      throw StoreError(
        kind: .damaged, message: "a row names a node, channel, region or destination that the store does not have",
        hint: "put back a backup; policy and audit records are in git and not affected")
    }
    let (starts, rows) = order.arranged(itemCount: snapshot.items.count)
    return (order.ranks(in: rows), starts, rows)
  }

  private func readPositions() throws -> PositionColumns {
    var columns = snapshot.positions
    let expected = expectedRows.positions
    columns.onHand.reserveCapacity(expected)
    columns.sellable.reserveCapacity(expected)
    columns.allocated.reserveCapacity(expected)
    columns.safetyStock.reserveCapacity(expected)
    let (ranks, starts, rows) = try readRows(
      queries.positions[scope], width: 6, expecting: expected, rank: { rank($0[$1, 1], in: nodes) },
      append: { block, row in
        columns.onHand.append(block[row, 2])
        columns.sellable.append(block[row, 3])
        columns.allocated.append(block[row, 4])
        columns.safetyStock.append(block[row, 5])
      })
    columns.starts = starts
    columns.node = ranks
    columns.onHand = columns.onHand.arranged(rows)
    columns.sellable = columns.sellable.arranged(rows)
    columns.allocated = columns.allocated.arranged(rows)
    columns.safetyStock = columns.safetyStock.arranged(rows)
    return columns
  }

  /// The rank of a number; -1 for one that the store does not have, as in a row that somebody altered.
  @inline(__always)
  private func rank(_ number: Int64, in ranks: ContiguousArray<Int32>) -> Int32 {
    number >= 0 && number < ranks.count ? ranks[Int(number)] : -1
  }

  /// Where the rows of a channel in a region come: by channel, and then the row of no region before the others.
  @inline(__always)
  private func seller(_ rows: IntegerRows, _ row: Int) -> Int32 {
    let channel = rank(rows[row, 1], in: channels)
    guard !snapshot.regions.isEmpty else { return channel }
    let region = rows[row, 2] == 0 ? 0 : rank(rows[row, 2], in: regions) + 1
    guard channel >= 0, region > 0 || rows[row, 2] == 0 else { return -1 }
    return channel * Int32(snapshot.regions.count + 1) + region
  }

  /// The channels and regions of such ranks; no regions where no row has one.
  private func sellers(
    _ ranks: ContiguousArray<Int32>
  ) -> (channels: ContiguousArray<Int32>, regions: ContiguousArray<Int32>) {
    guard !snapshot.regions.isEmpty else { return (ranks, []) }
    let count = Int32(snapshot.regions.count + 1)
    let regions = ContiguousArray(ranks.map { $0 % count - 1 })
    return (ContiguousArray(ranks.map { $0 / count }), regions.allSatisfy { $0 < 0 } ? [] : regions)
  }

  private func readGrants() throws -> GrantColumns {
    var columns = snapshot.grants
    let expected = expectedRows.grants
    columns.grant.reserveCapacity(expected)
    columns.published.reserveCapacity(expected)
    columns.activeProtected.reserveCapacity(expected)
    columns.activeShared.reserveCapacity(expected)
    func known(_ value: Int64) -> Int64? { value == IntegerRows.null ? nil : value }
    let (ranks, starts, rows) = try readRows(
      queries.grants[scope], width: 9, expecting: expected, findsNull: true, rank: seller
    ) { block, row in
      let grant = known(block[row, 3]).map {
        Grant(protected: $0, capLeft: known(block[row, 4]), mayUseShared: block[row, 5] == 1)
      }
      columns.grant.append(grant)
      columns.published.append(known(block[row, 6]))
      columns.activeProtected.append(block[row, 7])
      columns.activeShared.append(block[row, 8])
    }
    columns.starts = starts
    (columns.channel, columns.region) = sellers(ranks)
    columns.grant = columns.grant.arranged(rows)
    columns.published = columns.published.arranged(rows)
    columns.activeProtected = columns.activeProtected.arranged(rows)
    columns.activeShared = columns.activeShared.arranged(rows)
    return columns
  }

  private func readUsage() throws -> UsageColumns {
    var columns = snapshot.usage
    let expected = expectedRows.usage
    columns.hour.reserveCapacity(expected)
    columns.claimed.reserveCapacity(expected)
    columns.protected.reserveCapacity(expected)
    columns.protectedShipped.reserveCapacity(expected)
    columns.sold.reserveCapacity(expected)
    let (ranks, starts, rows) = try readRows(
      queries.usage[scope], width: 8, expecting: expected, rank: seller
    ) { block, row in
      columns.hour.append(Int32(clamping: block[row, 3]))
      columns.claimed.append(block[row, 4])
      columns.protected.append(block[row, 5])
      columns.protectedShipped.append(block[row, 6])
      columns.sold.append(block[row, 7])
    }
    columns.starts = starts
    (columns.channel, columns.region) = sellers(ranks)
    columns.hour = columns.hour.arranged(rows)
    columns.claimed = columns.claimed.arranged(rows)
    columns.protected = columns.protected.arranged(rows)
    columns.protectedShipped = columns.protectedShipped.arranged(rows)
    columns.sold = columns.sold.arranged(rows)
    return columns
  }
}

extension SnapshotReader {
  private func readSales() throws -> SalesColumns {
    var columns = snapshot.sales
    let (ranks, starts, rows) = try readRows(
      queries.sales[scope], width: 4, expecting: expectedRows.sales, rank: { rank($0[$1, 1], in: destinations) },
      append: { block, row in
        columns.day.append(Int32(clamping: block[row, 2]))
        columns.units.append(block[row, 3])
      })
    columns.starts = starts
    columns.destination = ranks
    columns.day = columns.day.arranged(rows)
    columns.units = columns.units.arranged(rows)
    return columns
  }
}

/// Where an item stands in the snapshot, by its number; -1 if it does not.
enum ItemPlaces {
  case every(ContiguousArray<Int32>)
  case few([Int64: Int32])

  mutating func set(_ number: Int64, _ place: Int32) {
    switch consume self {
    case .every(var places):
      places.set(Int(number), place)
      self = .every(places)
    case .few(var places):
      places[number] = place
      self = .few(places)
    }
  }

  subscript(number: Int64) -> Int32 {
    switch self {
    case .every(let places): number >= 0 && number < places.count ? places[Int(number)] : -1
    case .few(let places): places[number] ?? -1
    }
  }
}

extension ContiguousArray<Int32> {
  /// Sets an element, growing with -1 as far as needed.
  fileprivate mutating func set(_ index: Int, _ value: Int32) {
    while count <= index { append(-1) }
    self[index] = value
  }
}
