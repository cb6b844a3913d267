import TestSupport
import Testing

/// What somebody is asked before they sign, and with which figures.
@Suite struct SayingTests {
  /// On a terminal, only a yes signs.
  @Test func onlyAYesSigns() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    func answer(_ text: String) throws -> ChildProcess.Result {
      try firm.company.purser.shell(
        """
        printf '\(text)' | script -qec "purser approve \(commit) --repo ben --now \(CompanyFolder.now)" /dev/null
        """, in: firm.company.name)
    }
    for text in ["n\\n", "\\n", "yesterday\\n", "\\004"] {
      let refused = try answer(text)
      #expect(refused.status == 1 && refused.output.contains("Sign this? [y/N]"), "\(text): \(refused.output)")
      #expect(refused.output.contains("nothing was signed"), "\(text): \(refused.output)")
    }
    #expect(try firm.cycle().status == 1)
    let said = try answer("Y\\n")
    #expect(said.status == 0 && said.output.contains("ben approved"), "\(said.output)")
    #expect(try firm.cycle().status == 0)
  }

  /// `purser changes` and statements name a change by the first digits of its digest.
  @Test func aChangeIsNamedByItsDigest() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    let list = try firm.run("ben", "changes").output
    let digest = try #require(list.split(separator: "  change ").last?.prefix(10))
    let rejected = try firm.run("eve", "reject", String(digest), "--reason", "no")
    #expect(rejected.status == 0 && rejected.errors.contains("eve rejected \(digest)"), "\(rejected.errors)")
    #expect(try firm.run("eve", "revoke", String(digest.prefix(7))).status == 0)
    let approved = try firm.run("ben", "approve", digest.uppercased())
    #expect(approved.status == 0 && approved.errors.contains("to      \(commit.prefix(10))"), "\(approved.errors)")
    #expect(try firm.cycle().status == 0)
    for unknown in [String(digest), String(repeating: "0", count: 10), String(digest.prefix(6))] {
      let none = try firm.run("ben", "approve", unknown)
      #expect(none.status == 1 && none.errors.contains("there is no commit"), "\(none.errors)")
    }
  }

  @Test func aCertificateIsCalledOne() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    try firm.company.shell(
      "ssh-keygen -q -t ed25519 -N '' -f authority && ssh-keygen -q -s authority -I ben keys/ben.pub")
    let refused = try firm.run("ben", "approve", commit, "--key", "keys/ben-cert.pub")
    #expect(refused.status == 1 && refused.errors.contains("is a certificate"), "\(refused.errors)")
    #expect(refused.errors.contains("--key keys/ben.pub"), "\(refused.errors)")
  }

  /// As git asks it (`gpg.ssh.defaultKeyCommand`), with an agent that has the key.
  @Test func theKeyThatGitAsksForIsFound() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    let said = try firm.company.purser.shell(
      """
      git -C ben config --unset user.signingkey; eval $(ssh-agent) > /dev/null; trap 'ssh-agent -k > /dev/null' EXIT
      ssh-add -q keys/ben; git -C ben config gpg.ssh.defaultKeyCommand "echo key::\\$(cat $PWD/keys/ben.pub)"
      purser approve \(commit) --yes --repo ben --now \(CompanyFolder.now)
      """, in: firm.company.name)
    #expect(said.status == 0 && said.errors.contains("ben approved"), "\(said.errors)")
    try firm.company.shell("git -C ben config gpg.ssh.defaultKeyCommand 'echo none'")
    let none = try firm.run("ben", "approve", commit)
    #expect(none.status == 1 && none.errors.contains("gpg.ssh.defaultKeyCommand"), "\(none.errors)")
  }

  /// Where the store is elsewhere, the figures come in a file from there.
  @Test func figuresComeInAFile() throws {
    let firm = try ReviewedCompany(review: "{ops-lead: 1}\nimpact: {channels: 1}")
    let base = try firm.company.shell("git -C shared.git rev-parse main")
    let commit = try firm.commitCap(9)
    let plan = try firm.company.run([
      "plan", "\(base)..\(commit)", "--repo", "shared.git", "--store", "ops.db", "--now", CompanyFolder.now, "-o",
      "json",
      "--out", "figures.json",
    ])
    try #require(plan.status == 0, "\(plan.errors)")
    let file = firm.company.path + "/figures.json"
    // Figures that were made smaller are what ben would have been shown, and cover less than what happens.
    try firm.company.shell(
      "sed 's/\"channels\": 1/\"channels\": 0/' figures.json > smaller.json && ! cmp -s figures.json smaller.json")
    let less = try firm.run("ben", "approve", commit, "--impact", firm.company.path + "/smaller.json")
    #expect(less.status == 0 && less.errors.contains("impact  none"), "\(less.errors)")
    let refused = try firm.cycle()
    #expect(refused.status == 1 && refused.errors.contains("approval.void"), "\(refused.errors)")
    let said = try firm.run("eve", "approve", commit, "--impact", file)
    #expect(said.status == 0 && said.errors.contains("impact  channels 1"), "\(said.errors)")
    let applied = try firm.cycle()
    #expect(applied.status == 0 && applied.errors.contains("accepted \(commit.prefix(10))"), "\(applied.errors)")

    let other = try firm.commitCap(8)
    let wrong = try firm.run("ben", "approve", other, "--impact", file)
    #expect(wrong.status == 1 && wrong.errors.contains("impact.other_change"), "\(wrong.errors)")
    try firm.company.shell("echo '{}' > none.json")
    let none = try firm.run("ben", "approve", other, "--impact", firm.company.path + "/none.json")
    #expect(none.status == 1 && none.errors.contains("impact.not_a_plan"), "\(none.errors)")
  }
}
