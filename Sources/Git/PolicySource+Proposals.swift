extension PolicySource {
  /// What the names of branches begin with that ask to be merged.
  public static let proposalPrefix = "proposal/"

  private static let branches = "refs/heads/\(proposalPrefix)"

  /// The branches that ask to be merged, by their names without the prefix; their commits are in `repository`.
  public func proposals() throws(GitError) -> [String: ObjectID] {
    let heads: [String: ObjectID]
    if let address {
      let names = try repository.remoteReferences(of: address, credentials: credentials).keys
        .filter { $0.hasPrefix(Self.branches) }
      heads = names.isEmpty ? [:] : try look(address, for: names.sorted())
    } else {
      var local: [String: ObjectID] = [:]
      for name in try repository.references(prefix: Self.branches) { local[name] = try repository.reference(name) }
      heads = local
    }
    return Dictionary(
      heads.filter { $0.key.hasPrefix(Self.branches) }.map { (String($0.key.dropFirst(Self.branches.count)), $0.value) }
    ) { first, _ in first }
  }

  /// Puts a commit, which is in `repository` already, on a branch that asks to be merged. A branch of that name is only
  /// moved forward.
  ///
  /// - Throws: `.moved` when the branch holds commits that `commit` does not follow.
  public func propose(_ commit: ObjectID, as name: String, by person: Person) throws(GitError) {
    let branch = Self.branches + name
    let current: ObjectID?
    if let address {
      current = try look(address, for: [branch])[branch]
    } else {
      current = try repository.reference(branch)
    }
    if current == commit { return }
    if let current, try !repository.isAncestor(current, of: commit) {
      throw GitError(
        kind: .moved,
        message:
          "the branch \(Self.proposalPrefix)\(name) is at \(current.short), which \(commit.short) does not follow")
    }
    guard address != nil else {
      return try repository.setReference(branch, to: commit, expecting: current, by: person, reason: "purser propose")
    }
    try offer(commit, to: branch, expecting: current)
  }
}
