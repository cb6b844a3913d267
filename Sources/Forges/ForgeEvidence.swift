public import Operations

/// Whose review of a pull request counts, and as what: a function of what the forge says.
///
/// It knows accounts and not people. Who an account is, which role they have and whether they wrote the change is the
/// judge's question, at the base of the change; what is left out here never reaches the judge.
public struct ForgeEvidence: Hashable, Sendable {
  public enum Decision: String, Sendable { case approve, reject }

  /// One account's standing word.
  public struct Voice: Hashable, Sendable {
    public var user: ForgeUser
    public var decision: Decision
    public var review: Int64
    public var at: Instant
  }

  /// Why somebody's last word does not count.
  public enum Reason: String, Sendable {
    case bot = "it was given by a bot"
    case opener = "they opened the pull request"
    case author = "they wrote some of its commits"
    case dismissed = "it was dismissed"
    case stale = "it was given for a different head"
    case unknownCommit = "the forge cannot tell which head it was given for"
    case otherBranch = "it was given before the pull request targeted this branch"
    case unknownBranch = "the forge does not tell which branch it was given for"
  }

  public struct Ignored: Hashable, Sendable {
    public var user: ForgeUser
    public var review: Int64
    public var reason: Reason
  }

  /// By account number.
  public var voices: [Voice]
  public var ignored: [Ignored]
  /// The accounts that say nothing against the change any more by their own doing: their last word is an approval, whatever
  /// became of that, or they dismissed their own rejection. Nobody else can end a rejection.
  public var relented: Set<Int64>

  /// - Parameter head: the commit that was merged, or that would be: an approval of any other one is void.
  public init(_ facts: ForgeReviews, head: String) {
    voices = []
    ignored = []
    relented = []
    var last: [Int64: ForgeReview] = [:]
    for review in facts.reviews where review.state != .other || review.isDismissed {
      // An account that is gone cannot be asked, nor mapped to a person.
      guard let user = review.user else { continue }
      if let known = last[user.id] {
        if (known.at, known.id) > (review.at, review.id) { continue }
        // A list that is read while a review is dismissed may hold it twice.
        if known.id == review.id, known.isDismissed { continue }
      }
      last[user.id] = review
    }
    for (_, review) in last.sorted(by: { $0.key < $1.key }) {
      guard let user = review.user else { continue }
      if review.state == .approved || review.isTakenBackByItsAuthor { relented.insert(user.id) }
      if let reason = Self.reasonAgainst(review, of: user, facts, head: head) {
        ignored.append(Ignored(user: user, review: review.id, reason: reason))
      } else {
        voices.append(
          Voice(
            user: user, decision: review.state == .approved ? .approve : .reject, review: review.id, at: review.at))
      }
    }
  }

  private static func reasonAgainst(
    _ review: ForgeReview, of user: ForgeUser, _ facts: ForgeReviews, head: String
  ) -> Reason? {
    if user.isBot { return .bot }
    // A request for changes stands until its own account takes it back, whatever was pushed since and whoever dismissed it:
    // everyone may who may write, the author of the change among them. And an author may well stop their own change.
    if review.state == .changesRequested { return review.isTakenBackByItsAuthor ? .dismissed : nil }
    if review.isDismissed { return .dismissed }
    if user.id == facts.pull.opener?.id { return .opener }
    if facts.authors.contains(user.id) { return .author }
    if review.isStale { return .stale }
    guard let commit = review.commit else { return .unknownCommit }
    guard commit == head else { return .stale }
    // The same head shows another change where it is to go into another branch.
    guard let aimed = facts.aimedAt else { return .unknownBranch }
    return aimed < review.at ? nil : .otherBranch
  }
}

extension ForgeReview {
  fileprivate var isTakenBackByItsAuthor: Bool { isDismissed && dismisser != nil && dismisser == user?.id }
}
