import Approvals
import HTTPClient
public import Operations

/// The one comment under a pull request that Purser keeps up to date.
public enum PlanComment {
  /// Not shown, and how the comment is found again. Anybody can write it: only the own account's comment is ours.
  public static let marker = "<!-- purser:plan -->"
  /// Bytes of a comment that every forge takes.
  static let lengthLimit = 60_000

  /// The comment's whole text, cut at a line if it is too long.
  public static func text(_ markdown: String) -> String {
    let whole = marker + "\n" + markdown
    guard whole.utf8.count > lengthLimit else { return whole }
    let note = "\n\n\u{2026} cut here; `purser plan` shows all of it."
    var kept = ""
    for line in whole.split(separator: "\n", omittingEmptySubsequences: false) {
      guard kept.utf8.count + line.utf8.count + 1 + note.utf8.count <= lengthLimit else { break }
      kept += line + "\n"
    }
    return kept + note
  }
}

extension Forge {
  /// The status under which merges can be held until everybody needed has approved.
  public static let statusContext = "purser/approvals"
  /// Characters of a status that GitHub shows; it refuses longer ones.
  static let statusLimit = 140

  /// Says at a commit whether its approvals are there, and which are missing.
  public func setStatus(of commit: String, _ status: CommitStatus, _ words: String, at now: Instant) throws(ForgeError)
  {
    let words = words.count <= Self.statusLimit ? words : words.prefix(Self.statusLimit - 1) + "\u{2026}"
    let body: JSONValue = [
      "state": .string(name(of: status)), "description": .string(words),
      (location.kind == .gitlab ? "name" : "context"): .string(Self.statusContext),
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
  /// - Parameter own: the account whose comment it is.
  /// - Returns: the comment as it stands; its time is when that text was first there.
  public func keepPlanComment(
    _ markdown: String, under pull: Int64, own: Int64, at now: Instant
  ) throws(ForgeError) -> ForgeComment {
    let text = PlanComment.text(markdown)
    let ours = try planComment(under: pull, own: own, at: now)
    if let ours, ours.text.isSameMarkdown(as: text) { return ours }
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

  /// The first comment of our own that bears the marker at its start.
  func planComment(under pull: Int64, own: Int64, at now: Instant) throws(ForgeError) -> ForgeComment? {
    let address =
      location.kind == .gitlab
      ? place("merge_requests", String(pull), "notes") : place("issues", String(pull), "comments")
    let entries = try list(address, at: now)
    let comments = try entries.filter { $0["system"]?.bool != true }.throwingMap(comment)
    return comments.filter { $0.author == own && $0.text.hasPrefix(PlanComment.marker) }.min { $0.id < $1.id }
  }

  private func comment(_ json: JSONValue) throws(ForgeError) -> ForgeComment {
    guard let id = json["id"]?.integer, let text = json["body"]?.string,
      let at = json["updated_at"]?.string.flatMap({ Instant($0) })
    else { throw .unreadable("a comment") }
    let author = (json["user"] ?? json["author"])?["id"]?.integer
    return ForgeComment(id: id, author: author, text: text, changedAt: at)
  }
}

extension String {
  /// Whether two comments are the same: forges may turn line ends over and cut white space at the end.
  fileprivate func isSameMarkdown(as other: String) -> Bool {
    func plain(_ text: String) -> [Substring.UTF8View] {
      var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
      while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
      return lines.map(\.utf8)
    }
    let (left, right) = (plain(self), plain(other))
    return left.count == right.count && zip(left, right).allSatisfy { $0.elementsEqual($1) }
  }
}
