import Approvals
import Operations
import Synchronization
import TestSupport
import Testing

/// The whole program beside a forge: what it says there about commits.
@Suite struct ForgeDeskTests {
  private func company(_ fake: FakeForge) throws -> CompanyFolder {
    let company = try CompanyFolder(items: 1)
    try company.scratch.write(FakeForge.token + "\n", to: "\(company.name)/token")
    try company.shell("chmod 600 token")
    try company.shell(
      """
      cd ops && printf 'forge: {type: \(fake.kind.rawValue), url: "\(fake.address)", repository: ops/state}\\n' \
      >> state/purser.yaml && git commit -qam 'Name the forge'
      """)
    return company
  }

  private func cycle(_ company: CompanyFolder) throws -> ChildProcess.Result {
    try company.run(CompanyFolder.cycle() + ["--forge-token-file", "token"])
  }

  private func statuses(_ fake: FakeForge) -> [String: String] {
    fake.story.withLock { story in
      story.statuses.reduce(into: [:]) { known, status in
        guard (status["name"] ?? status["context"]) == "purser/approvals" else { return }
        known[status["sha"]?.string ?? ""] =
          (status["state"]?.string ?? "") + ": " + (status["description"]?.string ?? "")
      }
    }
  }

  @Test(arguments: ForgeKind.allCases)
  func commitsGetAStatus(_ kind: ForgeKind) throws {
    let fake = try FakeForge(kind)
    let company = try company(fake)
    let good = try company.shell("git -C ops rev-parse HEAD")
    let first = try cycle(company)
    #expect(first.status == 0, "\(first.errors)")
    #expect(statuses(fake)[good]?.hasPrefix("success: in force, policy version ") == true, "\(statuses(fake))")

    let bad = try company.commitCap(20, signed: false)
    let second = try cycle(company)
    #expect(second.status == 1)
    let word = kind == .gitlab ? "failed" : "failure"
    #expect(statuses(fake)[bad]?.hasPrefix("\(word): commit \(bad.prefix(10)) ") == true, "\(statuses(fake))")
    for result in [first, second] { #expect(!(result.output + result.errors).contains(FakeForge.token)) }
  }

  /// A plan that waits for people is shown at the commit of its policy, until it is let through; in a cycle in which nothing
  /// happens nothing is said again.
  @Test(arguments: ForgeKind.allCases) func whatIsHeldIsShown(_ kind: ForgeKind) throws {
    let fake = try FakeForge(kind)
    let company = try company(fake)
    try company.shell(
      """
      cd ops && ssh-keygen -q -N '' -t ed25519 -C bob -f ../bob && cat >> state/governance/people.yaml <<YAML
      ---
      kind: Person
      name: bob
      email: bob@example.com
      keys: ["$(cat ../bob.pub)"]
      ---
      kind: Role
      name: ops-lead
      people: [bob]
      kinds: []
      paths: ["**"]
      YAML
      sed -i 's/^mode:.*/mode: {publishing: propose}/' state/purser.yaml && \
      echo 'held: [{review: {ops-lead: 1}}]' >> state/purser.yaml && git commit -qam 'Publish only what people let through'
      """)
    let policy = try company.shell("git -C ops rev-parse HEAD")
    func held() -> String? { fake.story.withLock { $0.status(of: policy, "purser/held") } }
    let first = try cycle(company)
    #expect(first.status == 0, "\(first.errors)")
    let text =
      "pending: held (publishing): purser approve --hold 1; it needs the approval of 1 ops-lead more"
    #expect(held() == text)
    #expect(fake.story.withLock { $0.status(of: policy) }?.hasPrefix("success: in force") == true)
    let writes = fake.writes
    #expect(try cycle(company).status == 0)
    #expect(held() == text && fake.writes == writes, "nothing is said twice")
    let said = try company(
      "approve", "--hold", "1", "--yes", "--key", "bob", "--repo", "ops", "--store", "ops.db", "--now",
      CompanyFolder.now)
    #expect(said.status == 0, "\(said.errors)")
    let through = try cycle(company)
    #expect(through.errors.contains("hold 1 (publishing) approved by bob"), "\(through.errors)")
    #expect(held() == "success: nothing is held")
  }

  /// An unreachable forge, a wrong token or a busy forge holds nothing up; somebody is told.
  @Test(arguments: [401, 403, 404, 429, 500, 302])
  func aForgeInTroubleHoldsNothingUp(_ status: Int) throws {
    let fake = try FakeForge(.gitea)
    let company = try company(fake)
    fake.fail(.init(status, "<html>\(FakeForge.token)"))
    let result = try cycle(company)
    #expect(result.errors.contains("applied ") && result.errors.contains("http://127.0.0.1"), "\(result.errors)")
    #expect(!(result.output + result.errors).contains(FakeForge.token))
    #expect(try company("audit", "verify", "ops").status == 0)
  }
}
