public import Diagnostics
public import Git

/// What a push asks of one reference, as git tells its `pre-receive` hook.
public struct ReferenceUpdate: Hashable, Sendable {
  /// The full name, such as `refs/heads/main`.
  public var name: String
  /// Nil where the push makes it.
  public var old: ObjectID?
  /// Nil where the push takes it away.
  public var new: ObjectID?

  public init(name: String, old: ObjectID?, new: ObjectID?) {
    self.name = name
    self.old = old
    self.new = new
  }

  /// Reads a line of the hook's standard input: the old id, the new id and the name, divided by spaces (githooks(5)).
  public init?(line: some StringProtocol) {
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3, !words[2].isEmpty, let old = ObjectID(String(words[0])),
      let new = ObjectID(String(words[1]))
    else { return nil }
    self.init(name: String(words[2]), old: old == Self.nothing ? nil : old, new: new == Self.nothing ? nil : new)
  }

  private static let nothing = ObjectID(String(repeating: "0", count: 40))
}

/// What speaks against one reference of a push.
public struct PushRefusal: Sendable {
  public var name: String
  /// Each says what to do.
  public var reasons: [Diagnostic]
}

/// What a gate says of a push: it takes all of it or nothing.
public struct PushVerdict: Sendable {
  public var refused: [PushRefusal] = []
  /// What keeps a change, which may be pushed, from taking effect yet.
  public var waiting: [Diagnostic] = []

  public var isAccepted: Bool { refused.isEmpty }
}
