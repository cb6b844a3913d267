import Approvals
import Diagnostics
import Digest
import Git

extension CommitFacts {
  /// Scalars of a summary and revert lines that are kept: a commit message is a stranger's text of any length.
  private static let summaryLimit = 200
  private static let revertLimit = 100

  /// Reads what git says about a commit and checks whether its signature fits it.
  init(_ id: ObjectID, in repository: Repository) throws(GitError) {
    let commit = try repository.commit(id)
    self.init(
      id: id.description, tree: commit.tree.description, seal: try Self.seal(of: id, in: repository),
      summary: Self.summary(of: commit.message), reverts: Array(commit.reverts.prefix(Self.revertLimit)),
      identities: Self.identities(of: commit))
    try addMerged(commit, in: repository)
  }

  /// Commits of one merge whose authors are read.
  private static let mergeLimit = 10_000

  /// What is merged in is its authors' work too. Where that cannot be told, somebody whom nobody knows stands for it: the
  /// merge then needs no one more where no review is asked for, and cannot be approved where one is.
  private mutating func addMerged(_ commit: Commit, in repository: Repository) throws(GitError) {
    guard commit.parents.count > 1 else { return }
    var people = Set(identities)
    var keys = Set<String>()
    func give(up reason: String) { people.insert(Identity(name: reason, email: "")) }
    do throws(GitError) {
      if let merged = try repository.commitsMerged(by: commit.id, limit: Self.mergeLimit) {
        for id in merged {
          people.formUnion(Self.identities(of: try repository.commit(id)))
          if case .key(let key) = try Self.seal(of: id, in: repository) { keys.insert(key) }
        }
      } else {
        give(up: "someone among more than \(Self.mergeLimit) merged commits")
      }
    } catch {
      give(up: "the author of a merged commit that cannot be read")
    }
    identities = people.sorted { ($0.email, $0.name) < ($1.email, $1.name) }
    mergedKeys = keys.sorted()
  }

  private static func identities(of commit: Commit) -> [Identity] {
    let people = [commit.author, commit.committer].map { Identity(name: $0.name, email: $0.email) }
    return (people + CoAuthors.named(in: commit.message)).map {
      Identity(name: summary(of: $0.name), email: summary(of: $0.email))
    }
  }

  static func seal(of id: ObjectID, in repository: Repository) throws(GitError) -> Seal {
    guard let found = try repository.signature(of: id) else { return .unsigned }
    guard let signature = SSHSignature(armoured: found.armoured), signature.isValid(for: found.payload) else {
      return .broken
    }
    return .key(signature.key.description)
  }

  /// The first line of a message, cut, without what looks like a secret, and with every character that a terminal or a page
  /// could obey replaced.
  static func summary(of message: String) -> String { shown(withoutSecrets(firstLine(of: message))) }

  /// Whether a summary is one of this message by any version of Purser: each knew other secrets to put asterisks for.
  static func isSummary(_ summary: String, of message: String) -> Bool {
    let (given, whole) = (summary.unicodeScalars, shown(firstLine(of: message)).unicodeScalars)
    return given.count == whole.count && zip(given, whole).allSatisfy { $0 == $1 || $0 == "*" }
  }

  private static func firstLine(of message: String) -> String {
    String(message.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }.prefix(summaryLimit + 1))
  }

  private static func shown(_ text: String) -> String {
    let line = text.unicodeScalars
    var result = String.UnicodeScalarView()
    for scalar in line.prefix(summaryLimit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    if line.count > summaryLimit { result.append("\u{2026}") }
    return String(result)
  }
}
