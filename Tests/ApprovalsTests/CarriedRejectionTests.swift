import Approvals
import Diagnostics
import Digest
import Operations
import Testing

/// What somebody rejected does not come in with the commit on top of it.
@Suite struct CarriedRejectionTests {
  private static let shop = "state/channels/shop.yaml"

  /// Two commits on one another: what olga rejects, and what olaf and otto approve as it lies there.
  private static func judged(
    first alter: (Files) -> Files = { $0 }, _ second: (Files) -> Files, revoking: Bool = false
  ) -> Judgement {
    var first = ReviewedChange(Shop.rule("channels", "kinds: [Channel]\nreview: {ops-lead: 2}"))
    first.after = alter(first.after)
    first.say(first.statement("olga", .reject))
    if revoking { first.say(first.statement("olga", .revoke, at: first.now + TimeSpan(milliseconds: 1))) }
    var top = first.with { $0.after = second($0.after) }
    top.statements = []
    top.approve("olaf", "otto")
    let commits = ["1", "2"].map { id in
      CommitFacts(
        id: id + ReviewedChange.zero.dropFirst(), tree: "tree \(id)", seal: Shop.seal("anna"), summary: "s", reverts: []
      )
    }
    let spans = commits.map { ChangeSpan(from: first.base.commit, to: $0.id) }
    let evidence = Evidence(
      statements: first.statements + top.statements, at: first.now,
      impacts: Dictionary(uniqueKeysWithValues: spans.map { ($0, [:]) }))
    return Judgement(pin: first.base, line: commits, evidence: evidence) { base, to, commits, _ in
      var change = to.hasPrefix("1") ? first.change : top.change
      (change.base, change.commits) = (base, commits)
      return change
    }
  }

  private static func more(_ files: Files) -> Files {
    files.with(shop, Shop.channel("shop", "cap: {units: 30, window: 7d}\n"))
  }

  @Test(arguments: [
    ("a change of another file", Shop.web(cap: 40)),
    ("of another field", Shop.web(cap: 40) + "min_publish: 2\n"),
    ("of another field, and a comment", "# so\n" + Shop.web(cap: 40)),
  ])
  func whatStandsThereBlocks(how: String, web: String) throws {
    let judgement = Self.judged { Self.more($0).with(Shop.web, web) }
    #expect(judgement.accepted.isEmpty, "\(how)")
    let refused = try #require(judgement.refused)
    #expect(refused.commit.id.hasPrefix("1") && refused.reasons.map(\.id).contains("approval.rejected"), "\(how)")
    #expect(
      Self.judged({ Self.more($0).with(Shop.web, web) }, revoking: true).accepted.count == 1, "\(how): taken back")
  }

  @Test(arguments: [
    ("taken back", Shop.web(cap: 100)), ("something else in its place", Shop.web(cap: 60)),
  ])
  func whatStandsThereNoMoreDoesNot(how: String, web: String) {
    let judgement = Self.judged { Self.more($0).with(Shop.web, web) }
    #expect(judgement.accepted.map { $0.commit.id.prefix(1) } == ["2"], "\(how): \(judgement.refused?.reasons ?? [])")
  }

  // MARK: As a rejection of any other change

  private static let glass = "kinds: [Channel]\nreview: {ops-lead: 2}\nbreak_glass: {role: duty, for: 4h}"

  /// What olga rejects, and another change that brings it with something more, as olaf and otto approve it.
  private static func carrying(
    _ rules: String = "kinds: [Channel]\nreview: {ops-lead: 2}", rejecter: String = "olga",
    _ alter: (inout ReviewedChange, ReviewedChange) -> Void = { _, _ in }
  ) -> Verdict {
    var rejected = ReviewedChange(Shop.rule("channels", rules))
    rejected.say(rejected.statement(rejecter, .reject, reason: "no"))
    var whole = rejected.with { $0.after = more($0.after) }
    whole.statements = []
    whole.approve("olaf", "otto")
    whole.statements += rejected.statements
    alter(&whole, rejected)
    var change = whole.change
    change.carry([RejectedChange(digest: rejected.change.digest, change: rejected.change)])
    let span = ChangeSpan(from: whole.base.commit, to: change.commits.last?.id ?? "")
    return change.verdict(Evidence(statements: whole.statements, at: whole.now, impacts: [span: [:]]))
  }

  @Test func whatItBringsBlocksWhereverItCameFrom() throws {
    let verdict = Self.carrying()
    #expect(verdict.ids == ["approval.rejected"])
    guard case .refused(let reasons) = verdict else { return }
    #expect(try #require(reasons.first).message.hasPrefix("it contains what olga rejected in commit 1000000000"))
    #expect(Self.carrying(rejecter: "fred").ids == [], "who could not reject it")
    #expect(Self.carrying(rejecter: "anna").ids == [])
  }

  private static func later(_ one: ReviewedChange, by seconds: Int64 = 1) -> Instant {
    one.now + TimeSpan(milliseconds: seconds * 1000)
  }

  @Test func whoeverTakesItBackOrApprovesOfItAllBlocksNoMore() {
    #expect(Self.carrying { $0.say($1.statement("olga", .revoke, at: Self.later($1))) }.ids == [])
    let approved = Self.carrying { whole, _ in whole.say(whole.statement("olga", at: Self.later(whole))) }
    #expect(approved.ids == [])
    #expect(approved.acceptance?.approvers.contains("olga") == true, "or nobody could judge it again")
    let before = Self.carrying { whole, _ in whole.say(whole.statement("olga", at: Self.later(whole, by: -1))) }
    #expect(before.ids == ["approval.rejected"])
    let own = Self.carrying { whole, _ in
      whole.say(whole.statement("olga", at: Self.later(whole)))
      whole.seals = [Shop.seal("olga"), Shop.seal("anna")]
    }
    #expect(own.ids.contains("approval.rejected"), "who made it approves nothing")
  }

  @Test(arguments: [(1, true), (0, false), (-1, false)] as [(Int64, Bool)])
  func aBrokenGlassKnowsOfIt(seconds: Int64, passes: Bool) {
    let verdict = Self.carrying(Self.glass) { whole, _ in
      whole.say(whole.statement("dina", .breakGlass, at: Self.later(whole, by: seconds)))
    }
    #expect(verdict.ids == (passes ? [] : ["approval.rejected"]))
    #expect(verdict.acceptance?.brokenGlass.map(\.person) == (passes ? ["dina"] : nil))
    #expect(verdict.acceptance?.owners == (passes ? ["ops-lead"] : nil))
  }

  /// A change that only takes somebody's say away is not held up by what they rejected before.
  @Test func nobodyBlocksTheirOwnRemovalThroughAnotherChange() {
    let people = "kinds: [Person, Role, ApprovalRule, Repository]\nreview: {owner: 1}"
    var reviewed = ReviewedChange()
    let roles = "state/governance/roles.yaml"
    reviewed.before = Shop.files(Shop.rule("channels", "kinds: [Channel]\nreview: none"))
      .with("state/governance/rules.yaml", Shop.rule("people", people))
    let files = reviewed.before
    func owners(_ names: String) -> Files {
      files.with(roles, (files[roles] ?? "").replacing("people: [anna, ben]", with: "people: [\(names)]"))
    }
    reviewed.before = owners("anna, ben, otto")
    var rejected = reviewed.with { $0.after = owners("anna, otto, olga") }
    rejected.say(rejected.statement("ben", .reject))
    var removal = reviewed.with { $0.after = owners("anna, otto") }
    removal.approve("otto")
    var mixed = reviewed.with { $0.after = owners("anna, otto, olaf") }
    mixed.approve("otto")
    for (one, isBlocked) in [(removal, false), (mixed, true)] {
      var change = one.change
      change.carry([RejectedChange(digest: rejected.change.digest, change: rejected.change)])
      let span = ChangeSpan(from: one.base.commit, to: change.commits.last?.id ?? "")
      let verdict = change.verdict(
        Evidence(statements: one.statements + rejected.statements, at: one.now, impacts: [span: [:]]))
      #expect(verdict.ids == (isBlocked ? ["approval.rejected"] : []))
      #expect(verdict.isAccepted != isBlocked)
    }
  }

  /// What has an error in another file was rejected all the same.
  @Test func whatIsRejectedWithAnErrorIsRejected() {
    let judgement = Self.judged(
      first: { $0.with("state/channels/shop.yaml", "kind: Channel\nname: shop\n") },
      { Self.more($0).with(Shop.web, Shop.web(cap: 40)) })
    #expect(judgement.accepted.isEmpty)
    #expect(judgement.refused?.reasons.map(\.id).contains("approval.rejected") == false, "the error comes first")
  }
}
