import TestSupport
import Testing

/// Backorders from the command line: who waits for what, why, and what customers and buyers were told.
@Suite struct BackorderTranscriptTests {
  @Test func anOrderWaitsIsMovedAndIsTold() throws {
    let company = try CompanyFolder()
    try company.scratch.write(Self.events, to: "\(company.name)/events.jsonl")
    try company.scratch.write(Self.later, to: "\(company.name)/later.jsonl")
    try company.succeed("import", "--repo", "ops", "--store", "ops.db", "events.jsonl")
    _ = try company.cycle()
    try company.succeed("import", "--repo", "ops", "--store", "ops.db", "later.jsonl")
    _ = try company.cycle()
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser get backorders --store ops.db
      purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      purser get notices --store ops.db
      purser get cases --store ops.db
      purser explain Channel/storefront --repo ops --sku LAMP --class launch --now 2026-11-24T10:00:00Z
      """)
    #expect(transcript.text == Self.expected, "\(transcript.text)")
    let json = try company.succeed("get", "notices", "--store", "ops.db", "--order", "O-1", "-o", "json").output
    #expect(json.contains("will arrive later than expected: on"))
  }

  /// Goods under way between two nodes are waited for as what is bought is, and named as what they are.
  @Test func anOrderWaitsForATransfer() throws {
    let company = try CompanyFolder()
    try company.scratch.write(Self.transfer, to: "\(company.name)/events.jsonl")
    try company.succeed("import", "--repo", "ops", "--store", "ops.db", "events.jsonl")
    _ = try company.cycle()
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser get backorders --store ops.db
      purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
      """)
    #expect(transcript.text == Self.waiting, "\(transcript.text)")
    let json = try company.succeed("get", "backorders", "--store", "ops.db", "-o", "json").output
    #expect(json.contains("\"transfer\":\"TR-5\"") || json.contains("\"transfer\": \"TR-5\""), "\(json)")
  }

  private static let waiting = #"""
    $ purser get backorders --store ops.db
    1| ORDER  LINE  SKU   CHANNEL     UNITS  PURCHASE_ORDER  PO_LINE  TRANSFER  TRANSFER_LINE  SUPPLIER  CONFIDENCE  ETA                   FIRST_PROMISED        PROMISED              SLACK
    1| O-1    1     LAMP  storefront      4  -               -        TR-5      1              -         -           2026-11-26T08:00:00Z  2026-11-28T12:00:00Z  2026-11-28T12:00:00Z  2d
    = 0
    $ purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    1| O-1: claimed, placed 2026-11-24T09:00:00Z on storefront for west; policy commit <id>
    1| 
    1| It asked for
    1|   line 1: 4 of LAMP
    1| 
    1| What covers it
    1|   line 1: 4 from transfer line TR-5/1, claimed 2026-11-24T10:00:00Z, which left 3pl-rotterdam and is expected at dc-leipzig at 2026-11-26T08:00:00Z
    1|       Channel/storefront backorder: {accept: true, max_units: 100}    # state/channels/channels.yaml:9:12
    1|       BackorderRule/usual horizon: 45d    # state/fulfillment/backorders.yaml:7:10
    1| 
    1| What was promised
    1|   line 1 for 2026-11-28T12:00:00Z
    1|       Node/dc-leipzig calendar: dc-leipzig    # state/network/nodes.yaml:11:11
    1|       Node/dc-leipzig cut_off: 14:00    # state/network/nodes.yaml:12:10
    1|       Node/dc-leipzig processing_time: 4h    # state/network/nodes.yaml:13:18
    1|       Lane/dc-leipzig-west transit: 2d    # state/network/lanes.yaml:18:10
    1|       BackorderRule/usual move_limit: 5d    # state/fulfillment/backorders.yaml:10:13
    1|       BackorderRule/usual tell_earlier: true    # state/fulfillment/backorders.yaml:11:15
    = 0

    """#

  private static let transfer = """
    {"specversion":"1.0","id":"1","source":"/erp","type":"catalog.item_upserted","time":"2026-11-24T08:00:00Z","data":{"sku":"LAMP","uom":"each"}}
    {"specversion":"1.0","id":"2","source":"/wms","type":"inventory.counted","time":"2026-11-24T08:00:00Z","data":{"sku":"LAMP","node":"3pl-rotterdam","on_hand":20}}
    {"specversion":"1.0","id":"3","source":"/wms","type":"transfer.dispatched","time":"2026-11-24T08:30:00Z","data":{"transfer":"TR-5","from":"3pl-rotterdam","to":"dc-leipzig","eta":"2026-11-26T08:00:00Z","lines":[{"line":"1","sku":"LAMP","qty":20}]}}
    {"specversion":"1.0","id":"4","source":"/shop","type":"order.placed","time":"2026-11-24T09:00:00Z","data":{"order":"O-1","channel":"storefront","placed_at":"2026-11-24T09:00:00Z","ship_to":{"region":"west"},"lines":[{"line":"1","sku":"LAMP","qty":4}]}}
    """

  private static let expected = #"""
    $ purser get backorders --store ops.db
    1| ORDER  LINE  SKU   CHANNEL     UNITS  PURCHASE_ORDER  PO_LINE  TRANSFER  TRANSFER_LINE  SUPPLIER         CONFIDENCE  ETA                   FIRST_PROMISED        PROMISED              SLACK
    1| O-1    1     LAMP  storefront     40  PO-7            1        -         -              alpine-textiles  -           2026-12-03T08:00:00Z  2026-12-04T12:00:00Z  2026-12-06T12:00:00Z  3d
    1| O-2    1     LAMP  storefront      6  PO-7            1        -         -              alpine-textiles  -           2026-12-03T08:00:00Z  -                     -                     -
    = 0
    $ purser why order O-1 --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    1| O-1: claimed, placed 2026-11-24T09:00:00Z on storefront for west; policy commit <id>
    1| 
    1| It asked for
    1|   line 1: 40 of LAMP
    1| 
    1| What covers it
    1|   line 1: 40 from purchase order line PO-7/1, claimed 2026-11-24T10:00:00Z, which alpine-textiles is to bring to dc-leipzig at 2026-12-03T08:00:00Z (confidence 92%)
    1|       Channel/storefront backorder: {accept: true, max_units: 100}    # state/channels/channels.yaml:9:12
    1|       BackorderRule/usual horizon: 45d    # state/fulfillment/backorders.yaml:7:10
    1|       BackorderRule/usual min_supplier_confidence: 70%    # state/fulfillment/backorders.yaml:8:26
    1|       Supplier/alpine-textiles confidence: 92%    # state/network/suppliers.yaml:7:13
    1|       Supplier/alpine-textiles receiving_time: 1d    # state/network/suppliers.yaml:8:17
    1| 
    1| What was promised
    1|   line 1 for 2026-12-06T12:00:00Z
    1|       Supplier/alpine-textiles receiving_time: 1d    # state/network/suppliers.yaml:8:17
    1|       Node/dc-leipzig calendar: dc-leipzig    # state/network/nodes.yaml:11:11
    1|       Node/dc-leipzig cut_off: 14:00    # state/network/nodes.yaml:12:10
    1|       Node/dc-leipzig processing_time: 4h    # state/network/nodes.yaml:13:18
    1|       Lane/dc-leipzig-west transit: 2d    # state/network/lanes.yaml:18:10
    1|       BackorderRule/usual move_limit: 5d    # state/fulfillment/backorders.yaml:10:13
    1|       BackorderRule/usual tell_earlier: true    # state/fulfillment/backorders.yaml:11:15
    1|   line 1 was first told 2026-11-24T10:00:00Z: for 2026-12-04T12:00:00Z
    1|   line 1 was told again 2026-11-24T10:00:00Z: for 2026-12-06T12:00:00Z
    = 0
    $ purser get notices --store ops.db
    1| RECORD  NOTICE              ORDER  SKU   SUBJECT                                              KEY
    1|      1  expedite            -      LAMP  Please expedite PO-7, line 1: customers are waiting  purchase_proposal/4:LAMP/expedite/1
    1|      1  backorder_accepted  O-1    LAMP  Your order O-1: on backorder                         backorder_accepted/3:O-1/1/1
    1|      2  expedite            -      LAMP  Please expedite PO-7, line 1: customers are waiting  purchase_proposal/4:LAMP/expedite/2
    1|      2  promise_later       O-1    LAMP  Your order O-1: later than expected                  promise_later/3:O-1/1/2
    = 0
    $ purser get cases --store ops.db
    1| KIND      SKU   SUBJECT  OPENED_AT             DETAIL
    1| shortage  LAMP  O-2/1    2026-11-24T10:00:00Z  3 units are not covered: none is on hand; others already wait for all of PO-7/1 that can be counted on
    = 0
    $ purser explain Channel/storefront --repo ops --sku LAMP --class launch --now 2026-11-24T10:00:00Z
    1| Channel/storefront at 2026-11-24T10:00:00Z
    1|   type: dtc    # state/channels/channels.yaml:6:7 (all items)
    1|   tier: own    # state/channels/channels.yaml:7:7 (all items)
    1|   reserve_at: order    # state/channels/channels.yaml:8:13 (all items)
    1|   backorder: {accept: true, max_units: 100}    # state/channels/channels.yaml:9:12 (all items)
    1|   backorders, by channel and rule: accepted, at most 40 units of an item, at most 21d ahead, from suppliers of at least 85%; promises may move by 3d past the first, and customers are told of earlier dates; 3d of transit if there is no lane    # BackorderRule/launch at state/fulfillment/backorders.yaml:14:1
    = 0

    """#

  private static let events = """
    {"specversion":"1.0","id":"1","source":"/erp","type":"catalog.item_upserted","time":"2026-11-24T08:00:00Z","data":{"sku":"LAMP","uom":"each"}}
    {"specversion":"1.0","id":"2","source":"/erp","type":"purchase_order.confirmed","time":"2026-11-24T08:00:00Z","data":{"po":"PO-7","supplier":"alpine-textiles","node":"dc-leipzig","lines":[{"line":"1","sku":"LAMP","qty":50,"eta":"2026-12-01T08:00:00Z"}]}}
    {"specversion":"1.0","id":"3","source":"/shop","type":"order.placed","time":"2026-11-24T09:00:00Z","data":{"order":"O-1","channel":"storefront","placed_at":"2026-11-24T09:00:00Z","ship_to":{"region":"west"},"lines":[{"line":"1","sku":"LAMP","qty":40}]}}
    {"specversion":"1.0","id":"4","source":"/shop","type":"order.placed","time":"2026-11-24T09:10:00Z","data":{"order":"O-2","channel":"storefront","placed_at":"2026-11-24T09:10:00Z","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"LAMP","qty":9}]}}
    """

  private static let later = """
    {"specversion":"1.0","id":"5","source":"/erp","type":"purchase_order.changed","time":"2026-11-24T09:50:00Z","data":{"po":"PO-7","lines":[{"line":"1","eta":"2026-12-03T08:00:00Z"}]}}
    """
}
