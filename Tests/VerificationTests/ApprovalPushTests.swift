import Approvals
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import TestSupport
import Testing
import Verification

/// What may be pushed to the log of approvals: statements, each signed by the person that it names, and nothing else.
@Suite struct ApprovalPushTests {
  static let log = "refs/purser/approvals"

  let scratch: ScratchFolder
  let ops: OpsRepository
  let root: ObjectID

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    root = try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
  }

  static func statement(
    by person: String = "anna", _ key: PrivateKey? = OpsRepository.anna, nonce: Int = 1
  ) throws -> SignedStatement {
    let morning = try #require(Instant("2026-11-24T08:00:00Z"))
    let statement = Statement(
      kind: .approve, change: SHA256Digest(of: "change"), base: String(repeating: "a", count: 40),
      head: String(repeating: "b", count: 40), tree: String(repeating: "c", count: 40), policyVersion: 1, impact: nil,
      person: person, reason: nil, issuedAt: morning, expiresAt: morning + .day,
      nonce: String(repeating: "0", count: 28) + String(1000 + nonce))
    let signer = try #require(key)
    return try #require(statement.signed(by: signer))
  }

  /// A commit of the log that nothing but the push leads to.
  func pushed(_ files: [String: [UInt8]?], on parents: [ObjectID] = []) throws -> ObjectID {
    let repository = ops.repository
    var blobs: [String: ObjectID?] = [:]
    for (path, content) in files { blobs.updateValue(try content.map { try repository.writeBlob($0) }, forKey: path) }
    return try repository.writeCommit(
      tree: try repository.writeTree(base: try parents.first.map { try repository.commit($0).tree }, files: blobs),
      parents: parents, author: Person(name: "t", email: "t@t"), time: 1, message: "said\n")
  }

  func pushed(_ statement: SignedStatement, on parents: [ObjectID] = []) throws -> ObjectID {
    try pushed([ApprovalLog.path(of: statement.id): statement.file], on: parents)
  }

  func reasons(_ old: ObjectID?, _ new: ObjectID?) throws -> [Diagnostic] {
    if let old { try ops.point(Self.log, to: old) }
    return try PushGate(repository: try Repository(path: ops.git.folder), settings: .init(), at: .distantPast)
      .verdict(on: [ReferenceUpdate(name: Self.log, old: old, new: new)]).refused.flatMap(\.reasons)
  }

  @Test func whatPeopleSignIsTaken() throws {
    let first = try pushed(Self.statement())
    #expect(try reasons(nil, first).isEmpty)
    let second = try pushed(Self.statement(by: "ben", OpsRepository.ben, nonce: 2), on: [first])
    let third = try pushed(Self.statement(nonce: 3), on: [second])
    #expect(try reasons(first, third).isEmpty, "two at once")
  }

  static let strangers: [(person: String, key: PrivateKey?)] = [
    ("anna", OpsRepository.ben), ("ben", OpsRepository.anna), ("nobody", OpsRepository.anna),
    ("anna", OpsRepository.stranger),
  ]

  @Test(arguments: strangers.indices) func whatSomebodyElseSignedIsRefused(_ index: Int) throws {
    let (person, key) = Self.strangers[index]
    let commit = try pushed(Self.statement(by: person, key))
    #expect(try reasons(nil, commit).map(\.id) == ["push.approvals"])
  }

  @Test func whatIsNoStatementOrWasAlteredIsRefused() throws {
    let good = try Self.statement()
    let path = ApprovalLog.path(of: good.id)
    let altered = String(decoding: good.file, as: UTF8.self).replacing("anna", with: "ben ")
    let other = try Self.statement(nonce: 2)
    let forged = try #require(SignedStatement(text: other.text, signature: good.signature))
    let files: [[String: [UInt8]?]] = [
      ["README": Array("hello".utf8)], [path: Array("{}".utf8)], [path: Array(altered.utf8)],
      ["statements/other.json": good.file], [path: good.file + [0x0A]],
      [ApprovalLog.path(of: forged.id): forged.file],
    ]
    for content in files {
      let found = try reasons(nil, pushed(content))
      #expect(
        found.map(\.id) == ["push.approvals"] && found[0].hint?.contains("purser approve") == true, "\(content.keys)")
    }
  }

  @Test func whatWasSaidStays() throws {
    let statement = try Self.statement()
    let first = try pushed(statement)
    let path = ApprovalLog.path(of: statement.id)
    let removed = try pushed([path: nil], on: [first])
    let replaced = try pushed([path: try Self.statement(nonce: 2).file], on: [first])
    for commit in [removed, replaced] { #expect(try reasons(first, commit).map(\.id) == ["push.approvals"]) }
    #expect(try reasons(first, nil).map(\.id) == ["push.deletes"])
    let other = try pushed(Self.statement(nonce: 3))
    #expect(try reasons(first, other).map(\.id) == ["push.rewrites"])
    #expect(try reasons(first, pushed([:], on: [first, other])).map(\.id) == ["push.approvals"], "a merge of two logs")
  }

  /// A key that was merged and has yet to take effect may sign; one that nobody who may agreed to may not.
  @Test func onlyPeopleOfThePolicyAreHeard() throws {
    let statement = try pushed(Self.statement(by: "cleo", OpsRepository.stranger))
    let people =
      OpsRepository.governance()
      + "---\nkind: Person\nname: cleo\nemail: cleo@example.test\nkeys: [\(OpsRepository.text(OpsRepository.stranger))]\n"
    try ops.commit(["state/governance/people.yaml": people], by: .ben)
    #expect(try reasons(nil, statement).map(\.id) == ["push.approvals"], "ben may not add people")
    try ops.point("refs/heads/main", to: root)
    try ops.commit(["state/governance/people.yaml": people])
    #expect(try reasons(nil, statement).isEmpty)
  }
}
