public import Digest
public import Operations

/// The two commits between which a change lies.
public struct ChangeSpan: Hashable, Sendable {
  public var from: String
  public var to: String

  public init(from: String, to: String) {
    self.from = from
    self.to = to
  }
}

/// All that a verdict rests on beside what git itself holds: values, so that anyone who has them judges the same.
public struct Evidence: Sendable {
  /// What people said about changes. Nothing in it is believed before its signature was checked against the keys at the
  /// base of the change.
  private var statements: [SHA256Digest: [SignedStatement]] = [:]
  /// Whose work commits are that a forge merged, by commit.
  private var merges: [String: [SignedStatement]] = [:]
  /// What may reject something, by change: cheap to ask, and the signature is not looked at.
  public private(set) var rejections: [SHA256Digest: [SignedStatement]] = [:]
  /// What may have been said about anything else than changes.
  private(set) var subjects: [SignedStatement] = []
  /// When it is judged.
  public var now: Instant
  /// The impact of changes whose verdict depends on it, by measure, worked out on the snapshot that is planned from.
  public var impacts: [ChangeSpan: [String: Int64]]
  /// What was in force before the policy that a judgement begins with, change by change.
  public var formerTrees: FormerTrees
  /// The key with which the daemon signs; nil where it is not known, and then it is the one that a change names.
  public var auditKey: PublicKey?
  /// Whether nothing is held up by a freeze: to find what will be in force when those that are open have ended.
  public var passesFreezes = false

  public init(
    statements: [SignedStatement] = [], at now: Instant = .distantPast, impacts: [ChangeSpan: [String: Int64]] = [:],
    formerTrees: FormerTrees = FormerTrees()
  ) {
    self.now = now
    self.impacts = impacts
    self.formerTrees = formerTrees
    for statement in statements {
      self.statements[statement.change, default: []].append(statement)
      if statement.mayBeBesideChanges {
        subjects.append(statement)
      } else if statement.mayReject {
        rejections[statement.change, default: []].append(statement)
      }
      guard statement.isAboutMerge, let said = try? statement.statement(), said.kind == .merge else { continue }
      merges[said.head, default: []].append(statement)
    }
  }

  /// What was said about a change, in the byte order of ids, so that the order of arrival decides nothing.
  public func statements(about change: SHA256Digest) -> [SignedStatement] {
    guard let found = statements[change] else { return [] }
    var seen = Set<SHA256Digest>()
    return found.filter { seen.insert($0.id).inserted }.sorted { $0.id.description < $1.id.description }
  }

  /// What daemons said about whose work a commit is that a forge merged, in the byte order of ids.
  func merges(of commit: String) -> [SignedStatement] {
    (merges[commit] ?? []).sorted { $0.id.description < $1.id.description }
  }

  /// Whether nobody said anything about any change.
  public var isEmpty: Bool { statements.isEmpty }

  /// What was said about other changes that end in one of some commits, as before a push on top of an approval.
  func strays(about heads: Set<String>, except change: SHA256Digest) -> [Statement] {
    statements.filter { $0.key != change }.values.joined().compactMap { try? $0.statement() }
      .filter { heads.contains($0.head) && $0.kind == .approve && $0.about == nil }
      .sorted { ($0.person, $0.nonce) < ($1.person, $1.nonce) }
  }
}

/// What one person last said about a change, with a signature that holds.
struct Voice {
  var person: String
  var statement: Statement
  var signed: SignedStatement
  /// When they began to say this and nothing else, with what they said then.
  var since: Instant
  var first: SignedStatement
}

/// What was said about a change, sorted by whether it may count at all.
struct Hearing {
  /// At most one for each person, in byte order of their names.
  var voices: [Voice] = []
  /// Statements that count for nothing, each with why.
  var ignored: [String] = []
  /// When something of it begins to count.
  var begins: [Instant] = []
  /// Who rejects in their own cause what takes away what they can say, in byte order.
  var ownCause: [Voice] = []

  /// - Parameter dismissal: whom the change takes the say away, where it does nothing else.
  init(_ change: Change, _ evidence: Evidence, _ dismissal: Dismissal?) {
    self.init(
      evidence.statements(about: change.digest), at: evidence.now,
      isOwnCause: { dismissal?.isOwnCause($0, signedWith: $1) ?? false },
      speakers: { change.speakers(of: $0, signedWith: $1) })
  }

  /// - Parameters:
  ///   - statements: all about one thing.
  ///   - isOwnCause: whether somebody rejects it, signed with a key, in their own cause.
  ///   - speakers: whose words a statement is, by the key that signed it.
  init(
    _ statements: [SignedStatement], at now: Instant,
    isOwnCause: (Statement, _ key: String) -> Bool = { _, _ in false },
    speakers: (Statement, _ key: String) -> [String]
  ) {
    var said: [String: [Voice]] = [:]
    var own: [String: Voice] = [:]
    for signed in statements {
      let statement: Statement
      do throws(StatementProblem) { statement = try signed.statement() } catch {
        ignored.append("a statement was ignored: \(error.message)")
        continue
      }
      let claimed = statement.person
      guard let key = signed.signer() else {
        ignored.append("statement by '\(claimed)' ignored: invalid signature")
        continue
      }
      if statement.kind == .merge { continue }
      let owners = speakers(statement, key)
      guard owners == [claimed] else {
        guard statement.forge == nil else {
          ignored.append(
            "review by '\(claimed)' on a forge ignored: it is not theirs, or the daemon did not sign it")
          continue
        }
        ignored.append(
          owners.isEmpty
            ? "statement by '\(claimed)' ignored: its key belongs to no Person"
            : "statement by '\(claimed)' ignored: its key belongs to \(owners.joined(separator: " and "))"
        )
        continue
      }
      // What takes back or rejects does not wait for its time: a clock that is ahead must not let anything through.
      guard statement.issuedAt <= now + Statement.clockAhead || !statement.kind.permits else {
        ignored.append("statement by '\(claimed)' does not count yet: it is dated \(statement.issuedAt)")
        begins.append(statement.issuedAt - Statement.clockAhead)
        continue
      }
      let voice = Voice(
        person: claimed, statement: statement, signed: signed, since: statement.issuedAt, first: signed)
      if statement.kind == .reject, isOwnCause(statement, key) {
        if own[claimed].map({ $0.isOverruled(by: voice) }) ?? true { own[claimed] = voice }
      } else {
        said[claimed, default: []].append(voice)
      }
    }
    var latest = said.compactMapValues(Self.last)
    for (person, voice) in own {
      guard let other = latest[person] else {
        ownCause.append(voice)
        continue
      }
      guard other.isOverruled(by: voice) else { continue }
      ownCause.append(voice)
      // Who speaks against it, if only for themselves, approves of it no more.
      if other.statement.kind.permits { latest[person] = nil }
    }
    ownCause.sort { $0.person.isBytewiseLess(than: $1.person) }
    voices = latest.values.sorted { $0.person.isBytewiseLess(than: $1.person) }
    ignored = Self.counted(ignored)
  }

  /// What somebody said last, and since when they have said nothing else.
  private static func last(_ said: [Voice]) -> Voice? {
    guard var last = said.first else { return nil }
    for voice in said where last.isOverruled(by: voice) { last = voice }
    let kind = last.statement.kind
    let before = said.filter { $0.statement.kind != kind }.map(\.statement.issuedAt).max()
    let first = said.filter { voice in
      voice.statement.kind == kind && before.map { $0 < voice.statement.issuedAt } ?? true
    }.min { $0.statement.issuedAt < $1.statement.issuedAt }
    if let first { (last.since, last.first) = (first.since, first.signed) }
    return last
  }

  /// Says the same once, with how often: anybody can append the same nonsense a thousand times.
  private static func counted(_ texts: [String]) -> [String] {
    var times: [String: Int] = [:]
    for text in texts { times[text, default: 0] += 1 }
    return texts.compactMap { text in
      times.removeValue(forKey: text).map { $0 == 1 ? text : "\(text) (\($0) times)" }
    }
  }
}

extension Statement {
  /// How far its time may be ahead of the clock of whoever judges it.
  public static let clockAhead = TimeSpan(milliseconds: 5 * 60_000)
}

extension SignedStatement {
  fileprivate var mayReject: Bool { text.contains(Array("\"kind\":\"reject\"".utf8)) }
}

extension Hearing {
  /// What approvals may have been given for, each at least what the change does now: what one person was told, and what two
  /// were told both. Each only once, in the order of the voices.
  func envelopes(covering today: [String: Int64]) -> [[String: Int64]] {
    let told = voices.filter { $0.statement.kind == .approve }.compactMap(\.statement.impact)
    var found: [[String: Int64]] = []
    for one in told {
      for other in told {
        // What somebody was not told is nothing.
        let shared = one.merging(other) { min($0, $1) }.filter { one[$0.key] != nil && other[$0.key] != nil }
        let envelope = shared.merging(today) { max($0, $1) }
        if !found.contains(envelope) { found.append(envelope) }
      }
    }
    return found
  }
}

extension Voice {
  /// Whether a person said another thing later. By the time in what was signed and not by the place in the log: anyone can
  /// append an old statement again. Of two of one moment the one that lets less through counts.
  func isOverruled(by other: Voice) -> Bool {
    if statement.issuedAt != other.statement.issuedAt { return statement.issuedAt < other.statement.issuedAt }
    if statement.kind != other.statement.kind {
      return Self.caution(statement.kind) < Self.caution(other.statement.kind)
    }
    return other.signed.id.description < signed.id.description
  }

  private static func caution(_ kind: Statement.Kind) -> Int {
    switch kind {
    case .reject: 3
    case .revoke: 2
    case .approve: 1
    case .breakGlass, .merge: 0
    }
  }
}
