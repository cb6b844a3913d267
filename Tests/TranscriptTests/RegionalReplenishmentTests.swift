import TestSupport
import Testing

/// A company with a warehouse on either side of a border buys for one side on its own: from the rule to what buyers see, and to
/// what a verification finds of it.
@Suite struct RegionalReplenishmentTranscriptTests {
  private static let rule = """
    kind: ReplenishmentPolicy
    name: benelux
    region: benelux
    supplier: alpine-textiles
    node: 3pl-rotterdam
    service: {cycle: 95%}
    velocity_window: 7d
    order_up_to: {days: 7d}

    """

  private static func order(_ id: String, _ units: Int, to destination: String, on day: Int) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"/test","type":"order.placed","time":"2026-11-\#(day)T08:00:00Z","data":{"order":"\#(id)","channel":"storefront","ship_to":{"region":"\#(destination)"},"lines":[{"line":"1","sku":"LAMP","qty":\#(units)}]}}"#
  }

  @Test func aSideIsBoughtForOnItsOwn() throws {
    let company = try CompanyFolder()
    try company.shell("sed -i 's/^#   //' ops/state/network/regions.yaml && git -C ops commit -qam 'Part the regions'")
    try company.scratch.write(Self.rule, to: "\(company.name)/ops/state/replenishment/benelux.yaml")
    try company.shell("cd ops && git add -A && git commit -qm 'Buy for the Benelux'")
    try company.importEvents(
      [
        CompanyFolder.event("item", "catalog.item_upserted", #"{"sku":"LAMP","uom":"each"}"#),
        CompanyFolder.event("leipzig", "inventory.counted", #"{"sku":"LAMP","node":"dc-leipzig","on_hand":5000}"#),
        CompanyFolder.event("rotterdam", "inventory.counted", #"{"sku":"LAMP","node":"3pl-rotterdam","on_hand":90}"#),
      ]
        + (17...23).flatMap {
          [Self.order("W\($0)", 6, to: "west", on: $0), Self.order("C\($0)", 40, to: "central", on: $0)]
        },
      as: "history")
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z | tail -1
      purser get proposals --store ops.db
      purser get proposals --store ops.db -o name
      purser plan --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      purser audit verify ops --store ops.db
      """)
    #expect(transcript.text == Self.expected, "\(transcript.text)")
  }

  private static let expected = #"""
    $ purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z | tail -1
    2| trusting <id>, the first commit of the branch: from now on its people and rules decide what takes effect
    2| accepted <id> “Part the regions” by root
    2| accepted <id> “Buy for the Benelux” by root
    2| applied 92 actions (92 policy changed, 0 world moved), record 1
    = 0
    $ purser get proposals --store ops.db
    1| SKU   KIND   REGION   SUPPLIER         NODE           QTY  POSITION  REORDER_POINT  ORDER_UP_TO  PURCHASE_ORDER  LINE  PROPOSED_AT
    1| LAMP  order  benelux  alpine-textiles  3pl-rotterdam  120        48            126          168  -               -     2026-11-24T10:00:00Z
    = 0
    $ purser get proposals --store ops.db -o name
    1| LAMP/order/benelux
    = 0
    $ purser plan --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    1| No changes. The store matches the policy.
    = 0
    $ purser audit verify ops --store ops.db
    1| 1 record in 1 audit commit verified, up to <id>, under 3 policy commits from <id>; the ledger had 2 entries
    2| Compared with git, row by row: applied_plans 1, audit_batches 1, audit_records 1, fallbacks 0, ledger 2, promises 14, proposals 1, routes 14.
    2| Recomputed from the plans in the records: 12 published quantities, 1 safety stocks, 14 promises, 14 routes, 1 proposals to buyers, 6 terms of channels, 1 maps of regions, 2 active nodes, 14 rights to the shared pool, 1 standings of suppliers, 1 settings of routing.
    2| Checked in part (values that only plans write, and sums): channels 6, grants 14, nodes 2, positions 2, single_values 11, suppliers 1.
    2| Only sums checked, against the ledger and the claims: claims 14, items 1, node_load 2, order_lines 14, pools 2, receipts 0.
    2| Not proven: these columns of those tables: claims (claim, pool, service, work_day, claimed_at, expires_at), grants (protected, cap_left, published_at, sold), items (uom, traits, version, shared, dirty, since), nodes (heard_at), order_lines (item, ordered, cancelled, shipped, unit_price), pools (shared), positions (counted_at, count_key), proposals (quantity), single_values (version, full_plan_at, shown_plans, told_statuses, usage_floor, policy_versions, labour_freed), suppliers (dirty); claims that are used up; and the policy of routes and promises where the store names none.
    2| Not checked, because no record mentions them: cases 9, deliveries 0, destinations 2, events 17, listings 0, orders 14, outbox 2, purchase_order_lines 0, regions 3, sales 14, stockouts 0, traits 1, transfer_lines 0, usage 9.
    = 0

    """#
}
