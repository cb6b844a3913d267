import Approvals
import Operations
import TestSupport

extension FakeForge {
  func gitLab(
    _ method: String, _ place: String, _ query: String, _ body: JSONValue, _ story: inout Story
  ) -> LoopbackServer.Response {
    let request = "/merge_requests/\(story.number)"
    switch (method, place) {
    case ("GET", "/repository/commits/\(story.mergeCommit)/merge_requests"): return page([merge(story)], query)
    case ("GET", _) where place.hasPrefix("/repository/commits/"): return page([], query)
    case ("GET", "/merge_requests"): return .init(200, JSONValue.array([merge(story)]).canonical)
    case ("GET", request): return .init(200, merge(story).canonical)
    case ("GET", request + "/approvals"):
      let approvers = last(story).filter { $0.says == "approved" && !$0.isDismissed }
      return .init(
        200, JSONValue.object(["approved_by": .array(approvers.map { ["user": user($0.user)] })]).canonical)
    case ("GET", request + "/versions"):
      // The newest first; the old head from minute 0, the new one from minute 10.
      let versions = story.heads.enumerated().map { index, head -> JSONValue in
        ["id": .integer(Int64(index)), "head_commit_sha": .string(head), "created_at": time(Int64(index) * 10)]
      }
      return page(versions.reversed(), query)
    case ("GET", request + "/notes"): return page(notes(story), query)
    case ("GET", _) where place.hasPrefix(request + "/notes/"):
      let found = story.comments.first { $0.id == Int64(place.dropFirst(request.count + 7)) }
      return found.map { .init(200, comment($0).canonical) } ?? .init(404, "{}")
    case ("GET", request + "/reviewers"):
      return .init(
        200,
        JSONValue.array(
          last(story).map {
            // Whoever asks them to look again takes their request for changes off the list.
            [
              "user": user($0.user),
              "state": $0.says == "changes" && !$0.isDismissed ? "requested_changes" : "unreviewed",
            ]
          }
        ).canonical)
    case ("POST", request + "/notes"): return added(body, to: &story)
    case ("PUT", _) where place.hasPrefix(request + "/notes/"):
      return edited(Int64(place.dropFirst(request.count + 7)), body, &story)
    case ("POST", _) where place.hasPrefix("/statuses/"):
      let last = story.statuses.last {
        $0["sha"]?.string == String(place.dropFirst(10)) && $0["name"] == body["name"]
      }
      if last?["state"] == body["state"] {
        return .init(400, #"{"message":"Cannot transition status via :enqueue from :pending"}"#)
      }
      story.statuses.append((body.object ?? [:]).merging(["sha": .string(String(place.dropFirst(10)))]) { $1 })
      return .init(201, #"{"id":1}"#)
    default: return .init(404, #"{"message":"404 Not Found"}"#)
    }
  }

  /// The last word of each user: all that GitLab tells.
  private func last(_ story: Story) -> [Review] {
    var last: [Int64: Review] = [:]
    for review in story.reviews where review.says != "comment" { last[review.user] = review }
    return last.values.sorted { $0.user < $1.user }
  }

  private func user(_ id: Int64) -> JSONValue {
    ["id": .integer(id), "username": .string(id == 9 ? "project_12_bot_af31" : "user-\(id)"), "state": "active"]
  }

  private func merge(_ story: Story) -> JSONValue {
    [
      "id": 900, "iid": .integer(story.number), "author": user(2), "sha": .string(story.heads.last ?? ""),
      "target_branch": .string(story.base), "state": story.isMerged ? "merged" : "opened",
      "merge_commit_sha": story.isMerged ? .string(story.mergeCommit) : .null, "squash_commit_sha": .null,
      "merged_by": story.isMerged ? user(3) : .null,
    ]
  }

  private func notes(_ story: Story) -> [JSONValue] {
    let words = ["approved": "approved this merge request", "changes": "requested changes"]
    var notes = story.reviews.compactMap { review -> JSONValue? in
      guard let text = words[review.says] else { return nil }
      return [
        "id": .integer(review.id), "author": user(review.user), "body": .string(text), "system": true,
        "created_at": time(review.minute), "updated_at": time(review.minute),
      ]
    }
    notes += story.aims.map { minute in
      [
        "id": .integer(500 + minute), "author": user(2), "system": true, "created_at": time(minute),
        "body": .string("changed target branch from `other` to `\(story.base)`"),
      ]
    }
    notes += story.comments.map {
      [
        "id": .integer($0.id), "author": user($0.user), "body": .string($0.text), "system": false,
        "created_at": time($0.minute), "updated_at": time($0.minute),
      ]
    }
    return notes
  }
}
