import FoundationEssentials
import Operations
import TestSupport
import Testing

/// `purser revert`, from the commit to what the daemon makes of it.
@Suite struct RevertCommandTests {
  let company: CompanyFolder

  init() throws {
    company = try CompanyFolder(items: 3)
    _ = try company.cycle()
  }

  func revert(_ arguments: String...) throws -> ChildProcess.Result {
    try company.run(["revert", "--repo", "ops", "--now", CompanyFolder.now] + arguments)
  }

  func git(_ command: String) throws -> String { try company.shell("git -C ops \(command)") }

  /// Caps marketplace-a, lets the daemon apply it, and returns the commit.
  func applyCap() throws -> String {
    let commit = try company.commitCap(10)
    try #require(try company.cycle().status == 0)
    return commit
  }

  @Test func aChangeWithNothingInBetweenIsRestoredInFull() throws {
    let before = try company.holdings()
    let change = try applyCap()
    #expect(try company.holdings() != before)
    let result = try revert(change, "--commit", "--store", "ops.db", "-o", "json")
    #expect(result.status == 0, "\(result.errors)")
    let restoration = try JSONValue.parse(Array(result.output.utf8))["restoration"]
    let taken = try #require(restoration?["taken"]?.integer)
    #expect(
      taken > 0 && restoration?["returned"]?.integer == taken && restoration?["restored_share"]?.integer == 10_000)

    #expect(try git("status --porcelain") == "")
    try company.shell("git -C ops verify-commit HEAD")
    #expect(try git("log -1 --format=%B").contains("This reverts commit \(change)."))
    let applied = try company.cycle()
    #expect(applied.status == 0 && applied.errors.contains("accepted"), "\(applied.errors)")
    #expect(try company.holdings() == before)
    try company.succeed("audit", "verify", "ops", "--store", "ops.db")

    // A revert of the revert links back to it, and brings the change again.
    let again = try revert("HEAD", "--commit", "--store", "ops.db")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try git("log -1 --format=%s") == "Reapply \"Cap marketplace-a at 10%\"")
    #expect(try company.cycle().status == 0)
    #expect(try company.holdings() != before)
    let log = try company.succeed("audit", "log", "ops").output
    #expect(log.contains("reverts \(change.prefix(10))"), "\(log)")
    #expect(log.contains("reverted by"), "\(log)")
  }

  @Test(arguments: ["echo '# x' >> FILE", "echo '# x' >> FILE && git add FILE", "git rm -q --cached FILE"])
  func whatIsNotCommittedIsNamedAndKept(_ edit: String) throws {
    let change = try applyCap()
    let file = "state/channels/channels.yaml"
    try company.shell("cd ops && " + edit.replacing("FILE", with: file))
    let before = try git("status --porcelain") + company.shell("cat ops/\(file)")
    let refused = try revert(change, "--commit")
    #expect(
      refused.status == 1 && refused.errors.contains("'\(file)': the revert would overwrite"), "\(refused.errors)")
    #expect(refused.errors.contains("git stash push -- '\(file)'"), "\(refused.errors)")
    #expect(try git("status --porcelain") + company.shell("cat ops/\(file)") == before)
    // On a branch of its own nothing here is touched.
    #expect(try revert(change).status == 0)
  }

  @Test func theDefaultIsABranchOfItsOwn() throws {
    let change = try applyCap()
    let head = try git("rev-parse HEAD")
    let result = try revert(change)
    #expect(
      result.status == 0 && result.errors.contains("git merge --no-ff revert-\(change.prefix(10))"), "\(result.errors)")
    #expect(try git("rev-parse main") == head && git("rev-parse revert-\(change.prefix(10))^") == head)
    #expect(try git("status --porcelain") == "")
    #expect(try revert(change).errors.contains("already exists"))
    #expect(try revert(change, "--branch", "other").status == 0)
    try company.shell("git -C ops merge -q --no-ff --no-edit other && git -C ops diff --quiet HEAD~2 HEAD")
    #expect(try company.cycle().errors.contains("accepted"))
  }

  @Test func aDryRunChangesNothing() throws {
    let change = try applyCap()
    // A later change elsewhere, so that the tree without the first is a new one.
    try company.shell("cd ops && echo '# more' >> state/network/nodes.yaml && git commit -qam 'More'")
    let before = try git("for-each-ref") + company.shell("find ops/.git/objects -type f | sort")
    let store = try company.shell("sha256sum ops.db")
    let result = try revert(change, "--dry-run", "--store", "ops.db")
    #expect(result.status == 0 && result.output.hasPrefix("Of "), "\(result.output)\(result.errors)")
    #expect(try git("for-each-ref") + company.shell("find ops/.git/objects -type f | sort") == before)
    #expect(try company.shell("sha256sum ops.db") == store)
    #expect(try revert(change, "--dry-run").status == 64)
  }

  @Test func aMergeIsTakenBackAsAWhole() throws {
    try company.shell("git -C ops checkout -qb side")
    try company.commitCap(12)
    try company.commitCap(14)
    try company.shell("git -C ops checkout -q main && git -C ops merge -q --no-ff -m 'Merge side' side")
    #expect(try revert("HEAD", "--commit").status == 0)
    try company.shell("git -C ops diff --quiet HEAD~2 HEAD")
    #expect(try git("log -1 --format=%B").contains("reversing\nchanges made to"))
  }

  @Test func whatCannotBeTakenBackChangesNothingAndSaysWhy() throws {
    let change = try applyCap()
    try company.commitCap(15)
    let before = try git("for-each-ref")
    let conflict = try revert(change)
    #expect(conflict.status == 1 && conflict.errors.contains("'state/channels/channels.yaml'"), "\(conflict.errors)")
    #expect(conflict.errors.contains("nothing was changed"))
    for (name, id) in [("nosuch", "revert.unknown"), ("main~3", "revert.unknown"), ("main~2", "revert.root")] {
      let result = try revert(name)
      #expect(result.status == 1 && result.errors.contains("[\(id)]"), "\(result.errors)")
    }
    try company.shell("git -C ops branch elsewhere && git -C ops reset -q --hard HEAD~1")
    #expect(try revert("elsewhere").errors.contains("[revert.elsewhere]"))
    try company.shell("git -C ops reset -q --hard elsewhere && git -C ops branch -D elsewhere")
    // A file that was changed here and not committed stays as it is.
    try company.shell("echo '# mine' >> ops/state/channels/channels.yaml")
    #expect(try revert("HEAD", "--commit").status == 1)
    #expect(try git("for-each-ref") == before)
    #expect(try git("diff --stat").contains("1 insertion"))
    try company.shell(
      "git -C ops checkout -q state && git -C ops revert --no-edit HEAD && git -C ops revert --no-edit \(change)")
    #expect(try revert(change).errors.contains("[revert.nothing]"))
  }

  @Test func aRevertThatWouldLeaveErrorsIsRefused() throws {
    try company.shell(
      """
      cd ops && printf 'kind: AllocationTier\\nname: late\\nrank: 9\\nrule: strict\\n' > state/allocation/late.yaml &&
      git add -A && git commit -qm 'Add a tier' && sed -i '0,/^tier: growth/s//tier: late/' state/channels/channels.yaml &&
      git commit -qam 'Use it'
      """)
    let before = try git("for-each-ref")
    let result = try revert("HEAD~1")
    #expect(result.status == 1 && result.errors.contains("[revert.errors]"), "\(result.errors)")
    #expect(try git("for-each-ref") == before)
  }

  @Test func withoutAKeyNothingIsMade() throws {
    let change = try applyCap()
    try company.shell("git -C ops config --unset user.signingkey && rm -r \"$HOME/.config\"")
    let result = try revert(change)
    #expect(result.status == 1 && result.errors.contains("git config user.signingkey"), "\(result.errors)")
  }

  @Test func aBareRepositoryNeedsNoWorkTree() throws {
    let change = try applyCap()
    try company.shell(
      "git clone -q --bare ops bare && for key in user.name user.email gpg.format user.signingkey; do "
        + "git -C bare config $key \"$(git -C ops config $key)\"; done")
    let result = try company.run(["revert", change, "--repo", "bare", "--commit", "--now", CompanyFolder.now])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try company.shell("git -C bare diff --quiet main~2 main && echo same") == "same")
  }

  /// Orders take what is there in between; the revert declares beforehand what it will not give back.
  @Test func tradeInBetweenIsDeclared() throws {
    let change = try applyCap()
    try company.importEvents(CompanyFolder.orders(1...240, items: 3), as: "orders")
    try #require(try company.cycle().status == 0)
    let result = try revert(change, "--commit", "--store", "ops.db", "-o", "json")
    let restoration = try JSONValue.parse(Array(result.output.utf8))["restoration"]
    let rows = try #require(restoration?["rows"]?.array)
    func published() throws -> [String: Int64] {
      let text = try company.succeed("get", "availability", "--store", "ops.db", "-o", "json").output
      var units: [String: Int64] = [:]
      for row in try JSONValue.parse(Array(text.utf8)).array ?? [] {
        units["\(row["sku"]?.string ?? "")/\(row["channel"]?.string ?? "")"] = row["published"]?.integer
      }
      return units
    }
    let before = try published()
    try #require(try company.cycle().status == 0)
    let after = try published()
    let publications = rows.filter { $0["kind"]?.string == "publication" }
    #expect(!publications.isEmpty)
    for row in publications {
      let name = "\(row["sku"]?.string ?? "")/\(row["channel"]?.string ?? "")"
      let gained = (after[name] ?? 0) - (before[name] ?? 0)
      #expect(row["returned"]?.integer == min(row["taken"]?.integer ?? 0, max(0, gained)), "\(name)")
    }
  }
}
