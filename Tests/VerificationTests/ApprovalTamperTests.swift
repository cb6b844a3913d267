import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Digest
import FoundationEssentials
import Git
import Operations
import TestSupport
import Testing
import Verification

/// What someone who may write to the repository can do to the log of approvals, and what is then named.
@Suite struct ApprovalTamperTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily
  static let log = "refs/purser/approvals"

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    try daily.reviewedStory()
  }

  private func verify(after point: VerifiedPoint? = nil) throws -> VerificationReport {
    try AuditVerifier(repository: try Repository(path: ops.git.folder)).verify(after: point)
  }

  private func verifyWithStore() throws -> [Diagnostic] {
    let repository = try Repository(path: ops.git.folder)
    var comparison = StoreComparison(daily.store, policies: repository)
    var report = try AuditVerifier(repository: repository).verify { try comparison.compare($0, in: $1) }
    try comparison.finish(&report)
    return report.problems
  }

  private var line: [ObjectID] {
    get throws {
      let head = try #require(try ops.repository.reference(Self.log))
      return try #require(try ops.repository.firstParentLine(from: nil, to: head))
    }
  }

  private func paths(_ commit: ObjectID) throws -> [String] {
    try ops.git("ls-tree", "-r", "--name-only", commit.description).split(separator: "\n").map(String.init)
  }

  /// Writes a commit of the log.
  private func write(_ files: [String: [UInt8]?], on parent: ObjectID?, message: String = "x") throws -> ObjectID {
    let base = try parent.map { try ops.repository.commit($0).tree }
    let blobs = try files.mapValues { try $0.map { try ops.repository.writeBlob($0) } }
    return try ops.repository.writeCommit(
      tree: try ops.repository.writeTree(base: base, files: blobs), parents: parent.map { [$0] } ?? [],
      author: Person(name: "v", email: "v@example.test"), time: 1_795_600_000, message: message)
  }

  private func expectFault(_ words: String..., from place: Testing.SourceLocation = #_sourceLocation) throws {
    let problems = try verify().problems
    #expect(problems.map(\.id).contains("audit.approvals"), "\(problems)", sourceLocation: place)
    for word in words {
      #expect(problems.contains { $0.message.contains(word) }, "\(word): \(problems)", sourceLocation: place)
    }
  }

  @Test func aWholeLogHoldsColdAndWarmAndWithTheStore() throws {
    let cold = try verify()
    #expect(cold.isGood && cold.unseen.isEmpty && cold.uncounted.isEmpty, "\(cold.problems)")
    #expect(try line.count == 3)
    let point = try #require(cold.point)
    let kept = try #require(VerifiedPoint(json: point.json))
    #expect(kept == point)
    let warm = try verify(after: kept)
    #expect(warm.isGood && warm.knownCommits == cold.commits)
    #expect(try verifyWithStore().isEmpty)
    // What the record names is the head that was read, and no more than decisions name it.
    let named = try daily.store.auditRecords(1...Int64.max).compactMap { $0.json["approvals_log"]?.string }
    #expect(try named.last == line.last?.description && named.count == 3, "\(named)")
  }

  /// Any bit of any statement, with the tree and commits made again for it.
  @Test func everyAlteredBitIsNamed() throws {
    let tip = try #require(try line.last)
    for path in try paths(tip) {
      let entry = try #require(try ops.repository.entry(at: path, inTree: try ops.repository.commit(tip).tree))
      let bytes = try ops.repository.blob(entry.id)
      for place in stride(from: 0, to: bytes.count, by: 89) {
        var altered = bytes
        altered[place] ^= 1 << UInt8(place % 8)
        let commit = try write([path: altered], on: tip)
        try ops.point(Self.log, to: commit)
        let problems = try verify().problems
        #expect(
          problems.contains { $0.message.contains(path) && $0.message.contains(commit.description) },
          "byte \(place) of \(path): \(problems)")
        try ops.point(Self.log, to: tip)
      }
    }
    #expect(try verify().isGood)
  }

  @Test func whatNoPurserWritesIsAFaultUntilItIsMended() throws {
    let tip = try #require(try line.last)
    let path = try #require(try paths(tip).first)
    let entry = try #require(try ops.repository.entry(at: path, inTree: try ops.repository.commit(tip).tree))
    let good = try ops.repository.blob(entry.id)
    let rows: [[String: [UInt8]?]] = [
      [path: Array(good.dropLast(9))], [path: [0xFF, 0xFE]], [path: nil as [UInt8]?], ["statements/x.json": good],
      ["README": Array("words".utf8)], [path: []], [path: good + [0x0A]],
      ["big": Array(repeating: 0x20, count: SignedStatement.sizeLimit + 1)],
    ]
    for files in rows {
      let vandal = try write(files, on: tip)
      try ops.point(Self.log, to: vandal)
      let path = try #require(files.keys.first)
      try expectFault(vandal.description, path)
      // Nothing may hide behind it, and taking it back heals.
      let heal = try write(
        [path: path == "statements/x.json" || !path.hasPrefix("statements/") ? nil : good], on: vandal)
      try ops.point(Self.log, to: heal)
      let problems = try verify().problems
      #expect(problems.isEmpty, "\(path): \(problems)")
    }
  }

  /// A statement under its right name whose signature is another's bytes.
  @Test func aSignatureThatDoesNotFitIsAFault() throws {
    let tip = try #require(try line.last)
    let one = try #require(daily.statements.first)
    let other = try #require(daily.statements.last)
    let forged: JSONValue = ["statement": one.json["statement"] ?? .null, "signature": .string(other.signature)]
    let path = ApprovalLog.path(of: SHA256Digest(of: forged.canonicalBytes))
    try ops.point(Self.log, to: try write([path: forged.canonicalBytes], on: tip))
    try expectFault("signature is invalid", path)
  }

  /// Signed by whoever: it counts for nothing, and nobody has altered anything.
  @Test func whatMerelyDoesNotCountIsNoFault() throws {
    let tip = try #require(try line.last)
    let stranger = try #require(OpsRepository.stranger)
    let said = try #require(try daily.statements.last?.statement().signed(by: stranger))
    // What another version may say.
    let text = Array(#"{"change":"\#(said.change)","v":2,"words":"new"}"#.utf8)
    let newer = try #require(
      SignedStatement(
        text: text, signature: SSHSignature.sign(text, with: stranger, namespace: Statement.namespace)))
    let next = try write(
      [ApprovalLog.path(of: said.id): said.file, ApprovalLog.path(of: newer.id): newer.file], on: tip)
    let before = try #require(try verify().point)
    try ops.point(Self.log, to: next)
    for report in [try verify(), try verify(after: before)] {
      #expect(report.isGood && report.uncounted.count == 1, "\(report.problems)")
      #expect(report.uncounted.first?.message.contains("\(newer.id)") == true)
      // It is told again where nothing is new.
      #expect(try verify(after: report.point).uncounted.count == 1)
    }
  }

  // MARK: History

  @Test(arguments: ["rewound", "rewritten", "other parent", "other root", "gone"])
  func aHistoryThatIsAnotherIsNamed(what: String) throws {
    let seen = try #require(try verify().point)
    let line = try line
    switch what {
    case "rewound": try ops.point(Self.log, to: line[line.count - 2])
    case "rewritten":
      // The same files by another hand.
      let files = try ops.repository.commit(line[line.count - 1])
      let new = try ops.repository.writeCommit(
        tree: files.tree, parents: files.parents, author: Person(name: "v", email: "v@v.test"), time: 1, message: "x")
      try ops.point(Self.log, to: new)
    case "other parent":
      let files = try ops.repository.commit(line[line.count - 1])
      let new = try ops.repository.writeCommit(
        tree: files.tree, parents: [line[0]], author: Person(name: "v", email: "v@v.test"), time: 1, message: "x")
      try ops.point(Self.log, to: new)
    case "other root": try ops.point(Self.log, to: try write(["README": [0x20]], on: nil))
    default: try ops.git("update-ref", "-d", Self.log)
    }
    try expectFault()
    #expect(try verify(after: seen).problems.contains { $0.id == "audit.approvals" })
    let stored = try verifyWithStore()
    #expect(stored.contains { $0.id == "audit.approvals" && $0.message.contains("the store last read") }, "\(stored)")
  }

  /// A merge whose files are those of the other side: what was said is off the line, and out of its files.
  @Test(arguments: [false, true]) func whatAMergeLeavesAsideIsNamed(isSaidByNoRecord: Bool) throws {
    let line = try line
    var tip = try #require(line.last)
    var hidden = try #require(daily.statements.last)
    if isSaidByNoRecord {
      hidden = try ops.statement("otto", .reject, from: try #require(try daily.store.pin()).commit, at: daily.now)
      tip = try write([ApprovalLog.path(of: hidden.id): hidden.file], on: tip)
    }
    let seen = try #require(try verify().point)
    let side = try write(["statements/x": nil as [UInt8]?], on: line[line.count - 2])
    let merge = try ops.repository.writeCommit(
      tree: try ops.repository.commit(side).tree, parents: [side, tip], author: Person(name: "v", email: "v@v.test"),
      time: 1, message: "x")
    try ops.point(Self.log, to: merge)
    try expectFault(merge.description, ApprovalLog.path(of: hidden.id))
    #expect(try verify(after: seen).problems.contains { $0.message.contains(merge.description) })
    // A merge that holds both is as good as a line.
    let whole = try ops.repository.writeCommit(
      tree: try ops.repository.commit(tip).tree, parents: [side, tip], author: Person(name: "v", email: "v@v.test"),
      time: 1, message: "x")
    try ops.point(Self.log, to: whole)
    #expect(try verify().isGood && verify(after: seen).isGood)
  }

  @Test func aPlainCloneHoldsAndSaysThatItHasNoLog() throws {
    try GitCommand(folder: scratch.path, home: scratch.path)("clone", "-q", ops.git.folder, "clone")
    let clone = try Repository(path: scratch.path("clone"))
    let report = try AuditVerifier(repository: clone).verify()
    #expect(report.isGood, "\(report.problems)")
    #expect(report.unseen.count == 1 && report.unseen[0].contains("git fetch origin"), "\(report.unseen)")
    // Fetched later, it is held against the records that were verified without.
    let git = GitCommand(folder: scratch.path("clone"), home: scratch.path)
    try git("fetch", "-q", "origin", "\(Self.log):\(Self.log)")
    let warm = try AuditVerifier(repository: clone).verify(after: report.point)
    #expect(warm.isGood && warm.unseen.isEmpty && warm.knownCommits == 0)
    try git("update-ref", Self.log, "\(Self.log)~1")
    #expect(try !AuditVerifier(repository: clone).verify(after: report.point).isGood)
  }

  /// Objects that git itself finds broken.
  @Test(arguments: ["commit", "tree", "blob"], ["gone", "flipped", "cut off"])
  func aBrokenObjectOfTheLogIsNamed(object: String, damage: String) throws {
    let tip = try #require(try line.last)
    let path = try #require(try paths(tip).first)
    let name = object == "commit" ? "\(tip)" : try ops.git("rev-parse", object == "tree" ? "\(tip):" : "\(tip):\(path)")
    let file = "\(ops.git.folder)/.git/objects/\(name.prefix(2))/\(name.dropFirst(2))"
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
    try FileManager.default.removeItem(atPath: file)
    if damage == "flipped" { bytes[bytes.count - 1] ^= 0x10 } else { bytes.removeLast(bytes.count / 2) }
    if damage != "gone" { try Data(bytes).write(to: URL(filePath: file)) }
    try expectFault()
  }

  /// Rows of the store about the log.
  @Test func whatTheStoreSaysOfTheLogIsHeldAgainstIt() throws {
    for lie in ["words", String(repeating: "1", count: 40), try line[0].description, nil] {
      let good = try daily.store.value(.approvals)
      try daily.store.transaction { try daily.store.set(.approvals, lie) }
      let problems = try verifyWithStore()
      #expect(problems.count == 1 && problems[0].message.contains("log of approvals"), "\(lie ?? "nil"): \(problems)")
      try daily.store.transaction { try daily.store.set(.approvals, good) }
    }
    #expect(try verifyWithStore().isEmpty)
  }
}
