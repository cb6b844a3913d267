import Approvals
import Operations
import TestSupport

extension FakeForge {
  func gitHub(
    _ method: String, _ place: String, _ query: String, _ body: JSONValue, _ story: inout Story
  ) -> LoopbackServer.Response {
    let isGitea = kind == .gitea
    switch (method, place) {
    case ("GET", "/commits/\(story.mergeCommit)/pulls") where !isGitea:
      return page([pull(story, isListed: true)], query)
    case ("GET", "/commits/\(story.mergeCommit)/pull") where isGitea:
      return .init(200, pull(story, isListed: false).canonical)
    case ("GET", _) where place.hasPrefix("/commits/"): return isGitea ? .init(404, "{}") : .init(200, "[]")
    case ("GET", "/pulls"): return .init(200, JSONValue.array([pull(story, isListed: true)]).canonical)
    case ("GET", "/pulls/\(story.number)"): return .init(200, pull(story, isListed: false).canonical)
    case ("GET", "/pulls/\(story.number)/reviews"): return page(story.reviews.map { review($0, story) }, query)
    case ("GET", "/pulls/\(story.number)/commits"):
      let message = "Set a cap\n\n" + story.coAuthors.map { "Co-authored-by: \($0)\n" }.joined()
      return page(
        story.commitAuthors.map {
          ["sha": .string(Self.head), "author": user($0), "committer": .null, "commit": ["message": .string(message)]]
        }, query)
    case ("GET", "/issues/\(story.number)/events") where !isGitea && story.tellsEvents:
      return page(events(story), query)
    case ("GET", "/issues/\(story.number)/timeline") where isGitea && story.tellsEvents: return timeline(story, query)
    case ("GET", "/issues/\(story.number)/comments") where isGitea:
      return .init(200, JSONValue.array(story.comments.map(comment)).canonical)
    case ("GET", "/issues/\(story.number)/comments"): return page(story.comments.map(comment), query)
    case ("GET", _) where place.hasPrefix("/issues/comments/"):
      let found = story.comments.first { $0.id == Int64(place.dropFirst("/issues/comments/".count)) }
      return found.map { .init(200, comment($0).canonical) } ?? .init(404, "{}")
    case ("POST", "/issues/\(story.number)/comments"): return added(body, to: &story)
    case ("PATCH", _) where place.hasPrefix("/issues/comments/"):
      return edited(Int64(place.dropFirst("/issues/comments/".count)), body, &story)
    case ("POST", _) where place.hasPrefix("/statuses/"):
      guard (body["description"]?.string ?? "").count <= 140 else { return .init(422, "{}") }
      story.statuses.append((body.object ?? [:]).merging(["sha": .string(String(place.dropFirst(10)))]) { $1 })
      // GitHub answers with `state`, Gitea with `status`.
      return .init(201, #"{"id":1}"#)
    default: return .init(404, #"{"message":"Not Found"}"#)
    }
  }

  func added(_ body: JSONValue, to story: inout Story) -> LoopbackServer.Response {
    let new = Comment(
      id: (story.comments.map(\.id).max() ?? 0) + 1, user: 77, text: body["body"]?.string ?? "",
      minute: story.minute)
    story.comments.append(new)
    return .init(201, comment(new).canonical)
  }

  func edited(_ id: Int64?, _ body: JSONValue, _ story: inout Story) -> LoopbackServer.Response {
    guard let index = story.comments.firstIndex(where: { $0.id == id }), story.comments[index].user == 77 else {
      return .init(403, "{}")
    }
    story.comments[index].text = body["body"]?.string ?? ""
    story.comments[index].minute = max(story.minute, story.comments[index].minute + 1)
    return .init(200, comment(story.comments[index]).canonical)
  }

  private func user(_ id: Int64) -> JSONValue {
    if id == 0 { return .null }
    var user: [String: JSONValue] = ["id": .integer(id), "login": .string(id == 9 ? "robot[bot]" : "user-\(id)")]
    if kind == .github { user["type"] = .string(id == 9 ? "Bot" : "User") }
    return .object(user)
  }

  private func pull(_ story: Story, isListed: Bool) -> JSONValue {
    var pull: [String: JSONValue] = [
      "id": 100, "number": .integer(story.number), "user": user(2), "state": story.isMerged ? "closed" : "open",
      "head": ["ref": "cap", "sha": .string(story.heads.last ?? "")], "base": ["ref": .string(story.base), "sha": "0"],
      "merge_commit_sha": .string(story.mergeCommit), "merged_at": story.isMerged ? time(20) : .null,
    ]
    if !isListed {
      pull["merged"] = .bool(story.isMerged)
      pull["merged_by"] = story.isMerged ? user(3) : .null
    }
    return .object(pull)
  }

  private func review(_ review: Review, _ story: Story) -> JSONValue {
    let isGitea = kind == .gitea
    let states = [
      "approved": "APPROVED", "changes": isGitea ? "REQUEST_CHANGES" : "CHANGES_REQUESTED",
      "comment": isGitea ? "COMMENT" : "COMMENTED",
    ]
    var json: [String: JSONValue] = [
      "id": .integer(review.id), "user": user(review.user), "body": "words", "commit_id": .string(review.commit),
      "state": .string(review.isDismissed && !isGitea ? "DISMISSED" : states[review.says] ?? ""),
      "submitted_at": time(review.minute),
    ]
    if isGitea {
      json["dismissed"] = .bool(review.isDismissed)
      json["stale"] = .bool(review.commit != story.heads.last)
      json["official"] = true
    }
    return .object(json)
  }

  private func events(_ story: Story) -> [JSONValue] {
    story.aims.map { ["id": 1, "event": "base_ref_changed", "actor": user(2), "created_at": time($0)] }
      + story.reviews.filter(\.isDismissed).map { review in
        [
          "id": 2, "event": "review_dismissed", "actor": user(review.dismisser), "created_at": time(review.minute + 1),
          "dismissed_review": [
            "review_id": .integer(review.id), "state": review.says == "changes" ? "changes_requested" : "approved",
            "dismissal_message": "words",
          ],
        ]
      } + [["id": 3, "event": "merged", "actor": user(3), "created_at": time(20)]]
  }

  /// Entries are left out after the pages were cut; the total is then that of the page, and of none `null` is left.
  private func timeline(_ story: Story, _ query: String) -> LoopbackServer.Response {
    let shown: [JSONValue] =
      story.aims.map {
        [
          "id": 1, "type": "change_target_branch", "user": user(2), "created_at": time($0), "old_ref": "other",
          "new_ref": .string(story.base), "review_id": 0,
        ]
      }
      + story.reviews.filter(\.isDismissed).map {
        [
          "id": 2, "type": "dismiss_review", "user": user($0.dismisser), "created_at": time($0.minute + 1),
          "review_id": .integer($0.id), "body": "words",
        ]
      }
    let all: [JSONValue?] = Array(repeating: nil, count: story.hiddenEntries) + shown.map { $0 }
    let number = query.split(separator: "&").first { $0.hasPrefix("page=") }.flatMap { Int($0.dropFirst(5)) } ?? 1
    let found = all.dropFirst((number - 1) * 50).prefix(50).compactMap { $0 }
    return .init(
      200, headers: [("X-Total-Count", String(found.count))], found.isEmpty ? "null" : JSONValue.array(found).canonical)
  }

  func comment(_ comment: Comment) -> JSONValue {
    [
      "id": .integer(comment.id), (kind == .gitlab ? "author" : "user"): user(comment.user),
      "body": .string(comment.text), "created_at": time(0),
      "updated_at": time(comment.minute),
    ]
  }
}
