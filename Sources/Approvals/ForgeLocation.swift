/// The products whose pull requests Purser can read.
public enum ForgeKind: String, Sendable, CaseIterable {
  case github
  /// Forgejo too: it answers the same questions.
  case gitea
  case gitlab
}

/// One repository of one forge, as a `Repository` resource names it.
public struct ForgeLocation: Hashable, Sendable, CustomStringConvertible {
  public var kind: ForgeKind
  /// The address that people see: `https://github.com`.
  public var url: String
  /// The path below it: `owner/name`; GitLab's may have more parts.
  public var repository: String

  public init(kind: ForgeKind, url: String, repository: String) {
    self.kind = kind
    self.url = url
    self.repository = repository
  }

  public var description: String { "\(url)/\(repository) (\(kind.rawValue))" }
}
