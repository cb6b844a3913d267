import DesiredState
import DesiredStateFiles
import Diagnostics
import Git

/// The desired state at the head of a branch, as every command but `validate` sees it: what is not committed does not
/// count.
enum CommittedState {
  static func load(repository path: String, branch: String) throws -> DesiredState {
    let repository = try Repository(path: path)
    guard let head = try repository.reference("refs/heads/\(branch)") else {
      throw Diagnostic(
        "repo.no_branch", "the repository '\(path)' has no branch '\(branch)'",
        hint: didYouMean(branch, among: try branches(of: repository))
          ?? "commit something first, or name another with --branch")
    }
    let loaded = try StateLoader(repository: repository).load(head)
    guard loaded.isUsable else { throw Diagnostics(loaded.diagnostics) }
    return loaded.state
  }

  private static func branches(of repository: Repository) throws -> [String] {
    try repository.references(prefix: "refs/heads/").map { String($0.dropFirst("refs/heads/".count)) }
  }
}
