import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

/// What a FallbackRule must say, and what two of them must not.
@Suite struct FallbackRuleTests {
  private static func problems(_ rules: String...) -> [Diagnostic] {
    let texts = rules.enumerated().map { "kind: FallbackRule\nname: f\($0)\n\($1)\n" }
    return LoadedState(inCompany: texts.joined(separator: "---\n")).diagnostics
  }

  @Test(arguments: [
    "when: stale_feed\nmax_age: 26h\nthen: zero", "when: stale_feed\nnode: dc\nmax_age: 1h\nthen: freeze",
    "when: stale_feed\nnode_type: store\nmax_age: 26h\nthen: last_known\nage_limit: 27h",
    "when: node_outage\nnode: dc\nthen: haircut\nfactor: 50%", "when: node_outage\nnode: dc\nactive: true\nthen: zero",
    "when: carrier_disruption\ncarrier: post\nnode_type: dc\nactive: false\nthen: freeze",
    "when: supplier_uncertainty\nbelow: 70%\nthen: zero",
    "when: supplier_uncertainty\nsupplier: mill\nbelow: 70%\nthen: haircut\nfactor: 50%",
  ])
  func makesSense(rule: String) { #expect(Self.problems(rule).isEmpty, "\(Self.problems(rule))") }

  /// The fields follow from line 3 on.
  @Test(arguments: [
    ("when: stale_feed\nthen: zero", "state.required", 1, 1),
    ("when: supplier_uncertainty\nthen: zero", "state.required", 1, 1),
    ("when: carrier_disruption\nnode: dc\nthen: zero", "state.required", 1, 1),
    ("when: carrier_disruption\ncarrier: post\nthen: zero", "state.required", 1, 1),
    ("when: node_outage\nthen: haircut", "state.required", 1, 1),
    ("when: node_outage\nthen: last_known", "state.required", 1, 1),
    ("when: node_outage\nthen: zero\nfactor: 5%", "state.says_nothing", 5, 9),
    ("when: node_outage\nthen: zero\nage_limit: 5h", "state.says_nothing", 5, 12),
    ("when: node_outage\nthen: zero\nmax_age: 5h", "state.says_nothing", 5, 10),
    ("when: node_outage\nthen: zero\ncarrier: post", "state.says_nothing", 5, 10),
    ("when: node_outage\nthen: zero\nsupplier: mill", "state.says_nothing", 5, 11),
    ("when: node_outage\nthen: zero\nbelow: 5%", "state.says_nothing", 5, 8),
    ("when: stale_feed\nmax_age: 5h\nactive: true\nthen: zero", "state.says_nothing", 5, 9),
    ("when: supplier_uncertainty\nbelow: 5%\nnode: dc\nthen: zero", "state.says_nothing", 5, 7),
    ("when: supplier_uncertainty\nbelow: 5%\nthen: freeze", "state.never_holds", 5, 7),
    ("when: supplier_uncertainty\nbelow: 0%\nthen: zero", "state.never_holds", 4, 8),
    ("when: stale_feed\nmax_age: 5h\nthen: last_known\nage_limit: 5h", "state.never_holds", 6, 12),
    ("when: stale_feed\nmax_age: 59m\nthen: zero", "state.too_short", 4, 10),
    ("when: stale_feed\nmax_age: 0h\nthen: zero", "state.wrong_type", 4, 10),
    ("when: node_outage\nnode: dc\nnode_type: dc\nthen: zero", "state.one_of", 5, 12),
    ("when: node_outage\nnode: cd\nthen: zero", "state.missing_reference", 4, 7),
    (
      "when: carrier_disruption\ncarrier: no-such-carrier\nnode: dc\nactive: true\nthen: freeze",
      "state.missing_reference", 4, 10
    ),
    ("when: stale_food\nthen: zero", "state.wrong_type", 3, 7),
    ("when: node_outage\nthen: zero\nscope: {sku: A}", "state.unknown_field", 5, 1),
  ])
  func isReportedWhereItStands(rule: String, id: String, line: Int, column: Int) {
    let problems = Self.problems(rule)
    let found = problems.first { $0.id == id }
    #expect(found?.location == SourceLocation(file: "f.yaml", line: line, column: column), "\(problems)")
    #expect(found?.hint != nil)
  }

  private static let window = "\neffective: {from: 2026-01-01T00:00:00Z}"

  /// Two rules of one target that begin at the same point contradict each other, whatever they do; a stricter step, a
  /// rule that is not in force and another time do not.
  @Test(arguments: [
    ("when: stale_feed\nmax_age: 5h\nthen: zero", "when: stale_feed\nmax_age: 5h\nthen: freeze", true),
    ("when: stale_feed\nmax_age: 5h\nthen: freeze", "when: stale_feed\nmax_age: 9h\nthen: zero", false),
    ("when: stale_feed\nmax_age: 5h\nthen: freeze", "when: stale_feed\nnode: dc\nmax_age: 5h\nthen: zero", false),
    ("when: stale_feed\nmax_age: 5h\nthen: freeze", "when: stale_feed\nmax_age: 5h\nthen: zero" + window, false),
    ("when: stale_feed\nmax_age: 5h\nthen: zero" + window, "when: stale_feed\nmax_age: 5h\nthen: zero" + window, true),
    ("when: node_outage\nnode: dc\nthen: zero", "when: node_outage\nnode: dc\nthen: freeze", false),
    (
      "when: node_outage\nnode: dc\nactive: true\nthen: zero",
      "when: node_outage\nnode: dc\nactive: true\nthen: freeze",
      true
    ),
  ])
  func twoRulesForTheSamePoint(first: String, second: String, isProblem: Bool) {
    let problems = Self.problems(first, second)
    #expect(problems.map(\.id) == (isProblem ? ["state.equally_specific"] : []), "\(problems)")
    if isProblem { #expect(problems.first?.notes.count == 1) }
  }
}
