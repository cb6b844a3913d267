import TestSupport
import Testing

/// A review with nothing between its people but a bare repository on a server.
@Suite(.serialized) struct ReviewOverServerTests {
  @Test(arguments: Remote.Kind.allCases) func aChangeIsProposedApprovedAndApplied(_ kind: Remote.Kind) throws {
    let remote = try Remote(kind)
    let firm = try ReviewedCompany()
    let company = firm.company
    try company.shell("git -C shared.git push -q --mirror '\(remote.bare.folder)'")
    for person in ["ops", "ben", "eve"] {
      try company.shell("git -C \(person) remote set-url origin '\(remote.address)'")
    }
    if kind == .ssh {
      try company.scratch.write(try remote.scratch.read("known_hosts"), to: ".ssh/known_hosts")
    }
    let variables = kind == .http ? "PURSER_GIT_USER=daemon PURSER_GIT_PASSWORD=secret " : ""
    let key = kind == .ssh ? " --ssh-key '\(remote.scratch.path("user"))'" : ""
    func purser(_ words: String) throws -> ChildProcess.Result {
      try company.purser.shell("\(variables)purser \(words) --now \(CompanyFolder.now)\(key)", in: company.name)
    }
    let run = "run --once --repo '\(remote.address)' --store ops.db"

    let commit = try firm.commitCap(9, pushing: false)
    let proposed = try purser("propose --repo ops --as cap")
    #expect(proposed.status == 0 && proposed.errors.contains("1 ops-lead more"), "\(proposed.errors)")
    #expect(try remote.bare("rev-parse", "proposal/cap") == commit)
    let seen = try purser("changes --repo ben")
    #expect(seen.status == 0 && seen.output.contains("proposal/cap"), "\(seen.errors)")
    // Merged without anybody's approval, it waits.
    try remote.bare("update-ref", "refs/heads/main", commit)
    let waits = try purser(run)
    #expect(waits.status == 1 && waits.errors.contains("approval.review_needed"), "\(waits.errors)")
    let approved = try purser("approve proposal/cap --yes --repo ben")
    #expect(approved.status == 0 && approved.errors.contains("takes effect"), "\(approved.errors)")
    #expect(try remote.bare("rev-list", "--count", "refs/purser/approvals") == "1")
    let applied = try purser(run)
    #expect(applied.status == 0 && applied.errors.contains("accepted \(commit.prefix(10))"), "\(applied.errors)")
    let done = try purser("changes --repo eve")
    #expect(done.output.contains("no pending changes"), "\(done.output)\(done.errors)")
    let verified = try company.purser.shell(
      "git clone -q '\(remote.bare.folder)' clone && purser audit verify clone", in: company.name)
    #expect(verified.status == 0, "\(verified.errors)")
  }

  /// Over https a person has told git, and nobody else, who they are.
  @Test func whatGitKnowsOfTheServerIsEnough() throws {
    let remote = try Remote(.http)
    let firm = try ReviewedCompany()
    let company = firm.company
    try company.shell("git -C shared.git push -q --mirror '\(remote.bare.folder)'")
    let (scheme, rest) = ("http://", remote.address.dropFirst("http://".count))
    // An address of the company's own, which only git's configuration explains.
    try company.shell("git -C ops remote set-url origin shop:/remote.git")
    try company.shell("git config --global url.\(remote.base)/.insteadOf shop:/")
    func propose(_ name: String) throws -> ChildProcess.Result {
      try company.purser.shell(
        "GIT_TERMINAL_PROMPT=0 purser propose --repo ops --as \(name) --now \(CompanyFolder.now)", in: company.name)
    }
    _ = try firm.commitCap(9, pushing: false)
    let unknown = try propose("cap")
    #expect(
      unknown.status == 1 && unknown.errors.contains("set PURSER_GIT_USER and PURSER_GIT_PASSWORD"), "\(unknown.errors)"
    )

    try company.shell("git config --global credential.helper \"store --file '\(company.path)/secrets'\"")
    let host = rest.prefix { $0 != "/" }
    try company.scratch.write("\(scheme)daemon:wrong@\(host)\n", to: "\(company.name)/secrets")
    let refused = try propose("cap")
    #expect(
      refused.status == 1 && refused.errors.contains("authentication as 'daemon' failed"), "\(refused.errors)")
    #expect(!refused.errors.contains("wrong"), "\(refused.errors)")
    #expect(
      try company.scratch.read("\(company.name)/secrets") == "", "the helper forgets what was refused, as git has it")

    try company.scratch.write("\(scheme)daemon:secret@\(host)\n", to: "\(company.name)/secrets")
    let proposed = try propose("cap")
    #expect(proposed.status == 0, "\(proposed.errors)")
    #expect(try remote.bare("rev-parse", "proposal/cap").count == 40)
  }
}
