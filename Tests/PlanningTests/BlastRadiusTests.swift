import DesiredState
import Operations
import Planning
import Testing

/// How much a plan changes, and when that is too much.
@Suite struct BlastRadiusTests {
  private let mug = SKU("MUG")
  private let cup = SKU("CUP")
  private let web = ChannelID("web")

  private func release(_ sku: SKU, _ order: String, _ units: Quantity) -> Action {
    .releaseClaim(
      sku,
      ClaimRelease(
        HeldClaim(
          id: 1, order: OrderID(order), line: "1", channel: web, pool: .shared, node: nil, quantity: units,
          claimedAt: Instant(milliseconds: 0), expiresAt: nil),
        quantity: units))
  }

  private func claim(_ sku: SKU, _ order: String, _ units: Quantity) -> Action {
    .claim(sku, PlannedClaim(order: OrderID(order), line: "1", channel: web, pool: .shared, quantity: units))
  }

  @Test func everyMeasureCounts() {
    let radius = Plan.blastRadius(of: [
      .publish(mug, web, 0, was: 7), .publish(cup, web, 5, was: 2), .publish(cup, ChannelID("b2b"), 4, was: nil),
      .publish(cup, ChannelID("b2c"), 0, was: nil),
      release(mug, "o1", 3), release(mug, "o2", 2), claim(mug, "o2", 2), release(cup, "o1", 1), claim(cup, "o3", 9),
    ])
    #expect(radius.items == 2)
    #expect(radius.publishedUnits == 7 + 3 + 4)
    #expect(radius.soldOut == 1)
    #expect(radius.ordersLosing == 1, "o2 gets back what it gave")
    #expect(radius.unitsLosing == 4)
    #expect(BlastRadius(json: radius.json) == radius)
  }

  @Test func hugeNumbersStopAtTheLargest() {
    let radius = Plan.blastRadius(of: [
      .publish(mug, web, .max, was: .min), .publish(cup, web, .max, was: 0),
    ])
    #expect(radius.publishedUnits == .max)
    #expect((radius + radius).publishedUnits == .max)
  }

  @Test func limitsHoldForOnePlanAndForTheHour() throws {
    let text = """
      kind: Repository
      name: shop
      schema_version: 1
      currency: EUR
      limits:
        per_plan: {items: 10, sold_out: 0}
        per_hour: {items: 15}
      """
    let limits = BlastLimits(try .loaded(text, warnings: false))
    var plan = BlastRadius()
    plan.items = 10
    #expect(limits.excess(of: plan, after: BlastRadius()).isEmpty)
    var before = BlastRadius()
    before.items = 6
    plan.soldOut = 1
    #expect(
      limits.excess(of: plan, after: before).map(\.words) == [
        "sold_out 1, but per_plan allows 0", "items 16, but per_hour allows 15",
      ])
  }
}
