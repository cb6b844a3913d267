import Operations
import TestSupport
import Testing

/// Where the next plan would be held, or passed by, who reviews a change is told so before it is merged: what is said then
/// is what the cycle does.
@Suite struct PlanWaitTests {
  private static let now = CompanyFolder.now

  /// A company whose Repository says more, and where dan proposes that marketplace-a publishes nothing.
  private static func firm(_ repository: String, review: String = "none") throws -> (
    firm: ReviewedCompany, head: String
  ) {
    let firm = try ReviewedCompany(review: review)
    let company = firm.company
    try company.shell(
      """
      cd ops && { grep -v '^mode:' state/purser.yaml; printf '\(repository)'; } > new && mv new state/purser.yaml && \
      git commit -qam 'Say more in the Repository' && git push -q origin main
      """)
    let cycle = try firm.cycle()
    try #require(cycle.status == 0, "\(cycle.errors)")
    try company.shell(
      """
      cd ops && git checkout -qb nothing && sed -i '0,/^tier: growth/s//tier: growth\\nmax_publish: 0/' \
      state/channels/channels.yaml && git commit -qam 'Show nothing' && git push -q origin nothing:proposal/nothing
      """)
    return (firm, try company.shell("git -C ops rev-parse nothing"))
  }

  private static func line(_ firm: ReviewedCompany, of text: String) throws -> String {
    try firm.company.shell("grep -n '\(text)' ops/state/purser.yaml | cut -d: -f1")
  }

  private static func changes(_ firm: ReviewedCompany, _ more: String...) throws -> String {
    try firm.company.run(["changes", "--repo", "eve", "--store", "ops.db", "--now", now] + more).output
  }

  @Test func limitsThatHoldThePlanAreToldBeforehand() throws {
    let (firm, _) = try Self.firm("limits:\\n  per_plan: {sold_out: 1}\\nheld: [{review: {ops-lead: 1}}]\\n")
    let place = "state/purser.yaml:\(try Self.line(firm, of: "per_plan"))"
    let sentence =
      "This plan would wait: sold_out 2, but per_plan allows 1 (\(place)); it needs approval by 1 ops-lead after the merge"
    let comment = try firm.company.plan("main..nothing", "-o", "markdown").output
    #expect(
      comment.contains("\nNo approval is required.\n\n**Once it is merged**\n\n- `\(sentence)`\n"), "\(comment)")
    let text = try firm.company.plan("main..nothing").output
    #expect(text.contains("\nOnce it is merged:\n  \(sentence).\n"), "\(text)")
    let plan = try JSONValue.parse(Array(try firm.company.plan("main..nothing", "-o", "json").output.utf8))
    let foreseen = try #require(plan["waits"]?.array)
    #expect(foreseen.count == 1 && foreseen[0]["cause"] == "limits" && foreseen[0]["hold"] == .null)
    #expect(foreseen[0]["at"] == .array([.string(place)]) && foreseen[0]["review"] == ["ops-lead": 1])

    let proposed = try Self.changes(firm)
    #expect(proposed.contains("      ready: approved, merge it\n        \(sentence)\n"), "\(proposed)")
    #expect(!(try firm.company.run(["changes", "--repo", "eve", "--now", Self.now]).output.contains("would wait")))

    try firm.company.shell(
      "cd ops && git checkout -q main && git merge -q --ff-only nothing && git push -q origin main")
    let words = "sold_out 2, but per_plan allows 1 (\(place)); it needs approval by 1 ops-lead"
    let merged = try Self.changes(firm)
    #expect(merged.contains("      accepted, and held by the next cycle: \(words)\n"), "\(merged)")
    let held = try firm.cycle()
    #expect(held.errors.contains("needs approval (hold 1): sold_out 2, but per_plan allows 1"), "\(held.errors)")
    let after = try Self.changes(firm)
    #expect(after.contains("      accepted, held as hold 1: \(words)\n") && !after.contains("ready"), "\(after)")
    let listed = try JSONValue.parse(Array(try Self.changes(firm, "-o", "json").utf8))
    let one = listed["waiting"]?.array?.first
    #expect(one?["state"] == "held" && one?["waits"]?.array?.first?["hold"] == 1)

    // What was foreseen is what is held, to the last figure.
    let waiting = try JSONValue.parse(
      Array(
        try firm.company.succeed(
          "get", "held", "--repo", "eve", "--store", "ops.db", "--now", Self.now, "-o", "json"
        ).output.utf8))
    let row = try #require((waiting.array ?? waiting["items"]?.array)?.first)
    #expect(row["measures"] == foreseen[0]["measures"], "\(waiting.canonical)")
    // Let through, nothing of it waits any more.
    let said = try firm.company.run(
      ["approve", "--hold", "1", "--yes", "--repo", "eve", "--store", "ops.db", "--now", Self.now])
    #expect(said.status == 0, "\(said.errors)")
    #expect(try firm.cycle().errors.contains("hold 1 (limits) approved by eve"))
    #expect(try Self.changes(firm).contains("no pending changes"))
  }

  /// What plans of the same hour have changed already counts.
  @Test func theHourThatIsSpentCounts() throws {
    let (firm, _) = try Self.firm("limits:\\n  per_hour: {sold_out: 3, items: 3}\\nheld: [{review: {ops-lead: 1}}]\\n")
    func plan() throws -> String { try firm.company.plan("main..nothing").output }
    #expect(try !plan().contains("would wait"))
    try firm.company.importEvents(CompanyFolder.stock(3), as: "more")
    let traded = try firm.cycle()
    #expect(traded.errors.contains("applied "), "\(traded.errors)")
    let later = try plan()
    #expect(later.contains("This plan would wait: items ") && later.contains("per_hour allows 3"), "\(later)")
    let next = try firm.company.run(
      ["plan", "main..nothing", "--repo", "ops", "--store", "ops.db", "--now", "2026-11-24T11:00:00Z"])
    #expect(!next.output.contains("would wait"), "\(next.output)")
  }

  /// Each row: the modes, and what is said of a change under them.
  @Test(
    arguments: [
      (
        "mode: {publishing: propose}\\nheld: [{review: {ops-lead: 2}}]\\n",
        "Its publishing would wait: publishing is in mode propose (PLACE): items 2, published_units ",
        "; it needs approval by 2 ops-lead after the merge"
      ),
      (
        "mode: {publishing: propose}\\n",
        "Its publishing would wait: publishing is in mode propose (PLACE): items 2, ",
        "; nobody may approve it, because no line of the Repository's held matches it"
      ),
      (
        "mode: {publishing: observe}\\n",
        "Its publishing would not be applied: publishing is in mode observe (PLACE): items 2, published_units ", "\n"
      ),
      (
        "mode: observe\\n", "Its publishing would not be applied: publishing is in mode observe (PLACE): items 2, ",
        "\n"
      ),
    ])
  func modesThatDoNotApplyAreToldBeforehand(_ repository: String, _ words: String, _ end: String) throws {
    let (firm, _) = try Self.firm(repository)
    let place = "state/purser.yaml:\(try Self.line(firm, of: "^mode:"))"
    let comment = try firm.company.plan("main..nothing").output
    let begin = words.replacing("PLACE", with: place)
    #expect(comment.contains(begin) && comment.contains(end), "\(comment)")
    let proposed = try Self.changes(firm)
    #expect(proposed.contains(begin), "\(proposed)")
  }

  /// The mode is that of the policy that the change would put in force.
  @Test func aChangeOfTheModeIsHeldAgainstItself() throws {
    let (firm, _) = try Self.firm("")
    try firm.company.shell(
      """
      cd ops && git checkout -q main && git checkout -qb watch && echo 'mode: observe' >> state/purser.yaml && \
      git commit -qam 'Only watch' && git checkout -q main
      """)
    try firm.company.importEvents(CompanyFolder.stock(3), as: "more")
    #expect(try firm.company.plan("main..watch").output.contains("Its publishing would not be applied"))
    #expect(try !firm.company.plan("main..nothing").output.contains("would"))
  }
}
