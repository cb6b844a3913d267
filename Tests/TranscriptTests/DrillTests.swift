import TestSupport
import Testing

/// Fallbacks as people meet them: a drill before anything happens, a partner that falls silent and speaks again, an outage
/// that is declared and taken back.
@Suite struct DrillTests {
  private static func event(_ id: String, _ type: String, _ time: String, _ data: String) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"/test","type":"\#(type)","time":"\#(time)","data":\#(data)}"#
  }

  private static let stock = [("TENT-2P", 20, 30), ("STOVE-01", 0, 10)].flatMap { sku, leipzig, rotterdam in
    [
      event("item-\(sku)", "catalog.item_upserted", "2026-11-20T08:00:00Z", #"{"sku":"\#(sku)","uom":"each"}"#),
      event(
        "leipzig-\(sku)", "inventory.counted", "2026-11-20T08:00:00Z",
        #"{"sku":"\#(sku)","node":"dc-leipzig","on_hand":\#(leipzig)}"#),
      event(
        "rotterdam-\(sku)", "inventory.counted", "2026-11-20T08:00:00Z",
        #"{"sku":"\#(sku)","node":"3pl-rotterdam","on_hand":\#(rotterdam)}"#),
    ]
  }

  private static let orders = [
    event(
      "o1", "order.placed", "2026-11-20T09:00:00Z",
      #"{"order":"O-1","channel":"storefront","ship_to":{"region":"west"},"lines":[{"line":"1","sku":"STOVE-01","qty":2}]}"#
    ),
    event(
      "o2", "order.placed", "2026-11-20T09:05:00Z",
      #"{"order":"O-2","channel":"storefront","ship_to":{"region":"west"},"lines":[{"line":"1","sku":"STOVE-01","qty":3}]}"#
    ),
  ]

  @Test func aDrillChangesNothing() throws {
    let company = try CompanyFolder()
    try company.importEvents(Self.stock + Self.orders, as: "stock")
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T10:00:00Z")
    let before = try company.holdings()
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z
      purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --node 3pl-rotterdam
      purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --rule leipzig-down -o json
      purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --rule leipzig-dwon
      purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --carrier parcel-pots
      purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --supplier nobody
      purser drill --repo ops --store ops.db --node dc-leipzig --carrier parcel-post 2>&1 | head -1
      """)
    #expect(try company.holdings() == before)
    #expect(transcript.text == Self.expectedDrill)
  }

  @Test func aPartnerFallsSilentAndSpeaksAgain() throws {
    let company = try CompanyFolder()
    try company.importEvents(Self.stock, as: "stock")
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T10:00:00Z")
    let before = try company.succeed("get", "availability", "--store", "ops.db").output
    let word = Self.event(
      "word", "inventory.counted", "2026-11-21T11:10:00Z", #"{"sku":"TENT-2P","node":"3pl-rotterdam","on_hand":30}"#)
    try company.scratch.write(word + "\n", to: "\(company.name)/word.jsonl")
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser run --once --repo ops --store ops.db --now 2026-11-21T11:00:00Z
      purser get nodes --store ops.db
      purser get cases --store ops.db
      purser import --repo ops --store ops.db word.jsonl 2>/dev/null
      purser run --once --repo ops --store ops.db --now 2026-11-21T11:20:00Z
      purser get nodes --store ops.db
      purser get cases --store ops.db
      """)
    // Of the one item that was counted the node has spoken; the other one counts again too.
    #expect(try company.succeed("get", "availability", "--store", "ops.db").output == before)
    #expect(transcript.text == Self.expectedSilence)
  }

  @Test func anOutageIsDeclaredAndTakenBack() throws {
    let company = try CompanyFolder()
    try company.importEvents(Self.stock, as: "stock")
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T10:00:00Z")
    let before = try company.holdings()
    var transcript = Transcript(company)
    try company.shell(
      """
      cd ops && sed -i '/name: leipzig-down/,/then/s/active: false/active: true/' state/inventory/fallbacks.yaml \
      && git commit -qam 'Leipzig is down'
      """)
    try transcript.run(
      """
      purser run --once --repo ops --store ops.db --now 2026-11-20T10:30:00Z
      purser get nodes --store ops.db
      purser drill --repo ops --store ops.db --now 2026-11-20T10:30:00Z --rule leipzig-down
      git -C ops revert --no-edit HEAD >/dev/null
      purser run --once --repo ops --store ops.db --now 2026-11-20T10:40:00Z
      """)
    #expect(try company.holdings() == before)
    #expect(transcript.text == Self.expectedOutage)
  }

  private static let expectedDrill = #"""
    $ purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z
    1| rule               when                  then         channel                    available         lost  orders uncovered  later  rerouted  unroutable  items sold out
    1| doubtful-supplier  supplier_uncertainty  haircut 50%  no channel loses anything                                         -      -         -           -               -
    1| leipzig-down       node_outage           zero         marketplace-a                     11  →   7     4                 -      -         -           -               -
    1|                                                       marketplace-b                      5  →   3     2
    1|                                                       storefront                        23  →  11    12
    1|                                                       stores                            23  →  11    12
    1|                                                       subscription                      29  →  17    12
    1| parcel-strike      carrier_disruption    freeze       no channel loses anything                                         -      -         -           -               -
    1| rotterdam-silent   stale_feed            haircut 60%  marketplace-a                     11  →   7     4                 -      -         -           -               1
    1|                                                       marketplace-b                      5  →   3     2
    1|                                                       storefront                        23  →  11    12
    1|                                                       stores                            23  →  11    12
    1|                                                       subscription                      29  →  16    13
    1|                                                       wholesale                         12  →  10     2
    1| store-silent       stale_feed            zero         no channel loses anything                                         -      -         -           -               -
    = 0
    $ purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --node 3pl-rotterdam
    1| rule              when        then         channel        available         lost  orders uncovered  later  rerouted  unroutable  items sold out
    1| rotterdam-silent  stale_feed  haircut 60%  marketplace-a         11  →   7     4                 -      -         -           -               1
    1|                                            marketplace-b          5  →   3     2
    1|                                            storefront            23  →  11    12
    1|                                            stores                23  →  11    12
    1|                                            subscription          29  →  16    13
    1|                                            wholesale             12  →  10     2
    1| 
    1| rotterdam-silent: items that nobody can sell any more:
    1|   STOVE-01
    = 0
    $ purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --rule leipzig-down -o json
    1| [
    1|   {
    1|     "channels": [
    1|       {
    1|         "available_after": 7,
    1|         "available_before": 11,
    1|         "channel": "marketplace-a"
    1|       },
    1|       {
    1|         "available_after": 3,
    1|         "available_before": 5,
    1|         "channel": "marketplace-b"
    1|       },
    1|       {
    1|         "available_after": 11,
    1|         "available_before": 23,
    1|         "channel": "storefront"
    1|       },
    1|       {
    1|         "available_after": 11,
    1|         "available_before": 23,
    1|         "channel": "stores"
    1|       },
    1|       {
    1|         "available_after": 17,
    1|         "available_before": 29,
    1|         "channel": "subscription"
    1|       },
    1|       {
    1|         "available_after": 12,
    1|         "available_before": 12,
    1|         "channel": "wholesale"
    1|       }
    1|     ],
    1|     "holds_already": false,
    1|     "later": [],
    1|     "rerouted": [],
    1|     "rule": "leipzig-down",
    1|     "sold_out": [],
    1|     "then": "zero",
    1|     "uncovered": [],
    1|     "unroutable": [],
    1|     "when": "node_outage"
    1|   }
    1| ]
    = 0
    $ purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --rule leipzig-dwon
    2| error: there is no FallbackRule named 'leipzig-dwon' [drill.no_rule]
    2|   hint: did you mean 'leipzig-down'?
    = 1
    $ purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --carrier parcel-pots
    2| error: there is no FallbackRule about the carrier 'parcel-pots' [drill.no_rule]
    2|   hint: did you mean 'parcel-post'?
    = 1
    $ purser drill --repo ops --store ops.db --now 2026-11-20T10:00:00Z --supplier nobody
    2| error: there is no FallbackRule about the supplier nobody [drill.no_rule]
    2|   hint: add one under state/inventory/; 'purser schema FallbackRule' lists its fields
    = 1
    $ purser drill --repo ops --store ops.db --node dc-leipzig --carrier parcel-post 2>&1 | head -1
    1| Error: give only one of --rule, --node, --supplier and --carrier
    = 0

    """#

  private static let expectedSilence = #"""
    $ purser run --once --repo ops --store ops.db --now 2026-11-21T11:00:00Z
    2| applied 15 actions (0 policy changed, 15 world moved), record 2
    = 0
    $ purser get nodes --store ops.db
    1| NODE           ACTIVE  HEARD_AT              SINCE                 FALLBACK
    1| 3pl-rotterdam  true    2026-11-20T08:00:00Z  2026-11-21T10:00:00Z  60% of its free stock counts (rotterdam-silent)
    1| dc-leipzig     true    2026-11-20T08:00:00Z  -                     -
    = 0
    $ purser get cases --store ops.db
    1| KIND             SKU  SUBJECT             OPENED_AT             DETAIL
    1| fallback_active  -    node 3pl-rotterdam  2026-11-21T10:00:00Z  60% of its free stock counts (rotterdam-silent)
    = 0
    $ purser import --repo ops --store ops.db word.jsonl 2>/dev/null
    = 0
    $ purser run --once --repo ops --store ops.db --now 2026-11-21T11:20:00Z
    2| applied 15 actions (0 policy changed, 15 world moved), record 3
    = 0
    $ purser get nodes --store ops.db
    1| NODE           ACTIVE  HEARD_AT              SINCE  FALLBACK
    1| 3pl-rotterdam  true    2026-11-21T11:10:00Z  -      -
    1| dc-leipzig     true    2026-11-20T08:00:00Z  -      -
    = 0
    $ purser get cases --store ops.db
    2| no cases
    = 0

    """#

  private static let expectedOutage = #"""
    $ purser run --once --repo ops --store ops.db --now 2026-11-20T10:30:00Z
    2| accepted <id> “Leipzig is down” by root
    2| applied 8 actions (8 policy changed, 0 world moved), record 2
    = 0
    $ purser get nodes --store ops.db
    1| NODE           ACTIVE  HEARD_AT              SINCE                 FALLBACK
    1| 3pl-rotterdam  true    2026-11-20T08:00:00Z  -                     -
    1| dc-leipzig     true    2026-11-20T08:00:00Z  2026-11-20T10:00:00Z  nothing of its free stock counts (leipzig-down)
    = 0
    $ purser drill --repo ops --store ops.db --now 2026-11-20T10:30:00Z --rule leipzig-down
    1| rule          when         then  channel            available      lost  orders uncovered  later  rerouted  unroutable  items sold out
    1| leipzig-down  node_outage  zero  already in effect                                      -      -         -           -               -
    = 0
    $ git -C ops revert --no-edit HEAD >/dev/null
    = 0
    $ purser run --once --repo ops --store ops.db --now 2026-11-20T10:40:00Z
    2| accepted <id> “Revert "Leipzig is down"” by root, reverts <id>
    2| applied 8 actions (8 policy changed, 0 world moved), record 3
    = 0

    """#
}
