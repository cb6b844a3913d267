import DesiredStateFiles
import Diagnostics
import Testing

@testable import Approvals
@testable import DesiredState

/// One change, and why it does not take effect.
@Suite struct VerdictTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var after: Files
    var seals: [CommitFacts.Seal]
    var ids: [String]
    var before = World.base

    var testDescription: String { name }
  }

  static let web = "state/channels/web.yaml"
  static let moreForWeb = World.base.with(web, World.channel("web", cap: 99))
  static let newPerson = World.join([World.people, World.person("eve", Keys.stranger)])
  static let withProtection = World.base.with(
    "state/channels/p.yaml", "kind: Protection\nname: p\nchannel: web\nsku: MUG\nunits: 3\n")

  static let narrow = World.role("owner", "anna, carl", kinds: "\"*\"", paths: "state/channels/**, state/governance/p*")

  static let rows: [Row] = [
    Row(name: "the owner's change", after: moreForWeb, seals: [.key(Keys.anna)], ids: []),
    Row(name: "a key with a comment in its Person", after: moreForWeb, seals: [.key(Keys.ben)], ids: []),
    Row(name: "unsigned", after: moreForWeb, seals: [.unsigned], ids: ["approval.unsigned"]),
    Row(name: "a bad signature", after: moreForWeb, seals: [.broken], ids: ["approval.bad_signature"]),
    Row(name: "a stranger's key", after: moreForWeb, seals: [.key(Keys.stranger)], ids: ["approval.unknown_key"]),
    Row(name: "a key of two people", after: moreForWeb, seals: [.key(Keys.shared)], ids: ["approval.shared_key"]),
    Row(
      name: "one unsigned commit among signed ones", after: moreForWeb, seals: [.key(Keys.anna), .unsigned],
      ids: ["approval.unsigned"]),
    Row(
      name: "no role for the kind", after: World.base.with("state/channels/n.yaml", World.node("n")),
      seals: [.key(Keys.ben)], ids: ["approval.role", "approval.no_rule"]),
    Row(
      name: "no role for the path", after: World.base.with("state/other.yaml", World.channel("b2b", cap: 1)),
      seals: [.key(Keys.ben)], ids: ["approval.role"]),
    Row(
      name: "a role's * does not reach into folders",
      after: World.base.with("state/channels/deep/b.yaml", World.channel("b2b", cap: 1)), seals: [.key(Keys.ben)],
      ids: ["approval.role"]),
    Row(
      name: "every author needs a role", after: World.base.with("state/other.yaml", World.channel("b2b", cap: 1)),
      seals: [.key(Keys.anna), .key(Keys.ben)], ids: ["approval.role"]),
    Row(
      name: "no rule speaks of nodes", after: World.base.with("state/n.yaml", World.node("n")),
      seals: [.key(Keys.anna)], ids: ["approval.no_rule"]),
    Row(
      name: "no rule speaks of a file outside state/", after: World.base.with("Makefile", "all:\n"),
      seals: [.key(Keys.anna)], ids: ["approval.no_rule"]),
    Row(
      name: "a rule for files without resources", after: World.base.with("hooks/deep/pre-receive", "#!/bin/sh\n"),
      seals: [.key(Keys.anna)], ids: []),
    Row(
      name: "a review that is needed", after: withProtection, seals: [.key(Keys.anna)], ids: ["approval.review_needed"]),
    Row(
      name: "governance beside something else",
      after: moreForWeb.with("state/governance/people.yaml", newPerson), seals: [.key(Keys.anna)],
      ids: ["approval.governance_mixed"]),
    Row(
      name: "governance beside a file without resources",
      after: World.base.with("hooks/pre-receive", "exit 0\n").with("state/governance/people.yaml", newPerson),
      seals: [.key(Keys.anna)], ids: ["approval.governance_mixed"]),
    Row(
      name: "governance beside a comment",
      after: World.base.with(web, "# x\n" + World.channel("web", cap: 10)).with(
        "state/governance/people.yaml", newPerson), seals: [.key(Keys.anna)], ids: ["approval.governance_mixed"]),
    Row(
      name: "governance beside a comment of governance",
      after: World.base.with("state/purser.yaml", "# x\n" + (World.base["state/purser.yaml"] ?? "")).with(
        "state/governance/people.yaml", newPerson), seals: [.key(Keys.anna)], ids: []),
    Row(
      name: "adding oneself and changing at once",
      after: moreForWeb.with("state/governance/people.yaml", newPerson), seals: [.key(Keys.stranger)],
      ids: ["approval.unknown_key", "approval.governance_mixed"]),
    Row(
      name: "governance alone", after: World.base.with("state/governance/people.yaml", newPerson),
      seals: [.key(Keys.anna)], ids: []),
    Row(
      name: "loosening the rule that asks for review, with what it guards",
      after: withProtection.with(
        "state/governance/rules.yaml",
        World.join([World.rule("protections", kinds: "\"*\"")])), seals: [.key(Keys.anna)],
      ids: ["approval.governance_mixed", "approval.review_needed"]),
    Row(
      name: "the last role for the files of the rules", after: World.base.with("state/governance/roles.yaml", narrow),
      seals: [.key(Keys.anna)], ids: ["approval.locks_out"]),
    Row(
      name: "a rule that leaves out the files of the roles",
      after: World.base.with(
        "state/governance/rules.yaml", World.rule("people", kinds: "\"*\"", paths: "state/governance/people.yaml")),
      seals: [.key(Keys.anna)], ids: ["approval.locks_out"]),
    Row(
      name: "all people, roles and rules",
      after: World.base.with("state/governance/people.yaml", nil).with("state/governance/roles.yaml", nil)
        .with("state/governance/rules.yaml", nil), seals: [.key(Keys.anna)], ids: ["approval.locks_out"]),
    Row(
      name: "removing a channel", after: World.base.with(web, nil), seals: [.key(Keys.ben)], ids: []),
    Row(
      name: "errors in the files", after: World.base.with(web, "kind: Channel\nname: web\ntype: shop\n"),
      seals: [.key(Keys.anna)], ids: ["state.wrong_type"]),
  ]

  @Test(arguments: rows) func row18IsJudgedByItsBase(_ row: Row) {
    #expect(row.before.state().diagnostics.isEmpty, "the base is in order")
    #expect(row.before.change(to: row.after, row.seals).verdict().ids.sorted() == row.ids.sorted())
  }

  @Test func acceptanceSaysWhoAndByWhichRules() throws {
    let change = World.base.change(to: Self.moreForWeb, [.key(Keys.ben), .key(Keys.anna), .key(Keys.ben)])
    let acceptance = try #require(change.verdict().acceptance)
    var expected = Acceptance(authors: ["anna", "ben"], rules: ["channels"], isGovernance: false)
    expected.everyone = ["anna", "ben"]
    #expect(acceptance == expected)
    let governance = World.base.change(
      to: World.base.with("state/governance/people.yaml", Self.newPerson), [.key(Keys.anna)])
    #expect(governance.verdict().acceptance?.isGovernance == true)
  }

  /// A comment changes no resource; who may touch the file is asked all the same.
  @Test func aChangeThatSaysNothingNewStillNeedsARole() {
    let commented = World.base.with(Self.web, "# said again\n" + World.channel("web", cap: 10))
    #expect(World.base.change(to: commented, [.key(Keys.stranger)]).verdict().ids.contains("approval.unknown_key"))
    #expect(World.base.change(to: commented, [.key(Keys.anna)]).resources().isEmpty)
    // It is a change of channels like any other, for roles and for rules.
    #expect(World.base.change(to: commented, [.key(Keys.ben)]).verdict().ids.isEmpty)
    let tiers = World.base.with("state/tiers.yaml", "# said again\n" + (World.base["state/tiers.yaml"] ?? ""))
    #expect(
      World.base.change(to: tiers, [.key(Keys.ben)]).verdict().ids.sorted() == ["approval.no_rule", "approval.role"])
  }

  /// "é" in two encodings names two items: a change from one to the other is a change, whoever may make it.
  @Test func namesThatLookTheSameAreTwo() {
    func protection(_ sku: String) -> Files {
      World.base.with("state/channels/p.yaml", "kind: Protection\nname: p\nchannel: web\nsku: \"\(sku)\"\nunits: 3\n")
    }
    let change = protection("caf\u{E9}").change(to: protection("cafe\u{301}"), [.key(Keys.ben)])
    #expect(change.resources().map(\.key.name) == ["p"])
    #expect(change.verdict().ids.contains("approval.role"))
  }

  @Test(arguments: [
    ("state/**", "state/a/b.yaml", true), ("state/*", "state/a/b.yaml", false), ("**", "README.md", true),
    ("**/a/**", "x/a/y", true), ("**/a/**", "x/b/y", false), ("state/ch*s/*.yaml", "state/channels/web.yaml", true),
    (String(repeating: "**/", count: 24) + "zz", String(repeating: "a/", count: 60) + "z", false),
  ])
  func pathPatternsAreQuick(pattern: String, path: String, matches: Bool) {
    #expect(PathPattern(pattern).matches(path) == matches)
  }

  @Test func everyReasonSaysWhatToDo() {
    for row in Self.rows where row.ids.allSatisfy({ $0.hasPrefix("approval.") }) {
      guard case .refused(let reasons) = row.before.change(to: row.after, row.seals).verdict() else { continue }
      for reason in reasons { #expect(reason.hint?.isEmpty == false, "\(row.name): \(reason.id)") }
    }
  }
}
