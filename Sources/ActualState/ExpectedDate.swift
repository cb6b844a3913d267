public import Operations

extension PurchaseOrderLineRow {
  /// When the last of some of the open units is to come, as the supplier says, and the ship notice that says so; nil where
  /// it is the purchase order itself.
  ///
  /// A ship notice tells of goods that have left, so it counts for its units whatever date of the purchase order came
  /// after it; that date counts for the units that no notice is about. What comes first is for those who waited first.
  /// - Parameter ahead: units that others wait for who come before.
  public func expected(_ units: Quantity, behind ahead: Quantity) -> (at: Instant, notice: String?) {
    var rest = open
    var parts: [(at: Instant, notice: String?, units: Quantity)] = []
    for notice in shipNotices.sorted(by: { $0.id.isBytewiseLess(than: $1.id) }) where notice.open > 0 {
      parts.append((notice.eta, notice.id, min(rest, notice.open)))
      rest -= min(rest, notice.open)
    }
    if rest > 0 || parts.isEmpty { parts.append((eta, nil, rest)) }
    parts.sort { ($0.at, $0.notice ?? "") < ($1.at, $1.notice ?? "") }
    var sum: Quantity = 0
    let part = parts.first { part in
      sum += part.units
      return sum >= ahead + units
    }
    return (part ?? parts.last).map { ($0.at, $0.notice) } ?? (eta, nil)
  }
}
