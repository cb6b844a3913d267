import Glibc
import TestSupport
import Testing

/// `purser` against a real server: everything of a cycle, and the audit branch back on the remote.
@Suite(.serialized) struct EndToEndTests {
  @Test(arguments: Remote.Kind.allCases) func aCompanyBehindAServer(_ kind: Remote.Kind) throws {
    let remote = try Remote(kind)
    let company = try CompanyFolder(items: 3)
    let (folder, address) = (remote.bare.folder, remote.address)
    try company.shell("git -C ops push -q '\(folder)' main")
    let (variables, options) = try reach(remote, company)
    let rest = "--repo '\(address)' --store ops.db --now \(CompanyFolder.now) \(options)"
    let run = "\(variables) purser run --once \(rest)"

    let first = try company.purser.shell(run, in: company.name)
    #expect(first.status == 0 && first.errors.contains("applied"), "\(first.errors)")
    let again = try company.purser.shell(run, in: company.name)
    #expect(again.status == 0 && again.errors.isEmpty, "\(again.errors)")
    #expect(try remote.bare("rev-list", "--count", "audit") == "1")

    // While the server is away, trade is planned and records wait.
    try company.commitCap(9)
    try company.shell("git -C ops push -q '\(folder)' main")
    try remote.stop()
    try company.importEvents(CompanyFolder.orders(1...6, items: 3), as: "orders")
    let alone = try company.purser.shell(run, in: company.name)
    #expect(alone.status == 1 && alone.errors.contains("applied") && alone.errors.contains("hint: "), "\(alone.errors)")
    let plan = try company.purser.shell("\(variables) purser plan \(rest)", in: company.name)
    #expect(plan.status == 1, "what the branch says is not known")
    #expect(!alone.errors.contains("secret") && !plan.errors.contains("secret"))

    try remote.startAgain()
    let back = try company.purser.shell(run, in: company.name)
    #expect(back.status == 0 && back.errors.contains("accepted"), "\(back.errors)")
    #expect(try remote.bare("rev-list", "--count", "audit") == "2")
    try company.shell("git -C ops fetch -q '\(folder)' audit && git -C ops verify-commit FETCH_HEAD FETCH_HEAD~1")
  }

  /// Sets up the home folder as a user of this server has it.
  /// - Returns: what to put before and after the command.
  private func reach(_ remote: Remote, _ company: CompanyFolder) throws -> (variables: String, options: String) {
    switch remote.kind {
    case .file: return ("", "")
    case .ssh:
      try company.scratch.write(try remote.scratch.read("known_hosts"), to: ".ssh/known_hosts")
      return ("", "--ssh-key '\(remote.scratch.path("user"))'")
    case .http: return ("PURSER_GIT_USER=daemon PURSER_GIT_PASSWORD=secret", "")
    }
  }
}
