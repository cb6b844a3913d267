import ActualState
import Diagnostics
import Operations
import Planning
import Reconciling
import TestSupport
import Testing
import Verification

/// While nothing happens a daemon writes nothing and looks at nothing twice, whatever waits for people.
@Suite struct StandstillTests {
  let scratch: ScratchFolder
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    daily = Daily(try OpsRepository(scratch))
  }

  private static let proposed = "mode: propose"
  private static let limited = "limits: {per_plan: {published_units: 10}}"
  private static let everything = Dictionary(uniqueKeysWithValues: BlastRadius.measures.map { ($0.name, Int64(1000)) })

  private func begin(_ fields: String) throws { try daily.begin(OpsRepository.heldFiles(fields)) }

  /// Cycles in which nothing happens.
  /// - Returns: the records that they wrote, and how often they looked at everything.
  private func rest(_ cycles: Int = 5) throws -> (records: Int64, fullLooks: Int) {
    let before = (try daily.store.auditHead().sequence, daily.fullLooks)
    for _ in 0..<cycles { try daily.look() }
    return (try daily.store.auditHead().sequence - before.0, daily.fullLooks - before.1)
  }

  /// Everything that waits is let through.
  private func letAllThrough() throws {
    for hold in try daily.store.holds().open { try daily.say("olga", of: hold, measures: Self.everything) }
    try daily.cycle()
    #expect(try daily.store.holds().open.isEmpty)
  }

  @Test func whatNobodyMayLetThroughByTheirWordCostsNothing() throws {
    try begin(Self.proposed)
    for hold in try daily.store.holds().open { try daily.say("anna", of: hold) }
    try daily.look()
    #expect(daily.missing.contains("approval.no_role"), "it is looked at once")
    let rest = try rest()
    #expect(rest.records == 0 && rest.fullLooks == 0)
    try letAllThrough()
    #expect(try daily.published == 50)
    #expect(try daily.problems == [])
  }

  @Test(arguments: [proposed, limited]) func whatHasGrownBeyondItsApprovalIsLookedAtOnce(
    fields: String
  ) throws {
    try begin(fields)
    if !daily.waiting.isEmpty { try letAllThrough() }
    try daily.count(80)
    try daily.look()
    for hold in try daily.store.holds().open { try daily.say("olga", of: hold, measures: ["items": 1]) }
    try daily.look()
    #expect(daily.missing.contains("approval.void"))
    let rest = try rest()
    #expect(rest.records == 0 && rest.fullLooks == 0)
    try letAllThrough()
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }

  /// A world that moves may bring the plan back to what was approved.
  @Test func whileTheWorldMovesEverythingIsLookedAtOnceAMinute() throws {
    try begin("mode: {publishing: propose}")
    try letAllThrough()
    try daily.count(84)
    try daily.look()
    try daily.say("olga", measures: ["items": 1, "published_units": 30])
    try daily.look()
    #expect(daily.missing.contains("approval.void"))
    daily.pause = TimeSpan(milliseconds: 10_000)
    let before = daily.fullLooks
    for stock in 85...96 as ClosedRange<Int64> {
      try daily.count(stock)
      try daily.look()
    }
    #expect((1...2).contains(daily.fullLooks - before))
    try daily.count(80)
    for _ in 0..<6 { try daily.look() }
    #expect(try daily.published == 80, "\(daily.words)")
    #expect(try daily.problems == [])
  }

  /// What a policy that changes too much asks for, and trade under the one in force.
  @Test func aHeldPolicyStandsStillAndTradeGoesOn() throws {
    try begin(Self.limited)
    try daily.ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)])
    for _ in 0..<2 { try daily.look() }
    #expect(daily.missing == ["approval.review_needed"])
    let rest = try rest()
    #expect(rest.records == 0 && rest.fullLooks == 0)
    #expect(daily.missing == ["approval.review_needed"] && daily.reconciler.status.trouble != nil)
    try daily.count(45)
    try daily.look()
    #expect(try daily.published == 45)
    try letAllThrough()
    #expect(try daily.published == 20)
    #expect(try daily.problems == [])
  }

  /// What an approval of another clock says counts when its time comes, and nobody has to say it again.
  @Test func aWordOfAClockThatIsAheadIsHeardInTime() throws {
    try begin(Self.limited)
    try daily.count(80)
    for _ in 0..<2 { try daily.look() }
    try daily.say("olga", at: daily.now + TimeSpan(milliseconds: 12 * 60_000))
    let rest = try rest(6)
    #expect(rest.records == 0 && rest.fullLooks <= 1)
    #expect(try daily.published == 50)
    for _ in 0..<3 { try daily.look() }
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }

  @Test func whatIsOnlyObservedIsRecordedOnce() throws {
    try begin("mode: observe")
    daily.pause = .hour
    let rest = try rest()
    #expect(rest.records == 0 && rest.fullLooks == 5)
    try daily.count(80)
    try daily.look()
    #expect(try daily.lastRecord().json["type"] == "observe")
    _ = try self.rest(1)
    #expect(try self.rest().records == 0)
    daily.restart()
    #expect(try self.rest().records == 0, "after a restart neither")
    #expect(try daily.problems == [])
  }

  /// What would be done of everything is told each time, and why: nothing of it is ever done.
  @Test func whatIsOnlyObservedStaysAskedFor() throws {
    try begin("mode: observe")
    let first = try #require(daily.reconciler.report.plan)
    #expect(first.count(.policyChanged) == first.actions.count && !first.isEmpty)
    for minutes in [1, 2, 70] as [Int64] {
      daily.pause = TimeSpan(milliseconds: minutes * 60_000)
      try daily.count(50 + minutes)
      try daily.look()
      let plan = try #require(daily.reconciler.report.plan)
      #expect(plan.scope == .all && plan.count(.policyChanged) == first.actions.count, "after \(minutes) minutes")
    }
    // A store at rest is left alone, and one that moves is looked at once a minute.
    daily.pause = TimeSpan(milliseconds: 10_000)
    let looks = daily.fullLooks
    for units in 60..<66 as Range<Int64> {
      try daily.count(units)
      try daily.look()
    }
    #expect(daily.fullLooks == looks + 1)
    #expect(try daily.problems == [])
  }

  /// A plan that waits, and is let through at the very moment at which it was made.
  @Test(arguments: [proposed, "mode: {publishing: propose}"])
  func aPlanLetThroughAtItsOwnMomentIsApplied(fields: String) throws {
    try begin(fields)
    try letAllThrough()
    daily.pause = TimeSpan(milliseconds: 0)
    try daily.count(80)
    try daily.look()
    #expect(try daily.published == 50)
    let waits = try daily.lastRecord().json["plan_digest"]
    for hold in try daily.store.holds().open { try daily.say("anna", of: hold) }
    try daily.look()
    try letAllThrough()
    #expect(try daily.published == 80)
    #expect(daily.reconciler.report.outcome?.isApplied == true)
    if fields == Self.proposed { #expect(try daily.lastRecord().json["plan_digest"] == waits) }
    #expect(try daily.problems == [])
    var comparison = StoreComparison(daily.store, policies: daily.ops.repository)
    var report = try AuditVerifier(repository: daily.ops.repository).verify { record, commit in
      try comparison.compare(record, in: commit)
    }
    try comparison.finish(&report)
    #expect(report.problems.map(\.message) == [])
  }
}
