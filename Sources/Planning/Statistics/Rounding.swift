import Operations

// Where floating-point numbers become whole ones, and back.

extension Millionths {
  var value: Double { Double(count) / 1_000_000 }

  /// The nearest number of millionths.
  /// - Returns: nil for what is no number, infinite or beyond ±`Limits.quantity`.
  public init?(_ value: Double) {
    guard abs(value) <= Double(Limits.quantity) else { return nil }
    self.init(count: Int64((value * 1_000_000).rounded()))
  }
}

extension TimeSpan {
  var days: Double { Double(milliseconds) / Double(TimeSpan.day.milliseconds) }
}

extension Velocity {
  /// A forecast from outside in place of what was measured, as textbook instances have it. Plans measure, and scale that by
  /// the policy's `forecast_adjustment`.
  ///
  /// - Parameter deviation: of the demand of one day; nil when the forecast does not say.
  /// - Throws: when a number is none, infinite, negative or beyond any quantity.
  public init(forecastPerDay: Double, deviation: Double?) throws(ReplenishmentProblem) {
    guard let perDay = Millionths(forecastPerDay) else { throw .notAQuantity(.forecast) }
    guard perDay >= .zero else { throw .negative(.forecast) }
    var spread: Millionths?
    if let deviation {
      guard let rounded = Millionths(deviation) else { throw .notAQuantity(.forecastDeviation) }
      guard rounded >= .zero else { throw .negative(.forecastDeviation) }
      spread = rounded
    }
    self.init(perDay: perDay, deviation: spread, days: nil, zeroDays: 0)
  }

  /// The mean and the sample deviation, by n − 1, of a number of days.
  ///
  /// n·Σx² − (Σx)² is exact in 128 bits; only its root is not.
  init(days: Int64, zeroDays: Int64, sum: Int128, squares: Int128) {
    guard days > 0 else {
      self.init(perDay: .zero, deviation: nil, days: 0, zeroDays: 0)
      return
    }
    let count = Int128(days)
    let perDay = Millionths(count: Int64((sum * 1_000_000 + count / 2) / count))
    let variance = days < 2 ? nil : Double(count * squares - sum * sum) / Double(count * (count - 1))
    self.init(
      perDay: perDay, deviation: variance.flatMap { Millionths($0.squareRoot()) }, days: days, zeroDays: zeroDays)
  }
}
