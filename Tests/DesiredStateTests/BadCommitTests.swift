import DesiredState
import DesiredStateFiles
import Diagnostics
import Git
import TestSupport
import Testing

/// What a commit can hold that a work folder may not: each is refused with an id and a place, and the loader works on.
@Suite struct BadCommitTests {
  private static let repository = "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n"
  private static let node = "kind: Node\nname: dc\ntype: dc\nregion: north\n"

  private let scratch: ScratchFolder
  private let git: GitCommand
  private let loader: StateLoader

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch)
    loader = StateLoader(repository: try Repository(path: git.folder))
    try scratch.write(Self.repository, to: "repo/state/purser.yaml")
    try git.commitAll("Start")
  }

  private func load(_ commit: String = "HEAD") throws -> LoadedState {
    try loader.load(try #require(ObjectID(git("rev-parse", commit))))
  }

  /// Commits a file that git's index holds only: `mode,id,path`.
  private func commit(_ mode: String, _ id: String, _ path: String) throws {
    try git("update-index", "--add", "--cacheinfo", "\(mode),\(id),\(path)")
    try git("commit", "-q", "-m", "Add")
  }

  private func blob(_ text: String) throws -> String {
    try git("hash-object", "-w", try scratch.write(text, to: "blob"))
  }

  @Test func linesOfACommitAreReadForExcerpts() throws {
    try scratch.write(Self.node + "regoin: north\r\n", to: "repo/state/node.yaml")
    let id = try #require(ObjectID(git.commitAll("Break it")))
    let problem = try #require(try loader.load(id).diagnostics.first)
    #expect(problem.id == "state.unknown_field" && problem.hint == "did you mean 'region'?")
    let location = try #require(problem.location)
    #expect(location == SourceLocation(file: "state/node.yaml", line: 5, column: 1))
    #expect(loader.line(at: location, in: id) == "regoin: north")
    #expect(loader.line(at: SourceLocation(file: "state/none.yaml"), in: id) == nil)
    #expect(loader.line(at: SourceLocation(file: "state/node.yaml", line: 99), in: id) == nil)
  }

  @Test(arguments: [("120000", "state/link.yaml"), ("100755", "state/run.yaml"), ("160000", "state/module")])
  func row27OnlyPlainFilesMayStandUnderState(mode: String, path: String) throws {
    let id = mode == "160000" ? try git("rev-parse", "HEAD") : try blob(Self.node)
    try commit(mode, id, path)
    let problems = try load().diagnostics
    #expect(problems.map(\.id) == ["state.not_a_plain_file"] && problems.first?.location?.file == path)
    #expect(try load("HEAD~").isUsable)
  }

  @Test(arguments: [
    ("state/Node.yaml", "state/node.yaml"), ("state/caf\u{E9}.yaml", "state/cafe\u{301}.yaml"),
  ])
  func row27PathsThatAreOneFileElsewhereAreRefused(one: String, other: String) throws {
    try commit("100644", try blob(Self.node), one)
    try commit("100644", try blob(Self.node.replacing("name: dc", with: "name: dc2")), other)
    let problem = try #require(try load().diagnostics.first)
    #expect(problem.id == "state.same_path" && problem.notes.count == 1)
    // Taking one away is enough, and nothing of it is left behind.
    try git("update-index", "--remove", "--cacheinfo", "100644,\(try blob("")),\(other)")
    try git("rm", "-q", "--cached", other)
    try git("commit", "-q", "-m", "Remove")
    let loaded = try load()
    #expect(loaded.isUsable && loaded.state.names(of: .node) == ["dc"], "\(loaded.diagnostics)")
  }

  @Test(arguments: [
    "..", ".git", "a\nb.yaml", "back\\slash.yaml", "\u{1}.yaml", "a\u{202E}lmay.yaml", "a\u{200B}.yaml", "a\u{AD}.yaml",
    "a\u{2028}.yaml", "a\u{2029}.yaml", "a\u{FE0F}.yaml", "\u{FEFF}a.yaml", "a\u{85}.yaml",
  ])
  func row27NamesThatNobodyCanReadAreRefused(name: String) throws {
    let entry = "100644 blob \(try blob(Self.node))\t\(name)"
    let list = try scratch.write(entry + "\0", to: "entries")
    // `git mktree` checks less than `git add`; a hostile client writes what it likes.
    let made = try ChildProcess.run(
      "sh", ["-c", "git mktree -z < '\(list)'"], in: git.folder, environment: ["PATH": "/usr/bin:/bin"])
    try #require(made.status == 0, "\(made.errors)")
    let folder = made.output.trimmingSuffix { $0.isWhitespace }
    let outer = try scratch.write("040000 tree \(folder)\tstate\0", to: "outer")
    let root = try ChildProcess.run(
      "sh", ["-c", "git mktree -z < '\(outer)'"], in: git.folder, environment: ["PATH": "/usr/bin:/bin"])
    let commit = try git("commit-tree", "-m", "Hostile", String(root.output.trimmingSuffix { $0.isWhitespace }))
    let problems = try load(commit).diagnostics
    #expect(problems.map(\.id) == ["state.bad_path"] && problems.first?.location?.file == "state/" + name)
  }

  @Test func anEmptyOrMissingStateIsRefused() throws {
    try git("rm", "-q", "-r", "state")
    try scratch.write("words", to: "repo/README.md")
    try git.commitAll("Remove state")
    #expect(try load().diagnostics.map(\.id) == ["state.empty"])
    try scratch.write("words", to: "repo/state/README.md")
    try git.commitAll("A state without resources")
    #expect(try load().diagnostics.map(\.id) == ["state.no_repository"])
  }

  /// 2,000 nested folders, and 200,000 files: both arrive in one small pack.
  @Test func row28TreesThatAreTooDeepOrTooWideAreRefused() throws {
    let deep = String(repeating: "d/", count: 2_000) + "f.yaml"
    let wide = (0..<200_000).map { "M 100644 :1 state/\($0 / 1_000)/\($0).yaml\n" }.joined()
    for (branch, paths) in [("deep", "M 100644 :1 state/\(deep)\n"), ("wide", wide)] {
      let stream = try scratch.write(
        "blob\nmark :1\ndata 0\n\ncommit refs/heads/\(branch)\ncommitter A <a@example.test> 0 +0000\ndata 0\n\(paths)\n",
        to: "stream")
      let made = try ChildProcess.run(
        "sh", ["-c", "git fast-import --quiet < '\(stream)'"], in: git.folder,
        environment: ["PATH": "/usr/bin:/bin"])
      try #require(made.status == 0, "\(made.errors)")
      let problems = try load(branch).diagnostics
      #expect(problems.map(\.id) == ["state.too_many_files"] && problems.first?.location?.file == "state")
    }
    #expect(try load().isUsable)
  }

  /// Each file is small enough, and all of them are one object: what counts is what would be read.
  @Test func row28FilesThatAreTooLargeTogetherAreRefusedUnread() throws {
    let made = try ChildProcess.run(
      "sh", ["-c", "head -c \(52 << 20) /dev/zero | tr '\\0' '#' | git hash-object -w --stdin"], in: git.folder,
      environment: ["PATH": "/usr/bin:/bin"])
    let id = String(made.output.trimmingSuffix { $0.isWhitespace })
    for number in 1...5 { try git("update-index", "--add", "--cacheinfo", "100644,\(id),state/\(number).yaml") }
    try git("commit", "-q", "-m", "Large")
    let problems = try load().diagnostics
    #expect(problems.map(\.id) == ["state.too_large"] && problems.first?.location?.file == "state")
    #expect(
      try StagedFolder(repository: Repository(path: git.folder)).load().diagnostics.map(\.id) == ["state.too_large"])
    #expect(try load("HEAD~").isUsable)
    // What was taken away counts no more.
    for number in 2...5 { try git("update-index", "--force-remove", "state/\(number).yaml") }
    try git("commit", "-q", "-m", "Smaller")
    #expect(try load().isUsable)
  }

  @Test func row28AFileLargerThanTheLimitIsRefusedUnread() throws {
    let huge = StateLoader.fileLimit + 1
    let made = try ChildProcess.run(
      "sh", ["-c", "head -c \(huge) /dev/zero > state/huge.yaml"], in: git.folder,
      environment: ["PATH": "/usr/bin:/bin"])
    try #require(made.status == 0)
    try git.commitAll("Huge")
    let problems = try load().diagnostics
    #expect(problems.map(\.id) == ["yaml.too_large"] && problems.first?.location?.file == "state/huge.yaml")
  }

  @Test func row28AWorkFolderHasTheSameLimits() throws {
    for index in 0..<5 { try scratch.write("", to: "repo/state/\(index).yaml") }
    let problems = WorkFolder(path: git.folder, pathLimit: 5).load().diagnostics
    #expect(problems.map(\.id) == ["state.too_many_files"])
    try scratch.write(Self.node, to: "repo/state/Node.yaml")
    try scratch.write(Self.node.replacing("name: dc", with: "name: dc2"), to: "repo/state/node.yaml")
    try scratch.write("", to: "repo/state/a\nb.yaml")
    let ids = WorkFolder(path: git.folder).load().diagnostics.map(\.id)
    #expect(Set(ids) == ["state.same_path", "state.bad_path"])
  }
}

extension String {
  fileprivate func trimmingSuffix(while isUnwanted: (Character) -> Bool) -> String {
    var result = self
    while let last = result.last, isUnwanted(last) { result.removeLast() }
    return result
  }
}
