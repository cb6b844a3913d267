import TestSupport
import Testing

/// What others change on channels, from the event to the answer, as a person meets it.
@Suite struct DriftTranscriptTests {
  private static func event(_ id: String, _ type: String, _ time: String, _ data: String) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"/feed","type":"\#(type)","time":"\#(time)","data":\#(data)}"#
  }

  private static func company() throws -> CompanyFolder {
    let company = try CompanyFolder()
    try company.importEvents(
      [
        event("item", "catalog.item_upserted", "2026-11-20T08:00:00Z", #"{"sku":"STOVE-01","uom":"each"}"#),
        event(
          "count", "inventory.counted", "2026-11-20T08:00:00Z",
          #"{"sku":"STOVE-01","node":"dc-leipzig","on_hand":100}"#),
      ], as: "stock")
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T10:00:00Z")
    return company
  }

  private static func seen(_ id: String, _ time: String, _ data: String) -> String {
    event(id, "listing.observed", time, #"{"sku":"STOVE-01",\#(data)}"#)
  }

  @Test func aQuantityIsToldAgainAndASettingIsTakenOverIntoGit() throws {
    let company = try Self.company()
    try company.importEvents(
      [
        Self.seen(
          "b", "2026-11-20T14:00:00Z", #""channel":"marketplace-b","units":11,"max_publish":250,"writer":"app o'clock""#
        ),
        Self.seen("s", "2026-11-20T14:00:00Z", #""channel":"storefront","units":70"#),
        Self.seen("bad", "2026-11-20T14:00:00Z", #""channel":"storefront","units":"many""#),
      ], as: "seen")
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser get events --store ops.db
      purser plan --repo ops --store ops.db --now 2026-11-20T14:30:00Z
      purser drift --repo ops --store ops.db --now 2026-11-20T14:30:00Z
      purser run --once --repo ops --store ops.db --now 2026-11-20T14:30:00Z
      purser run --once --repo ops --store ops.db --now 2026-11-20T17:30:00Z
      purser get cases --store ops.db
      purser drift adopt marketplace-b STOVE-01 units --repo ops --store ops.db --now 2026-11-20T17:40:00Z
      purser drift adopt storefront STOVE-01 max_publish --repo ops --store ops.db --now 2026-11-20T17:40:00Z
      purser drift adopt marketplace-b STOVE-01 max_publish --repo ops --store ops.db --now 2026-11-20T17:40:00Z
      purser drift adopt marketplace-b STOVE-01 max_publish --repo ops --store ops.db --now 2026-11-20T17:41:00Z
      git -C ops show -s --format=%B proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215
      git -C ops merge -q --no-ff --no-edit proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215
      purser run --once --repo ops --store ops.db --now 2026-11-20T18:00:00Z 2>/dev/null
      purser drift -o json --repo ops --store ops.db --now 2026-11-20T18:00:00Z
      purser explain Channel/marketplace-b --sku STOVE-01 --repo ops --now 2026-11-20T18:00:00Z
      purser audit verify ops --store ops.db
      """)
    #expect(transcript.text == Self.adopted, "\(transcript.text)")
  }

  private static let adopted = #"""
    $ purser get events --store ops.db
    1| SOURCE  ID   TYPE              TIME                  STATE    REASON
    1| /feed   bad  listing.observed  2026-11-20T14:00:00Z  refused  data.units must be a whole number from 0 to <id>
    = 0
    $ purser plan --repo ops --store ops.db --now 2026-11-20T14:30:00Z
    1| Drift:
    1|   STOVE-01 on marketplace-b max_publish: 200 → 250 since 2026-11-20T14:00:00Z (unsettled); wait: the channel may not show the new setting yet
    1|   STOVE-01 on marketplace-b units: 8 → 11 since 2026-11-20T14:00:00Z (other_writer), written by 'app o'clock'; the value is re-sent (DriftRule/marketplace-quantities)
    1|   STOVE-01 on storefront units: 68 → 70 since 2026-11-20T14:00:00Z (other_writer), written by an unknown writer, according to '/feed'; add a DriftRule to heal or accept it
    1| 
    1| The world moved:
    1|   + STOVE-01 on marketplace-b max_publish: shows 250 instead of 200, since 2026-11-20T14:00:00Z
    1|   + STOVE-01 on storefront units: shows 70 instead of 68, since 2026-11-20T14:00:00Z
    1|   + STOVE-01: case drift storefront units: shows 70 instead of 68, written by an unknown writer, according to '/feed'; add a DriftRule to heal or accept it
    1| 
    1| Listings that others changed:
    1|   ~ STOVE-01 on marketplace-b units: re-send 11 → 8, which 'app o'clock' wrote
    1| 
    1| Plan: 3 to add, 1 to change, 0 to remove.
    = 0
    $ purser drift --repo ops --store ops.db --now 2026-11-20T14:30:00Z
    1| CHANNEL        SKU       FIELD        PUBLISHED  OBSERVED  KIND          SINCE                 WRITER       ANSWER  WHAT TO DO
    1| marketplace-b  STOVE-01  max_publish        200       250  unsettled     2026-11-20T14:00:00Z  app o'clock  adopt   wait: the channel may not show the new setting yet
    1| marketplace-b  STOVE-01  units                8        11  other_writer  2026-11-20T14:00:00Z  app o'clock  heal    the value is re-sent (DriftRule/marketplace-quantities)
    1| storefront     STOVE-01  units               68        70  other_writer  2026-11-20T14:00:00Z  -            report  add a DriftRule to heal or accept it
    = 0
    $ purser run --once --repo ops --store ops.db --now 2026-11-20T14:30:00Z
    2| applied 4 actions (0 policy changed, 3 world moved, 1 re-sent), record 2
    = 0
    $ purser run --once --repo ops --store ops.db --now 2026-11-20T17:30:00Z
    2| applied 1 action (0 policy changed, 1 world moved), record 3
    = 0
    $ purser get cases --store ops.db
    1| KIND   SKU       SUBJECT                    OPENED_AT             DETAIL
    1| drift  STOVE-01  marketplace-b max_publish  2026-11-20T17:30:00Z  shows 250 instead of 200, written by 'app o'clock'; adopt it into git (DriftRule/marketplace-limits): purser drift adopt marketplace-b STOVE-01 max_publish
    1| drift  STOVE-01  storefront units           2026-11-20T14:30:00Z  shows 70 instead of 68, written by an unknown writer, according to '/feed'; add a DriftRule to heal or accept it
    = 0
    $ purser drift adopt marketplace-b STOVE-01 units --repo ops --store ops.db --now 2026-11-20T17:40:00Z
    2| Error: units cannot be adopted, because quantities are never kept in git; max_publish limits them
    2| Usage: purser drift adopt <channel> [<words> ...] [--sku <sku> ...] [--all] [--region <region>] [--key <key>] [--repo <repo>] --store <store> [--branch <branch>] [--trust-root <trust-root>] [--ssh-key <ssh-key>] [--now <now>]
    2|   See 'purser drift adopt --help' for more information.
    = 64
    $ purser drift adopt storefront STOVE-01 max_publish --repo ops --store ops.db --now 2026-11-20T17:40:00Z
    2| error: STOVE-01 on storefront max_publish matches git, or has not been observed [drift.none]
    2|   hint: 'purser drift' lists what differs
    = 1
    $ purser drift adopt marketplace-b STOVE-01 max_publish --repo ops --store ops.db --now 2026-11-20T17:40:00Z
    2| Made <id> on proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215: max_publish of STOVE-01 on marketplace-b is 250 instead of 200.
    2| It takes effect once it is merged: purser propose proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215, or git merge --no-ff proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215
    = 0
    $ purser drift adopt marketplace-b STOVE-01 max_publish --repo ops --store ops.db --now 2026-11-20T17:41:00Z
    2| error: 'proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215' already proposes a change for this difference [drift.proposed]
    2|   hint: merge it, or start over: git branch -D proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215
    = 1
    $ git -C ops show -s --format=%B proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215
    1| Adopt what marketplace-b shows of STOVE-01: max_publish 250
    1| 
    1| Git said 200. '/feed' has seen the other since 2026-11-20T14:00:00Z, written by 'app o'clock'.
    1| 
    = 0
    $ git -C ops merge -q --no-ff --no-edit proposal/drift-marketplace-b-STOVE-01-max_publish-ad0b5215
    = 0
    $ purser run --once --repo ops --store ops.db --now 2026-11-20T18:00:00Z 2>/dev/null
    = 0
    $ purser drift -o json --repo ops --store ops.db --now 2026-11-20T18:00:00Z
    1| [
    1|   {
    1|     "answer": "report",
    1|     "channel": "storefront",
    1|     "field": "units",
    1|     "kind": "other_writer",
    1|     "observed": 70,
    1|     "published": 68,
    1|     "remedy": "add a DriftRule to heal or accept it",
    1|     "rule": null,
    1|     "since": "2026-11-20T14:00:00Z",
    1|     "sku": "STOVE-01",
    1|     "source": "/feed",
    1|     "told_again": [],
    1|     "until": null,
    1|     "writer": null
    1|   }
    1| ]
    = 0
    $ purser explain Channel/marketplace-b --sku STOVE-01 --repo ops --now 2026-11-20T18:00:00Z
    1| Channel/marketplace-b at 2026-11-20T18:00:00Z
    1|   type: marketplace    # state/channels/channels.yaml:29:7 (all items)
    1|   tier: growth    # state/channels/channels.yaml:30:7 (all items)
    1|   cap: {percent_of_available: 15%, window: 7d}    # state/channels/channels.yaml:31:6 (all items)
    1|   exposure: 80%    # state/channels/channels.yaml:32:11 (all items)
    1|   buffer: {mode: fixed, units: 3}    # state/channels/channels.yaml:33:9 (all items)
    1|   min_publish: 2    # state/channels/channels.yaml:34:14 (all items)
    1|   max_publish: 250    # state/channels/adopted/marketplace-b/STOVE-01-3d1ba066.yaml:5:14 (sku STOVE-01)
    1|       overrides 200    # state/channels/channels.yaml:35:14 (all items)
    1|   backorders, by channel and rule: not accepted; promises may move by 5d past the first, and customers are told of earlier dates; 3d of transit if there is no lane    # BackorderRule/usual at state/fulfillment/backorders.yaml:5:1
    1|   drift of max_publish: adopt    # DriftRule/marketplace-limits at state/channels/drift.yaml:12:1
    1|   drift of units: heal    # DriftRule/marketplace-quantities at state/channels/drift.yaml:5:1
    = 0
    $ purser audit verify ops --store ops.db
    1| 4 records in 4 audit commits verified, up to <id>, under 2 policy commits from <id>; the ledger had 1 entry
    2| Compared with git, row by row: applied_plans 4, audit_batches 4, audit_records 4, fallbacks 0, ledger 1, promises 0, proposals 0, routes 0.
    2| Recomputed from the plans in the records: 6 published quantities, 1 safety stocks, 6 terms of channels, 1 active nodes, 6 rights to the shared pool, 1 standings of suppliers, 1 settings of routing.
    2| Checked in part (values that only plans write, and sums): channels 6, grants 6, nodes 1, positions 1, single_values 10, suppliers 1.
    2| Only sums checked, against the ledger and the claims: claims 0, items 1, node_load 0, order_lines 0, pools 0, receipts 0.
    2| Not proven: these columns of those tables: grants (protected, cap_left, published_at, sold), items (uom, traits, version, shared, dirty, since), nodes (heard_at), positions (counted_at, count_key), single_values (version, full_plan_at, shown_plans, told_statuses, usage_floor, policy_versions, labour_freed), suppliers (dirty); claims that are used up; and the policy of routes and promises where the store names none.
    2| Not checked, because no record mentions them: cases 1, deliveries 0, destinations 0, events 5, listings 3, orders 0, outbox 2, purchase_order_lines 0, regions 1, sales 0, stockouts 0, traits 1, transfer_lines 0, usage 0.
    = 0

    """#

  /// Somebody writes the quantity back each time: after the third time they are named, and trade goes on.
  @Test func aFightIsStoppedAndNamedAndSurvivesARestart() throws {
    let company = try Self.company()
    func see(_ units: Int, at hour: Int) throws {
      try company.importEvents(
        [
          Self.seen(
            "b\(hour)", "2026-11-20T\(hour):00:00Z",
            #""channel":"marketplace-b","units":\#(units),"writer":"price-bot""#)
        ], as: "seen")
      try company.succeed(
        "run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T\(hour):05:00Z")
    }
    for hour in [13, 16, 19, 22] { try see(60, at: hour) }
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser drift --repo ops --store ops.db --now 2026-11-20T22:10:00Z
      purser get cases --store ops.db
      purser run --once --repo ops --store ops.db --now 2026-11-21T22:10:00Z
      purser get availability --store ops.db --channel marketplace-b
      """)
    #expect(transcript.text == Self.fought, "\(transcript.text)")
  }

  private static let fought = #"""
    $ purser drift --repo ops --store ops.db --now 2026-11-20T22:10:00Z
    1| CHANNEL        SKU       FIELD  PUBLISHED  OBSERVED  KIND   SINCE                 WRITER     ANSWER  WHAT TO DO
    1| marketplace-b  STOVE-01  units          8        60  fight  2026-11-20T22:00:00Z  price-bot  heal    stop 'price-bot', or give DriftRule/marketplace-quantities an answer other than heal
    = 0
    $ purser get cases --store ops.db
    1| KIND         SKU       SUBJECT              OPENED_AT             DETAIL
    1| drift_fight  STOVE-01  marketplace-b units  2026-11-20T22:05:00Z  shows 60 instead of 8, written by 'price-bot' each time it was re-sent: at 2026-11-20T13:05:00Z, 2026-11-20T16:05:00Z, 2026-11-20T19:05:00Z; it is no longer re-sent; stop 'price-bot', or give DriftRule/marketplace-quantities an answer other than heal
    = 0
    $ purser run --once --repo ops --store ops.db --now 2026-11-21T22:10:00Z
    = 0
    $ purser get availability --store ops.db --channel marketplace-b
    1| SKU       CHANNEL        ON_HAND  RESERVED  SAFETY_STOCK  PROTECTED  SHARED  CAP_LEFT  AVAILABLE  PUBLISHED
    1| STOVE-01  marketplace-b      100         0             2          0      68        14         14          8
    = 0

    """#

  /// An overlay that stands there already is edited in place, with its comments; what cannot be edited is refused.
  @Test func adoptingEditsWhatStandsThere() throws {
    let company = try Self.company()
    func adopt(_ overlay: String) throws -> (status: Int32, errors: String, diff: String) {
      let company = try company.copy("copy\(overlay.utf8.count)")
      try company.shell(
        "cd ops && printf '%b' '\(overlay)' >> state/channels/channels.yaml && git commit -qam overlay")
      try company.importEvents(
        [Self.seen("b", "2026-11-20T14:00:00Z", #""channel":"marketplace-b","max_publish":250"#)], as: "seen")
      for hour in [15, 18] {
        try company.succeed(
          "run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T\(hour):00:00Z")
      }
      let result = try company(
        "drift", "adopt", "marketplace-b", "STOVE-01", "max_publish", "--repo", "ops", "--store", "ops.db", "--now",
        "2026-11-20T18:00:00Z")
      let diff = try company.shell(
        "cd ops && git for-each-ref --format='%(refname)' refs/heads/proposal | xargs -r git show --format= -U0 | grep '^[-+][^-+]' || true"
      )
      return (result.status, result.errors, diff)
    }
    let field = #"---\nkind: Channel\nname: marketplace-b\nscope: {sku: STOVE-01}\nmax_publish: 100 # for now\n"#
    #expect(try adopt(field).diff == "-max_publish: 100 # for now\n+max_publish: 250 # for now")
    let other = #"---\n# Stoves.\nkind: Channel\nname: marketplace-b\nscope: {sku: STOVE-01}\nexposure: 70%\n"#
    #expect(try adopt(other).diff == "+max_publish: 250")
    let flow = #"---\n{kind: Channel, name: marketplace-b, scope: {sku: STOVE-01}, exposure: 60%}\n"#
    let refused = try adopt(flow)
    #expect(refused.status == 1 && refused.diff.isEmpty && refused.errors.contains("[drift.by_hand]"), "\(refused)")
  }

  /// What others wrote on a channel of several items, one of which a shell or a parser would take for something else.
  private static func manyDifferences() throws -> CompanyFolder {
    let company = try CompanyFolder()
    let items = ["TENT-2P", "x,y", "-x", "it's"]
    try company.importEvents(
      items.enumerated().flatMap { index, sku in
        [
          event("item\(index)", "catalog.item_upserted", "2026-11-20T08:00:00Z", #"{"sku":"\#(sku)","uom":"each"}"#),
          event(
            "count\(index)", "inventory.counted", "2026-11-20T08:00:00Z",
            #"{"sku":"\#(sku)","node":"dc-leipzig","on_hand":100}"#),
        ]
      }, as: "stock")
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T10:00:00Z")
    try company.importEvents(
      items.enumerated().map { index, sku in
        event(
          "seen\(index)", "listing.observed", "2026-11-20T14:00:00Z",
          #"{"sku":"\#(sku)","channel":"marketplace-b","max_publish":\#(250 + index),"writer":"app"}"#)
      }, as: "seen")
    for hour in [15, 18] {
      try company.succeed(
        "run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T\(hour):00:00Z")
    }
    return company
  }

  private static func left(_ company: CompanyFolder) throws -> String {
    try company.succeed("run", "--once", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T18:30:00Z")
    return try company(
      "drift", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T18:30:00Z", "--channel", "marketplace-b"
    ).output
  }

  /// Each case names a command, which makes a branch, which names how to merge it: all of that as it stands there.
  @Test func everyCommandThatACaseNamesWorksAndAllOfThemMerge() throws {
    let company = try Self.manyDifferences()
    let cases = try company.succeed("get", "cases", "--store", "ops.db").output
    let commands = cases.split(separator: "\n").compactMap { line in
      line.firstRange(of: "purser drift adopt ").map { String(line[$0.upperBound...]) }
    }
    #expect(commands.count == 4, "\(cases)")
    for command in commands {
      let text = "drift adopt \(command) --repo ops --store ops.db --now 2026-11-20T18:10:00Z"
      let made = try company.shell("purser \(text) 2>&1")
      let merge = try #require(made.firstRange(of: "or git merge"), "\(made)")
      try company.shell("cd ops && GIT_EDITOR=true \(made[merge.lowerBound...].dropFirst(3))")
    }
    #expect(try Self.left(company).isEmpty)
  }

  /// Several in one signed commit.
  @Test func manyAreTakenOverInOneChange() throws {
    let start = try Self.manyDifferences()
    for words in [["--all"], ["--all", "max_publish"], ["TENT-2P", "x,y", "it's", "max_publish", "--sku=-x"]] {
      let company = try start.copy("copy\(words.count)")
      let options = ["--repo", "ops", "--store", "ops.db", "--now", "2026-11-20T18:10:00Z"]
      let made = try company.run(["drift", "adopt", "marketplace-b"] + words + options)
      #expect(made.status == 0 && made.errors.contains(": 4 differences on marketplace-b\n"), "\(made.errors)")
      let branch = try company.shell("git -C ops for-each-ref --format='%(refname:short)' refs/heads/proposal")
      #expect(branch.hasPrefix("proposal/drift-marketplace-b-4-differences-"))
      #expect(try company.shell("git -C ops rev-list --count main..\(branch)") == "1")
      let again = try company.run(["drift", "adopt", "marketplace-b"] + words + options)
      #expect(
        again.status == 1 && again.errors.contains("already proposes a change for these differences"), "\(again.errors)"
      )
      try company.shell("git -C ops merge -q --no-ff --no-edit \(branch)")
      #expect(try Self.left(company).isEmpty)
    }
    let wrong = try start(
      "drift", "adopt", "marketplace-b", "TENT-2P", "nothing", "max_publish", "--repo", "ops", "--store", "ops.db",
      "--now", "2026-11-20T18:10:00Z")
    #expect(
      wrong.status == 1 && wrong.errors.contains("nothing on marketplace-b max_publish matches git"), "\(wrong.errors)")
  }
}
