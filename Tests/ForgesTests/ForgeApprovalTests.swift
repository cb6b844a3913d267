import Approvals
import Operations
import Synchronization
import TestSupport
import Testing

/// The whole program beside a forge: the user of `purser init` (account 2) opens pull requests, bob (account 3) has the
/// role that must approve changes of channels, and the forge merges without anybody's signature.
@Suite struct ForgeApprovalTests {
  private struct Shop {
    let company: CompanyFolder
    let fake: FakeForge

    init(_ kind: ForgeKind) throws {
      fake = try FakeForge(kind)
      company = try CompanyFolder(items: 1)
      try company.scratch.write(FakeForge.token + "\n", to: "\(company.name)/token")
      try company.shell(
        """
        chmod 600 token && cd ops && user=$(git config user.name) &&
        sed -i "0,/^name: $user/s//name: $user\\nforges: {\(kind.rawValue): 2}/" state/governance/people.yaml &&
        cat >> state/governance/people.yaml <<'YAML'
        ---
        kind: Person
        name: bob
        email: bob@example.com
        keys: []
        forges: {\(kind.rawValue): 3}
        ---
        kind: Role
        name: reviewer
        people: [bob]
        kinds: [Channel]
        paths: ["state/channels/**"]
        ---
        kind: ApprovalRule
        name: channels
        kinds: [Channel]
        review: {reviewer: 1}
        YAML
        printf 'forge: {type: \(kind.rawValue), url: "\(fake.address)", repository: ops/state}\\n' >> state/purser.yaml &&
        git commit -qam 'Let bob review channels' && git checkout -qb cap
        """)
      let result = try cycle()
      try #require(result.status == 0, "\(result.errors)")
    }

    func cycle() throws -> ChildProcess.Result {
      try company.run(CompanyFolder.cycle() + ["--forge-token-file", "token"])
    }

    /// Merges the branch `cap` as a forge does, after more of the shell where the tree is evil.
    @discardableResult
    func merge(_ command: String) throws -> String {
      let commit = try company.shell(
        """
        cd ops && git checkout -q main && export GIT_COMMITTER_NAME=Forge GIT_COMMITTER_EMAIL=forge@example.invalid \
        GIT_AUTHOR_NAME=Forge GIT_AUTHOR_EMAIL=forge@example.invalid && git config commit.gpgsign false && \
        { \(command); } >/dev/null && git config commit.gpgsign true && git rev-parse HEAD
        """)
      let head = try company.shell("git -C ops rev-parse cap")
      fake.story.withLock { story in
        story.mergeCommit = commit
        story.heads = [FakeForge.oldHead, head]
      }
      return commit
    }

    func say(_ user: Int64, _ says: String, at commit: String? = nil, id: Int64 = 1, dismissed: Bool = false) {
      fake.story.withLock { story in
        story.reviews.removeAll { $0.id == id }
        story.reviews.append(
          .init(
            id: id, user: user, says: says, commit: commit ?? story.heads.last ?? "",
            minute: commit == FakeForge.oldHead ? 5 : 15, isDismissed: dismissed))
      }
    }
  }

  static let merge = "git merge -q --no-ff -m 'Merge cap' cap"

  /// A merge, a squash and a rebase of two commits, approved on the forge, take effect; a clone can check why.
  @Test(
    arguments: ForgeKind.allCases,
    [merge, "git merge -q --squash cap && git commit -qm 'Squash cap'", "git cherry-pick main..cap"])
  func whatWasApprovedOnTheForgeTakesEffect(_ kind: ForgeKind, _ command: String) throws {
    let shop = try Shop(kind)
    try shop.company.commitCap(20)
    try shop.company.commitCap(21)
    let merge = try shop.merge(command)

    let waiting = try shop.cycle()
    #expect(waiting.status == 1 && waiting.errors.contains("needs the approval of 1 reviewer"), "\(waiting.errors)")

    shop.say(3, "approved")
    let accepted = try shop.cycle()
    #expect(accepted.status == 0 && accepted.errors.contains("accepted \(merge.prefix(10))"), "\(accepted.errors)")
    #expect(try shop.company("audit", "verify", "ops").status == 0)
    for result in [waiting, accepted] { #expect(!(result.output + result.errors).contains(FakeForge.token)) }
  }

  /// Every way to pass without an approval that counts.
  @Test(arguments: ForgeKind.allCases)
  func whatDoesNotCountNeverTakesEffect(_ kind: ForgeKind) throws {
    let shop = try Shop(kind)
    try shop.company.commitCap(20)
    try shop.merge(Self.merge)
    func expectRefused(_ why: String) throws {
      let result = try shop.cycle()
      #expect(result.status == 1 && !result.errors.contains("accepted "), "\(why): \(result.errors)")
    }
    shop.say(3, "approved", at: FakeForge.oldHead)
    try expectRefused("rows 14 and 15: an approval of another head")
    shop.say(2, "approved")
    try expectRefused("row 16: the opener's own")
    shop.say(5, "approved")
    try expectRefused("an account that is nobody's")
    shop.say(9, "approved")
    try expectRefused("a bot's")
    shop.say(3, "approved", dismissed: true)
    try expectRefused("a dismissed one")
    shop.say(3, "changes")
    try expectRefused("a request for changes")
    shop.say(3, "approved", id: 2)
    shop.fake.story.withLock { $0.isMerged = false }
    try expectRefused("a pull request that was not merged")
    shop.fake.story.withLock { ($0.isMerged, $0.base) = (true, "develop") }
    try expectRefused("a pull request for another branch")
    shop.fake.story.withLock { $0.base = "main" }
    shop.fake.fail(.init(500))
    try expectRefused("a forge that does not answer")
    shop.fake.fail(nil)
    let accepted = try shop.cycle()
    #expect(accepted.status == 0, "\(accepted.errors)")
  }

  /// Row 17: an approval that was given, read and taken back before it was needed.
  @Test func row17AnApprovalThatIsTakenBackCountsNoMore() throws {
    let shop = try Shop(.gitea)
    try shop.company.commitCap(20)
    try shop.company.shell("git -C ops checkout -q main")
    // A first change that is refused holds the second one up, which is approved meanwhile.
    let refused = try shop.company.commitCap(30, signed: false)
    #expect(try shop.cycle().status == 1)
    try shop.company.shell("git -C ops reset -q --hard \(refused)~1")
    try shop.merge(Self.merge)
    shop.say(3, "changes")
    #expect(try shop.cycle().status == 1)
    shop.say(3, "approved", id: 2)
    shop.say(3, "approved", id: 2, dismissed: true)
    #expect(try shop.cycle().status == 1)
  }

  /// A merge whose tree holds more than the pull request is not what was reviewed.
  @Test func aMergeWithAnEvilTreeIsNobodysWork() throws {
    let shop = try Shop(.gitea)
    try shop.company.commitCap(20)
    try shop.merge(
      "git merge -q --no-ff --no-commit cap && echo '# more' >> state/channels/channels.yaml && git commit -qam M")
    shop.say(3, "approved")
    let result = try shop.cycle()
    #expect(result.status == 1 && result.errors.contains("is not signed"), "\(result.errors)")
  }

  /// Row 19: a commit pushed past the pull requests, under an approval of another change.
  @Test func row19ADirectPushIsNotCoveredByApprovals() throws {
    let shop = try Shop(.gitea)
    try shop.company.commitCap(20)
    try shop.merge(Self.merge)
    shop.say(3, "approved")
    #expect(try shop.cycle().status == 0)
    let pushed = try shop.company.commitCap(50, signed: false)
    let result = try shop.cycle()
    #expect(result.status == 1 && result.errors.contains("refused \(pushed.prefix(10))"), "\(result.errors)")
  }

  /// Commits of someone whom nobody knows: the daemon does not vouch for their merge.
  @Test func aStrangersWorkIsNotVouchedFor() throws {
    let shop = try Shop(.gitea)
    try shop.company.shell(
      "cd ops && echo '# more' >> state/channels/channels.yaml && git -c user.email=mallory@example.com commit -qam M")
    try shop.merge(Self.merge)
    shop.say(3, "approved")
    let result = try shop.cycle()
    #expect(result.status == 1 && result.errors.contains("is not signed"), "\(result.errors)")
  }
}
