import Approvals
import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Forges
import Operations
import Testing

/// What the daemon writes into the log of approvals for what a forge says: alice (2) opened, bob (3) and cara (4) review.
@Suite struct ForgeStatementTests {
  static let now = Instant(milliseconds: 1_764_000_000_000)
  static let location = ForgeLocation(kind: .gitea, url: "https://git.example.com", repository: "ops/state")
  static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
  static let change = ReviewedChange(
    digest: SHA256Digest(of: "change"), base: String(repeating: "0", count: 40), head: ForgeEvidenceTests.head,
    tree: String(repeating: "4", count: 40))

  static let state: DesiredState = {
    let people = [("alice", 2), ("bob", 3), ("cara", 4)].map { name, account in
      "kind: Person\nname: \(name)\nemail: \(name)@example.com\nkeys: []\nforges: {gitea: \(account)}\n"
    }
    return DesiredState(
      DecodedFile(decoding: SourceFile(path: "f.yaml", bytes: Array(people.joined(separator: "---\n").utf8))).resources)
  }()

  /// - Parameter since: when the version took effect, in minutes.
  private func statements(
    _ known: [Statement] = [], version: Int64 = 1, since: Int64 = 0, at now: Instant = now
  ) -> ForgeStatements {
    var versions = PolicyVersions()
    _ = versions.note(version, at: Instant(milliseconds: since * 60_000))
    return ForgeStatements(
      location: Self.location, state: Self.state, policyVersion: version, versions: versions, known: known, at: now)
  }

  private func read(
    _ reviews: [ForgeReview], _ known: [Statement] = [], version: Int64 = 1, since: Int64 = 0,
    at now: Instant = now
  ) -> [Statement] {
    statements(known, version: version, since: since, at: now).reviews(
      ForgeEvidenceTests.facts(reviews), of: Self.change)
  }

  private static let approval = ForgeEvidenceTests.review(1, by: 3, .approved)

  @Test func anApprovalBecomesAStatementOnce() throws {
    let first = read([Self.approval])
    let statement = try #require(first.first)
    #expect(first.count == 1 && statement.kind == .approve && statement.person == "bob")
    #expect(statement.change == Self.change.digest && statement.head == ForgeEvidenceTests.head)
    #expect(statement.issuedAt == Self.approval.at && statement.policyVersion == 1 && statement.impact == nil)
    #expect(
      statement.forge == ForgeSource(location: Self.location, pullRequest: 7, account: 3, review: 1))
    // What is written can be read back, and reading the forge again adds nothing.
    let again = try Statement(statement.json.canonicalBytes)
    #expect(again.json == statement.json)
    #expect(read([Self.approval], [again]).isEmpty)
    #expect(read([Self.approval]).map(\.json) == first.map(\.json), "the same reading makes the same statement")
  }

  @Test func aReviewStaysOneOfTheVersionInWhichItWasRead() throws {
    let first = read([Self.approval])
    #expect(read([Self.approval], first, version: 2).isEmpty)
    let second = read([Self.approval, ForgeEvidenceTests.review(2, by: 3, .approved)], first, version: 2)
    #expect(second.map(\.policyVersion) == [2])
  }

  /// What was approved before people or rules changed was approved under those before.
  @Test func aReviewIsOneOfTheVersionOfItsTime() {
    for (since, version) in [(0, 3), (1, 2), (2, 2)] as [(Int64, Int64)] {
      #expect(read([Self.approval], version: 3, since: since).map(\.policyVersion) == [version], "since \(since)")
    }
  }

  @Test func versionsAreThoseOfTheirTime() {
    func moment(_ minute: Int64) -> Instant { Instant(milliseconds: minute * 60_000) }
    var versions = PolicyVersions()
    #expect(versions.version(at: moment(9), current: 1) == 1 && versions.version(at: moment(9), current: 4) == 3)
    #expect(versions.note(2, at: moment(2)) && versions.note(4, at: moment(4)))
    #expect(!versions.note(4, at: moment(5)) && !versions.note(3, at: moment(5)))
    let read = PolicyVersions(json: versions.json)
    #expect(read == versions)
    #expect((1...5).map { read.version(at: moment($0), current: 4) } == [1, 1, 2, 2, 4])
    // One that is accepted and not in force yet was not in force when anybody spoke.
    #expect(read.version(at: moment(9), current: 5) == 4)
  }

  @Test func nobodyElseTakesARejectionBack() throws {
    var rejection = ForgeEvidenceTests.review(1, by: 3, .changesRequested)
    let first = read([rejection])
    #expect(first.map(\.kind) == [.reject])
    rejection.isDismissed = true
    for dismisser in [2, nil] as [Int64?] {
      rejection.dismisser = dismisser
      #expect(read([rejection], first).isEmpty)
    }
    // GitHub may not tell any more what a dismissed review said, and a forge may forget it whole.
    rejection.state = .other
    #expect(read([rejection], first).isEmpty && read([], first).isEmpty)
    rejection.state = .changesRequested
    rejection.dismisser = 3
    let revoked = read([rejection], first)
    #expect(revoked.map(\.kind) == [.revoke] && read([rejection], first + revoked).isEmpty)
    // An approval that counts for nothing is no rejection either.
    let stale = ForgeEvidenceTests.review(2, by: 3, .approved, at: ForgeEvidenceTests.old)
    #expect(read([stale], first).map(\.kind) == [.revoke])
  }

  /// What stands in the log while a pull request is open: who is against it, and who no longer is.
  @Test func onlyRejectionsAreWrittenBeforeAMerge() throws {
    func written(_ reviews: [ForgeReview], _ known: [Statement] = []) -> [Statement] {
      statements(known).rejections(ForgeEvidenceTests.facts(reviews), of: Self.change)
    }
    let rejection = ForgeEvidenceTests.review(1, by: 3, .changesRequested)
    let other = ForgeEvidenceTests.review(2, by: 4, .approved)
    let first = written([rejection, other])
    #expect(first.map(\.kind) == [.reject] && first.map(\.person) == ["bob"])
    #expect(written([rejection, other], first).isEmpty)
    let approval = ForgeEvidenceTests.review(3, by: 3, .approved)
    let revoked = written([rejection, other, approval], first)
    #expect(revoked.map(\.kind) == [.revoke] && revoked.map(\.person) == ["bob"])
    #expect(written([rejection, other, approval], first + revoked).isEmpty)
    // Merged, the approval is read as well, and is the later word.
    let merged = read([rejection, other, approval], first + revoked)
    #expect(
      merged.map(\.kind) == [.approve, .approve]
        && merged.allSatisfy { $0.issuedAt > revoked[0].issuedAt || $0.person == "cara" })
  }

  @Test func whoApprovedAnotherBranchIsTold() {
    func told(_ reviews: [ForgeReview], aimed: Int64?) -> String? {
      statements().misplaced(ForgeEvidenceTests.facts(reviews, aimed: aimed), of: Self.change)?.message
    }
    #expect(told([Self.approval], aimed: 0) == nil)
    #expect(
      told([Self.approval], aimed: 2)
        == "bob's approval does not count: it was given before the pull request targeted this branch")
    #expect(
      told([Self.approval], aimed: nil)?.hasSuffix("the forge does not tell which branch it was given for") == true)
    #expect(told([ForgeEvidenceTests.review(1, by: 5, .approved)], aimed: 2) == nil, "nobody's approval")
  }

  @Test func whatIsTakenBackIsRevoked() throws {
    let first = read([Self.approval])
    var dismissed = Self.approval
    dismissed.isDismissed = true
    let revoked = read([dismissed], first)
    #expect(revoked.map(\.kind) == [.revoke] && revoked.map(\.person) == ["bob"])
    #expect(revoked[0].issuedAt > first[0].issuedAt)
    #expect(read([dismissed], first + revoked).isEmpty)
    #expect(read([], first).map(\.kind) == [.revoke], "GitLab only stops to list it")
    // Brought back, it counts again, and later than what took it back.
    let back = read([Self.approval], first + revoked)
    #expect(back.map(\.kind) == [.approve] && back[0].issuedAt > revoked[0].issuedAt)
  }

  @Test func anApprovalThatTurnsIntoARejection() {
    let first = read([Self.approval])
    let later = read([Self.approval, ForgeEvidenceTests.review(2, by: 3, .changesRequested)], first)
    #expect(later.map(\.kind) == [.reject] && later[0].expiresAt == nil)
  }

  @Test func accountsOfNobodyAreLeftOut() {
    #expect(read([ForgeEvidenceTests.review(1, by: 5, .approved)]).isEmpty)
  }

  @Test func whatWasReadOnAnotherForgeIsNotOurs() {
    var other = read([Self.approval])
    other[0].forge?.location.repository = "ops/other"
    #expect(read([], other).isEmpty && read([Self.approval], other).count == 1)
  }

  // MARK: Who brought it

  private func commit(_ emails: String..., seal: CommitFacts.Seal = .unsigned) -> CommitFacts {
    CommitFacts(
      id: "c", tree: "t", seal: seal, summary: "s", reverts: [],
      identities: emails.map { .init(name: "N", email: $0) })
  }

  private func authors(_ commits: [CommitFacts], on kind: ForgeKind = .gitea, opener: Int64 = 2) -> ForgeAuthors {
    var facts = ForgeEvidenceTests.facts([], authors: [])
    facts.pull.opener = ForgeEvidenceTests.user(opener)
    return ForgeAuthors(facts, commits: commits, on: kind, state: Self.state)
  }

  @Test func authorsAreEveryoneWhomItNames() {
    let known = authors([commit("alice@example.com", "BOB@example.com")])
    #expect(known.people == ["alice", "bob"] && known.strangers.isEmpty)
    #expect(authors([commit("mallory@example.com")]).strangers == ["N <mallory@example.com>"])
    #expect(authors([commit("alice@example.com")], opener: 5).strangers.count == 1)
    #expect(authors([commit("alice@example.com")], opener: 9).strangers.count == 1, "a bot")
    #expect(authors([commit("alice@example.com", seal: .key("ssh-ed25519 AAAA"))]).strangers.count == 1)
    // Only GitHub commits in its own name, and only it gives addresses with numbers.
    #expect(authors([commit("noreply@github.com")]).strangers.count == 1)
    #expect(authors([commit("2+alice@users.noreply.github.com")]).strangers.count == 1)
    let browser = [commit("noreply@github.com", "alice@example.com")]
    #expect(authors(browser, on: .github).strangers.count == 1, "nobody here has an account on GitHub")
  }

  @Test func aMergeIsVouchedForByItsAuthors() throws {
    let facts = ForgeEvidenceTests.facts([])
    let merge = String(repeating: "5", count: 40)
    let known = authors([commit("alice@example.com", "bob@example.com")])
    let first = try #require(statements().merge(merge, facts, of: Self.change, by: known))
    #expect(first.kind == .merge && first.person == "alice" && first.head == merge && first.expiresAt == nil)
    let again = try Statement(first.json.canonicalBytes)
    #expect(again.forge?.account == 2 && again.forge?.authors == ["alice", "bob"])
    #expect(statements([again]).merge(merge, facts, of: Self.change, by: known) == nil)
    #expect(statements([again], version: 2).merge(merge, facts, of: Self.change, by: known)?.policyVersion == 2)
    let strange = authors([commit("mallory@example.com")])
    #expect(statements().merge(merge, facts, of: Self.change, by: strange) == nil)
  }
}
