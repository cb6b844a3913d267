import TestSupport
import Testing

/// What is said of options that cannot be taken as they are.
@Suite struct OptionWordTests {
  static let refused: [(command: String, says: String)] = [
    ("run --store x.db --interval 3600", "'3600' has no unit: write 3600s for seconds, or m, h or d"),
    ("run --store x.db --interval soon", "'soon' is not a time span, such as 90s, 15m, 1h or 7d"),
    ("approve HEAD --for 7", "'7' has no unit: write 7s for seconds, or m, h or d"),
    ("run --store x.db --branch audit", "the branch 'audit' contains the audit trail, not policy"),
    ("changes --branch audit", "the branch 'audit' contains the audit trail, not policy"),
    ("changes --branch refs/heads/main", "use the short name: main"),
    ("revert HEAD --branch audit", "the branch 'audit' contains the audit trail, not policy"),
  ]

  @Test func whatIsWrongIsSaid() throws {
    let company = try CompanyFolder()
    for (command, says) in Self.refused {
      let result = try company.purser.shell("purser \(command)", in: company.name + "/ops")
      #expect(result.status == 64 && result.errors.contains(says), "\(command): \(result.errors)")
    }
  }

  @Test func theDaemonsKeyIsAskedForByItsOption() throws {
    let company = try CompanyFolder(items: 1)
    try company.shell("rm \(company.scratch.path)/.config/purser/audit_key")
    let result = try company.cycle()
    #expect(result.status == 1 && result.errors.contains("--audit-key"), "\(result.errors)")
  }

  @Test func aStoreWithoutAFolderIsNoStore() throws {
    let company = try CompanyFolder()
    try company.shell("git clone -q --bare ops central")
    let refused = try company.run(["hooks", "install", "--store", "/no/such/folder/ops.db", "central"])
    #expect(refused.status == 1 && refused.errors.contains("there is no folder '/no/such/folder'"), "\(refused.errors)")
    #expect(try company.shell("ls central/hooks | grep -v sample || true").isEmpty, "nothing was installed")
    #expect(try company.run(["hooks", "install", "--store", "ops.db", "central"]).status == 0)
  }

  /// The examples of the page on approvals say what they say.
  @Test func theFreezeOfThePageIsOneThatCanBePasted() throws {
    let company = try CompanyFolder()
    let page = #filePath.replacing("Tests/\(#fileID)", with: "Sources/Commands/Documentation.docc/Approvals.md")
    let text = try company.shell("sed -n '/^    kind: FreezeWindow/,/^$/p' '\(page)'")
    #expect(text.contains("kind: FreezeWindow"))
    try company.scratch.write(text, to: "company/ops/state/governance/freeze.yaml")
    let result = try company.run(["validate", "ops"])
    #expect(result.status == 0, "\(result.errors)")
  }
}
