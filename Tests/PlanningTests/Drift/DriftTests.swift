import ActualState
import DesiredState
import Operations
import Testing

@testable import Planning

/// What others change on channels, from the event to the plan and back into the store.
@Suite struct DriftTests {
  /// One channel that is told at most 20 of what there is.
  static func shop(_ rules: String = "") throws -> PlannedShop {
    let shop = try PlannedShop(resources(rules))
    try shop.stock("A", 100)
    try shop.plan()
    return shop
  }

  static func resources(_ rules: String, maxPublish: Int64 = 20) -> String {
    "kind: Channel\nname: market\ntype: marketplace\ntier: first\nmax_publish: \(maxPublish)\n\(rules)"
  }

  static func rule(_ field: String, _ answer: String, _ more: String = "") -> String {
    "---\nkind: DriftRule\nname: \(field)-\(answer)\nfield: \(field)\nanswer: \(answer)\n\(more)"
  }

  private static func heals(_ plan: Plan) -> [Healing] {
    plan.actions.compactMap { if case .heal(_, let healing) = $0.action { healing } else { nil } }
  }

  @Test func withoutARuleADifferenceIsReportedAndNothingElse() throws {
    let shop = try Self.shop()
    try shop.wait(.day)
    try shop.see(units: 25)
    let plan = try shop.plan(.dirty)
    #expect(Self.heals(plan).isEmpty)
    #expect(plan.drifts.map(\.kind) == [.otherWriter])
    #expect(
      try shop.cases(.drift) == [
        "A": "market units: shows 25 instead of 20, written by 'tool'; add a DriftRule to heal or accept it"
      ])
    // It is over as soon as the channel shows what it was told.
    try shop.see(units: 20)
    #expect(try shop.plan(.dirty).drifts.isEmpty)
    #expect(try shop.cases(.drift).isEmpty)
    #expect(try shop.store.listing("A", ListingKey("market", .units))?.note == nil)
  }

  @Test func whatIsHealedIsToldAgainOnceAndBelievedOnlyWhenSeenAfterwards() throws {
    let shop = try Self.shop(Self.rule("units", "heal"))
    try shop.wait(.day)
    try shop.see(units: 25)
    let plan = try shop.plan(.dirty)
    #expect(
      Self.heals(plan) == [Healing(ListingKey("market", .units), value: 20, observed: 25, writer: "tool")])
    #expect(Plan.blastRadius(of: plan.actions.map(\.action)).publishedUnits == 5)
    #expect(try shop.cases(.drift).isEmpty)
    // While the channel has not had its time, what was seen before and is told late says nothing.
    try shop.wait(TimeSpan(milliseconds: 30 * 60_000))
    try shop.see(units: 25)
    #expect(try shop.plan().isEmpty)
    #expect(try shop.store.countOutbox() == 2)
  }

  @Test func whatIsSeenWhileAPlanIsUnderWayMakesItPlanAgain() throws {
    let shop = try Self.shop(Self.rule("units", "heal"))
    try shop.wait(.day)
    try shop.see(units: 25)
    let pin = try #require(try shop.store.pin())
    let plan = Plan(
      policy: shop.policy, pin: pin, previous: nil, policyChanged: false, snapshot: try shop.store.snapshot(.dirty),
      now: shop.now)
    #expect(Self.heals(plan).count == 1 && plan.count(.repair) == 1)
    // Where only a new rule asks for it, it is the policy's doing, and a preview of the rule shows it.
    let before = Policy(try PlannedShop.load(Self.resources("")), at: shop.now)
    let ruled = Plan(
      policy: shop.policy, pin: pin, previous: before, policyChanged: true,
      snapshot: try shop.store.snapshot(.dirty), now: shop.now)
    #expect(ruled.count(.policyChanged) == 1 && ruled.count(.repair) == 0)
    // Meanwhile the other one takes it back.
    try shop.wait(TimeSpan(milliseconds: 60_000))
    try shop.see(units: 20)
    let outcome = try shop.store.apply(
      Application(
        planDigest: plan.digest, expectedPin: pin, pin: pin, snapshotVersion: plan.snapshotVersion,
        readVersions: plan.readVersions, actions: plan.actions.map(\.action),
        record: AuditDraft(isDecision: false, body: [:]), fullPlan: false, now: plan.now))
    #expect(outcome == .conflict("'A' has changed since the plan read it"))
    #expect(try shop.plan(.dirty).drifts.isEmpty)
    #expect(try shop.store.listing("A", ListingKey("market", .units))?.repairs.isEmpty == true)
  }

  @Test func healingIsPublishing() {
    let heal = Action.heal("A", Healing(ListingKey("market", .units), value: 0, observed: 9, writer: nil))
    #expect(heal.domain == .publishing && heal.effectClass == .compensable && heal.inverse == nil)
    let radius = Plan.blastRadius(of: [heal])
    #expect(radius.items == 1 && radius.publishedUnits == 9 && radius.soldOut == 1)
    let note = DriftNote(observed: 9, reference: 0, since: PlannedShop.noon)
    let noted = Action.noteDrift("A", ListingKey("market", .units), note, was: nil)
    #expect(Plan.blastRadius(of: [noted]).items == 0 && noted.inverse?.inverse == noted)
  }

  @Test func whatAPlanPublishesAnewIsNeverToldAsItWas() throws {
    let shop = try Self.shop(Self.rule("units", "heal"))
    try shop.wait(.day)
    try shop.see(units: 25)
    // Stock falls before the plan: the publication of today goes out, and no repair of yesterday's.
    try shop.take("inventory.counted", ["sku": "A", "node": "dc", "on_hand": 7])
    let plan = try shop.plan(.dirty)
    #expect(Self.heals(plan).isEmpty)
    #expect(plan.actions.contains { $0.action == .publish("A", "market", 7, was: 20) })
  }

  @Test func whatWasRevertedIsNotToldAgain() throws {
    let shop = try Self.shop(Self.rule("units", "heal") + Self.rule("max_publish", "heal"))
    try shop.agree(Self.resources(Self.rule("units", "heal") + Self.rule("max_publish", "heal"), maxPublish: 50))
    try shop.wait(.day)
    try shop.plan()
    try shop.agree(Self.resources(Self.rule("units", "heal") + Self.rule("max_publish", "heal")))
    try shop.wait(.day)
    try shop.plan()
    try shop.wait(.day)
    // Somebody else puts back what the revert took away.
    try shop.see(units: 50, ["max_publish": 50])
    try shop.wait(.day)
    let told = Self.heals(try shop.plan())
    #expect(told.map(\.value) == [20, 20] && told.map(\.observed) == [50, 50])
    #expect(told.map(\.key.field) == [.maxPublish, .units])
  }

  @Test func salesAreLeftAloneHoweverLateTheirOrdersCome() throws {
    let shop = try Self.shop(Self.rule("units", "heal", "delay: 3h\n"))
    try shop.wait(.day)
    try shop.see(units: 16)
    let first = try shop.plan(.dirty)
    #expect(first.drifts.map(\.kind) == [.unsettled] && Self.heals(first).isEmpty)
    try shop.wait(TimeSpan(milliseconds: 2 * 3_600_000))
    try shop.see(units: 16)
    #expect(try shop.plan().drifts.map(\.kind) == [.unsettled])
    try shop.place("O-1", "market", [("A", 4)])
    try shop.wait(.day)
    let late = try shop.plan()
    #expect(late.drifts.map(\.kind) == [.sales] && Self.heals(late).isEmpty)
    #expect(try shop.cases(.drift).isEmpty)
    // Taken back or not, it was sold.
    try shop.take("order.cancelled", ["order": "O-1"])
    try shop.wait(.day)
    #expect(try shop.plan().drifts.map(\.kind) == [.sales])
    // One unit more is nobody's sale.
    try shop.see(units: 15)
    try shop.plan(.dirty)
    try shop.wait(.day)
    let healed = try shop.plan()
    #expect(Self.heals(healed).map(\.observed) == [15])
  }

  @Test func aFightStopsNamesTheOtherOneAndEndsWithAgreement() throws {
    let shop = try Self.shop(Self.rule("units", "heal"))
    for _ in 0..<3 {
      try shop.wait(TimeSpan(milliseconds: 2 * 3_600_000))
      try shop.see(units: 30)
      #expect(Self.heals(try shop.plan()).count == 1)
    }
    try shop.wait(TimeSpan(milliseconds: 2 * 3_600_000))
    try shop.see(units: 31)
    let plan = try shop.plan()
    #expect(Self.heals(plan).isEmpty && plan.drifts.map(\.kind) == [.fight])
    let detail = try #require(try shop.cases(.driftFight)["A"])
    #expect(
      detail.hasPrefix(
        "market units: shows 31 instead of 20, written by 'tool' each time it was re-sent: at "
          + "2026-11-24T14:00:00Z, 2026-11-24T16:00:00Z, 2026-11-24T18:00:00Z; it is no longer re-sent"))
    // Days later it goes on, whatever else is published.
    for units: Int64 in [12, 90] {
      try shop.wait(.day)
      try shop.take("inventory.counted", ["sku": "A", "node": "dc", "on_hand": .integer(units)])
      try shop.see(units: 31)
      #expect(Self.heals(try shop.plan()).isEmpty)
      #expect(try shop.cases(.driftFight).count == 1)
    }
    try shop.wait(.day)
    try shop.see(units: 20)
    try shop.plan()
    #expect(try shop.cases(.driftFight).isEmpty)
    // Then it is told again like anything else.
    try shop.wait(.day)
    try shop.see(units: 30)
    #expect(Self.heals(try shop.plan()).count == 1)
  }

  /// Outside of its window a channel shows nothing, and what somebody else has it show could be sold.
  @Test func aChannelThatIsClosedIsHealedToo() throws {
    let shop = try PlannedShop(
      Self.resources("effective: {until: 2026-11-25T00:00:00Z}\n" + Self.rule("units", "heal")))
    try shop.stock("A", 100)
    try shop.plan()
    try shop.wait(.day)
    try shop.plan()
    try shop.wait(.day)
    try shop.see(units: 5)
    #expect(
      Self.heals(try shop.plan(.dirty)) == [
        Healing(ListingKey("market", .units), value: 0, observed: 5, writer: "tool")
      ])
    #expect(try shop.cases(.drift).isEmpty)
  }

  @Test func whatIsAcceptedIsReportedAgainAfterItsDate() throws {
    let shop = try Self.shop(Self.rule("units", "accept", "effective: {until: 2026-11-27T00:00:00Z}\n"))
    try shop.wait(.day)
    try shop.see(units: 25)
    let accepted = try shop.plan()
    #expect(accepted.drifts.map(\.answer) == [.accept] && accepted.drifts.first?.until != nil)
    #expect(try shop.cases(.drift).isEmpty)
    try shop.wait(TimeSpan(milliseconds: 2 * TimeSpan.day.milliseconds))
    let reported = try shop.plan()
    #expect(reported.drifts.map(\.answer) == [.report])
    #expect(try shop.cases(.drift).count == 1)
  }

  @Test func theMostSpecificRuleOfAFieldWins() throws {
    let rules =
      Self.rule("units", "heal") + Self.rule("units", "report", "sku: A\n")
      + Self.rule("units", "accept", "channels: [market]\neffective: {until: 2027-01-01T00:00:00Z}\n")
    let shop = try Self.shop(rules)
    try shop.stock("B", 100)
    try shop.plan()
    try shop.wait(.day)
    try shop.see(units: 25)
    try shop.see(units: 25, of: "B")
    let plan = try shop.plan()
    #expect(plan.drifts.map(\.answer) == [.report, .accept] && Self.heals(plan).isEmpty)
  }

  @Test func aSettingThatGitLeavesOpenBelongsToWhoeverSetsIt() throws {
    let shop = try Self.shop(Self.rule("min_publish", "heal"))
    try shop.wait(.day)
    try shop.see(units: 20, ["min_publish": 3])
    try shop.wait(.day)
    #expect(try shop.plan().drifts.isEmpty)
  }

  @Test func aSettingThatGitChangesIsNobodysDriftUntilTheChannelHadItsTime() throws {
    let shop = try Self.shop(Self.rule("max_publish", "heal"))
    try shop.wait(.day)
    try shop.see(units: 20, ["max_publish": 20])
    try shop.plan()
    try shop.wait(.day)
    try shop.agree(Self.resources(Self.rule("max_publish", "heal"), maxPublish: 40))
    let changed = try shop.plan()
    #expect(changed.drifts.map(\.kind) == [.unsettled] && Self.heals(changed).isEmpty)
    try shop.wait(TimeSpan(milliseconds: 2 * 3_600_000))
    #expect(Self.heals(try shop.plan()).map(\.value) == [40])
  }

  @Test func whatIsToBeAdoptedIsACaseThatNamesTheCommand() throws {
    let shop = try Self.shop(Self.rule("max_publish", "adopt"))
    try shop.wait(.day)
    try shop.see(units: 20, ["max_publish": 33])
    try shop.plan()
    try shop.wait(.day)
    try shop.plan()
    #expect(
      try shop.cases(.drift)["A"]
        == "market max_publish: shows 33 instead of 20, written by 'tool'; adopt it into git "
        + "(DriftRule/max_publish-adopt): purser drift adopt market A max_publish")
  }

  @Test func regionsAreHeldApart() throws {
    let shop = try PlannedShop(
      """
      kind: Node
      name: west
      type: dc
      region: west
      ---
      kind: Region
      name: north
      nodes: [dc]
      destinations: [north]
      ---
      kind: Region
      name: west
      nodes: [west]
      destinations: [west]
      ---

      """ + Self.resources(Self.rule("units", "heal")))
    try shop.stock("A", 100)
    try shop.stock("A", 8, at: "west")
    try shop.plan()
    try shop.wait(.day)
    try shop.see(units: 9, in: "west")
    try shop.see(units: 9, in: "north")
    try shop.see(units: 9, in: "nowhere")
    try shop.see(units: 9)
    try shop.place("O-1", "market", [("A", 11)], to: "north")
    let plan = try shop.plan()
    #expect(plan.drifts.map(\.key.region) == ["north", "west"])
    #expect(plan.drifts.map(\.kind) == [.sales, .otherWriter])
    #expect(Self.heals(plan).map(\.key.region) == ["west"] && Self.heals(plan).map(\.value) == [8])
  }
}

extension PlannedShop {
  /// Somebody looks at the channel and tells of it at once.
  func see(
    units: Int64, of sku: String = "A", on channel: String = "market", in region: String? = nil,
    _ settings: [String: Int64] = [:]
  ) throws {
    var data: [String: JSONValue] = [
      "channel": .string(channel), "sku": .string(sku), "units": .integer(units), "writer": "tool",
    ]
    data["region"] = region.map { .string($0) }
    for (name, value) in settings { data[name] = .integer(value) }
    try take("listing.observed", .object(data))
  }
}
