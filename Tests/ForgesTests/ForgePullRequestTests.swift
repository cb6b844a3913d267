import Approvals
import Operations
import Reports
import Synchronization
import TestSupport
import Testing

/// The whole program beside a forge: what it says at open pull requests, and when it says it anew.
@Suite struct ForgePullRequestTests {
  @Test(arguments: ForgeKind.allCases)
  func anOpenPullRequestIsToldWhatItWouldDoAndWhatIsMissing(_ kind: ForgeKind) throws {
    let shop = try ForgeShop(kind, orders: 6)
    try shop.company.commitCap(5)
    let head = try shop.propose()
    let first = try shop.cycle()
    #expect(first.status == 0, "\(first.errors)")
    #expect(shop.status(of: head).hasPrefix("pending: the change needs the approval of 1 reviewer more ("))
    try #require(shop.comments.count == 1)
    let comment = shop.comments[0]
    #expect(comment.hasPrefix(ChangeReport.marker + "\n### No order loses units; 1 channel changes\n"), "\(comment)")
    #expect(comment.contains("\n**Required approvals**\n\n- `1 reviewer by the rule 'channels': cap of Channel/"))
    #expect(comment.contains("\nA review after this comment approves at most: `channels 1`.\n"))

    // The same again says nothing anew, in another process too.
    let writes = shop.fake.writes
    #expect(try shop.cycle().status == 0)
    #expect(shop.fake.writes == writes)

    shop.say(3, "approved")
    #expect(try shop.cycle().status == 0)
    #expect(shop.status(of: head) == "success: approved by bob: merge it")
    #expect(shop.comments == [comment], "who has approved stands in the status")

    try shop.company.shell("git -C ops checkout -q cap")
    try shop.company.commitCap(6)
    let next = try shop.propose()
    let pushed = try shop.cycle()
    #expect(shop.status(of: next).hasPrefix("pending: "), "an approval of the head before does not count")
    #expect(shop.comments.count == 1 && shop.comments[0].contains("to `\(next.prefix(10))` "))
    for result in [first, pushed] { #expect(!(result.output + result.errors).contains(FakeForge.token)) }
    #expect(!shop.comments.joined().contains(FakeForge.token))
    // Nothing of it stands in the log: the pull request is not merged.
    #expect(try shop.company.shell("git -C ops for-each-ref refs/purser/approvals").isEmpty)
  }

  /// Every order moves some figure; a comment is not written for each of them.
  @Test func ordinaryTradeRewritesItAtMostFourTimesAnHour() throws {
    let shop = try ForgeShop(.gitea, orders: 3)
    try shop.company.commitCap(5)
    try shop.propose()
    #expect(try shop.cycle().status == 0)
    let first = shop.comments
    let writes = shop.fake.writes
    try shop.company.importEvents(CompanyFolder.orders(10...12, items: 1), as: "more")
    #expect(try shop.cycle(at: "2026-11-24T10:14:00Z").status == 0)
    #expect(shop.fake.writes == writes && shop.comments == first)
    #expect(try shop.cycle(at: "2026-11-24T10:15:00Z").status == 0)
    #expect(shop.fake.writes == writes + 1 && shop.comments.count == 1 && shop.comments != first)
  }

  /// Each row: what is pushed to the pull request, and how its status and its comment begin.
  @Test(
    arguments: [
      (
        "sed -i '0,/^tier: growth/s//tier: growht/' state/channels/channels.yaml && git commit -qam Mistype",
        "failure: state/channels/channels.yaml:14:7: there is no AllocationTier named 'growht'",
        "### This change cannot be planned"
      ),
      (
        "git rm -rq state && git commit -qm 'Remove all'", "failure: there is no folder 'state'",
        "### This change cannot be planned"
      ),
      (
        "git -c user.email=mallory@example.com -c commit.gpgsign=false commit -q --allow-empty -m '@ada <b>`' && "
          + "sed -i '0,/percent_of_available: [0-9]*%/s//percent_of_available: 7%/' state/channels/channels.yaml && "
          + "git -c user.email=mallory@example.com -c commit.gpgsign=false commit -qam '<script>@ada</script>`|'",
        "failure: commit ", "### No order loses units; 1 channel changes"
      ),
      (
        "echo '# more' >> README.md && git commit -qam 'Say more'",
        "success: no approval required; merge with a signed commit", "### This change has no effect now"
      ),
    ] as [(String, String, String)])
  func whatCannotTakeEffectIsSaid(_ command: String, _ status: String, _ title: String) throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.shell("cd ops && { \(command); }")
    let head = try shop.propose()
    let result = try shop.cycle()
    #expect(result.status == 0, "what a stranger proposes is no trouble of ours: \(result.errors)")
    #expect(shop.status(of: head).hasPrefix(status), "\(shop.status(of: head))")
    let comment = try #require(shop.comments.first)
    #expect(comment.hasPrefix(ChangeReport.marker + "\n" + title), "\(comment)")
    let outside = comment.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
    #expect(!outside.contains("@ada") && !outside.contains("<script>"), "\(comment)")
  }

  /// A pull request that lags behind is planned as its merge, and one that does not merge says so.
  @Test func whatLagsBehindIsMergedInThought() throws {
    let shop = try ForgeShop(.gitea)
    try shop.company.commitCap(5)
    let head = try shop.propose()
    try shop.company.shell("cd ops && echo '# more' >> README.md && git commit -qam 'Say more'")
    #expect(try shop.cycle().status == 0)
    #expect(
      shop.comments[0].contains("\nIt does not contain its base, so the plan is for the merge of both.\n"))
    #expect(shop.status(of: head).hasPrefix("pending: "))
    try shop.company.shell("cd ops && echo '# less' > README.md && git commit -qam 'Say less' && git checkout -q cap")
    try shop.company.shell("cd ops && echo '# other' > README.md && git commit -qam 'Say other'")
    let next = try shop.propose()
    #expect(try shop.cycle().status == 0)
    #expect(
      shop.status(of: next).hasPrefix("failure: \(next.prefix(10)) does not merge with the policy in force: README.md"))
    #expect(shop.comments.count == 1 && shop.comments[0].contains("README.md changed in both"))
  }

  @Test func aFrozenChangeWaits() throws {
    let shop = try ForgeShop(
      .github,
      more: """
        ---
        kind: FreezeWindow
        name: peak
        kinds: [Channel]
        paths: ["state/channels/**"]
        from: 2026-11-20T00:00:00Z
        until: 2026-12-01T00:00:00Z
        reason: peak season
        """)
    try shop.company.commitCap(5)
    let head = try shop.propose()
    shop.say(3, "approved")
    #expect(try shop.cycle().status == 0)
    let words = "pending: Channel/marketplace-a waits until 2026-12-01T00:00:00Z: FreezeWindow/peak (peak season)"
    #expect(shop.status(of: head) == words)
    let merge = try shop.merge(ForgeApprovalTests.merge)
    let held = try shop.cycle()
    #expect(held.status == 1 && shop.status(of: merge) == words, "\(held.errors)")
    let thawed = try shop.cycle(at: "2026-12-01T00:00:00Z")
    #expect(thawed.status == 0, "\(thawed.errors)")
    #expect(shop.status(of: merge).hasPrefix("success: in force, policy version "))
  }

  /// The whole plan beside the comment, linked.
  @Test func theWholePlanIsLinked() throws {
    let shop = try ForgeShop(.gitea, orders: 3)
    try shop.company.commitCap(5)
    try shop.propose()
    try shop.company.shell("mkdir plans")
    let result = try shop.cycle(
      at: CompanyFolder.now, "--plans-folder", "plans", "--plans-url", "https://plans.example.com/ops")
    #expect(result.status == 0, "\(result.errors)")
    #expect(shop.comments[0].contains("\n[Full plan](https://plans.example.com/ops/pull-request-7.json)\n"))
    let plan = try JSONValue.parse(
      [UInt8](shop.company.scratch.read("\(shop.company.name)/plans/pull-request-7.json").utf8))
    #expect(
      plan["required_approvals"]?["rules"]?.array?.count == 1
        && plan["this_change"]?["actions"]?.array?.isEmpty == false)
  }
}
