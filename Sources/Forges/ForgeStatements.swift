public import Approvals
public import DesiredState
public import Digest
public import Operations

/// What a pull request brings, as its reviewers saw it.
public struct ReviewedChange: Hashable, Sendable {
  public var digest: SHA256Digest
  /// Where it left the branch, and its head with the tree there.
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
  /// The daemon's own statements in the log about forges.
  public let known: [Statement]
  public let now: Instant

  public init(
    location: ForgeLocation, state: DesiredState, policyVersion: Int64, known: [Statement], at now: Instant
  ) {
    self.location = location
    self.state = state
    self.policyVersion = policyVersion
    self.known = known.filter { $0.forge?.location == location }
    self.now = now
  }

  /// Approvals and rejections that the log does not hold yet, and what takes back those that no longer stand.
  ///
  /// An approval covers the figures that the plan comment showed at its head when it was given. Without such a comment it
  /// names none, and where a rule asks because of the impact it then counts for nothing.
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
      // Said once, it stays as it was said: a later policy version does not make a review one of that version.
      if let before, before.kind == kind, before.forge == source { continue }
      // Some forges do not tell when changes were requested.
      let said = voice.at == .distantPast ? now : voice.at
      let at = before.map { max(said, $0.issuedAt + TimeSpan(milliseconds: 1)) } ?? said
      let impact = shown.impact(told: voice.at, of: facts.pull.number, head: change.head, at: location)
      statements.append(statement(kind, change, person, source, impact: kind.permits ? impact : nil, at: at))
    }
    let standing = Set(evidence.voices.map(\.user.id))
    // What the log holds of accounts that say nothing any more is taken back: dismissed, or withdrawn.
    for (account, before) in last.sorted(by: { $0.key < $1.key }) where !standing.contains(account) {
      guard before.kind != .revoke, let source = before.forge else { continue }
      let at = max(now, before.issuedAt + TimeSpan(milliseconds: 1))
      statements.append(statement(.revoke, change, before.person, source, at: at))
    }
    return statements
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
    return isKnown ? nil : statement(.merge, merged, person, source, at: now)
  }

  private func statement(
    _ kind: Statement.Kind, _ change: ReviewedChange, _ person: String, _ source: ForgeSource,
    impact: [String: Int64]? = nil, at: Instant
  ) -> Statement {
    var statement = Statement(
      kind: kind, change: change.digest, base: change.base, head: change.head, tree: change.tree,
      policyVersion: policyVersion, impact: impact, person: person, reason: nil, issuedAt: at,
      expiresAt: kind.permits ? at + Self.validity : nil, nonce: "")
    statement.forge = source
    // The same reading makes the same statement, and the log takes it once.
    statement.nonce = String(SHA256Digest(of: statement.json.canonicalBytes).description.prefix(32))
    return statement
  }
}
