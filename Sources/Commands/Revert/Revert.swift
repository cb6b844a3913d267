import DesiredStateFiles
import Diagnostics
import Git
import Operations

/// The change that takes another one back, worked out and not yet committed.
struct Revert {
  /// The branch that the revert's commit goes to.
  enum Target {
    case currentBranch
    case newBranch(String)
  }

  struct Made {
    var commit: ObjectID
    var branch: String
    var change: Commit
  }

  private let repository: Repository
  let change: Commit
  /// The commit that it follows.
  let head: ObjectID
  let tree: ObjectID

  /// - Parameter name: the commit to take back, as git names commits.
  /// - Throws: `Diagnostic` where it cannot be taken back; nothing has been changed then.
  init(_ name: String, in repository: Repository) throws {
    self.repository = repository
    guard let id = try repository.commit(named: name) else {
      throw Diagnostic(
        "revert.unknown", "there is no commit '\(name)'", hint: "'git log --oneline' and 'purser audit log' list them")
    }
    guard let head = try repository.commit(named: "HEAD") else {
      throw Diagnostic("revert.empty", "the current branch has no commit", hint: "check out the policy branch")
    }
    guard try repository.isAncestor(id, of: head) else {
      throw Diagnostic(
        "revert.elsewhere", "\(id.short) is not on the current branch, so there is nothing to revert",
        hint: "check out the branch that contains it")
    }
    change = try repository.commit(id)
    self.head = head
    guard !change.parents.isEmpty else {
      throw Diagnostic(
        "revert.root", "\(id.short) is the first commit: there is no earlier state to go back to",
        hint: "change what it says with a new commit")
    }
    switch try repository.tree(reverting: id, on: head) {
    case .tree(let tree): self.tree = tree
    case .conflicts(let files):
      throw Diagnostic(
        "revert.conflict",
        "later commits changed what \(id.short) changed in \(files.map { "'\($0)'" }.joined(separator: ", "))",
        hint: "nothing was changed; revert the later commits first, or resolve it by hand: "
          + "git revert\(change.parents.count > 1 ? " -m 1" : "") \(id.short)")
    }
    guard tree != (try repository.commit(head)).tree else {
      throw Diagnostic(
        "revert.nothing", "nothing of \(id.short) is left to revert", hint: "'git log' shows what reverted it")
    }
  }

  /// Writes and signs the commit, and points its branch to it.
  /// - Throws: `Diagnostics` when the state after it has errors: then it would not take effect.
  func make(_ target: Target, signedWith key: SigningKey, at now: Instant) throws -> Made {
    let branch = try reference(target)
    try checkState()
    if case .currentBranch = target { try checkWorkTree() }
    let person = try repository.author()
    let commit = try repository.writeCommit(
      tree: tree, parents: [head], author: person, at: now, message: change.revertMessage, signedWith: key)
    func point(expecting: ObjectID?) throws {
      try repository.setReference(
        branch, to: commit, expecting: expecting, by: person, reason: "purser revert \(change.id.short)")
    }
    switch target {
    case .newBranch: try point(expecting: nil)
    case .currentBranch:
      if repository.workTree != nil { try repository.checkOut(commit) }
      try point(expecting: head)
    }
    return Made(commit: commit, branch: String(branch.dropFirst("refs/heads/".count)), change: change)
  }

  private func checkState() throws {
    let loaded = try StateLoader(repository: repository).load(tree: tree)
    guard !loaded.isUsable else { return }
    let problem = Diagnostic(
      "revert.errors", "without \(change.id.short) the files have errors, so nothing was changed",
      hint: "also revert the changes that depend on it")
    throw Diagnostics([problem] + loaded.diagnostics.filter { $0.severity == .error })
  }

  /// What is not committed must not be lost.
  private func checkWorkTree() throws {
    let edited = try repository.uncommitted(among: repository.changes(from: repository.commit(head).tree, to: tree))
    guard let first = edited.first else { return }
    let shown = edited.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (edited.count > 5 ? " and more" : "")
    throw Diagnostic(
      "revert.uncommitted", "\(shown): the revert would overwrite changes that are not committed",
      hint:
        "nothing was changed; commit or stash them first: git stash push -- '\(first)'; or leave out --commit, which makes"
        + " the revert on a branch of its own")
  }

  private func reference(_ target: Target) throws -> String {
    switch target {
    case .currentBranch:
      guard let branch = try repository.currentBranch() else {
        throw Diagnostic(
          "revert.detached", "no branch is checked out", hint: "git switch BRANCH, or give --branch NAME")
      }
      return branch
    case .newBranch(let name):
      guard try repository.reference("refs/heads/\(name)") == nil else {
        throw Diagnostic("revert.branch", "the branch '\(name)' already exists", hint: "name another with --branch")
      }
      return "refs/heads/\(name)"
    }
  }
}
