extension Schema {
  /// In the order in which they are taken; a new one comes last.
  static let steps = [
    first, promises, receipts, decidingPolicies, sales, cancelledTransfers, regionalSupply, workDays, itemAge,
  ]
}
