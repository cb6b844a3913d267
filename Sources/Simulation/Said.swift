import ActualState
import Approvals
import Digest
import Operations
import TestSupport

/// What somebody said about a change, as the simulator knows it, beside what was signed.
struct Said: Sendable {
  var person: String
  var kind: Statement.Kind
  /// The commits between which the person saw the change.
  var from: Int
  var to: Int
  var version: Int64
  var impact: [String: Int64]?
  var at: Instant
  var expires: Instant?
  var reason: String?
  /// Whose key signed it.
  var key: String
  var signed: SignedStatement
  /// What it is about where that is no change.
  var subject: StatementSubject?
}

extension Company {
  /// People who approve and write nothing themselves.
  static let leads = ["lars", "lena", "lola"]

  /// What the leads must approve: everything but words, and two of them what would do too much.
  struct Review: Hashable, Sendable {
    var measure: String
    var figure: Int64
    /// Whether an owner may let a change through without them.
    var hasGlass: Bool

    static let validFor = TimeSpan(milliseconds: 48 * TimeSpan.hour.milliseconds)
    static let glassFor = TimeSpan(milliseconds: 6 * TimeSpan.hour.milliseconds)

    static func random(_ dice: inout SplitMix64) -> Review {
      Review(
        measure: dice.pick(["channels", "orders_losing", "units_losing", "skus_to_zero"]),
        figure: Int64(dice.number(1...3)), hasGlass: dice.chance(60))
    }

    var rules: [String] {
      let glass = hasGlass ? "\nbreak_glass: {role: owner, for: 6h}" : ""
      let what = "kinds: [\"*\"]\npaths: [\"state/**\"]"
      return [
        "kind: ApprovalRule\nname: lead\n\(what)\nreview: {lead: 1}\nvalid_for: 48h\ntolerance: 20%\(glass)",
        "kind: ApprovalRule\nname: leads\n\(what)\nimpact: {\(measure): \(figure)}\nreview: {lead: 2}\ntolerance: 50%"
          + glass,
      ]
    }
  }
}

extension Simulation {
  /// The key of a person, or of somebody whom nobody knows.
  static func key(of name: String) -> PrivateKey? { keys[name] }

  private static let keys = Dictionary(
    uniqueKeysWithValues: (Company.leads + Company.wardens + Signer.allCases.map(\.rawValue)).compactMap { name in
      PrivateKey(seed: SHA256Digest(of: name).bytes).map { (name, $0) }
    })

  /// Somebody says something about what the branch would change: mostly a lead who approves it, and sometimes anyone
  /// anything, with a key that is not theirs, of an older base, or with words said before.
  func state() throws {
    guard let head = git.head, let pin = try store.pin(), let base = git.index(of: pin.commit) else { return }
    if !said.isEmpty, dice.chance(5) {
      said.append(dice.pick(said))
      return note("something is said again")
    }
    let line = git.line(after: base, to: head) ?? [head]
    // The first commit that is not in force is what mostly waits.
    let to = dice.chance(60) ? line.first ?? head : dice.chance(70) ? head : dice.pick(line + [head])
    var from = base
    while dice.chance(15), let parent = git.commits[from].parent { from = parent }
    let person = dice.chance(75) ? dice.pick(Company.leads) : dice.pick(["ada", "ben", "cara", "stranger"])
    let kind = dice.pick([
      Statement.Kind.approve, .approve, .approve, .approve, .approve, .reject, .revoke, .breakGlass,
    ])
    // One millisecond apart, so that no two are of one moment.
    let at = now + TimeSpan(milliseconds: Int64(said.count % 1000) + (dice.chance(5) ? 10 * 60_000 : 0))
    let expires = at + TimeSpan(milliseconds: Int64(dice.pick([20, 600, 6000])) * 60_000)
    let version = max(1, pin.version + (dice.chance(4) ? 1 : 0))
    let impact = try envelope(from: base, to: to)
    let reason = dice.chance(80) ? "because" : nil
    let key = dice.chance(94) ? person : dice.pick(["stranger", "lars", "ada"])
    let statement = Statement(
      kind: kind, change: SHA256Digest(ofChange: git.differences(from: from, to: to)), base: MemoryGit.id(of: from),
      head: MemoryGit.id(of: to), tree: MemoryGit.id(of: to), policyVersion: version, impact: impact, person: person,
      reason: reason, issuedAt: at, expiresAt: kind.permits ? expires : nil,
      nonce: String(SHA256Digest(of: "\(person) \(said.count)").description.prefix(32)))
    guard let signed = Self.key(of: key).flatMap({ statement.signed(by: $0) }) else { return }
    tally.statements += 1
    said.append(
      Said(
        person: person, kind: kind, from: from, to: to, version: version, impact: impact, at: at,
        expires: statement.expiresAt, reason: reason, key: key, signed: signed))
    note("\(person) says \(kind.rawValue) of \(MemoryGit.id(of: from)) to \(MemoryGit.id(of: to)), key of \(key)")
  }

  /// What somebody was told that a change would do.
  private func envelope(from: Int, to: Int) throws -> [String: Int64]? {
    switch dice.number(0...5) {
    case 0: nil
    case 1: [:]
    case 2: Dictionary(uniqueKeysWithValues: ["channels", "units_losing"].map { ($0, 3) })
    default:
      try impact(from: from, to: to, on: try store.snapshot(.all), at: now)?.mapValues {
        $0 + (dice.chance(20) ? 2 : 0)
      }
    }
  }
}
