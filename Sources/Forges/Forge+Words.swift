import Approvals
import Digest
import HTTPClient
public import Operations
import Reports

extension Forge {
  /// Characters of a status that GitHub shows; it refuses longer ones.
  static let statusLimit = 140

  /// Says at a commit how it stands: whether its approvals are there, and which are missing, or what of its plan is held.
  public func setStatus(
    of commit: String, _ status: CommitStatus, _ words: String, as context: StatusContext = .approvals, at now: Instant
  ) throws(ForgeError) {
    let words = words.count <= Self.statusLimit ? words : words.prefix(Self.statusLimit - 1) + "\u{2026}"
    let body: JSONValue = [
      "state": .string(name(of: status)), "description": .string(words),
      (location.kind == .gitlab ? "name" : "context"): .string(context.rawValue),
    ]
    let response = try answer(to: HTTPRequest(.post, place("statuses", commit), body: body.canonicalBytes))
    if location.kind == .gitlab, response.status == 400, Self.isSaidAlready(response.body) { return }
    if let error = ForgeError(response, server: server, at: now) { throw error }
  }

  private func name(of status: CommitStatus) -> String {
    location.kind == .gitlab && status == .failure ? "failed" : status.rawValue
  }

  /// GitLab refuses to set a status to what it is.
  private static func isSaidAlready(_ body: [UInt8]) -> Bool {
    String(decoding: body, as: UTF8.self).contains("Cannot transition status")
  }

  /// Makes the plan comment of a pull request, or edits it where its text has changed.
  /// - Parameters:
  ///   - text: begins with the marker of `ChangeReport`.
  ///   - ours: the comment as it was found; nil where there is none.
  /// - Returns: the comment as it stands; its time is when that text was first there.
  public func keepPlanComment(
    _ text: String, under pull: Int64, inPlaceOf ours: ForgeComment?, at now: Instant
  ) throws(ForgeError) -> ForgeComment {
    if let ours, ours.textDigest == ForgeComment.textDigest(of: text) { return ours }
    let body: JSONValue = ["body": .string(text)]
    let number = String(pull)
    let answer: JSONValue
    switch (location.kind, ours?.id) {
    case (.gitlab, let id?):
      answer = try write(.put, place("merge_requests", number, "notes", String(id)), body, at: now)
    case (.gitlab, nil): answer = try write(.post, place("merge_requests", number, "notes"), body, at: now)
    case (_, let id?): answer = try write(.patch, place("issues", "comments", String(id)), body, at: now)
    case (_, nil): answer = try write(.post, place("issues", number, "comments"), body, at: now)
    }
    return try comment(answer)
  }

  /// The first comment of our own that bears the marker at its start. Anybody can write one that looks the same: only the own
  /// account's is ours.
  /// - Parameter own: the account whose comment it is.
  public func planComment(under pull: Int64, own: Int64, at now: Instant) throws(ForgeError) -> ForgeComment? {
    let address =
      location.kind == .gitlab
      ? place("merge_requests", String(pull), "notes") : place("issues", String(pull), "comments")
    // Gitea gives all of them at once, and knows no pages here.
    let entries = try location.kind == .gitea ? get(address, at: now).array ?? [] : list(address, at: now)
    let comments = try entries.filter { $0["system"]?.bool != true }.throwingMap(comment)
    return comments.filter { $0.author == own && $0.text.hasPrefix(ChangeReport.marker) }.min { $0.id < $1.id }
  }

  /// A comment of a pull request by its number; nil where it is gone.
  public func comment(_ id: Int64, under pull: Int64, at now: Instant) throws(ForgeError) -> ForgeComment? {
    let address =
      location.kind == .gitlab
      ? place("merge_requests", String(pull), "notes", String(id)) : place("issues", "comments", String(id))
    guard let json = try find(address, at: now) else { return nil }
    return try comment(json)
  }

  private func comment(_ json: JSONValue) throws(ForgeError) -> ForgeComment {
    guard let id = json["id"]?.integer, let text = json["body"]?.string,
      let at = json["updated_at"]?.string.flatMap({ Instant($0) })
    else { throw .unreadable("a comment") }
    let author = (json["user"] ?? json["author"])?["id"]?.integer
    return ForgeComment(id: id, author: author, text: text, changedAt: at)
  }
}
