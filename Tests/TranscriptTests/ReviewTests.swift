import TestSupport
import Testing

/// Native approvals from end to end: a bare repository, people with keys of their own, and the daemon.
@Suite struct ReviewTests {
  @Test func aProposalIsApprovedMergedAndApplied() throws {
    let firm = try ReviewedCompany()
    let author = try firm.company.shell("git -C ops config user.name")
    var transcript = Transcript(firm.company)
    try firm.commitCap(9, pushing: false)
    let now = "--now \(CompanyFolder.now)"
    try transcript.run(
      """
      purser propose --repo ops --as lower-cap \(now)
      purser changes --repo ben \(now)
      git -C ops push -q origin main
      purser run --once --repo shared.git --store ops.db \(now)
      purser approve proposal/lower-cap --yes --repo ben \(now)
      purser changes --repo eve \(now)
      purser run --once --repo shared.git --store ops.db \(now)
      purser changes --repo eve \(now)
      git clone -q shared.git clone && purser audit verify clone
      """)
    #expect(
      transcript.text == #"""
        $ purser propose --repo ops --as lower-cap --now 2026-11-24T10:00:00Z
        2| proposed <id> as proposal/lower-cap on origin
        2| waiting: the change needs the approval of 1 ops-lead more (1 ops-lead by the rule 'channels': cap of Channel/marketplace-a)
        2|   ask for reviews ('purser plan' shows the impact) and approvals (ops-lead: ben, dan, eve):
        2|       purser approve <id>
        = 0
        $ purser changes --repo ben --now 2026-11-24T10:00:00Z
        1| policy <id> is in force, version 2
        1| 
        1| proposed
        1|   <id> “Cap marketplace-a at 9%” by \#(author)  change <id>  proposal/lower-cap
        1|       waiting: the change needs the approval of 1 ops-lead more (1 ops-lead by the rule 'channels': cap of Channel/marketplace-a)
        = 0
        $ git -C ops push -q origin main
        = 0
        $ purser run --once --repo shared.git --store ops.db --now 2026-11-24T10:00:00Z
        2| refused <id> “Cap marketplace-a at 9%”
        2| state/governance/people.yaml:59:1: error: the change needs the approval of 1 ops-lead more (1 ops-lead by the rule 'channels': cap of Channel/marketplace-a) [approval.review_needed]
        2|   hint: ask for reviews ('purser plan' shows the impact) and approvals (ops-lead: ben, dan, eve):
        2|       purser approve <id>
        2|   the policy stays at <id>
        = 1
        $ purser approve proposal/lower-cap --yes --repo ben --now 2026-11-24T10:00:00Z
        2| approve the change <id>
        2|     state/channels/channels.yaml
        2|   from    <id>, in force as policy version 2
        2|   to      <id> “Cap marketplace-a at 9%” by \#(author)
        2|   impact  not known here; does not count for rules with an impact
        2|   until   2026-12-01T10:00:00Z
        2|   as      ben, with <key>
        2| ben approved <id>; appended to the log of approvals of origin
        2| approved: it takes effect in the next cycle
        = 0
        $ purser changes --repo eve --now 2026-11-24T10:00:00Z
        1| policy <id> is in force, version 2
        1| 
        1| on main
        1|   <id> “Cap marketplace-a at 9%” by \#(author)  change <id>
        1|       ben approved it at 2026-11-24T10:00:00Z, until 2026-12-01T10:00:00Z
        1|       ready: takes effect in the next cycle
        = 0
        $ purser run --once --repo shared.git --store ops.db --now 2026-11-24T10:00:00Z
        2| accepted <id> “Cap marketplace-a at 9%” by \#(author), approved by ben
        2| applied 4 actions (4 policy changed, 0 world moved), record 3
        = 0
        $ purser changes --repo eve --now 2026-11-24T10:00:00Z
        1| policy <id> is in force, version 2
        1| no pending changes
        = 0
        $ git clone -q shared.git clone && purser audit verify clone
        1| 3 records in 3 audit commits verified, up to <id>, under 3 policy commits from <id>; the ledger had 2 entries
        2| not seen: there is no log of approvals (refs/purser/approvals) here, but records from 3 on contain statements from it: a clone fetches it with 'git fetch origin refs/purser/approvals:refs/purser/approvals'
        2| Only git was checked: whether later records were cut off, and what the database contains, can be seen only with --store or in another clone.
        = 0

        """#)
    #expect(try firm.inForce() == "percent_of_available: 9%")
  }

  @Test(arguments: ReviewedCompany.people.map(\.name)) func everyKindOfKeySigns(person: String) throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    #expect(try firm.cycle().status == 1)
    let approved = try firm.run(person, "approve", commit)
    #expect(approved.status == 0 && approved.errors.contains("\(person) approved"), "\(approved.errors)")
    let applied = try firm.cycle()
    #expect(applied.status == 0 && applied.errors.contains("accepted \(commit.prefix(10))"), "\(applied.errors)")
  }

  /// A key with a passphrase, whose secret only an agent has.
  @Test(arguments: ["path", "literal"]) func anAgentSigns(how: String) throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    let agent = try ChildProcess(
      "ssh-agent", ["-D", "-a", firm.company.scratch.path("agent")], environment: firm.company.purser.environment)
    defer { agent.stop() }
    let environment = "SSH_AUTH_SOCK='\(firm.company.scratch.path("agent"))'"
    try firm.company.shell(
      """
      for i in $(seq 500); do test -S '\(firm.company.scratch.path("agent"))' && break; sleep 0.01; done; \
      \(environment) ssh-add -q keys/eve && ssh-keygen -q -p -N secret -f keys/eve && mv keys/eve keys/hidden
      """)
    if how == "literal" { try firm.company.shell("git -C eve config user.signingkey \"key::$(cat keys/eve.pub)\"") }
    let words = "approve \(commit) --yes --repo eve --now \(CompanyFolder.now)"
    let without = try firm.company.purser.shell("purser \(words)", in: firm.company.name)
    #expect(without.status == 1 && without.errors.contains("did not sign"), "\(without.errors)")
    let approved = try firm.company.purser.shell("\(environment) purser \(words)", in: firm.company.name)
    #expect(approved.status == 0, "\(approved.errors)")
    #expect(try firm.cycle().status == 0)
  }

  @Test func authorsAndStrangersMayNotApprove() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    let author = try firm.run("ops", "approve", commit)
    #expect(author.status == 1 && author.errors.contains("review.author"), "\(author.errors)")
    try firm.company.shell("ssh-keygen -q -N '' -t ed25519 -f keys/stranger")
    let stranger = try firm.run("ben", "approve", commit, "--key", "keys/stranger")
    #expect(stranger.status == 1 && stranger.errors.contains("review.unknown_key"), "\(stranger.errors)")
    #expect(
      try firm.company.purser.shell("git -C shared.git rev-parse -q --verify refs/purser/approvals", in: "company")
        .status == 1)
    #expect(try firm.cycle().status == 1)
  }

  @Test func aRejectionBlocksUntilItIsTakenBack() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    #expect(try firm.run("ben", "approve", commit).status == 0)
    let rejected = try firm.run("eve", "reject", commit, "--reason", "Too early")
    #expect(rejected.status == 0 && rejected.errors.contains("Too early"), "\(rejected.errors)")
    let blocked = try firm.cycle()
    #expect(blocked.status == 1 && blocked.errors.contains("approval.rejected"), "\(blocked.errors)")
    #expect(try firm.run("dan", "revoke", commit).errors.contains("review.nothing_said"))
    #expect(try firm.run("eve", "revoke", commit).status == 0)
    #expect(try firm.cycle().status == 0)
  }

  @Test func whatIsRevokedOrExpiredCountsNoLonger() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    #expect(try firm.run("ben", "approve", commit, "--for", "2h").status == 0)
    let late = try firm.cycle(at: "2026-11-24T12:00:00Z")
    #expect(late.status == 1 && late.errors.contains("approval.expired"), "\(late.errors)")
    #expect(try firm.run("eve", "approve", commit).status == 0)
    #expect(try firm.run("eve", "revoke", commit).status == 0)
    #expect(try firm.cycle(at: "2026-11-24T12:00:00Z").status == 1)
    #expect(try firm.run("dan", "approve", commit, at: "2026-11-24T12:00:00Z").status == 0)
    #expect(try firm.cycle(at: "2026-11-24T12:00:00Z").status == 0)
  }

  @Test func aSecondKeyOfOnePersonCountsOnce() throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 2}")
    try firm.company.shell("ssh-keygen -q -N '' -t ed25519 -f keys/second")
    let key = try firm.company.shell("cut -d' ' -f1,2 keys/second.pub")
    try firm.company.shell(
      "cd ops && sed -i 's|^\\(email: ben@example.test\\)$|\\1\\nemails: [b@example.test]|' state/governance/people.yaml && "
        + "sed -i '/^email: ben@/,/^keys:/s|^keys: \\[\\(.*\\)\\]|keys: [\\1, \"\(key)\"]|' state/governance/people.yaml && "
        + "git commit -qam 'Another key for ben' && git push -q origin main")
    #expect(try firm.cycle().status == 0)
    let commit = try firm.commitCap(9)
    #expect(try firm.run("ben", "approve", commit).status == 0)
    #expect(try firm.run("ben", "approve", commit, "--key", "keys/second").status == 0)
    let one = try firm.cycle()
    #expect(one.status == 1 && one.errors.contains("1 ops-lead more"), "\(one.errors)")
    #expect(try firm.run("eve", "approve", commit).status == 0)
    #expect(try firm.cycle().status == 0)
  }

  @Test func brokenGlassNeedsAReasonAndTheRole() throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 2}\nbreak_glass: {role: duty, for: 4h}")
    let commit = try firm.commitCap(9)
    #expect(try firm.run("dan", "approve", commit, "--break-glass").status == 64)
    #expect(try firm.run("ben", "approve", commit, "--break-glass", "--reason", "Fire").errors.contains("duty: dan"))
    #expect(try firm.cycle().status == 1, "ben is not on duty")
    #expect(try firm.run("dan", "approve", commit, "--break-glass", "--reason", "Fire").status == 0)
    let applied = try firm.cycle()
    #expect(applied.status == 0, "\(applied.errors)")
  }

  /// A rule that asks because of what a change would do counts an approval only with the figures.
  @Test func figuresComeFromTheStore() throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 1}\nimpact: {channels: 1}")
    let commit = try firm.commitCap(9)
    let blind = try firm.run("ben", "approve", commit)
    #expect(blind.status == 1 && blind.errors.contains("review.no_figures"), "\(blind.errors)")
    #expect(try firm.run("ben", "changes").output.contains("give --store"))
    let changes = try firm.run("ben", "changes", "--store", "ops.db")
    #expect(changes.output.contains("1 ops-lead more"), "\(changes.output)\(changes.errors)")
    let refused = try firm.cycle()
    #expect(refused.status == 1 && refused.errors.contains("approval.review_needed"), "\(refused.errors)")
    let approved = try firm.run("ben", "approve", commit, "--store", "ops.db")
    #expect(approved.status == 0 && approved.errors.contains("impact  channels 1"), "\(approved.errors)")
    #expect(try firm.cycle().status == 0)
  }

  /// What others changed meanwhile is no part of a proposal, and what does not merge cannot be approved.
  @Test func aProposalFromBeforeIsMergedInThought() throws {
    let firm = try ReviewedCompany()
    try firm.commitCap(9, pushing: false)
    #expect(try firm.run("ops", "propose", "--as", "cap").status == 0)
    try firm.company.shell(
      """
      cd ops && git checkout -q -b other origin/main && echo '# checked' >> state/network/nodes.yaml && \
      git commit -qam 'Check the nodes' && git push -q origin other:main
      """)
    #expect(try firm.cycle().status == 0)
    let approved = try firm.run("ben", "approve", "proposal/cap")
    #expect(approved.status == 0 && !approved.errors.contains("nodes.yaml"), "\(approved.errors)")
    #expect(approved.errors.contains("merge it into main"), "\(approved.errors)")
    try firm.company.shell("cd ops && git merge -q --no-ff -m 'Merge the cap' main && git push -q origin other:main")
    let applied = try firm.cycle()
    #expect(applied.status == 0 && applied.errors.contains("Merge the cap"), "\(applied.errors)")

    try firm.company.shell("cd ops && git checkout -q -B late origin/main && git fetch -q")
    try firm.commitCap(8, pushing: false)
    #expect(try firm.run("ops", "propose", "--as", "late").status == 0)
    try firm.company.shell("cd ops && git checkout -q -B main origin/main")
    let rival = try firm.commitCap(7)
    #expect(try firm.run("ben", "approve", rival).status == 0)
    #expect(try firm.cycle().status == 0)
    let late = try firm.run("ben", "approve", "proposal/late")
    #expect(late.status == 1 && late.errors.contains("change.conflict"), "\(late.errors)")
    #expect(try firm.run("ben", "changes").output.contains("does not merge"))
  }

  @Test func whatWouldBeRefusedAnywayIsNotProposed() throws {
    let firm = try ReviewedCompany()
    try firm.company.commitCap(9, signed: false)
    let refused = try firm.run("ops", "propose")
    #expect(refused.status == 1 && refused.errors.contains("approval.unsigned"), "\(refused.errors)")
    #expect(try firm.company.shell("git -C shared.git branch --list 'proposal/*'") == "")
    #expect(try firm.run("ops", "propose", "--as", "../x").status == 64)
    #expect(try firm.run("ops", "approve", "no-such-branch").errors.contains("change.unknown"))
    #expect(try firm.run("ben", "approve", "HEAD").errors.contains("change.in_force"))
  }
}
