/// What git says about one commit, without judging it.
public struct CommitFacts: Hashable, Sendable {
  /// Who signed it.
  public enum Seal: Hashable, Sendable {
    case unsigned
    /// There is a signature, and it does not fit the commit or cannot be read.
    case broken
    /// The signature fits; the key as OpenSSH writes it, without a comment.
    case key(String)
  }

  public var id: String
  public var tree: String
  public var seal: Seal
  /// The first line of its message.
  public var summary: String
  /// The commits that it says it reverts.
  public var reverts: [String]

  public init(id: String, tree: String, seal: Seal, summary: String, reverts: [String]) {
    self.id = id
    self.tree = tree
    self.seal = seal
    self.summary = summary
    self.reverts = reverts
  }

  var short: String { String(id.prefix(10)) }
}
