import Approvals
import AuditTrail
import DesiredStateFiles
import Diagnostics
import Git
import Operations

extension FormerTrees {
  /// Takes in the changes that took effect by a record that moves the policy.
  /// - Parameter tree: of a commit.
  mutating func add(_ facts: RecordFacts, tree: (_ commit: String) throws -> String) rethrows {
    guard var old = try facts.policyBefore?.tree ?? facts.trustRoot.map(tree) else { return }
    for one in facts.accepted {
      let new = try tree(one.commit)
      move(from: old, to: new)
      old = new
    }
    series = facts.series
  }
}

extension PolicyHistory {
  /// Whether a head leads to the end of a push or follows it: one that was rewritten is another push.
  func isOpen(_ series: PushedSeries, upTo head: ObjectID) throws(GitError) -> Bool {
    guard let start = ObjectID(series.start), let end = ObjectID(series.end), repository.contains(start),
      repository.contains(end), repository.contains(head)
    else { return false }
    if try repository.isAncestor(end, of: head) { return true }
    return try repository.isAncestor(head, of: end)
  }

  /// What nobody may bring into the tree of the policy branch, whoever approves it: another repository in a folder, whose
  /// content no digest here speaks of, and a twin of a top folder that many computers take for the same.
  /// - Parameters:
  ///   - files: what differs.
  ///   - tree: the whole, as it is then.
  func treeProblems(_ files: [FileChange], in tree: ObjectID) throws(GitError) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let brought = files.filter { $0.new != nil }
    for file in brought where !file.path.hasPrefix("state/") {
      guard file.new?.hasPrefix(Self.submodule) == true || file.path.lowercased() == ".gitmodules" else { continue }
      problems.append(StateLoader.submodule(file.path))
    }
    let names = try repository.entries(ofTree: tree).map(\.name)
    let crowded = Dictionary(grouping: names) { $0.lowercased() }.filter { $0.value.count > 1 }
    var told = Set<String>()
    for file in brought {
      let top = file.path.prefix { $0 != "/" }.lowercased()
      guard let twins = crowded[top], told.insert(top).inserted else { continue }
      problems.append(
        Diagnostic(
          "tree.same_path",
          "\(twins.map { "'\($0)'" }.joined(separator: " and ")) are the same on case-insensitive file systems",
          hint: "keep one of them"))
    }
    return problems
  }

  /// What each of the changes brought that led to a tree; nothing where one of them is not known.
  func recentChanges(_ former: FormerTrees, upTo tree: ObjectID) throws(GitError) -> [[FileChange]] {
    let trees = former.trees.compactMap { ObjectID($0) } + [tree]
    guard trees.count == former.trees.count + 1, trees.allSatisfy(repository.contains) else { return [] }
    return try zip(trees, trees.dropFirst()).map { (old, new) throws(GitError) in
      try FileChange.list(from: old, to: new, in: repository)
    }
  }

  private static var submodule: String { "160000 " }
}
