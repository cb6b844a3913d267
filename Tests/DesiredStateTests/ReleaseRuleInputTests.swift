import DesiredStateFiles
import Diagnostics
import Testing

/// A release is a name in an event. Where any system may send it, the rule keeps nobody back who can send events.
@Suite struct ReleaseRuleInputTests {
  private static let key = String(repeating: "A", count: 43)

  private static let people = """
    ---
    kind: Person
    name: ann
    email: ann@acme.example
    keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\(key) ann"]
    ---
    kind: Role
    name: owner
    people: [ann]
    kinds: ["*"]
    paths: ["**"]
    ---
    kind: ApprovalRule
    name: start
    kinds: ["*"]
    review: none
    ---
    kind: Channel
    name: trade
    type: wholesale
    tier: u

    """

  private static func rule(_ more: String = "") -> String {
    "kind: ReleaseRule\nname: large\nchannel: trade\nabove_units: 10\nrole: owner\n\(more)"
  }

  private static func system(_ owns: String, _ more: String = "", _ name: String = "erp") -> String {
    "---\nkind: Integration\nname: \(name)\nsource: /\(name)\nowns: [\(owns)]\n\(more)"
  }

  private static let spring = "effective: {from: 2027-03-01T00:00:00Z, until: 2027-06-01T00:00:00Z}\n"
  private static let march = "effective: {from: 2027-03-01T00:00:00Z, until: 2027-04-01T00:00:00Z}\n"

  @Test(
    arguments: [
      (rule(), " owns 'order.released', so"), (rule() + system(""), " owns 'order.released', so"),
      (rule() + system("order.placed") + system("order.cancelled", "", "crm"), " owns 'order.released', so"),
      (rule() + system("order.placed, order.released"), nil),
      (
        rule() + system("order.released", march),
        " owns 'order.released' for the whole time that the rule is in effect, so"
      ),
      (
        rule(spring) + system("order.released", march),
        " owns 'order.released' for the whole time that the rule is in effect, so"
      ),
      (rule(march) + system("order.released", march), nil), (rule(march) + system("order.released", spring), nil),
      (system("order.placed"), nil),
    ] as [(String, String?)])
  func whoMayLetAnyOrderGoIsWarnedOf(text: String, words: String?) {
    let loaded = LoadedState(inCompany: text + Self.people)
    #expect(loaded.isUsable)
    guard let words else {
      #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
      return
    }
    #expect(loaded.diagnostics.map(\.id) == ["state.anyone_releases"], "\(loaded.diagnostics)")
    let warning = loaded.diagnostics.first
    #expect(warning?.severity == .warning && warning?.hint?.contains("'owns'") == true)
    #expect(warning?.message.contains(words) == true, "\(loaded.diagnostics)")
    #expect(warning?.location == SourceLocation(file: "f.yaml", line: 5, column: 7))
  }
}
