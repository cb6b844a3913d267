import Approvals
import ArgumentParser
import AuditTrail
import Diagnostics
import Digest
import FoundationEssentials
import Git
import Glibc
import Operations

/// One person saying one thing: made out, shown, signed and appended to the log.
struct Saying {
  let desk: ReviewDesk
  let topic: Topic
  let key: SigningKey
  /// The name of the `Person` whose key it is by the policy that decides about it.
  let person: String

  /// - Throws: a `Diagnostic` when the key belongs to nobody, or not to one person alone.
  init(_ desk: ReviewDesk, _ topic: Topic, key: SigningKey) throws(Diagnostic) {
    let owners = topic.people.owners(of: key.publicKey.description)
    guard let owner = owners.first else {
      throw Diagnostic(
        "review.unknown_key",
        "your key \(key.publicKey.fingerprint) belongs to no Person in the policy in force, \(desk.pin.commit.prefix(10))",
        hint:
          "sign with the key listed in your Person (--key FILE), or ask someone whose role covers Person to add this one"
          + " in a separate commit: \(key.publicKey)")
    }
    guard owners.count == 1 else {
      throw Diagnostic(
        "review.shared_key", "your key belongs to \(owners.joined(separator: " and ")), so its statements do not count",
        hint: "give each person their own key in a commit that someone else signs")
    }
    self.desk = desk
    self.topic = topic
    self.key = key
    person = owner
  }

  /// - Parameter span: how long it counts; nil for what holds until it is taken back.
  func statement(_ kind: Statement.Kind, reason: String?, for span: TimeSpan?) throws(Diagnostic) -> Statement {
    if let reason {
      guard reason.isTelling else {
        throw Diagnostic(
          "review.reason", "the reason is empty",
          hint: "give one in a few words, for the audit record; nothing was signed")
      }
      guard reason.utf8.count <= Statement.reasonLimit, reason.unicodeScalars.allSatisfy(\.isShownAsItIs) else {
        throw Diagnostic(
          "review.reason",
          "a reason must be one line of 1 to \(Statement.reasonLimit) bytes, without invisible characters",
          hint: "write it on one line, and shorten it if needed; nothing was signed")
      }
    }
    guard let nonce = [UInt8].random(count: 16)?.hex else {
      throw Diagnostic("key.no_random_source", "the operating system returned no random bytes")
    }
    // The last word is the one with the latest time, also on a clock that runs behind the one before.
    let last = topic.said.last { $0.person == person }
    // Whoever breaks the glass has seen what was rejected, also on a clock that is ahead.
    let seen = kind == .breakGlass ? topic.rejectedAt(by: desk.now) : nil
    let earliest = [last?.issuedAt, seen].compactMap { $0 }.max().map { $0 + TimeSpan(milliseconds: 1) }
    let issuedAt = max(desk.now, earliest ?? .distantPast)
    return topic.statement(
      kind, by: person, reason: reason, issuedAt: issuedAt, expiresAt: span.map { issuedAt + $0 }, nonce: nonce)
  }

  /// What the same person said last, where saying it again now would add nothing.
  /// - Parameter validFor: how long it counts at most by the rules.
  func saidBefore(_ kind: Statement.Kind, reason: String?, validFor: TimeSpan?) -> Statement? {
    guard let last = topic.said.last(where: { $0.person == person }), last.kind == kind,
      reason == nil || reason == last.reason, topic.isCovered(by: last)
    else { return nil }
    let ends = [last.expiresAt, validFor.map { last.issuedAt + $0 }].compactMap { $0 }
    return ends.allSatisfy { $0 > desk.now } ? last : nil
  }

  /// What is about to be signed, for the eyes of who signs it.
  /// - Parameter limit: how long it counts by the rules, where that is less than was wanted.
  func shown(_ statement: Statement, limit: TimeSpan? = nil) -> String {
    var lines = ["\(statement.kind.verb) \(topic.title)"] + topic.lines
    if statement.kind.permits { lines += topic.figures }
    if let reason = statement.reason { lines.append("  reason  \(reason)") }
    if let end = statement.expiresAt {
      lines.append("  until   \(end)\(limit.map { ", the \($0) that the rules allow" } ?? "")")
    }
    lines.append("  as      \(person), with \(key.publicKey.fingerprint)")
    return lines.joined(separator: "\n") + "\n"
  }

  private func append(_ statement: Statement) throws {
    let text = statement.json.canonicalBytes
    let signature = try key.sign(text, namespace: Statement.namespace)
    guard let signed = SignedStatement(text: text, signature: signature) else {
      throw Diagnostic("review.too_long", "the statement is too long for the log", hint: "shorten the reason")
    }
    let repository = desk.repository
    let name = repository.configuration("user.name") ?? person
    let email = repository.configuration("user.email") ?? "\(person)@localhost"
    try desk.log.append(signed, by: Git.Person(name: name, email: email), time: desk.now.seconds)
    try desk.readAgain()
    guard desk.logged.contains(signed) else {
      if let alarm = desk.logged.problems.first(where: { $0.severity == .error }) { throw alarm }
      throw Diagnostic(
        "review.unheard", "your statement was appended to the log of approvals but cannot be found in it",
        hint: "check who pushes to it, and repeat the command: git log refs/purser/approvals")
    }
    Output.words(
      "\(person) \(statement.kind.pastVerb) \(topic.name); appended to the log of approvals"
        + (desk.remote.map { " of \($0.name)" } ?? "") + "\n")
  }

  /// Shows what is said, asks on a terminal whether to sign it, and says it. Where nobody can be asked, nothing is signed
  /// unless that was agreed to on the command line.
  func say(_ statement: Statement, limit: TimeSpan? = nil, isAgreed: Bool) throws {
    Output.words(shown(statement, limit: limit))
    if !isAgreed {
      guard isatty(0) == 1, isatty(2) == 1 else {
        throw Diagnostic(
          "review.not_confirmed", "nothing was signed, because there is no terminal to ask for confirmation",
          hint: "check the output above, and give --yes to sign it")
      }
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
    case .revoke: "revoke your statement about"
    case .breakGlass: "use break-glass for"
    case .merge: "vouch for the merge of"
    }
  }

  var pastVerb: String {
    switch self {
    case .approve: "approved"
    case .reject: "rejected"
    case .revoke: "revoked the statement about"
    case .breakGlass: "used break-glass for"
    case .merge: "vouched for the merge of"
    }
  }
}
