import Approvals
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
      summary: Self.summary(of: commit.message), reverts: Array(commit.reverts.prefix(Self.revertLimit)))
  }

  private static func seal(of id: ObjectID, in repository: Repository) throws(GitError) -> Seal {
    guard let found = try repository.signature(of: id) else { return .unsigned }
    guard let signature = SSHSignature(armoured: found.armoured), signature.isValid(for: found.payload) else {
      return .broken
    }
    return .key(signature.key.description)
  }

  /// The first line of a message, cut, and with every character that a terminal or a page could obey replaced.
  static func summary(of message: String) -> String {
    let line = message.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }
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
