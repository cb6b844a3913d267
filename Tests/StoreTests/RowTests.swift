import ActualState
import Operations
import Testing

/// What single rows and questions mean, in every store.
@Suite struct RowTests {
  @Test(arguments: StoreKind.allCases) func aNodeIsInactiveUntilAPlanSaysOtherwise(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      try store.put(PositionRow(sku: "A", node: "west"))
      #expect(try store.isActive("west") == false)
      #expect(try store.isActive("unknown") == false)
      try store.setActive("west", true)
      #expect(try store.isActive("west"))
      #expect(try store.snapshot(.all).nodeIsActive == [true])
    }
  }

  @Test(arguments: StoreKind.allCases) func eventsWaitInTheOrderInWhichTheyArrived(_ kind: StoreKind) throws {
    try kind.with { store in
      func event(_ id: String) -> Event { Event(source: "erp", id: id, type: "t", time: .start, data: [:]) }
      for id in ["9", "10", "1", "e\u{301}", "é"] { try store.put(event(id), .waiting(for: "sku:A")) }
      try store.put(event("2"), .waiting(for: "sku:B"))
      try store.put(event("3"), .refused("no such node"))
      try store.put(event("4"), .applied)
      try store.put(event("10"), .applied)
      #expect(
        try store.events(waitingFor: "sku:A").map { Array($0.id.utf8) }
          == ["9", "1", "e\u{301}", "é"].map { Array($0.utf8) })
      #expect(try store.countEvents() == EventCounts(applied: 2, waiting: 5, refused: 1))
      #expect(try store.event("erp", "3")?.state == .refused("no such node"))
      #expect(try store.event("erp", "10")?.state == .applied)
      #expect(try store.event("shop", "10") == nil)
      // Waiting again, it keeps its place.
      try store.put(event("10"), .waiting(for: "sku:A"))
      #expect(try store.events(waitingFor: "sku:A").map(\.id)[1] == "10")
      var open: [String] = []
      try store.eachWaiting { event, _ in open.append(event.id) }
      #expect(open == ["1", "10", "2", "3", "9", "e\u{301}", "é"])
    }
  }

  @Test(arguments: StoreKind.allCases) func netMovesLeaveOutCountsAndOlderEntries(_ kind: StoreKind) throws {
    try kind.with { store in
      func post(
        _ key: String, _ cause: LedgerEntry.Cause, _ from: Bucket, _ to: Bucket, _ units: Int64, hours: Int,
        node: NodeID = "west"
      ) throws {
        try store.append(
          LedgerEntry(
            idempotencyKey: key, cause: cause, sku: "A", node: node, from: from, to: to, quantity: units,
            time: .start + hours))
      }
      try post("1", .count, .adjustment, .sellable, 100, hours: 5)
      try post("2", .shipment, .sellable, .customer, 7, hours: 3)
      try post("3", .shipment, .sellable, .customer, 4, hours: 2)
      try post("4", .receipt, .supplier, .sellable, 20, hours: 9)
      try post("5", .adjustment, .quarantine, .damaged, 3, hours: 9)
      try post("6", .receipt, .supplier, .sellable, 1000, hours: 9, node: "east")
      #expect(try store.netMoves("A", "west", after: .start + 2) == 13)
      #expect(try store.netMoves("A", "west", after: .start + 1) == 9)
      #expect(try store.netMoves("A", "west", after: .start + 9) == 0)
      #expect(try store.netMoves("B", "west", after: .start) == 0)
      var keys: [String] = []
      try store.eachEntry { keys.append($0.idempotencyKey) }
      #expect(keys == ["1", "2", "3", "4", "5", "6"])
    }
  }

  @Test(arguments: StoreKind.allCases) func claimsAreNumberedAndFollowTheirState(_ kind: StoreKind) throws {
    try kind.with { store in
      func claim(_ line: String, _ pool: Pool) -> ClaimRow {
        ClaimRow(order: "o1", line: line, sku: "A", channel: "web", pool: pool, quantity: 2, claimedAt: .start)
      }
      try store.put(claim("1", .protected("web")))
      try store.put(claim("2", .shared))
      try store.put(claim("1", .shared))
      var claims = try store.activeClaims(of: "o1", "1")
      #expect(claims.map(\.id) == [1, 3])
      #expect(claims.map(\.pool) == [.protected("web"), .shared])
      claims[0].state = .consumed
      try store.put(claims[0])
      #expect(try store.activeClaims(of: "o1", "1").map(\.id) == [3])
      var all: [ClaimState] = []
      try store.eachClaim { all.append($0.state) }
      #expect(all == [.consumed, .active, .active])
      claims[0].id = 77
      #expect(throws: StoreError.self) { try store.put(claims[0]) }
    }
  }

  @Test(arguments: StoreKind.allCases) func usageAddsUpAndMayShrink(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      try store.addUsage("A", "web", .everywhere, hour: 7, UsageChange(claimed: 5, protected: 3))
      try store.addUsage("A", "web", .everywhere, hour: 7, UsageChange(claimed: -2, protected: -1, protectedShipped: 1))
      try store.addUsage("A", "web", .everywhere, hour: 8, UsageChange(claimed: 9, sold: 4))
      try store.addUsage("A", "b2b", .everywhere, hour: 9, UsageChange(claimed: 1))
      let usage = try store.snapshot(.all).usage
      #expect(usage.starts == [0, 3])
      #expect(usage.channel == [0, 1, 1])
      #expect(usage.hour == [9, 7, 8])
      #expect(usage.claimed == [1, 3, 9])
      #expect(usage.protected == [0, 2, 0])
      #expect(usage.protectedShipped == [0, 1, 0])
      #expect(usage.sold == [0, 0, 4])
      #expect(throws: StoreError.self) {
        try store.addUsage("A", "web", .everywhere, hour: 7, UsageChange(claimed: -4))
      }
      #expect(throws: StoreError.self) { try store.addUsage("A", "web", .everywhere, hour: 8, UsageChange(sold: -5)) }
    }
  }

  @Test(arguments: StoreKind.allCases) func aCaseStaysOpenSinceItsFirstTime(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.open(Case(.shortage, subject: "o1/1", detail: "5 short"), of: "A", at: .start)
      try store.open(Case(.shortage, subject: "o1/1", detail: "3 short"), of: "A", at: .start + 5)
      try store.open(Case(.overShipped, subject: "o1/1", detail: ""), of: "A", at: .start + 6)
      try store.close(Case(.overShipped, subject: "o1/1", detail: "any"), of: "A")
      try store.close(Case(.shortage, subject: "o1/1", detail: ""), of: "unknown")
      var rows: [String] = []
      try store.eachCase { rows.append("\($0) \($1.detail) \($2)") }
      #expect(rows == ["A 3 short \(Instant.start)"])
    }
  }

  @Test(arguments: StoreKind.allCases) func ordersKeepTheirLinesInByteOrder(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      try store.put(OrderRow(order: "o1", channel: "web", placedAt: .start, region: "DE"))
      for line in ["2", "10", "1"] {
        try store.put(OrderLineRow(order: "o1", line: line, sku: "A", ordered: 5, unitPrice: nil))
      }
      #expect(try store.lines(of: "o1").map(\.line) == ["1", "10", "2"])
      var line = try #require(try store.line("o1", "10"))
      line.claimed = 5
      try store.put(line)
      #expect(try store.snapshot(.all).openLines[0]?.map(\.line) == ["1", "2"])
      #expect(try store.order("o2") == nil)
      try store.put(OrderRow(order: "o1", channel: "b2b", placedAt: .start, region: ""))
      #expect(try store.order("o1")?.channel == "b2b")
    }
  }

  @Test(arguments: StoreKind.allCases) func inboundIsWhatHasNotArrived(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      #expect(try store.hasPurchaseOrder("po1") == false)
      var line = PurchaseOrderLineRow(
        purchaseOrder: "po1", line: "1", sku: "A", supplier: "acme", node: "west", ordered: 10, received: 4,
        eta: .start + 24, originalETA: .start)
      try store.put(line)
      #expect(try store.purchaseOrderLine("po1", "1") == line)
      #expect(try store.purchaseOrderLine("po1", "2") == nil)
      #expect(try store.hasPurchaseOrder("po1"))
      #expect(
        try store.snapshot(.all).inbound == [
          0: [
            InboundLine(
              purchaseOrder: "po1", line: "1", supplier: "acme", node: "west", open: 6, eta: .start + 24,
              originalETA: .start)
          ]
        ])
      line.received = 12
      try store.put(line)
      #expect(try store.snapshot(.all).inbound.isEmpty)
    }
  }

  @Test(arguments: StoreKind.allCases) func onlyMarkedItemsAreDirty(_ kind: StoreKind) throws {
    try kind.with { store in
      for sku in ["c2", "c10", "b"] as [SKU] { try store.addItem(sku, productClass: "launch") }
      #expect(try store.snapshot(.dirty).items.sku == ["b", "c10", "c2"])
      try store.clearDirtyMarks(of: ["c10", "unknown"])
      #expect(try store.snapshot(.dirty).items.sku == ["b", "c2"])
      #expect(try store.item("c10")?.isDirty == false)
      try store.clearDirtyMarks(of: nil)
      #expect(try store.snapshot(.dirty).items.sku.isEmpty)
      #expect(try store.snapshot(.all).traits == [ItemTraits(productClass: "launch")])
    }
  }

  @Test(arguments: StoreKind.allCases) func aChannelWithoutAGrantCanClaimNothing(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.addItem("A")
      var row = GrantRow(sku: "A", channel: "web")
      row.activeShared = 3
      try store.put(row)
      #expect(try store.grant("A", "web") == row)
      let grants = try store.snapshot(.all).grants
      #expect(grants.grant[0] == nil)
      #expect(grants.activeShared == [3])
    }
  }

  @Test(arguments: StoreKind.allCases) func plansAndRecordsAreKeptOnce(_ kind: StoreKind) throws {
    try kind.with { store in
      #expect(try store.wasApplied("d") == false)
      try store.recordApplied("d", record: 1)
      #expect(try store.wasApplied("d"))
      #expect(throws: StoreError.self) { try store.recordApplied("d", record: 2) }
      #expect(try store.lastDecision() == 0)
      for number in 1...4 as ClosedRange<Int64> {
        try store.append(
          AuditRecord(sequence: number, isDecision: number.isMultiple(of: 3), json: ["n": .integer(number)]))
      }
      #expect(throws: StoreError.self) { try store.append(AuditRecord(sequence: 4, isDecision: true, json: [:])) }
      #expect(try store.lastDecision() == 3)
      #expect(try store.auditRecords(2...3).map(\.json) == [["n": 2], ["n": 3]])
      try store.append(OutboxRow(record: 1, payload: [:]))
      #expect(try store.countOutbox() == 1)
    }
  }

  @Test(arguments: StoreKind.allCases) func batchesArePendingUntilTheyHaveACommit(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.put(AuditBatch(first: 4, last: 6, parent: "c1"))
      try store.put(AuditBatch(first: 1, last: 3, parent: nil, commit: "c1"))
      #expect(try store.auditBatches(pendingOnly: true).map(\.first) == [4])
      try store.put(AuditBatch(first: 4, last: 6, parent: "c1", commit: "c2"))
      #expect(try store.auditBatches(pendingOnly: true).isEmpty)
      #expect(try store.auditBatches(pendingOnly: false).map(\.commit) == ["c1", "c2"])
    }
  }

  @Test(arguments: StoreKind.allCases) func rowsThatNoRuleShouldWriteAreRefused(_ kind: StoreKind) throws {
    try kind.with { store in
      func refused(_ write: () throws -> Void, line: Int = #line) {
        #expect(throws: StoreError.self, "line \(line)") { try write() }
      }
      func entry(_ key: String, _ units: Int64, to: Bucket = .customer) -> LedgerEntry {
        LedgerEntry(
          idempotencyKey: key, cause: .shipment, sku: "A", node: "west", from: .sellable, to: to, quantity: units,
          time: .start)
      }
      try store.append(entry("1", 1))
      refused { try store.append(entry("1", 1)) }
      refused { try store.append(entry("2", 0)) }
      refused { try store.append(entry("3", 1, to: .sellable)) }
      var position = PositionRow(sku: "A", node: "west")
      position.allocated = -1
      refused { try store.put(position) }
      var grant = GrantRow(sku: "A", channel: "web")
      grant.grant = Grant(protected: -1)
      refused { try store.put(grant) }
      refused {
        try store.put(
          ClaimRow(order: "o", line: "1", sku: "A", channel: "web", pool: .shared, quantity: 0, claimedAt: .start))
      }
      refused { try store.put(OrderLineRow(order: "o", line: "1", sku: "A", ordered: -1, unitPrice: nil)) }
      refused { try store.put(ItemRow(sku: "A", uom: "each", traits: ItemTraits(), claimed: -1)) }
      refused { try store.put(AuditBatch(first: 2, last: 1, parent: nil)) }
      var entries = 0
      try store.eachEntry { _ in entries += 1 }
      #expect(entries == 1)
    }
  }
}
