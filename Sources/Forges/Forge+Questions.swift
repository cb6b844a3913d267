import Approvals
import HTTPClient
public import Operations

extension Forge {
  /// The pull request whose merge into `branch` made a commit; nil if it came in some other way.
  public func pullRequest(behind commit: String, branch: String, at now: Instant) throws(ForgeError) -> PullRequest? {
    let candidates: [PullRequest]
    switch location.kind {
    case .github:
      candidates = try list(place("commits", commit, "pulls"), at: now).throwingMap(GitHubAnswers.pull)
    case .gitea:
      // Before 1.20 Gitea cannot be asked this; then the newest merges are looked through.
      if let found = try find(place("commits", commit, "pull"), at: now) {
        candidates = [try GitHubAnswers.pull(found)]
      } else {
        let newest = [("state", "closed"), ("sort", "recentupdate"), ("limit", String(Self.pageSize))]
        let found = try get(place("pulls"), newest.map { ($0.0, $0.1) }, at: now)
        candidates = try (found.array ?? []).throwingMap(GitHubAnswers.pull)
          .filter { $0.mergeCommits.contains(commit) }
      }
    case .gitlab:
      candidates = try list(place("repository", "commits", commit, "merge_requests"), at: now)
        .throwingMap(GitLabAnswers.pull)
    }
    let merged = candidates.filter { $0.isMerged && $0.base == branch }
    // A rebase makes several commits, and a forge names only the last: the others belong to the one that holds them.
    let named = merged.filter { $0.mergeCommits.contains(commit) }
    guard let found = named.count == 1 ? named.first : merged.count == 1 ? merged.first : nil else { return nil }
    return try pullRequest(found.number, at: now)
  }

  public func pullRequest(_ number: Int64, at now: Instant) throws(ForgeError) -> PullRequest {
    switch location.kind {
    case .github, .gitea: try GitHubAnswers.pull(try get(place("pulls", String(number)), at: now))
    case .gitlab: try GitLabAnswers.pull(try get(place("merge_requests", String(number)), at: now))
    }
  }

  /// The open pull requests for a branch, the newest first, at most a page of them.
  public func openPullRequests(branch: String, at now: Instant) throws(ForgeError) -> [PullRequest] {
    let found: [PullRequest]
    switch location.kind {
    case .github:
      let query = [("state", "open"), ("base", branch), ("per_page", String(Self.pageSize))]
      found = try (try get(place("pulls"), query.map { ($0.0, $0.1) }, at: now).array ?? [])
        .throwingMap(GitHubAnswers.pull)
    case .gitea:
      let query = [("state", "open"), ("sort", "recentupdate"), ("limit", String(Self.pageSize))]
      found = try (try get(place("pulls"), query.map { ($0.0, $0.1) }, at: now).array ?? [])
        .throwingMap(GitHubAnswers.pull)
    case .gitlab:
      let query = [("state", "opened"), ("target_branch", branch), ("per_page", String(Self.pageSize))]
      found = try (try get(place("merge_requests"), query.map { ($0.0, $0.1) }, at: now).array ?? [])
        .throwingMap(GitLabAnswers.pull)
    }
    return found.filter { $0.isOpen && $0.base == branch }
  }

  /// All reviews of a pull request.
  public func reviews(of pull: PullRequest, at now: Instant) throws(ForgeError) -> ForgeReviews {
    let number = String(pull.number)
    switch location.kind {
    case .github, .gitea:
      let reviews = try list(place("pulls", number, "reviews"), at: now).throwingMap(GitHubAnswers.review)
      let commits = try list(place("pulls", number, "commits"), at: now)
      // Asked last: a review that was read may have been dismissed since, and the branch changed.
      let events = try events(of: number, since: reviews, at: now)
      return ForgeReviews(
        pull: pull, reviews: events?.completed(reviews) ?? reviews, authors: GitHubAnswers.authors(of: commits),
        aimedAt: events?.aimedAt)
    case .gitlab:
      let request = place("merge_requests", number)
      let answers = GitLabAnswers(
        approvals: try get(request.appending("approvals"), at: now),
        versions: try list(request.appending("versions"), at: now),
        notes: try list(
          request.appending("notes"), [("activity_filter", "only_activity"), ("sort", "asc")], at: now),
        reviewers: try find(request.appending("reviewers"), at: now)?.array ?? [])
      return ForgeReviews(pull: pull, reviews: try answers.reviews(), authors: [], aimedAt: try answers.aimedAt())
    }
  }

  /// What happened to a pull request since somebody's word about it could count; nil where the forge does not tell.
  private func events(of number: String, since reviews: [ForgeReview], at now: Instant) throws(ForgeError)
    -> PullRequestEvents?
  {
    let deciding = reviews.filter { $0.state == .approved || $0.isDismissed }
    // Where nobody has said anything, nothing of it can be void.
    guard let first = deciding.map(\.at).min() else { return PullRequestEvents() }
    if location.kind == .gitea {
      let since = [(name: "since", value: first.description)]
      let found = try findList(place("issues", number, "timeline"), since, isFiltered: true, at: now)
      return try found.map { (entries) throws(ForgeError) in try PullRequestEvents(gitea: entries) }
    }
    // GitHub's timeline leaves out that the branch was changed; its events have it.
    let found = try findList(place("issues", number, "events"), at: now)
    return try found.map { (events) throws(ForgeError) in try PullRequestEvents(gitHub: events) }
  }

  /// The git reference by which the forge keeps the head of a pull request, also after its branch is gone.
  public func reference(of pull: PullRequest) -> String {
    location.kind == .gitlab ? "refs/merge-requests/\(pull.number)/head" : "refs/pull/\(pull.number)/head"
  }

  /// Whose token it is.
  public func ownUser(at now: Instant) throws(ForgeError) -> Int64 {
    guard let id = try get(interface.appending("user"), at: now)["id"]?.integer else {
      throw .unreadable("the token's user")
    }
    return id
  }
}

extension Array {
  func throwingMap<Result>(_ transform: (Element) throws(ForgeError) -> Result) throws(ForgeError) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(count)
    for element in self { results.append(try transform(element)) }
    return results
  }
}
