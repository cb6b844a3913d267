import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

/// What an ApprovalRule must say, and what nobody could satisfy.
@Suite struct ApprovalRuleInputTests {
  private static func person(_ name: String, _ letter: Character, _ more: String = "") -> String {
    "kind: Person\nname: \(name)\nemail: \(name)@example.test\n\(more)"
      + "keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\(String(repeating: letter, count: 43))]\n---\n"
  }

  private static func role(_ name: String, _ people: String, kinds: String) -> String {
    "kind: Role\nname: \(name)\npeople: [\(people)]\nkinds: [\(kinds)]\npaths: [\"**\"]\n---\n"
  }

  private static let base =
    "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n---\n" + person("ann", "A") + person("bob", "B")
    + person("cid", "C") + role("owner", "ann", kinds: "\"*\"") + role("lead", "bob, cid", kinds: "")
    + role("idle", "", kinds: "")
    + role("both", "ann, bob", kinds: "Channel") + person("bot", "F", "automation: true\n")
    + role("machine", "bot, cid", kinds: "")
    + "kind: ApprovalRule\nname: start\nkinds: [\"*\"]\nreview: none\n---\nkind: ProductClass\nname: launch\n---\n"

  private static func problems(_ rule: String) -> [Diagnostic] {
    let text = base + "kind: ApprovalRule\nname: r\n" + rule
    let loaded = LoadedState(text: text)
    let line = base.split(separator: "\n", omittingEmptySubsequences: false).count + 2
    return loaded.diagnostics.map {
      var problem = $0
      // Lines are counted from the rule's own fields.
      problem.location = $0.location.map {
        SourceLocation(file: $0.file, line: max(1, $0.line - line + 1), column: $0.column)
      }
      return problem
    }
  }

  @Test(arguments: [
    "kinds: [Node]\nreview: {lead: 2}", "kinds: [\"*\"]\nreview: {lead: 1}\nvalid_for: 7d\ntolerance: 10%",
    "kinds: [Channel]\nfields: [cap, effective]\nnames: [web]\nscope: {class: launch}\ndirection: raise\nat_least: 20%\n"
      + "review: {lead: 1}",
    "kinds: [Channel]\nunits: 5\nimpact: {orders_losing: 1, promises_later: 3}\nreview: {lead: 1, both: 1}",
    "kinds: [\"*\"]\nreverts: recorded\nreview: none",
    "kinds: [Node]\nreview: {lead: 1}\nbreak_glass: {role: owner, for: 4h}",
  ])
  func makesSense(rule: String) {
    let found = Self.problems(rule).filter { $0.severity == .error }
    #expect(found.isEmpty, "\(found)")
  }

  @Test(arguments: [
    ("kinds: [Channel]\nreview: {lead: 0}", "state.out_of_range", 2, 16),
    ("kinds: [Channel]\nreview: {lead: -1}", "state.out_of_range", 2, 16),
    ("kinds: [Channel]\nreview: {}", "state.empty_review", 2, 9),
    ("kinds: [Channel]\nreview: {leed: 1}", "state.missing_reference", 2, 16),
    ("kinds: [Channel]\nreview: {lead: 3}", "state.unsatisfiable", 2, 9),
    // Who may write such a change is one of the two.
    ("kinds: [Channel]\nreview: {both: 2}", "state.unsatisfiable", 2, 9),
    ("kinds: [Channel]\nreview: {owner: 1}", "state.unsatisfiable", 2, 9),
    // A program approves nothing.
    ("kinds: [Channel]\nreview: {machine: 2}", "state.unsatisfiable", 2, 9),
    // One person cannot fill two places.
    ("kinds: [Channel]\nreview: {lead: 2, both: 1}", "state.unsatisfiable", 2, 9),
    ("kinds: [Channal]\nreview: none", "state.wrong_type", 1, 9),
    ("kinds: [Channel]\nfields: [cop]\nreview: none", "state.unknown_field", 2, 10),
    ("kinds: [Channel]\nreviews: none\nreview: none", "state.unknown_field", 2, 1),
    ("kinds: [Channel]\nimpact: {orders: 1}\nreview: {lead: 1}", "state.unknown_field", 2, 10),
    ("kinds: [Channel]\nimpact: {orders_losing: 0}\nreview: {lead: 1}", "state.out_of_range", 2, 25),
    ("kinds: [Channel]\nimpact: {}\nreview: {lead: 1}", "state.one_of", 2, 9),
    ("kinds: [Channel]\nimpact: {orders_losing: 5}\nreview: none", "state.without_review", 2, 9),
    ("kinds: [Channel]\ntolerance: 5%\nreview: none", "state.without_review", 2, 12),
    ("kinds: [Channel]\nbreak_glass: {role: lead, for: 1h}\nreview: none", "state.without_review", 2, 14),
    ("kinds: [Channel]\nbreak_glass: {role: nobody, for: 1h}\nreview: {lead: 1}", "state.missing_reference", 2, 21),
    ("kinds: [Channel]\ndirection: up\nreview: none", "state.wrong_type", 2, 12),
    ("kinds: [Channel]\nat_least: 0%\nreview: none", "state.zero_size", 2, 11),
    ("kinds: [Channel]\nat_least: 5%\nunits: 3\nreview: none", "state.one_of", 3, 8),
    ("kinds: [Channel]\nscope: {}\nreview: none", "state.one_of", 2, 8),
    ("kinds: [Channel]\nscope: {class: launsh}\nreview: none", "state.missing_reference", 2, 16),
    ("kinds: [Channel]\nreverts: always\nreview: none", "state.wrong_type", 2, 10),
    ("kinds: [Channel]\nvalid_for: 7\nreview: {lead: 1}", "state.wrong_type", 2, 12),
  ])
  func isReported(rule: String, id: String, line: Int, column: Int) {
    let found = Self.problems(rule).filter { $0.severity == .error }
    #expect(
      found.contains { $0.id == id && $0.location?.line == line && $0.location?.column == column },
      "\(found.map { "\($0.id) \($0.location?.description ?? "")" })")
  }

  private static let threes =
    person("dan", "D") + role("fin", "ann, bob, cid", kinds: "") + role("ops", "bob, cid, dan", kinds: "Node")

  /// Two rules of which each can be met, with what each is about.
  @Test(
    arguments: [
      ("kinds: [Channel]", "kinds: [\"*\"]", "ann"), ("kinds: [Channel]", "kinds: [Node]", nil),
      ("kinds: [Channel]\nfields: [cap]", "kinds: [Channel]\nfields: [exposure]", nil),
      ("kinds: [Channel]\nfields: [cap]", "kinds: [Channel]", "ann"),
      ("kinds: [Channel]\nnames: [web]", "kinds: [Channel]\nnames: [shop]", nil),
      ("kinds: [Channel]\nscope: {class: launch}", "kinds: [Channel]\nscope: {sku: A}", nil),
      ("kinds: [Channel]\nimpact: {channels: 1}", "kinds: [Channel]", "ann"),
      ("kinds: [Channel]\nreverts: recorded", "kinds: [Channel]", nil),
      ("kinds: [Channel]\npaths: [a/**]", "kinds: [Channel]\npaths: [b/**]", nil),
      ("kinds: [Channel]\npaths: [\"*.yaml\"]", "kinds: [Channel]\npaths: [f.yaml]", "ann"),
    ] as [(String, String, String?)])
  func rulesMustBeWithinReachTogether(first: String, second: String, author: String?) {
    let text =
      Self.base + Self.threes + "kind: Channel\nname: web\ntype: dtc\ntier: growth\n---\n"
      + "kind: Channel\nname: shop\ntype: dtc\ntier: growth\n---\n"
      + "kind: AllocationTier\nname: growth\nrank: 1\nrule: strict\n---\n"
      + "kind: ApprovalRule\nname: y\n\(first)\nreview: {fin: 2}\n---\n"
      + "kind: ApprovalRule\nname: z\n\(second)\nreview: {ops: 2}\n"
    let loaded = LoadedState(text: text)
    let errors = loaded.diagnostics.filter { $0.severity == .error }
    #expect(errors.map(\.id) == (author == nil ? [] : ["state.unsatisfiable"]), "\(errors)")
    guard let author, let problem = errors.first else { return }
    #expect(problem.message.contains("ApprovalRule/y") && problem.message.contains("'\(author)'"), "\(problem)")
    #expect(problem.notes.count == 1)
  }

  @Test(arguments: [
    ("kinds: []\nreview: none", 1, 8, "list the kinds"),
    ("kinds: [Node]\npaths: []\nreview: none", 2, 8, "omit the field"),
    ("kinds: [ProductClass]\nnames: [lunch]\nreview: none", 2, 9, "did you mean 'launch'?"),
    ("kinds: [Node]\nreview: {lead: 1}\nbreak_glass: {role: idle, for: 4h}", 3, 21, "give the role"),
    ("kinds: [Node]\nreverts: recorded\nreview: none", 2, 10, "add who must approve"),
  ])
  func whatCanNeverBiteIsAWarning(rule: String, line: Int, column: Int, hint: String) {
    let found = Self.problems(rule)
    #expect(found.map(\.id) == ["state.no_effect"] && found.first?.severity == .warning, "\(found)")
    #expect(found.first?.location?.line == line && found.first?.location?.column == column, "\(found)")
    #expect(found.first?.hint?.contains(hint) == true, "\(found)")
  }

  /// What waits could never be let through where only programs have the role.
  @Test(arguments: [
    ("{machine: 1}", []), ("{machine: 2}", ["state.unsatisfiable"]), ("{lead: 3}", ["state.unsatisfiable"]),
  ])
  func aLineOfHeldMustBeWithinReachOfPeople(review: String, ids: [String]) {
    let text = Self.base.replacing("currency: EUR\n", with: "currency: EUR\nheld: [{review: \(review)}]\n")
    let loaded = LoadedState(text: text)
    #expect(loaded.diagnostics.map(\.id) == ids, "\(loaded.diagnostics)")
  }

  @Test func anAccountIsOfOnePerson() {
    let text =
      Self.base + Self.person("dee", "D", "forges: {github: 7, gitea: 1}\n")
      + Self.person("eve", "E", "forges: {gitea: 2, github: 7}\n")
    let loaded = LoadedState(text: text)
    #expect(loaded.diagnostics.map(\.id) == ["state.shared_account"])
    #expect(loaded.diagnostics.first?.message.contains("github") == true)
  }
}
