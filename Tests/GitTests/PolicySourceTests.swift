import Git
import TestSupport
import Testing

/// A local folder, used in place. Remotes are in RemoteTests.
@Suite struct PolicySourceTests {
  private let scratch: ScratchFolder
  private let git: GitCommand

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch)
  }

  @Test func aLocalFolderIsFollowedAndOnlyItsAuditBranchIsWritten() throws {
    let source = try PolicySource(address: git.folder, mirrorPath: scratch.path("mirror"))
    #expect(try source.refresh(branch: "main") == nil)
    try scratch.write("1", to: "repo/file")
    let head = try id(try git.commitAll("First"))
    #expect(try source.refresh(branch: "main") == head)
    #expect(try source.refresh(branch: "other") == nil)
    #expect(try source.auditHead() == nil)
    let rival = try PolicySource(address: git.folder + "/.git", mirrorPath: "")
    try source.publish(audit: head, expecting: nil)
    try source.publish(audit: head, expecting: nil)
    let next = try id(try git.commitAll("Second"))
    let error = try #require(throws: GitError.self) { try rival.publish(audit: next, expecting: nil) }
    #expect(error.kind == .moved)
    try rival.publish(audit: next, expecting: head)
    #expect(try source.auditHead() == next)
    #expect(try git("status", "--porcelain") == "" && git("symbolic-ref", "HEAD") == "refs/heads/main")
    #expect(try git("for-each-ref", "--format=%(refname)") == "refs/heads/audit\nrefs/heads/main")
    #expect(throws: GitError.self) { try Repository(path: scratch.path("mirror")) }
  }

  @Test func aFolderThatHasGoneIsNotAnEmptyOne() throws {
    let source = try PolicySource(address: git.folder, mirrorPath: "")
    _ = try ChildProcess.run("/bin/mv", [git.folder, scratch.path("gone")])
    let error = try #require(throws: GitError.self) { try source.refresh(branch: "main") }
    #expect(error.kind == .notFound)
    #expect(throws: GitError.self) { try PolicySource(address: git.folder, mirrorPath: scratch.path("mirror")) }
  }

  @Test func addressesOfRemotes() {
    for address in ["file:///a", "ssh://a/b", "http://a/b", "https://a/b", "git@example.test:a/b.git"] {
      #expect(Repository.isRemote(address), "\(address)")
    }
    for path in ["/a/b", "ops", "./a@b:c", "a:b", "git://a/b", "ftp://a@b:c/d"] {
      #expect(!Repository.isRemote(path), "\(path)")
    }
  }

  @Test func passwordsAreNotShown() throws {
    #expect(!"\(Credentials(userName: "a", password: "secret"))".contains("secret"))
    for address in [
      "http://me:secret@127.0.0.1:1/a", "ssh://me:secret@127.0.0.1:1/a", "http://secret@127.0.0.1:1/a",
      "http://127.0.0.1:1/a?private_token=secret",
    ] {
      let source = try PolicySource(address: address, mirrorPath: scratch.path("mirror"))
      let error = try #require(throws: GitError.self) { try source.refresh(branch: "main") }
      #expect(error.kind == .unreachable && !error.message.contains("secret") && error.message.contains("127.0.0.1:1"))
    }
  }
}
