import Operations
import TestSupport
import Testing

/// `purser plan BASE..HEAD`: a change that nobody has judged yet, for those who review it.
@Suite struct PlanChangeTests {
  /// Three items and two orders, one with a hostile id; on the branch `leipzig` their only node stands still.
  private static func company() throws -> CompanyFolder {
    let company = try CompanyFolder(items: 3)
    try company.importEvents(
      [
        order(
          "1", #"{"order":"O-1","channel":"storefront","ship_to":{"region":"central"},"#, #","unit_price":9.99"#, 30),
        order("2", #"{"order":"O-2|`@ada`<b>","channel":"marketplace-a","ship_to":{"region":"central"},"#, "", 5),
      ], as: "orders")
    _ = try company.cycle()
    try company.shell(
      """
      cd ops && git checkout -qb leipzig && sed -i '0,/^active: false/s//active: true/' state/inventory/fallbacks.yaml && \
      git commit -qam 'Leipzig stands still' && git checkout -q main
      """)
    return company
  }

  private static func order(_ id: String, _ order: String, _ price: String, _ units: Int) -> String {
    #"{"specversion":"1.0","id":"order-\#(id)","source":"/test","type":"order.placed","time":"2026-11-24T08:00:00Z","#
      + #""data":\#(order)"lines":[{"line":"1","sku":"ITEM-1","qty":\#(units)\#(price)}]}}"#
  }

  private static let now = "--repo ops --store ops.db --now \(CompanyFolder.now)"

  @Test func theCommentOnAChange() throws {
    let company = try Self.company()
    let before = try company.holdings()
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser plan main..leipzig \(Self.now) --detailed-exitcode | head -11
      purser plan main..leipzig \(Self.now) -o markdown --artifact-url https://ci.example/1/plan.json --out plan.json
      grep -c '"action"' plan.json
      purser plan ..leipzig \(Self.now) -o json | head -10 | tail -6
      """)
    #expect(transcript.text == Self.expectedComment)
    #expect(try company.holdings() == before)
    // The same bytes each time, and the whole of the difference in the file beside them.
    let comments = try (0..<3).map { _ in try company.plan("main..leipzig", "-o", "markdown").output }
    #expect(Set(comments).count == 1)
  }

  @Test func aCommitThatCannotBePlannedWithIsNoSuccess() throws {
    let company = try Self.company()
    try company.shell(
      """
      cd ops && git checkout -qb broken && sed -i '0,/^tier: growth/s//tier: growht/' state/channels/channels.yaml && \
      git commit -qam 'Mistype a tier' && git checkout -qb nothing main && git rm -rq state && git commit -qm 'Remove all' && \
      git checkout -q --orphan apart main && git commit -qm 'Begin again' && git checkout -q main && \
      git commit -q --allow-empty -m 'Move on'
      """)
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser plan main~1..broken \(Self.now)
      purser plan main~1..nothing \(Self.now) -o markdown
      purser plan nothing..main \(Self.now)
      purser plan main..leipzig \(Self.now) | head -3
      purser plan main...leipzig \(Self.now) -o markdown | head -5
      purser plan main...apart \(Self.now)
      purser plan main..leipzg \(Self.now)
      purser plan 'main..main^{tree}' \(Self.now)
      purser plan main~1..main \(Self.now) --detailed-exitcode
      purser plan HEAD \(Self.now) | head -1
      purser plan leipzig \(Self.now) 2>&1 | head -1
      purser plan main~1..leipzig \(Self.now) -o markdown --artifact-url 'https://x.example/) [y](z' 2>&1 | head -1
      purser plan main~1..leipzig \(Self.now) -o markdown --share .
      """)
    #expect(transcript.text == Self.expectedErrors)
  }

  /// A hold that runs out before the next cycle is over for the preview too: nobody loses what they have not any more.
  @Test func holdsThatRunOutAreOver() throws {
    let company = try CompanyFolder(items: 3)
    try company.shell(
      """
      cd ops && sed -i '0,/^reserve_at: order.*/s//reserve_at: order\\nhold_ttl: 1h/' state/channels/channels.yaml && \
      git commit -qam 'Hold unpaid orders for an hour'
      """)
    _ = try company.cycle()
    try company.importEvents(
      [Self.order("1", #"{"order":"O-1","channel":"storefront","ship_to":{"region":"central"},"#, "", 30)], as: "orders"
    )
    try company.shell(
      """
      cd ops && git checkout -qb leipzig && sed -i '0,/^active: false/s//active: true/' state/inventory/fallbacks.yaml && \
      git commit -qam 'Leipzig stands still' && git checkout -q main
      """)
    func losing(at now: String) throws -> Bool {
      let report = try company.succeed(
        "plan", "main..leipzig", "--repo", "ops", "--store", "ops.db", "--now", now, "-o", "json")
      return try JSONValue.parse(Array(report.output.utf8))["verdict"]?.string?.contains("loses 30 units") ?? false
    }
    #expect(try losing(at: "2026-11-24T08:30:00Z"))
    #expect(try !losing(at: "2026-11-24T13:00:00Z"))
  }

  /// A branch that began before the policy in force is planned as the merge of both: what the preview says is what its merge
  /// does, and nothing of it is what others did meanwhile.
  @Test func anOlderBranchIsMergedInThought() throws {
    let company = try Self.company()
    try company.commitCap(9)
    #expect(try company.cycle().status == 0)
    let objects = "find ops/.git/objects -type f | sort | sha256sum"
    let stored = try company.shell(objects)
    let preview = try company.plan("main..leipzig", "-o", "json")
    try #require(preview.status == 0, "\(preview.errors)")
    let before = try JSONValue.parse(Array(preview.output.utf8))
    #expect(before["merged_in_thought"] == true && before["base_in_force"] == true)
    #expect(try company.plan("main..leipzig").output.contains("test-merged"))
    #expect(try company.shell(objects) == stored, "nothing of it is written")
    // As git has it, what the branch itself changed; here that is the same, on another base.
    #expect(try company.plan("main...leipzig", "-o", "json").output.contains("\"merged_in_thought\": false"))
    let contained = try company.plan("main..main~1")
    #expect(contained.status == 1 && contained.errors.contains("[plan.contained]"), "\(contained.errors)")

    try company.shell("cd ops && git merge -q --no-ff -S -m 'Merge Leipzig' leipzig")
    let merged = try JSONValue.parse(Array(company.plan("main~1..main", "-o", "json").output.utf8))
    #expect(merged["this_change"] == before["this_change"] && merged["impact"] == before["impact"])
    let next = try JSONValue.parse(Array(company.plan("-o", "json").output.utf8))
    func byPolicy(_ plan: JSONValue) -> Int {
      plan["actions"]?.array?.filter { $0["reason"] == "policy_changed" }.count ?? 0
    }
    let count = before["this_change"]?["actions"]?.array?.count ?? 0
    #expect(count > 0 && byPolicy(next) == count)
    let applied = try company.cycle()
    #expect(applied.errors.contains("(\(count) policy changed"), "\(applied.errors)")
  }

  @Test func whatDoesNotMergeIsNamed() throws {
    let company = try Self.company()
    try company.shell("git -C ops checkout -q -b late")
    try company.commitCap(8)
    try company.shell("git -C ops checkout -q main")
    try company.commitCap(9)
    for base in ["main", ""] {
      if base.isEmpty { #expect(try company.cycle().status == 0) }
      let refused = try company.plan("\(base)..late")
      #expect(
        refused.status == 1 && refused.errors.contains("state/channels/channels.yaml changed in both")
          && refused.errors.contains("[change.conflict]") && refused.errors.contains("rebase it, or merge"),
        "\(refused.errors)")
    }
    #expect(try company.plan("main...late").status == 0)
  }

  /// Which rules ask for whom, and what happens with or without the change, in each of the three forms.
  @Test func whoMustApproveAndWhatTheWorldDoesAnyway() throws {
    let company = try Self.company()
    try company.shell(
      """
      cd ops && cat >> state/governance/people.yaml <<'YAML'
      ---
      kind: Person
      name: bob
      email: bob@example.com
      keys: []
      forges: {gitea: 3}
      ---
      kind: Role
      name: reviewer
      people: [bob]
      kinds: [Carrier]
      paths: ["state/network/**"]
      ---
      kind: ApprovalRule
      name: outages
      kinds: [FallbackRule]
      review: {reviewer: 1}
      ---
      kind: ApprovalRule
      name: many-orders
      kinds: [FallbackRule]
      impact: {orders_losing: 2, units_losing: 1000}
      review: {reviewer: 1}
      YAML
      echo 'forge: {type: gitea, url: "http://127.0.0.1:1", repository: ops/state}' >> state/purser.yaml && \
      git commit -qam 'Ask before outages' && \
      git checkout -q leipzig && git rebase -q main && git checkout -q main
      """)
    let cycle = try company.cycle()
    try #require(cycle.status == 0, "\(cycle.errors)")
    try company.importEvents(CompanyFolder.orders(7...7, items: 3), as: "more")
    let text = try company.plan("..leipzig").output
    #expect(text.contains("\nRequired approvals:\n  1 reviewer by the rule 'many-orders': "), "\(text)")
    #expect(text.contains(", and 3 orders_losing (threshold 2)\n  1 reviewer by the rule 'outages': "), "\(text)")
    let comment = try company.plan("..leipzig", "-o", "markdown").output
    #expect(comment.contains("\n**Required approvals**\n\n- `1 reviewer by the rule 'many-orders': "), "\(comment)")
    #expect(!comment.contains("No approval is required"))
    let json = try company.plan("..leipzig", "-o", "json").output
    #expect(json.contains("\"rule\": \"outages\"") && json.contains("\"review\": {"))
    // The order that came since the last cycle moves the world, and that is no part of the change.
    try #require(json.contains("\"world_moved\": {"))
    let moved = try #require(comment.firstRange(of: "<details><summary>The world moved: "))
    #expect(comment[moved.upperBound...].contains("\n- `~ ITEM-2 on "), "\(comment)")
    #expect(!comment[..<moved.lowerBound].contains("with or without this change"))
  }

  private static let expectedComment = #"""
    $ purser plan main..leipzig --repo ops --store ops.db --now 2026-11-24T10:00:00Z --detailed-exitcode | head -11
    1| 2 orders lose 35 units (299.70 EUR), 3 items sell out; 6 channels change.
    1| From <id> Start the operations repository
    1|   to <id> Leipzig stands still, at 2026-11-24T10:00:00Z
    1| 
    1| channel        can sell        published        items  lost  gained  sold out  back
    1| marketplace-a        85  →  0         74  →  0      3     5       -         3     -
    1| marketplace-b        45  →  0         27  →  0      3     -       -         3     -
    1| storefront          175  →  0        175  →  0      3    30       -         3     -
    1| stores              175  →  0        175  →  0      3     -       -         3     -
    1| subscription        205  →  0        205  →  0      3     -       -         3     -
    1| wholesale            60  →  0         60  →  0      3     -       -         3     -
    = 0
    $ purser plan main..leipzig --repo ops --store ops.db --now 2026-11-24T10:00:00Z -o markdown --artifact-url https://ci.example/1/plan.json --out plan.json
    1| <!-- purser:plan -->
    1| ### 2 orders lose 35 units (299.70 EUR), 3 items sell out; 6 channels change
    1| 
    1| From `<id>` `Start the operations repository`
    1| to `<id>` `Leipzig stands still`, computed at 2026-11-24T10:00:00Z on snapshot 11.
    1| [Full plan](https://ci.example/1/plan.json)
    1| 
    1| No approval is required.
    1| 
    1| | channel | can sell | published | items | orders lose | orders get | sold out | back |
    1| |---|---:|---:|---:|---:|---:|---:|---:|
    1| | `marketplace-a` | 85 → 0 | 74 → 0 | 3 | 5 | 0 | 3 | 0 |
    1| | `marketplace-b` | 45 → 0 | 27 → 0 | 3 | 0 | 0 | 3 | 0 |
    1| | `storefront` | 175 → 0 | 175 → 0 | 3 | 30 | 0 | 3 | 0 |
    1| | `stores` | 175 → 0 | 175 → 0 | 3 | 0 | 0 | 3 | 0 |
    1| | `subscription` | 205 → 0 | 205 → 0 | 3 | 0 | 0 | 3 | 0 |
    1| | `wholesale` | 60 → 0 | 60 → 0 | 3 | 0 | 0 | 3 | 0 |
    1| 
    1| **Orders that lose: 2**
    1| 
    1| | order | channel | units | value | expected |
    1| |---|---|---:|---:|---|
    1| | `O-1` | `storefront` | 30 | 299.70 EUR | - |
    1| | `O-2\u{7c}\u{60}@ada\u{60}\u{3c}b>` | `marketplace-a` | 5 | no price | - |
    1| 
    1| **Items that sell out: 3**
    1| 
    1| | item | published before | on |
    1| |---|---:|---|
    1| | `ITEM-2` | 276 | `marketplace-a` `marketplace-b` `storefront` `stores` `subscription` `wholesale` |
    1| | `ITEM-3` | 276 | `marketplace-a` `marketplace-b` `storefront` `stores` `subscription` `wholesale` |
    1| | `ITEM-1` | 164 | `marketplace-a` `marketplace-b` `storefront` `stores` `subscription` `wholesale` |
    1| 
    1| <details><summary>This change: 48 actions</summary>
    1| 
    1| - `+ fallback for node dc-leipzig: nothing of its free stock counts (leipzig-down)`
    1| - `~ ITEM-1 for marketplace-a: protected 0, cap left 25 → protected 0, cap left 5`
    1| - `~ ITEM-1 on marketplace-a: publish 20 → 0`
    1| - `~ ITEM-1 for marketplace-b: protected 0, cap left 15 → protected 0, cap left 5`
    1| - `~ ITEM-1 on marketplace-b: publish 9 → 0`
    1| - `~ ITEM-1 on storefront: publish 35 → 0`
    1| - `~ ITEM-1 on stores: publish 35 → 0`
    1| - `~ ITEM-1 for subscription: protected 10 → protected 0`
    1| - `~ ITEM-1 on subscription: publish 45 → 0`
    1| - `~ ITEM-1 for wholesale: protected 20, no shared stock → protected 0, no shared stock`
    1| 
    1| … and 38 more.
    1| </details>
    = 0
    $ grep -c '"action"' plan.json
    1| 48
    = 0
    $ purser plan ..leipzig --repo ops --store ops.db --now 2026-11-24T10:00:00Z -o json | head -10 | tail -6
    1|     "summary": "Start the operations repository"
    1|   },
    1|   "base_in_force": true,
    1|   "carried": [],
    1|   "currency": "EUR",
    1|   "format": 1,
    = 0

    """#

  private static let expectedErrors = #"""
    $ purser plan main~1..broken --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    2| <id> “Mistype a tier” cannot be planned
    2| state/channels/channels.yaml:14:7: error: there is no AllocationTier named 'growht' [state.missing_reference]
    2|   14 | tier: growht
    2|      |       ^
    2|   hint: did you mean 'growth'?
    = 1
    $ purser plan main~1..nothing --repo ops --store ops.db --now 2026-11-24T10:00:00Z -o markdown
    2| <id> “Remove all” cannot be planned
    2| error: there is no folder 'state' [state.empty]
    2|   hint: give the folder of an operations repository, which contains state/
    = 1
    $ purser plan nothing..main --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    2| <id> “Remove all” cannot be planned
    2| error: there is no folder 'state' [state.empty]
    2|   hint: give the folder of an operations repository, which contains state/
    = 1
    $ purser plan main..leipzig --repo ops --store ops.db --now 2026-11-24T10:00:00Z | head -3
    1| 2 orders lose 35 units (299.70 EUR), 3 items sell out; 6 channels change.
    1| From <id> Move on (not in force)
    1|   to <id> Leipzig stands still, at 2026-11-24T10:00:00Z
    = 0
    $ purser plan main...leipzig --repo ops --store ops.db --now 2026-11-24T10:00:00Z -o markdown | head -5
    1| <!-- purser:plan -->
    1| ### 2 orders lose 35 units (299.70 EUR), 3 items sell out; 6 channels change
    1| 
    1| From `<id>` `Start the operations repository`
    1| to `<id>` `Leipzig stands still`, computed at 2026-11-24T10:00:00Z on snapshot 11.
    = 0
    $ purser plan main...apart --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    2| error: <id> and <id> have no commit in common [plan.not_descended]
    2|   hint: give two commits with a common history
    = 1
    $ purser plan main..leipzg --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    2| error: there is no commit 'leipzg' in 'ops' [plan.unknown_revision]
    2|   hint: give a branch, tag or commit that 'git -C ops log' shows; fetch it first if it is elsewhere
    = 1
    $ purser plan 'main..main^{tree}' --repo ops --store ops.db --now 2026-11-24T10:00:00Z
    2| error: there is no commit 'main^{tree}' in 'ops' [plan.unknown_revision]
    2|   hint: give a branch, tag or commit that 'git -C ops log' shows; fetch it first if it is elsewhere
    = 1
    $ purser plan main~1..main --repo ops --store ops.db --now 2026-11-24T10:00:00Z --detailed-exitcode
    1| This change has no effect now.
    1| From <id> Start the operations repository
    1|   to <id> Move on, at 2026-11-24T10:00:00Z
    1| 
    1| No approval is required.
    = 0
    $ purser plan HEAD --repo ops --store ops.db --now 2026-11-24T10:00:00Z | head -1
    1| Policy commit <id>: Move on
    = 0
    $ purser plan leipzig --repo ops --store ops.db --now 2026-11-24T10:00:00Z 2>&1 | head -1
    1| Error: The value 'leipzig' is invalid for '<change>'
    = 0
    $ purser plan main~1..leipzig --repo ops --store ops.db --now 2026-11-24T10:00:00Z -o markdown --artifact-url 'https://x.example/) [y](z' 2>&1 | head -1
    1| Error: --artifact-url must be an https:// address; write spaces and brackets as %20, %28, …
    = 0
    $ purser plan main~1..leipzig --repo ops --store ops.db --now 2026-11-24T10:00:00Z -o markdown --share .
    2| error: '.' has no state/purser.yaml [share.incomplete]
    2|   hint: give the folder that contains Purser's state/, templates/ and hooks/
    = 1

    """#
}
