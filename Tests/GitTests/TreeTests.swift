import Git
import TestSupport
import Testing

@Suite struct TreeTests {
  private let scratch: ScratchFolder
  private let git: GitCommand

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch)
  }

  private func changes(_ old: String, _ new: String) throws -> [String] {
    let repository = try Repository(path: git.folder)
    func tree(_ commit: String) throws -> ObjectID { try repository.commit(try id(commit)).tree }
    return try repository.changes(from: try tree(old), to: try tree(new)).map { change in
      func word(_ entry: TreeEntry?) -> String { entry.map { "\($0.mode)" } ?? "-" }
      return "\(change.path) \(word(change.old))>\(word(change.new))"
    }
  }

  /// What changes make of a tree is the tree that they lead to, whatever is added, altered, emptied or becomes a folder.
  @Test(arguments: [1, 2, 3] as [UInt64]) func aTreeIsNamedByWhatChangesMakeOfIt(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let repository = try Repository(path: git.folder)
    let names = ["a", "a.b", "a-b", "a/x", "a/y/z", "b/deep/er/x", "b/deep/y", "é", "e\u{301}"]
    var trees: [ObjectID] = []
    for number in 0..<12 {
      var files: [String: ObjectID?] = [:]
      var folders = Set<String>()
      for name in names.shuffled(using: &random).prefix(Int.random(in: 0...7, using: &random)) {
        // Not a file where there is a folder of the name, nor a folder where there is a file.
        let isFolder = name.contains("/")
        let root = String(name.prefix { $0 != "/" })
        if isFolder ? files[root] != nil : folders.contains(root) { continue }
        if isFolder { folders.insert(root) }
        files.updateValue(try repository.writeBlob(Array("\(number % 3)".utf8)), forKey: name)
      }
      trees.append(try repository.writeTree(base: nil, files: files))
    }
    for (old, new) in zip(trees, trees.dropFirst() + trees.prefix(1)) {
      let changes = try repository.changes(from: old, to: new)
      #expect(try repository.name(ofTree: old, with: changes) == new, "seed \(seed): \(changes)")
      let isUnfit = try changes.contains { $0.old != nil } && repository.name(ofTree: new, with: changes) != nil
      #expect(!isUnfit || old == new, "seed \(seed)")
    }
  }

  @Test func aFileThatBecomesAFolderIsTwoChanges() throws {
    try scratch.write("1", to: "repo/a")
    try scratch.write("1", to: "repo/a.b")
    try scratch.write("1", to: "repo/same/deep/x")
    let file = try git.commitAll("File")
    try git("rm", "-q", "a")
    try scratch.write("1", to: "repo/a/x")
    try scratch.write("2", to: "repo/a.b")
    let folder = try git.commitAll("Folder")
    #expect(try changes(file, folder) == ["a file>-", "a.b file>file", "a/x ->file"])
    #expect(try changes(folder, file) == ["a ->file", "a.b file>file", "a/x file>-"])
    #expect(try changes(file, file) == [])
  }

  @Test func modesAreChangesToo() throws {
    for name in ["link", "module", "script"] { try scratch.write("x", to: "repo/\(name)") }
    let before = try git.commitAll("Plain")
    let blob = try git("rev-parse", "HEAD:script")
    try git("update-index", "--cacheinfo", "120000,\(blob),link")
    try git("update-index", "--cacheinfo", "160000,\(before),module")
    try git("update-index", "--chmod=+x", "script")
    try git("commit", "-q", "-m", "Modes")
    let after = try git("rev-parse", "HEAD")
    #expect(
      try changes(before, after) == ["link file>symlink", "module file>submodule", "script file>executable"])
  }

  /// The same name in two Unicode forms is two files, on both sides of every comparison.
  @Test func namesAreBytes() throws {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    try scratch.write("1", to: "repo/\(composed)")
    try scratch.write("1", to: "repo/\(decomposed)")
    let both = try git.commitAll("Both")
    try scratch.write("2", to: "repo/\(decomposed)")
    let changed = try git.commitAll("One")
    let found = try changes(both, changed)
    #expect(found.count == 1 && found[0].utf8.elementsEqual("\(decomposed) file>file".utf8))
    let repository = try Repository(path: git.folder)
    let tree = try repository.commit(try id(both)).tree
    let blob = try repository.writeBlob(Array("3".utf8))
    let after = try repository.writeTree(base: tree, files: ["new": blob])
    #expect(try repository.entries(ofTree: after).count == 3)
  }

  @Test func aNameThatIsAPathIsRefused() throws {
    let repository = try Repository(path: git.folder)
    let tree = try rawTree([Array("a/b".utf8)])
    let error = #expect(throws: GitError.self) { try repository.files(inTree: tree) }
    #expect(error?.kind == .malformed)
  }

  private func rawTree(_ names: [[UInt8]]) throws -> ObjectID {
    try scratch.write("1", to: "repo/file")
    let blob = try #require([UInt8](hexadecimal: git("rev-parse", try git.commitAll("First") + ":file")))
    try scratch.write(bytes: names.flatMap { Array("100644 ".utf8) + $0 + [0] + blob }, to: "raw")
    return try id(git("hash-object", "-t", "tree", "-w", "--literally", scratch.path("raw")))
  }

  /// Older systems wrote names in Latin-1. No other name is taken for such a one, and its bytes are kept.
  @Test func aNameThatIsNoTextIsAName() throws {
    let repository = try Repository(path: git.folder)
    let latin = Array("caf".utf8) + [0xE9]
    let names = [
      Array("caf".utf8), Array("caf\\xe9".utf8), Array("cafe9".utf8), Array("café".utf8), latin, latin + [0xC3, 0xA9],
    ]
    let tree = try rawTree(names)
    let entries = try repository.entries(ofTree: tree)
    #expect(
      entries.map { Array($0.name.utf8) }.filter { $0.contains(0) } == [
        Array("caf\0e9".utf8), Array("caf\0e9\0c3\0a9".utf8),
      ])
    #expect(Set(entries.map { Array($0.name.utf8) }).count == names.count)
    #expect(try repository.writeTree(entries) == tree, "written again it is the same folder")
    for entry in entries { #expect(try repository.entry(at: entry.name, inTree: tree) == entry) }
    let top = try repository.writeTree([TreeEntry(name: "d", id: tree, mode: .tree)])
    let changes = try repository.changes(from: nil, to: top)
    #expect(changes.count == names.count && changes.contains { $0.path == "d/caf\0e9" })
    #expect(try repository.name(ofTree: repository.writeTree([]), with: changes) == top)
    let without = try repository.writeTree(base: top, files: ["d/caf\0e9": nil])
    #expect(try repository.files(inTree: without).count == names.count - 1)
  }

  /// Modes and names in the order in which they stand; `x/` is a folder.
  @Test(
    arguments: [
      (["100644 a", "100644 a"], "'a' twice"), (["100644 a", "100644 a.b", "40000 a/"], "'a' twice"),
      (["100644 b", "100644 a"], "'a' in the wrong order"), (["40000 a/", "100644 a.b"], "'a.b' in the wrong order"),
      (["100664 a"], "'a' with the mode 100664"), (["100644 a", "100644 a.b", "40000 a.c/", "40000 ab/"], nil),
      (["100644 a-", "100755 a.b", "40000 a/", "120000 a0"], nil),
    ] as [([String], String?)]) func aFolderIsAsGitWritesIt(lines: [String], problem: String?) throws
  {
    let repository = try Repository(path: git.folder)
    let blob = try repository.writeBlob(Array("1".utf8))
    let inner = try repository.writeTree(base: nil, files: ["f": blob])
    let bytes = try lines.flatMap { line in
      let id = "\(line.hasSuffix("/") ? inner : blob)"
      return Array(line.utf8.filter { $0 != UInt8(ascii: "/") }) + [0] + (try #require([UInt8](hexadecimal: id)))
    }
    try scratch.write(bytes: bytes, to: "raw")
    let tree = try id(git("hash-object", "-t", "tree", "-w", "--literally", scratch.path("raw")))
    let top = try repository.writeTree([TreeEntry(name: "top", id: tree, mode: .tree)])
    for old in [nil, inner] {
      let found: GitError?
      do throws(GitError) {
        _ = try repository.changes(from: old, to: top)
        found = nil
      } catch { found = error }
      #expect((found == nil) == (problem == nil), "\(found?.message ?? "")")
      if let problem { #expect(found?.message.contains("the folder 'top' contains \(problem)") == true) }
    }
  }

  @Test func writtenTreesAreWhatGitWouldWrite() throws {
    try scratch.write("1", to: "repo/2026/01/01/a.jsonl")
    try scratch.write("1", to: "repo/keep")
    try scratch.write("1", to: "repo/keep-")
    let base = try git.commitAll("Base")
    let repository = try Repository(path: git.folder)
    let baseTree = try repository.commit(try id(base)).tree
    let blob = try repository.writeBlob(Array("2".utf8))
    let tree = try repository.writeTree(
      base: baseTree, files: ["2026/01/01/a.jsonl": nil, "2026/01/02/b.jsonl": blob, "absent/x": nil, "keep/y": nil])
    try git("rm", "-q", "2026/01/01/a.jsonl")
    try scratch.write("2", to: "repo/2026/01/02/b.jsonl")
    try git("add", "-A")
    #expect(try git("write-tree") == tree.description, "a folder that has become empty goes")
    let swapped = try repository.writeTree(base: baseTree, files: ["keep": nil, "keep/y": blob])
    #expect(try repository.files(inTree: swapped).map(\.path) == ["2026/01/01/a.jsonl", "keep-", "keep/y"])
    #expect(try repository.entry(at: "keep/y", inTree: swapped)?.id == blob)
    #expect(try repository.entry(at: "keep-/y", inTree: swapped) == nil)
    try git("fsck", "--strict", "--no-dangling")
  }

  @Test func changesAgreeWithGitOnRandomTrees() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    let names = ["a", "a.b", "a-b", "b", "ab", "a0"]
    func path() -> String {
      (0...Int.random(in: 0...2, using: &random)).map { _ in names.randomElement(using: &random) ?? "a" }
        .joined(separator: "/")
    }
    let repository = try Repository(path: git.folder)
    var tree = try repository.writeTree(base: nil, files: [:])
    for step in 0..<60 {
      let blob = try repository.writeBlob([UInt8.random(in: 48...57, using: &random)])
      let (first, second) = (path(), path())
      let next = try repository.writeTree(base: tree, files: [first: blob])
      let after = second == first ? next : try repository.writeTree(base: next, files: [second: nil])
      let expected = try git("diff-tree", "-r", "--no-renames", "--name-only", "\(tree)", "\(after)")
      let found = try repository.changes(from: tree, to: after).map(\.path).joined(separator: "\n")
      #expect(found == expected, "seed \(seed), step \(step)")
      tree = after
    }
  }
}

extension [UInt8] {
  /// Parses hexadecimal digits of an even count.
  fileprivate init?(hexadecimal text: String) {
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
