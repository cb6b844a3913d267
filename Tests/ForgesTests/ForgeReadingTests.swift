import Approvals
import Forges
import HTTPClient
import Operations
import TestSupport
import Testing

/// Each forge asked over real HTTP: the same story must give the same evidence.
@Suite struct ForgeReadingTests {
  static let now = FakeForge.now

  private func evidence(_ fake: FakeForge) throws -> ForgeEvidence {
    try fake.asked { forge in
      let found = try forge.pullRequest(behind: FakeForge.mergeCommit, branch: "main", at: Self.now)
      let pull = try #require(found)
      return ForgeEvidence(try forge.reviews(of: pull, at: Self.now), head: pull.head)
    }
  }

  private func decisions(_ evidence: ForgeEvidence) -> [Int64: ForgeEvidence.Decision] {
    evidence.voices.reduce(into: [:]) { $0[$1.user.id] = $1.decision }
  }

  @Test(arguments: ForgeKind.allCases)
  func readsThePullRequestBehindAMerge(_ kind: ForgeKind) throws {
    let fake = try FakeForge(kind)
    let found = try fake.asked {
      try $0.pullRequest(behind: FakeForge.mergeCommit, branch: "main", at: Self.now)
    }
    let pull = try #require(found)
    #expect(pull.number == 7 && pull.head == FakeForge.head && pull.base == "main" && pull.isMerged && !pull.isOpen)
    #expect(pull.opener?.id == 2 && pull.mergedBy?.id == 3 && pull.mergeCommits == [FakeForge.mergeCommit])
  }

  /// Row 19: a commit that was pushed to the branch has no pull request, whatever the forge's settings let through.
  @Test(arguments: ForgeKind.allCases)
  func row19ADirectPushHasNoPullRequest(_ kind: ForgeKind) throws {
    let found = try FakeForge(kind).asked {
      try $0.pullRequest(behind: FakeForge.head, branch: "main", at: Self.now)
    }
    #expect(found == nil)
  }

  /// A pull request that was closed may name a merge commit all the same, and one for another branch speaks of that.
  @Test(arguments: ForgeKind.allCases)
  func onlyWhatWasMergedIntoTheBranchCounts(_ kind: ForgeKind) throws {
    for story in [FakeForge.Story(isMerged: false), FakeForge.Story(base: "develop")] {
      let found = try FakeForge(kind, story).asked {
        try $0.pullRequest(behind: FakeForge.mergeCommit, branch: "main", at: Self.now)
      }
      #expect(found == nil)
    }
  }

  /// Each row: who says what in which minute (the second head was pushed in minute 10), and what counts of it.
  @Test(
    arguments: ForgeKind.allCases,
    [
      ("approved", FakeForge.head, 15, false, [3: .approve]),
      // Rows 14 and 15: before the push, and after it for what was there before.
      ("approved", FakeForge.oldHead, 5, false, [:]), ("changes", FakeForge.head, 15, false, [3: .reject]),
      ("comment", FakeForge.head, 15, false, [:]), ("approved", FakeForge.head, 15, true, [:]),
      // Somebody else dismisses it, or asks for another look.
      ("changes", FakeForge.head, 15, true, [3: .reject]),
    ] as [(String, String, Int64, Bool, [Int64: ForgeEvidence.Decision])])
  func readsReviews(
    _ kind: ForgeKind,
    _ row: (says: String, commit: String, minute: Int64, isDismissed: Bool, [Int64: ForgeEvidence.Decision])
  ) throws {
    let fake = try FakeForge(
      kind,
      .init(reviews: [
        .init(id: 1, user: 3, says: row.says, commit: row.commit, minute: row.minute, isDismissed: row.isDismissed)
      ]))
    let found = try evidence(fake)
    #expect(decisions(found) == row.4)
  }

  /// Each row: when the pull request was pointed at the branch, and what an approval of minute 15 is then.
  @Test(
    arguments: ForgeKind.allCases,
    [
      ([], nil), ([12], nil), ([15], .otherBranch), ([20], .otherBranch), ([12, 20], .otherBranch),
    ] as [([Int64], ForgeEvidence.Reason?)])
  func whatWentIntoAnotherBranchIsAnotherChange(
    _ kind: ForgeKind, _ row: (aims: [Int64], reason: ForgeEvidence.Reason?)
  )
    throws
  {
    let approval = FakeForge.Review(id: 1, user: 3, says: "approved", commit: FakeForge.head, minute: 15)
    // More is left out before it than any page holds.
    let fake = try FakeForge(kind, .init(reviews: [approval], aims: row.aims, hiddenEntries: 330))
    let found = try evidence(fake)
    #expect(
      found.ignored.map(\.reason) == (row.reason.map { [$0] } ?? [])
        && found.voices.count == (row.reason == nil ? 1 : 0))
  }

  /// A forge that does not tell which branch was meant is not believed, and rejections count all the same.
  @Test(arguments: [ForgeKind.github, .gitea]) func aForgeWithoutEventsHasNoApprovals(_ kind: ForgeKind) throws {
    let said = ["approved", "changes"].enumerated().map {
      FakeForge.Review(
        id: Int64($0.offset), user: 3 + Int64($0.offset), says: $0.element, commit: FakeForge.head, minute: 15)
    }
    let found = try evidence(try FakeForge(kind, .init(reviews: said, tellsEvents: false)))
    #expect(found.ignored.map(\.reason) == [.unknownBranch] && decisions(found) == [4: .reject])
  }

  /// Only an account itself takes its rejection back: on GitLab by an approval, elsewhere by dismissing it too.
  @Test(arguments: ForgeKind.allCases) func whoRelents(_ kind: ForgeKind) throws {
    let rejection = FakeForge.Review(
      id: 1, user: 3, says: "changes", commit: FakeForge.head, minute: 15, isDismissed: true, dismisser: 3)
    let dismissed = try evidence(try FakeForge(kind, .init(reviews: [rejection])))
    #expect(decisions(dismissed) == (kind == .gitlab ? [3: .reject] : [:]))
    let approval = FakeForge.Review(id: 2, user: 3, says: "approved", commit: FakeForge.head, minute: 16)
    #expect(decisions(try evidence(try FakeForge(kind, .init(reviews: [rejection, approval])))) == [3: .approve])
    // Taken back after that, nothing of theirs stands.
    let withdrawn = FakeForge.Review(
      id: 2, user: 3, says: "approved", commit: FakeForge.head, minute: 16, isDismissed: true)
    let nothing = try evidence(try FakeForge(kind, .init(reviews: [rejection, withdrawn])))
    #expect(nothing.voices.isEmpty && nothing.relented == [3])
  }

  /// GitLab makes a version anew where another branch begins to be held against the same head.
  @Test func aHeadThatIsHeldAgainstAnotherCommitIsAnotherChange() throws {
    for (base, isMoved) in [("b", false), ("c", true)] {
      let server = try LoopbackServer { request in
        switch request.target.prefix(while: { $0 != "?" }) {
        case let place where place.hasSuffix("/approvals"):
          .init(200, #"{"approved_by":[{"user":{"id":3,"username":"u"},"approved_at":"2026-11-24T09:15:00Z"}]}"#)
        case let place where place.hasSuffix("/versions"):
          .init(
            200,
            #"[{"head_commit_sha":"h","base_commit_sha":"\#(base)","created_at":"2026-11-24T09:20:00Z"},"#
              + #"{"head_commit_sha":"h","base_commit_sha":"b","created_at":"2026-11-24T09:00:00Z"}]"#)
        case let place where place.hasSuffix("/7"):
          .init(200, #"{"iid":7,"sha":"h","target_branch":"main","state":"opened","author":{"id":2,"username":"a"}}"#)
        default: .init(200, "[]")
        }
      }
      let forge = try Forge(.init(kind: .gitlab, url: server.address, repository: "ops/state"), token: nil)
      let reviews = try forge.reviews(of: try forge.pullRequest(7, at: Self.now), at: Self.now)
      #expect(ForgeEvidence(reviews, head: "h").voices.isEmpty == isMoved, "held against \(base)")
    }
  }

  /// Row 16: the opener, a bot and an account that is gone, beside one that counts; more of them than a page holds.
  @Test(arguments: ForgeKind.allCases)
  func row16AuthorsAndBotsNeverCount(_ kind: ForgeKind) throws {
    let everybody: [Int64] = [2, 9, 0, 4, 5, 6]
    let fake = try FakeForge(
      kind,
      .init(
        reviews: everybody.enumerated().map {
          .init(id: Int64($0.offset + 1), user: $0.element, says: "approved", commit: FakeForge.head, minute: 15)
        },
        commitAuthors: [2, 2, 6], coAuthors: ["Eve <5+eve@users.noreply.github.com>", "Nobody <n@example.invalid>"]))
    // GitLab tells no account of a commit's author: there it is the judge who knows them by their addresses.
    let expected: [Int64: ForgeEvidence.Decision] =
      kind == .gitlab ? [4: .approve, 5: .approve, 6: .approve] : [4: .approve]
    let found = try evidence(fake)
    #expect(decisions(found) == expected)
  }

  /// What a person writes in a comment is no activity, even in GitLab's own words.
  @Test func aCommentThatSaysItApprovesApprovesNothing() throws {
    let fake = try FakeForge(
      .gitlab,
      .init(
        reviews: [.init(id: 1, user: 3, says: "approved", commit: FakeForge.oldHead, minute: 5)],
        comments: [.init(id: 5, user: 3, text: "approved this merge request", minute: 15)]))
    let found = try evidence(fake)
    #expect(found.ignored.map(\.reason) == [.stale])
  }

  @Test(arguments: ForgeKind.allCases)
  func aWrongTokenIsAPersonsMatter(_ kind: ForgeKind) throws {
    let error = #expect(throws: ForgeError.self) {
      try FakeForge(kind).asked(token: "canary-wrong") { try $0.ownUser(at: Self.now) }
    }
    #expect(error?.kind == .needsPerson && error?.hint.contains("PURSER_FORGE_TOKEN") == true)
    #expect(error?.description.contains("canary") == false)
  }

  static let later = FakeForge.now + TimeSpan(milliseconds: 120_000)

  @Test(
    arguments: [
      (429, [("Retry-After", "120")], .transient(notBefore: later)),
      (403, [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "\(later.seconds)")], .transient(notBefore: later)),
      (429, [("RateLimit-Remaining", "0"), ("RateLimit-Reset", "\(later.seconds)")], .transient(notBefore: later)),
      (429, [], .transient(notBefore: now + TimeSpan(milliseconds: 60_000))),
      // No server stops us for a year, nor makes us ask at once.
      (429, [("Retry-After", "86400")], .transient(notBefore: now + .hour)),
      (429, [("Retry-After", "0")], .transient(notBefore: now + TimeSpan(milliseconds: 1000))),
      (500, [], .transient(notBefore: nil)), (503, [], .transient(notBefore: nil)), (403, [], .needsPerson),
      (404, [], .needsPerson), (301, [("Location", "http://127.0.0.1:1/")], .needsPerson), (418, [], .needsPerson),
      (200, [], .needsPerson),
    ] as [(Int, [(name: String, value: String)], ForgeError.Kind)])
  func answersThatSayNo(_ status: Int, _ headers: [(name: String, value: String)], _ kind: ForgeError.Kind) throws {
    let fake = try FakeForge(.github)
    fake.fail(.init(status, headers: headers, "<html>token: \(FakeForge.token)</html>"))
    let error = #expect(throws: ForgeError.self) { try fake.asked { try $0.ownUser(at: Self.now) } }
    #expect(error?.kind == kind, "\(String(describing: error))")
    #expect(error?.description.contains(FakeForge.token) == false)
  }

  /// A list that has no end must not pass for a short one: what is missing could be a rejection.
  @Test func aListWithoutEndIsAnError() throws {
    let fake = try FakeForge(.github)
    let pull = try fake.asked { try $0.pullRequest(7, at: Self.now) }
    fake.fail(.init(200, headers: [("Link", "<x>; rel=\"next\"")], #"[{"id":1,"state":"COMMENTED"}]"#))
    let error = #expect(throws: ForgeError.self) { try fake.asked { try $0.reviews(of: pull, at: Self.now) } }
    #expect(error?.kind == .needsPerson)
  }

  /// Gitea 1.16 cannot be asked for the pull request of a commit.
  @Test func anOldGiteaIsLookedThrough() throws {
    let server = try LoopbackServer { request in
      let pull =
        #"{"number":7,"user":{"id":2,"login":"a"},"state":"closed","head":{"sha":"h"},"base":{"ref":"main"},"#
        + #""merged":true,"merge_commit_sha":"m","merged_by":null}"#
      switch request.target.prefix(while: { $0 != "?" }) {
      case "/api/v1/repos/ops/state/pulls": return .init(200, "[\(pull)]")
      case "/api/v1/repos/ops/state/pulls/7": return .init(200, pull)
      default: return .init(404, "404 page not found\n")
      }
    }
    let forge = try Forge(.init(kind: .gitea, url: server.address, repository: "ops/state"), token: nil)
    let found = try forge.pullRequest(behind: "m", branch: "main", at: Self.now)
    #expect(found?.number == 7)
    #expect(try forge.pullRequest(behind: "x", branch: "main", at: Self.now) == nil)
  }
}
