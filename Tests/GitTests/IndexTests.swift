import Git
import TestSupport
import Testing

/// What is staged, in whatever form git keeps its index.
@Suite struct IndexTests {
  @Test(arguments: [
    [], ["update-index", "--split-index"], ["sparse-checkout", "set", "--cone", "--sparse-index", "a"],
  ]) func whatIsStagedIsRead(command: [String]) throws {
    let scratch = try ScratchFolder()
    let git = try GitCommand.initialise(scratch)
    for path in ["a/one", "b/c/two", "top"] { try scratch.write(path, to: "repo/\(path)") }
    try git.commitAll("First")
    if !command.isEmpty { try git(command) }
    try scratch.write("changed", to: "repo/top")
    try git("add", "top")
    // git 2.39 itself crashes over an announced file in a sparse index.
    if !command.contains("--sparse-index") {
      try scratch.write("new", to: "repo/a/announced")
      try git("add", "--intent-to-add", "a/announced")
    }
    let staged = try Repository(path: git.folder).stagedFiles()
    #expect(staged.map(\.path) == ["a/one", "b/c/two", "top"], "\(command)")
    #expect(staged.last.map { "\($0.id)" } == (try git("rev-parse", ":top")), "\(command)")
  }

  @Test func aStagedNameThatIsNoTextIsAName() throws {
    let scratch = try ScratchFolder()
    let git = try GitCommand.initialise(scratch)
    let blob = try Repository(path: git.folder).writeBlob(Array("1".utf8))
    try scratch.write(bytes: Array("100644 \(blob)\tcaf".utf8) + [0xE9, 0x0A], to: "lines")
    _ = try ChildProcess.run(
      "sh", ["-c", "git -C '\(git.folder)' update-index --index-info < '\(scratch.path("lines"))'"],
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path])
    #expect(try Repository(path: git.folder).stagedFiles().map(\.path) == ["caf\0e9"])
  }
}
