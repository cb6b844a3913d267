import TestSupport
import Testing

/// A shortage as people meet it: what the plan says before it is applied, who gave up what, and the cases that tell.
@Suite struct ShortageTests {
  private static func event(_ id: String, _ type: String, _ time: String, _ data: String) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"/test","type":"\#(type)","time":"\#(time)","data":\#(data)}"#
  }

  private static func count(_ units: Int, _ time: String) -> String {
    event(
      "count-\(units)", "inventory.counted", time, #"{"sku":"STOVE-01","node":"dc-leipzig","on_hand":\#(units)}"#)
  }

  private static func order(_ id: String, _ channel: String, _ units: Int, _ time: String) -> String {
    event(
      id, "order.placed", time,
      #"{"order":"\#(id)","channel":"\#(channel)","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"STOVE-01","qty":\#(units)}]}"#
    )
  }

  /// The marketplaces have sold; then less is counted than was thought, and the company's own shop asks for what is left.
  @Test func aShortageIsToldBeforeAndAfter() throws {
    let company = try CompanyFolder()
    try company.importEvents(
      [
        Self.event(
          "item", "catalog.item_upserted", "2026-11-20T08:00:00Z", #"{"sku":"STOVE-01","uom":"each"}"#),
        Self.count(20, "2026-11-20T08:00:00Z"), Self.order("M-1", "marketplace-a", 3, "2026-11-20T09:00:00Z"),
        Self.order("M-2", "marketplace-b", 1, "2026-11-20T09:05:00Z"),
      ], as: "stock")
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T10:00:00Z")
    try company.shell(
      """
      cd ops && sed -i '/name: own/,/rule/s/rule: strict/rule: strict\\nreallocation: gain/
      /name: growth/,/rule/s/rule: strict/rule: strict\\nreallocation: lose/' state/allocation/tiers.yaml \
      && git commit -qam 'Let the marketplaces give in a shortage'
      """)
    try company.importEvents(
      [Self.count(7, "2026-11-20T11:00:00Z"), Self.order("S-1", "storefront", 5, "2026-11-20T11:05:00Z")],
      as: "shortage")
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser plan --repo ops --store ops.db --now 2026-11-20T11:30:00Z
      purser run --once --repo ops --store ops.db --now 2026-11-20T11:30:00Z
      purser get cases --store ops.db
      purser plan --repo ops --store ops.db --now 2026-11-20T11:40:00Z
      """)
    #expect(transcript.text == Self.expected)
  }

  private static let expected = #"""
    $ purser plan --repo ops --store ops.db --now 2026-11-20T11:30:00Z
    1| Policy commit <id>: Let the marketplaces give in a shortage
    1| 
    1| The policy changed:
    1|   - STOVE-01: 3 for M-1/1 back to shared
    1|   - STOVE-01: 1 for M-2/1 back to shared
    1|   + STOVE-01: 4 for S-1/1 from shared at dc-leipzig
    1|   ~ STOVE-01 for marketplace-a: protected 0, cap left 2 → protected 0, cap left 1
    1|   + STOVE-01: case allocation_lost M-2/1: lost 1 units: 1 to S-1/1
    1|   + STOVE-01: case allocation_lost M-1/1: lost 3 units: 3 to S-1/1
    1|   + STOVE-01: case shortage S-1/1: 1 units are not covered: what is at dc-leipzig is safety stock; the rest is protected for wholesale; no purchase order or transfer is due to bring any
    1|   + STOVE-01: case shortage M-2/1: 1 units are not covered: the cap of marketplace-b is used up: 0 of 0 units, 15% of what is available, within 7d (state/channels/channels.yaml:31); what is at dc-leipzig is safety stock; the rest is protected for wholesale
    1|   + STOVE-01: case shortage M-1/1: 3 units are not covered: what is at dc-leipzig is safety stock; the rest is protected for wholesale
    1|   + STOVE-01: case promise_at_risk M-2/1: promised for 2026-11-21; 1 units are not covered
    1|   + STOVE-01: case promise_at_risk M-1/1: promised for 2026-11-21; 3 units are not covered
    1|   + S-1: 4 from dc-leipzig by dc-leipzig-central, arrives 2026-11-21T16:00:00Z
    1| 
    1| The world moved:
    1|   ~ STOVE-01 for marketplace-b: protected 0, cap left 1 → protected 0, cap left 0
    1|   ~ STOVE-01 on storefront: publish 8 → 0
    1|   ~ STOVE-01 on stores: publish 8 → 0
    1|   ~ STOVE-01 for subscription: protected 2 → protected 0
    1|   ~ STOVE-01 on subscription: publish 10 → 0
    1|   ~ STOVE-01 for wholesale: protected 4, no shared stock → protected 1, no shared stock
    1|   ~ STOVE-01 on wholesale: publish 4 → 1
    1|   ~ STOVE-01: shared pool -5 → 0
    1| 
    1| channel        published        claimed  loses
    1| marketplace-a          0  →  0        -     -3
    1| marketplace-b          0  →  0        -     -1
    1| storefront             8  →  0       +4      -
    1| stores                 8  →  0        -      -
    1| subscription          10  →  0        -      -
    1| wholesale              4  →  1        -      -
    1| Reallocated:
    1|   1 of STOVE-01 from M-2/1 (marketplace-b) to S-1/1 (storefront)
    1|   3 of STOVE-01 from M-1/1 (marketplace-a) to S-1/1 (storefront)
    1| Shortfalls:
    1|   S-1/1: 1 of STOVE-01 missing, no supply expected
    1|   M-2/1: 1 of STOVE-01 missing, no supply expected
    1|   M-1/1: 3 of STOVE-01 missing, no supply expected
    1| Plan: 9 to add, 9 to change, 2 to remove.
    = 0
    $ purser run --once --repo ops --store ops.db --now 2026-11-20T11:30:00Z
    2| accepted <id> “Let the marketplaces give in a shortage” by root
    2| applied 20 actions (12 policy changed, 8 world moved), record 2
    = 0
    $ purser get cases --store ops.db
    1| KIND             SKU       SUBJECT  OPENED_AT             DETAIL
    1| allocation_lost  STOVE-01  M-1/1    2026-11-20T11:30:00Z  lost 3 units: 3 to S-1/1
    1| allocation_lost  STOVE-01  M-2/1    2026-11-20T11:30:00Z  lost 1 units: 1 to S-1/1
    1| promise_at_risk  STOVE-01  M-1/1    2026-11-20T11:30:00Z  promised for 2026-11-21; 3 units are not covered
    1| promise_at_risk  STOVE-01  M-2/1    2026-11-20T11:30:00Z  promised for 2026-11-21; 1 units are not covered
    1| shortage         STOVE-01  M-1/1    2026-11-20T11:30:00Z  3 units are not covered: what is at dc-leipzig is safety stock; the rest is protected for wholesale
    1| shortage         STOVE-01  M-2/1    2026-11-20T11:30:00Z  1 units are not covered: the cap of marketplace-b is used up: 0 of 0 units, 15% of what is available, within 7d (state/channels/channels.yaml:31); what is at dc-leipzig is safety stock; the rest is protected for wholesale
    1| shortage         STOVE-01  S-1/1    2026-11-20T11:30:00Z  1 units are not covered: what is at dc-leipzig is safety stock; the rest is protected for wholesale; no purchase order or transfer is due to bring any
    = 0
    $ purser plan --repo ops --store ops.db --now 2026-11-20T11:40:00Z
    1| No changes. The store matches the policy.
    1| Shortfalls:
    1|   M-1/1: 3 of STOVE-01 missing, no supply expected
    1|   M-2/1: 1 of STOVE-01 missing, no supply expected
    1|   S-1/1: 1 of STOVE-01 missing, no supply expected
    = 0

    """#
}
