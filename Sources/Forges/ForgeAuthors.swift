public import Approvals
public import DesiredState
import Operations

/// The people behind a pull request, by who is who at the base of its change: whoever opened it, and everyone whom its
/// commits name or are signed by.
///
/// What a forge merges carries no signature of theirs, so the daemon vouches for them; it does not where one of them is
/// nobody that the state knows.
public struct ForgeAuthors: Hashable, Sendable {
  public var people: Set<String> = []
  /// Whom nobody knows, in words and in byte order.
  public var strangers: [String] = []

  /// - Parameter commits: all commits of the pull request, from where it left the branch to its head.
  public init(_ facts: ForgeReviews, commits: [CommitFacts], on kind: ForgeKind, state: DesiredState) {
    var unknown = Set<String>()
    func add(_ person: String?, or words: String) {
      if let person { people.insert(person) } else { unknown.insert(words) }
    }
    let opener = facts.pull.opener
    add(
      opener.flatMap { $0.isBot ? nil : state.person(withAccount: $0.id, on: kind) },
      or:
        "its opener, \(opener.map { "the \(kind.rawValue) account \($0.id) (\($0.login))" } ?? "an account that was deleted")"
    )
    for account in facts.authors.sorted() {
      // An account without a person counts as a stranger only if the address in the commit is one's too: see below.
      if let person = state.person(withAccount: account, on: kind) { people.insert(person) }
    }
    for commit in commits {
      if case .key(let key) = commit.seal {
        add(state.person(withKey: key), or: "the key of commit \(commit.id.prefix(10))")
      }
      for identity in commit.identities where !Self.isForgeItself(identity.email, kind) {
        let account = kind == .github ? CoAuthors.number(inAddress: identity.email) : nil
        let person = state.person(withAddress: identity.email)
        add(
          person ?? account.flatMap { state.person(withAccount: $0, on: kind) },
          or: "\(identity.name) <\(identity.email)>")
      }
    }
    strangers = unknown.sorted { $0.isBytewiseLess(than: $1) }
  }

  /// GitHub commits what people edit in a browser; the author is theirs then and the committer its own.
  private static func isForgeItself(_ email: String, _ kind: ForgeKind) -> Bool {
    kind == .github && email == "noreply@github.com"
  }
}
