import Git
import TestSupport
import Testing

/// Taking commits back without a work tree, held against what `git revert` does with one.
@Suite struct RevertTests {
  let scratch: ScratchFolder
  let git: GitCommand
  let repository: Repository

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch)
    repository = try Repository(path: git.folder)
  }

  func id(_ text: String) throws -> ObjectID { try #require(ObjectID(text)) }

  /// What git itself makes of it: the tree, or nil for a conflict; the branch stays where it was.
  func oracle(_ commit: ObjectID, isMerge: Bool) throws -> String? {
    let head = try git("rev-parse", "HEAD")
    let result = try git.run(["revert", "--no-edit"] + (isMerge ? ["-m", "1"] : []) + ["\(commit)"])
    let tree = try git("rev-parse", "HEAD^{tree}")
    if result.status != 0 { _ = try git.run(["revert", "--abort"]) }
    try git("reset", "-q", "--hard", head)
    return result.status == 0 ? tree : nil
  }

  /// Random histories of edits, merges and reverts: whatever is taken back, be it a merge, a revert or the revert of a
  /// revert, either the tree is git's own, or both say that it cannot be done, and asking twice gives the same answer.
  @Test(arguments: 0..<6 as Range<UInt64>) func anythingTakenBackIsWhatGitMakesOrIsRefused(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func edit() throws {
      let file = number(1...3)
      var lines = (try? scratch.read("repo/f\(file)").split(separator: "\n").map(String.init)) ?? []
      while lines.count < 24 { lines.append("line \(lines.count)") }
      lines[number(0...23)] = "value \(number(0...999))"
      try scratch.write(lines.joined(separator: "\n") + "\n", to: "repo/f\(file)")
    }
    var line: [ObjectID] = []
    func commit(_ message: String) throws { line.append(try id(try git.commitAll(message))) }
    for _ in 1...3 { try edit() }
    try commit("Begin")
    var (trees, refusals) = (0, 0)
    for step in 0..<14 {
      switch number(0...9) {
      case 0...3:
        try edit()
        try commit("Edit \(step)")
      case 4...5:
        try git("checkout", "-q", "-b", "side\(step)")
        try edit()
        try git.commitAll("Side \(step)")
        try git("checkout", "-q", "main")
        let merged = try git.run(["merge", "-q", "--no-ff", "-m", "Merge \(step)", "side\(step)"])
        if merged.status == 0 { line.append(try id(try git("rev-parse", "HEAD"))) } else { try git("merge", "--abort") }
      default:
        guard line.count > 1 else { continue }
        let chosen = line[number(1...(line.count - 1))]
        let head = try #require(try repository.commit(named: "HEAD"))
        let isMerge = try repository.commit(chosen).parents.count > 1
        let mine = try repository.tree(reverting: chosen, on: head)
        #expect(try repository.tree(reverting: chosen, on: head) == mine)
        let expected = try oracle(chosen, isMerge: isMerge)
        switch mine {
        case .conflicts(let files):
          #expect(!files.isEmpty && expected == nil, "seed \(seed), step \(step): \(files)")
          refusals += 1
        case .tree(let tree):
          let isEmpty = try repository.commit(head).tree == tree
          // git calls a revert that changes nothing a failure.
          #expect(expected == "\(tree)" || isEmpty, "seed \(seed), step \(step)")
          trees += 1
          guard !isEmpty else { continue }
          let reverted = try repository.commit(chosen)
          let made = try repository.writeCommit(
            tree: tree, parents: [head], author: Person(name: "t", email: "t@t"), time: 1,
            message: reverted.revertMessage)
          try repository.checkOut(made)
          try repository.setReference(
            "refs/heads/main", to: made, expecting: head, by: Person(name: "t", email: "t@t"), reason: "test")
          #expect(try git("status", "--porcelain") == "")
          #expect(try repository.commit(made).reverts == ["\(chosen)"], "the link")
          line.append(made)
        }
      }
    }
    #expect(trees + refusals > 0)
    try git("fsck", "--strict")
  }

  @Test func theMessageIsThatOfGit() throws {
    try scratch.write("1\n", to: "repo/f")
    try git.commitAll("Begin")
    try scratch.write("2\n", to: "repo/f")
    let change = try id(git.commitAll("Say 2"))
    try git("revert", "--no-edit", "HEAD")
    let reverted = try #require(try repository.commit(named: "HEAD"))
    #expect(try repository.commit(change).revertMessage == repository.commit(reverted).message)
    #expect(try repository.commit(reverted).revertMessage == "Reapply \"Say 2\"\n\nThis reverts commit \(reverted).\n")
    try git("checkout", "-q", "-b", "side", "\(change)")
    try scratch.write("x\n", to: "repo/g")
    try git.commitAll("Side")
    try git("checkout", "-q", "main")
    try git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    let merge = try #require(try repository.commit(named: "HEAD"))
    try git("revert", "--no-edit", "-m", "1", "HEAD")
    let unmerged = try #require(try repository.commit(named: "HEAD"))
    #expect(try repository.commit(merge).revertMessage == repository.commit(unmerged).message)
  }

  @Test func aConflictNamesItsFilesAndARootCannotBeTakenBack() throws {
    try scratch.write("1\n", to: "repo/f")
    try scratch.write("1\n", to: "repo/g")
    let root = try id(git.commitAll("Begin"))
    try scratch.write("2\n", to: "repo/f")
    try scratch.write("2\n", to: "repo/g")
    let change = try id(git.commitAll("Say 2"))
    try scratch.write("3\n", to: "repo/f")
    try git("rm", "-q", "g")
    let head = try id(git.commitAll("Say 3"))
    #expect(try repository.tree(reverting: change, on: head) == .conflicts(["f", "g"]))
    #expect(throws: GitError.self) { try repository.tree(reverting: root, on: head) }
  }

  @Test func checkingOutNeverOverwritesWhatWasChangedHere() throws {
    try scratch.write("1\n", to: "repo/f")
    let first = try id(git.commitAll("Begin"))
    try scratch.write("2\n", to: "repo/f")
    try git.commitAll("Say 2")
    try scratch.write("mine\n", to: "repo/f")
    #expect(throws: GitError.self) { try repository.checkOut(first) }
    #expect(try scratch.read("repo/f") == "mine\n")
  }

  @Test func commitsAreNamedAsGitNamesThem() throws {
    try scratch.write("1\n", to: "repo/f")
    let first = try id(git.commitAll("Begin"))
    let second = try id(git.commitAll("Again"))
    try git("tag", "-m", "A tag", "v1", "\(first)")
    for (name, commit) in [("HEAD", second), ("HEAD~1", first), ("main", second), ("v1", first), ("\(first)", first)] {
      #expect(try repository.commit(named: name) == commit, "\(name)")
    }
    #expect(try repository.commit(named: String("\(first)".prefix(8))) == first)
    try git("branch", "side", "\(first)")
    for (name, commit) in [
      ("HEAD^", first), ("@", second), ("side", first), ("heads/side", first), ("refs/heads/side", first),
      ("main~1", first), ("v1^{commit}", first), ("main@{1}", first), (":/Begin", first),
    ] {
      #expect(try repository.commit(named: name) == commit, "\(name)")
    }
    for name in ["nothing", "HEAD~9", "HEAD:f", "", "refs/heads/..", "-u./x"] {
      #expect((try? repository.commit(named: name)) ?? nil == nil, "\(name)")
    }
  }

  /// Whoever may push a tag must not choose what others mean by an id or a branch.
  @Test func aNameThatIsTwoCommitsIsNone() throws {
    try scratch.write("1\n", to: "repo/f")
    let first = try id(git.commitAll("Begin"))
    let second = try id(git.commitAll("Again"))
    try git("branch", "proposal/x", "\(first)")
    let short = String("\(first)".prefix(10))
    for name in ["proposal/x", short, "\(first)", "main"] { try git("tag", name, "\(second)") }
    #expect(try repository.commit(named: "\(first)") == first)
    #expect(try repository.commit(named: "\(second)~1") == first)
    #expect(try repository.commit(named: "main") == second, "both are the same")
    for name in ["proposal/x", short] {
      for text in [name, name + "^0"] {
        let error = #expect(throws: GitError.self) { try repository.commit(named: text) }
        #expect(error?.message.contains(first.short) == true && error?.message.contains(second.short) == true)
        #expect(try repository.commit(named: text, tags: false) == first)
      }
    }
    #expect(try repository.commit(named: "refs/tags/proposal/x", tags: false) == second, "named in full")
    #expect(try repository.commit(named: "tags/proposal/x") == second)
  }
}
