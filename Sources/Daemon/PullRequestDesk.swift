import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Digest
import Forges
import Git
import HTTPClient
import Operations
import Planning
import Reconciling
import Reports
import SQLiteStore
import Verification

/// Keeps one comment under each open pull request that says what its merge would do now, and a status at its head that says
/// what is missing.
///
/// Calm: a pull request is planned again when its head or the policy in force has changed, when somebody says that there is
/// news, or after a while. Nothing in it is believed but what git holds and, of the forge's word, who reviewed which head. What
/// somebody rejects goes into the log of approvals at once.
final class PullRequestDesk {
  /// Pull requests that are looked at, the newest first.
  private static let pullsLimit = 20
  /// Between two looks at which pull requests are open, and between two where somebody says that there is news.
  private static let lookInterval = TimeSpan(milliseconds: 60_000)
  private static let urgentInterval = TimeSpan(milliseconds: 10_000)
  /// Between two looks at one of which nothing is known to have changed: the world moves all the time.
  private static let planInterval = TimeSpan(milliseconds: 5 * 60_000)

  private struct Attended {
    var head: String
    var pin: PolicyPin
    var at: Instant
    /// What keeps it from this one.
    var trouble: Trouble?
  }

  private let forgeConfiguration: ForgeConfiguration
  private let key: PrivateKey
  private let branch: String
  private let source: PolicySource
  private let history: PolicyHistory
  private let store: SQLiteStore
  private let log: ApprovalLog
  private var attended: [Int64: Attended] = [:]
  private var lookedAt: Instant?
  /// Whether somebody said that there is news since the last look.
  private var isAwaited = false
  private var account: (place: ForgeLocation, id: Int64)?

  init(_ configuration: DaemonConfiguration, _ forge: ForgeConfiguration, _ store: SQLiteStore) throws {
    forgeConfiguration = forge
    key = configuration.auditKey
    branch = configuration.branch
    source = try PolicySource(
      address: configuration.repository, mirrorPath: configuration.storePath + ".git",
      credentials: configuration.credentials)
    history = PolicyHistory(repository: source.repository)
    self.store = store
    log = ApprovalLog(source)
  }

  /// - Returns: what keeps it from a pull request; the others are looked at all the same.
  /// - Throws: what keeps it from all of them.
  func look(_ news: ForgeNews, _ forge: Forge, at now: Instant) throws -> Trouble? {
    isAwaited = isAwaited || news.isUrgent
    guard let pin = news.pin, isTime(at: now) else { return trouble }
    let pulls = try forge.openPullRequests(branch: branch, at: now).prefix(Self.pullsLimit)
    lookedAt = now
    attended = attended.filter { known in pulls.contains { $0.number == known.key } }
    let due = pulls.filter { isAwaited || isDue($0, pin, at: now) }
    isAwaited = false
    guard !due.isEmpty else { return trouble }
    let planner = try PullRequestPlanner(
      news, pin, forge.location, key, source, history, store, branch: branch, at: now)
    let teller = CommitTeller(forge, store)
    for pull in due {
      var attention = Attended(head: pull.head, pin: pin, at: now)
      do {
        let standing = try planner.standing(of: pull, forge)
        // First of all: a pull request may be closed at any time, and what was said against its change stays.
        for said in standing.rejections { try log.append(said, by: ForgeWatch.author, time: now.seconds) }
        try keepComment(standing, under: pull, forge, at: now)
        try teller.tell(standing.status, standing.words, of: pull.head, at: now)
      } catch let error as ForgeError where error.kind != .needsPerson {
        throw error
      } catch {
        var trouble = Trouble(besideTheLoop: error)
        trouble.message = "pull request \(pull.number): \(trouble.message)"
        attention.trouble = trouble
      }
      attended[pull.number] = attention
    }
    return trouble
  }

  /// What keeps it from the oldest of those that it cannot tell.
  private var trouble: Trouble? {
    attended.filter { $0.value.trouble != nil }.min { $0.key < $1.key }?.value.trouble
  }

  private func isTime(at now: Instant) -> Bool {
    guard let lookedAt else { return true }
    return now < lookedAt || now >= lookedAt + (isAwaited ? Self.urgentInterval : Self.lookInterval)
  }

  private func isDue(_ pull: PullRequest, _ pin: PolicyPin, at now: Instant) -> Bool {
    guard let last = attended[pull.number], last.head == pull.head, last.pin == pin else { return true }
    return now < last.at || now >= last.at + Self.planInterval
  }

  // MARK: The comment

  private func keepComment(_ standing: PullRequestStanding, under pull: PullRequest, _ forge: Forge, at now: Instant)
    throws
  {
    guard let words = standing.comment else { return }
    let last = try store.shownPlans().last(of: pull.number, at: forge.location)
    let found = try comment(last, under: pull, forge, at: now)
    let isUntouched = zip(last, found).map { $0.isShown(by: $1) } ?? false
    guard !isUntouched || last.map({ words.replaces($0, head: pull.head, at: now) }) ?? true else { return }
    let artifact = forgeConfiguration.artifacts?.address(of: pull.number)
    if let plan = words.plan { try forgeConfiguration.artifacts?.write(plan, of: pull.number) }
    let text = try words.text(forgeConfiguration, words.plan == nil ? nil : artifact)
    let shown = try forge.keepPlanComment(text, under: pull.number, inPlaceOf: found, at: now)
    try store.transaction {
      var plans = try store.shownPlans()
      // Nobody knows what it said once somebody else had written it.
      if !isUntouched { plans.forgetLast(of: pull.number, at: forge.location) }
      plans.add(
        ShownPlan(
          location: forge.location, pullRequest: pull.number, head: pull.head, base: words.base,
          impact: words.impact, comment: shown, substance: words.substance, demands: words.demands, writtenAt: now))
      try store.set(plans)
    }
  }

  /// The comment as it stands: by its number, or by looking through all of them.
  private func comment(_ last: ShownPlan?, under pull: PullRequest, _ forge: Forge, at now: Instant) throws(ForgeError)
    -> ForgeComment?
  {
    if let last, let found = try forge.comment(last.comment, under: pull.number, at: now) { return found }
    return try forge.planComment(under: pull.number, own: try ownAccount(forge, at: now), at: now)
  }

  private func ownAccount(_ forge: Forge, at now: Instant) throws(ForgeError) -> Int64 {
    if let account, account.place == forge.location { return account.id }
    let id = try forge.ownUser(at: now)
    account = (forge.location, id)
    return id
  }
}

private func zip<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
  if let first, let second { (first, second) } else { nil }
}
