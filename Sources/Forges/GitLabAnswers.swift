import Operations

/// What GitLab answers about a merge request. It keeps no list of reviews: who approves is a list of people, when they said
/// so stands in its activity, and which head they saw follows from when which head was pushed.
struct GitLabAnswers {
  var approvals: JSONValue
  var versions: [JSONValue]
  var notes: [JSONValue]
  var reviewers: [JSONValue]

  static func user(_ json: JSONValue?) -> ForgeUser? {
    guard let json, let id = json["id"]?.integer, id > 0, let login = json["username"]?.string else { return nil }
    return ForgeUser(id: id, login: login, isBot: json["bot"]?.bool ?? isTokenUser(login))
  }

  /// Access tokens of projects and groups act as users of their own: `project_12_bot_af…`.
  private static func isTokenUser(_ login: String) -> Bool {
    let parts = login.split(separator: "_", omittingEmptySubsequences: false)
    return parts.count >= 3 && (parts[0] == "project" || parts[0] == "group") && Int64(parts[1]) != nil
      && parts[2] == "bot"
  }

  static func pull(_ json: JSONValue) throws(ForgeError) -> PullRequest {
    guard let number = json["iid"]?.integer, let head = json["sha"]?.string, let base = json["target_branch"]?.string,
      let state = json["state"]?.string
    else { throw .unreadable("a merge request") }
    let commits = [json["merge_commit_sha"]?.string, json["squash_commit_sha"]?.string].compactMap { $0 }
    let isMerged = state == "merged"
    return PullRequest(
      number: number, opener: user(json["author"]), head: head, base: base, isMerged: isMerged,
      isOpen: state == "opened", mergedBy: user(json["merge_user"]) ?? user(json["merged_by"]),
      // A fast-forward makes no commit: the head itself is on the branch then.
      mergeCommits: isMerged ? Set(commits.isEmpty ? [head] : commits) : [])
  }

  private static let approved = "approved this merge request"
  private static let rejected = "requested changes"

  /// All that people said, each with their last word.
  ///
  /// GitLab forgets a request for changes as soon as anybody asks its reviewer to look again, or takes them off the list;
  /// the activity keeps it, and only an approval of theirs ends it.
  func reviews() throws(ForgeError) -> [ForgeReview] {
    guard let approvers = approvals["approved_by"]?.array else { throw .unreadable("approvals") }
    let heads = try versions.throwingMap(Self.version).sorted { $0.at < $1.at }
    let said = try notes.throwingMap(Self.activity).compactMap { $0 }
    func last(_ user: ForgeUser, _ note: String) -> Activity? {
      said.filter { $0.user?.id == user.id && $0.text == note }.max { $0.at < $1.at }
    }
    func review(
      _ user: ForgeUser, _ state: ForgeReview.State, _ last: Activity?, told: Instant? = nil, isDismissed: Bool = false
    ) -> ForgeReview {
      let at = told ?? last?.at
      let seen = at.flatMap { at in heads.last { $0.at <= at } }
      return ForgeReview(
        id: last?.id ?? 0, user: user, state: state, commit: seen?.head, at: at ?? .distantPast,
        isDismissed: isDismissed, isStale: false)
    }
    var reviews: [Int64: ForgeReview] = [:]
    for user in said.filter({ $0.text == Self.approved }).compactMap(\.user) {
      reviews[user.id] = review(user, .approved, last(user, Self.approved), isDismissed: true)
    }
    for approver in approvers {
      guard let user = Self.user(approver["user"]) else { continue }
      let at = approver["approved_at"]?.string.flatMap { Instant($0) }
      reviews[user.id] = review(user, .approved, last(user, Self.approved), told: at)
    }
    for user in said.filter({ $0.text == Self.rejected }).compactMap(\.user) {
      let rejected = review(user, .changesRequested, last(user, Self.rejected))
      if let approved = reviews[user.id], (approved.at, approved.id) > (rejected.at, rejected.id) { continue }
      reviews[user.id] = rejected
    }
    for reviewer in reviewers where reviewer["state"]?.string == "requested_changes" {
      guard let user = Self.user(reviewer["user"]) else { continue }
      // Whoever asks for changes has taken an approval back, whichever of the two GitLab dates later.
      reviews[user.id] = review(user, .changesRequested, last(user, Self.rejected))
    }
    return reviews.sorted { $0.key < $1.key }.map(\.value)
  }

  /// When the merge request was last pointed at another branch, or its head began to be held against another commit; in the
  /// distant past for never.
  func aimedAt() throws(ForgeError) -> Instant {
    let heads = try versions.throwingMap(Self.version).sorted { $0.at < $1.at }
    let moved = zip(heads, heads.dropFirst()).filter { $0.head == $1.head && $0.base != $1.base }.map(\.1.at)
    let aimed = try notes.throwingMap(Self.activity).compactMap { $0 }.filter {
      // The second is written where the branch that it was for is deleted.
      $0.text.hasPrefix("changed target branch from ") || $0.text.contains(" This merge request now targets the ")
    }.map(\.at)
    return (moved + aimed).max() ?? .distantPast
  }

  private static func version(_ json: JSONValue) throws(ForgeError) -> (head: String, base: String?, at: Instant) {
    guard let head = json["head_commit_sha"]?.string, let at = json["created_at"]?.string.flatMap({ Instant($0) })
    else { throw .unreadable("a version of a merge request") }
    return (head, json["base_commit_sha"]?.string, at)
  }

  private typealias Activity = (id: Int64, user: ForgeUser?, text: String, at: Instant)

  /// An entry that GitLab itself wrote; nil for people's comments, which may say the same words.
  private static func activity(_ json: JSONValue) throws(ForgeError) -> Activity? {
    guard json["system"]?.bool == true else { return nil }
    guard let id = json["id"]?.integer, let text = json["body"]?.string,
      let at = json["created_at"]?.string.flatMap({ Instant($0) })
    else { throw .unreadable("an entry of a merge request's activity") }
    return (id, user(json["author"]), text, at)
  }
}
