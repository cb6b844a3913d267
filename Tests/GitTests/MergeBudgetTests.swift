import Git
import TestSupport
import Testing

/// Merging walks through what differs, so what differs is counted first.
@Suite struct MergeBudgetTests {
  let scratch: ScratchFolder
  let repository: Repository

  init() throws {
    scratch = try ScratchFolder()
    repository = try Repository(path: GitCommand.initialise(scratch).folder)
  }

  private func commit(_ tree: ObjectID, on parents: [ObjectID]) throws -> ObjectID {
    try repository.writeCommit(
      tree: tree, parents: parents, author: Person(name: "t", email: "t@t"), time: 1, message: "c\n")
  }

  /// Ten equal folders in each of so many levels: a few small objects, and more files than any memory holds.
  private func bomb(levels: Int) throws -> ObjectID {
    var entry = TreeEntry(name: "0", id: try repository.writeBlob(Array("x".utf8)), mode: .file)
    for _ in 0..<levels {
      let tree = try repository.writeTree(
        (0..<10).map { TreeEntry(name: "\($0)", id: entry.id, mode: entry.mode) })
      entry = TreeEntry(name: "0", id: tree, mode: .tree)
    }
    return entry.id
  }

  @Test func aTreeBombIsNotMerged() throws {
    let file = try repository.writeBlob(Array("a".utf8))
    let plain = try repository.writeTree([TreeEntry(name: "a", id: file, mode: .file)])
    let base = try commit(plain, on: [])
    let ours = try commit(try repository.writeTree(base: plain, files: ["b": file]), on: [base])
    let theirs = try commit(
      try repository.writeTree([TreeEntry(name: "deep", id: try bomb(levels: 9), mode: .tree)]), on: [base])
    for (one, other) in [(ours, theirs), (theirs, ours)] {
      #expect { _ = try repository.mergedTree(one, other) } throws: { limit($0) }
      #expect { _ = try repository.changes(merging: other, into: one) } throws: { limit($0) }
    }
    #expect { _ = try repository.tree(reverting: theirs, on: ours) } throws: { limit($0) }
    // What both have anyway is not walked through.
    let small = try commit(try repository.writeTree(base: plain, files: ["c": file]), on: [base])
    guard case .tree(let merged) = try repository.mergedTree(ours, small) else {
      Issue.record("they do not merge")
      return
    }
    #expect(try repository.entries(ofTree: merged).map(\.name) == ["a", "b", "c"])
  }

  private func limit(_ error: any Error) -> Bool { (error as? GitError)?.kind == .limit }

  /// Branches that were merged crosswise have two bases.
  @Test func branchesThatWereMergedCrosswiseMerge() throws {
    func tree(_ files: [String: String]) throws -> ObjectID {
      var blobs: [String: ObjectID?] = [:]
      for (name, text) in files { blobs[name] = try repository.writeBlob(Array(text.utf8)) }
      return try repository.writeTree(base: nil, files: blobs)
    }
    let base = try commit(try tree(["a": "1"]), on: [])
    let (one, two) = try (
      commit(tree(["a": "1", "b": "1"]), on: [base]), commit(tree(["a": "1", "c": "1"]), on: [base])
    )
    let both = try tree(["a": "1", "b": "1", "c": "1"])
    let (left, right) = try (commit(both, on: [one, two]), commit(both, on: [two, one]))
    let more = try commit(try tree(["a": "1", "b": "2", "c": "1"]), on: [left])
    let other = try commit(try tree(["a": "1", "b": "1", "c": "2"]), on: [right])
    #expect(try repository.mergedTree(more, other) == .tree(try tree(["a": "1", "b": "2", "c": "2"])))
  }
}
