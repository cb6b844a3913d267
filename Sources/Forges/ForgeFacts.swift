public import Digest
public import Operations

/// Somebody as a forge knows them. The number stays when they take another name.
public struct ForgeUser: Hashable, Sendable {
  public var id: Int64
  public var login: String
  public var isBot: Bool

  public init(id: Int64, login: String, isBot: Bool) {
    self.id = id
    self.login = login
    self.isBot = isBot
  }
}

/// A pull request (a merge request, as GitLab calls it).
public struct PullRequest: Hashable, Sendable {
  public var number: Int64
  /// Nil where the account is gone.
  public var opener: ForgeUser?
  /// The commit at its head; after a merge the one that was merged.
  public var head: String
  /// The branch that it is for.
  public var base: String
  /// A closed one may name a merge commit that never came to be: only this tells.
  public var isMerged: Bool
  public var isOpen: Bool
  public var mergedBy: ForgeUser?
  /// The commits of the base branch that a merge made: of a merge, a squash or the last one of a rebase.
  public var mergeCommits: Set<String>

  public init(
    number: Int64, opener: ForgeUser?, head: String, base: String, isMerged: Bool, isOpen: Bool, mergedBy: ForgeUser?,
    mergeCommits: Set<String>
  ) {
    self.number = number
    self.opener = opener
    self.head = head
    self.base = base
    self.isMerged = isMerged
    self.isOpen = isOpen
    self.mergedBy = mergedBy
    self.mergeCommits = mergeCommits
  }
}

public struct ForgeReview: Hashable, Sendable {
  public enum State: String, Sendable {
    case approved
    case changesRequested = "changes_requested"
    /// Words that decide nothing: comments, drafts, requests to review.
    case other
  }

  public var id: Int64
  public var user: ForgeUser?
  public var state: State
  /// The commit at the head when it was given; nil where the forge cannot tell.
  public var commit: String?
  public var at: Instant
  /// Taken back by somebody who may do that.
  public var isDismissed: Bool
  /// The account that dismissed it; nil where nobody did, and where the forge does not tell.
  public var dismisser: Int64?
  /// The forge itself says that the head has moved since.
  public var isStale: Bool

  public init(
    id: Int64, user: ForgeUser?, state: State, commit: String?, at: Instant, isDismissed: Bool, isStale: Bool,
    dismisser: Int64? = nil
  ) {
    self.id = id
    self.user = user
    self.state = state
    self.commit = commit
    self.at = at
    self.isDismissed = isDismissed
    self.isStale = isStale
    self.dismisser = dismisser
  }
}

/// All that a forge says about one pull request's reviews, in whatever order it says it.
public struct ForgeReviews: Hashable, Sendable {
  public var pull: PullRequest
  public var reviews: [ForgeReview]
  /// The accounts behind its commits: authors, committers and co-authors, as far as the forge knows them.
  public var authors: Set<Int64>
  /// When it was last pointed at another branch, or its branch was set back: who approved before that saw another change.
  /// In the distant past where that never happened; nil where the forge does not tell.
  public var aimedAt: Instant?

  public init(pull: PullRequest, reviews: [ForgeReview], authors: Set<Int64>, aimedAt: Instant?) {
    self.pull = pull
    self.reviews = reviews
    self.authors = authors
    self.aimedAt = aimedAt
  }
}

/// A comment under a pull request.
public struct ForgeComment: Hashable, Sendable {
  public var id: Int64
  public var author: Int64?
  public var text: String
  /// When its text was last changed, by the forge's clock.
  public var changedAt: Instant

  public init(id: Int64, author: Int64?, text: String, changedAt: Instant) {
    self.id = id
    self.author = author
    self.text = text
    self.changedAt = changedAt
  }
}

extension ForgeComment {
  /// Tells its text from others. Forges may turn line ends over and cut white space at the end, so that is left out.
  public var textDigest: SHA256Digest { Self.textDigest(of: text) }

  public static func textDigest(of text: String) -> SHA256Digest {
    var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return SHA256Digest(of: lines.joined(separator: "\n"))
  }
}

/// The statuses that a commit can have, each under a name of its own.
public enum StatusContext: String, Sendable {
  /// Merges can be held until everybody needed has approved.
  case approvals = "purser/approvals"
  /// Something of the plan under the policy waits for people.
  case held = "purser/held"
}

public enum CommitStatus: String, Sendable {
  case pending, success, failure
}
