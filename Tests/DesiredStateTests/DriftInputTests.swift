import DesiredStateFiles
import Diagnostics
import Testing

/// Drift rules that make no sense, each with the place and the way out.
@Suite struct DriftInputTests {
  private static let base = """
    kind: Repository
    name: shop
    schema_version: 1
    currency: EUR
    ---
    kind: AllocationTier
    name: one
    rank: 1
    ---
    kind: Channel
    name: web
    type: dtc
    tier: one
    ---
    kind: Channel
    name: market
    type: dtc
    tier: one
    ---
    kind: ProductClass
    name: launch
    ---

    """

  private func problems(_ text: String) -> [Diagnostic] {
    let file = SourceFile(path: "state/f.yaml", bytes: Array((Self.base + text).utf8))
    return LoadedState(files: [DecodedFile(decoding: file)]).diagnostics
  }

  private static func rule(_ fields: String, _ name: String = "r") -> String {
    "kind: DriftRule\nname: \(name)\n\(fields)\n"
  }

  @Test(
    arguments: [
      ("field: units\nanswer: heal", nil), ("field: max_publish\nanswer: adopt\nchannels: [web]\nsku: A", nil),
      ("field: units\nanswer: accept\neffective: {until: 2026-12-31T00:00:00Z}", nil),
      ("field: units", "state.required"), ("answer: heal", "state.required"),
      ("field: price\nanswer: heal", "state.wrong_type"), ("field: units\nanswer: ignore", "state.wrong_type"),
      ("field: units\nanswer: accept", "state.needs_window"),
      ("field: units\nanswer: accept\neffective: {from: 2026-12-31T00:00:00Z}", "state.needs_window"),
      ("field: units\nanswer: adopt", "state.not_in_git"),
      ("field: units\nanswer: heal\nchannels: [nowhere]", "state.missing_reference"),
      ("field: units\nanswer: heal\nchannels: []", "state.no_channels"),
      ("field: units\nanswer: heal\nclass: launch\nsku: A", "state.one_of"),
      ("field: units\nanswer: heal\ndelay: 0h", "state.wrong_type"),
      ("field: units\nanswer: heal\nuntil: 2026-12-31T00:00:00Z", "state.unknown_field"),
    ] as [(String, String?)]) func badInputIsNamed(fields: String, id: String?)
  {
    #expect(problems(Self.rule(fields)).map(\.id) == [id].compactMap(\.self), "\(fields)")
  }

  @Test func aProblemHasAPlaceAndAWayOut() throws {
    let problem = try #require(problems(Self.rule("field: units\nanswer: adopt")).first)
    #expect(problem.location?.description == "state/f.yaml:26:9")
    #expect(problem.message == "DriftRule/r: units cannot be adopted, because quantities are never kept in git")
    #expect(problem.hint == "write answer: heal, report or accept, or limit the channel with max_publish")
  }

  @Test func twoRulesOfOneRankAreNamedAndOthersFitTogether() {
    func both(_ first: String, _ second: String) -> [String] {
      problems(Self.rule("answer: heal\n" + first, "a") + "---\n" + Self.rule("answer: report\n" + second, "b")).map(
        \.id)
    }
    #expect(both("field: units", "field: units") == ["state.equally_specific"])
    #expect(
      both("field: units\nchannels: [web, market]", "field: units\nchannels: [market]") == ["state.equally_specific"])
    #expect(both("field: units", "field: max_publish").isEmpty)
    #expect(both("field: units", "field: units\nclass: launch").isEmpty)
    #expect(both("field: units\nchannels: [web]", "field: units\nchannels: [market]").isEmpty)
    #expect(both("field: units", "field: units\neffective: {until: 2026-12-31T00:00:00Z}").isEmpty)
  }
}
