public import DesiredState

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

extension DesiredState {
  /// The forge that the Repository resource names; nil for none.
  public var forge: ForgeLocation? {
    let repositories = names(of: .repository).flatMap { resources[.init(.repository, $0)] ?? [] }
    guard let forge = repositories.lazy.compactMap({ $0.fields["forge"]?.members }).first,
      let kind = forge["type"]?.text.flatMap(ForgeKind.init(rawValue:)), let url = forge["url"]?.text,
      let repository = forge["repository"]?.text
    else { return nil }
    return ForgeLocation(kind: kind, url: url, repository: repository)
  }
}
