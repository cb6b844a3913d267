public import Approvals
public import DesiredState
public import Diagnostics
public import Digest
public import Operations

/// What a pull request brings, as its reviewers saw it.
public struct ReviewedChange: Hashable, Sendable {
  public var digest: SHA256Digest
  /// The commit at which the pull request left the branch. `head` is its last commit, and `tree` the tree of that.
  public var base: String
  public var head: String
  public var tree: String

  public init(digest: SHA256Digest, base: String, head: String, tree: String) {
    self.digest = digest
    self.base = base
    self.head = head
    self.tree = tree
  }
}

/// Turns what a forge says into statements for the log of approvals: a function of the forge's answers, of who is who in the
/// state in force, and of what the log holds already, so that the same answers add nothing.
public struct ForgeStatements: Sendable {
  /// How long an approval that was read on a forge counts; rules may say less.
  public static let validity = TimeSpan(milliseconds: 30 * 86_400_000)

  public let location: ForgeLocation
  public let state: DesiredState
  public let policyVersion: Int64
  /// Since when which version has been in force.
  public let versions: PolicyVersions
  /// The daemon's own statements in the log about forges.
  public let known: [Statement]
  public let now: Instant

  public init(
    location: ForgeLocation, state: DesiredState, policyVersion: Int64, versions: PolicyVersions, known: [Statement],
    at now: Instant
  ) {
    self.location = location
    self.state = state
    self.policyVersion = policyVersion
    self.versions = versions
    self.known = known.filter { $0.forge?.location == location }
    self.now = now
  }

  /// Approvals and rejections that the log does not hold yet, and what takes back those that no longer stand.
  ///
  /// A review is a word about the policy version of its time. An approval covers the figures that the plan comment showed at
  /// its head when it was given. Without such a comment it names none, and where a rule asks because of the impact it then
  /// counts for nothing.
  /// - Parameter shown: what plan comments said, without any that somebody may have edited.
  public func reviews(_ facts: ForgeReviews, of change: ReviewedChange, shown: ShownPlans = ShownPlans()) -> [Statement]
  {
    let evidence = ForgeEvidence(facts, head: change.head)
    let last = lastWords(facts.pull, change)
    var statements: [Statement] = []
    for voice in evidence.voices {
      guard let person = state.person(withAccount: voice.user.id, on: location.kind) else { continue }
      let source = ForgeSource(
        location: location, pullRequest: facts.pull.number, account: voice.user.id, review: voice.review)
      let kind: Statement.Kind = voice.decision == .approve ? .approve : .reject
      let before = last[voice.user.id]
      // Said once, it stays as it was said.
      if let before, before.kind == kind, before.forge == source { continue }
      // Some forges do not tell when changes were requested.
      let said = voice.at == .distantPast ? now : voice.at
      let at = before.map { max(said, $0.issuedAt + TimeSpan(milliseconds: 1)) } ?? said
      let impact = shown.impact(told: voice.at, of: facts.pull.number, head: change.head, at: location)
      statements.append(
        statement(
          kind, change, person, source, versions.version(at: said, current: policyVersion),
          impact: kind.permits ? impact : nil, at: at))
    }
    let standing = Set(evidence.voices.map(\.user.id))
    // What was read while the forge told the branch is not void because it does not now.
    let untold = Set(evidence.ignored.filter { $0.reason == .unknownBranch }.map(\.user.id))
    // What the log holds of accounts that say nothing any more is taken back: dismissed, or withdrawn. A rejection only where
    // its own account has done so.
    for (account, before) in last.sorted(by: { $0.key < $1.key }) where !standing.contains(account) {
      guard before.kind != .revoke, let source = before.forge else { continue }
      guard before.kind == .reject ? evidence.relented.contains(account) : !untold.contains(account) else { continue }
      statements.append(revocation(of: before, source, change, at: now))
    }
    return statements
  }

  /// Of these what has to be in the log while the pull request is open: rejections, and what takes those back that the log
  /// holds. Who closes the pull request and opens another with the same change is not rid of them.
  ///
  /// Approvals are left out: what they cover is known when it was merged.
  public func rejections(_ facts: ForgeReviews, of change: ReviewedChange) -> [Statement] {
    let last = lastWords(facts.pull, change)
    return reviews(facts, of: change).compactMap { said in
      if said.kind == .reject { return said }
      guard let source = said.forge, let before = last[source.account], before.kind == .reject else { return nil }
      return said.kind == .revoke ? said : revocation(of: before, source, change, at: said.issuedAt)
    }
  }

  /// The first approval that somebody would take to count, and that counts for nothing because nobody can say which change it
  /// is about; nil where there is none.
  public func misplaced(_ facts: ForgeReviews, of change: ReviewedChange) -> Diagnostic? {
    for ignored in ForgeEvidence(facts, head: change.head).ignored {
      guard let person = state.person(withAccount: ignored.user.id, on: location.kind) else { continue }
      let again: String
      switch ignored.reason {
      case .otherBranch: again = "\(person) has to review it again, on the forge or with 'purser approve'"
      case .unknownBranch:
        again =
          "\(person) can approve it with 'purser approve'; Gitea tells since 1.17, GitHub if the token may read it"
      default: continue
      }
      return Diagnostic(
        "forge.other_branch", "\(person)'s approval does not count: \(ignored.reason.rawValue)", hint: again)
    }
    return nil
  }

  private func revocation(
    of before: Statement, _ source: ForgeSource, _ change: ReviewedChange, at moment: Instant
  ) -> Statement {
    let at = max(moment, before.issuedAt + TimeSpan(milliseconds: 1))
    return statement(
      .revoke, change, before.person, source, versions.version(at: moment, current: policyVersion), at: at)
  }

  /// What the log holds last of each account about a change.
  private func lastWords(_ pull: PullRequest, _ change: ReviewedChange) -> [Int64: Statement] {
    var last: [Int64: Statement] = [:]
    for statement in known where statement.change == change.digest && statement.kind != .merge {
      guard let source = statement.forge, source.pullRequest == pull.number else { continue }
      if let other = last[source.account], other.issuedAt > statement.issuedAt { continue }
      last[source.account] = statement
    }
    return last
  }

  /// Vouches for who brought a commit that the forge merged; nil where one of them is a stranger, and where the log holds it
  /// already.
  public func merge(
    _ commit: String, _ facts: ForgeReviews, of change: ReviewedChange, by authors: ForgeAuthors
  ) -> Statement? {
    guard authors.strangers.isEmpty, let opener = facts.pull.opener,
      let person = state.person(withAccount: opener.id, on: location.kind)
    else { return nil }
    let source = ForgeSource(
      location: location, pullRequest: facts.pull.number, account: opener.id,
      authors: authors.people.sorted { $0.isBytewiseLess(than: $1) })
    let isKnown = known.contains {
      $0.kind == .merge && $0.head == commit && $0.forge == source && $0.policyVersion == policyVersion
    }
    var merged = change
    merged.head = commit
    return isKnown ? nil : statement(.merge, merged, person, source, policyVersion, at: now)
  }

  private func statement(
    _ kind: Statement.Kind, _ change: ReviewedChange, _ person: String, _ source: ForgeSource, _ version: Int64,
    impact: [String: Int64]? = nil, at: Instant
  ) -> Statement {
    var statement = Statement(
      kind: kind, change: change.digest, base: change.base, head: change.head, tree: change.tree,
      policyVersion: version, impact: impact, person: person, reason: nil, issuedAt: at,
      expiresAt: kind.permits ? at + Self.validity : nil, nonce: "")
    statement.forge = source
    // The same reading makes the same statement, and the log takes it once.
    statement.nonce = String(SHA256Digest(of: statement.json.canonicalBytes).description.prefix(32))
    return statement
  }
}
