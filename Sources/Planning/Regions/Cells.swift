import Operations

/// The items of a snapshot taken apart by region. What an item has in one region is a cell, and a cell is planned as an
/// item is where no region is named: its nodes, its orders, its pools, and nothing of the others.
///
/// Claims are shown where they belong by the policy's regions: those that stand elsewhere are moved first, all sums with
/// them, so that what is planned is the state after those moves.
struct Cells {
  /// Its items are cells. The cells of one item stand together, that of no region first.
  private(set) var snapshot: Snapshot
  /// Every region that a cell is of, in byte order.
  let names: [RegionID]
  /// Beside the items: where their region stands in `names`.
  private(set) var place: ContiguousArray<Int32> = []
  /// Beside `names`: whether the policy names the region. Nothing is sold in the others; what is left in them shrinks.
  let isNamed: [Bool]
  /// Beside its items: the first cell of the same item, which keeps what an item has only once.
  private(set) var lead: [Int] = []
  /// Beside its items: units that carts hold in regions that are no more, in whichever region they will be ordered.
  private(set) var heldElsewhere: ContiguousArray<Quantity> = []
  /// The cells of each item of the whole snapshot.
  private(set) var ofItem: ContiguousArray<Range<Int>> = []
  /// The moves of the items that have any.
  private(set) var moves: [Int: [ClaimMove]] = [:]

  func region(of cell: Int) -> RegionID { names[Int(place[cell])] }

  /// - Parameter areSorted: whether items of which no claim moves are taken apart row by row as they stand, which is many
  ///   times faster; the cells are the same either way.
  /// - Returns: nil where no region is named, and none was.
  init?(_ whole: Snapshot, _ policy: RegionPolicy, areSorted: Bool = true) {
    guard policy.areNamed || !whole.regions.isEmpty else { return nil }
    let table = RegionTable(whole, policy)
    names = table.names
    isNamed = table.isNamed
    snapshot = whole
    snapshot.items = ItemColumns()
    snapshot.positions = PositionColumns()
    snapshot.grants = GrantColumns()
    snapshot.usage = UsageColumns()
    snapshot.sales = SalesColumns()
    snapshot.pools = [:]
    snapshot.inbound = [:]
    snapshot.transfers = [:]
    snapshot.receipts = [:]
    snapshot.openLines = [:]
    snapshot.claims = [:]
    snapshot.cases = [:]
    snapshot.stockouts = [:]
    snapshot.proposals = [:]
    snapshot.listings = [:]
    reserve(whole, table.usual.count)
    for item in 0..<whole.items.count {
      let first = snapshot.items.count
      if !areSorted || !addRows(item, whole, table, policy) { add(ItemParts(item, whole, policy), whole, item, table) }
      let key = Int32(item)
      if !whole.cases.isEmpty { snapshot.cases[Int32(first)] = whole.cases[key] }
      if !whole.stockouts.isEmpty { snapshot.stockouts[Int32(first)] = whole.stockouts[key] }
      if !whole.proposals.isEmpty { snapshot.proposals[Int32(first)] = whole.proposals[key] }
      ofItem.append(first..<snapshot.items.count)
    }
  }

  /// Room for all cells, so that no column is moved while it grows.
  private mutating func reserve(_ whole: Snapshot, _ regions: Int) {
    let cells = whole.items.count * regions
    place.reserveCapacity(cells)
    lead.reserveCapacity(cells)
    heldElsewhere.reserveCapacity(cells)
    ofItem.reserveCapacity(whole.items.count)
    snapshot.items.sku.reserveCapacity(cells)
    snapshot.items.traits.reserveCapacity(cells)
    snapshot.items.version.reserveCapacity(cells)
    snapshot.items.shared.reserveCapacity(cells)
    snapshot.items.claimed.reserveCapacity(cells)
    snapshot.positions.starts.reserveCapacity(cells + 1)
    snapshot.grants.starts.reserveCapacity(cells + 1)
    snapshot.usage.starts.reserveCapacity(cells + 1)
    snapshot.positions.node.reserveCapacity(whole.positions.node.count)
    snapshot.positions.onHand.reserveCapacity(whole.positions.node.count)
    snapshot.positions.sellable.reserveCapacity(whole.positions.node.count)
    snapshot.positions.allocated.reserveCapacity(whole.positions.node.count)
    snapshot.positions.safetyStock.reserveCapacity(whole.positions.node.count)
    snapshot.grants.channel.reserveCapacity(whole.grants.channel.count)
    snapshot.grants.grant.reserveCapacity(whole.grants.channel.count)
    snapshot.grants.published.reserveCapacity(whole.grants.channel.count)
    snapshot.grants.activeProtected.reserveCapacity(whole.grants.channel.count)
    snapshot.grants.activeShared.reserveCapacity(whole.grants.channel.count)
    snapshot.usage.channel.reserveCapacity(whole.usage.channel.count)
    snapshot.usage.hour.reserveCapacity(whole.usage.channel.count)
    snapshot.usage.claimed.reserveCapacity(whole.usage.channel.count)
    snapshot.usage.protected.reserveCapacity(whole.usage.channel.count)
    snapshot.usage.protectedShipped.reserveCapacity(whole.usage.channel.count)
    snapshot.usage.sold.reserveCapacity(whole.usage.channel.count)
  }

  private mutating func open(_ region: Int, _ pool: RegionPool, first: Int, _ whole: Snapshot, _ item: Int) {
    place.append(Int32(region))
    lead.append(first)
    snapshot.items.sku.append(whole.items.sku[item])
    snapshot.items.traits.append(whole.items.traits[item])
    snapshot.items.version.append(whole.items.version[item])
    snapshot.items.shared.append(pool.shared)
    snapshot.items.claimed.append(pool.claimed)
  }

  // MARK: Any item

  private mutating func add(_ parts: ItemParts, _ whole: Snapshot, _ item: Int, _ table: RegionTable) {
    let first = snapshot.items.count
    let cells = parts.cells.sorted { $0.key < $1.key }.map { (region: table.place(of: $0.key), cell: $0.value) }
    let lost = cells.reduce(0) { isNamed[$1.region] ? $0 : $0 + $1.cell.heldByCarts }
    for (region, cell) in cells {
      let index = Int32(snapshot.items.count)
      open(region, cell.pool, first: first, whole, item)
      heldElsewhere.append(isNamed[region] ? lost : 0)
      snapshot.add(cell, index, whole)
    }
    if !parts.moves.isEmpty { moves[item] = parts.moves }
  }

  // MARK: An item of which no claim moves

  /// Copies the rows of an item into its cells: they stand in the order of their nodes and channels already.
  /// - Returns: false where some of it has to move, or stands in a region that is no more.
  private mutating func addRows(_ item: Int, _ whole: Snapshot, _ table: RegionTable, _ policy: RegionPolicy) -> Bool {
    let key = Int32(item)
    let claims = whole.claims[key] ?? []
    guard !table.hasUnusual || hasUsualRows(item, whole, table), staysAsItIs(claims, whole, policy) else {
      return false
    }
    let (first, pools) = (snapshot.items.count, whole.pools[key] ?? [])
    for region in table.usual {
      var pool = RegionPool()
      if region == 0 {
        pool = RegionPool(shared: whole.items.shared[item], claimed: whole.items.claimed[item])
      } else if let own = pools.first(where: { $0.region == names[region] }) {
        pool = own.pool
      }
      open(region, pool, first: first, whole, item)
      addPositions(of: region, whole.positions.rows(of: item), whole, table)
      addGrants(of: region, whole.grants.rows(of: item), whole, table)
      addUsage(of: region, whole.usage.rows(of: item), whole, table)
    }
    addLists(key, claims, first, whole, table, policy)
    var lost: Quantity = 0
    // The cell of no region is the only one here that may not be named.
    if !isNamed[0] {
      lost = (snapshot.claims[Int32(first)] ?? []).reduce(snapshot.items.claimed[first]) {
        $1.node == nil && !$1.pool.isInbound ? $0 - $1.quantity : $0
      }
    }
    for region in table.usual { heldElsewhere.append(isNamed[region] ? lost : 0) }
    return true
  }

  /// Whether every claim is where it belongs.
  private func staysAsItIs(_ claims: [HeldClaim], _ whole: Snapshot, _ policy: RegionPolicy) -> Bool {
    claims.allSatisfy { claim in
      let (region, node) = policy.place(of: claim, whole.orders[claim.order])
      return region == claim.region && node == claim.node && (node != nil || claim.service == nil)
    }
  }

  /// Whether nothing of an item stands in a region that it need not have a cell of.
  private func hasUsualRows(_ item: Int, _ whole: Snapshot, _ table: RegionTable) -> Bool {
    func isUsual(_ region: Int32) -> Bool { region < 0 || table.isUsual[table.ofRow[Int(region)]] }
    let (grants, usage) = (whole.grants.region, whole.usage.region)
    return (grants.isEmpty || whole.grants.rows(of: item).allSatisfy { isUsual(grants[$0]) })
      && (usage.isEmpty || whole.usage.rows(of: item).allSatisfy { isUsual(usage[$0]) })
      && (whole.pools[Int32(item)] ?? []).allSatisfy { table.isUsual[table.place(of: $0.region)] }
      && (whole.claims[Int32(item)] ?? []).allSatisfy { table.isUsual[table.place(of: $0.region)] }
  }

  private mutating func addPositions(of region: Int, _ rows: Range<Int>, _ whole: Snapshot, _ table: RegionTable) {
    for row in rows where table.ofNode[Int(whole.positions.node[row])] == region {
      snapshot.positions.node.append(whole.positions.node[row])
      snapshot.positions.onHand.append(whole.positions.onHand[row])
      snapshot.positions.sellable.append(whole.positions.sellable[row])
      snapshot.positions.allocated.append(whole.positions.allocated[row])
      snapshot.positions.safetyStock.append(whole.positions.safetyStock[row])
    }
    snapshot.positions.starts.append(Int32(snapshot.positions.node.count))
  }

  private mutating func addGrants(of region: Int, _ rows: Range<Int>, _ whole: Snapshot, _ table: RegionTable) {
    for row in rows where table.region(of: row, in: whole.grants.region) == region {
      snapshot.grants.channel.append(whole.grants.channel[row])
      snapshot.grants.grant.append(whole.grants.grant[row])
      snapshot.grants.published.append(whole.grants.published[row])
      snapshot.grants.activeProtected.append(whole.grants.activeProtected[row])
      snapshot.grants.activeShared.append(whole.grants.activeShared[row])
    }
    snapshot.grants.starts.append(Int32(snapshot.grants.channel.count))
  }

  private mutating func addUsage(of region: Int, _ rows: Range<Int>, _ whole: Snapshot, _ table: RegionTable) {
    for row in rows where table.region(of: row, in: whole.usage.region) == region {
      snapshot.usage.channel.append(whole.usage.channel[row])
      snapshot.usage.hour.append(whole.usage.hour[row])
      snapshot.usage.claimed.append(whole.usage.claimed[row])
      snapshot.usage.protected.append(whole.usage.protected[row])
      snapshot.usage.protectedShipped.append(whole.usage.protectedShipped[row])
      snapshot.usage.sold.append(whole.usage.sold[row])
    }
    snapshot.usage.starts.append(Int32(snapshot.usage.channel.count))
  }

  /// What few items have.
  private mutating func addLists(
    _ item: Int32, _ claims: [HeldClaim], _ first: Int, _ whole: Snapshot, _ table: RegionTable, _ policy: RegionPolicy
  ) {
    func cell(_ region: RegionID) -> Int32 { Int32(first + table.usualPlace(of: region)) }
    for claim in claims { snapshot.claims[cell(claim.region), default: []].append(claim) }
    // What channels show in a region that nobody knows stands beside all others, and means nothing there.
    for listing in whole.listings[item] ?? [] {
      snapshot.listings[cell(listing.state.key.region), default: []].append(listing)
    }
    for line in whole.openLines[item] ?? [] {
      snapshot.openLines[cell(policy.map.region(to: line.region) ?? .everywhere), default: []].append(line)
    }
    for line in whole.inbound[item] ?? [] {
      snapshot.inbound[cell(policy.map.region(of: line.node)), default: []].append(line)
    }
    for line in whole.transfers[item] ?? [] {
      snapshot.transfers[cell(policy.map.region(of: line.to)), default: []].append(line)
    }
    for one in whole.receipts[item] ?? [] {
      snapshot.receipts[cell(policy.map.region(of: one.node)), default: []].append(one)
    }
  }
}

/// Where regions stand among all that any cell is of.
private struct RegionTable {
  /// In byte order, that of no region first.
  let names: [RegionID]
  let isNamed: [Bool]
  /// Whether every item has a cell of it, and where those stand among the names.
  let isUsual: [Bool]
  let usual: [Int]
  var hasUnusual: Bool { usual.count < names.count }
  /// Beside the snapshot's nodes and regions.
  let ofNode: [Int]
  let ofRow: [Int]
  private let places: [RegionID: Int]
  private let usualPlaces: [RegionID: Int]

  init(_ whole: Snapshot, _ policy: RegionPolicy) {
    let named = Set(policy.names)
    var all = named.union([.everywhere]).union(whole.regions)
    for pools in whole.pools.values { for one in pools { all.insert(one.region) } }
    for claims in whole.claims.values { for claim in claims { all.insert(claim.region) } }
    let names = all.sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(names, 0...))
    self.names = names
    self.places = places
    isNamed = names.map(named.contains)
    isUsual = names.map { named.contains($0) || $0.isEverywhere }
    let usual = zip(names, 0...).filter { named.contains($0.0) || $0.0.isEverywhere }
    self.usual = usual.map(\.1)
    usualPlaces = Dictionary(uniqueKeysWithValues: zip(usual.map(\.0), 0...))
    ofNode = whole.nodes.map { places[policy.map.region(of: $0)] ?? 0 }
    ofRow = whole.regions.map { places[$0] ?? 0 }
  }

  func place(of region: RegionID) -> Int { places[region] ?? 0 }

  /// Where the cell of a region stands among those of an item that has only the usual ones; that of no region for others.
  func usualPlace(of region: RegionID) -> Int { usualPlaces[region] ?? 0 }

  func region(of row: Int, in column: ContiguousArray<Int32>) -> Int {
    column.isEmpty || column[row] < 0 ? 0 : ofRow[Int(column[row])]
  }
}
