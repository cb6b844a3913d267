import Approvals
import Forges
import FoundationEssentials
import Operations
import Synchronization
import TestSupport
import Testing

/// Answers that real forges gave, where `PURSER_DATA` names the folder that has them (`forges/…`).
@Suite(.enabled(if: GenuineAnswers.folder != nil, "PURSER_DATA names no folder with forges/"))
struct GenuineAnswerTests {
  static let now = FakeForge.now
  static let approvedHead = "be9fd19037cf677de87251ef4fb944663fd6a27e"
  static let mergedHead = "8ada92bdbddada45aba43cd28f39df60ebb04310"

  /// A live Gitea 1.16: opsalice (2) opens, opsbob (3) asks for changes, approves, she pushes, he approves the old head.
  @Test(
    arguments: [
      ("16.review-request-changes", approvedHead, [3: .reject], [:]),
      ("18.list-reviews-approved", approvedHead, [3: .approve], [:]),
      ("18.list-reviews-approved", mergedHead, [:], [3: .stale]),
      ("20.list-reviews-after-push-stale", mergedHead, [:], [3: .stale]),
      ("20.list-reviews-after-push-stale", approvedHead, [:], [3: .stale]),
      ("23.list-reviews-after-old-sha-approval", mergedHead, [:], [3: .stale]),
      ("24.review-approve-2", mergedHead, [3: .approve], [:]),
      ("33.list-reviews-dismissed", "4466c2cae9023f8c86fee8f9831c023f94783d48", [:], [3: .dismissed]),
    ] as [(String, String, [Int64: ForgeEvidence.Decision], [Int64: ForgeEvidence.Reason])])
  func rows14To16Gitea(
    _ file: String, _ head: String, _ counts: [Int64: ForgeEvidence.Decision], _ ignored: [Int64: ForgeEvidence.Reason]
  ) throws {
    let pull = try GenuineAnswers.gitea("28.get-pr-merged")
    var reviews = try GenuineAnswers.gitea(file)
    if reviews.array == nil { reviews = .array([reviews]) }
    let server = try LoopbackServer { [reviews] request in
      switch request.target.prefix(while: { $0 != "?" }) {
      case "/api/v1/repos/opsadmin/ops-state/pulls/1": .init(200, pull.canonical)
      case "/api/v1/repos/opsadmin/ops-state/pulls/1/reviews": .init(200, reviews.canonical)
      case "/api/v1/repos/opsadmin/ops-state/pulls/1/commits": .init(200, "[]")
      // Later ones say so of a timeline without entries; this one knows none, see below.
      case "/api/v1/repos/opsadmin/ops-state/issues/1/timeline": .init(200, "null")
      default: .init(404, "404 page not found\n")
      }
    }
    let forge = try Forge(.init(kind: .gitea, url: server.address, repository: "opsadmin/ops-state"), token: nil)
    let merged = try forge.pullRequest(1, at: Self.now)
    #expect(merged.isMerged && merged.head == Self.mergedHead && merged.opener?.login == "opsalice")
    #expect(merged.mergedBy?.id == 3 && merged.mergeCommits == ["70a42be149cc0b1387e1a5791cd1e46c534f55bd"])
    let evidence = ForgeEvidence(try forge.reviews(of: merged, at: Self.now), head: head)
    #expect(evidence.voices.reduce(into: [:]) { $0[$1.user.id] = $1.decision } == counts)
    #expect(evidence.ignored.reduce(into: [:]) { $0[$1.user.id] = $1.reason } == ignored)
  }

  /// What that Gitea itself tells: it knows no timelines, so that nobody knows for which branch an approval was given.
  @Test func anOldGiteaHasNoApprovals() throws {
    let pull = try GenuineAnswers.gitea("28.get-pr-merged")
    let review = try GenuineAnswers.gitea("24.review-approve-2")
    let server = try LoopbackServer { request in
      switch request.target.prefix(while: { $0 != "?" }) {
      case "/api/v1/repos/opsadmin/ops-state/pulls/1": .init(200, pull.canonical)
      case "/api/v1/repos/opsadmin/ops-state/pulls/1/reviews": .init(200, JSONValue.array([review]).canonical)
      case "/api/v1/repos/opsadmin/ops-state/pulls/1/commits": .init(200, "[]")
      default: .init(404, "404 page not found\n")
      }
    }
    let forge = try Forge(.init(kind: .gitea, url: server.address, repository: "opsadmin/ops-state"), token: nil)
    let merged = try forge.pullRequest(1, at: Self.now)
    let evidence = ForgeEvidence(try forge.reviews(of: merged, at: Self.now), head: Self.mergedHead)
    #expect(evidence.voices.isEmpty && evidence.ignored.map(\.reason) == [.unknownBranch])
  }

  /// What a live Gitea was sent to write a comment, to edit it and to set a status, and what it answered.
  @Test func giteaWrites() throws {
    let (created, listed) = try (GenuineAnswers.gitea("12.create-comment"), GenuineAnswers.gitea("13.list-comments"))
    let (edited, status) = try (
      GenuineAnswers.gitea("14.edit-comment"), GenuineAnswers.gitea("09.create-status-pending")
    )
    let pulls = try GenuineAnswers.gitea("29.list-prs")
    let server = try LoopbackServer { request in
      switch (request.method, request.target.prefix { $0 != "?" }) {
      case ("POST", "/api/v1/repos/opsadmin/ops-state/issues/1/comments"): .init(201, created.canonical)
      case ("GET", "/api/v1/repos/opsadmin/ops-state/issues/1/comments"): .init(200, listed.canonical)
      case ("GET", "/api/v1/repos/opsadmin/ops-state/issues/comments/3"): .init(200, created.canonical)
      case ("PATCH", "/api/v1/repos/opsadmin/ops-state/issues/comments/3"): .init(200, edited.canonical)
      case ("POST", let place) where place.hasPrefix("/api/v1/repos/opsadmin/ops-state/statuses/"):
        .init(201, status.canonical)
      case ("GET", "/api/v1/repos/opsadmin/ops-state/pulls"): .init(200, pulls.canonical)
      default: .init(404, "404 page not found\n")
      }
    }
    let forge = try Forge(.init(kind: .gitea, url: server.address, repository: "opsadmin/ops-state"), token: nil)
    let text = try #require(created["body"]?.string)
    let first = try forge.keepPlanComment(text, under: 1, inPlaceOf: nil, at: Self.now)
    #expect(first.id == 3 && first.text == text && first.author == created["user"]?["id"]?.integer)
    #expect(try forge.comment(3, under: 1, at: Self.now) == first)
    // Another's marker is not ours.
    #expect(try forge.planComment(under: 1, own: first.author ?? 0, at: Self.now) == nil)
    let changed = try #require(edited["body"]?.string)
    let second = try forge.keepPlanComment(changed, under: 1, inPlaceOf: first, at: Self.now)
    // This Gitea tells seconds: an edit in the same second shows in the text alone.
    #expect(second.changedAt == first.changedAt && second.textDigest != first.textDigest)
    try forge.setStatus(of: Self.approvedHead, .pending, "waits", at: Self.now)
    for (name, index) in [("12.create-comment", 0), ("14.edit-comment", 3), ("09.create-status-pending", 4)] {
      let asked = try #require(try GenuineAnswers.json("gitea/rest/\(name).json")["request"])
      let sent = server.requests[index]
      #expect(sent.method == asked["method"]?.string && sent.target == asked["path"]?.string)
      let words = try JSONValue.parse(sent.body).object ?? [:]
      #expect(Set(words.keys).isSubset(of: Set((asked["body"]?.object ?? [:]).keys)), "\(words)")
    }
    // All of them are closed, and for another branch there are none.
    #expect(try forge.openPullRequests(branch: "main", at: Self.now).isEmpty)
  }

  /// Open ones as GitHub and GitLab list them.
  @Test(
    arguments: [
      (.github, "github/rest/example.pull-request.json", "master", [1347]),
      (.gitlab, "gitlab/get_merge_requests.json", "master", [15_442, 15_441, 15_440]),
    ] as [(ForgeKind, String, String, [Int64])])
  func listsOfOpenOnes(_ kind: ForgeKind, _ file: String, _ branch: String, _ numbers: [Int64]) throws {
    var listed = try GenuineAnswers.json(file)
    if listed.array == nil { listed = .array([listed]) }
    let server = try LoopbackServer { [listed] _ in .init(200, listed.canonical) }
    let forge = try Forge(.init(kind: kind, url: server.address, repository: "a/b"), token: nil)
    #expect(try forge.openPullRequests(branch: branch, at: Self.now).map(\.number) == numbers)
    #expect(try forge.openPullRequests(branch: "other", at: Self.now).isEmpty)
  }

  @Test func gitHubWrites() throws {
    let recorded = try GenuineAnswers.json("github/rest/recorded.PullRequest.testCreateIssueComment.json")
    let exchange = try #require(recorded.array?.last ?? recorded)
    let answer = try #require(exchange["response"]?["body"])
    let server = try LoopbackServer { _ in .init(201, answer.canonical) }
    let forge = try Forge(.init(kind: .github, url: server.address, repository: "PyGithub/PyGithub"), token: nil)
    let text = try #require(exchange["request"]?["body"]?["body"]?.string)
    let comment = try forge.keepPlanComment(text, under: 31, inPlaceOf: nil, at: Self.now)
    #expect(comment.id == answer["id"]?.integer && comment.text == text)
    let sent = try #require(server.requests.first)
    #expect(exchange["request"]?["url"]?.string == "https://api.github.com" + sent.target.dropFirst("/api/v3".count))
    #expect(try JSONValue.parse(sent.body) == exchange["request"]?["body"])
  }

  @Test func gitHub() throws {
    let pull = try GenuineAnswers.json("github/rest/example.pull-request.json")
    let reviews = try GenuineAnswers.json("github/rest/recorded.PullRequestReview.testAttributes.json")
      .array?.first?["response"]?["body"]
    let dismissed = try GenuineAnswers.json("github/rest/recorded.PullRequestReview.testDismiss.json")
      .array?.first?["response"]?["body"]
    let all = JSONValue.array((reviews?.array ?? []) + [try #require(dismissed)])
    let one = try #require(reviews)
    let isDismissed = Flag()
    let server = try LoopbackServer { request in
      switch request.target.prefix(while: { $0 != "?" }) {
      case "/api/v3/repos/octocat/Hello-World/pulls/1347": .init(200, pull.canonical)
      case "/api/v3/repos/octocat/Hello-World/pulls/1347/reviews":
        .init(200, (isDismissed.value ? all : one).canonical)
      default: .init(200, "[]")
      }
    }
    let forge = try Forge(.init(kind: .github, url: server.address, repository: "octocat/Hello-World"), token: nil)
    let request = try forge.pullRequest(1347, at: Self.now)
    // A merge commit is named, and there was no merge.
    #expect(!request.isMerged && request.mergeCommits.isEmpty && request.isOpen && request.opener?.id == 1)
    let head = "7a0fcb27b7cd6c346fc3f76216ccb6e0f4ca3bcc"
    let before = ForgeEvidence(try forge.reviews(of: request, at: Self.now), head: head)
    #expect(before.voices.map(\.user.id) == [343_539] && before.voices.map(\.decision) == [.approve])
    isDismissed.value = true
    let after = ForgeEvidence(try forge.reviews(of: request, at: Self.now), head: head)
    #expect(after.voices.isEmpty)
  }

  /// GitLab's own examples: approvals without a time, so that nobody can tell which head was seen.
  @Test func gitLab() throws {
    let merge = try GenuineAnswers.json("gitlab/get_merge_request.json")
    let approvals = try GenuineAnswers.json("gitlab/approvals.approve-response.json")
    let server = try LoopbackServer { request in
      switch request.target.prefix(while: { $0 != "?" }) {
      case "/api/v4/projects/gitlab-org%2Fgitlab/merge_requests/14656": .init(200, merge.canonical)
      case "/api/v4/projects/gitlab-org%2Fgitlab/merge_requests/14656/approvals": .init(200, approvals.canonical)
      case "/api/v4/projects/gitlab-org%2Fgitlab/merge_requests/14656/reviewers": .init(404, "{}")
      default: .init(200, "[]")
      }
    }
    let forge = try Forge(.init(kind: .gitlab, url: server.address, repository: "gitlab-org/gitlab"), token: nil)
    let request = try forge.pullRequest(14_656, at: Self.now)
    #expect(request.opener?.id == 3_614_858 && request.head == "8e0b45049b6253b8984cde9241830d2851168142")
    let evidence = ForgeEvidence(try forge.reviews(of: request, at: Self.now), head: request.head)
    #expect(evidence.voices.isEmpty && evidence.ignored.map(\.user.id) == [1, 2])
    #expect(evidence.ignored.allSatisfy { $0.reason == .unknownCommit })
  }
}

enum GenuineAnswers {
  static let folder: String? = {
    guard let data = ProcessInfo.processInfo.environment["PURSER_DATA"] else { return nil }
    let folder = data + "/forges"
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

  static func json(_ path: String) throws -> JSONValue {
    let content = FileManager.default.contents(atPath: (folder ?? "") + "/" + path)
    return try JSONValue.parse([UInt8](try #require(content)))
  }

  /// What a live server answered.
  static func gitea(_ name: String) throws -> JSONValue {
    try #require(try json("gitea/rest/\(name).json")["response"]?["body"])
  }
}

private final class Flag: Sendable {
  private let content = Atomic(false)
  var value: Bool {
    get { content.load(ordering: .relaxed) }
    set { content.store(newValue, ordering: .relaxed) }
  }
}
