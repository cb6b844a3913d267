public import Digest
public import Operations

/// What a statement speaks of that is no change: it stands in its `about`.
public enum StatementSubject: Hashable, Sendable {
  /// What waits.
  case hold(Hold)
  /// The case of a commit that took effect without its review.
  case review(commit: String)

  public var json: JSONValue {
    switch self {
    case .hold(let hold): ["hold": hold.json]
    case .review(let commit): ["review": .string(commit)]
    }
  }

  /// Reads what `json` wrote: all of it and nothing else.
  init?(json: JSONValue) {
    guard json.object?.count == 1 else { return nil }
    if let hold = json["hold"].flatMap(Hold.init(json:)) {
      self = .hold(hold)
    } else if let commit = json["review"]?.string {
      self = .review(commit: commit)
    } else {
      return nil
    }
  }

  /// What stands in the place of the digest of a change. The text that is hashed is none of a list of files, so that
  /// nothing that is said about the one can count for the other.
  public var digest: SHA256Digest { SHA256Digest(of: json.canonicalBytes) }
}

extension Evidence {
  /// What people may have said about holds and cases, in the byte order of ids.
  public var besideChanges: [SignedStatement] { subjects.sorted { $0.id.description < $1.id.description } }
}

extension SignedStatement {
  /// Whether it may speak of something else than a change; what it says is not read for it.
  var mayBeBesideChanges: Bool { text.contains(Array("\"about\":".utf8)) }

  /// What it speaks of; nil for a change, and for what is no statement.
  public var subject: StatementSubject? { (try? statement())?.about }
}

extension [SignedStatement] {
  /// Those that speak of one thing. The digest, which is known, spares reading the others.
  func about(_ subject: StatementSubject) -> [SignedStatement] {
    let digest = subject.digest
    return filter { $0.change == digest && $0.subject == subject }
  }
}
