import TestSupport
import Testing

/// Large wholesale orders of the sample company leave only when the system that owns the release says that somebody who
/// may has let them go.
@Suite struct ReleasedOrderTests {
  private static func released(_ id: String, by person: String, from source: String) -> String {
    CompanyFolder.event(id, "order.released", #"{"order":"O-1","by":"\#(person)"}"#)
      .replacing(#""source":"/test""#, with: #""source":"\#(source)""#)
  }

  private static let events = [
    CompanyFolder.event("item", "catalog.item_upserted", #"{"sku":"STOVE","uom":"each"}"#),
    CompanyFolder.event("count", "inventory.counted", #"{"sku":"STOVE","node":"dc-leipzig","on_hand":2000}"#),
    CompanyFolder.event(
      "order", "order.placed",
      #"{"order":"O-1","channel":"wholesale","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"STOVE","qty":201}]}"#
    ),
  ]

  @Test func onlyTheOwnerOfTheReleaseLetsAnOrderGo() throws {
    let company = try CompanyFolder()
    #expect(try company.succeed("validate", "ops").errors.contains("warning") == false)
    try company.importEvents(Self.events, as: "events")
    #expect(try company.cycle().status == 0)
    let person = try company.shell("sed -n '/^kind: Person/{n;s/name: //p}' ops/state/governance/people.yaml")
    func cases() throws -> String { try company.succeed("get", "cases", "--store", "ops.db").output }
    func isRouted() throws -> Bool {
      try company.succeed("why", "order", "O-1", "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now)
        .output.contains("Where it ships from")
    }
    #expect(try cases().contains("someone with the role 'owner' must release it") && !isRouted())

    // Whoever hands in events may use the name of somebody who may release: from another system it is not believed.
    try company.scratch.write(Self.released("1", by: person, from: "/shop") + "\n", to: "company/forged.jsonl")
    let forged = try company("import", "--repo", "ops", "--store", "ops.db", "forged.jsonl")
    #expect((forged.output + forged.errors).contains("/erp"), "\(forged)")
    #expect(try company.cycle().status == 0)
    #expect(try cases().contains("must release it") && !isRouted())

    // A name without the role is kept and counts for nothing; the right one does.
    try company.importEvents([Self.released("2", by: "nobody", from: "/erp")], as: "nobody")
    #expect(try company.cycle().status == 0)
    #expect(try cases().contains("released by someone without that role: nobody") && !isRouted())
    try company.importEvents([Self.released("3", by: person, from: "/erp")], as: "released")
    #expect(try company.cycle().status == 0)
    #expect(try !cases().contains("must release it") && isRouted())
  }

  @Test func withoutAnOwnerValidationWarnsAtTheRule() throws {
    let company = try CompanyFolder()
    try company.shell("sed -i 's/owns: \\[order.released\\]/owns: []/' ops/state/integrations/systems.yaml")
    let result = try company.succeed("validate", "ops")
    let words = result.output + result.errors
    #expect(
      words.contains("state/allocation/releases.yaml:9:7") && words.contains("[state.anyone_releases]"), "\(words)")
  }
}
