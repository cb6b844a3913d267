public import Operations

extension InMemoryStore {
  public func snapshot(_ scope: Snapshot.Scope) throws -> Snapshot {
    var snapshot = Snapshot(scope: scope)
    snapshot.version = try version()
    snapshot.nodes = state.nodes.keys.sorted()
    snapshot.nodeIsActive = snapshot.nodes.map { state.nodes[$0] ?? false }
    snapshot.nodeHeardAt = snapshot.nodes.map { state.heardAt[$0] }
    snapshot.fallbacks = state.fallbacks
    snapshot.channels = state.channels.keys.sorted()
    snapshot.channelTerms = snapshot.channels.map { state.channels[$0] ?? nil }
    snapshot.regions = state.regions.sorted()
    snapshot.regionMap = try regionMap()
    snapshot.destinations = state.destinations.sorted()
    snapshot.suppliers = try supplierRecords(scope)
    var places = Places(snapshot)
    let skus = scope == .all ? Array(state.shelves.keys) : Array(state.dirty)
    for sku in skus.sorted() {
      guard let shelf = state.shelves[sku], let item = shelf.item else { continue }
      add(item, shelf, to: &snapshot, &places)
    }
    addOrders(to: &snapshot)
    try snapshot.addReceived(self)
    // Without a row of a region there is nothing to tell apart.
    if snapshot.grants.region.allSatisfy({ $0 < 0 }) { snapshot.grants.region = [] }
    if snapshot.usage.region.allSatisfy({ $0 < 0 }) { snapshot.usage.region = [] }
    snapshot.fullPlanAt = try fullPlanAt()
    snapshot.isRouting = try isRouting()
    if snapshot.isRouting { try eachLoad { snapshot.loads.append($0) } }
    try snapshot.addParcels(self)
    if scope == .all { snapshot.touched = Set(state.dirty).union(snapshot.isRouting ? try touchedByOrders() : []) }
    return snapshot
  }

  /// Where names stand in the tables of a snapshot.
  private struct Places {
    var nodes: [NodeID: Int32] = [:]
    var channels: [ChannelID: Int32] = [:]
    var regions: [RegionID: Int32] = [:]
    var destinations: [Identifier<RegionMap.Destination>: Int32] = [:]
    var traits: [Name: Int32] = [:]

    init(_ snapshot: Snapshot) {
      for (index, node) in snapshot.nodes.enumerated() { nodes[node] = Int32(index) }
      for (index, channel) in snapshot.channels.enumerated() { channels[channel] = Int32(index) }
      for (index, region) in snapshot.regions.enumerated() { regions[region] = Int32(index) }
      for (index, name) in snapshot.destinations.enumerated() { destinations[name] = Int32(index) }
    }
  }

  private func add(_ item: ItemRow, _ shelf: Shelf, to snapshot: inout Snapshot, _ places: inout Places) {
    let index = Int32(snapshot.items.count)
    let traits = Name(item.traits.json.canonical)
    if places.traits[traits] == nil {
      places.traits[traits] = Int32(snapshot.traits.count)
      snapshot.traits.append(item.traits)
    }
    snapshot.items.sku.append(item.sku)
    snapshot.items.traits.append(places.traits[traits] ?? 0)
    snapshot.items.version.append(item.version)
    snapshot.items.shared.append(item.shared)
    snapshot.items.claimed.append(item.claimed)
    snapshot.items.since.append(item.since ?? .min)
    addColumns(of: shelf, to: &snapshot, places)
    let pools = item.pools.sorted { $0.key < $1.key }.map { (region: $0.key, pool: $0.value) }
    if !pools.isEmpty { snapshot.pools[index] = pools }
    addLists(of: shelf, at: index, to: &snapshot)
  }

  /// What few items have.
  private func addLists(of shelf: Shelf, at index: Int32, to snapshot: inout Snapshot) {
    func sorted<First: Comparable, Row>(_ rows: [Pair<First, Name>: Row]) -> [Row] {
      rows.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }.map(\.value)
    }
    let inbound = sorted(shelf.inbound).map { row in
      InboundLine(
        purchaseOrder: row.purchaseOrder, line: row.line, supplier: row.supplier, node: row.node, open: row.open,
        eta: row.eta, originalETA: row.originalETA, shipNotices: row.shipNotices)
    }
    if !inbound.isEmpty { snapshot.inbound[index] = inbound }
    let transfers = sorted(shelf.transfers).map { row in
      TransferLine(
        transfer: row.transfer, line: row.line, to: row.to, open: row.open, eta: row.eta, originalETA: row.originalETA)
    }
    if !transfers.isEmpty { snapshot.transfers[index] = transfers }
    if !shelf.receipts.isEmpty { snapshot.receipts[index] = shelf.receipts }
    let open = sorted(shelf.openLines).filter { !$0.order.isCart }.compactMap { row in
      state.orders[row.order].map { order in
        OpenLine(
          order: row.order, line: row.line, channel: order.channel, open: row.open, placedAt: order.placedAt,
          stage: order.stage, isLapsed: order.isLapsed, shipOn: order.shipOn, priority: order.priority,
          region: order.region, promisedAt: row.promisedAt, unitPrice: row.unitPrice,
          firstPromisedAt: row.firstPromisedAt)
      }
    }
    if !open.isEmpty { snapshot.openLines[index] = open }
    let claims = shelf.claims.values.sorted { $0.id < $1.id }.map { claim in
      claim.held(for: state.lines[claim.order]?[Name(claim.line)])
    }
    if !claims.isEmpty { snapshot.claims[index] = claims }
    let cases = shelf.sortedCases.map(\.value)
    if !cases.isEmpty { snapshot.cases[index] = cases }
    let stockouts = shelf.stockouts.values.sorted { ($0.region, $0.from) < ($1.region, $1.from) }
    if !stockouts.isEmpty { snapshot.stockouts[index] = stockouts }
    let proposals = shelf.sortedProposals.map(\.value)
    if !proposals.isEmpty { snapshot.proposals[index] = proposals }
    let listings = shelf.sortedListings.map(shelf.listing)
    if !listings.isEmpty { snapshot.listings[index] = listings }
  }

  private func addOrders(to snapshot: inout Snapshot) {
    let ids = snapshot.openLines.values.joined().map(\.order) + snapshot.claims.values.joined().map(\.order)
    for id in Set(ids) {
      let lines = (state.lines[id] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
      guard let order = state.orders[id], let lead = lines.first(where: { $0.unshipped > 0 }) else { continue }
      snapshot.orders[id] = SnapshotOrder(
        channel: order.channel, placedAt: order.placedAt, region: order.region, stage: order.stage,
        isLapsed: order.isLapsed, shipOn: order.shipOn, priority: order.priority, releasedBy: order.releasedBy,
        units: lines.reduce(0) { $0 + $1.ordered - $1.cancelled }, unshipped: lines.reduce(0) { $0 + $1.unshipped },
        claimed: lines.reduce(0) { $0 + $1.claimed }, leadItem: lead.sku)
    }
  }

  private func addColumns(of shelf: Shelf, to snapshot: inout Snapshot, _ places: Places) {
    for (node, row) in shelf.positions.sorted(by: { $0.key < $1.key }) {
      snapshot.positions.node.append(places.nodes[node] ?? 0)
      snapshot.positions.onHand.append(row.onHand)
      snapshot.positions.sellable.append(row.sellable)
      snapshot.positions.allocated.append(row.allocated)
      snapshot.positions.safetyStock.append(row.safetyStock)
    }
    snapshot.positions.starts.append(Int32(snapshot.positions.node.count))

    for (key, row) in shelf.sortedGrants {
      snapshot.grants.channel.append(places.channels[key.first] ?? 0)
      snapshot.grants.region.append(places.regions[key.second] ?? -1)
      snapshot.grants.grant.append(row.grant)
      snapshot.grants.published.append(row.published)
      snapshot.grants.activeProtected.append(row.activeProtected)
      snapshot.grants.activeShared.append(row.activeShared)
    }
    snapshot.grants.starts.append(Int32(snapshot.grants.channel.count))

    let usage = shelf.usage.sorted {
      ($0.key.first.first, $0.key.first.second, $0.key.second)
        < ($1.key.first.first, $1.key.first.second, $1.key.second)
    }
    for (key, row) in usage {
      snapshot.usage.channel.append(places.channels[key.first.first] ?? 0)
      snapshot.usage.region.append(places.regions[key.first.second] ?? -1)
      snapshot.usage.hour.append(key.second)
      snapshot.usage.claimed.append(row.claimed)
      snapshot.usage.protected.append(row.protected)
      snapshot.usage.protectedShipped.append(row.protectedShipped)
      snapshot.usage.sold.append(row.sold)
    }
    snapshot.usage.starts.append(Int32(snapshot.usage.channel.count))

    for (key, units) in shelf.sales.sorted(by: { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }) {
      snapshot.sales.destination.append(places.destinations[key.first] ?? 0)
      snapshot.sales.day.append(key.second)
      snapshot.sales.units.append(units)
    }
    snapshot.sales.starts.append(Int32(snapshot.sales.units.count))
  }
}

extension InMemoryStore.Shelf {
  /// By kind and then region.
  var sortedProposals: [InMemoryStore.ProposalRow] {
    proposals.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }.map(\.value)
  }

  /// By channel, region and field.
  var sortedListings: [ListingState] { listings.sorted { $0.key < $1.key }.map(\.value) }

  /// Beside what its channel was told.
  func listing(_ state: ListingState) -> Listing {
    let row = grants[SellerKey(state.key.channel, state.key.region)]
    return Listing(state, published: row?.published, publishedAt: row?.publishedAt, sold: row?.sold ?? 0)
  }

  /// By channel and then region.
  var sortedGrants: [(key: SellerKey, value: GrantRow)] {
    grants.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }
  }

  /// By kind and then subject.
  var sortedCases: [InMemoryStore.OpenCase] {
    cases.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }.map(\.value)
  }
}

// Lists for people.
extension InMemoryStore {
  private func eachShelf(_ body: (SKU, Shelf) throws -> Void) throws {
    for (sku, shelf) in state.shelves.sorted(by: { $0.key < $1.key }) { try body(sku, shelf) }
  }

  public func eachNode(_ body: (NodeID, _ isActive: Bool, _ heardAt: Instant?) throws -> Void) throws {
    for (node, isActive) in state.nodes.sorted(by: { $0.key < $1.key }) {
      try body(node, isActive, state.heardAt[node])
    }
  }

  public func eachFallback(_ body: (FallbackTarget, FallbackState) throws -> Void) throws {
    for (target, fallback) in state.fallbacks.sorted(by: { $0.key < $1.key }) { try body(target, fallback) }
  }

  public func eachItem(_ body: (ItemRow) throws -> Void) throws {
    try eachShelf { _, shelf in if let item = shelf.item { try body(item) } }
  }

  public func eachPosition(_ body: (PositionRow, _ isActive: Bool) throws -> Void) throws {
    try eachShelf { _, shelf in
      for (node, row) in shelf.positions.sorted(by: { $0.key < $1.key }) { try body(row, state.nodes[node] ?? false) }
    }
  }

  public func eachGrant(_ body: (GrantRow) throws -> Void) throws {
    try eachShelf { _, shelf in
      for (_, row) in shelf.sortedGrants { try body(row) }
    }
  }

  public func eachClaim(_ body: (ClaimRow) throws -> Void) throws {
    for (_, claim) in state.claims.sorted(by: { $0.key < $1.key }) { try body(claim) }
  }

  public func eachOrder(_ body: (OrderRow) throws -> Void) throws {
    for (_, order) in state.orders.sorted(by: { $0.key < $1.key }) { try body(order) }
  }

  public func eachCase(_ body: (SKU, Case, Instant) throws -> Void) throws {
    try eachShelf { sku, shelf in
      for open in shelf.sortedCases { try body(sku, open.value, open.openedAt) }
    }
  }

  public func eachProposal(_ body: (SKU, PurchaseProposal, Instant) throws -> Void) throws {
    try eachShelf { sku, shelf in
      for row in shelf.sortedProposals { try body(sku, row.value, row.proposedAt) }
    }
  }

  public func eachListing(_ body: (SKU, ListingState) throws -> Void) throws {
    try eachShelf { sku, shelf in
      for listing in shelf.sortedListings { try body(sku, listing) }
    }
  }

  public func eachEntry(_ body: (LedgerEntry) throws -> Void) throws {
    for entry in state.ledger { try body(entry) }
  }
}
