import Operations

/// A demand that waits for its turn to be released to the warehouse.
struct QueuedDemand: Hashable, Sendable {
  var id: OrderID
  var units: Quantity
  /// The highest goes first.
  var priority: Int64
  /// Since when it waits; of two with one priority the earlier goes first.
  var since: Instant
  /// When it is to leave.
  var due: Instant
  /// Released already: its units are as good as gone.
  var isReleased: Bool

  /// By priority, then by age, then by id; what is released stands before all else.
  func isAhead(of other: QueuedDemand) -> Bool {
    if isReleased != other.isReleased { return isReleased }
    if priority != other.priority { return priority > other.priority }
    if since != other.since { return since < other.since }
    return id < other.id
  }
}

/// What each demand can be promised of one item's stock behind all that stand ahead of it: the order of release by the
/// book, which what plans claim is held against.
///
/// max(0, min(units, on hand − Σ units of those ahead)). Those ahead count with all they want, not with what they can get:
/// a small order never slips past a large one that waits.
/// - Parameters:
///   - demands: of one item, in any order.
///   - horizon: what is due after it and not released takes nothing and gets nothing yet; nil: all counts.
/// - Returns: units beside `demands`.
/// - Source: domain.md §2.2, "ordered ATP"; OCA `stock_available_to_promise_release`, `previous_promised_qty`.
func orderedATP(_ demands: [QueuedDemand], onHand: Quantity, horizon: Instant? = nil) -> [Quantity] {
  var result = demands.map { _ in Quantity(0) }
  let queue = demands.indices.filter { index in
    guard let horizon, !demands[index].isReleased else { return true }
    return demands[index].due <= horizon
  }
  var left = onHand
  for index in queue.sorted(by: { demands[$0].isAhead(of: demands[$1]) }) {
    result[index] = max(0, min(demands[index].units, left))
    left -= demands[index].units
  }
  return result
}
