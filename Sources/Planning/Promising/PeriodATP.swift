public import Operations

/// Available to promise by period: the older forms, for showing a schedule as planners know it.
///
/// Promises are made with `LookAheadATP`, not with these. A shortage stays in its period here while supply of later
/// periods is still offered whole, so that a later receipt can raise what accumulates.
/// - Source: domain.md §2.2; Oracle Inventory, docs.oracle.com/cd/A60725_05, "ATP Calculations"; for the discrete form the
///   APICS dictionary, "discrete available-to-promise".
public enum PeriodATP {
  /// Supply − demand of each period by itself.
  /// - Parameters:
  ///   - supply: by period, with what is on hand in the first; periods that one list lacks count as 0 in it.
  public static func period(supply: [Quantity], demand: [Quantity]) -> [Quantity] {
    (0..<max(supply.count, demand.count)).map { period in
      (period < supply.count ? supply[period] : 0) - (period < demand.count ? demand[period] : 0)
    }
  }

  /// Backward consumption: a period below 0 borrows from the nearest earlier ones above 0, and keeps what nobody can lend.
  /// - Returns: the same total as `periods`.
  public static func backward(_ periods: [Quantity]) -> [Quantity] {
    var result = periods
    // The periods above 0 so far, the nearest last.
    var lenders: [Int] = []
    for period in result.indices {
      while result[period] < 0, let lender = lenders.last {
        let units = min(result[lender], -result[period])
        result[lender] -= units
        result[period] += units
        if result[lender] == 0 { lenders.removeLast() }
      }
      if result[period] > 0 { lenders.append(period) }
    }
    return result
  }

  /// Carries what is above 0 into every later period; what is below 0 stays where it is and is not netted later.
  /// - Parameter backward: after backward consumption.
  public static func accumulated(_ backward: [Quantity]) -> [Quantity] {
    var carried: Quantity = 0
    return backward.map { units in
      guard units >= 0 else { return units }
      carried += units
      return carried
    }
  }

  /// The APICS form: only the first period and those with a receipt offer anything, each after all orders until the next
  /// receipt, and what falls short is borrowed backward.
  /// - Parameters:
  ///   - receipts: of the master schedule, by period.
  ///   - orders: booked, by period; periods that one list lacks count as 0 in it.
  public static func discrete(onHand: Quantity, receipts: [Quantity], orders: [Quantity]) -> [Quantity] {
    backward(rawDiscrete(onHand: onHand, receipts: receipts, orders: orders))
  }

  /// The discrete form before anything is borrowed.
  static func rawDiscrete(onHand: Quantity, receipts: [Quantity], orders: [Quantity]) -> [Quantity] {
    var offered = (0..<max(receipts.count, orders.count)).map { _ in Quantity(0) }
    var receiving = 0
    for period in offered.indices {
      let received = period < receipts.count ? receipts[period] : 0
      if received > 0 { receiving = period }
      offered[receiving] += (period == 0 ? onHand : 0) + received - (period < orders.count ? orders[period] : 0)
    }
    return offered
  }
}
