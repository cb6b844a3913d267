import Approvals
import AuditTrail
import Digest
import Forges
import Git
import HTTPClient
import Operations
import Reconciling
import Verification

/// Reads what people said on the forge about commits that wait, and puts it into the log of approvals.
///
/// Bounded and calm: a commit is asked about once in a while, and a forge that fails is left alone for longer and longer.
/// Nothing takes effect because of an answer that did not come.
final class ForgeWatch {
  /// Between two questions about the same commit, where nobody says that there is news.
  private static let askInterval = TimeSpan(milliseconds: 60_000)
  /// Commits that are asked about in one cycle.
  private static let commitsLimit = 20
  static let author = Git.Person(name: "Purser", email: "purser@localhost")

  private let token: Secret?
  private let key: PrivateKey
  private let branch: String
  /// A cycle waits for what it asks: not long, however slow the forge is.
  private let client = HTTPClient(
    limits: .init(connectMilliseconds: 3_000, totalMilliseconds: 8_000, conversationMilliseconds: 15_000))
  /// The commits that wait and were asked about: when, and whose approval counts for nothing that looks as if it did.
  private var asked: [String: (at: Instant, misplaced: Trouble?)] = [:]
  private var rest = ForgeRest()
  private var failure: Trouble?
  /// What keeps it from the forge, or what people said there from counting; nil if nothing does.
  var trouble: Trouble? { failure ?? asked.sorted { $0.key < $1.key }.lazy.compactMap(\.value.misplaced).first }

  init(token: Secret?, key: PrivateKey, branch: String) {
    self.token = token
    self.key = key
    self.branch = branch
  }

  /// Asks about the commits that wait on the branch.
  /// - Parameters:
  ///   - isUrgent: somebody says that there is news: what was asked just now is asked again.
  ///   - kept: what plan comments said, and since when which policy version has been in force.
  /// - Returns: whether the log has grown.
  func look(
    at judged: JudgedPolicy, head: ObjectID, source: PolicySource, log: ApprovalLog,
    kept: () throws -> (ShownPlans, PolicyVersions), isUrgent: Bool, at now: Instant
  ) -> Bool {
    guard judged.judgement.refused != nil, let location = judged.state.forge else {
      failure = nil
      asked = [:]
      return false
    }
    guard now >= rest.until else { return false }
    client.beginConversation()
    do {
      let forge = try Forge(location, token: token, client: client)
      var hasGrown = false
      for statement in try read(forge, judged, upTo: head, source, log, kept, isUrgent: isUrgent, at: now) {
        guard let signed = statement.signed(by: key) else { continue }
        try log.append(signed, by: Self.author, time: now.seconds)
        hasGrown = true
      }
      rest.succeeded()
      failure = nil
      return hasGrown
    } catch let error as ForgeError {
      failure = rest.failed(error, at: now)
    } catch {
      // Another trouble than the forge's, such as a pull request's head that cannot be fetched: the commit goes on waiting.
      failure = Trouble(besideTheLoop: error)
      rest.pause(Self.askInterval, at: now)
    }
    return false
  }

  /// The commits between the policy in force and the head, the oldest first.
  private func waiting(after pin: PolicyPin, upTo head: ObjectID, in repository: Repository) throws -> [ObjectID] {
    guard let start = ObjectID(pin.commit) else { return [] }
    let line = try repository.firstParentLine(from: start, to: head) ?? []
    asked = asked.filter { known in line.contains { $0.description == known.key } }
    return Array(line.prefix(Self.commitsLimit))
  }

  /// A pull request, what it brings by git, and what the forge says about it.
  private struct Reading {
    var content: PullRequestContent
    var facts: ForgeReviews

    var change: ReviewedChange { ReviewedChange(content) }
  }

  /// What the forge says about the commits that wait and the log does not hold.
  private func read(
    _ forge: Forge, _ judged: JudgedPolicy, upTo head: ObjectID, _ source: PolicySource, _ log: ApprovalLog,
    _ kept: () throws -> (ShownPlans, PolicyVersions), isUrgent: Bool, at now: Instant
  ) throws -> [Statement] {
    let line = try waiting(after: judged.judgement.pin, upTo: head, in: source.repository).filter { commit in
      guard let last = asked[commit.description], !isUrgent else { return true }
      return now < last.at || now >= last.at + Self.askInterval
    }
    var readings: [(commits: [ObjectID], reading: Reading)] = []
    var others: [ObjectID] = []
    for commit in line {
      asked[commit.description] = (now, nil)
      if let reading = try reading(of: commit, forge, source, at: now) {
        readings.append(([commit], reading))
      } else {
        others.append(commit)
      }
    }
    // Of a rebase some forges know the last commit only: the others are those that bring a part of it.
    for commit in others {
      for index in readings.indices
      where try readings[index].reading.content.isBrought(by: commit, in: source.repository) {
        readings[index].commits.append(commit)
        break
      }
    }
    guard !readings.isEmpty else { return [] }
    let (plans, versions) = try kept()
    return try readings.flatMap { (commits, reading) in
      let untouched = try plans.untouched(of: reading.facts.pull.number, forge, at: now)
      return try statements(about: reading, commits, forge, judged, log, untouched, versions, at: now)
    }
  }

  private func reading(
    of commit: ObjectID, _ forge: Forge, _ source: PolicySource, at now: Instant
  ) throws -> Reading? {
    guard let parent = try source.repository.commit(commit).parents.first,
      let pull = try forge.pullRequest(behind: commit.description, branch: branch, at: now),
      let head = ObjectID(pull.head), try source.holds(head, fetching: forge.reference(of: pull)),
      let content = try PullRequestContent(head: head, before: parent, in: source.repository),
      // What was merged must be what was reviewed: a merge may hold more than its pull request.
      try content.isBrought(by: commit, in: source.repository)
    else { return nil }
    return Reading(content: content, facts: try forge.reviews(of: pull, at: now))
  }

  private func statements(
    about reading: Reading, _ commits: [ObjectID], _ forge: Forge, _ judged: JudgedPolicy, _ log: ApprovalLog,
    _ shown: ShownPlans, _ versions: PolicyVersions, at now: Instant
  ) throws -> [Statement] {
    let authors = ForgeAuthors(
      reading.facts, commits: reading.content.commits, on: forge.location.kind, state: judged.state)
    let statements = ForgeStatements(
      location: forge.location, state: judged.state, policyVersion: judged.judgement.pin.version, versions: versions,
      known: try ours(log, about: reading.content.digest), at: now)
    if let misplaced = statements.misplaced(reading.facts, of: reading.change) {
      var trouble = Trouble(misplaced)
      trouble.message = "pull request \(reading.facts.pull.number): \(trouble.message)"
      for commit in commits { asked[commit.description]?.misplaced = trouble }
    }
    return commits.compactMap { statements.merge($0.description, reading.facts, of: reading.change, by: authors) }
      + statements.reviews(reading.facts, of: reading.change, shown: shown)
  }

  private func ours(_ log: ApprovalLog, about change: SHA256Digest) throws -> [Statement] {
    try log.read().read(by: key, about: change)
  }
}

extension LoggedStatements {
  /// The statements about forges that a daemon wrote; nobody else's word decides what is written again.
  func read(by key: PrivateKey, about change: SHA256Digest) -> [Statement] {
    self[change].filter { $0.signer() == key.publicKey.description }.compactMap { try? $0.statement() }
      .filter { $0.forge != nil }
  }
}

extension ReviewedChange {
  init(_ content: PullRequestContent) {
    self.init(
      digest: content.digest, base: content.base.description, head: content.head.description,
      tree: content.tree.description)
  }
}

extension ShownPlans {
  /// These plans without the last one shown on a pull request, if someone has edited or removed its comment since.
  func untouched(of pull: Int64, _ forge: Forge, at now: Instant) throws(ForgeError) -> ShownPlans {
    guard let last = last(of: pull, at: forge.location) else { return self }
    let found = try forge.comment(last.comment, under: pull, at: now)
    if let found, last.isShown(by: found) { return self }
    var others = self
    others.forgetLast(of: pull, at: forge.location)
    return others
  }
}
