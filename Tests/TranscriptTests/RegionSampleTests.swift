import TestSupport
import Testing

/// The regions that the sample company explains and does not have: taken out of their comment they are in force.
@Suite struct RegionSampleTests {
  @Test func whatTheCommentShowsWorks() throws {
    let company = try CompanyFolder()
    try company.shell("sed -i 's/^#   //' ops/state/network/regions.yaml && git -C ops commit -qam 'Part the regions'")
    try company.importEvents(
      [
        CompanyFolder.event("item", "catalog.item_upserted", #"{"sku":"STOVE","uom":"each"}"#),
        CompanyFolder.event("leipzig", "inventory.counted", #"{"sku":"STOVE","node":"dc-leipzig","on_hand":60}"#),
        CompanyFolder.event("rotterdam", "inventory.counted", #"{"sku":"STOVE","node":"3pl-rotterdam","on_hand":31}"#),
      ], as: "stock")
    let cycle = try company.cycle()
    #expect(cycle.status == 0, "\(cycle.output) \(cycle.errors)")
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser get availability --store ops.db
      purser explain Channel/marketplace-b --repo ops --region benelux --now 2026-11-24T10:00:00Z
      """)
    #expect(transcript.text == Self.expected, "\(transcript.text)")
  }

  private static let expected = #"""
    """#
}
