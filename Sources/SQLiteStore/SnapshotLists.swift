import ActualState
import Operations
import SQLite

extension Snapshot {
  /// Reads what few items have: kept by item instead of in columns.
  mutating func readLists(_ store: SQLiteStore, _ places: ItemPlaces) throws {
    let queries = store.snapshots
    func each(_ query: Query, _ body: (Int32, Statement) throws -> Void) throws {
      try query.each { row in
        let place = places[row.integer(0)]
        if place >= 0 { try body(place, row) }
      }
    }
    try each(queries.inbound[scope]) { place, row in
      inbound[place, default: []].append(
        InboundLine(
          purchaseOrder: PurchaseOrderID(row.text(1)), line: row.text(2), supplier: SupplierID(row.text(3)),
          node: NodeID(row.text(4)), open: row.integer(5), eta: Instant(milliseconds: row.integer(6)),
          originalETA: Instant(milliseconds: row.integer(7)), shipNotices: try store.shipNotices(row.text(8))))
    }
    try each(queries.transfers[scope]) { place, row in
      transfers[place, default: []].append(
        TransferLine(
          transfer: TransferID(row.text(1)), line: row.text(2), to: NodeID(row.text(3)), open: row.integer(4),
          eta: Instant(milliseconds: row.integer(5)), originalETA: Instant(milliseconds: row.integer(6))))
    }
    try each(queries.receipts[scope]) { place, row in
      receipts[place, default: []].append(
        Receipts(hour: Int32(clamping: row.integer(2)), node: NodeID(row.text(1)), units: row.integer(3)))
    }
    try each(queries.openLines[scope]) { place, row in
      openLines[place, default: []].append(
        OpenLine(
          order: OrderID(row.text(1)), line: row.text(2), channel: ChannelID(row.text(3)), open: row.integer(4),
          placedAt: Instant(milliseconds: row.integer(5)),
          stage: try store.known(OrderStage(rawValue: row.text(6)), "order stage"), isLapsed: row.integer(7) == 1,
          shipOn: row.optionalInteger(8).map(Instant.init(milliseconds:)), priority: row.integer(9),
          region: row.text(10), promisedAt: row.optionalInteger(11).map(Instant.init(milliseconds:)),
          unitPrice: row.optionalInteger(12),
          firstPromisedAt: row.optionalInteger(13).map(Instant.init(milliseconds:))))
    }
    try each(queries.claims[scope]) { place, row in
      claims[place, default: []].append(
        HeldClaim(
          id: row.integer(1), order: OrderID(row.text(2)), line: row.text(3), channel: ChannelID(row.text(4)),
          pool: try store.known(Pool(row.text(5)), "pool"), node: row.optionalText(6).map { NodeID($0) },
          service: row.optionalText(14), workDay: row.optionalInteger(15).map { LocalDate(days: $0) },
          quantity: row.integer(7), claimedAt: Instant(milliseconds: row.integer(8)),
          expiresAt: row.optionalInteger(9).map(Instant.init(milliseconds:)),
          promisedAt: row.optionalInteger(10).map(Instant.init(milliseconds:)), unitPrice: row.optionalInteger(11),
          firstPromisedAt: row.optionalInteger(12).map(Instant.init(milliseconds:)), region: RegionID(row.text(13))))
    }
    try addReceived(store)
    if !regions.isEmpty {
      try each(queries.pools[scope]) { place, row in
        pools[place, default: []].append(
          (RegionID(row.text(1)), RegionPool(shared: row.integer(2), claimed: row.integer(3))))
      }
    }
    try each(queries.cases[scope]) { place, row in
      cases[place, default: []].append(try store.caseRow(row))
    }
    try each(queries.stockouts[scope]) { place, row in
      stockouts[place, default: []].append(
        Stockout(
          from: Int32(clamping: row.integer(1)), until: row.optionalInteger(2).map { Int32(clamping: $0) },
          in: RegionID(row.text(3))))
    }
    try each(queries.proposals[scope]) { place, row in
      proposals[place, default: []].append(try store.proposal(row.text(1)))
    }
    try each(queries.listings[scope]) { place, row in
      listings[place, default: []].append(
        Listing(
          try store.listing(row, of: ChannelID(row.text(1)), from: 2), published: row.optionalInteger(13),
          publishedAt: row.optionalInteger(14).map(Instant.init(milliseconds:)), sold: row.integer(15)))
    }
  }
}
