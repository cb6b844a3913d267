import Operations

/// An answer for one order: which options ship, and what.
struct RoutePlan: Hashable {
  struct Part: Hashable {
    /// An index of the order's canonical options.
    let option: Int
    let units: [Units]
  }

  struct Units: Hashable {
    let line: Int
    let quantity: Quantity
  }

  /// With prices where the task had some.
  var cost: Int64
  /// In canonical order.
  var parts: [Part] = []

  /// The order unfilled. Its cost fits 64 bits unless the order is too large.
  static func nothing(_ order: TableOrder) -> RoutePlan {
    RoutePlan(cost: order.lines.reduce(0) { $0 + $1.quantity * $1.penalty })
  }

  /// Domain.md §3: cost, parcels, latest promised date, then the locations in order of rank and id; services last.
  func isBetter(than other: RoutePlan, of order: TableOrder) -> Bool {
    if cost != other.cost { return cost < other.cost }
    if parts.count != other.parts.count { return parts.count < other.parts.count }
    let promised = (latest(order), other.latest(order))
    if promised.0 != promised.1 { return promised.0 < promised.1 }
    let pairs = zip(parts, other.parts).map { (order.options[$0.option], order.options[$1.option]) }
    for (own, others) in pairs where own.location != others.location { return own.location < others.location }
    for (own, others) in pairs where own.service != others.service { return own.service < others.service }
    return false
  }

  func latest(_ order: TableOrder) -> Instant {
    parts.reduce(.distantPast) { max($0, order.options[$1.option].promised) }
  }

  /// The cost without prices, term by term.
  func terms(_ order: TableOrder) -> RoutingTerms {
    var terms = RoutingTerms()
    terms.unfilled = order.lines.reduce(0) { $0 + $1.quantity * $1.penalty }
    for part in parts {
      terms.fixed += order.options[part.option].fixed
      terms.late += order.options[part.option].late
      for units in part.units {
        terms.units += units.quantity * order.costs[part.option * order.lines.count + units.line]
        terms.unfilled -= units.quantity * order.lines[units.line].penalty
      }
    }
    terms.split = order.splitPenalty * Int64(max(0, parts.count - 1))
    return terms
  }
}
