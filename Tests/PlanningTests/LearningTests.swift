import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// What suppliers deliver, from events and YAML to what plans believe and buy.
@Suite struct LearningTests {
  static func forge(_ learning: String, _ rest: String = "") -> String {
    "kind: Supplier\nname: forge\nlead_time: 9d\nconfidence: 20%\nlearning: {\(learning)}\n" + rest
  }

  /// A line of ten units for a day, all of them received then or nothing ever.
  static func deliver(_ shop: PlannedShop, _ supplier: String, _ reference: String, _ day: String, came: Bool) throws {
    var data: [String: JSONValue] = [
      "supplier": .string(supplier), "reference": .string(reference), "qty": 10,
      "promised_at": .string("\(day)T12:00:00Z"),
    ]
    if came { data["received_at"] = .string("\(day)T12:00:00Z") }
    try shop.take("delivery.recorded", .object(data))
  }

  static func standing(_ shop: PlannedShop) throws -> SupplierStanding? { try shop.store.supplier("forge")?.standing }

  /// The score that is measured is that of a policy which a Supplier can have.
  @Test func whatIsScoredCanBeDeclared() throws {
    let state = try PlannedShop.load(
      "kind: Supplier\nname: a\nlead_time: 9d\nconfidence: 80%\nlearning: {prior: pooled}\n---\n"
        + "kind: Supplier\nname: b\nlead_time: 9d\nconfidence: 80%\nlearning: {}\n")
    let policies = state.confidencePolicies(at: PlannedShop.noon)
    var pooled = ConfidencePolicy()
    pooled.poolsPrior = true
    #expect(policies["a"] == pooled)
    #expect(policies["b"] == ConfidencePolicy())
    // Whatever comes, what is declared and not learnt stays.
    let mill = try #require(policies["mill"])
    let missed = (0..<50).map { _ in SupplierConfidenceTests.delivery(1, []) }
    #expect(SupplierConfidence(of: missed, policy: mill, now: SupplierConfidenceTests.at(9)).rate == .all)
  }

  /// (2 + 10) / (10 + 10) = .6 for one that nothing is known of, less what a day fades.
  @Test func aSupplierStartsFromWhatAllAreWorth() throws {
    let shop = try PlannedShop(Self.forge("prior: pooled, half_life: 3660d"))
    for number in 0..<10 { try Self.deliver(shop, "mill", "m\(number)", "2026-11-23", came: true) }
    try shop.plan()
    let known = try #require(try Self.standing(shop))
    #expect((599_000...600_000).contains(known.confidence.partsPerMillion))
    #expect(known.pooledPrior == known.confidence)

    // On the same day a plan of what was touched and one of everything rest on what the day began with.
    for number in 0..<10 { try Self.deliver(shop, "mill", "late\(number)", "2026-11-22", came: false) }
    try shop.plan(.dirty)
    #expect(try Self.standing(shop) == known)
    try Self.deliver(shop, "forge", "f", "2026-11-24", came: true)
    try shop.plan(.dirty)
    let more = try #require(try Self.standing(shop))
    #expect(more.confidence > known.confidence && more.pooledPrior == known.pooledPrior)
    #expect(more.sampleSize == 1000)

    // (2 + 11) / (10 + 21) = .419 the day after.
    try shop.wait(.day)
    try shop.plan()
    let next = try #require(try Self.standing(shop)?.pooledPrior)
    #expect((418_000...420_000).contains(next.partsPerMillion))
  }

  /// What fades from one day to the next is written down when it is a tenth of a percent: less than once a week.
  @Test func idleDaysWriteNothing() throws {
    let policy = Self.forge("prior: pooled, half_life: 180d, lead_time: true").replacing("20%", with: "90%")
    let shop = try PlannedShop(policy)
    for number in 0..<10 { try Self.deliver(shop, "mill", "m\(number)", "2026-11-23", came: number < 8) }
    for number in 0..<10 { try Self.deliver(shop, "forge", "f\(number)", "2026-11-23", came: number < 9) }
    try shop.plan()
    var standings = [try #require(try Self.standing(shop))]
    for _ in 0..<90 {
      try shop.wait(.day)
      let plan = try shop.plan()
      let standing = try #require(try Self.standing(shop))
      #expect(plan.isEmpty == (standing == standings.last), "\(plan.actions)")
      if standing != standings.last { standings.append(standing) }
    }
    #expect((2...9).contains(standings.count), "\(standings)")
    #expect(standings.allSatisfy { $0.confidence == $0.confidence.learnt && $0.pooledPrior == $0.pooledPrior?.learnt })
    // A plan of that day that knew nothing of the days between says the same.
    let fresh = try PlannedShop(policy)
    for number in 0..<10 { try Self.deliver(fresh, "mill", "m\(number)", "2026-11-23", came: number < 8) }
    for number in 0..<10 { try Self.deliver(fresh, "forge", "f\(number)", "2026-11-23", came: number < 9) }
    try fresh.wait(PlannedShop.days(90))
    try fresh.plan()
    #expect(try Self.standing(fresh) == standings.last)
  }

  @Test func whatIsDeclaredIsNotPooled() throws {
    let shop = try PlannedShop(Self.forge("half_life: 3660d"))
    for number in 0..<10 { try Self.deliver(shop, "mill", "m\(number)", "2026-11-23", came: true) }
    try shop.plan()
    #expect(try Self.standing(shop)?.confidence == .percent(20))
    #expect(try Self.standing(shop)?.pooledPrior == nil && Self.standing(shop)?.leadTime == nil)
  }

  /// Five deliveries after 7, 7, 9, 11 and 11 days: L = 9 and σ_L = 2, with which domain.md §2.5 reorders at 1244. Four are
  /// too few, and the declared 30 days count.
  @Test(arguments: [(5, 1244, true), (5, 1245, false), (4, 1245, true)] as [(Int, Quantity, Bool)])
  func ordersRestOnLearntLeadTimes(deliveries: Int, onHand: Quantity, orders: Bool) throws {
    let now = ReplenishmentStageTests.now
    let policy = try ReplenishmentStageTests.policy(
      ReplenishmentStageTests.golden.replacing("mill", with: "press") + "---\nkind: Supplier\nname: press\n"
        + "lead_time: 30d\nconfidence: 90%\nlearning: {lead_time: true}\nminimum_order: 50\norder_multiple: 12\n")
    var snapshot = ReplenishmentStageTests.snapshot(onHand: onHand)
    let learnt = [7, 7, 9, 11, 11].prefix(deliveries).map { (days: Int64) in
      Delivery(
        supplier: "press", orderedAt: now - PlannedShop.days(days + 20), ordered: 10,
        promised: now - PlannedShop.days(20), receipts: [.init(at: now - PlannedShop.days(20), units: 10)])
    }
    snapshot.suppliers["press"] = SupplierRecord(standing: nil, deliveries: learnt)
    let plan = ReplenishmentStageTests.plan(policy, snapshot)
    let proposal = ReplenishmentStageTests.proposed(plan)
    #expect((proposal != nil) == orders)
    guard deliveries == 5 else {
      #expect(proposal?.reason["lead_time"] == "30d" && proposal?.reason["lead_time_learnt_from"] == .null)
      return
    }
    if orders {
      #expect(proposal?.quantity == 1008 && proposal?.reason["lead_time"] == "9d")
      #expect(proposal?.reason["lead_time_learnt_from"] == 5)
    }
    // A plan of a few items rests on what that plan wrote down.
    let standing = plan.actions.lazy.compactMap { planned in
      if case .setSupplier("press", let standing, _) = planned.action { standing } else { nil }
    }.first
    snapshot.suppliers["press"] = SupplierRecord(standing: standing, deliveries: nil)
    snapshot.scope = .dirty
    #expect(standing?.leadTime?.value?.deliveries == 5)
    #expect(ReplenishmentStageTests.proposed(ReplenishmentStageTests.plan(policy, snapshot)) == proposal)
  }
}
