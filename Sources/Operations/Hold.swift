/// Why something of what a policy asks for waits until people let it through.
public struct Hold: Hashable, Sendable {
  /// What holds it.
  public enum Cause: String, Hashable, Sendable, CaseIterable {
    /// The plan changes more than the Repository's limits allow.
    case limits
    /// The domain is in the mode `propose`.
    case allocation, publishing, replenishment
  }

  /// From 1; no two holds of a store have the same, so that what was said of one says nothing of another.
  public var number: Int64
  public var cause: Cause
  /// The commit of the policy that the plan is made with.
  public var policy: String
  /// When it began; what was said before that does not speak of it.
  public var since: Instant

  public init(number: Int64, cause: Cause, policy: String, since: Instant) {
    self.number = number
    self.cause = cause
    self.policy = policy
    self.since = since
  }

  public var json: JSONValue {
    [
      "number": .integer(number), "cause": .string(cause.rawValue), "policy": .string(policy),
      "since": .string(since.description),
    ]
  }

  public init?(json: JSONValue) {
    guard json.object?.count == 4, let number = json["number"]?.integer, number > 0,
      let cause = json["cause"]?.string.flatMap(Cause.init(rawValue:)), let policy = json["policy"]?.string,
      let since = json["since"]?.string.flatMap({ Instant($0) })
    else { return nil }
    self.init(number: number, cause: cause, policy: policy, since: since)
  }
}

/// The holds of a store that are open. One that ends is never open again: what holds a plan later has another number.
public struct HoldBook: Hashable, Sendable {
  /// In the order of their numbers.
  public private(set) var open: [Hold] = []
  /// The highest number that was given; 0 before the first.
  public private(set) var last: Int64 = 0

  public init() {}

  public func hold(_ cause: Hold.Cause, of policy: String) -> Hold? {
    open.first { $0.cause == cause && $0.policy == policy }
  }

  /// The open hold of a policy for a cause; a new one where there is none.
  public mutating func begin(_ cause: Hold.Cause, of policy: String, at now: Instant) -> Hold {
    if let known = hold(cause, of: policy) { return known }
    last += 1
    let hold = Hold(number: last, cause: cause, policy: policy, since: now)
    open.append(hold)
    return hold
  }

  public mutating func end(_ cause: Hold.Cause, of policy: String) {
    open.removeAll { $0.cause == cause && $0.policy == policy }
  }

  /// Ends the holds of all other policies.
  public mutating func keep(of policies: Set<String>) { open.removeAll { !policies.contains($0.policy) } }

  public var json: JSONValue { ["last": .integer(last), "open": .array(open.map(\.json))] }

  public init?(json: JSONValue) {
    guard let last = json["last"]?.integer, let rows = json["open"]?.array else { return nil }
    let open = rows.compactMap(Hold.init(json:))
    guard open.count == rows.count, open.allSatisfy({ $0.number <= last }) else { return nil }
    self.last = last
    self.open = open
  }
}

/// How the holds of a store change with a transaction.
public struct HoldChange: Hashable, Sendable {
  /// What must still stand.
  public var before: HoldBook
  public var after: HoldBook

  public init(before: HoldBook, after: HoldBook) {
    self.before = before
    self.after = after
  }
}
