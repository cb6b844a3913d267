public import Operations

// What purchase orders brought in lately.
extension InMemoryStore {
  public func lastReceipt(of sku: SKU) throws -> Int32? { state.shelves[sku]?.receipts.last?.hour }

  public func add(_ receipts: Receipts, of sku: SKU) throws {
    try check(receipts.units > 0 ? nil : "a receipt of nothing")
    name(receipts.node)
    editShelf(of: sku) { shelf in
      var place = shelf.receipts.endIndex
      func key(_ one: Receipts) -> (Int32, NodeID) { (one.hour, one.node) }
      while place > 0, key(receipts) < key(shelf.receipts[place - 1]) { place -= 1 }
      if place > 0, key(shelf.receipts[place - 1]) == key(receipts) {
        shelf.receipts[place - 1].units += receipts.units
      } else {
        shelf.receipts.insert(receipts, at: place)
      }
    }
  }

  public func removeReceipts(of sku: SKU, before hour: Int32) throws {
    guard state.shelves[sku]?.receipts.first.map({ $0.hour < hour }) == true else { return }
    editShelf(of: sku) { $0.receipts.removeAll { $0.hour < hour } }
  }

  public func eachReceipts(_ body: (SKU, Receipts) throws -> Void) throws {
    for (sku, shelf) in state.shelves.sorted(by: { $0.key < $1.key }) {
      for receipts in shelf.receipts { try body(sku, receipts) }
    }
  }
}

// Suppliers and their deliveries.
extension InMemoryStore {
  public func itemsAwaited(from supplier: SupplierID) throws -> [SKU] {
    state.shelves.filter { $0.value.inbound.values.contains { $0.supplier == supplier } }.keys.sorted()
  }

  public func supplier(_ supplier: SupplierID) throws -> SupplierRow? { state.suppliers[supplier] }

  public func put(_ supplier: SupplierRow) throws { write(\.suppliers, supplier.supplier, supplier) }

  public func suppliers() throws -> [SupplierRow] {
    state.suppliers.sorted { $0.key < $1.key }.map(\.value)
  }

  public func clearSupplierMarks() throws {
    for var row in state.suppliers.values where row.isDirty {
      row.isDirty = false
      write(\.suppliers, row.supplier, row)
    }
  }

  public func delivery(_ reference: String) throws -> DeliveryRow? { state.deliveries[Name(reference)] }

  public func put(_ delivery: DeliveryRow) throws {
    let name = Name(delivery.reference)
    if let old = state.deliveries[name], old.delivery.supplier != delivery.delivery.supplier {
      let rest = (state.deliveriesOf[old.delivery.supplier] ?? []).subtracting([name])
      write(\.deliveriesOf, old.delivery.supplier, rest.isEmpty ? nil : rest)
    }
    write(\.deliveries, name, delivery)
    let all = (state.deliveriesOf[delivery.delivery.supplier] ?? []).union([name])
    write(\.deliveriesOf, delivery.delivery.supplier, all)
  }

  public func deliveries(of supplier: SupplierID) throws -> [Delivery] {
    (state.deliveriesOf[supplier] ?? []).sorted().compactMap { state.deliveries[$0]?.delivery }
  }

  func supplierRecords(_ scope: Snapshot.Scope) throws -> [SupplierID: SupplierRecord] {
    try state.suppliers.mapValues { row in
      SupplierRecord(
        standing: row.standing, deliveries: scope == .all || row.isDirty ? try deliveries(of: row.supplier) : nil)
    }
  }
}
