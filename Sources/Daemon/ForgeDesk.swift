import ActualState
import Approvals
import BlockingExecutor
import Diagnostics
import Digest
import Forges
import HTTPClient
import Operations
import Reconciling
import SQLiteStore

/// Tells the forge what becomes of changes: at each commit whether it is in force, or what it waits for, and under each open
/// pull request what it would do.
///
/// Nothing waits for it and nothing rests on it: it works beside the daemon, on a thread of its own and with its own eyes on
/// the store and the repository. A forge that fails is left alone for longer and longer.
actor ForgeDesk {
  private static let commitsLimit = 20

  private let executor = BlockingExecutor(label: "purser.forge")
  private let configuration: DaemonConfiguration
  private let forge: ForgeConfiguration
  private let client = HTTPClient(
    limits: .init(connectMilliseconds: 3_000, totalMilliseconds: 8_000, conversationMilliseconds: 120_000))
  private var rest = ForgeRest()
  private var tools: (store: SQLiteStore, pulls: PullRequestDesk)?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ configuration: DaemonConfiguration, _ forge: ForgeConfiguration) {
    self.configuration = configuration
    self.forge = forge
  }

  /// - Returns: what kept it from the forge, or from one of its pull requests; nil if nothing did.
  func tell(_ news: ForgeNews, at now: Instant) -> Trouble? {
    guard let location = news.judged.state.forge else { return nil }
    guard now >= rest.until else { return rest.trouble }
    client.beginConversation()
    do {
      let forge = try Forge(location, token: forge.token, client: client)
      let (store, pulls) = try opened()
      try tellOfBranch(news, CommitTeller(forge, store), at: now)
      try CommitTeller(forge, store).tell(news.holds, at: now)
      let trouble = try pulls.look(news, forge, at: now)
      rest.succeeded()
      return trouble
    } catch let error as ForgeError {
      return rest.failed(error, at: now)
    } catch {
      return Trouble(besideTheLoop: error)
    }
  }

  private func opened() throws -> (store: SQLiteStore, pulls: PullRequestDesk) {
    if let tools { return tools }
    let store = try SQLiteStore(path: configuration.storePath, mode: .readWrite)
    let opened = (store, try PullRequestDesk(configuration, forge, store))
    tools = opened
    return opened
  }

  /// What became of the commits on the branch.
  private func tellOfBranch(_ news: ForgeNews, _ teller: CommitTeller, at now: Instant) throws {
    let judgement = news.judged.judgement
    if news.pin == judgement.pin {
      for accepted in judgement.accepted.suffix(Self.commitsLimit) {
        try teller.tell(.success, "in force, policy version \(accepted.version)", of: accepted.commit.id, at: now)
      }
    }
    guard let refused = judgement.refused else { return }
    let (status, words) = CommitStatus.of(refused.reasons)
    try teller.tell(status, words, of: refused.commit.id, at: now)
  }
}

/// Sets the status of commits, each only when it says something else than before.
struct CommitTeller {
  private let forge: Forge
  private let store: SQLiteStore

  init(_ forge: Forge, _ store: SQLiteStore) {
    self.forge = forge
    self.store = store
  }

  func tell(
    _ status: CommitStatus, _ words: String, of commit: String, as context: StatusContext = .approvals, at now: Instant
  ) throws {
    let words = escaped(words)
    let text = "\(forge.location.repository) \(status.rawValue) \(words)"
    // A status is set once for all: a forge takes no more than a thousand of them at one commit.
    let key = ToldStatuses.key(commit, context)
    guard try store.toldStatuses()[key] != text else { return }
    try forge.setStatus(of: commit, status, words, as: context, at: now)
    try store.transaction {
      var told = try store.toldStatuses()
      told.set(text, of: key)
      try store.set(told)
    }
  }

  /// The commits of the repository at which a status was set to pending, and to nothing else since.
  func pending(_ context: StatusContext) throws -> [String] {
    try store.toldStatuses().keys { $0.hasPrefix("\(forge.location.repository) \(CommitStatus.pending.rawValue) ") }
      .compactMap { ToldStatuses.commit(of: $0, context) }
  }
}

/// The last status that was set at each of the newest commits.
struct ToldStatuses {
  private static let limit = 500
  private var all: [(commit: String, text: String)] = []

  /// Under which a status is kept: the commit, and the name of a status that is not the usual one.
  static func key(_ commit: String, _ context: StatusContext) -> String {
    context == .approvals ? commit : "\(commit) \(context.rawValue)"
  }

  /// The commit of a key; nil where it is that of another status.
  static func commit(of key: String, _ context: StatusContext) -> String? {
    let commit = String(key.prefix { $0 != " " })
    return Self.key(commit, context) == key ? commit : nil
  }

  /// The keys of texts that are so, the oldest first.
  func keys(where isSo: (_ text: String) -> Bool) -> [String] { all.filter { isSo($0.text) }.map(\.commit) }

  subscript(commit: String) -> String? { all.last { $0.commit == commit }?.text }

  mutating func set(_ text: String, of commit: String) {
    all.removeAll { $0.commit == commit }
    all.append((commit, text))
    if all.count > Self.limit { all.removeFirst() }
  }

  init() {}

  init(json: JSONValue) {
    all = (json.array ?? []).compactMap { entry in
      guard let commit = entry["commit"]?.string, let text = entry["text"]?.string else { return nil }
      return (commit, text)
    }
  }

  var json: JSONValue {
    .array(all.map { ["commit": .string($0.commit), "text": .string($0.text)] })
  }
}

extension Store {
  func toldStatuses() throws -> ToldStatuses {
    try value(.toldStatuses, ToldStatuses.init(json:)) ?? ToldStatuses()
  }

  func set(_ told: ToldStatuses) throws { try set(.toldStatuses, told.json.canonical) }
}

extension CommitStatus {
  /// What people or time can still put right is no failure, but for what somebody rejected.
  private static let waiting = Diagnostic.waiting.subtracting(["approval.rejected"])

  /// What reasons against a change mean for its commit, and the first that matters, in words.
  static func of(_ reasons: [Diagnostic]) -> (status: CommitStatus, words: String) {
    if let wrong = reasons.first(where: { $0.severity == .error && !waiting.contains($0.id) }) {
      return (.failure, (wrong.location.map { "\($0): " } ?? "") + wrong.message)
    }
    return (reasons.isEmpty ? .failure : .pending, reasons.first?.message ?? "not in force")
  }
}
