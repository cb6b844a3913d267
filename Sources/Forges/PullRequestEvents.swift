import Operations

/// What happened to a pull request and its reviews do not tell: which branch it was pointed at, and who dismissed what.
struct PullRequestEvents {
  /// When it was last pointed at another branch, or its branch was set back; in the distant past for never.
  private(set) var aimedAt = Instant.distantPast
  private var dismissals: [Int64: (by: Int64?, said: ForgeReview.State?)] = [:]

  /// Where nothing happened.
  init() {}

  /// Events after which a pull request on GitHub shows another change at the same head. The second comes with the end of the
  /// branch that it was for, the third where somebody has rewritten the branch.
  private static let aims: Set = ["base_ref_changed", "automatic_base_change_succeeded", "base_ref_force_pushed"]

  init(gitHub events: [JSONValue]) throws(ForgeError) {
    for event in events {
      guard let name = event["event"]?.string else { throw .unreadable("an event of a pull request") }
      if Self.aims.contains(name) { try aim(event) }
      guard name == "review_dismissed", let review = event["dismissed_review"]?["review_id"]?.integer else { continue }
      let said: ForgeReview.State? =
        switch event["dismissed_review"]?["state"]?.string?.lowercased() {
        case "approved": .approved
        case "changes_requested": .changesRequested
        default: nil
        }
      dismissals[review] = (GitHubAnswers.user(event["actor"])?.id, said)
    }
  }

  /// - Parameter entries: of the timeline, the oldest first.
  init(gitea entries: [JSONValue]) throws(ForgeError) {
    for entry in entries {
      guard let type = entry["type"]?.string else { throw .unreadable("an entry of a pull request's timeline") }
      if type == "change_target_branch" { try aim(entry) }
      guard type == "dismiss_review", let review = entry["review_id"]?.integer else { continue }
      dismissals[review] = (GitHubAnswers.user(entry["user"])?.id, nil)
    }
  }

  private mutating func aim(_ event: JSONValue) throws(ForgeError) {
    guard let at = event["created_at"]?.string.flatMap({ Instant($0) }) else {
      throw .unreadable("when a pull request was pointed at another branch")
    }
    aimedAt = max(aimedAt, at)
  }

  /// Adds to each review who dismissed it, and what it had said if the forge shows only that it was dismissed.
  func completed(_ reviews: [ForgeReview]) -> [ForgeReview] {
    reviews.map { review in
      guard review.isDismissed, let dismissal = dismissals[review.id] else { return review }
      var review = review
      review.dismisser = dismissal.by
      if review.state == .other, let said = dismissal.said { review.state = said }
      return review
    }
  }
}
