import ActualState
import Approvals
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// Freeze windows over time, and the cases of what went through all the same.
@Suite struct ReopeningTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
  }

  private static let end = "2026-11-24T10:00:00Z"

  /// From 08:10 until 10:00 changes of channels wait; the daemon begins at 08:01.
  private static func frozen(_ channels: String, _ fields: String = "") -> [String: String] {
    var files = OpsRepository.heldFiles(fields, channels: channels)
    files["state/governance/freeze.yaml"] = """
      kind: FreezeWindow
      name: peak
      kinds: [Channel]
      from: 2026-11-24T08:10:00Z
      until: \(end)
      override: {role: owner}

      """
    return files
  }

  private var reasons: [String] { daily.reconciler.status.refused?.reasons.map(\.id) ?? [] }

  private func set(_ time: String) throws { daily.now = try #require(Instant(time)) - TimeSpan(milliseconds: 60_000) }

  private func change(cap: Int) throws -> String {
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: cap)], by: .ben, author: "ben").description
  }

  @Test func aWindowOpensWhileAChangeIsQueued() throws {
    try daily.begin(Self.frozen("review: {lead: 1}"))
    let commit = try change(cap: 20)
    try daily.cycle()
    #expect(reasons == ["approval.review_needed"])
    try daily.approve("olga")
    // When the approval is read, the window is open.
    try set("2026-11-24T08:10:00Z")
    try daily.cycle()
    #expect(reasons == ["approval.frozen"])
    try set("2026-11-24T09:59:00Z")
    try daily.cycle()
    #expect(reasons == ["approval.frozen"])
    try set(Self.end)
    try daily.cycle()
    #expect(reasons.isEmpty)
    #expect(try daily.store.pin()?.commit == commit)
    #expect(try daily.problems == [])
  }

  @Test func whatWaitedIsCaughtUpInOrderWhenTheWindowEnds() throws {
    try daily.begin(Self.frozen("review: none"))
    try set("2026-11-24T08:30:00Z")
    let commits = try [40, 30, 20].map(change)
    try daily.cycle()
    #expect(reasons == ["approval.frozen"])
    daily.restart()
    try set(Self.end)
    try daily.cycle()
    #expect(daily.reconciler.report.accepted.map(\.commit.id) == commits)
    #expect(try daily.published == 20)
    #expect(try daily.problems == [])
  }

  /// A freeze is about changes of policy: what the world asks for goes on, and what of it is held can be let through.
  @Test func aHeldPlanIsLetThroughWhileChangesAreFrozen() throws {
    try daily.begin(Self.frozen("review: none", "limits: {per_plan: {published_units: 10}}"))
    try set("2026-11-24T08:30:00Z")
    let commit = try change(cap: 20)
    try daily.count(80)
    try daily.look()
    #expect(reasons == ["approval.frozen"] && daily.missing == ["approval.review_needed"])
    try daily.say("olga")
    try daily.cycle()
    #expect(try daily.published == 80)
    // When the window ends, the change is asked for, and is held for what it does itself.
    try set(Self.end)
    try daily.look()
    #expect(reasons.isEmpty)
    #expect(daily.waiting.map(\.hold.policy) == [commit])
    #expect(try daily.published == 80)
    try daily.say("otto")
    try daily.cycle()
    #expect(try daily.published == 20)
    #expect(try daily.problems == [])
  }

  /// Clocks go back in Berlin in the night of 2026-10-25, and forward in that of 2027-03-28: the freeze from 02:00 until
  /// 04:00 is three hours long, and one.
  @Test(arguments: [
    ("2026-10-24T23:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T02:59:00Z", "2026-10-25T03:00:00Z"),
    ("2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:59:00Z", "2027-03-28T02:00:00Z"),
  ])
  func aFreezeIsByTheClockOnTheWall(before: String, first: String, last: String, end: String) throws {
    var files = OpsRepository.heldFiles("", channels: "review: none")
    files["state/governance/freeze.yaml"] = """
      kind: FreezeWindow
      name: night
      kinds: [Channel]
      time_zone: Europe/Berlin
      weekly: {sun: "02:00-04:00"}

      """
    try set(before)
    try daily.begin(files)
    try set(first)
    let commit = try change(cap: 20)
    for time in [first, last] {
      try set(time)
      try daily.cycle()
      #expect(reasons == ["approval.frozen"], "\(time)")
    }
    try set(end)
    try daily.cycle()
    #expect(reasons.isEmpty)
    #expect(try daily.store.pin()?.commit == commit)
    #expect(try daily.problems == [])
  }

  // MARK: Broken glass

  /// Somebody says that they have looked at a change that went through without its review.
  private func review(_ commit: String, _ person: String) throws {
    let pin = try #require(try daily.store.pin())
    let subject = StatementSubject.review(commit: commit)
    var statement = Statement(
      kind: .approve, change: subject.digest, base: pin.commit, head: pin.commit, tree: pin.tree,
      policyVersion: pin.version, impact: nil, person: person, reason: nil, issuedAt: daily.now,
      expiresAt: daily.now + .day, nonce: String(SHA256Digest(of: "\(person) \(daily.now)").description.prefix(32)))
    statement.about = subject
    daily.statements.append(try #require(OpsRepository.key(of: person).flatMap { statement.signed(by: $0) }))
  }

  @Test func brokenGlassOpensACaseThatSomebodyElseCloses() throws {
    var files = OpsRepository.heldFiles("", channels: "review: {lead: 1}\nbreak_glass: {role: owner, for: 4h}")
    let people = "state/governance/people.yaml"
    files[people] = files[people]?.replacing("name: otto\n", with: "name: otto\nautomation: true\n")
    try daily.begin(files)
    let base = try #require(try daily.store.pin())
    let commit = try change(cap: 20)
    daily.statements.append(
      try ops.statement("anna", .breakGlass, from: base.commit, at: daily.now, reason: "the site is down"))
    try daily.cycle()
    #expect(try daily.store.pin()?.commit == commit)
    let opened = try #require(try daily.store.reviewCases().first)
    #expect(opened.commit == commit && opened.owners == ["lead"] && opened.authors == ["ben"])
    #expect(opened.breakers == [.init(person: "anna", reason: "the site is down")])
    // Neither who made it and has not the role, nor who let it through, nor a program with the role.
    for person in ["ben", "anna", "otto"] { try review(commit, person) }
    try daily.cycle()
    #expect(try daily.store.reviewCases() == [opened])
    try review(commit, "olga")
    try daily.cycle()
    #expect(try daily.store.reviewCases().isEmpty)
    #expect(try daily.lastRecord().json["type"] == "review")
    let records = try daily.store.auditHead().sequence
    try daily.cycle()
    #expect(try daily.store.auditHead().sequence == records)
    #expect(try daily.problems == [])
  }

  /// An author may, in an emergency; but somebody else looks at it afterwards.
  @Test func anAuthorMayBreakTheGlassAndNotCloseTheCase() throws {
    var files = OpsRepository.heldFiles("", channels: "review: {lead: 1}\nbreak_glass: {role: owner, for: 4h}")
    let people = "state/governance/people.yaml"
    files[people] = files[people]?.replacing("people: [olga, otto]", with: "people: [anna, olga, otto]")
    try daily.begin(files)
    let base = try #require(try daily.store.pin())
    let commit = try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)], author: "anna").description
    daily.statements.append(
      try ops.statement("anna", .breakGlass, from: base.commit, at: daily.now, reason: "the site is down"))
    try daily.cycle()
    #expect(try daily.store.pin()?.commit == commit)
    try review(commit, "anna")
    try daily.cycle()
    #expect(try daily.store.reviewCases().map(\.commit) == [commit])
    try review(commit, "olga")
    try daily.cycle()
    #expect(try daily.store.reviewCases().isEmpty)
    #expect(try daily.problems == [])
  }

  @Test func anOverriddenFreezeOpensACaseToo() throws {
    try daily.begin(Self.frozen("review: none"))
    let base = try #require(try daily.store.pin())
    try set("2026-11-24T08:30:00Z")
    let commit = try change(cap: 20)
    daily.statements.append(
      try ops.statement("anna", .breakGlass, from: base.commit, at: daily.now, reason: "a recall"))
    try daily.cycle()
    #expect(try daily.store.pin()?.commit == commit)
    #expect(try daily.store.reviewCases().map(\.owners) == [["owner"]])
    #expect(try daily.problems == [])
  }
}
