import Diagnostics
public import Digest
public import Operations

/// What one person says about one change, as it is signed.
///
/// Its text is canonical JSON, so that equal statements have equal bytes. Nothing in it is believed for its own sake: who
/// signed it, and whether it still fits the change and the policy, is for the judge to find out.
public struct Statement: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case approve
    /// Blocks the change until the same person takes it back.
    case reject
    /// Takes back what the person said about the change before.
    case revoke
    /// Lets the change through without the review that it needs, for the role that a rule names.
    case breakGlass = "break_glass"
    /// Says whose work a commit is that a forge merged. Only the daemon says so.
    case merge

    /// Whether it lets something through: such a statement must end some time.
    public var permits: Bool { self == .approve || self == .breakGlass }
  }

  public var kind: Kind
  /// The digest of the change that it speaks of, wherever that change is merged.
  public var change: SHA256Digest
  /// The commits between which the person saw the change, and the tree at its end.
  public var base: String
  public var head: String
  public var tree: String
  /// The policy version at the base.
  public var policyVersion: Int64
  /// What the person was told the change would do, by measure; each ≥ 0. Nil where no figures were at hand: then it
  /// covers no rule that asks for some.
  public var impact: [String: Int64]?
  /// The name of the `Person` who signs.
  public var person: String
  public var reason: String?
  public var issuedAt: Instant
  /// From then on it counts for nothing; nil for what holds until the person says something else.
  public var expiresAt: Instant?
  /// 16 random bytes as hexadecimal: the same words said twice are two statements.
  public var nonce: String
  /// Where the daemon read it, which then signs it in the person's stead; nil for what the person signs.
  public var forge: ForgeSource?
  /// What it speaks of where that is no change; `change` is then the digest of this.
  public var about: StatementSubject?

  public init(
    kind: Kind, change: SHA256Digest, base: String, head: String, tree: String, policyVersion: Int64,
    impact: [String: Int64]?, person: String, reason: String?, issuedAt: Instant, expiresAt: Instant?, nonce: String
  ) {
    self.kind = kind
    self.change = change
    self.base = base
    self.head = head
    self.tree = tree
    self.policyVersion = policyVersion
    self.impact = impact
    self.person = person
    self.reason = reason
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.nonce = nonce
    forge = nil
    about = nil
  }

  /// The namespace in which statements are signed: a signature of a commit or a file is none of a statement.
  public static let namespace = "purser-approval"
  /// The longest reason, in bytes of UTF-8.
  public static let reasonLimit = 2000

  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "v": 1, "kind": .string(kind.rawValue), "change": .string(change.description), "base": .string(base),
      "head": .string(head), "tree": .string(tree), "policy_version": .integer(policyVersion),
      "impact": impact.map { .object($0.mapValues { .integer($0) }) } ?? .null, "person": .string(person),
      "reason": JSONValue(reason), "issued_at": .string(issuedAt.description),
      "expires_at": JSONValue(expiresAt?.description), "nonce": .string(nonce),
    ]
    if let forge { members["forge"] = forge.json }
    if let about { members["about"] = about.json }
    return .object(members)
  }
}

/// Why a text is no statement that can count.
public struct StatementProblem: Error, Hashable, Sendable {
  public var message: String

  init(_ message: String) { self.message = message }

  public static let noFile = StatementProblem("it is not a regular file")

  public static func otherPath(_ id: SHA256Digest) -> StatementProblem {
    StatementProblem("its name is not the digest of its content, \(id): it was altered after it was signed")
  }

  /// - Parameter count: of bytes.
  public static func tooLong(_ count: Int) -> StatementProblem {
    StatementProblem("it has \(count) bytes; a statement can have at most \(SignedStatement.sizeLimit)")
  }
}

extension Statement {
  private static let members: Set = [
    "v", "kind", "change", "base", "head", "tree", "policy_version", "impact", "person", "reason", "issued_at",
    "expires_at", "nonce",
  ]

  /// Reads the text of a statement: exactly the members above, in the one way to write them.
  public init(_ text: [UInt8]) throws(StatementProblem) {
    let json: JSONValue
    do throws(JSONProblem) { json = try .parse(text) } catch {
      throw StatementProblem("it is not JSON: \(error.message)")
    }
    guard json["v"] == 1 else { throw StatementProblem("its version is not supported by this purser") }
    guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)) else {
      throw StatementProblem("its kind is not supported by this purser")
    }
    guard let object = json.object, Set(object.keys).subtracting(["forge", "about"]) == Self.members,
      json.canonicalBytes == text
    else {
      throw StatementProblem("it is not in the form in which Purser writes statements")
    }
    var reader = MemberReader(json)
    self.init(
      kind: kind, change: reader.digest("change"), base: reader.object("base"), head: reader.object("head"),
      tree: reader.object("tree"), policyVersion: reader.count("policy_version"), impact: reader.impact("impact"),
      person: reader.text("person", limit: 200), reason: reader.optional("reason", limit: Self.reasonLimit),
      issuedAt: reader.instant("issued_at"), expiresAt: reader.optionalInstant("expires_at"),
      nonce: reader.nonce("nonce"))
    if let source = json["forge"] {
      forge = ForgeSource(json: source)
      guard forge != nil, kind != .breakGlass else { throw StatementProblem("its 'forge' is invalid") }
    }
    if let subject = json["about"] {
      about = StatementSubject(json: subject)
      guard let about, forge == nil, change == about.digest, kind != .breakGlass, kind != .merge else {
        throw StatementProblem("its 'about' is invalid")
      }
    }
    guard kind != .merge || forge?.authors.isEmpty == false else { throw StatementProblem("it names no authors") }
    if let bad = reader.bad { throw StatementProblem("its '\(bad)' is invalid") }
    guard kind.permits == (expiresAt != nil) else {
      throw StatementProblem(kind.permits ? "it never expires" : "a \(kind.rawValue) cannot expire")
    }
    guard expiresAt.map({ issuedAt < $0 }) ?? true else { throw StatementProblem("it expires before it is issued") }
  }
}

extension String {
  /// Whether it says anything: a reason of blanks, or of what nobody sees, is none.
  public var isTelling: Bool {
    unicodeScalars.contains { scalar in
      // The empty pattern of Braille is a blank that Unicode does not call one.
      scalar.isShownAsItIs && !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
        && scalar != "\u{2800}"
    }
  }
}

/// Reads members and remembers the first that is wrong; what it then returns is thrown away with the statement.
private struct MemberReader {
  private let json: JSONValue
  private(set) var bad: String?

  init(_ json: JSONValue) { self.json = json }

  private mutating func value<Value>(_ name: String, or fallback: Value, _ read: (JSONValue) -> Value?) -> Value {
    if let value = json[name].flatMap(read) { return value }
    if bad == nil { bad = name }
    return fallback
  }

  mutating func digest(_ name: String) -> SHA256Digest {
    value(name, or: .zero) { $0.string.flatMap { Self.isHexadecimal($0, count: 64) ? SHA256Digest(hex: $0) : nil } }
  }

  /// The name of a git object.
  mutating func object(_ name: String) -> String { hexadecimal(name, count: 40) }

  mutating func nonce(_ name: String) -> String { hexadecimal(name, count: 32) }

  private mutating func hexadecimal(_ name: String, count: Int) -> String {
    value(name, or: "") { $0.string.flatMap { Self.isHexadecimal($0, count: count) ? $0 : nil } }
  }

  mutating func count(_ name: String) -> Int64 { value(name, or: 0) { $0.integer.flatMap { $0 >= 1 ? $0 : nil } } }

  mutating func impact(_ name: String) -> [String: Int64]? {
    value(name, or: nil) { json -> [String: Int64]?? in
      if json == .null { return .some(nil) }
      guard let measures = json.object?.compactMapValues(\.integer), measures.count == json.object?.count,
        measures.values.allSatisfy({ $0 >= 0 })
      else { return nil }
      return .some(measures)
    }
  }

  mutating func text(_ name: String, limit: Int) -> String {
    value(name, or: "") { $0.string.flatMap { !$0.isEmpty && Self.isShown($0, limit: limit) ? $0 : nil } }
  }

  mutating func optional(_ name: String, limit: Int) -> String? {
    json[name] == .null ? nil : text(name, limit: limit)
  }

  mutating func instant(_ name: String) -> Instant {
    value(name, or: .distantPast) {
      $0.string.flatMap { text in Instant(text).flatMap { $0.description == text ? $0 : nil } }
    }
  }

  mutating func optionalInstant(_ name: String) -> Instant? { json[name] == .null ? nil : instant(name) }

  private static func isHexadecimal(_ text: String, count: Int) -> Bool {
    text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// Whether a text can be shown to people as it stands: it must not move the cursor or pass for a line of its own.
  private static func isShown(_ text: String, limit: Int) -> Bool {
    text.utf8.count <= limit && text.unicodeScalars.allSatisfy(\.isShownAsItIs)
  }
}
