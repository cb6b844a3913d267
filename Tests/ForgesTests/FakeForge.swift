import Approvals
import Digest
import Forges
import HTTPClient
import Operations
import Synchronization
import TestSupport
import Testing

/// A forge on loopback that knows one repository, `ops/state`, and tells the same story in each forge's words: answers of
/// the shapes that GitHub, Gitea and GitLab give, cut down to what is read of them.
final class FakeForge: Sendable {
  struct Review: Sendable {
    var id: Int64
    var user: Int64
    /// `approved`, `changes`, `comment`.
    var says: String
    var commit: String
    var minute: Int64
    var isDismissed = false
    /// The account that dismissed it.
    var dismisser: Int64 = 2
  }

  struct Comment: Sendable {
    var id: Int64
    var user: Int64
    var text: String
    var minute: Int64
  }

  struct Story: Sendable {
    var number: Int64 = 7
    var heads = [FakeForge.oldHead, FakeForge.head]
    var reviews: [Review] = []
    var comments: [Comment] = []
    var commitAuthors: [Int64] = [2]
    var coAuthors: [String] = []
    var isMerged = true
    var base = "main"
    var mergeCommit = FakeForge.mergeCommit
    var statuses: [[String: JSONValue]] = []
    /// The minutes in which the pull request was pointed at another branch.
    var aims: [Int64] = []
    /// Whether it tells of that, and of who dismissed what.
    var tellsEvents = true
    /// Entries that Gitea leaves out of the beginning of a timeline after it has cut the pages.
    var hiddenEntries = 0
    /// When what is written now is written.
    var minute: Int64 = 30

    /// What the status of a commit says: `pending: the change needs …`.
    func status(of commit: String, _ context: String = "purser/approvals") -> String? {
      let last = statuses.last { $0["sha"]?.string == commit && ($0["name"] ?? $0["context"])?.string == context }
      return last.map { ($0["state"]?.string ?? "") + ": " + ($0["description"]?.string ?? "") }
    }
  }

  static let oldHead = String(repeating: "1", count: 40)
  static let head = String(repeating: "2", count: 40)
  static let mergeCommit = String(repeating: "3", count: 40)
  static let token = "canary-5b1e0c"
  static let now = Instant("2026-11-24T09:00:00Z") ?? .distantPast

  let kind: ForgeKind
  let story: Mutex<Story>
  /// What to answer in place of the story.
  private let failure = Mutex<LoopbackServer.Response?>(nil)
  private let server = Mutex<LoopbackServer?>(nil)

  init(_ kind: ForgeKind, _ story: Story = Story()) throws {
    self.kind = kind
    self.story = Mutex(story)
    let server = try LoopbackServer { [weak self] request in self?.answer(request) }
    self.server.withLock { $0 = server }
  }

  var address: String { server.withLock { $0?.address ?? "" } }
  var requests: [LoopbackServer.Request] { server.withLock { $0?.requests ?? [] } }
  /// How often something was written.
  var writes: Int { requests.count { $0.method != "GET" } }

  /// Asks the forge. It answers as long as the closure runs.
  func asked<Answer>(token: String? = FakeForge.token, _ body: (Forge) throws -> Answer) throws -> Answer {
    try withExtendedLifetime(self) { try body(try forge(token: token)) }
  }

  private func forge(token: String?) throws -> Forge {
    try Forge(
      ForgeLocation(kind: kind, url: address, repository: "ops/state"), token: token.flatMap { Secret($0) },
      client: HTTPClient(limits: .init(totalMilliseconds: 5_000)))
  }

  func fail(_ response: LoopbackServer.Response?) { failure.withLock { $0 = response } }

  private var base: String {
    switch kind {
    case .github: "/api/v3/repos/ops/state"
    case .gitea: "/api/v1/repos/ops/state"
    case .gitlab: "/api/v4/projects/ops%2Fstate"
    }
  }

  private func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Response {
    if let response = failure.withLock({ $0 }) { return response }
    let authorization =
      switch kind {
      case .github: request.headers["authorization"] == "Bearer \(Self.token)"
      case .gitea: request.headers["authorization"] == "token \(Self.token)"
      case .gitlab: request.headers["private-token"] == Self.token
      }
    guard authorization else { return .init(401, #"{"message":"Bad credentials"}"#) }
    let parts = request.target.split(separator: "?", maxSplits: 1)
    let path = String(parts[0])
    let query = parts.count > 1 ? String(parts[1]) : ""
    if path.hasSuffix("/user"), !path.hasPrefix(base) { return .init(200, #"{"id":77,"login":"purser"}"#) }
    guard path.hasPrefix(base) else { return .init(404, "{}") }
    let body = (try? JSONValue.parse(request.body)) ?? .null
    return story.withLock { story in
      let place = String(path.dropFirst(base.count))
      return kind == .gitlab
        ? gitLab(request.method, place, query, body, &story) : gitHub(request.method, place, query, body, &story)
    }
  }

  func time(_ minute: Int64) -> JSONValue { .string((Self.now + TimeSpan(milliseconds: minute * 60_000)).description) }

  /// A page of a list, and whether more follows, in the words of the forge.
  func page(_ entries: [JSONValue], _ query: String) -> LoopbackServer.Response {
    func number(_ name: String) -> Int? {
      query.split(separator: "&").first { $0.hasPrefix(name + "=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }
    // Smaller than what is asked for: servers have limits of their own.
    let size = min(2, number("per_page") ?? number("limit") ?? 2)
    let page = number("page") ?? 1
    let shown = Array(entries.dropFirst((page - 1) * size).prefix(size))
    let hasMore = entries.count > page * size
    var headers: [(name: String, value: String)] = []
    switch kind {
    case .github where hasMore:
      headers = [("Link", "<\(address)/elsewhere?page=\(page + 1)>; rel=\"next\", <\(address)/x>; rel=\"last\"")]
    case .github: headers = [("Link", "<\(address)/elsewhere?page=1>; rel=\"first\"")]
    case .gitea: headers = [("X-Total-Count", String(entries.count))]
    case .gitlab: headers = [("X-Next-Page", hasMore ? String(page + 1) : "")]
    }
    return .init(200, headers: headers, JSONValue.array(shown).canonical)
  }
}
