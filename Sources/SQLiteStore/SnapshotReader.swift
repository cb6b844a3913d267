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

/// Reads the tables one after the other, each in the order in which it is stored.
private struct SnapshotReader {
  private let store: SQLiteStore
  private let queries: SnapshotQueries
  private var snapshot: Snapshot
  /// Ranks of nodes and channels by their numbers.
  private var nodes: ContiguousArray<Int32> = []
  private var channels: ContiguousArray<Int32> = []
  private var places: ItemPlaces

  init(store: SQLiteStore, scope: Snapshot.Scope) {
    self.store = store
    queries = store.snapshots
    snapshot = Snapshot(scope: scope)
    places = scope == .all ? .every([]) : .few([:])
  }

  mutating func read() throws -> Snapshot {
    snapshot.version = try store.version()
    try readNames()
    try readItems()
    try readPositions()
    try readGrants()
    try readUsage()
    try readLists()
    return snapshot
  }

  private mutating func readNames() throws {
    try queries.nodes.each { row in
      nodes.set(Int(row.integer(0)), Int32(snapshot.nodes.count))
      snapshot.nodes.append(NodeID(row.text(1)))
      snapshot.nodeIsActive.append(row.integer(2) == 1)
    }
    try queries.channels.each { row in
      channels.set(Int(row.integer(0)), Int32(snapshot.channels.count))
      snapshot.channels.append(ChannelID(row.text(1)))
    }
  }

  private mutating func readItems() throws {
    var columns = snapshot.items
    /// Places in `snapshot.traits` by the numbers of traits.
    var traits: [Int64: Int32] = [:]
    var last: (number: Int64, place: Int32) = (-1, 0)
    try queries.items[snapshot.scope].each { row in
      places.add(row.integer(0), Int32(columns.count))
      columns.sku.append(SKU(row.text(1)))
      let number = row.integer(2)
      if number != last.number {
        if let place = traits[number] {
          last = (number, place)
        } else {
          last = (number, Int32(snapshot.traits.count))
          traits[number] = last.place
          snapshot.traits.append(try store.traits[number])
        }
      }
      columns.traits.append(last.place)
      columns.version.append(row.integer(3))
      columns.shared.append(row.integer(4))
      columns.claimed.append(row.integer(5))
    }
    snapshot.items = columns
  }

  private mutating func readPositions() throws {
    var columns = snapshot.positions
    var order = RowOrder()
    var (item, place) = (Int64(-1), Int32(-1))
    try queries.positions[snapshot.scope].each { row in
      let number = row.integer(0)
      if number != item { (item, place) = (number, places[number]) }
      guard place >= 0 else { return }
      order.append(item: place, rank: nodes[Int(row.integer(1))])
      columns.onHand.append(row.integer(2))
      columns.sellable.append(row.integer(3))
      columns.allocated.append(row.integer(4))
      columns.safetyStock.append(row.integer(5))
    }
    let (starts, rows) = order.arranged(itemCount: snapshot.items.count)
    columns.starts = starts
    columns.node = order.ranks(in: rows)
    columns.onHand = columns.onHand.arranged(rows)
    columns.sellable = columns.sellable.arranged(rows)
    columns.allocated = columns.allocated.arranged(rows)
    columns.safetyStock = columns.safetyStock.arranged(rows)
    snapshot.positions = columns
  }

  private mutating func readGrants() throws {
    var columns = snapshot.grants
    var order = RowOrder()
    var (item, place) = (Int64(-1), Int32(-1))
    try queries.grants[snapshot.scope].each { row in
      let number = row.integer(0)
      if number != item { (item, place) = (number, places[number]) }
      guard place >= 0 else { return }
      order.append(item: place, rank: channels[Int(row.integer(1))])
      let grant = row.optionalInteger(2).map {
        Grant(protected: $0, capLeft: row.optionalInteger(3), mayUseShared: row.integer(4) == 1)
      }
      columns.grant.append(grant)
      columns.published.append(row.optionalInteger(5))
      columns.activeProtected.append(row.integer(6))
      columns.activeShared.append(row.integer(7))
    }
    let (starts, rows) = order.arranged(itemCount: snapshot.items.count)
    columns.starts = starts
    columns.channel = order.ranks(in: rows)
    columns.grant = columns.grant.arranged(rows)
    columns.published = columns.published.arranged(rows)
    columns.activeProtected = columns.activeProtected.arranged(rows)
    columns.activeShared = columns.activeShared.arranged(rows)
    snapshot.grants = columns
  }

  private mutating func readUsage() throws {
    var columns = snapshot.usage
    var order = RowOrder()
    var (item, place) = (Int64(-1), Int32(-1))
    try queries.usage[snapshot.scope].each { row in
      let number = row.integer(0)
      if number != item { (item, place) = (number, places[number]) }
      guard place >= 0 else { return }
      order.append(item: place, rank: channels[Int(row.integer(1))])
      columns.hour.append(Int32(clamping: row.integer(2)))
      columns.claimed.append(row.integer(3))
      columns.protected.append(row.integer(4))
      columns.protectedShipped.append(row.integer(5))
    }
    let (starts, rows) = order.arranged(itemCount: snapshot.items.count)
    columns.starts = starts
    columns.channel = order.ranks(in: rows)
    columns.hour = columns.hour.arranged(rows)
    columns.claimed = columns.claimed.arranged(rows)
    columns.protected = columns.protected.arranged(rows)
    columns.protectedShipped = columns.protectedShipped.arranged(rows)
    snapshot.usage = columns
  }

  /// What few items have: kept by item instead of in columns.
  private mutating func readLists() throws {
    let scope = snapshot.scope
    try queries.inbound[scope].each { row in
      let place = places[row.integer(0)]
      guard place >= 0 else { return }
      snapshot.inbound[place, default: []].append(
        InboundLine(
          purchaseOrder: PurchaseOrderID(row.text(1)), line: row.text(2), supplier: SupplierID(row.text(3)),
          node: NodeID(row.text(4)), open: row.integer(5), eta: Instant(milliseconds: row.integer(6)),
          originalETA: Instant(milliseconds: row.integer(7))))
    }
    try queries.openLines[scope].each { row in
      let place = places[row.integer(0)]
      guard place >= 0 else { return }
      snapshot.openLines[place, default: []].append(
        OpenLine(
          order: OrderID(row.text(1)), line: row.text(2), channel: ChannelID(row.text(3)), open: row.integer(4),
          placedAt: Instant(milliseconds: row.integer(5))))
    }
    try queries.cases[scope].each { row in
      let place = places[row.integer(0)]
      guard place >= 0 else { return }
      snapshot.cases[place, default: []].append(try store.caseRow(row))
    }
  }
}

/// Where an item stands in the snapshot, by its number; -1 if it does not.
private enum ItemPlaces {
  case every(ContiguousArray<Int32>)
  case few([Int64: Int32])

  mutating func add(_ number: Int64, _ place: Int32) {
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
    case .every(let places): number < places.count ? places[Int(number)] : -1
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
