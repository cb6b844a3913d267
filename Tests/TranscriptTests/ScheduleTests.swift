import TestSupport
import Testing

/// From the command line: what of an item can be promised by when, and a route that is not the first one.
@Suite struct ScheduleTranscriptTests {
  @Test func aPlannerSeesWhyADateIsWhatItIs() throws {
    let company = try CompanyFolder()
    try company.scratch.write(Self.events, to: "\(company.name)/events.jsonl")
    try company.succeed("import", "--repo", "ops", "--store", "ops.db", "events.jsonl")
    _ = try company.cycle()
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --channel storefront --periods 12
      purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --period week --periods 2 -o json
      purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --channel marketplace-a --periods 1
      purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --channel storefront --units 4
      purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --units 3 --partial
      purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --units 9 -o json
      purser get schedule LAMP --repo ops --store ops.db --earliest 2026-12-24T10:00:00Z 2>&1 | head -1
      purser get schedule LAMB --repo ops --store ops.db
      purser get schedule LAMP --repo ops --store ops.db --channel storefrnt
      purser get schedule LAMP --repo ops --store ops.db --periods 0 2>&1 | head -1
      purser get backorders --store ops.db --repo ops
      """)
    #expect(transcript.text == Self.expected, "\(transcript.text)")
  }

  /// Eight are there, of which one is kept for others, so that five of the twelve that are ordered wait. Nine of the ten that
  /// come count, on the second of December, when the dock has had its day: five for them, and four for the next order.
  private static let expected = #"""
    $ purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --channel storefront --periods 12
    1| FROM        ON_HAND  PURCHASES  TRANSFERS  DUE  PERIOD  BACKWARD  ACCUMULATED  DISCRETE  HELD  AVAILABLE  SHORTAGE
    1| 2026-11-24        0          0          0    0       0         0            0         0     0          0         0
    1| 2026-11-25        0          0          0    0       0         0            0         0     0          0         0
    1| 2026-11-26        0          0          0    0       0         0            0         0     0          0         0
    1| 2026-11-27        0          0          0    0       0         0            0         0     0          0         0
    1| 2026-11-28        0          0          0    0       0         0            0         0     0          0         0
    1| 2026-11-29        0          0          0    0       0         0            0         0     0          0         0
    1| 2026-11-30        0          0          0    0       0         0            0         0     0          0         0
    1| 2026-12-01        0          0          0    0       0         0            0         0     0          0         0
    1| 2026-12-02        0          9          0    5       4         4            4         4     5          4         0
    1| 2026-12-03        0          0          0    0       0         0            4         0     0          4         0
    1| 2026-12-04        0          0          0    0       0         0            4         0     0          4         0
    1| 2026-12-05        0          0          0    0       0         0            4         0     0          4         0
    = 0
    $ purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --period week --periods 2 -o json
    1| [
    1|   {"from": "2026-11-24", "on_hand": 1, "purchases": 0, "transfers": 0, "due": 0, "period": 1, "backward": 1, "accumulated": 1, "discrete": 1, "held": 0, "available": 1, "shortage": 0},
    1|   {"from": "2026-12-01", "on_hand": 0, "purchases": 9, "transfers": 0, "due": 5, "period": 4, "backward": 4, "accumulated": 5, "discrete": 4, "held": 5, "available": 5, "shortage": 0}
    1| ]
    = 0
    $ purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --channel marketplace-a --periods 1
    1| FROM        ON_HAND  PURCHASES  TRANSFERS  DUE  PERIOD  BACKWARD  ACCUMULATED  DISCRETE  HELD  AVAILABLE  SHORTAGE
    1| 2026-11-24        0          0          0    0       0         0            0         0     0          0         0
    2| orders of 'marketplace-a' do not wait for inbound goods; see `purser explain Channel/marketplace-a`
    = 0
    $ purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --channel storefront --units 4
    1| UNITS  AT
    1|     4  2026-12-02T08:00:00Z
    = 0
    $ purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --units 3 --partial
    1| UNITS  AT
    1|     1  2026-11-24T10:00:00Z
    1|     2  2026-12-02T08:00:00Z
    = 0
    $ purser get schedule LAMP --repo ops --store ops.db --now 2026-11-24T10:00:00Z --units 9 -o json
    1| [
    1|   {"units": 9, "at": null}
    1| ]
    = 0
    $ purser get schedule LAMP --repo ops --store ops.db --earliest 2026-12-24T10:00:00Z 2>&1 | head -1
    1| Error: --earliest and --partial are for --units: say how many units
    = 0
    $ purser get schedule LAMB --repo ops --store ops.db
    2| error: there is no item 'LAMB' [get.unknown_item]
    2|   hint: did you mean 'LAMP'?
    = 1
    $ purser get schedule LAMP --repo ops --store ops.db --channel storefrnt
    2| error: there is no Channel named 'storefrnt' [get.unknown_channel]
    2|   hint: did you mean 'storefront'?
    = 1
    $ purser get schedule LAMP --repo ops --store ops.db --periods 0 2>&1 | head -1
    1| Error: --periods 0 is not between 1 and 366
    = 0
    $ purser get backorders --store ops.db --repo ops
    1| ORDER  LINE  SKU   CHANNEL     UNITS  PURCHASE_ORDER  PO_LINE  TRANSFER  TRANSFER_LINE  SUPPLIER         CONFIDENCE  ETA                   FIRST_PROMISED        PROMISED              SLACK
    1| O-1    1     LAMP  storefront      5  PO-7            1        -         -              alpine-textiles  92%         2026-12-01T08:00:00Z  2026-12-04T12:00:00Z  2026-12-04T12:00:00Z  3d
    = 0

    """#

  private static let events = """
    {"specversion":"1.0","id":"1","source":"/erp","type":"catalog.item_upserted","time":"2026-11-24T08:00:00Z","data":{"sku":"LAMP","uom":"each"}}
    {"specversion":"1.0","id":"2","source":"/wms","type":"inventory.counted","time":"2026-11-24T08:00:00Z","data":{"sku":"LAMP","node":"dc-leipzig","on_hand":8}}
    {"specversion":"1.0","id":"3","source":"/erp","type":"purchase_order.confirmed","time":"2026-11-24T08:00:00Z","data":{"po":"PO-7","supplier":"alpine-textiles","node":"dc-leipzig","lines":[{"line":"1","sku":"LAMP","qty":10,"eta":"2026-12-01T08:00:00Z"}]}}
    {"specversion":"1.0","id":"4","source":"/shop","type":"order.placed","time":"2026-11-24T09:00:00Z","data":{"order":"O-1","channel":"storefront","placed_at":"2026-11-24T09:00:00Z","ship_to":{"region":"west"},"lines":[{"line":"1","sku":"LAMP","qty":12}]}}
    """

  /// An order that was to leave from a node that is then down: the first route is told as what it was.
  @Test func aRouteThatWasReplacedIsToldSo() throws {
    let company = try CompanyFolder()
    try company.importEvents(
      [
        CompanyFolder.event("item", "catalog.item_upserted", #"{"sku":"A","uom":"each"}"#),
        CompanyFolder.event("east", "inventory.counted", #"{"sku":"A","node":"dc-leipzig","on_hand":9}"#),
        CompanyFolder.event("west", "inventory.counted", #"{"sku":"A","node":"3pl-rotterdam","on_hand":9}"#),
        CompanyFolder.event(
          "order", "order.placed",
          #"{"order":"O-1","channel":"storefront","ship_to":{"region":"central"},"lines":[{"line":"1","sku":"A","qty":2}]}"#
        ),
      ], as: "events")
    _ = try company.cycle()
    let why = ["why", "order", "O-1", "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now]
    let before = try company.run(why).output
    #expect(before.contains("2 of A from dc-leipzig by parcel-post") && !before.contains("no longer"), "\(before)")
    try company.shell(
      "cd ops && sed -i '/name: leipzig-down/,/then/s/active: false/active: true/' state/inventory/fallbacks.yaml "
        + "&& git commit -qam 'Leipzig is down'")
    let cycle = try company.cycle()
    #expect(cycle.status == 0, "\(cycle.errors)")
    let after = try company.run(why).output
    #expect(after.contains("2 of A from dc-leipzig by parcel-post (standard); no longer valid\n"), "\(after)")
    #expect(after.contains("2 of A from 3pl-rotterdam by lowland-parcels (standard), leaves"), "\(after)")
    #expect(
      after.contains("not by dc-leipzig-central: a FallbackRule did not let the stock of dc-leipzig count\n")
        && after.contains("FallbackRule/leipzig-down active: true    # state/inventory/fallbacks.yaml:"), "\(after)")
    #expect(!after.contains("dc-leipzig had no stock of it"), "\(after)")
  }
}
