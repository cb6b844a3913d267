import ActualState
import DesiredState
import DesiredStateFiles
import Diagnostics
import FoundationEssentials
import Git
import Operations
import SQLiteStore

/// The desired state that is in force for a store: at the pinned commit, or before the first run at the head of the
/// branch. What is not committed does not count, and what was not accepted does not either.
enum CommittedState {
  static func load(_ options: RepositoryOptions) throws -> DesiredState { try open(options).state }

  /// With the repository that it stands in.
  static func open(_ options: RepositoryOptions) throws -> (state: DesiredState, repository: Repository) {
    let isThere = FileManager.default.fileExists(atPath: options.store)
    // A crash may have left a file in which nothing stands yet: `.create` finishes it.
    let pin = isThere ? try SQLiteStore(path: options.store, mode: .create).pin() : nil
    let source = try PolicySource(
      address: options.repo, mirrorPath: options.store + ".git", credentials: options.credentials)
    guard let pin, let commit = ObjectID(pin.commit) else {
      guard let head = try source.refresh(branch: options.branch) else {
        throw Diagnostic(
          "repo.no_branch", "the repository '\(options.repo)' has no branch '\(options.branch)'",
          hint: didYouMean(options.branch, among: try branches(of: source.repository))
            ?? "make a first commit, or name another branch with --branch")
      }
      return (try load(head, source.repository), source.repository)
    }
    do throws(GitError) {
      _ = try source.repository.commit(commit)
    } catch {
      guard error.kind == .notFound else { throw error }
      // A mirror that is new holds nothing yet.
      _ = try source.refresh(branch: options.branch)
    }
    return (try load(commit, source.repository), source.repository)
  }

  private static func load(_ commit: ObjectID, _ repository: Repository) throws -> DesiredState {
    let loaded = try StateLoader(repository: repository).load(commit)
    guard loaded.isUsable else { throw Diagnostics(loaded.diagnostics) }
    return loaded.state
  }

  private static func branches(of repository: Repository) throws -> [String] {
    try repository.references(prefix: "refs/heads/").map { String($0.dropFirst("refs/heads/".count)) }
  }
}
