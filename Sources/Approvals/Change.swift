public import DesiredState
public import Diagnostics
public import Digest
public import Operations

/// A change of the desired state from one commit to another, as it is judged.
public struct Change: Sendable {
  /// The policy in force where it begins.
  public var base: PolicyPin
  /// The commits that brought it, oldest first: all their signers are its authors.
  public var commits: [CommitFacts]
  /// Every file that differs, in and outside of `state/`.
  public var files: [FileChange]
  public var before: DesiredState
  public var after: DesiredState
  /// What is wrong with the state after it; an error refuses it whole.
  public var problems: [Diagnostic]
  /// Whether the policy in force has errors, as one may that an earlier version of Purser accepted. Nothing can be planned
  /// with it then, so that what the change would do counts as the most that it could.
  public var isBaseFaulty = false
  /// The files of which `before` does not hold everything for that reason, and the kinds of what is missing; none of it is
  /// governance.
  public var leftOut: [String: Set<Kind>] = [:]
  /// How many documents of each kind are missing for that reason.
  public var unread: [Kind: Int] = [:]
  /// The files of the changes that led to its base, oldest first; empty where no rule speaks of reverts.
  public var recent: [[FileChange]] = []
  /// What of it programs bring that was taken back; nil where there is nothing.
  public var takenBack: Tombstone?
  /// For bases that statements about it name: the paths that commits on the line from there to its own base touched. A
  /// base that is not on that line is missing.
  public var touched: [String: Set<String>]
  /// For bases that statements about it name: the tree that the change makes of them. A base of which it makes none, and one
  /// that is not on the line, is missing.
  public var trees: [String: String] = [:]
  /// What was rejected of which it brings something, whether or not that is rejected still.
  public internal(set) var carried: [RejectedChange] = []
  /// What statements name as its beginning and end and is another change, as far as that can be told for good: of ends that
  /// were merged, which every clone has.
  public var otherSpans: Set<ChangeSpan> = []

  public init(
    base: PolicyPin, commits: [CommitFacts], files: [FileChange], before: DesiredState, after: DesiredState,
    problems: [Diagnostic], touched: [String: Set<String>] = [:]
  ) {
    self.base = base
    self.commits = commits
    self.files = files
    self.before = before
    self.after = after
    self.problems = problems
    self.touched = touched
  }

  /// The paths of its files, each once.
  public var paths: [String] {
    var seen = Set<Identifier<FileChange>>()
    return files.map(\.path).filter { seen.insert(Identifier($0)).inserted }
  }

  public var digest: SHA256Digest { SHA256Digest(ofChange: files) }

  /// Why a statement about this change cannot be what its signer saw; nil where nothing speaks against it.
  ///
  /// The digest is what counts. Beside it the person signs from where to where they looked, and the tree at the end: words
  /// that make something else of it would show others another change than the one that they let through. What a forge said
  /// is the daemon's own reading, and worked out from git.
  func contradiction(of statement: Statement) -> String? {
    guard statement.forge == nil, statement.about == nil else { return nil }
    if let tree = trees[statement.base], tree != statement.tree {
      return "its tree is \(statement.tree.prefix(10)), but the change turns its base into \(tree.prefix(10))"
        + " \(statement.base.prefix(10))"
    }
    guard otherSpans.contains(ChangeSpan(from: statement.base, to: statement.head)) else { return nil }
    return
      "its head \(statement.head.prefix(10)) brings a different change to its base \(statement.base.prefix(10)) than the"
      + " one that it approves"
  }

  /// The resources that it adds, alters or removes, each with the paths where they stand, in byte order.
  public func resources() -> [(key: Resource.Key, paths: Set<String>)] {
    let changed = Set(paths)
    var keys = Set<Resource.Key>()
    for state in [before, after] {
      for (key, variants) in state.resources where variants.contains(where: { changed.contains($0.location.file) }) {
        keys.insert(key)
      }
    }
    return keys.compactMap { key in
      let old = before.resources[key] ?? []
      let new = after.resources[key] ?? []
      guard old.count != new.count || !zip(old, new).allSatisfy({ $0.says(sameAs: $1) }) else { return nil }
      return (key, Set((old + new).map(\.location.file)).intersection(changed))
    }.sorted { ($0.key.kind.rawValue, $0.key.name) < ($1.key.kind.rawValue, $1.key.name) }
  }
}
