public import Operations

/// Since when each policy version has been in force: a review is one of the version of its time, whenever it is read.
public struct PolicyVersions: Hashable, Sendable {
  /// How many are kept: what was approved under older ones is void in any case.
  static let limit = 100

  private struct Term: Hashable {
    var version: Int64
    var since: Instant
  }

  /// The oldest first; versions only grow.
  private var terms: [Term] = []

  public init() {}

  /// Takes in which version is in force.
  /// - Returns: whether that is news.
  public mutating func note(_ version: Int64, at now: Instant) -> Bool {
    guard version > terms.last?.version ?? 0 else { return false }
    terms.append(Term(version: version, since: now))
    if terms.count > Self.limit { terms.removeFirst() }
    return true
  }

  /// The version that was in force at a moment. Where that is not known it is an older one than `current`, so that nothing
  /// is taken for a word about rules that nobody had seen.
  /// - Parameter current: the version in force now.
  public func version(at moment: Instant, current: Int64) -> Int64 {
    // Before the first there was none that a word could be about.
    guard current > 1 else { return current }
    if let term = terms.last(where: { $0.version <= current && $0.since < moment }) { return term.version }
    return max(1, min(terms.first?.version ?? current, current) - 1)
  }

  public var json: JSONValue {
    .array(terms.map { ["version": .integer($0.version), "since": .integer($0.since.milliseconds)] })
  }

  /// Reads what `json` wrote; what cannot be read is not known.
  public init(json: JSONValue) {
    terms = (json.array ?? []).compactMap { term in
      guard let version = term["version"]?.integer, let since = term["since"]?.integer else { return nil }
      return Term(version: version, since: Instant(milliseconds: since))
    }
  }
}
