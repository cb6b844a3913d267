public import Operations

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
