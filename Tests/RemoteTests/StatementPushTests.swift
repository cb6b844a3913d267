import Approvals
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import TestSupport
import Testing

/// The log of approvals on a real remote, appended to by several people at once.
@Suite(.serialized) struct StatementPushTests {
  static let author = Git.Person(name: "Ada", email: "ada@example.test")

  static func statement(_ number: Int) throws -> SignedStatement {
    let key = try #require(PrivateKey(seed: [UInt8](repeating: 9, count: 32)))
    let moment = Instant(milliseconds: 1_764_000_000_000)
    let statement = Statement(
      kind: .approve, change: SHA256Digest(of: "change"), base: String(repeating: "a", count: 40),
      head: String(repeating: "b", count: 40), tree: String(repeating: "c", count: 40),
      policyVersion: 1, impact: nil,
      person: "ada", reason: nil, issuedAt: moment, expiresAt: moment + .day,
      nonce: String(repeating: "0", count: 28) + String(1000 + number))
    return try #require(statement.signed(by: key))
  }

  @Test(arguments: Remote.Kind.allCases) func fiveWritersLoseNothing(_ kind: Remote.Kind)
    async throws
  {
    let remote = try Remote(kind)
    let main = try remote.push("Begin")
    let (address, credentials) = (remote.address, remote.credentials)
    // Two of them share a mirror, as two commands in one checkout do.
    let mirrors = [0, 1, 2, 3, 3].map { remote.scratch.path("mirror\($0)") }
    _ = try remote.source("mirror3").refresh(branch: "main")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (writer, mirror) in mirrors.enumerated() {
        group.addTask {
          let source = try PolicySource(
            address: address, mirrorPath: mirror, credentials: credentials)
          let log = ApprovalLog(source)
          try log.append(try Self.statement(writer), by: Self.author, time: 1_764_000_000)
        }
      }
      try await group.waitForAll()
    }
    let reader = try remote.source("reader")
    #expect(try reader.refresh(branch: "main") == main)
    let read = try ApprovalLog(reader).read()
    #expect(read.count == 5 && read.problems.isEmpty)
    #expect(try remote.bare("rev-parse", "refs/purser/approvals") == read.head)
    #expect(try remote.bare("rev-list", "--count", "refs/purser/approvals") == "5")
    try remote.bare("fsck", "--strict")
    let left = try remote.bare("for-each-ref", "--format=%(refname)")
    #expect(left == "refs/heads/main\nrefs/purser/approvals", "nothing else is left there")
    let mirror = GitCommand(folder: remote.scratch.path("mirror3"), home: remote.scratch.path)
    #expect(try mirror("for-each-ref", "--format=%(refname)", "refs/purser/offered") == "")
  }

  @Test(arguments: Remote.Kind.allCases) func aRewrittenLogIsSeenThroughTheMirror(
    _ kind: Remote.Kind
  ) throws {
    let remote = try Remote(kind)
    try remote.push("Begin")
    let log = ApprovalLog(try remote.source())
    let (one, two) = (try Self.statement(1), try Self.statement(2))
    for statement in [one, two] { try log.append(statement, by: Self.author, time: 1_764_000_000) }
    let seen = try remote.bare("rev-parse", "refs/purser/approvals")
    try remote.bare("update-ref", "refs/purser/approvals", "\(seen)~1")
    let source = try remote.source()
    _ = try source.refresh(branch: "main")
    let read = try ApprovalLog(source, lastSeen: seen).read()
    #expect(read.count == 2 && read.problems.map(\.id) == ["approvals.rewritten"])
    // Appending to what is there now does not hide it.
    try ApprovalLog(try remote.source("other")).append(
      try Self.statement(3), by: Self.author, time: 1_764_000_000)
    _ = try source.refresh(branch: "main")
    #expect(
      try ApprovalLog(source, lastSeen: seen).read().problems.map(\.id) == ["approvals.rewritten"])
  }
}
