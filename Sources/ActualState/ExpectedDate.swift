public import Operations

extension PurchaseOrderLineRow {
  /// When the last of the open units is to come, as the supplier says, and the ship notice that says so; nil where it is
  /// the purchase order itself.
  ///
  /// A ship notice tells of goods that have left, so it counts for its units whatever date of the purchase order came
  /// after it; that date counts for the units that no notice is about.
  public var expected: (at: Instant, notice: String?) {
    let noticed = shipNotices.filter { $0.open > 0 }
    let last = noticed.max { ($0.eta, $0.id) < ($1.eta, $1.id) }
    guard let last else { return (eta, nil) }
    let isCovered = noticed.reduce(0) { $0 + $1.open } >= open
    return isCovered || last.eta >= eta ? (last.eta, last.id) : (eta, nil)
  }
}
