import Git
import Glibc
import TestSupport
import Testing

@Suite struct OpeningTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func failure(_ path: String) -> GitError? {
    #expect(throws: GitError.self) { try Repository(path: path) }
  }

  @Test func aFolderWithoutARepositoryIsNotFound() throws {
    _ = try GitCommand.initialise(scratch, "above")
    try scratch.write("", to: "above/below/file")
    #expect(failure(scratch.path("above/below"))?.kind == .notFound, "the folders above are not searched")
    #expect(failure(scratch.path("nothing"))?.kind == .notFound)
  }

  @Test func sha256IsRefusedInWords() throws {
    let git = GitCommand(folder: scratch.path, home: scratch.path)
    for arguments in [["repo"], ["--bare", "bare"]] {
      try git(["init", "-q", "--object-format=sha256"] + arguments)
      let error = try #require(failure(scratch.path(arguments.last ?? "")))
      #expect(error.kind == .other && error.message.contains("--object-format=sha1"))
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a folder away"))
  func aRepositoryOfAnotherUserIsRefused() throws {
    let git = try GitCommand.initialise(scratch)
    _ = try ChildProcess.run("/bin/chown", ["-R", "65534", git.folder])
    let error = try #require(failure(git.folder))
    #expect(error.kind == .other && error.message.contains("safe.directory"), "\(error.kind) \(error)")
  }

  @Test func damageIsNamed() throws {
    let git = try GitCommand.initialise(scratch)
    try scratch.write("1", to: "repo/file")
    let head = try git.commitAll("First")
    let blob = try git("rev-parse", "HEAD:file")
    let object = "repo/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    try scratch.write("broken", to: object)
    let repository = try Repository(path: git.folder)
    #expect(throws: GitError.self) { try repository.blob(try id(blob)) }
    try scratch.write("not an object id\n", to: "repo/.git/refs/heads/main")
    let error = #expect(throws: GitError.self) { try repository.reference("refs/heads/main") }
    #expect(error?.message.contains("refs/heads/main") == true)
    #expect(try repository.commit(try id(head)).summary == "First")
  }
}
