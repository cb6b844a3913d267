import ActualState
import Operations

/// Names that arrive out of order, one of them in two Unicode forms that are two names.
private let skus = ["c10", "c2", "é", "e\u{301}", "A", "zeta-with-a-long-name", "b", "c1"]
private let nodes: [NodeID] = ["west", "east", "north"]
private let channels: [ChannelID] = ["web", "market", "b2b", "stores"]
private let regions: [RegionID] = [.everywhere, .everywhere, "west", "east", "é"]

/// Writes rows as a seed says: the same in every store.
func fill(_ store: any Store, seed: UInt64, steps: Int) throws {
  var filling = Filling(store: store, seed: seed)
  for step in 0..<steps { try filling.write(step) }
}

private struct Filling {
  let store: any Store
  let seed: UInt64
  var random: SplitMix64

  init(store: any Store, seed: UInt64) {
    self.store = store
    self.seed = seed
    random = SplitMix64(state: seed)
  }

  mutating func pick<Element>(_ values: [Element]) -> Element {
    values[Int.random(in: 0..<values.count, using: &random)]
  }
  mutating func units(_ range: ClosedRange<Int64> = 0...50) -> Int64 { Int64.random(in: range, using: &random) }
  mutating func time() -> Instant { .start + Int.random(in: 0..<400, using: &random) }
  mutating func sku() -> SKU { SKU(pick(skus)) }
  mutating func order() -> OrderID { OrderID("o\(units(1...12))") }

  mutating func write(_ step: Int) throws {
    switch Int.random(in: 0..<14, using: &random) {
    case 0, 1: try writeItem()
    case 2: try writePosition()
    case 3:
      try writeEntry(step)
      try writeReceipt()
    case 4: try writeGrant()
    case 5: try store.addUsage(sku(), pick(channels), pick(regions), hour: time().hour, usage())
    case 6, 7: try writeOrder()
    case 8: try writeClaim()
    case 9: try writePurchaseOrder()
    case 10: try writeEvent(step)
    case 11: try writeRoute()
    case 12: try writeProposal()
    default: try writeRecord(step)
    }
  }

  mutating func usage() -> UsageChange {
    UsageChange(claimed: units(), protected: units(), protectedShipped: units(), sold: units())
  }

  mutating func writeItem() throws {
    let traits = ItemTraits(
      productClass: pick([nil, "launch", "basic"]),
      attributes: pick([[:], ["b": "2", "a": "é\"\n"], ["a": "e\u{301}"], ["a": "é"]]))
    var row = ItemRow(
      sku: sku(), uom: pick(["each", "box"]), traits: traits, version: units(), shared: units(-20...20),
      claimed: units(),
      isDirty: pick([true, false]), since: pick([nil, Int32(clamping: units())]))
    if pick([true, false]) { row[pick(regions)] = RegionPool(shared: units(-20...20), claimed: units()) }
    try store.put(row)
    let touched = sku()
    if pick([true, false, false]) { try store.clearDirtyMarks(of: pick([nil, [touched, "unknown"]])) }
    // A snapshot reads the regions and the time: what it cannot read it refuses.
    try store.set(pick(StoreKey.allCases.filter { $0 != .regions && $0 != .fullPlanAt }), pick([nil, "1", "text"]))
    try store.set(.fullPlanAt, pick([nil, String(units())]))
    try store.set(.version, String(units()))
  }

  mutating func writePosition() throws {
    if pick([true, false]) { try store.setActive(pick(nodes), pick([true, false])) }
    if pick([true, false]) { try store.setHeard(pick(nodes), at: time()) }
    try writeFallback()
    var row = PositionRow(sku: sku(), node: pick(nodes))
    row.onHand = units(-5...50)
    row.sellable = units(-5...50)
    row.allocated = units()
    row.safetyStock = units()
    if pick([true, false]) {
      row.countedAt = time()
      row.countKey = "erp#\(units())"
    }
    try store.put(row)
  }

  mutating func writeFallback() throws {
    let state = FallbackState(
      rules: pick([["a"], ["a", "b"]]), share: pick([.none, .all, .percent(33)]), isFrozen: pick([true, false]),
      since: time())
    let target = pick([FallbackTarget.node(pick(nodes)), .supplier("acme"), .supplier("é")])
    try store.setFallback(of: target, pick([nil, state, state]))
  }

  mutating func writeEntry(_ step: Int) throws {
    let outside = pick([Bucket.customer, .supplier, .adjustment, .damaged])
    let (from, to) = pick([(Bucket.sellable, outside), (outside, .sellable), (.quarantine, outside)])
    try store.append(
      LedgerEntry(
        idempotencyKey: "\(seed)#\(step)", cause: pick([.count, .adjustment, .shipment, .receipt]), sku: sku(),
        node: pick(nodes), from: from, to: to, quantity: units(1...9), time: time()))
  }

  mutating func writeReceipt() throws {
    try store.add(Receipts(hour: time().hour, node: pick(nodes), units: units(1...9)), of: sku())
    if pick([true, false, false]) { try store.removeReceipts(of: sku(), before: time().hour) }
  }

  mutating func writeGrant() throws {
    var row = GrantRow(sku: sku(), channel: pick(channels), region: pick(regions))
    let grant = Grant(protected: units(), capLeft: pick([nil, 0, 7]), mayUseShared: pick([true, false]))
    row.grant = pick([nil, grant])
    row.published = pick([nil, 0, 12])
    row.activeProtected = units()
    row.activeShared = units()
    try store.put(row)
    let found = Case(pick(Case.Kind.allCases), subject: pick(["o1/1", "o2/1"]), detail: pick(["few", "none"]))
    try pick([true, true, false]) ? store.open(found, of: sku(), at: time()) : store.close(found, of: sku())
  }

  mutating func writeOrder() throws {
    var row = OrderRow(order: order(), channel: pick(channels), placedAt: time(), region: pick(["DE", ""]))
    row.stage = pick(OrderStage.allCases)
    row.isLapsed = pick([true, false])
    row.shipOn = pick([nil, time()])
    row.priority = pick([0, -3, 9])
    row.releasedBy = pick([[], ["ada"], ["ada", "ben"]])
    try store.put(row)
    try store.setTerms(
      of: row.channel,
      ChannelTerms(
        reserveAt: pick(OrderStage.allCases), holdTTL: pick([nil, .hour]), reserveAhead: pick([nil, .hour])))
    var line = OrderLineRow(
      order: pick([row.order, "unknown"]), line: pick(["1", "10", "2"]), sku: sku(), ordered: units(),
      unitPrice: pick([nil, 1999]))
    line.cancelled = units(0...9)
    line.shipped = units(0...9)
    line.claimed = units(0...9)
    line.promisedAt = pick([nil, time()])
    line.firstPromisedAt = pick([nil, time()])
    try store.put(line)
  }

  mutating func writeClaim() throws {
    let channel = pick(channels)
    let pool = pick([.shared, .protected(channel), Pool.inbound("po/1:2", line: "a/b"), .transfer("2:t/é", line: "/")])
    let node = pool.isInbound ? nil : pick([nil, pick(nodes)])
    let claim = ClaimRow(
      order: pick([order(), OrderID(cart: "c1")]), line: pick(["1", "2"]), sku: sku(), channel: channel, pool: pool,
      node: node, service: node == nil ? nil : pick([nil, "é"]),
      workDay: node == nil ? nil : pick([nil, LocalDate(days: units())]), quantity: units(1...9), claimedAt: time(),
      expiresAt: pick([nil, time()]), region: pick(regions))
    try store.put(claim)
    guard var old = try store.activeClaims(of: claim.order, claim.line).first else { return }
    old.quantity = units()
    old.state = old.quantity == 0 ? .consumed : pick([.active, .released, .expired])
    try store.put(old)
  }

  mutating func writePurchaseOrder() throws {
    let eta = time()
    var line = PurchaseOrderLineRow(
      purchaseOrder: pick(["po2", "po10"]), line: pick(["1", "2", "10"]), sku: sku(),
      supplier: pick(["acme", "best"]),
      node: pick(nodes), ordered: units(), received: units(0...9), eta: eta + 24, originalETA: eta)
    line.cancelled = pick([0, units()])
    let leadTime = LeadTime(
      mean: TimeSpan(milliseconds: units()), deviation: pick([nil, TimeSpan(milliseconds: units())]),
      deliveries: units())
    let standing = SupplierStanding(
      confidence: .percent(units()), sampleSize: units(), tier: pick(ConfidenceTier.allCases),
      pooledPrior: pick([nil, .percent(units())]),
      leadTime: pick([nil, LearntLeadTime(pick([nil, leadTime]))]))
    try store.put(SupplierRow(supplier: line.supplier, standing: pick([nil, standing]), isDirty: pick([true, false])))
    try store.put(
      DeliveryRow(
        reference: pick(["d1", "d2", "d10"]),
        delivery: Delivery(
          supplier: line.supplier, orderedAt: pick([nil, eta]), ordered: units(), promised: eta,
          receipts: pick([[], [.init(at: eta, units: 3), .init(at: eta + 5, units: 1)]]))))
    if pick([false, false, false, true]) { try store.clearSupplierMarks() }
    line.shipNotices = pick([[], [ShipNotice(id: "asn \"é\"", quantity: units(), received: units(0...2), eta: eta)]])
    try store.put(line)
    var moving = TransferLineRow(
      transfer: pick(["t1", "t2"]), line: pick(["1", "2"]), sku: sku(), from: pick(nodes), to: pick(nodes),
      dispatched: units(), received: units(0...9), eta: eta)
    (moving.cancelled, moving.originalETA) = (pick([0, units()]), eta + pick([0, 24]))
    try store.put(moving)
  }

  mutating func writeRoute() throws {
    let order = order()
    let parcel = RouteDecision.Parcel(
      node: pick(nodes), lane: "east-DE", carrier: "é", service: "standard", workDay: LocalDate(days: units()),
      leavesAt: time(), arrivesAt: time(), lines: [.init(line: pick(["1", "10"]), sku: sku(), units: units(1...9))])
    let decision = RouteDecision(
      region: pick(["DE", ""]), profile: pick([nil, "p"]), parcels: pick([[parcel], [parcel, parcel]]),
      cost: .init(parcels: units(), units: units(), late: 0, split: units()),
      runnerUp: pick([nil, .init(nodes: [], extra: nil), .init(nodes: [pick(nodes)], extra: units())]),
      limits: pick([[], [.init(.stock, node: pick(nodes), sku: sku()), .init(.maxParcels)]]),
      candidates: [
        .init(
          lane: "east-DE", node: "east", outcome: pick(RouteDecision.Candidate.Outcome.allCases), alone: pick([nil, 7]))
      ],
      isProved: pick([true, false]))
    let number = Int64(try store.routes(of: order).count) + 1
    let line = pick(["1", "2"])
    try store.append(
      PromiseRow(
        order: order, line: line, number: Int64(try store.promises(of: order, line).count) + 1,
        promisedAt: pick([nil, time()]), decidedAt: time(), policy: pick([nil, "c0ffee"])))
    try store.append(
      RouteRow(order: order, number: number, decidedAt: time(), decision: decision, policy: pick([nil, "c0ffee", ""])))
    try store.add(NodeLoad(node: parcel.node, day: parcel.workDay, units: units()))
    if pick([true, false, false]) { try store.forgetLoads(before: LocalDate(days: units())) }
  }

  mutating func writeProposal() throws {
    let hour = time().hour
    let region = pick([RegionID.everywhere, "north"])
    try store.put(Stockout(from: hour, until: pick([nil, hour, hour + 5]), in: region), of: sku())
    try store.addSales(sku(), to: pick(["DE", "é"]), day: hour / 24, units())
    if pick([true, false, false]) { try store.removeStockouts(of: sku(), endedBefore: time().hour) }
    let kind = pick(PurchaseProposal.Kind.allCases)
    guard pick([true, true, false]) else { return try store.remove(kind, for: region, of: sku()) }
    let proposal = PurchaseProposal(
      kind, supplier: pick(["acme", "é"]), node: pick(nodes), quantity: units(1...9),
      line: pick([nil, .init("po/1:2", "a/b")]), region: region,
      reason: ["position": .integer(-units()), "per_day": .decimal("0.5")])
    try store.put(proposal, of: sku(), at: time())
  }

  mutating func writeEvent(_ step: Int) throws {
    let event = Event(
      source: pick(["erp", "shop"]), id: "\(units(1...20))", type: "order.placed", time: time(),
      data: ["step": .integer(Int64(step)), "text": "é"])
    try store.put(event, pick([.applied, .waiting(for: "sku:\(pick(skus))"), .refused("no node")]))
  }

  mutating func writeRecord(_ step: Int) throws {
    let last = try store.auditRecords(0...Int64.max).last?.sequence ?? 0
    let record = AuditRecord(
      sequence: last + 1, isDecision: pick([true, false]),
      json: ["step": .integer(Int64(step)), "seed": .string("\(seed)")])
    try store.append(record)
    try store.append(
      OutboxRow(record: record.sequence, key: pick([nil, "\(seed)/\(step)"]), payload: ["to": "web"]))
    try store.recordApplied("\(seed)-\(step)", record: record.sequence)
    try store.put(
      AuditBatch(
        first: pick([1, record.sequence]), last: record.sequence, parent: pick([nil, "p"]), commit: pick([nil, "c"])))
  }
}
