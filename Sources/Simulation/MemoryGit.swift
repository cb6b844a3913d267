import Approvals
import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Operations

/// A branch of commits as values. What it hands to the judge is what git and the loader would.
struct MemoryGit {
  struct Commit: Sendable {
    var index: Int
    var parent: Int?
    var company: Company
    var signer: Signer
    var reverts: [Int] = []
    /// A lead who worked on it too.
    var coAuthor: String?
    var files: [String: String]

    var id: String { MemoryGit.id(of: index) }
  }

  private(set) var commits: [Commit] = []
  /// The tip of the branch; nil while the branch is gone.
  var head: Int?
  /// By what stands in the files: a company can change in ways that none of them shows.
  private var trees: [[String: String]: String] = [:]
  private var loaded: [Company: LoadedState] = [:]
  private var decoded: [String: DecodedFile] = [:]

  init(root: Company) {
    head = commit(root, by: .ada, on: nil)
  }

  /// Of the form of git's own, as statements name commits.
  static func id(of index: Int) -> String { String(repeating: "c", count: 30) + String(1_000_000_000 + index) }
  func index(of id: String) -> Int? { Int(id.dropFirst(30)).map { $0 - 1_000_000_000 } }

  @discardableResult
  mutating func commit(
    _ company: Company, by signer: Signer, on parent: Int?, reverting: [Int] = [], with coAuthor: String? = nil
  ) -> Int {
    let commit = Commit(
      index: commits.count, parent: parent, company: company, signer: signer, reverts: reverting, coAuthor: coAuthor,
      files: company.files)
    commits.append(commit)
    if trees[company.files] == nil {
      trees[company.files] = String(repeating: "d", count: 30) + String(1_000_000_000 + trees.count)
    }
    return commit.index
  }

  /// The first-parent commits after `base` up to `tip`, oldest first; nil when `tip` does not descend from `base`.
  func line(after base: Int, to tip: Int) -> [Int]? {
    var line: [Int] = []
    var next: Int? = tip
    while let index = next {
      if index == base { return line.reversed() }
      line.append(index)
      next = commits[index].parent
    }
    return nil
  }

  func root(of tip: Int) -> Int {
    var index = tip
    while let parent = commits[index].parent { index = parent }
    return index
  }

  func facts(_ index: Int) -> CommitFacts {
    let commit = commits[index]
    return CommitFacts(
      id: commit.id, tree: tree(index), seal: commit.signer.seal, summary: "change \(index)",
      reverts: commit.reverts.map(Self.id),
      identities: commit.coAuthor.map { [.init(name: $0, email: "\($0)@acme.example")] } ?? [])
  }

  func tree(_ index: Int) -> String { trees[commits[index].company.files] ?? "" }

  /// The state of a commit, through the real decoder and validation. Files are decoded once.
  mutating func load(_ index: Int) -> LoadedState {
    let company = commits[index].company
    if let known = loaded[company] { return known }
    let files = commits[index].files.filter { $0.key.hasPrefix("state/") }.sorted { $0.key < $1.key }
    let state = LoadedState(
      files: files.map { path, text in
        let key = path + "\n" + text
        if let known = decoded[key] { return known }
        let file = DecodedFile(decoding: SourceFile(path: path, bytes: Array(text.utf8)))
        decoded[key] = file
        return file
      })
    loaded[company] = state
    return state
  }

  /// The change from a policy to a commit, as the daemon makes it from tree differences.
  mutating func change(from base: PolicyPin, to: Int, by facts: [CommitFacts]) -> Change? {
    guard let from = index(of: base.commit) else { return nil }
    let after = load(to)
    return Change(
      base: base, commits: facts, files: differences(from: from, to: to), before: load(from).state, after: after.state,
      problems: after.diagnostics, touched: touched(upTo: from))
  }

  /// The files that differ between two commits, as git lists them.
  func differences(from: Int, to: Int) -> [FileChange] {
    let (old, new) = (commits[from].files, commits[to].files)
    return Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted().map {
      FileChange(path: $0, old: old[$0].map(Self.blob), new: new[$0].map(Self.blob))
    }
  }

  /// For every commit on the line to a base, the paths that were touched after it.
  private func touched(upTo base: Int) -> [String: Set<String>] {
    var touched: [String: Set<String>] = [:]
    var (paths, index) = (Set<String>(), base)
    while let parent = commits[index].parent {
      paths.formUnion(differences(from: parent, to: index).map(\.path))
      touched[Self.id(of: parent)] = paths
      index = parent
    }
    return touched
  }

  /// What git would know a file by, near enough.
  private static func blob(_ text: String) -> String { SHA256Digest(of: text).description }
}

extension Signer {
  fileprivate var seal: CommitFacts.Seal {
    switch self {
    case .nobody: .unsigned
    case .forger: .broken
    default: .key(publicKey)
    }
  }
}
