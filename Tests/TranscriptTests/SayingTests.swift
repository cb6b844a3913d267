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
