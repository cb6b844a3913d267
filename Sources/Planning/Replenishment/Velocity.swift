public import Operations

/// How fast an item sells, from the days on which it could be bought.
public struct Velocity: Hashable, Sendable {
  /// Mean units a day.
  public var perDay: Millionths
  /// σ_d, the sample deviation of the demand of one day; nil when fewer than two days say something of it.
  public var deviation: Millionths?
  /// The days that were counted; nil for a forecast.
  public var days: Int64?
  /// Of `days`, those on which nothing was sold.
  public var zeroDays: Int64

  public init(perDay: Millionths, deviation: Millionths?, days: Int64?, zeroDays: Int64) {
    self.perDay = perDay
    self.deviation = deviation
    self.days = days
    self.zeroDays = zeroDays
  }

  /// Whether nothing was sold on more than 40% of the days: a normal distribution then says little.
  public var isIntermittent: Bool { zeroDays * 5 > (days ?? 0) * 2 }

  /// Whether so few days were counted that they say little: less than one of each day of the week.
  public var isFewDays: Bool { days.map { $0 < 7 } ?? false }

  /// Measures the demand of a window.
  ///
  /// A day without stock is no day without demand: it is left out, and with it what was sold before stock ran out.
  /// - Parameters:
  ///   - sold: units by day, in any order; several of one day add up, and a day that is missing sold nothing.
  ///   - window: days since any fixed day, such as 1970-01-01; what was sold outside is ignored.
  ///   - outOfStock: days on which the item could not be bought for some of the day.
  /// - Precondition: the window has at most a million days, which keeps the sums within 128 bits.
  /// - Throws: `.negative(.demand)` when the units of a day are below 0, `.notAQuantity(.demand)` above any quantity.
  public init(
    sold: some Sequence<(day: Int64, units: Quantity)>, window: Range<Int64>, outOfStock: Set<Int64>
  ) throws(ReplenishmentProblem) {
    precondition(window.count <= 1_000_000)
    var demand = ContiguousArray<Quantity>(repeating: 0, count: window.count)
    for (day, units) in sold where window.contains(day) && !outOfStock.contains(day) {
      let index = Int(day - window.lowerBound)
      guard units >= 0 else { throw .negative(.demand) }
      guard units <= Limits.quantity - demand[index] else { throw .notAQuantity(.demand) }
      demand[index] += units
    }
    let days = Int64(window.count) - Int64(outOfStock.count(where: window.contains))
    var (sum, squares, sellingDays) = (Int128(0), Int128(0), Int64(0))
    for units in demand where units > 0 {
      sum += Int128(units)
      squares += Int128(units) * Int128(units)
      sellingDays += 1
    }
    self.init(days: days, zeroDays: days - sellingDays, sum: sum, squares: squares)
  }
}
