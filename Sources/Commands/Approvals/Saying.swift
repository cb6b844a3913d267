import Approvals
import ArgumentParser
import AuditTrail
import Diagnostics
import Digest
import FoundationEssentials
import Git
import Glibc
import Operations
import Verification

/// One person saying one thing about one change: made out, shown, signed and appended to the log.
struct Saying {
  let desk: ReviewDesk
  let reviewed: ReviewDesk.Reviewed
  let key: SigningKey
  /// The name of the `Person` whose key it is at the base.
  let person: String

  /// - Throws: a `Diagnostic` when the key belongs to nobody, or not to one person alone.
  init(_ desk: ReviewDesk, _ reviewed: ReviewDesk.Reviewed, key: SigningKey) throws(Diagnostic) {
    let owners = reviewed.change.owners(of: key.publicKey.description)
    guard let owner = owners.first else {
      throw Diagnostic(
        "review.unknown_key",
        "your key \(key.publicKey.fingerprint) belongs to no Person in the policy in force, \(desk.pin.commit.prefix(10))",
        hint:
          "sign with the key that stands with your Person (--key FILE), or let someone whose role covers Person add it"
          + " in a commit of its own: \(key.publicKey)")
    }
    guard owners.count == 1 else {
      throw Diagnostic(
        "review.shared_key", "your key belongs to \(owners.joined(separator: " and ")), so that it speaks for nobody",
        hint: "give each person a key of their own in a commit that someone else signs")
    }
    self.desk = desk
    self.reviewed = reviewed
    self.key = key
    person = owner
  }

  /// - Parameter span: how long it counts; nil for what holds until it is taken back.
  func statement(_ kind: Statement.Kind, reason: String?, for span: TimeSpan?) throws(Diagnostic) -> Statement {
    if let reason {
      guard !reason.isEmpty, reason.utf8.count <= Statement.reasonLimit,
        reason.unicodeScalars.allSatisfy(Statement.isShown)
      else {
        throw Diagnostic(
          "review.reason", "a reason is one line of 1 to \(Statement.reasonLimit) bytes", hint: "write it shorter")
      }
    }
    guard let nonce = [UInt8].random(count: 16)?.hex else {
      throw Diagnostic("key.no_random_source", "the operating system gives no random bytes")
    }
    // The last word is the one with the latest time, also on a clock that runs behind the one before.
    let last = desk.voices(reviewed.change).last { $0.person == person }
    let issuedAt = max(desk.now, last.map { $0.issuedAt + TimeSpan(milliseconds: 1) } ?? .distantPast)
    return Statement(
      kind: kind, change: reviewed.change.digest, base: desk.pin.commit, head: reviewed.proposed.head.description,
      tree: reviewed.proposed.tree.description, policyVersion: desk.pin.version,
      impact: kind.permits ? reviewed.impact : nil, person: person, reason: reason, issuedAt: issuedAt,
      expiresAt: span.map { issuedAt + $0 }, nonce: nonce)
  }

  /// What is about to be signed, for the eyes of who signs it.
  func shown(_ statement: Statement) throws -> String {
    let change = reviewed.change
    var lines = ["\(statement.kind.verb) the change \(statement.change)"]
    for path in change.paths.prefix(Self.pathLimit) { lines.append("    \(escaped(path))") }
    if change.paths.count > Self.pathLimit { lines.append("    and \(change.paths.count - Self.pathLimit) more files") }
    let head = try desk.repository.commit(reviewed.proposed.head)
    lines.append("  from    \(statement.base.prefix(10)), in force as policy version \(statement.policyVersion)")
    lines.append("  to      \(head.id.short) \u{201C}\(escaped(head.summary))\u{201D} by \(escaped(head.author.name))")
    if statement.kind.permits { lines.append("  impact  \(Self.words(statement.impact))") }
    if let reason = statement.reason { lines.append("  reason  \(reason)") }
    if let end = statement.expiresAt { lines.append("  until   \(end)") }
    lines.append("  as      \(person), with \(key.publicKey.fingerprint)")
    return lines.joined(separator: "\n") + "\n"
  }

  private static let pathLimit = 20

  private static func words(_ impact: [String: Int64]?) -> String {
    guard let impact else { return "not known here: counts for no rule that asks because of the impact" }
    let parts = impact.filter { $0.value > 0 }.sorted { $0.key.isBytewiseLess(than: $1.key) }
    return parts.isEmpty ? "none" : parts.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  private func append(_ statement: Statement) throws {
    let text = statement.json.canonicalBytes
    let signature = try key.sign(text, namespace: Statement.namespace)
    guard let signed = SignedStatement(text: text, signature: signature) else {
      throw Diagnostic("review.too_long", "the statement is too long for the log", hint: "write a shorter reason")
    }
    let repository = desk.repository
    let name = repository.configuration("user.name") ?? person
    let email = repository.configuration("user.email") ?? "\(person)@localhost"
    try desk.log.append(signed, by: Git.Person(name: name, email: email), time: desk.now.seconds)
    Output.words(
      "\(person) \(statement.kind.pastVerb) \(statement.change.description.prefix(10)); appended to the log of approvals"
        + (desk.remote.map { " of \($0.name)" } ?? "") + "\n")
  }

  /// Shows what is said, asks on a terminal whether to sign it, and says it.
  func say(_ statement: Statement, isAgreed: Bool) throws {
    Output.words(try shown(statement))
    if !isAgreed, isatty(0) == 1, isatty(2) == 1 {
      Output.words("Sign this? [y/N] ")
      guard ["y", "yes"].contains((readLine() ?? "").lowercased()) else {
        Output.words("nothing was signed\n")
        throw ExitCode(1)
      }
    }
    try append(statement)
  }
}

extension Statement.Kind {
  var verb: String {
    switch self {
    case .approve: "approve"
    case .reject: "reject"
    case .revoke: "take back what you said about"
    case .breakGlass: "let through without review"
    case .merge: "vouch for the merge of"
    }
  }

  var pastVerb: String {
    switch self {
    case .approve: "approved"
    case .reject: "rejected"
    case .revoke: "took back what was said about"
    case .breakGlass: "let through"
    case .merge: "vouched for the merge of"
    }
  }
}
