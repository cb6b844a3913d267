import ActualState
import AuditTrail
import Digest
import Git
import Operations
import Reconciling
import SQLiteStore
import TestSupport
import Testing

/// The trail in real git repositories, seen by the git command line.
@Suite struct GitTrailTests {
  let scratch: ScratchFolder
  let git: GitCommand
  let key: PrivateKey

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch)
    key = try #require(testKey)
  }

  @Test(arguments: [("0001-01-01T00:00:00Z", Int64(0)), ("9999-12-31T23:59:59Z", 4_294_967_295)])
  func aWrongClockIsBroughtToTheNearestTimeThatGitHolds(at: String, time: Int64) throws {
    let store = InMemoryStore()
    try store.note(Body.refusal(at: instant(at)))
    _ = try AuditPublisher(key: key).publish(store, to: try target(in: git.folder), now: instant(at))
    #expect(try git("log", "-1", "--format=%ct", "audit") == "\(time)")
  }

  @Test func gitAcceptsCommitsAndObjects() throws {
    let store = InMemoryStore()
    let audit = try target(in: git.folder)
    for hour: Int64 in 0..<3 {
      try store.note(Body.refusal(at: .morning + TimeSpan(milliseconds: hour * 3_600_000)))
      _ = try AuditPublisher(key: key).publish(store, to: audit)
    }
    try scratch.write("purser@localhost namespaces=\"git\" \(key.publicKey)\n", to: "signers")
    try git("config", "gpg.ssh.allowedSignersFile", scratch.path("signers"))
    for commit in try git("rev-list", "audit").split(separator: "\n") { try git("verify-commit", String(commit)) }
    #expect(try git.run(["fsck", "--strict", "--no-dangling"]).status == 0)
    #expect(try git("rev-list", "--count", "audit") == "3")
    #expect(try git("ls-tree", "-r", "--name-only", "audit").split(separator: "\n").count == 3)
    #expect(try git("log", "-1", "--format=%(trailers:key=Records,valueonly)", "audit").hasPrefix("3-3"))
    #expect(try git("symbolic-ref", "HEAD") == "refs/heads/main")
    #expect(try git("status", "--porcelain") == "")
  }

  @Test func theSameRecordsGiveTheSameCommitInAnotherRepository() throws {
    let other = try GitCommand.initialise(scratch, "other")
    var ids: [[String]] = []
    for repository in [git, other] {
      let store = InMemoryStore()
      try store.note(Body.apply(from: nil, to: Body.root))
      let audit = try target(in: repository.folder)
      ids.append(try AuditPublisher(key: key).publish(store, to: audit))
    }
    #expect(ids[0] == ids[1] && ids[0].count == 1)
  }

  @Test func fiveProcessesOnOneStoreLoseNothing() async throws {
    let path = scratch.path("ops.db")
    let (folder, key) = (git.folder, key)
    let setUp = try SQLiteStore(path: path, mode: .create)
    try setUp.note(Body.apply(from: nil, to: Body.root))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<5 {
        group.addTask {
          let store = try SQLiteStore(path: path, mode: .readWrite)
          let audit = try target(in: folder)
          for round: Int64 in 0..<4 {
            try store.note(Body.refusal(at: .morning + TimeSpan(milliseconds: Int64(writer) * 10_000 + round)))
            do {
              _ = try AuditPublisher(key: key).publish(store, to: audit)
            } catch let trouble as Trouble where trouble.kind == .transient {
              // Too busy: what is left goes out with the next round.
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let audit = try target(in: folder)
    _ = try AuditPublisher(key: key).publish(setUp, to: audit, flush: true)
    let batches = try setUp.auditBatches(pendingOnly: false)
    #expect(batches.allSatisfy { $0.commit != nil } && batches.last?.last == 21)
    let line = try git("rev-list", "--reverse", "audit").split(separator: "\n").map(String.init)
    #expect(line == batches.compactMap(\.commit))
    let records = try git("grep", "-h", "", "audit").split(separator: "\n").count
    #expect(records == 21)
  }

  @Test func fiveStoresOnOneBranchLeaveItToTheFirst() async throws {
    let (folder, key) = (git.folder, key)
    let winners = try await withThrowingTaskGroup(of: Int.self) { group in
      for writer in 0..<5 {
        group.addTask {
          let store = InMemoryStore()
          try store.note(Body.refusal(at: .morning + TimeSpan(milliseconds: Int64(writer) * 1000)))
          let audit = try target(in: folder)
          do {
            return try AuditPublisher(key: key).publish(store, to: audit).count
          } catch let trouble as Trouble {
            return trouble.kind == .needsPerson ? 0 : 100
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(winners == 1)
    #expect(try git("rev-list", "--count", "audit") == "1")
  }
}
