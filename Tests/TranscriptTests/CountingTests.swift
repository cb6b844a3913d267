import Approvals
import AuditTrail
import Digest
import Git
import TestSupport
import Testing

/// Whoever's signature would count for nothing is told so before they sign, and what was signed all the same is shown for
/// what it is.
@Suite struct CountingTests {
  /// The company with one person more, who has no role.
  private func firmWithFay(review: String = "{ops-lead: 1}") throws -> ReviewedCompany {
    let firm = try ReviewedCompany(review: review)
    try firm.company.shell(
      """
      ssh-keygen -q -N '' -t ed25519 -C fay -f keys/fay && cd ops && \
      printf '%s\\n' --- 'kind: Person' 'name: fay' 'email: fay@example.test' "keys: [\\"$(cat ../keys/fay.pub)\\"]" \
      >> state/governance/people.yaml && git commit -qam 'Hire fay' && git push -q origin main
      """)
    let hired = try firm.cycle()
    #expect(hired.status == 0, "\(hired.errors)")
    try firm.company.shell(
      """
      git clone -q shared.git fay && cd fay && git config user.name fay && git config user.email fay@example.test && \
      git config gpg.format ssh && git config user.signingkey "$PWD/../keys/fay" && git config commit.gpgsign true
      """)
    return firm
  }

  private func hasLog(_ firm: ReviewedCompany) throws -> Bool {
    try firm.company.purser.shell(
      "git -C shared.git rev-parse -q --verify refs/purser/approvals", in: firm.company.name
    ).status == 0
  }

  @Test(arguments: [["approve"], ["approve", "--break-glass", "--reason", "Fire"], ["reject", "--reason", "No"]])
  func withoutAFittingRoleNothingIsSigned(words: [String]) throws {
    let firm = try firmWithFay(review: "{ops-lead: 1}\nbreak_glass: {role: duty, for: 4h}")
    let commit = try firm.commitCap(9)
    let said = try firm.company.run(words + [commit, "--yes", "--repo", "fay", "--now", CompanyFolder.now])
    #expect(said.status == 1 && said.errors.contains("fay has none of the required roles"), "\(said.errors)")
    let who = words.contains("--break-glass") ? "duty: dan" : "ops-lead: ben, dan, eve"
    #expect(said.errors.contains("[review.no_role]") && said.errors.contains(who), "\(said.errors)")
    #expect(try !hasLog(firm))
  }

  @Test func whatNoRuleAsksForIsNotApproved() throws {
    let firm = try ReviewedCompany()
    try firm.company.shell(
      "cd ops && echo '# checked' >> state/network/nodes.yaml && git commit -qam 'Check' && git push -q")
    let said = try firm.run("ben", "approve", "origin/main")
    #expect(said.status == 1 && said.errors.contains("[review.not_asked]"), "\(said.errors)")
    let glass = try firm.run("dan", "approve", "origin/main", "--break-glass", "--reason", "Fire")
    #expect(glass.status == 1 && glass.errors.contains("[review.no_glass]"), "\(glass.errors)")
  }

  /// Statements that another program appends are shown for what they are.
  @Test func statementsThatCountForNothingAreListed() throws {
    let firm = try firmWithFay()
    let commit = try firm.commitCap(9)
    try append(firm, as: "fay", commit)
    let changes = try firm.run("ben", "changes")
    #expect(
      changes.output.contains("fay approved it")
        && changes.output.contains(
          "does not count: fay approved the change but has none of the required roles"),
      "\(changes.output)")
    let json = try firm.run("ben", "changes", "-o", "json").output
    #expect(json.contains("\"uncounted\"") && json.contains("approval.no_role"), "\(json)")
    let refused = try firm.cycle()
    #expect(refused.status == 1 && refused.errors.contains("fay approved the change but has none"), "\(refused.errors)")
    #expect(try firm.run("eve", "approve", commit).status == 0)
    let ready = try firm.run("ben", "changes").output
    #expect(ready.contains("ready:") && ready.contains("does not count: fay"), "\(ready)")
    #expect(try firm.cycle().status == 0)
  }

  /// Appends what ben would say about a commit in the name of somebody else and with their key, as a program that asks
  /// nobody would.
  private func append(_ firm: ReviewedCompany, as person: String, _ commit: String) throws {
    try firm.company.shell("cp -a shared.git copy.git && git clone -q copy.git copy")
    let said = try firm.run("copy", "approve", commit, "--key", "keys/ben")
    try #require(said.status == 0, "\(said.errors)")
    func log(_ name: String) throws -> ApprovalLog {
      ApprovalLog(try PolicySource(address: "\(firm.company.path)/\(name)", mirrorPath: ""))
    }
    var statement = try #require(log("copy.git").read().all.first).statement()
    statement.person = person
    let key = try PrivateKey(openSSH: firm.company.scratch.read("company/keys/\(person)"))
    try log("shared.git").append(
      try #require(statement.signed(by: key)), by: Git.Person(name: "x", email: "x@example.test"), time: 0)
  }

  @Test func theSameApprovalIsGivenOnce() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    #expect(try firm.run("ben", "approve", commit).status == 0)
    let again = try firm.run("ben", "approve", commit)
    #expect(again.status == 0, "\(again.errors)")
    #expect(
      again.errors.contains("already approved by you at 2026-11-24T10:00:00Z (the change ")
        && again.errors.contains("nothing was signed") && again.errors.contains("approved: "),
      "\(again.errors)")
    #expect(try firm.company.shell("git -C shared.git rev-list --count refs/purser/approvals") == "1")
    // Whoever wants it to count longer says so.
    #expect(try firm.run("ben", "approve", commit, "--for", "9d").status == 0)
    #expect(try firm.company.shell("git -C shared.git rev-list --count refs/purser/approvals") == "2")
    #expect(try firm.cycle().status == 0)
    let late = try firm.run("ben", "approve", commit)
    #expect(late.status == 0 && late.errors.contains("is already in force, and you approved it at"), "\(late.errors)")
    let file = try firm.run("eve", "approve", commit, "--impact", "none.json")
    #expect(file.status == 1 && file.errors.contains("[change.in_force]"), "\(file.errors)")
  }

  /// Where everybody approved whom it asks for and only a freeze was overridden, nobody says that a review is missing.
  @Test func anOverriddenFreezeIsNoMissingReview() throws {
    let firm = try ReviewedCompany()
    try firm.company.shell(
      """
      cd ops && printf '%s\\n' 'kind: FreezeWindow' 'name: peak' 'kinds: [Channel]' 'from: 2026-11-20T00:00:00Z' \
      'until: 2026-12-01T00:00:00Z' 'override: {role: duty}' > state/governance/peak.yaml && git add -A && \
      git commit -qm 'Freeze the channels' && git push -q origin main
      """)
    #expect(try firm.cycle().status == 0)
    let commit = try firm.commitCap(9)
    #expect(try firm.run("ben", "approve", commit).status == 0)
    #expect(try firm.run("ben", "approve", commit, "--break-glass", "--reason", "Fire").errors.contains("duty: dan"))
    #expect(try firm.cycle().errors.contains("approval.frozen"))
    #expect(try firm.run("dan", "approve", commit, "--break-glass", "--reason", "Fire").status == 0)
    let applied = try firm.cycle()
    #expect(
      applied.errors.contains(
        "approved by ben, overriding FreezeWindow/peak by dan: \u{201C}Fire\u{201D}"),
      "\(applied.errors)")
    #expect(!applied.errors.contains("without review"), "\(applied.errors)")
  }

  /// What counts no longer is said again.
  @Test func anExpiredApprovalIsRenewed() throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 1}\nvalid_for: 1h")
    let commit = try firm.commitCap(9)
    #expect(try firm.run("ben", "approve", commit).status == 0)
    let later = "2026-11-24T11:30:00Z"
    let changes = try firm.run("ben", "changes", at: later).output
    #expect(changes.contains("does not count: the statement of ben expired"), "\(changes)")
    let again = try firm.run("ben", "approve", commit, at: later)
    #expect(again.status == 0 && again.errors.contains("ben approved"), "\(again.errors)")
    #expect(try firm.cycle(at: later).status == 0)
  }

  /// Where nobody can be asked, only `--yes` signs.
  @Test(arguments: ["approve", "reject --reason No", "revoke"]) func withoutATerminalNothingIsSigned(words: String)
    throws
  {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    if words == "revoke" { #expect(try firm.run("ben", "approve", commit).status == 0) }
    let log = "git -C shared.git for-each-ref --format='%(objectname)' refs/purser/approvals"
    let before = try firm.company.shell(log)
    let said = try firm.company.purser.shell(
      "echo y | purser \(words) \(commit) --repo ben --now \(CompanyFolder.now)", in: firm.company.name)
    #expect(said.status == 1 && said.errors.contains("[review.not_confirmed]"), "\(said.errors)")
    #expect(said.errors.contains("give --yes") && said.errors.contains("as      ben"), "\(said.errors)")
    #expect(try firm.company.shell(log) == before)
  }
}
