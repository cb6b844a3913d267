import ActualState
import Operations
import SQLiteStore
import Testing

/// Random contents must read the same from both stores.
@Suite struct EqualityTests {
  @Test(arguments: 1...12) func bothStoresReadTheSame(_ seed: UInt64) throws {
    let folder = try ScratchFolder()
    let (memory, sqlite) = (InMemoryStore(), try SQLiteStore(path: folder.file(), mode: .create))
    for round in 0..<4 {
      let seed = seed * 10 + UInt64(round)
      try memory.transaction { try fill(memory, seed: seed, steps: 60) }
      try sqlite.transaction { try fill(sqlite, seed: seed, steps: 60) }
      #expect(try memory.dump() == sqlite.dump(), "seed \(seed)")
    }
    let reopened = try SQLiteStore(path: folder.file(), mode: .readOnly)
    #expect(try memory.dump() == reopened.dump(), "seed \(seed), read again")
  }

  @Test(arguments: 1...6) func whatWasUndoneLeavesNoTrace(_ seed: UInt64) throws {
    struct Stop: Error {}
    let folder = try ScratchFolder()
    let (memory, sqlite) = (InMemoryStore(), try SQLiteStore(path: folder.file(), mode: .create))
    for store in [memory, sqlite] as [any Store] {
      try store.transaction {
        // Names that the inside was the first to use are given anew afterwards.
        #expect(throws: Stop.self) {
          try store.transaction {
            try fill(store, seed: seed, steps: 100)
            throw Stop()
          }
        }
        try fill(store, seed: seed + 100, steps: 100)
      }
    }
    #expect(try memory.dump() == sqlite.dump(), "seed \(seed)")
    let clean = InMemoryStore()
    try fill(clean, seed: seed + 100, steps: 100)
    #expect(try memory.dump() == clean.dump(), "seed \(seed)")
  }

  /// Rows are read in blocks of 1024, or of 32 where few are marked.
  @Test(arguments: [7, 8, 9, 255, 256, 257, 600]) func manyRowsReadTheSame(_ items: Int) throws {
    let folder = try ScratchFolder()
    let (memory, sqlite) = (InMemoryStore(), try SQLiteStore(path: folder.file(), mode: .create))
    var random = SplitMix64(state: UInt64(items))
    let skus = (0..<items).map { SKU("item-\($0)") }.shuffled(using: &random)
    for store in [memory, sqlite] as [any Store] {
      try store.transaction {
        for (index, sku) in skus.enumerated() {
          try store.addItem(sku, productClass: "class-\(index % 5)")
          for node in ["west", "east", "north", "south"] as [NodeID] {
            var row = PositionRow(sku: sku, node: node)
            row.onHand = Int64(index)
            try store.put(row)
          }
        }
      }
    }
    for scope in [Snapshot.Scope.all, .dirty] {
      let (expected, found) = (try memory.snapshot(scope), try sqlite.snapshot(scope))
      #expect(found.positions.node.count == items * 4)
      #expect(expected.dump() == found.dump())
      // Read again, into room that is made at once.
      #expect(expected.dump() == (try sqlite.snapshot(scope)).dump())
    }
  }

  @Test func questionsByKeyHaveTheSameAnswers() throws {
    let folder = try ScratchFolder()
    let (memory, sqlite) = (InMemoryStore(), try SQLiteStore(path: folder.file(), mode: .create))
    for store in [memory, sqlite] as [any Store] { try store.transaction { try fill(store, seed: 99, steps: 400) } }
    for sku in try memory.snapshot(.all).items.sku + ["unknown"] {
      #expect(try memory.item(sku) == sqlite.item(sku))
      for node in try memory.snapshot(.all).nodes + ["unknown"] {
        #expect(try memory.position(sku, node) == sqlite.position(sku, node))
        for hours in [0, 100, 200, 399] {
          let time = Instant.start + hours
          #expect(try memory.netMoves(sku, node, after: time) == sqlite.netMoves(sku, node, after: time))
        }
      }
      for channel in try memory.snapshot(.all).channels + ["unknown"] {
        for region in ["", "east", "west", "é"] as [RegionID] {
          #expect(try memory.grant(sku, channel, region) == sqlite.grant(sku, channel, region))
        }
        #expect(try memory.terms(of: channel) == sqlite.terms(of: channel))
      }
      #expect(try memory.events(waitingFor: "sku:\(sku)") == sqlite.events(waitingFor: "sku:\(sku)"))
    }
    for hours in [0, 200, 399] {
      let time = Instant.start + hours
      #expect(try memory.activeClaims(expiringBy: time) == sqlite.activeClaims(expiringBy: time))
    }
    for node in ["west", "east", "north", "unknown"] as [NodeID] {
      #expect(try memory.heardAt(node) == sqlite.heardAt(node))
      #expect(try memory.fallback(of: .node(node)) == sqlite.fallback(of: .node(node)))
    }
    for supplier in ["acme", "é", "e\u{301}"] as [SupplierID] {
      #expect(try memory.fallback(of: .supplier(supplier)) == sqlite.fallback(of: .supplier(supplier)))
    }
    for order in ["po2", "po10", "unknown"] as [PurchaseOrderID] {
      #expect(try memory.purchaseOrderLines(of: order) == sqlite.purchaseOrderLines(of: order))
    }
    #expect(try memory.suppliers() == sqlite.suppliers())
    for supplier in ["acme", "best", "unknown"] as [SupplierID] {
      #expect(try memory.supplier(supplier) == sqlite.supplier(supplier))
      #expect(try memory.deliveries(of: supplier) == sqlite.deliveries(of: supplier))
      #expect(try memory.itemsAwaited(from: supplier) == sqlite.itemsAwaited(from: supplier))
    }
    for transfer in ["t1", "t2", "unknown"] as [TransferID] {
      #expect(try memory.hasTransfer(transfer) == sqlite.hasTransfer(transfer))
      #expect(try memory.transferLines(of: transfer) == sqlite.transferLines(of: transfer))
      for line in ["1", "2"] {
        #expect(try memory.transferLine(transfer, line) == sqlite.transferLine(transfer, line))
      }
    }
    for number in 1...12 {
      #expect(try memory.claim(Int64(number)) == sqlite.claim(Int64(number)))
      let order = OrderID("o\(number)")
      for line in ["1", "2", "10", "x"] {
        #expect(try memory.line(order, line) == sqlite.line(order, line))
        #expect(try memory.activeClaims(of: order, line) == sqlite.activeClaims(of: order, line))
      }
    }
  }
}
