import Operations
import Testing

@testable import Planning

@Suite struct VelocityTests {
  /// 4, 0, 8 and a day without stock on which 1 was sold before: mean 4, σ = 4.
  @Test func daysWithoutStockAreNoDaysWithoutDemand() throws {
    let sold: [(day: Int64, units: Quantity)] = [(10, 3), (12, 8), (10, 1), (13, 1), (9, 99), (14, 99)]
    let velocity = try Velocity(sold: sold, window: 10..<14, outOfStock: [13, 20])
    #expect(
      velocity == Velocity(perDay: Millionths(units: 4), deviation: Millionths(units: 4), days: 3, zeroDays: 1))
    let uncorrected = try Velocity(sold: sold, window: 10..<14, outOfStock: [])
    #expect(uncorrected.perDay.count == 3_250_000)
  }

  /// Two thirds of a unit a day: rounded once, to the nearest millionth.
  @Test func ratesAreRoundedOnce() throws {
    let velocity = try Velocity(sold: [(day: 0, units: 2)], window: 0..<3, outOfStock: [])
    #expect(velocity.perDay.count == 666_667)
    #expect(velocity.deviation?.count == 1_154_701)
  }

  @Test func intermittentIsMoreThanTwoFifths() throws {
    let sold = (0..<6 as Range<Int64>).map { (day: $0, units: Quantity(1)) }
    #expect(try !Velocity(sold: sold, window: 0..<10, outOfStock: []).isIntermittent)
    #expect(try Velocity(sold: sold, window: 0..<11, outOfStock: []).isIntermittent)
  }

  @Test func theLargestQuantitiesFit() throws {
    let sold = (0..<3_660 as Range<Int64>).map { (day: $0, units: $0 % 2 == 0 ? Limits.quantity : 0) }
    let velocity = try Velocity(sold: sold, window: 0..<3_660, outOfStock: [])
    #expect(velocity.perDay == Millionths(units: Limits.quantity / 2))
    #expect(velocity.deviation ?? .zero > Millionths(units: Limits.quantity / 2))
  }

  @Test func noDemandIsNegativeOrBeyondAnyQuantity() {
    #expect(throws: ReplenishmentProblem.negative(.demand)) {
      try Velocity(sold: [(day: 0, units: -1)], window: 0..<2, outOfStock: [])
    }
    #expect(throws: ReplenishmentProblem.notAQuantity(.demand)) {
      try Velocity(sold: [(day: 0, units: .max), (day: 0, units: .max)], window: 0..<2, outOfStock: [])
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e13]) func aForecastIsANumber(value: Double) {
    #expect(throws: ReplenishmentProblem.notAQuantity(.forecast)) {
      try Velocity(forecastPerDay: value, deviation: nil)
    }
    #expect(throws: ReplenishmentProblem.notAQuantity(.forecastDeviation)) {
      try Velocity(forecastPerDay: 1, deviation: value)
    }
  }

  @Test func aForecastIsNotNegative() throws {
    #expect(throws: ReplenishmentProblem.negative(.forecast)) { try Velocity(forecastPerDay: -1, deviation: nil) }
    #expect(throws: ReplenishmentProblem.negative(.forecastDeviation)) {
      try Velocity(forecastPerDay: 1, deviation: -1)
    }
    let forecast = try Velocity(forecastPerDay: 2.5, deviation: 1)
    #expect(forecast.perDay.count == 2_500_000 && forecast.days == nil && !forecast.isIntermittent)
  }

  @Test(
    arguments: [
      (343_455_500, "343.4555", 344), (-2_000_000, "-2", -2), (-500_000, "-0.5", 0), (1, "0.000001", 1), (0, "0", 0),
    ] as [(Int64, String, Int64)])
  func millionthsAreWrittenAndRounded(count: Int64, text: String, up: Int64) {
    #expect(Millionths(count: count).description == text)
    #expect(Millionths(count: count).roundedUp == up)
  }
}
