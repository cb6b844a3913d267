import TestSupport
import Testing

/// What is approved takes effect: also behind what still waits, and however it is merged.
@Suite struct StackedApprovalTests {
  /// Two changes of one file, each approved while the one before waits for the daemon.
  @Test func whatWaitsForTheDaemonComesFirst() throws {
    let firm = try ReviewedCompany()
    let first = try firm.commitCap(9)
    #expect(try firm.run("ben", "approve", first).status == 0)
    let second = try firm.commitCap(8)
    let said = try firm.run("eve", "approve", second)
    #expect(
      said.errors.contains("  from    \(first.prefix(10)), which takes effect before it, policy version 2\n"),
      "\(said.errors)")
    let turn = "takes effect once \(first.prefix(10)) has, which waits before it\n"
    #expect(said.status == 0 && said.errors.hasSuffix("approved: it \(turn)"), "\(said.errors)")
    #expect(try firm.run("dan", "changes").output.contains("ready: \(turn)"))
    let applied = try firm.cycle()
    #expect(applied.status == 0, "\(applied.errors)")
    for commit in [first, second] { #expect(applied.errors.contains("accepted \(commit.prefix(10))")) }
    #expect(try firm.inForce() == "percent_of_available: 8%")
  }

  /// A freeze gathers approved changes, and all of them take effect when it ends.
  @Test func whatAFreezeHoldsUpComesFirst() throws {
    let firm = try ReviewedCompany()
    try firm.company.shell(
      """
      cd ops && printf 'kind: FreezeWindow\\nname: peak\\nkinds: [Channel]\\nfrom: 2026-11-24T00:00:00Z\\n\
      until: 2026-11-25T00:00:00Z\\n' > state/governance/freeze.yaml && git add -A && git commit -qm Peak && \
      git push -q origin main
      """)
    #expect(try firm.cycle().status == 0)
    let commits = try [9, 8, 7].map { percent in
      let commit = try firm.commitCap(percent)
      let said = try firm.run("eve", "approve", commit)
      #expect(said.errors.contains("waiting: Channel/marketplace-a waits until 2026-11-25T00:00:00Z"), "\(said.errors)")
      return commit
    }
    #expect(try firm.cycle().status == 1)
    let thawed = try firm.cycle(at: "2026-11-25T01:00:00Z")
    #expect(thawed.status == 0, "\(thawed.errors)")
    for commit in commits { #expect(thawed.errors.contains("accepted \(commit.prefix(10))"), "\(thawed.errors)") }
  }

  /// Who breaks the glass in a freeze lets through what waits before the commit too: that is what everyone sees from then on.
  @Test(arguments: ["revoke", "reject"]) func whatIsLetThroughAFreezeCanBeTakenBack(command: String) throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 1}\nbreak_glass: {role: duty, for: 4h}")
    try firm.company.shell(
      """
      cd ops && printf 'kind: FreezeWindow\\nname: peak\\nkinds: [Channel]\\nfrom: 2026-11-24T00:00:00Z\\n\
      until: 2026-11-25T00:00:00Z\\noverride: {role: duty}\\n' > state/governance/freeze.yaml && git add -A && \
      git commit -qm Peak && git push -q origin main
      """)
    #expect(try firm.cycle().status == 0)
    let first = try firm.commitCap(9)
    #expect(try firm.run("eve", "approve", first).errors.contains("waits until"))
    let second = try firm.commitCap(8)
    let broken = try firm.run("dan", "approve", second, "--break-glass", "--reason", "Outage")
    #expect(broken.status == 0 && broken.errors.contains("  with    \(first.prefix(10)) "), "\(broken.errors)")
    let listed = try firm.run("ben", "changes").output
    #expect(listed.contains("dan let it through at 2026-11-24T10:00:00Z"), "\(listed)")
    let taken =
      command == "revoke"
      ? try firm.run("dan", "revoke", second) : try firm.run("eve", "reject", second, "--reason", "Not in the peak")
    #expect(taken.status == 0, "\(taken.errors)")
    let refused = try firm.cycle()
    #expect(refused.status == 1 && !refused.errors.contains("accepted"), "\(refused.errors)")
  }

  /// One that nobody approved holds up what comes behind it, which is then all of it.
  @Test func whatIsNotApprovedComesWithIt() throws {
    let firm = try ReviewedCompany()
    try firm.commitCap(9)
    let second = try firm.commitCap(8)
    let said = try firm.run("eve", "approve", second)
    #expect(said.errors.contains("in force as policy version 2"), "\(said.errors)")
    let applied = try firm.cycle()
    #expect(applied.status == 0 && applied.errors.contains("accepted \(second.prefix(10))"), "\(applied.errors)")
  }

  /// What was rejected does not come in with what lies on top of it, and whoever approves that is told of it.
  @Test func whatWasRejectedIsNotCarriedIn() throws {
    let firm = try ReviewedCompany()
    let rejected = try firm.commitCap(1)
    #expect(try firm.run("dan", "reject", rejected, "--reason", "Never one").status == 0)
    try firm.company.shell(
      """
      cd ops && sed -i '0,/exposure: [0-9]*/s//exposure: 77/' state/channels/channels.yaml && git commit -qam Exposure && \
      git push -q origin main
      """)
    let top = try firm.company.shell("git -C ops rev-parse HEAD")
    let said = try firm.run("eve", "approve", top)
    #expect(said.errors.contains("  with    \(rejected.prefix(10)) "), "\(said.errors)")
    let why = "it contains what dan rejected in commit \(rejected.prefix(10))"
    #expect(said.errors.contains("waiting: \(why)"), "\(said.errors)")
    #expect(try firm.run("ben", "changes").output.contains("waiting: \(why)"))
    let refused = try firm.cycle()
    #expect(refused.status == 1 && refused.errors.contains("dan rejected the change"), "\(refused.errors)")
    #expect(try firm.run("dan", "revoke", rejected).status == 0)
    let applied = try firm.cycle()
    #expect(applied.status == 0 && applied.errors.contains("accepted \(top.prefix(10))"), "\(applied.errors)")
  }

  /// Whoever approves what lies on top of a change that was taken back is told, wherever they look.
  @Test func whatWasRevokedIsNotCarriedInUnawares() throws {
    let firm = try ReviewedCompany()
    let first = try firm.commitCap(9)
    #expect(try firm.run("ben", "approve", first).status == 0)
    #expect(try firm.run("ben", "revoke", first, "--reason", "Too low").status == 0)
    try firm.company.shell(
      "cd ops && sed -i '0,/exposure: [0-9]*/s//exposure: 77/' state/channels/channels.yaml && git commit -qam Exposure"
    )
    let with =
      "with \(first.prefix(10)) \u{201C}Cap marketplace-a at 9%\u{201D} by \(firm.owner), not in force: approved by ben, revoked"
      + " by ben: \u{201C}Too low\u{201D}; waits for 1 ops-lead (ops-lead: ben, dan, eve)\n"
    let proposed = try firm.run("ops", "propose", "--as", "top")
    #expect(proposed.errors.contains("  \(with)"), "\(proposed.errors)")
    let listed = try firm.run("dan", "changes")
    #expect(listed.output.contains("      \(with)"), "\(listed.output)")
    let said = try firm.run("eve", "approve", "proposal/top")
    #expect(said.errors.contains("  with    \(with.dropFirst("with ".count))"), "\(said.errors)")
  }

  /// Whoever signs a merge is an author of it: who approved it is told before, and afterwards how to undo it.
  @Test func anApproverIsToldNotToSignTheMerge() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9, pushing: false)
    #expect(try firm.run("ops", "propose", "--as", "cut").status == 0)
    let said = try firm.run("ben", "approve", commit)
    let way =
      "fast-forward to it (git merge --ff-only), or let dan or eve or \(firm.owner) sign the merge: a merge that"
      + " ben signs would make ben one of its authors\n"
    #expect(said.errors.hasSuffix("approved: merge it into main\n  \(way)"), "\(said.errors)")
    #expect(try firm.run("dan", "changes").output.contains("ready: approved, merge it\n        \(way)"))
    try firm.company.shell(
      "cd ben && git fetch -q && git merge -q --no-ff -m Merge origin/proposal/cut && git push -q origin HEAD:main")
    let refused = try firm.cycle()
    #expect(refused.status == 1 && refused.errors.contains("approval.author"), "\(refused.errors)")
    #expect(refused.errors.contains("undo the merge (git reset --hard HEAD~1)"), "\(refused.errors)")
  }

  /// What is shown, signed and listed is how long it counts.
  @Test func anApprovalEndsWhenTheRulesSay() throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 1}\nvalid_for: 6h\nbreak_glass: {role: duty, for: 4h}")
    let commit = try firm.commitCap(9)
    let broken = try firm.run("dan", "approve", commit, "--break-glass", "--reason", "Now", "--for", "30d")
    #expect(broken.errors.contains("  until   2026-11-24T14:00:00Z, the 4h that the rules allow\n"), "\(broken.errors)")
    let said = try firm.run("eve", "approve", commit)
    #expect(said.errors.contains("  until   2026-11-24T16:00:00Z, the 6h that the rules allow\n"), "\(said.errors)")
    #expect(
      try firm.run("ben", "changes").output.contains("eve approved it at 2026-11-24T10:00:00Z, until 2026-11-24T16"))
    let late = try firm.cycle(at: "2026-11-24T17:00:00Z")
    #expect(late.status == 1 && late.errors.contains(" --break-glass --reason WHY"), "\(late.errors)")
  }

  @Test(arguments: ["", "  ", "\u{2800}\u{200B}", "one\ntwo"]) func aReasonSaysSomething(reason: String) throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 1}\nbreak_glass: {role: duty, for: 4h}")
    let commit = try firm.commitCap(9)
    let broken = try firm.run("dan", "approve", commit, "--break-glass", "--reason", reason)
    #expect(broken.status == 1 && broken.errors.contains("review.reason"), "\(broken.errors)")
    let rejected = try firm.run("eve", "reject", commit, "--reason", reason)
    #expect(rejected.status == 1 && rejected.errors.contains("nothing was signed"), "\(rejected.errors)")
  }
}
