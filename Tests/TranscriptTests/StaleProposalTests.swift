import TestSupport
import Testing

/// A proposal that has moved since somebody looked: nothing is signed about what it was.
@Suite struct StaleProposalTests {
  @Test(arguments: ["proposal/cut", "cut", "origin/proposal/cut"])
  func whatHasMovedIsNotSignedUnseen(_ name: String) throws {
    let firm = try ReviewedCompany()
    func propose(_ percent: Int) throws -> String {
      let commit = try firm.commitCap(percent, pushing: false)
      try firm.company.shell("git -C ops push -q origin HEAD:proposal/cut")
      return commit
    }
    let old = try propose(40)
    try firm.company.shell("git -C dan fetch -q && git -C eve fetch -q")
    let new = try propose(4)
    for (person, words) in [("dan", ["reject", name, "--reason", "not 4"]), ("eve", ["approve", name])] {
      func say() throws -> ChildProcess.Result {
        try firm.company.run(words + ["--yes", "--repo", person, "--now", CompanyFolder.now])
      }
      let stale = try say()
      #expect(stale.status == 1 && stale.errors.contains("[change.moved]"), "\(stale.errors)")
      #expect(stale.errors.contains("git diff \(old.prefix(10)) \(new.prefix(10))"), "\(stale.errors)")
      let log = "git -C shared.git for-each-ref refs/purser/approvals"
      if person == "dan" { #expect(try firm.company.shell(log).isEmpty) }
      // Now it has been seen.
      let said = try say()
      #expect(said.status == 0, "\(said.errors)")
    }
    let changes = try firm.run("ben", "changes").output
    #expect(changes.contains("  \(new.prefix(10)) ") && changes.contains("dan rejected it"), "\(changes)")
    // By its id the old one can still be spoken of.
    #expect(try firm.run("dan", "reject", String(old.prefix(12)), "--reason", "nor 40").status == 0)
  }

  /// Whatever somebody pushed under the name of a proposal is one line that is refused, and others are fetched as before.
  @Test func aProposalThatIsNoCommitStopsNobody() throws {
    let firm = try ReviewedCompany()
    for (name, object) in [
      ("blob", "$(echo x | git hash-object -w --stdin)"), ("tree", "$(git rev-parse 'main^{tree}')"),
    ] {
      try firm.company.shell(
        "cd shared.git && mkdir -p refs/heads/proposal && echo \(object) > refs/heads/proposal/\(name)")
    }
    for percent in [9, 8] {
      let commit = try firm.commitCap(percent, pushing: false)
      try firm.company.shell("git -C ops push -q -f origin HEAD:refs/heads/proposal/cap-\(percent)")
      let changes = try firm.run("ben", "changes")
      #expect(changes.status == 0 && changes.output.contains("  \(commit.prefix(10)) "), "\(changes.errors)")
      #expect(changes.output.contains("proposal/blob\n      refused: "), "\(changes.output)")
      #expect(changes.output.contains("proposal/tree\n      refused: "), "\(changes.output)")
    }
  }
}
