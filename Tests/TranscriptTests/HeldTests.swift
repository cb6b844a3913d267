import TestSupport
import Testing

/// Plans that wait, from end to end: what people see of them, and how they let them through.
@Suite struct HeldTests {
  @Test func whatIsProposedIsShownAndLetThrough() throws {
    let firm = try ReviewedCompany()
    let company = firm.company
    try company.shell(
      """
      cd ops && { sed 's/^mode:.*/mode: {publishing: propose}/' state/purser.yaml; \
      echo 'held: [{review: {ops-lead: 1}, valid_for: 2h}]'; } > new && mv new state/purser.yaml && \
      git commit -qam 'Publish only what people let through' && git push -q origin main
      """)
    _ = try firm.cycle()
    try company.importEvents(CompanyFolder.stock(4), as: "more")
    var transcript = Transcript(company)
    let now = "--now \(CompanyFolder.now)"
    try transcript.run(
      """
      purser run --once --repo shared.git --store ops.db \(now)
      purser get held --repo eve --store ops.db \(now)
      purser approve --hold 2 --yes --repo eve --store ops.db \(now)
      purser approve --hold 1 --yes --repo ops --store ops.db \(now)
      purser reject --hold 1 --reason 'Not today' --yes --repo dan --store ops.db \(now)
      purser approve --hold 1 --yes --repo eve --store ops.db \(now)
      purser revoke --hold 1 --yes --repo dan --store ops.db \(now)
      purser run --once --repo shared.git --store ops.db \(now)
      purser get held --repo eve --store ops.db \(now)
      git clone -q shared.git clone && purser audit verify clone
      """)
    #expect(
      transcript.text == #"""
        $ purser run --once --repo shared.git --store ops.db --now 2026-11-24T10:00:00Z
        2| applied 14 of 26 actions (0 policy changed, 26 world moved), record 3
        2| publishing is waiting for approval as hold 1; see 'purser get held'
        = 0
        $ purser get held --repo eve --store ops.db --now 2026-11-24T10:00:00Z
        1| HOLD  CAUSE       POLICY      SINCE                 DOES                          MISSING
        1|    1  publishing  <id>  2026-11-24T10:00:00Z  items 2, published_units 552  it needs the approval of 1 ops-lead more
        = 0
        $ purser approve --hold 2 --yes --repo eve --store ops.db --now 2026-11-24T10:00:00Z
        2| error: no hold 2 is open [held.unknown]
        2|   hint: 'purser get held' lists the holds; a new hold has a new number
        = 1
        $ purser approve --hold 1 --yes --repo ops --store ops.db --now 2026-11-24T10:00:00Z
        2| error: \#(firm.owner) is an author of the change behind it, and authors may not approve it [review.author]
        2|   hint: ask someone else; 'purser get held' shows who has to approve
        = 1
        $ purser reject --hold 1 --reason 'Not today' --yes --repo dan --store ops.db --now 2026-11-24T10:00:00Z
        2| reject hold 1
        2|   waits   publishing, in mode propose, under policy <id>
        2|   since   2026-11-24T10:00:00Z
        2|   reason  Not today
        2|   as      dan, with <key>
        2| dan rejected hold 1; appended to the log of approvals of origin
        2| waiting: dan rejected it: “Not today”
        2|   resolve it with dan, who can use 'purser revoke --hold 1'
        2| waiting: it needs the approval of 1 ops-lead more
        2|   ask for reviews ('purser get held' shows the plan) and approvals (ops-lead: ben, dan, eve): purser approve --hold 1
        = 0
        $ purser approve --hold 1 --yes --repo eve --store ops.db --now 2026-11-24T10:00:00Z
        2| approve hold 1
        2|   waits   publishing, in mode propose, under policy <id>
        2|   since   2026-11-24T10:00:00Z
        2|   does    items 2, published_units 552
        2|   until   2026-11-24T12:00:00Z
        2|   as      eve, with <key>
        2| eve approved hold 1; appended to the log of approvals of origin
        2| waiting: dan rejected it: “Not today”
        2|   resolve it with dan, who can use 'purser revoke --hold 1'
        = 0
        $ purser revoke --hold 1 --yes --repo dan --store ops.db --now 2026-11-24T10:00:00Z
        2| revoke your statement about hold 1
        2|   waits   publishing, in mode propose, under policy <id>
        2|   since   2026-11-24T10:00:00Z
        2|   as      dan, with <key>
        2| dan revoked the statement about hold 1; appended to the log of approvals of origin
        2| approved: the next cycle applies it; until then it can be rejected or the approval revoked
        = 0
        $ purser run --once --repo shared.git --store ops.db --now 2026-11-24T10:00:00Z
        2| applied 12 actions (0 policy changed, 12 world moved), record 4
        2| hold 1 (publishing) approved by eve
        = 0
        $ purser get held --repo eve --store ops.db --now 2026-11-24T10:00:00Z
        2| nothing is waiting
        = 0
        $ git clone -q shared.git clone && purser audit verify clone
        1| 4 records in 4 audit commits verified, up to <id>, under 3 policy commits from <id>; the ledger had 4 entries
        2| not seen: there is no log of approvals (refs/purser/approvals) here, but records from 4 on contain statements from it: a clone fetches it with 'git fetch origin refs/purser/approvals:refs/purser/approvals'
        2| Only git was checked: whether later records were cut off, and what the database contains, can be seen only with --store or in another clone.
        = 0

        """#)
  }

  /// The last approval settles nothing before a cycle has applied the plan.
  @Test func whatHasItsApprovalsCanStillBeStopped() throws {
    let firm = try ReviewedCompany()
    try firm.company.shell(
      """
      cd ops && { sed 's/^mode:.*/mode: {publishing: propose}/' state/purser.yaml; \
      echo 'held: [{review: {ops-lead: 1}, valid_for: 2h}]'; } > new && mv new state/purser.yaml && \
      git commit -qam 'Publish only what people let through' && git push -q origin main
      """)
    _ = try firm.cycle()
    try firm.company.importEvents(CompanyFolder.stock(4), as: "more")
    _ = try firm.cycle()
    func say(_ person: String, _ words: String...) throws -> ChildProcess.Result {
      try firm.company.run(
        words + ["--yes", "--hold", "1", "--repo", person, "--store", "ops.db", "--now", CompanyFolder.now])
    }
    func held(_ format: String = "table") throws -> String {
      try firm.company.succeed(
        "get", "held", "--repo", "eve", "--store", "ops.db", "--now", CompanyFolder.now, "-o", format
      ).output
    }
    #expect(try say("eve", "approve").errors.contains("approved: the next cycle applies it"))
    #expect(try held().contains("approved, to be applied by the next cycle"))
    #expect(
      try held("json").contains(#""waits_for":"next_cycle""#) || held("json").contains(#""waits_for": "next_cycle""#))
    // Taken back, said again, and rejected by another.
    #expect(try say("eve", "revoke").errors.contains("it needs the approval of 1 ops-lead more"))
    #expect(try held().contains("it needs the approval of 1 ops-lead more"))
    #expect(try say("eve", "approve").status == 0)
    #expect(try say("dan", "reject", "--reason", "Not today").errors.contains("waiting: dan rejected it"))
    let stopped = try firm.cycle(at: "2026-11-24T10:00:01Z")
    #expect(!stopped.errors.contains("(publishing) approved by"), "\(stopped.errors)")
    #expect(try held().contains("dan rejected it"))
    #expect(try say("dan", "revoke").errors.contains("approved: "))
    #expect(try firm.cycle(at: "2026-11-24T10:00:02Z").errors.contains("hold 1 (publishing) approved by eve"))
    // What was applied is over: a word about it comes too late, and says so.
    for words in [["reject", "--reason", "Too late"], ["revoke"], ["approve"]] {
      let late = try firm.company.run(
        words + ["--yes", "--hold", "1", "--repo", "dan", "--store", "ops.db", "--now", CompanyFolder.now])
      #expect(late.status == 1 && late.errors.contains("hold 1 has ended"), "\(words): \(late.errors)")
    }
    #expect(try firm.company.run(["audit", "verify", "shared.git", "--store", "ops.db"]).status == 0)
  }

  @Test func brokenGlassIsLookedAtAfterwards() throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 1}\nbreak_glass: {role: duty, for: 4h}")
    let commit = try firm.commitCap(9)
    _ = try firm.cycle()
    #expect(try firm.run("dan", "approve", commit, "--break-glass", "--reason", "the site is down").status == 0)
    _ = try firm.cycle()
    #expect(try firm.inForce().contains("9%"))
    let cases = try firm.company.succeed("get", "cases", "--store", "ops.db", "-o", "json").output
    #expect(cases.contains("break_glass_review") && cases.contains(commit) && cases.contains("the site is down"))
    let words = ["approve", commit, "--review", "--yes", "--store", "ops.db"]
    func close(_ person: String) throws -> ChildProcess.Result {
      try firm.company.run(words + ["--repo", person, "--now", CompanyFolder.now])
    }
    #expect(try close("dan").errors.contains("dan used break-glass for it, and may not"))
    #expect(try close("ops").errors.contains("[review.author]"))
    let closed = try close("eve")
    #expect(closed.status == 0 && closed.errors.contains("the next cycle closes the case"))
    #expect(try firm.cycle().errors.contains(" closed\n"))
    #expect(try !firm.company.succeed("get", "cases", "--store", "ops.db", "-o", "json").output.contains(commit))
    #expect(try close("eve").errors.contains("is open"))
    #expect(try firm.company.run(["audit", "verify", "shared.git", "--store", "ops.db"]).status == 0)
  }
}
