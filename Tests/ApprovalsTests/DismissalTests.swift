import Approvals
import DesiredState
import Diagnostics
import Digest
import Operations
import Testing

/// Nobody keeps their say by rejecting that it is taken away, and nobody gets past somebody's word by letting them go.
@Suite struct DismissalTests {
  private static let peopleFile = "state/governance/people.yaml"
  private static let rolesFile = "state/governance/roles.yaml"
  private static let rulesFile = "state/governance/rules.yaml"
  private static let spare = Shop.key("spare").publicKey.description
  private static let minute = TimeSpan(milliseconds: 60_000)

  /// Of the shop's people `olaf` has a second key.
  private static func persons(_ olaf: String?) -> String {
    World.join(Shop.people.filter { $0 != "olaf" }.map { Shop.person($0) } + [olaf].compactMap { $0 })
  }

  private static func olaf(_ keys: [String], _ more: String = "") -> String {
    World.person("olaf", keys.joined(separator: ", ")) + "emails: [olaf@home.test]\n" + more
  }

  private static func roles(
    leads: String = "olga, otto, olaf", finance: String = "fred, olaf", duty: String = "dina, anna"
  ) -> String {
    World.join([
      World.role("owner", "anna, ben", kinds: "\"*\"", paths: "\"**\""),
      World.role("ops-lead", leads, kinds: "Channel", paths: "\"**\""),
      World.role("finance", finance, kinds: "", paths: "\"**\""),
      World.role("duty", duty, kinds: "", paths: "\"**\""),
    ])
  }

  private static let both = [Shop.key("olaf").publicKey.description, spare]

  private static func shop(_ rule: String) -> Files {
    Shop.files().with(peopleFile, persons(olaf(both))).with(
      rulesFile, World.join([Shop.rule("people", "kinds: [Person, Role, ApprovalRule, Repository]\n" + rule)]))
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var blocks: Bool
    var alter: @Sendable (inout Files) -> Void

    init(_ name: String, blocks: Bool, _ alter: @escaping @Sendable (inout Files) -> Void) {
      (testDescription, self.blocks, self.alter) = (name, blocks, alter)
    }
  }

  /// What is taken from `olaf`, and whether his word, signed with the first of his keys, still blocks it.
  static let rows = [
    Row("he is let go", blocks: false) {
      $0[peopleFile] = persons(nil)
      $0[rolesFile] = roles(leads: "olga, otto", finance: "fred")
    },
    Row("he loses the role", blocks: false) { $0[rolesFile] = roles(leads: "olga, otto") },
    Row("he loses all roles", blocks: false) { $0[rolesFile] = roles(leads: "olga, otto", finance: "fred") },
    Row("the key that he signs with is taken from him", blocks: false) { $0[peopleFile] = persons(olaf([spare])) },
    Row("another of his keys is", blocks: true) { $0[peopleFile] = persons(olaf([both[0]])) },
    Row("he loses another role", blocks: true) { $0[rolesFile] = roles(finance: "fred") },
    Row("his key is replaced by another", blocks: true) {
      $0[peopleFile] = persons(olaf([Shop.key("thief").publicKey.description, spare]))
    },
    Row("his address changes as well", blocks: true) {
      $0[peopleFile] = persons(olaf([spare]).replacing("olaf@home.test", "olaf@work.test"))
    },
    Row("he becomes a program", blocks: true) { $0[peopleFile] = persons(olaf(both, "automation: true\n")) },
    Row("somebody else comes in his place", blocks: true) { $0[rolesFile] = roles(leads: "olga, otto, dina") },
    Row("somebody else goes with him", blocks: true) { $0[rolesFile] = roles(leads: "otto, olga", finance: "olaf") },
    Row("his role may do more as well", blocks: true) {
      $0[rolesFile] = roles(leads: "olga, otto").replacing("kinds: [Channel]", "kinds: [Channel, Node]")
    },
    Row("a rule is loosened as well", blocks: true) {
      $0[rolesFile] = roles(leads: "olga, otto")
      $0[rulesFile] = ($0[rulesFile] ?? "").replacing("ops-lead: 2", "ops-lead: 1")
    },
    Row("somebody gets a key as well", blocks: true) {
      $0[peopleFile] = World.join([persons(nil), World.person("eve", Shop.key("eve").publicKey.description)])
      $0[rolesFile] = roles(leads: "olga, otto", finance: "fred")
    },
    Row("a comment elsewhere comes with it", blocks: true) {
      $0[rolesFile] = roles(leads: "olga, otto")
      $0[rulesFile] = "# so\n" + ($0[rulesFile] ?? "")
    },
  ]

  private static func change(_ rule: String = "review: {ops-lead: 2}", by alter: (inout Files) -> Void)
    -> ReviewedChange
  {
    var change = ReviewedChange()
    change.before = shop(rule)
    change.after = change.before
    alter(&change.after)
    change.approve("olga", "otto")
    return change
  }

  @Test(arguments: rows) func aWordInOnesOwnCauseBlocksNothing(_ row: Row) {
    var change = Self.change(by: row.alter)
    #expect(change.ids == [], "without his word: \(change.verdict)")
    change.say(change.statement("olaf", .reject))
    #expect(change.ids == (row.blocks ? ["rejected"] : []), "\(change.verdict)")
    change.say(change.statement("otto", .reject, at: change.now + Self.minute))
    #expect(change.ids.contains("rejected"), "others reject it: \(change.verdict)")
  }

  /// His other key is his: what he says with it counts, whatever is said later with the one that is taken.
  @Test func theKeyThatStaysSpeaks() {
    var change = Self.change { $0[Self.peopleFile] = Self.persons(Self.olaf([Self.spare])) }
    change.say(change.statement("olaf", .reject), key: "spare")
    change.say(change.statement("olaf", .reject, at: change.now + Self.minute), key: "olaf")
    #expect(change.ids == ["rejected"])
  }

  /// He is told, and what he approved before counts no more.
  @Test func whoRejectsTheirDismissalApprovesOfItNoMore() {
    var change = Self.change { $0[Self.rolesFile] = Self.roles(leads: "olga, otto") }
    change.statements = []
    change.approve("olga", "olaf")
    #expect(change.ids == [])
    change.say(change.statement("olaf", .reject, at: change.now + Self.minute))
    #expect(change.ids == ["review_needed", "own_cause"])
    let evidence = Evidence(statements: change.statements, at: change.now + Self.minute)
    #expect(change.change.uncounted(evidence).map(\.reason.id) == ["approval.own_cause"])
    #expect(change.change.objection(to: .reject, by: "olaf", evidence)?.id == "review.own_cause")
    #expect(change.change.objection(to: .reject, by: "otto", evidence) == nil)
  }

  /// What he rejected beside it stays rejected: one change with his dismissal is refused as a whole.
  @Test func aDismissalBringsNothingElseThrough() {
    let change = Self.change(
      "review: {ops-lead: 2}\n---\n" + Shop.rule("web", "kinds: [Channel]\nreview: {ops-lead: 1}")
    ) {
      $0[Self.rolesFile] = Self.roles(leads: "olga, otto")
      $0[Shop.web] = Shop.web(cap: 40)
    }
    #expect(change.ids == ["governance_mixed"])
    #expect(change.with { $0.say($0.statement("olaf", .reject)) }.ids == ["governance_mixed", "rejected"])
  }
}

/// Who may let a change through without its review may do so although somebody rejected it, and it is told.
@Suite struct BrokenVetoTests {
  private static let minute = TimeSpan(milliseconds: 60_000)

  private static func change(_ rules: String...) -> ReviewedChange {
    var change = ReviewedChange(World.join(rules))
    change.approve("olga")
    change.say(change.statement("olaf", .reject))
    change.now = change.now + minute
    return change
  }

  private static let breakable = Shop.rule(
    "channels", "kinds: [Channel]\nreview: {ops-lead: 1}\nbreak_glass: {role: duty, for: 4h}")

  @Test func aBrokenGlassLiftsARejection() throws {
    let change = Self.change(Self.breakable)
    #expect(change.ids == ["rejected"])
    let broken = change.with { $0.say($0.statement("dina", .breakGlass)) }
    let acceptance = try #require(broken.verdict.acceptance)
    #expect(acceptance.brokenGlass.map(\.person) == ["dina"] && acceptance.brokenGlass[0].rules == ["channels"])
    #expect(acceptance.approvers == ["olga"] && acceptance.owners == ["ops-lead"])
    // What it rests on leads to the same again, the rejection among it.
    let again = broken.with { $0.statements = acceptance.approvals }
    #expect(again.verdict.acceptance == acceptance)
    #expect(acceptance.approvals.count == 3)
  }

  @Test func onlyByThoseWhoMayAndKnow() {
    let change = Self.change(Self.breakable)
    #expect(change.with { $0.say($0.statement("fred", .breakGlass)) }.ids == ["rejected"])
    #expect(
      change.with { $0.say($0.statement("dina", .breakGlass, reason: " \u{200B}\u{2800}\u{3164}")) }.ids == ["rejected"]
    )
    let early = change.with { $0.say($0.statement("dina", .breakGlass, at: $0.now - Self.minute - Self.minute)) }
    #expect(early.ids == ["rejected"], "nobody had rejected it yet")
    // Saying it again is nothing new.
    let again = change.with {
      $0.say($0.statement("dina", .breakGlass))
      $0.say($0.statement("olaf", .reject, at: $0.now + Self.minute))
    }
    #expect(again.ids == [])
    let anew = again.with {
      $0.say($0.statement("olaf", .revoke, at: $0.now + Self.minute))
      $0.say($0.statement("olaf", .reject, at: $0.now + Self.minute + Self.minute))
    }
    #expect(anew.ids == ["rejected"])
  }

  /// Of a rule that gives nobody the glass a rejection stays, also where another rule does.
  @Test func everyRuleByWhichSomebodyRejectsMustAllowIt() {
    let strict = Shop.rule("caps", "kinds: [Channel]\nfields: [cap]\nreview: {ops-lead: 1}")
    let change = Self.change(Self.breakable, strict).with { $0.say($0.statement("dina", .breakGlass)) }
    #expect(change.ids == ["rejected"])
    let other = Shop.rule("caps", "kinds: [Channel]\nfields: [cap]\nreview: {finance: 1}")
    let finance = Self.change(Self.breakable, other).with {
      $0.approve("fred")
      $0.say($0.statement("dina", .breakGlass))
    }
    #expect(finance.ids == ["rejected"], "olaf looks at the money, too")
  }
}

extension String {
  fileprivate func replacing(_ old: String, _ new: String) -> String {
    var (result, rest) = ("", self[...])
    while let range = rest.firstRange(of: old) {
      result += rest[..<range.lowerBound] + new
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
