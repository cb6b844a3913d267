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
    $ purser get availability --store ops.db
    1| SKU    CHANNEL        REGION   ON_HAND  RESERVED  SAFETY_STOCK  PROTECTED  SHARED  CAP_LEFT  AVAILABLE  PUBLISHED
    1| STOVE  marketplace-a  benelux       31         0             1          0      21        27         21         18
    1| STOVE  marketplace-a  central       60         0             0          0      42        27         27         24
    1| STOVE  marketplace-b  benelux       31         0             1          0      21        13         13          7
    1| STOVE  marketplace-b  central       60         0             0          0      42        13         13          7
    1| STOVE  storefront     benelux       31         0             1          0      21         -         21         21
    1| STOVE  storefront     central       60         0             0          0      42         -         42         42
    1| STOVE  stores         benelux       31         0             1          0      21         -         21         21
    1| STOVE  stores         central       60         0             0          0      42         -         42         42
    1| STOVE  subscription   benelux       31         0             1          3      21         -         24         24
    1| STOVE  subscription   central       60         0             0          6      42         -         48         48
    1| STOVE  wholesale      benelux       31         0             1          6       0         -          6          6
    1| STOVE  wholesale      central       60         0             0         12       0         -         12         12
    = 0
    $ purser explain Channel/marketplace-b --repo ops --region benelux --now 2026-11-24T10:00:00Z
    1| Channel/marketplace-b at 2026-11-24T10:00:00Z
    1|   type: marketplace    # state/channels/channels.yaml:29:7 (all items)
    1|   tier: growth    # state/channels/channels.yaml:30:7 (all items)
    1|   cap: {units: 40, window: 7d}    # state/network/regions.yaml:29:6 (all items in region benelux)
    1|       overrides {percent_of_available: 15%, window: 7d}    # state/channels/channels.yaml:31:6 (all items)
    1|   exposure: 80%    # state/channels/channels.yaml:32:11 (all items)
    1|   buffer: {mode: fixed, units: 3}    # state/channels/channels.yaml:33:9 (all items)
    1|   min_publish: 2    # state/channels/channels.yaml:34:14 (all items)
    1|   max_publish: 200    # state/channels/channels.yaml:35:14 (all items)
    1|   backorders, by channel and rule: not accepted; promises may move by 5d past the first, and customers are told of earlier dates; 2d of transit if there is no lane    # BackorderRule/benelux at state/network/regions.yaml:32:1
    1|   drift of max_publish: adopt    # DriftRule/marketplace-limits at state/channels/drift.yaml:12:1
    1|   drift of units: heal    # DriftRule/marketplace-quantities at state/channels/drift.yaml:5:1
    = 0

    """#
}
