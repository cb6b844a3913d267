import Approvals
import Forges
import Operations
import Reports
import TestSupport
import Testing

/// Every question and every word to GitHub and Gitea held against what they publish of their interfaces, where `PURSER_DATA`
/// names the folder that has that.
@Suite(.enabled(if: GenuineAnswers.folder != nil, "PURSER_DATA names no folder with forges/"))
struct SpecificationTests {
  static let now = FakeForge.now

  @Test(
    arguments: [
      (.github, "github/rest/openapi.full.api.github.com.json", "/api/v3"),
      (.gitea, "gitea/swagger_v1.json", "/api/v1"),
    ] as [(ForgeKind, String, String)])
  func nothingIsAskedThatNobodyAnswers(_ kind: ForgeKind, _ file: String, _ base: String) throws {
    let review = FakeForge.Review(id: 1, user: 3, says: "approved", commit: FakeForge.head, minute: 15)
    let fake = try FakeForge(
      kind, .init(reviews: [review], comments: [.init(id: 1, user: 3, text: "words", minute: 1)]))
    try fake.asked { forge in
      let found = try forge.pullRequest(behind: FakeForge.mergeCommit, branch: "main", at: Self.now)
      _ = try forge.reviews(of: try #require(found), at: Self.now)
      _ = try forge.openPullRequests(branch: "main", at: Self.now)
      let own = try forge.ownUser(at: Self.now)
      for text in ["one", "other"] {
        let ours = try forge.planComment(under: 7, own: own, at: Self.now)
        _ = try forge.keepPlanComment(ChangeReport.marker + "\n" + text, under: 7, inPlaceOf: ours, at: Self.now)
      }
      _ = try forge.comment(1, under: 7, at: Self.now)
      try forge.setStatus(of: FakeForge.head, .pending, "waits", at: Self.now)
    }
    let specification = Specification(try GenuineAnswers.json(file))
    #expect(fake.requests.count >= 11)
    for request in fake.requests {
      let parts = request.target.split(separator: "?", maxSplits: 1)
      let path = String(parts[0].dropFirst(base.count))
      let operation = try #require(specification.operation(request.method, path), "\(request.method) \(path)")
      let asked = parts.count < 2 ? [] : parts[1].split(separator: "&").map { String($0.prefix { $0 != "=" }) }
      #expect(Set(asked).isSubset(of: specification.query(of: operation)), "\(request.method) \(request.target)")
      if request.body.isEmpty { continue }
      let said = try #require(try JSONValue.parse(request.body).object)
      let known = specification.members(of: operation)
      #expect(!known.isEmpty && Set(said.keys).isSubset(of: known), "\(request.method) \(path) \(said)")
    }
  }
}

/// An OpenAPI or a Swagger document, as far as these tests read it.
private struct Specification {
  private let document: JSONValue

  init(_ document: JSONValue) { self.document = document }

  func operation(_ method: String, _ path: String) -> JSONValue? {
    let parts = path.split(separator: "/")
    let fitting = (document["paths"]?.object ?? [:]).filter { template, methods in
      let names = template.split(separator: "/")
      return names.count == parts.count && zip(names, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        && methods[method.lowercased()] != nil
    }
    // A word of a template goes before a place for anything.
    return fitting.min { $0.key.count { $0 == "{" } < $1.key.count { $0 == "{" } }?.value[method.lowercased()]
  }

  private func resolved(_ value: JSONValue) -> JSONValue {
    guard let reference = value["$ref"]?.string else { return value }
    return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
  }

  func query(of operation: JSONValue) -> Set<String> {
    let parameters = (operation["parameters"]?.array ?? []).map(resolved).filter { $0["in"]?.string == "query" }
    return Set(parameters.compactMap { $0["name"]?.string })
  }

  /// What the body may hold.
  func members(of operation: JSONValue) -> Set<String> {
    let swagger = (operation["parameters"]?.array ?? []).first { $0["in"]?.string == "body" }?["schema"]
    let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"] ?? swagger ?? .null
    return Set((resolved(schema)["properties"]?.object ?? [:]).keys)
  }
}
