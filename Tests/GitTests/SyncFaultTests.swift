import CFaults
import TestSupport
import Testing

@testable import Git

/// A sync that fails while the audit branch is written: the failure is told, the reference stays, and writing again makes
/// the same commit.
@Suite struct SyncFaultTests {
  private let scratch: ScratchFolder
  private let repository: Repository
  private static let reference = "refs/heads/audit"
  private static let author = Person(name: "Purser", email: "purser@example.test")

  init() throws {
    scratch = try ScratchFolder()
    repository = try Repository.create(path: scratch.path("repo"), bare: true)
  }

  /// A commit upon the last, as the daemon makes it.
  private func publish(_ text: String) throws(GitError) -> ObjectID {
    let last = try repository.reference(Self.reference)
    let tree = try repository.writeTree(base: nil, files: ["record": try repository.writeBlob(Array(text.utf8))])
    let commit = try repository.writeCommit(
      tree: tree, parents: last.map { [$0] } ?? [], author: Self.author, time: 1, message: text)
    try repository.setReference(Self.reference, to: commit, expecting: last, by: Self.author, reason: text)
    return commit
  }

  @Test func aFailedSyncIsToldAndMovesNothing() throws {
    let first = try publish("first")
    let folder = scratch.path("repo")
    try #require(faults_watch(folder) == 0)
    defer { faults_forget(folder) }
    _ = try publish("counted")
    let count = faults_syncs(folder)
    // Blob, tree and commit, and the folders that they come into, the reference and its folder.
    try #require(count >= 4, "the hooks see no sync")
    var last = try #require(try repository.reference(Self.reference))
    for number in 1...count {
      faults_fail_sync(folder, number)
      let text = "record \(number)"
      let told = try? publish(text)
      let reached = try repository.reference(Self.reference)
      if let told {
        // A log of the reference is no part of what was told.
        #expect(reached == told, "sync \(number)")
      } else {
        let again = reached == last ? try publish(text) : try #require(reached)
        #expect(try repository.reference(Self.reference) == again, "sync \(number)")
        #expect(try repository.commit(again).parents == [last] && repository.commit(again).message == text)
      }
      last = try #require(try repository.reference(Self.reference))
    }
    let check = try ChildProcess.run(
      "/usr/bin/git", ["-C", folder, "fsck", "--strict", "--no-dangling"], environment: ["PATH": "/usr/bin:/bin"])
    #expect(check.status == 0, "\(check.errors)")
    #expect(try repository.commit(first).message == "first")
  }
}
