import Operations
import Testing

@testable import Planning

/// The golden vectors of domain.md §2.5 and its edges.
@Suite struct ReplenishmentTests {
  static func days(_ count: Double) -> TimeSpan { TimeSpan(milliseconds: Int64(count * 86_400_000)) }

  /// d = 100, σ_d = 20 from thirty days without a day of nothing.
  static let steady = Velocity(
    perDay: Millionths(units: 100), deviation: Millionths(units: 20), days: 30, zeroDays: 0)

  /// L = 9 days, σ_L = 2 days.
  static func rule(_ service: ServiceLevel = .cycle(.percent(95))) -> ReplenishmentRule {
    var rule = ReplenishmentRule(service: service, leadTime: days(9))
    rule.leadTimeDeviation = days(2)
    return rule
  }

  static func position(_ units: Quantity) -> InventoryPosition {
    InventoryPosition(onHand: units, onOrder: 0, backorders: 0)
  }

  /// What of a number agrees with the four digits of a published one.
  private func rounded(_ number: Millionths?) -> Int64? { number.map { ($0.count + 50) / 100 } }

  @Test func continuousReview() throws {
    var rule = Self.rule()
    rule.orderUpTo = .units(1000)
    let levels = try StockLevels(rule, velocity: Self.steady)
    #expect(levels.model == .normal)
    #expect(levels.serviceFactor?.count == 1_644_854)
    #expect(levels.leadTimeDeviation.count == 208_806_130)
    #expect(levels.leadTimeDemand == Millionths(units: 900))
    #expect(rounded(levels.exactSafetyStock) == 3_434_555)
    #expect(rounded(levels.exactCover) == 12_434_555)
    #expect(levels.safetyStock == 344)
    #expect(levels.reorderPoint == 1244)
    #expect(levels.orderUpTo == 2244)
    #expect(levels.expectedFillRate?.partsPerMillion == 995_637)
    #expect(!levels.isLowConfidence)
  }

  @Test func periodicReview() throws {
    var rule = Self.rule()
    rule.review = .periodic(Self.days(5))
    let levels = try StockLevels(rule, velocity: Self.steady)
    #expect(levels.protectedTime == Self.days(14))
    #expect(rounded(levels.exactCover) == 17_512_446)
    #expect(levels.orderUpTo == 1752)
    #expect(levels.reorderPoint == 1751)
    #expect(levels.usualOrder == 500)
  }

  @Test func fillRate() throws {
    var rule = Self.rule(.fill(.percent(98)))
    rule.orderUpTo = .units(1000)
    let levels = try StockLevels(rule, velocity: Self.steady)
    #expect(levels.serviceFactor?.count == 925_730)
    #expect(levels.exactSafetyStock.count == 193_298_144)
    #expect(levels.reorderPoint == 1094)
    #expect(levels.expectedFillRate == .percent(98))
  }

  @Test(
    arguments: [
      (101, 0), (100, 216), (40, 264), (-20, 336), (300, 0), (Limits.quantity, 0),
    ] as [(Quantity, Quantity)])
  func orders(position: Quantity, expected: Quantity) {
    #expect(
      orderQuantity(position: position, reorderPoint: 100, orderUpTo: 300, minimum: 150, multiple: 24) == expected)
  }

  @Test func zones() throws {
    var rule = ReplenishmentRule(service: .cycle(.percent(95)), leadTime: Self.days(10))
    rule.minimumOrder = 150
    rule.zones = BufferZones.Rule(
      leadTimeFactor: .percent(50), variabilityFactor: .percent(40), orderCycle: Self.days(7))
    let velocity = Velocity(perDay: Millionths(units: 20), deviation: nil, days: 30, zeroDays: 0)
    let levels = try StockLevels(rule, velocity: velocity)
    let zones = try #require(levels.zones)
    #expect([zones.topOfRed, zones.topOfYellow, zones.topOfGreen] == [140, 340, 490])
    #expect(try levels.decide(rule, position: Self.position(340)).quantity == 150)
    #expect(try levels.decide(rule, position: Self.position(341)).quantity == 0)
  }

  /// A third of a unit a day for a day is a whole unit in each zone, and what is whole stays so.
  @Test func zonesRoundUpOnce() {
    let rule = BufferZones.Rule(leadTimeFactor: .all, variabilityFactor: .none, orderCycle: Self.days(0))
    let third = BufferZones(rule, perDay: Millionths(count: 333_333), leadTime: Self.days(1), minimumOrder: 0)
    #expect(third.map { [$0.red, $0.yellow, $0.green] } == [1, 1, 1])
    let whole = BufferZones(rule, perDay: Millionths(count: 1_100_000), leadTime: Self.days(10), minimumOrder: 0)
    #expect(whole.map { [$0.red, $0.yellow, $0.green] } == [11, 11, 11])
  }

  @Test func aDecisionCountsWhatIsOnOrderAndOwed() throws {
    var rule = Self.rule()
    rule.orderUpTo = .days(Self.days(3))
    rule.orderMultiple = 10
    let position = InventoryPosition(onHand: 900, onOrder: 400, backorders: 56)
    let decision = try replenish(rule, velocity: Self.steady, position: position)
    #expect(decision.position == 1244)
    #expect(decision.levels.orderUpTo == 1544)
    #expect(decision.quantity == 300)
  }

  // MARK: Edges

  @Test func withoutLeadTimeNothingIsKept() throws {
    let rule = ReplenishmentRule(service: .cycle(.percent(99)), leadTime: Self.days(0))
    let levels = try StockLevels(rule, velocity: Self.steady)
    #expect(levels.safetyStock == 0 && levels.serviceFactor == nil)
    #expect(levels.orderUpTo == 0 && levels.reorderPoint == -1)
  }

  /// SS = d·z·σ_L when only the lead time varies.
  @Test func anUncertainArrivalNeedsStockWithoutLeadTime() throws {
    var rule = ReplenishmentRule(service: .cycle(.percent(95)), leadTime: Self.days(0))
    rule.leadTimeDeviation = Self.days(1)
    #expect(try StockLevels(rule, velocity: Self.steady).safetyStock == 165)
  }

  @Test func aLowServiceKeepsTheMeanUnlessItMayNot() throws {
    var rule = Self.rule(.cycle(.percent(30)))
    #expect(try StockLevels(rule, velocity: Self.steady).exactSafetyStock == .zero)
    rule.mayUndercutMean = true
    let levels = try StockLevels(rule, velocity: Self.steady)
    #expect(levels.serviceFactor?.count == -524_401)
    #expect(levels.exactCover < levels.leadTimeDemand)
    #expect(levels.safetyStock == -109)
  }

  @Test func tooFewDaysUseTheDefaultVariation() throws {
    var rule = Self.rule()
    rule.defaultVariation = .percent(20)
    let once = try Velocity(sold: [(day: 3, units: 100)], window: 3..<4, outOfStock: [])
    #expect(once.deviation == nil)
    let levels = try StockLevels(rule, velocity: once)
    #expect(levels.isLowConfidence)
    #expect(levels.deviationPerDay == Millionths(units: 20))
    #expect(rounded(levels.exactCover) == 12_434_555)
  }

  /// One good day after the catalogue named an item is no week of sales.
  @Test(arguments: [(2, true), (6, true), (7, false)] as [(Int64, Bool)]) func aFewDaysAreDoubtful(
    days: Int64, isLow: Bool
  ) throws {
    let velocity = try Velocity(
      sold: (0..<days).map { (day: $0, units: 10 + $0 % 2) }, window: 0..<28, outOfStock: Set(days..<28))
    #expect(try StockLevels(Self.rule(), velocity: velocity).isLowConfidence == isLow)
  }

  @Test func anItemThatWasNeverThereUsesTheDefaultDemand() throws {
    var rule = Self.rule()
    let never = try Velocity(sold: [(day: 1, units: 5)], window: 0..<3, outOfStock: [0, 1, 2, 77])
    #expect(never == Velocity(perDay: .zero, deviation: nil, days: 0, zeroDays: 0))
    #expect(try replenish(rule, velocity: never, position: Self.position(0)).quantity == 0)
    rule.defaultPerDay = Millionths(units: 100)
    rule.defaultVariation = .percent(20)
    let levels = try StockLevels(rule, velocity: never)
    #expect(levels.isLowConfidence && rounded(levels.exactCover) == 12_434_555)
  }

  /// Dead stock is not refilled, but what is owed is ordered.
  @Test(arguments: [false, true]) func whatNobodyBuysIsNotOrdered(hasZones: Bool) throws {
    var rule = Self.rule()
    rule.minimumOrder = 12
    rule.orderUpTo = .units(100)
    if hasZones {
      rule.zones = BufferZones.Rule(
        leadTimeFactor: .percent(50), variabilityFactor: .none, orderCycle: Self.days(7))
    }
    let dead = try Velocity(sold: [], window: 0..<90, outOfStock: [])
    #expect(try replenish(rule, velocity: dead, position: Self.position(0)).quantity == 0)
    #expect(try replenish(rule, velocity: dead, position: Self.position(-3)).quantity == 12)
    let stopped = try Velocity(forecastPerDay: 0, deviation: 0)
    rule.defaultPerDay = Millionths(units: 5)
    #expect(try replenish(rule, velocity: stopped, position: Self.position(0)).quantity == 0)
  }

  @Test func theAdjustmentScalesDemandAndItsSpread() throws {
    var rule = Self.rule()
    rule.adjustment = .percent(150)
    let levels = try StockLevels(rule, velocity: Self.steady)
    #expect(levels.perDay == Millionths(units: 150) && levels.deviationPerDay == Millionths(units: 30))
    #expect(levels.exactCover.count == 1_865_183_281)
  }

  /// Half of the days sold nothing: 1 and 2 units by turns. Mean 0.75 a day and variance below it: Poisson.
  @Test func intermittentDemandIsCounted() throws {
    let sold = (0..<40 as Range<Int64>).compactMap { day -> (day: Int64, units: Quantity)? in
      day % 2 == 0 ? (day, day % 4 == 0 ? 1 : 2) : nil
    }
    let velocity = try Velocity(sold: sold, window: 0..<40, outOfStock: [])
    #expect(velocity.isIntermittent && velocity.perDay.count == 750_000 && velocity.zeroDays == 20)
    let levels = try StockLevels(
      ReplenishmentRule(service: .cycle(.percent(95)), leadTime: Self.days(8)), velocity: velocity)
    #expect(levels.model == .poisson && levels.serviceFactor == nil)
    // P(Poisson(6) ≤ 10) = 0.9574, and ≤ 9 is 0.9161.
    #expect(levels.exactCover == Millionths(units: 10) && levels.safetyStock == 4)
  }

  /// Eighty units every tenth day: variance 640 a day against a mean of 8.
  @Test func burstsAreNotNormal() throws {
    let sold = (0..<10 as Range<Int64>).map { (day: $0 * 10, units: Quantity(80)) }
    let velocity = try Velocity(sold: sold, window: 0..<100, outOfStock: [])
    var rule = ReplenishmentRule(service: .cycle(.percent(95)), leadTime: Self.days(4))
    #expect(try StockLevels(rule, velocity: velocity).model == .negativeBinomial)
    let bulk = Velocity(
      perDay: Millionths(units: 8_000), deviation: Millionths(units: 24_000), days: 100, zeroDays: 90)
    #expect(try StockLevels(rule, velocity: bulk).model == .gamma)
    rule.leadTime = Self.days(36_000)
    #expect(try StockLevels(rule, velocity: bulk).model == .gamma)
  }
}
