/// A change that took effect without the review that it needed: open until somebody else has looked at it.
public struct ReviewCase: Hashable, Sendable {
  public static let kind = "break_glass_review"

  /// Who let it through, and why.
  public struct Breaker: Hashable, Sendable {
    public var person: String
    public var reason: String

    public init(person: String, reason: String) {
      self.person = person
      self.reason = reason
    }
  }

  /// The commit that took effect.
  public var commit: String
  /// When it did.
  public var openedAt: Instant
  public var breakers: [Breaker]
  /// The roles of which one must look at it, in byte order: those whose review was left out.
  public var owners: [String]
  /// Everyone whose work it is, in byte order: none of them, and none of `breakers`, can close it.
  public var authors: [String]

  public init(commit: String, openedAt: Instant, breakers: [Breaker], owners: [String], authors: [String]) {
    self.commit = commit
    self.openedAt = openedAt
    self.breakers = breakers
    self.owners = owners
    self.authors = authors
  }

  /// What happened, in words.
  public var detail: String {
    let why = breakers.map { "\($0.person) let it through: \u{201C}\($0.reason)\u{201D}" }
    let who = owners.isEmpty ? "somebody else" : "somebody else of the role " + owners.joined(separator: " or ")
    return why.joined(separator: ", ")
      + "; \(who) looks at it and closes this: purser approve \(commit.prefix(10)) --review"
  }

  public var json: JSONValue {
    func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
    return [
      "commit": .string(commit), "opened_at": .string(openedAt.description),
      "broken_glass": .array(breakers.map { ["person": .string($0.person), "reason": .string($0.reason)] }),
      "owners": list(owners), "authors": list(authors),
    ]
  }

  public init?(json: JSONValue) {
    guard let commit = json["commit"]?.string, let openedAt = json["opened_at"]?.string.flatMap({ Instant($0) }),
      let breakers = json["broken_glass"]?.array, let owners = json["owners"]?.array,
      let authors = json["authors"]?.array
    else { return nil }
    self.init(
      commit: commit, openedAt: openedAt,
      breakers: breakers.map { Breaker(person: $0["person"]?.string ?? "", reason: $0["reason"]?.string ?? "") },
      owners: owners.compactMap(\.string), authors: authors.compactMap(\.string))
  }
}
