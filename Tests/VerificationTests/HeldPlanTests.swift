import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// Plans that wait, the people who let them through, and the record that anyone can verify.
@Suite struct HeldPlanTests {
  let scratch: ScratchFolder
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    daily = Daily(try OpsRepository(scratch))
  }

  private static let limited = OpsRepository.heldFiles("limits: {per_plan: {published_units: 10}}")
  private static let proposed = OpsRepository.heldFiles("mode: {publishing: propose}")

  // MARK: Limits

  @Test func aPlanBeyondTheLimitsIsLetThroughOnce() throws {
    try daily.begin(Self.limited)
    try daily.count(80)
    for _ in 0..<2 { try daily.look() }
    #expect(daily.missing == ["approval.review_needed"])
    #expect(try daily.published == 50)
    #expect(try daily.store.auditHead().sequence == 2, "it is recorded once")
    let held = try daily.lastRecord()
    #expect(held.json["type"] == "held" && held.json["hold"]?["number"] == 1)
    let approval = try daily.say("olga")
    try daily.cycle()
    #expect(try daily.published == 80)
    let record = try daily.lastRecord()
    #expect(record.json["let_through"]?.array?.count == 1)
    #expect(record.json["let_through"]?.array?.first?["approvals"] == .array([approval.json]))
    #expect(try daily.store.holds().open.isEmpty)
    // What was said counts once: what waits anew is another hold.
    try daily.count(50)
    for _ in 0..<2 { try daily.look() }
    #expect(daily.waiting.map(\.hold.number) == [2])
    #expect(try daily.published == 80)
    daily.statements.append(approval)
    try daily.look()
    #expect(daily.missing == ["approval.review_needed"])
    #expect(try daily.problems == [])
  }

  /// What was held never was in force: whoever reads the trail must not take it for that.
  @Test func aHeldPolicyIsNotInForce() throws {
    try daily.begin(Self.limited)
    let pin = try #require(try daily.store.pin())
    try daily.ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)])
    try daily.look()
    #expect(daily.missing == ["approval.review_needed"])
    let facts = RecordFacts(try daily.lastRecord())
    #expect(facts.type == "held" && facts.policy != pin && facts.inForce == nil)
    let audit = try #require(try daily.ops.repository.reference("refs/heads/audit"))
    #expect(try daily.ops.repository.commit(audit).message.contains("Policy-Commit: \(pin.commit)"))
    try daily.ops.commit([OpsRepository.web: OpsRepository.channels(cap: 100)])
    try daily.cycle()
    #expect(try daily.problems == [])
  }

  @Test func anApprovalCountsAsFarAsItsFigures() throws {
    try daily.begin(Self.limited)
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    // 30 units were approved, with a tolerance of 3.
    try daily.count(84)
    try daily.look()
    #expect(daily.missing == ["approval.review_needed", "approval.void"])
    #expect(daily.words.contains("published_units is 34, and olga approved 30 (33 with the tolerance)"))
    #expect(try daily.published == 50)
    try daily.say("olga")
    try daily.cycle()
    #expect(try daily.published == 84)
    #expect(try daily.problems == [])
  }

  @Test func thePlanMayGrowByTheTolerance() throws {
    try daily.begin(Self.limited)
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    try daily.count(83)
    try daily.cycle()
    #expect(try daily.published == 83)
    #expect(try daily.problems == [])
  }

  @Test func whatWasSaidBeforeItWaitedDoesNotCount() throws {
    try daily.begin(Self.limited)
    let pin = try #require(try daily.store.pin())
    // Somebody guesses the number and the very moment at which the plan will be held.
    let guess = Hold(
      number: 1, cause: .limits, policy: pin.commit, since: daily.now + TimeSpan(milliseconds: 60_000))
    let everything = Dictionary(uniqueKeysWithValues: BlastRadius.measures.map { ($0.name, Int64(1000)) })
    try daily.say("olga", of: guess, measures: everything)
    try daily.count(80)
    try daily.look()
    #expect(try daily.store.holds().open == [guess])
    #expect(try daily.published == 50)
    try daily.look()
    #expect(daily.missing == ["approval.review_needed", "approval.void"])
    #expect(daily.words.contains("before it was held"))
    #expect(try daily.published == 50)
  }

  @Test func onlyThoseWithTheRoleCountAndOnlyWithTheirKey() throws {
    try daily.begin(Self.limited)
    try daily.count(80)
    try daily.look()
    try daily.say("anna")
    try daily.say("otto", key: "stranger of old")
    try daily.look()
    #expect(daily.missing == ["approval.review_needed", "approval.no_role", "approval.ignored"])
    // The rule gives an approval four hours, whatever it says itself.
    try daily.say("olga", hours: 1000)
    daily.now = daily.now + TimeSpan(milliseconds: 4 * TimeSpan.hour.milliseconds)
    try daily.look()
    #expect(daily.missing.contains("approval.expired"))
    #expect(try daily.published == 50)
    try daily.say("olga")
    try daily.cycle()
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }

  @Test func aKeyThatThePersonHasNoMoreDoesNotCount() throws {
    try daily.begin(Self.limited)
    let people = "state/governance/people.yaml"
    let (old, new) = (OpsRepository.key(of: "olga"), OpsRepository.key(of: "olga's new key"))
    try daily.ops.commit([
      people: Self.limited[people]?.replacing(OpsRepository.text(old), with: OpsRepository.text(new))
    ])
    try daily.cycle()
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    try daily.look()
    #expect(daily.missing == ["approval.review_needed", "approval.ignored"])
    #expect(try daily.published == 50)
    try daily.say("olga", at: daily.now + TimeSpan(milliseconds: 1), key: "olga's new key")
    try daily.cycle()
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }

  /// Whoever made the policy that asks for so much does not let it through.
  @Test func authorsDoNotCount() throws {
    try daily.begin(
      OpsRepository.heldFiles(
        "limits: {per_plan: {published_units: 10}}",
        held: "[{review: {owner: 1, lead: 1}}, {review: {writer: 1}, causes: [allocation]}]"))
    try daily.ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)], author: "anna")
    try daily.look()
    let pin = try daily.store.pin()
    try daily.say("anna")
    try daily.say("olga")
    try daily.look()
    #expect(daily.missing == ["approval.review_needed", "approval.author"])
    #expect(try daily.store.pin() == pin)
  }

  /// Not even when others have changed something else since; only once others have let through what waited.
  @Test func authorsDoNotCountWhileSomethingOfTheirsWaits() throws {
    var files = Self.proposed
    let people = "state/governance/people.yaml"
    files[people] = files[people]?.replacing("people: [olga, otto]", with: "people: [anna, olga, otto]")
    try daily.begin(files)
    try daily.say("olga")
    try daily.cycle()
    try daily.ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)], author: "anna")
    try daily.cycle()
    try daily.ops.commit([OpsRepository.web: OpsRepository.channels(cap: 21)], by: .ben, author: "ben")
    try daily.cycle()
    #expect(try daily.store.authors() == ["anna", "ben"])
    try daily.say("anna")
    try daily.look()
    #expect(daily.missing == ["approval.review_needed", "approval.author"])
    try daily.say("otto")
    try daily.cycle()
    #expect(try daily.published == 21)
    #expect(try daily.store.authors() == [])
    // From now on it is the world that asks.
    try daily.count(10)
    try daily.cycle()
    try daily.say("anna")
    try daily.cycle()
    #expect(try daily.published == 10)
    #expect(try daily.problems == [])
  }

  @Test func aRejectionBlocksUntilItIsTakenBack() throws {
    try daily.begin(Self.limited)
    try daily.count(80)
    try daily.look()
    try daily.say("otto", .reject)
    try daily.say("olga")
    try daily.look()
    #expect(daily.missing == ["approval.rejected"])
    #expect(try daily.published == 50)
    try daily.say("otto", .revoke, at: daily.now + TimeSpan(milliseconds: 1))
    try daily.cycle()
    #expect(try daily.published == 80)
    #expect(try daily.problems == [])
  }

  @Test func aRevokedApprovalDoesNotCount() throws {
    try daily.begin(Self.limited)
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    try daily.say("olga", .revoke, at: daily.now + TimeSpan(milliseconds: 1))
    try daily.look()
    #expect(daily.missing == ["approval.review_needed"])
  }

  @Test func aLargerPlanNeedsMorePeople() throws {
    try daily.begin(
      OpsRepository.heldFiles(
        "limits: {per_plan: {published_units: 10}}",
        held: "[{review: {lead: 1}}, {at_least: {published_units: 30}, review: {lead: 2}}]"))
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    try daily.look()
    #expect(daily.missing == ["approval.review_needed"])
    try daily.say("otto")
    try daily.cycle()
    #expect(try daily.published == 80)
    try daily.count(60)
    try daily.look()
    try daily.say("olga")
    try daily.cycle()
    #expect(try daily.published == 60)
    #expect(try daily.problems == [])
  }

  @Test func withoutARuleNobodyMay() throws {
    try daily.begin(
      OpsRepository.heldFiles(
        "limits: {per_plan: {published_units: 10}}", held: "[{causes: [publishing], review: {lead: 1}}]"))
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    try daily.look()
    #expect(daily.missing == ["approval.no_rule"])
    #expect(daily.reconciler.status.trouble?.hint.contains("raise its limits") == true)
    #expect(try daily.published == 50)
  }

  /// Whoever has no key can do nothing about a hold, and is told what is missing.
  @Test func whoHasNoKeyIsToldWhatIsMissing() throws {
    var files = OpsRepository.heldFiles(
      "limits: {per_plan: {published_units: 10}}\n"
        + "forge: {type: gitea, url: \"https://git.example.test\", repository: ops/state}")
    let keys = "keys: [\(OpsRepository.text(OpsRepository.key(of: "otto")))]"
    files["state/governance/people.yaml"] = files["state/governance/people.yaml"]?.replacing(
      keys, with: "keys: []\nforges: {gitea: 5}")
    try daily.begin(files)
    try daily.count(80)
    try daily.look()
    let hint = try #require(daily.waiting.first?.review.reasons.first?.hint)
    #expect(hint.contains("(lead: olga, otto, who has no key)"), "\(hint)")
    #expect(hint.contains("one in the 'keys' of their Person first"), "\(hint)")
  }

  // MARK: Domains that are proposed

  @Test func whatIsProposedWaitsWhileTheRestGoesOn() throws {
    try daily.begin(Self.proposed)
    #expect(daily.waiting.map(\.hold.cause) == [.publishing])
    #expect(try daily.store.grant("MUG", "web")?.grant != nil, "allocation goes on")
    #expect(try daily.published == nil)
    #expect(try daily.lastRecord().json["waiting"] == ["publishing"])
    let seen = daily.waiting.first?.measures
    try daily.cycle()
    #expect(try daily.published == nil)
    try daily.say("olga", measures: seen)
    try daily.cycle()
    #expect(try daily.published == 50)
    #expect(try daily.store.holds().open.isEmpty)
    // One approval lets one plan through.
    try daily.count(20)
    try daily.cycle()
    #expect(try daily.published == 50)
    #expect(daily.waiting.map(\.hold.number) == [2])
    #expect(try daily.problems == [])
  }

  /// Channels are not told of what nobody was given.
  @Test func whatIsPublishedWaitsForWhatIsGiven() throws {
    try daily.begin(OpsRepository.heldFiles("mode: propose"))
    #expect(daily.waiting.map(\.hold.cause) == [.allocation, .publishing])
    let holds = daily.waiting.map(\.hold)
    try daily.say("olga", of: holds[1])
    try daily.cycle()
    #expect(try daily.published == nil)
    try daily.say("otto", of: holds[0])
    try daily.cycle()
    #expect(try daily.published == 50)
    #expect(daily.waiting.isEmpty)
    #expect(try daily.problems == [])
  }

  /// What people let through must not hold up what goes by itself.
  @Test func limitsCountWhatIsLetThrough() throws {
    try daily.begin(OpsRepository.heldFiles("mode: {publishing: propose}\nlimits: {per_plan: {published_units: 10}}"))
    try daily.say("olga")
    try daily.cycle()
    // The first plan of a store has nothing to change yet; this is the second.
    #expect(try daily.published == nil)
    #expect(daily.waiting.map(\.hold.cause) == [.publishing, .limits])
    #expect(daily.reconciler.report.held == nil)
    try daily.say("otto", of: daily.waiting[1].hold)
    try daily.cycle()
    #expect(try daily.published == 50)
    #expect(try daily.lastRecord().json["let_through"]?.array?.count == 2)
    #expect(try daily.problems == [])
  }

  // MARK: A daemon that lies

  @Test(arguments: ["nothing said", "a figure", "the number", "the words of another"])
  func aRecordThatTellsSomethingElseIsFound(lie: String) throws {
    try daily.begin(Self.limited)
    try daily.count(80)
    try daily.look()
    let other = try daily.say("otto", at: daily.now - TimeSpan(milliseconds: 1))
    daily.statements = []
    try daily.say("olga")
    daily.alterRecord = { body in
      guard var passage = body["let_through"]?.array?.first?.object, var hold = passage["hold"]?.object else { return }
      switch lie {
      case "nothing said": passage["approvals"] = []
      case "a figure":
        var measures = passage["measures"]?.object ?? [:]
        measures["published_units"] = 29
        passage["measures"] = .object(measures)
      case "the number":
        hold["number"] = 2
        passage["hold"] = .object(hold)
      default: passage["approvals"] = .array([other.json])
      }
      body["let_through"] = .array([.object(passage)])
    }
    try daily.cycle()
    #expect(try daily.problems.count == 1)
    #expect(try AuditVerifier(repository: daily.ops.repository).verify().problems.first?.id == "audit.hold")
  }

  @Test(arguments: [limited, proposed]) func aRecordThatIsSilentIsFound(files: [String: String]) throws {
    try daily.begin(files)
    try daily.count(80)
    try daily.look()
    try daily.say("olga")
    daily.alterRecord = { $0["let_through"] = nil }
    try daily.cycle()
    #expect(try AuditVerifier(repository: daily.ops.repository).verify().problems.map(\.id) == ["audit.hold"])
  }
}
