import Operations

// What a single row can promise whatever the rules do. A database states the same as constraints, so that a store that
// keeps rows in memory refuses exactly what it would refuse.

extension ItemRow {
  var brokenPromise: String? {
    claimed < 0 || pools.values.contains { $0.claimed < 0 } ? "an item's claimed units are below 0" : nil
  }
}

extension PositionRow {
  var brokenPromise: String? {
    if allocated < 0 { return "a position's allocated units are below 0" }
    return safetyStock < 0 ? "a position's safety stock is below 0" : nil
  }
}

extension GrantRow {
  var brokenPromise: String? {
    if let grant, grant.protected < 0 { return "a grant's protected units are below 0" }
    if sold < 0 { return "a channel has sold less than nothing" }
    return activeProtected < 0 || activeShared < 0 ? "a grant's active units are below 0" : nil
  }
}

extension LedgerEntry {
  var brokenPromise: String? {
    if quantity <= 0 { return "a ledger entry moves no units" }
    return from == to ? "a ledger entry moves units to where they are" : nil
  }
}

extension OrderLineRow {
  var brokenPromise: String? {
    ordered < 0 || cancelled < 0 || shipped < 0 || claimed < 0 ? "an order line's units are below 0" : nil
  }
}

extension ClaimRow {
  var brokenPromise: String? {
    if quantity < 0 { return "a claim's units are below 0" }
    if service != nil, node == nil { return "a claim leaves by a service, and from no node" }
    if node != nil, pool.isInbound { return "a claim of what is to come is on a node" }
    return quantity == 0 && state == .active ? "an active claim holds no units" : nil
  }
}

extension PurchaseOrderLineRow {
  var brokenPromise: String? {
    ordered < 0 || received < 0 || cancelled < 0 ? "a purchase order line's units are below 0" : nil
  }
}

extension TransferLineRow {
  var brokenPromise: String? {
    dispatched < 0 || received < 0 || cancelled < 0 ? "a transfer's units are below 0" : nil
  }
}

extension UsageChange {
  var brokenPromise: String? {
    claimed < 0 || protected < 0 || protectedShipped < 0 || sold < 0
      ? "the units used in an hour are below 0" : nil
  }
}

extension AuditBatch {
  var brokenPromise: String? { last < first ? "an audit batch ends before it begins" : nil }
}

extension StoreError {
  /// A row that no rule should ever write: our mistake, not the caller's.
  public static func refusedRow(_ reason: String) -> StoreError {
    StoreError(
      kind: .other, message: "the store refused a row: \(reason)",
      hint: "nothing was changed; this is a bug in Purser, please report it")
  }
}
