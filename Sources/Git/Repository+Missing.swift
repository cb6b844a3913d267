internal import Clibgit2

extension Repository {
  /// Checks the outcome of reading one object by its name.
  ///
  /// - Throws: where it is missing or broken, which it is, and what brings it back: `.damaged`, and `.notFound` for a
  ///   commit that is not there, which may be of another repository; `.malformed` where it is something else than a commit.
  func checkRead(_ code: Int32, of kind: String, _ id: ObjectID) throws(GitError) {
    guard code < 0 else { return }
    if kind == "commit", let found = self.kind(of: id), found != .commit {
      throw GitError(kind: .malformed, message: "\(id) is \(found.words), not a commit")
    }
    let error = GitError.last(code, "cannot read the \(kind) \(id)")
    switch error.kind {
    case .notFound:
      throw GitError(
        kind: kind == "commit" ? .notFound : .damaged,
        message: "cannot read the \(kind) \(id): it is missing in this repository; \(remedy)")
    case .damaged: throw GitError(kind: .damaged, message: "\(error.message); \(remedy)")
    default: throw error
    }
  }

  /// What a person can do about an object that is missing or broken here.
  var remedy: String {
    if git_repository_is_shallow(handle) == 1 {
      return "the clone is shallow: 'git fetch --unshallow' fetches the rest"
    }
    if configuration("remote.origin.promisor") == "true" || configuration("extensions.partialclone") != nil {
      return "the clone is partial: 'git fetch --refetch --no-filter' fetches the rest"
    }
    return "'git fsck --full' lists everything that is missing or broken: copy it from another clone, or clone again"
  }
}
