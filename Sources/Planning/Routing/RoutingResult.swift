import Operations

/// The routes of a batch, beside its orders.
public struct RoutingResult: Hashable, Sendable {
  public var routes: [OrderRoute]
  /// Whether no other way to route the whole batch is cheaper.
  public var isProved: Bool

  /// Saturates where only absurd amounts reach.
  public var cost: Int64 {
    routes.reduce(0) { sum, route in
      let (next, overflow) = sum.addingReportingOverflow(route.terms.total)
      return overflow ? .max : next
    }
  }
}

/// What ships from where for one order, and why.
public struct OrderRoute: Hashable, Sendable {
  /// By location in tie-break order, then by line.
  public var shipments: [RoutedShipment] = []
  public var terms = RoutingTerms()
  public var parcels = 0
  /// Whether nothing is better for this order, given what the other orders of the batch take.
  public var isProved = true
  /// The order's amounts are beyond what is computed exactly: nothing of it is routed, and its terms are not worked out.
  public var isTooLarge = false
  /// The next best answer that leaves out at least one of the chosen locations; for an order of which nothing ships,
  /// the cheapest that ships something. Nil when there is none, when no explanation was asked for, and for an order
  /// beyond the exact limits.
  public var runnerUp: RoutingRunnerUp?
  /// What would make the order cheaper if it gave way; not worked out for an order beyond the exact limits.
  public var binding: [RoutingConstraint] = []
  /// Every option of the order and what became of it, beside `RoutingOrder.options`; empty when not asked for.
  public var candidates: [RoutingCandidate] = []

  /// Units of `line` that nothing covers.
  public func unfilled(line: Int, of quantity: Quantity) -> Quantity {
    quantity - shipments.reduce(0) { $0 + ($1.line == line ? $1.quantity : 0) }
  }
}

/// Units of one line in the parcel of one location. Order, line and location are indexes in the problem.
public struct RoutedShipment: Hashable, Sendable {
  public var order: Int
  public var line: Int
  public var location: Int
  public var service: Int
  public var quantity: Quantity
}

/// The objective, term by term, in minor units.
public struct RoutingTerms: Hashable, Sendable {
  public var fixed: Int64 = 0
  public var units: Int64 = 0
  public var late: Int64 = 0
  public var split: Int64 = 0
  public var unfilled: Int64 = 0

  public var total: Int64 { fixed + units + late + split + unfilled }
}

public struct RoutingRunnerUp: Hashable, Sendable {
  /// Indexes of the problem's locations, in tie-break order; empty for shipping nothing.
  public var locations: [Int]
  public var cost: Int64
}

public enum RoutingConstraint: Hashable, Sendable {
  /// More of the item there would be used.
  case stock(location: Int, item: Int32)
  case unitCapacity(location: Int)
  case shipmentCapacity(location: Int)
  case parcelLimit
  case shipComplete
  case splitThreshold
  case splitMode
}

/// What became of one option of an order.
public enum RoutingCandidate: Hashable, Sendable {
  case chosen
  case closed(RoutingClosure)
  /// Nothing that the order wants and may take is there.
  case noStock
  /// The location has no unit or no parcel left.
  case noCapacity
  /// Another location is no dearer in any term and holds all that this one could ship.
  case dominated(by: Int)
  /// Possible, but no cheaper. `alone` is the order's cost from this location only; nil when it may not ship alone.
  case dearer(alone: Int64?)
}
