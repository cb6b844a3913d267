public import Diagnostics

/// What git says about one commit, without judging it.
public struct CommitFacts: Hashable, Sendable {
  /// Who signed it.
  public enum Seal: Hashable, Sendable {
    case unsigned
    /// There is a signature, and it does not fit the commit or cannot be read.
    case broken
    /// Git cannot read the commit, and says why; nothing else about it is known.
    case unreadable(String)
    /// The signature fits; the key as OpenSSH writes it, without a comment.
    case key(String)
  }

  /// Someone whom a commit names, which only a signature could prove.
  public struct Identity: Hashable, Sendable {
    public var name: String
    public var email: String

    public init(name: String, email: String) {
      self.name = name
      self.email = email
    }
  }

  public var id: String
  public var tree: String
  public var seal: Seal
  /// The first line of its message.
  public var summary: String
  /// The commits that it says it reverts.
  public var reverts: [String]
  /// Everyone whom it and the commits that it merges in name: authors, committers and co-authors.
  public var identities: [Identity]
  /// The keys that signed the commits that it merges in, as `Seal` has them.
  public var mergedKeys: [String]

  public init(
    id: String, tree: String, seal: Seal, summary: String, reverts: [String], identities: [Identity] = [],
    mergedKeys: [String] = []
  ) {
    self.id = id
    self.tree = tree
    self.seal = seal
    self.summary = summary
    self.reverts = reverts
    self.identities = identities
    self.mergedKeys = mergedKeys
  }

  /// A commit that cannot be read: it has no tree, so that it is never taken for one that changes nothing.
  public static func unreadable(_ id: String, because message: String) -> Self {
    Self(id: id, tree: "", seal: .unreadable(message), summary: "", reverts: [])
  }

  /// Why a commit that cannot be read does not take effect.
  public static func unreadableReason(_ id: String, _ message: String) -> Diagnostic {
    Diagnostic(
      "history.unreadable", "commit \(id.prefix(10)) cannot be read: \(message)",
      hint: "'git fsck' shows what is wrong; the damaged commit stays in the history and has no effect")
  }

  var short: String { String(id.prefix(10)) }
}
