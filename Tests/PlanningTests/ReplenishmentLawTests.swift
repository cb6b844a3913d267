import Operations
import TestSupport
import Testing

@testable import Planning

@Suite struct ReplenishmentLawTests {
  struct Case {
    var rule: ReplenishmentRule
    var velocity: Velocity

    init(seed: UInt64) {
      var random = SplitMix64(seed: seed)
      func up(to largest: Int64) -> Int64 { Int64.random(in: 0...largest, using: &random) }
      let rate = Rate(partsPerMillion: 1 + up(to: 999_997)) ?? .percent(95)
      rule = ReplenishmentRule(
        service: up(to: 1) == 0 ? .cycle(rate) : .fill(rate), leadTime: TimeSpan(milliseconds: up(to: 5_000_000_000)))
      rule.leadTimeDeviation = TimeSpan(milliseconds: up(to: 1_000_000_000))
      if up(to: 1) == 0 { rule.review = .periodic(TimeSpan(milliseconds: 1 + up(to: 2_000_000_000))) }
      switch up(to: 2) {
      case 0: rule.orderUpTo = .cover
      case 1: rule.orderUpTo = .days(TimeSpan(milliseconds: up(to: 2_000_000_000)))
      default: rule.orderUpTo = .units(up(to: 5_000))
      }
      rule.minimumOrder = up(to: 2) == 0 ? 0 : up(to: 900)
      rule.orderMultiple = 1 + up(to: 48)
      rule.adjustment = .percent(50 + up(to: 100))
      rule.mayUndercutMean = up(to: 1) == 0
      let days = 2 + up(to: 100)
      let perDay = up(to: 30_000_000)
      velocity = Velocity(
        perDay: Millionths(count: perDay), deviation: Millionths(count: up(to: 3 * perDay)), days: days,
        zeroDays: up(to: days))
      if up(to: 9) == 0 {
        rule.leadTime = TimeSpan(milliseconds: 1 + rule.leadTime.milliseconds)
        rule.zones = BufferZones.Rule(
          leadTimeFactor: rate, variabilityFactor: .percent(up(to: 100)),
          orderCycle: TimeSpan(milliseconds: up(to: 900_000_000)))
      }
    }
  }

  private func cover(_ rule: ReplenishmentRule, _ velocity: Velocity) throws -> Millionths {
    try StockLevels(rule, velocity: velocity).exactCover
  }

  /// 0 if and only if the position is above s; else a multiple, at least the minimum, that lifts it to S or above.
  @Test(arguments: 0..<500 as Range<UInt64>) func ordersAreWholeLots(seed: UInt64) throws {
    let sample = Case(seed: seed)
    let levels = try StockLevels(sample.rule, velocity: sample.velocity)
    #expect(levels.reorderPoint < levels.orderUpTo, "seed \(seed)")
    for position in [-1_000, -1, 0, levels.reorderPoint - 7, levels.reorderPoint, levels.reorderPoint + 1, 9_000] {
      let decision = try levels.decide(sample.rule, position: ReplenishmentTests.position(position))
      guard position <= levels.reorderPoint else {
        #expect(decision.quantity == 0, "seed \(seed)")
        continue
      }
      #expect(decision.quantity > 0 && decision.quantity % sample.rule.orderMultiple == 0, "seed \(seed)")
      #expect(decision.quantity >= sample.rule.minimumOrder, "seed \(seed)")
      #expect(position + decision.quantity >= levels.orderUpTo, "seed \(seed)")
    }
  }

  /// Stock that covers more service, more spread of demand or a longer or less sure lead time is never less.
  ///
  /// By cycle service above the middle: below it more spread keeps less, and with counted demand a whole unit may.
  @Test(arguments: 0..<300 as Range<UInt64>) func safetyStockGrows(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var sample = Case(seed: seed)
    let rate = Int64.random(in: 500_000...990_000, using: &random)
    sample.velocity.zeroDays = 0
    sample.rule.zones = nil
    sample.rule.service = .cycle(try #require(Rate(partsPerMillion: rate)))
    let base = try StockLevels(sample.rule, velocity: sample.velocity)

    var better = sample.rule
    better.service = .cycle(try #require(Rate(partsPerMillion: rate + 9_000)))
    #expect(
      try StockLevels(better, velocity: sample.velocity).exactSafetyStock >= base.exactSafetyStock, "seed \(seed)")
    var longer = sample.rule
    longer.leadTime = TimeSpan(milliseconds: longer.leadTime.milliseconds + 90_000_000)
    #expect(
      try StockLevels(longer, velocity: sample.velocity).exactSafetyStock >= base.exactSafetyStock, "seed \(seed)")
    var vaguer = sample.rule
    vaguer.leadTimeDeviation = TimeSpan(milliseconds: vaguer.leadTimeDeviation.milliseconds + 9_000_000)
    #expect(
      try StockLevels(vaguer, velocity: sample.velocity).exactSafetyStock >= base.exactSafetyStock, "seed \(seed)")
    var wilder = sample.velocity
    wilder.deviation = wilder.deviation.map { Millionths(count: $0.count + 700_000) }
    #expect(try StockLevels(sample.rule, velocity: wilder).exactSafetyStock >= base.exactSafetyStock, "seed \(seed)")
  }

  /// Whatever the model, more service never covers less.
  @Test(arguments: 0..<300 as Range<UInt64>) func moreServiceNeverCoversLess(seed: UInt64) throws {
    var sample = Case(seed: seed)
    sample.rule.zones = nil
    for makeService in [ServiceLevel.cycle, ServiceLevel.fill] {
      var last = Millionths(count: .min)
      for percent: Int64 in [5, 40, 60, 80, 95, 99] {
        sample.rule.service = makeService(.percent(percent))
        let level = try cover(sample.rule, sample.velocity)
        #expect(level >= last, "seed \(seed)")
        last = level
      }
    }
  }

  /// A rule by fill rate keeps the fill rate that it promises: more when whole units or the mean ask for more.
  @Test(arguments: 0..<300 as Range<UInt64>) func thePromisedFillRateIsKept(seed: UInt64) throws {
    var sample = Case(seed: seed)
    sample.rule.zones = nil
    sample.velocity.perDay = max(sample.velocity.perDay, Millionths(count: 1))
    let promised = Rate(partsPerMillion: 1 + Int64(seed) * 3_333) ?? .none
    sample.rule.service = .fill(promised)
    let levels = try StockLevels(sample.rule, velocity: sample.velocity)
    let given = try #require(levels.expectedFillRate)
    #expect(given >= promised, "seed \(seed)")
    if levels.model == .normal, sample.rule.mayUndercutMean { #expect(given == promised, "seed \(seed)") }
  }

  /// From a millionth to the largest number in every field: a decision or a problem, soon, and no overflow.
  @Test(arguments: 0..<400 as Range<UInt64>) func extremesEnd(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func upTo(digits: Int) -> Int64 {
      let largest = (0..<Int.random(in: 0...digits, using: &random)).reduce(Int64(1)) { power, _ in power * 10 }
      return Int64.random(in: 0...largest, using: &random)
    }
    var sample = Case(seed: seed)
    let rate = Rate(partsPerMillion: 1 + min(999_998, upTo(digits: 6))) ?? .none
    sample.rule.service = seed % 2 == 0 ? .cycle(rate) : .fill(rate)
    sample.rule.leadTime = TimeSpan(milliseconds: upTo(digits: 12))
    sample.rule.leadTimeDeviation = TimeSpan(milliseconds: upTo(digits: 12))
    sample.rule.minimumOrder = upTo(digits: 12)
    sample.rule.orderMultiple = max(1, upTo(digits: 12))
    sample.velocity.perDay = Millionths(count: upTo(digits: 18))
    sample.velocity.deviation = Millionths(count: upTo(digits: 18))
    do throws(ReplenishmentProblem) {
      let levels = try StockLevels(sample.rule, velocity: sample.velocity)
      #expect(levels.reorderPoint < levels.orderUpTo, "seed \(seed)")
      for units in [-Limits.quantity, 0, Limits.quantity] {
        let decision = try levels.decide(sample.rule, position: ReplenishmentTests.position(units))
        #expect((0...Limits.quantity).contains(decision.quantity), "seed \(seed)")
      }
    } catch {
      switch error {
      case .notAQuantity, .zero(.leadTime): break
      default: Issue.record("seed \(seed): \(error)")
      }
    }
  }

  @Test func nothingIsTooLargeToBeRefused() {
    var rule = ReplenishmentTests.rule()
    let huge = Velocity(
      perDay: Millionths(units: Limits.quantity), deviation: Millionths(units: Limits.quantity), days: 9, zeroDays: 8)
    #expect(throws: ReplenishmentProblem.notAQuantity(.reorderPoint)) { try StockLevels(rule, velocity: huge) }
    rule.review = .periodic(ReplenishmentTests.days(5))
    #expect(throws: ReplenishmentProblem.notAQuantity(.orderUpTo)) { try StockLevels(rule, velocity: huge) }
    rule.zones = BufferZones.Rule(leadTimeFactor: .all, variabilityFactor: .all, orderCycle: .day)
    #expect(throws: ReplenishmentProblem.notAQuantity(.reorderPoint)) { try StockLevels(rule, velocity: huge) }
    rule.adjustment = .percent(200)
    #expect(throws: ReplenishmentProblem.notAQuantity(.demand)) { try StockLevels(rule, velocity: huge) }
    rule = ReplenishmentTests.rule()
    let deep = InventoryPosition(onHand: 0, onOrder: 0, backorders: Limits.quantity)
    #expect(throws: ReplenishmentProblem.notAQuantity(.order)) {
      try replenish(rule, velocity: ReplenishmentTests.steady, position: deep)
    }
  }

  @Test func whatNoRuleCanMeanIsRefused() {
    func span(_ milliseconds: Int64) -> TimeSpan { TimeSpan(milliseconds: milliseconds) }
    let zones = BufferZones.Rule(leadTimeFactor: .all, variabilityFactor: .none, orderCycle: .day)
    let refused: [(ReplenishmentProblem, (inout ReplenishmentRule) -> Void)] = [
      (.serviceOutOfReach, { $0.service = .cycle(.all) }), (.serviceOutOfReach, { $0.service = .fill(.none) }),
      (.negative(.leadTime), { $0.leadTime = span(-1) }),
      (.notAQuantity(.leadTime), { $0.leadTime = span(.max) }),
      (.negative(.leadTimeDeviation), { $0.leadTimeDeviation = span(-1) }),
      (.zero(.reviewPeriod), { $0.review = .periodic(span(0)) }),
      (.negative(.reviewPeriod), { $0.review = .periodic(span(-5)) }),
      (.negative(.orderUpTo), { $0.orderUpTo = .days(span(-1)) }),
      (.negative(.orderUpTo), { $0.orderUpTo = .units(-1) }),
      (.notAQuantity(.orderUpTo), { $0.orderUpTo = .units(.max) }),
      (.negative(.minimumOrder), { $0.minimumOrder = -1 }), (.zero(.orderMultiple), { $0.orderMultiple = 0 }),
      (.negative(.orderMultiple), { $0.orderMultiple = -6 }),
      (.notAQuantity(.orderMultiple), { $0.orderMultiple = .max }),
      (.negative(.adjustment), { $0.adjustment = .percent(-1) }),
      (.negative(.variation), { $0.defaultVariation = .percent(-1) }),
      (.negative(.demand), { $0.defaultPerDay = Millionths(count: -1) }),
      (
        .zero(.leadTime),
        {
          $0.zones = zones
          $0.leadTime = span(0)
        }
      ),
      (
        .negative(.orderCycle),
        { $0.zones = BufferZones.Rule(leadTimeFactor: .all, variabilityFactor: .none, orderCycle: span(-1)) }
      ),
    ]
    for (problem, change) in refused {
      var rule = ReplenishmentTests.rule()
      change(&rule)
      #expect(throws: problem) { try StockLevels(rule, velocity: ReplenishmentTests.steady) }
    }
    let backwards = Velocity(perDay: Millionths(count: -1), deviation: .zero, days: 9, zeroDays: 0)
    #expect(throws: ReplenishmentProblem.negative(.demand)) {
      try StockLevels(ReplenishmentTests.rule(), velocity: backwards)
    }
  }
}
