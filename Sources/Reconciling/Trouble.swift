import Operations

/// Why a step could not be done. The loop chooses between retrying, waiting and stopping by `kind`.
public struct Trouble: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// Trying again by itself may help: a network, a lock.
    case transient
    /// Someone has to do something first; looking again now and then notices when it is done.
    case needsPerson = "needs_person"
    /// Going on could do harm: a disk that cannot be trusted.
    case fatal
  }

  public var kind: Kind
  public var message: String
  /// What to do about it; empty if there is nothing to do.
  public var hint: String

  public init(_ kind: Kind, _ message: String, hint: String = "") {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  public var description: String { hint.isEmpty ? message : "\(message); \(hint)" }
}

/// How long to wait after a trouble: doubling from a second to a minute, and a minute where a person is needed.
struct Backoff: Hashable, Sendable {
  private(set) var failures = 0

  mutating func delay(after kind: Trouble.Kind) -> TimeSpan {
    failures += 1
    guard kind == .transient else { return TimeSpan(milliseconds: 60_000) }
    return TimeSpan(milliseconds: min(60_000, 1000 << Int64(min(failures - 1, 6))))
  }

  mutating func reset() { failures = 0 }
}
