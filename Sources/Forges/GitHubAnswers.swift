import Approvals
import Operations

/// What GitHub answers, and Gitea and Forgejo after its model.
enum GitHubAnswers {
  static func user(_ json: JSONValue?) -> ForgeUser? {
    // A deleted account is null, or a placeholder without a number.
    guard let json, let id = json["id"]?.integer, id > 0, let login = json["login"]?.string else { return nil }
    return ForgeUser(id: id, login: login, isBot: json["type"]?.string == "Bot" || login.hasSuffix("[bot]"))
  }

  static func pull(_ json: JSONValue) throws(ForgeError) -> PullRequest {
    guard let number = json["number"]?.integer, let head = json["head"]?["sha"]?.string,
      let base = json["base"]?["ref"]?.string, let state = json["state"]?.string
    else { throw .unreadable("a pull request") }
    // Lists leave out `merged` and tell when; a pull request that was closed may name a commit and has no such time.
    let isMerged = json["merged"]?.bool ?? (json["merged_at"]?.string != nil)
    let commit = json["merge_commit_sha"]?.string
    return PullRequest(
      number: number, opener: user(json["user"]), head: head, base: base, isMerged: isMerged, isOpen: state == "open",
      mergedBy: user(json["merged_by"]), mergeCommits: isMerged ? Set([commit].compactMap { $0 }) : [])
  }

  static func review(_ json: JSONValue) throws(ForgeError) -> ForgeReview {
    guard let id = json["id"]?.integer, let name = json["state"]?.string else { throw .unreadable("a review") }
    let state: ForgeReview.State
    var isDismissed = json["dismissed"]?.bool ?? false
    switch name {
    case "APPROVED": state = .approved
    // GitHub's name and Gitea's.
    case "CHANGES_REQUESTED", "REQUEST_CHANGES": state = .changesRequested
    // What it said, only the events of the pull request tell.
    case "DISMISSED":
      state = .other
      isDismissed = true
    case "COMMENTED", "COMMENT", "PENDING", "REQUEST_REVIEW": state = .other
    default: throw .unreadable("a review, whose state is '\(name.prefix(30))'")
    }
    // A draft has no time yet, and says nothing.
    let at = json["submitted_at"]?.string.flatMap { Instant($0) }
    guard at != nil || (state == .other && !isDismissed) else { throw .unreadable("a review's time") }
    let commit = json["commit_id"]?.string
    return ForgeReview(
      id: id, user: user(json["user"]), state: state, commit: commit?.isEmpty == false ? commit : nil,
      at: at ?? .distantPast, isDismissed: isDismissed, isStale: json["stale"]?.bool ?? false)
  }

  static func authors(of commits: [JSONValue]) -> Set<Int64> {
    var authors = Set<Int64>()
    for commit in commits {
      for role in ["author", "committer"] { if let user = user(commit[role]) { authors.insert(user.id) } }
      authors.formUnion(CoAuthors.numbers(in: commit["commit"]?["message"]?.string ?? ""))
    }
    return authors
  }
}

extension CoAuthors {
  /// The account in one of GitHub's private addresses; nil for any other address.
  static func number(inAddress address: String) -> Int64? {
    address.lowercased().hasSuffix("@users.noreply.github.com") ? Int64(address.prefix { $0 != "+" }) : nil
  }

  /// GitHub's private addresses begin with the account's number: `12345+login@users.noreply.github.com`. Other addresses
  /// are for the judge, who knows people's addresses.
  static func numbers(in message: String) -> Set<Int64> {
    Set(named(in: message).compactMap { number(inAddress: $0.email) })
  }
}
