import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

/// Backorder rules that make no sense, each with the place and the way out.
@Suite struct BackorderInputTests {
  private static let channels = ["web", "market"].map { "---\nkind: Channel\nname: \($0)\ntype: dtc\ntier: u\n" }

  private func problems(_ text: String) -> [String] {
    LoadedState(inCompany: text + Self.channels.joined()).diagnostics.map(\.id)
  }

  private static func rule(_ fields: String, _ name: String = "r") -> String {
    "kind: BackorderRule\nname: \(name)\n\(fields)\n"
  }

  private static func web(_ backorder: String) -> String {
    "kind: Channel\nname: shop\ntype: dtc\ntier: u\nbackorder: \(backorder)\n"
  }

  @Test(
    arguments: [
      (rule("horizon: 0d"), "state.wrong_type"), (rule("horizon: -3d"), "state.wrong_type"),
      (rule("move_limit: 0d"), "state.wrong_type"), (rule("min_supplier_confidence: 101%"), "state.wrong_type"),
      (rule("min_supplier_confidence: 0.9"), "state.wrong_type"), (rule("max_units: -1"), "state.out_of_range"),
      (rule("max_units: 9999999999999"), "state.out_of_range"),
      (rule("channels: [nowhere]"), "state.missing_reference"),
      (rule("channels: []"), "state.no_channels"), (rule("class: c\nsku: A"), "state.one_of"),
      (rule("brand: north\nbusiness_unit: retail"), "state.one_of"), (rule("horizen: 3d"), "state.unknown_field"),
      (rule("max_units: 0"), "state.no_effect"), (web("{max_units: 3}"), "state.required"),
      (web("true"), "state.wrong_type"), (web("{accept: true, max_units: 0}"), "state.no_effect"),
      (web("{accept: true, transit: 2d}"), "state.unknown_field"),
    ] as [(String, String)]) func badInputIsNamed(text: String, id: String)
  {
    #expect(problems(text) == [id], "\(text)")
  }

  @Test func twoRulesOfOneRankAreNamedAndOthersFitTogether() {
    func both(_ first: String, _ second: String) -> [String] {
      problems(Self.rule(first, "a") + "---\n" + Self.rule(second, "b"))
    }
    #expect(both("accept: true", "max_units: 3") == ["state.equally_specific"])
    #expect(both("channels: [web, market]", "channels: [market]") == ["state.equally_specific"])
    #expect(both("class: c", "class: c") == ["state.equally_specific"])
    #expect(both("channels: [web]", "channels: [market]").isEmpty)
    #expect(both("channels: [web]", "accept: false").isEmpty)
    #expect(both("class: c", "brand: north").isEmpty)
    #expect(both("effective: {from: 2026-11-20T00:00:00Z}", "accept: false").isEmpty)
    #expect(
      both("effective: {until: 2026-11-20T00:00:00Z}", "effective: {from: 2026-11-20T00:00:00Z}").isEmpty)
  }

  @Test func whatIsRightIsLetThrough() {
    #expect(
      problems(
        Self.web("{accept: true, max_units: 200, horizon: 21d, min_supplier_confidence: 85%}") + "---\n"
          + Self.rule(
            "channels: [web]\nclass: c\naccept: true\nmax_units: 5\nhorizon: 9d\naccept_untrusted: true\n"
              + "transit: 2d\nmove_limit: 5d\ntell_earlier: false\nmin_supplier_confidence: 0%")
      ).isEmpty)
  }
}
