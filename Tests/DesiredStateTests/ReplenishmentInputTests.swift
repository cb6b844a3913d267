import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import Testing

/// Policies of replenishment and what suppliers say of it, as people write them.
@Suite struct ReplenishmentInputTests {
  private static let policy = "kind: ReplenishmentPolicy\nname: r\nsupplier: mill\nnode: dc\n"
  private static let supplier = "kind: Supplier\nname: mill\nconfidence: 90%\n"
  private static func loaded(_ text: String) -> LoadedState {
    LoadedState(inCompany: text)
  }

  /// One file, the problem, and its place.
  @Test(arguments: [
    (supplier + "lead_time: 0d\n", "state.wrong_type", 4, 12),
    (supplier + "lead_time: -3d\n", "state.wrong_type", 4, 12),
    (supplier + "lead_time: 9\n", "state.wrong_type", 4, 12),
    (supplier + "lead_time: 9d\nminimum_order: -1\n", "state.out_of_range", 5, 16),
    (supplier + "lead_time: 9d\norder_multiple: 0\n", "state.out_of_range", 5, 17),
    (policy + "service: 95%\n", "state.wrong_type", 5, 10),
    (policy + "service: {cycle: 120%}\n", "state.wrong_type", 5, 18),
    (policy + "service: {cycle: -5%}\n", "state.wrong_type", 5, 18),
    (policy + "service: {cycle: 0.95}\n", "state.wrong_type", 5, 18),
    (policy + "service: {csl: 95%}\n", "state.unknown_field", 5, 11),
    (policy + "service: {cycle: 95%}\nforecast_adjustment: 0\n", "state.out_of_range", 6, 22),
    (policy + "service: {cycle: 95%}\nforecast_adjustment: 1001\n", "state.out_of_range", 6, 22),
    (policy + "service: {cycle: 95%}\nforecast_adjustment: 130%\n", "state.wrong_type", 6, 22),
    (policy + "service: {cycle: 95%}\nforecast_adjustment: -10\n", "state.out_of_range", 6, 22),
    (policy + "service: {cycle: 95%}\norder_up_to: max\n", "state.wrong_type", 6, 14),
    (policy + "service: {cycle: 95%}\norder_up_to: {units: -1}\n", "state.out_of_range", 6, 22),
    (policy + "service: {cycle: 95%}\norder_up_to: {days: 0d}\n", "state.wrong_type", 6, 21),
    (policy + "service: {cycle: 95%}\norder_multiple: 0\n", "state.out_of_range", 6, 17),
    (policy + "service: {cycle: 95%}\nminimum_order: 1.5\n", "state.wrong_type", 6, 16),
    (policy + "service: {cycle: 95%}\nreview: daily\n", "state.wrong_type", 6, 9),
    (policy + "service: {cycle: 95%}\nvelocity_window: 0d\n", "state.wrong_type", 6, 18),
    (policy + "service: {cycle: 95%}\ndefault_variation: 1001\n", "state.out_of_range", 6, 20),
    (policy + "ddmrp: {lead_time_factor: 50%}\n", "state.required", 5, 8),
    ("kind: ReplenishmentPolicy\nname: r\nnode: dc\nservice: {cycle: 95%}\n", "state.required", 1, 1),
  ])
  func isReportedWhereItStands(text: String, id: String, line: Int, column: Int) {
    let decoded = DecodedFile(text: text)
    #expect(decoded.diagnostics.map(\.id) == [id])
    #expect(decoded.diagnostics.first?.location == SourceLocation(file: "f.yaml", line: line, column: column))
    #expect(decoded.diagnostics.allSatisfy { $0.hint != nil || id == "state.out_of_range" })
  }

  /// What only several fields or resources show: the document, the problem and its line.
  @Test(arguments: [
    (policy, "state.one_of", 1),
    (policy + "service: {cycle: 95%}\nddmrp: {lead_time_factor: 50%, variability_factor: 40%}\n", "state.one_of", 6),
    (policy + "service: {cycle: 95%, fill: 98%}\n", "state.one_of", 5),
    (policy + "service: {}\n", "state.one_of", 5),
    (policy + "service: {cycle: 100%}\n", "state.service_out_of_reach", 5),
    (policy + "service: {fill: 0%}\n", "state.service_out_of_reach", 5),
    (policy + "service: {fill: 98%}\norder_up_to: {days: 7d, units: 9}\n", "state.one_of", 6),
    (policy + "service: {fill: 98%}\norder_up_to: {}\n", "state.one_of", 6),
    (policy + "service: {fill: 98%}\nreview: periodic\n", "state.required", 6),
    (policy + "service: {fill: 98%}\nperiod: 7d\n", "state.period_without_review", 6),
    (policy + "service: {fill: 98%}\nreview: periodic\nperiod: 36h\n", "state.whole_days", 7),
    (policy + "service: {fill: 98%}\nvelocity_window: 1d\n", "state.whole_days", 6),
    (policy + "service: {fill: 98%}\nvelocity_window: 400d\n", "state.whole_days", 6),
    (policy + "service: {fill: 98%}\nclass: c\nsku: A\n", "state.one_of", 7),
    (policy + "service: {fill: 98%}\nclass: nowhere\n", "state.missing_reference", 6),
    (
      "kind: ReplenishmentPolicy\nname: r\nsupplier: mil\nnode: dc\nservice: {fill: 98%}\n", "state.missing_reference",
      3
    ),
    (
      policy + "service: {fill: 98%}\nsku: A\n---\n"
        + "kind: ReplenishmentPolicy\nname: q\nsupplier: mill\nnode: dc\nservice: {cycle: 95%}\nsku: A\n",
      "state.equally_specific", 8
    ),
  ])
  func isReportedBetweenResources(text: String, id: String, line: Int) {
    let diagnostics = Self.loaded(text).diagnostics
    #expect(diagnostics.map(\.id) == [id], "\(diagnostics)")
    #expect(diagnostics.first?.location?.line == line)
    #expect(diagnostics.first?.hint != nil)
  }

  private static let regions = """
    ---
    kind: Node
    name: far
    type: dc
    region: south
    ---
    kind: Region
    name: north
    nodes: [dc]
    ---
    kind: Region
    name: south
    nodes: [far]
    ---

    """

  private static func rule(_ name: String, at node: String, _ more: String = "") -> String {
    "---\nkind: ReplenishmentPolicy\nname: \(name)\nsupplier: mill\nnode: \(node)\nservice: {cycle: 95%}\n\(more)"
  }

  /// What is bought for a region comes in there, and what is bought for the rest does not: the rules, and what is said.
  @Test(arguments: [
    (rule("a", at: "far", "region: south\n"), [String]()),
    (rule("a", at: "far", "region: south\n") + rule("b", at: "dc"), []),
    (rule("a", at: "far", "region: south\n") + rule("b", at: "dc", "region: north\n"), []),
    (rule("a", at: "dc", "region: south\n"), ["state.node_outside_region"]),
    (rule("a", at: "far", "region: souht\n"), ["state.missing_reference"]),
    (rule("a", at: "far", "region: south\n") + rule("b", at: "far", "region: south\n"), ["state.equally_specific"]),
    (rule("a", at: "far", "region: south\n") + rule("b", at: "far"), ["state.delivers_into_region"]),
    (rule("a", at: "far", "region: south\nsku: A\n") + rule("b", at: "far"), ["state.delivers_into_region"]),
    (rule("a", at: "far", "region: south\nsku: A\n") + rule("b", at: "far", "sku: B\n"), []),
    (
      rule("a", at: "far", "region: south\nsku: A\n") + rule("b", at: "far") + rule("c", at: "dc", "sku: A\n"), []
    ),
    (
      rule("a", at: "far", "region: south\neffective: {until: 2027-01-01T00:00:00Z}\n")
        + rule("b", at: "far", "effective: {from: 2027-01-01T00:00:00Z}\n"), []
    ),
  ])
  func aRegionIsBoughtForWhereItIs(rules: String, ids: [String]) {
    let diagnostics = Self.loaded(Self.regions + rules).diagnostics
    #expect(diagnostics.map(\.id) == ids, "\(diagnostics)")
    #expect(diagnostics.allSatisfy { $0.hint != nil && $0.location != nil })
  }

  /// A policy for a time beside one for good, and two that are not equally specific, are no contradiction.
  @Test func oneForATimeMayStandBesideOneForGood() {
    let other = "kind: ReplenishmentPolicy\nname: q\nsupplier: mill\nnode: dc\nservice: {cycle: 95%}\n"
    let text =
      Self.policy + "service: {fill: 98%}\n---\n" + other + "effective: {until: 2027-01-01T00:00:00Z}\n---\n"
      + "kind: ReplenishmentPolicy\nname: p\nsku: A\nsupplier: mill\nnode: dc\nservice: {cycle: 95%}\n"
    #expect(Self.loaded(text).diagnostics.isEmpty)
  }
}
