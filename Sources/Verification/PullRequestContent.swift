public import Approvals
public import Digest
public import Git

/// What a pull request brings, worked out from git: nothing of it is taken from a forge's word.
public struct PullRequestContent: Sendable {
  /// Commits of one pull request that are read.
  private static let commitLimit = 250

  public let digest: SHA256Digest
  /// Where it left the branch.
  public let base: ObjectID
  public let head: ObjectID
  public let tree: ObjectID
  /// Its commits, the newest first.
  public let commits: [CommitFacts]
  /// What each of its commits alone changes against its first parent.
  private let steps: Set<SHA256Digest>

  /// - Parameters:
  ///   - head: the pull request's head, which the repository must hold.
  ///   - commit: a commit of the branch that the pull request is for, from before it was merged.
  /// - Returns: nil for a head that has nothing in common with the branch, too many commits to be looked at, or folders that
  ///   git would not write.
  public init?(head: ObjectID, before commit: ObjectID, in repository: Repository) throws(GitError) {
    guard let base = try repository.mergeBase(head, commit),
      let commits = try repository.commits(from: base, to: head, limit: Self.commitLimit)
    else { return nil }
    (self.base, self.head) = (base, head)
    tree = try repository.commit(head).tree
    guard let digest = try Self.digest(from: repository.commit(base).tree, to: tree, in: repository) else { return nil }
    self.digest = digest
    var facts: [CommitFacts] = []
    var steps = Set<SHA256Digest>()
    for id in commits {
      facts.append(try CommitFacts(id, in: repository))
      if let step = try Self.step(id, in: repository) { steps.insert(step) }
    }
    self.commits = facts
    self.steps = steps
  }

  /// Whether a commit of the branch brings what the pull request holds and nothing else: all of it, by a merge or squashed into
  /// one, or one of its commits, set on the branch anew.
  public func isBrought(by commit: ObjectID, in repository: Repository) throws(GitError) -> Bool {
    guard let brought = try Self.step(commit, in: repository) else { return false }
    return brought == digest || steps.contains(brought)
  }

  /// What a commit changes against its first parent; nil for one without parents, and for one that git would not write.
  private static func step(_ id: ObjectID, in repository: Repository) throws(GitError) -> SHA256Digest? {
    let commit = try repository.commit(id)
    guard let parent = commit.parents.first else { return nil }
    return try digest(from: repository.commit(parent).tree, to: commit.tree, in: repository)
  }

  private static func digest(
    from old: ObjectID, to new: ObjectID, in repository: Repository
  ) throws(GitError) -> SHA256Digest? {
    try ifWellFormed { () throws(GitError) in
      SHA256Digest(ofChange: try FileChange.list(from: old, to: new, in: repository))
    }
  }
}
