import Operations
import Testing

@testable import Planning

/// Which policy is about an item, and what takes the place of sales that nobody could count.
@Suite struct ReplenishmentScopeTests {
  /// Policies told apart by the multiple in which they order.
  static func policies(_ targets: [(String, Int)]) throws -> Policy {
    try ReplenishmentStageTests.policy(
      targets.map { "\(ReplenishmentStageTests.golden)order_multiple: \($0.1)\n\($0.0)" })
  }

  static func multiple(_ policy: Policy, _ attributes: [String: String]) -> Quantity? {
    var snapshot = ReplenishmentStageTests.snapshot(onHand: 0)
    snapshot.traits = [ItemTraits(attributes: attributes)]
    // Whole lots of primes tell which policy it was.
    return ReplenishmentStageTests.proposed(ReplenishmentStageTests.plan(policy, snapshot)).flatMap { proposal in
      [997, 991, 983, 977, 971].first { proposal.quantity % $0 == 0 }
    }
  }

  /// An item before a class before a brand before a business unit before everything.
  @Test(
    arguments: [
      (["sku: T\n", "class: launch\n", "brand: acme\n", "business_unit: home\n", ""], 997),
      (["sku: U\n", "class: launch\n", "brand: acme\n", "business_unit: home\n", ""], 991),
      (["sku: U\n", "brand: best\n", "brand: acme\n", "business_unit: home\n", ""], 983),
      (["sku: U\n", "brand: best\n", "business_unit: work\n", "business_unit: home\n", ""], 977),
      (["sku: U\n", "brand: best\n", "business_unit: work\n", ""], 977),
      (["brand: best\n"], nil),
    ] as [([String], Quantity?)])
  func theMostSpecificPolicyIsAbout(targets: [String], expected: Quantity?) throws {
    let policy = try Self.policies(Array(zip(targets, [997, 991, 983, 977, 971])))
    let attributes = ["season": "launch", "brand": "acme", "business_unit": "home"]
    #expect(Self.multiple(policy, attributes) == expected, "\(targets)")
  }

  @Test func aForecastAdjustmentScalesMeanAndDeviation() throws {
    let policy = try ReplenishmentStageTests.policy(ReplenishmentStageTests.golden + "forecast_adjustment: 150\n")
    let plan = ReplenishmentStageTests.plan(policy, ReplenishmentStageTests.snapshot(onHand: 0))
    let proposal = try #require(ReplenishmentStageTests.proposed(plan))
    #expect(proposal.reason["per_day"] == 150 && proposal.reason["deviation_per_day"] == 30)
  }

  /// An item that was out of stock all the time: what is expected of it takes the place of sales. σ_d = 20% of 100 a day, so
  /// that it reorders where domain.md §2.5 does.
  @Test func whatWasNeverThereIsOrderedByExpectation() throws {
    var snapshot = ReplenishmentStageTests.snapshot(onHand: 0)
    snapshot.stockouts[0] = [Stockout(from: ReplenishmentStageTests.now.hour - 24 * 60)]
    let silent = ReplenishmentStageTests.plan(
      try ReplenishmentStageTests.policy(ReplenishmentStageTests.golden), snapshot)
    #expect(ReplenishmentStageTests.proposed(silent) == nil)
    let expecting = try ReplenishmentStageTests.policy(
      ReplenishmentStageTests.golden + "default_per_day: 100\ndefault_variation: 20\n")
    let proposal = try #require(ReplenishmentStageTests.proposed(ReplenishmentStageTests.plan(expecting, snapshot)))
    #expect(proposal.reason["reorder_point"] == 1244 && proposal.reason["low_confidence"] == true)
    #expect(proposal.quantity == 2244 && proposal.reason["days"] == 0)
  }
}
