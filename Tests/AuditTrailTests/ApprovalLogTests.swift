import Approvals
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import TestSupport
import Testing

/// The log of approvals in a real repository, with every way to tamper with it by pushing.
@Suite struct ApprovalLogTests {
  let scratch: ScratchFolder
  let git: GitCommand
  static let writer = Git.Person(name: "Ada", email: "ada@example.test")
  static let log = "refs/purser/approvals"

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch, bare: true)
  }

  func source() throws -> PolicySource { try PolicySource(address: git.folder, mirrorPath: "") }

  func head() throws -> String { try git("rev-parse", Self.log) }

  static func statement(_ number: Int, of change: String = "change") throws -> SignedStatement {
    let statement = Statement(
      kind: .approve, change: SHA256Digest(of: change), base: String(repeating: "a", count: 40),
      head: String(repeating: "b", count: 40), tree: String(repeating: "c", count: 40), policyVersion: 1, impact: nil,
      person: "ada", reason: nil, issuedAt: .morning, expiresAt: .morning + .day,
      nonce: String(String(repeating: "0", count: 32).dropLast(4)) + String(1000 + number))
    let key = try #require(testKey)
    return try #require(statement.signed(by: key))
  }

  @discardableResult
  func append(_ statement: SignedStatement) throws -> String {
    try ApprovalLog(try source()).append(statement, by: Self.writer, time: 1_767_225_600).description
  }

  /// Commits what a vandal made of the tree, as a child of the log's head, or instead of it.
  func vandalise(_ edit: (GitCommand) throws -> Void, rewriting: Bool = false) throws {
    let clone = GitCommand(folder: scratch.path("clone"), home: scratch.path)
    if try git.run(["-C", scratch.path, "clone", "-q", git.folder, "clone"]).status != 0 {
      try clone("reset", "--hard")
    }
    try clone("fetch", "-q", "origin", Self.log)
    try clone("checkout", "-q", "--detach", "FETCH_HEAD")
    try edit(clone)
    try clone("add", "-A")
    try clone(["commit", "-q", "--allow-empty", "-m", "vandal"] + (rewriting ? ["--amend"] : []))
    try clone("push", "-q", "--force", "origin", "HEAD:\(Self.log)")
  }

  func path(_ statement: SignedStatement) -> String {
    "clone/statements/\(statement.id.description.prefix(2))/\(statement.id).json"
  }

  @Test func statementsAreFoundByTheirChange() throws {
    let log = ApprovalLog(try source())
    #expect(try log.read().head == nil)
    let (one, two, other) = (try Self.statement(1), try Self.statement(2), try Self.statement(3, of: "other"))
    for statement in [one, other, two] { try append(statement) }
    let read = try log.read()
    #expect(read[one.change] == [one, two] && read[other.change] == [other] && read[.zero] == [])
    #expect(read.problems.isEmpty && read.count == 3)
    #expect(try read.head == head())
    #expect(try git("rev-list", "--count", Self.log) == "3")
    #expect(try git("log", "-1", "--format=%s", Self.log) == "ada: approve \(one.change.description.prefix(10))")
    #expect(try git.run(["fsck", "--strict", "--no-dangling"]).status == 0)
    // Said twice is said once, and nothing moves.
    #expect(try append(one) == head())
  }

  @Test func fiveWritersAtATimeLoseNothing() async throws {
    let folder = git.folder
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<5 {
        group.addTask {
          let log = ApprovalLog(try PolicySource(address: folder, mirrorPath: ""))
          for round in 0..<4 {
            try log.append(try Self.statement(writer * 10 + round), by: Self.writer, time: 1_767_225_600)
          }
        }
      }
      try await group.waitForAll()
    }
    let read = try ApprovalLog(try source()).read()
    #expect(read.count == 20 && read.problems.isEmpty)
    #expect(try git("rev-list", "--count", "--min-parents=1", Self.log) == "19", "one line, each on the one before")
  }

  @Test func onlyWhatIsNewIsReadAndAMergeOfTwoLogsIsWhole() throws {
    let log = ApprovalLog(try source())
    let (one, two, three) = (try Self.statement(1), try Self.statement(2), try Self.statement(3))
    try append(one)
    let fork = try head()
    try append(two)
    #expect(try log.read().count == 2)
    // Someone has appended elsewhere meanwhile, and merged: the line now leads through the other side.
    let seen = try head()
    try git("update-ref", Self.log, fork)
    try append(three)
    try vandalise { clone in
      try clone("fetch", "-q", "origin", seen)
      try clone("merge", "-q", "--no-ff", "-m", "Merge", "FETCH_HEAD")
    }
    let read = try log.read()
    #expect(read.count == 3 && read.problems.isEmpty, "\(read.problems.map(\.message))")
    #expect(try ApprovalLog(try source()).read().count == 3)
  }

  @Test func whatIsTakenOutOrAlteredStillCountsAsItWasSaid() throws {
    let (one, two) = (try Self.statement(1), try Self.statement(2))
    for statement in [one, two] { try append(statement) }
    try vandalise { clone in
      try clone("rm", "-q", String(path(one).dropFirst("clone/".count)))
      try scratch.write(String(decoding: two.file, as: UTF8.self).replacing("ada", with: "bob"), to: path(two))
    }
    let read = try ApprovalLog(try source()).read()
    #expect(read[one.change] == [one, two])
    #expect(read.problems.map(\.id) == ["approvals.bad_entry", "approvals.bad_entry"])
    // What was taken out is not said again by appending it again, nor said otherwise.
    try append(one)
    #expect(try ApprovalLog(try source()).read()[one.change] == [one, two])
  }

  @Test func whatIsNoStatementIsNamedAndCountsForNothing() throws {
    let (one, two) = (try Self.statement(1), try Self.statement(2))
    try append(one)
    try vandalise { clone in
      let file = String(decoding: two.file, as: UTF8.self)
      // Under a name that is not its own: a replay, or a change after signing.
      try scratch.write(file, to: path(one) + "x")
      try scratch.write(String(decoding: one.file, as: UTF8.self), to: path(two))
      try scratch.write(file + "\n", to: "clone/statements/aa/\(two.id).json")
      try scratch.write("{}", to: "clone/README")
      try scratch.write(String(repeating: "x", count: SignedStatement.sizeLimit + 1), to: "clone/statements/big.json")
    }
    let read = try ApprovalLog(try source()).read()
    #expect(read[one.change] == [one] && read.problems.count == 5)
    #expect(
      read.problems.allSatisfy { $0.id == "approvals.unreadable" && $0.message.contains("of the log of approvals") })
  }

  /// A field out of its range, of another type, of another version, or too long: named, with which, and the rest counts.
  @Test func whatCannotBeReadIsNamedWithTheFieldAndStopsNothing() throws {
    let good = try Self.statement(1)
    let text = String(decoding: good.text, as: UTF8.self)
    let rows: [(old: String, new: String, words: String)] = [
      (#""policy_version":1"#, #""policy_version":1e+99"#, "exponent"),
      (#""policy_version":1"#, #""policy_version":99999999999999999999"#, "outside 64 bits"),
      (#""policy_version":1"#, #""policy_version":0"#, "'policy_version'"),
      (#""policy_version":1"#, #""policy_version":-1"#, "'policy_version'"),
      (#""policy_version":1"#, #""policy_version":1.5"#, "'policy_version'"),
      (#""policy_version":1"#, #""policy_version":"1""#, "'policy_version'"),
      (#""v":1"#, #""v":2"#, "version"), (#""approve""#, #""bless""#, "kind"),
      (#""impact":null"#, #""impact":{"units":-1}"#, "'impact'"), (#""impact":null"#, #""impact":[]"#, "'impact'"),
      (#""person":"ada""#, #""person":7"#, "'person'"),
      (#""person":"ada""#, "\"person\":\"\(String(repeating: "a", count: 201))\"", "'person'"),
      (#""reason":null"#, "\"reason\":\"\(String(repeating: "r", count: 2001))\"", "'reason'"),
      (#""nonce":"0"#, #""nonce":"x"#, "'nonce'"), (#""issued_at":"2"#, #""issued_at":"x2"#, "'issued_at'"),
      (#""change":""#, #""change":"x"#, "'change'"), (#""base":"a"#, #""base":"g"#, "'base'"), ("}", "", "JSON"),
      (#""v":1"#, #""v":1,"w":1"#, "in which Purser writes"),
    ]
    for (old, new, words) in rows {
      let altered = text.replacing(old, with: new)
      try #require(altered != text, "\(old)")
      let file: JSONValue = ["statement": .string(altered), "signature": .string(good.signature)]
      let id = SHA256Digest(of: file.canonicalBytes).description
      try vandaliseEmpty {
        try scratch.write(file.canonical, to: "clone/statements/\(id.prefix(2))/\(id).json")
      }
      try append(good)
      let read = try ApprovalLog(try source()).read()
      #expect(read[good.change].contains(good), "\(new)")
      #expect(read.problems.map(\.id) == ["approvals.unreadable"], "\(new): \(read.problems.map(\.message))")
      #expect(read.problems.first?.message.contains(words) == true, "\(new): \(read.problems.map(\.message))")
      #expect(read.problems.first?.message.contains(id) == true)
      try git("update-ref", "-d", Self.log)
    }
  }

  @Test func aFloodInOneCommitStopsNothing() throws {
    let one = try Self.statement(1)
    try vandaliseEmpty { for number in 0..<1_100 { try scratch.write("\(number)", to: "clone/\(number)") } }
    try append(one)
    let read = try ApprovalLog(try source()).read()
    #expect(read[one.change] == [one] && read.problems.count == 1)
  }

  func vandaliseEmpty(_ edit: () throws -> Void) throws {
    try git("update-ref", Self.log, try git("commit-tree", "-m", "", try git("mktree")))
    try vandalise { _ in try edit() }
  }

  // MARK: Words that somebody wants unheard

  static func said(_ kind: Statement.Kind, _ number: Int) throws -> SignedStatement {
    var statement = try statement(number).statement()
    statement.kind = kind
    statement.reason = "no"
    statement.expiresAt = nil
    let key = try #require(testKey)
    return try #require(statement.signed(by: key))
  }

  /// The log with another commit at its end, whose tree and parents are as they are given.
  func push(tree: String, parents: [String]) throws {
    let parents = parents.flatMap { ["-p", $0] }
    try git("update-ref", Self.log, try git(["commit-tree", tree, "-m", "x"] + parents))
  }

  /// A fast-forward that leads past what was said: its first parent never held it.
  @Test(arguments: [true, false]) func aMergeHidesNothing(hidesFromTheFirstParent: Bool) throws {
    let (approval, rejection) = (try Self.statement(1), try Self.said(.reject, 2))
    try append(approval)
    let early = try git("rev-parse", "\(Self.log)^{tree}")
    try append(rejection)
    let (old, log) = (try head(), ApprovalLog(try source()))
    #expect(try log.read().count == 2)
    let root = try git("commit-tree", early, "-m", "x")
    try push(tree: early, parents: hidesFromTheFirstParent ? [root, old] : [old, root])
    for reader in [log, ApprovalLog(try source()), ApprovalLog(try source(), lastSeen: old)] {
      let read = try reader.read()
      #expect(read.contains(rejection) && read.contains(approval))
      #expect(read.problems.allSatisfy { $0.severity == .warning })
    }
  }

  /// A folder that git never writes, at the end of the log: whoever speaks after it is heard, and so is who spoke in it.
  @Test(arguments: ["100644 statements/aa", "100644 z/", "40000 statements", "100664 s"])
  func whatCannotBeComparedMakesNobodyDeaf(entry: String) throws {
    let (one, two, three) = (try Self.statement(1), try Self.said(.reject, 2), try Self.said(.revoke, 3))
    try append(one)
    let entries = [
      ("40000 statements", try git("rev-parse", "\(Self.log):statements")),
      (entry, try git("rev-parse", "\(Self.log):\(Self.path(one))")),
    ]
    var bytes: [UInt8] = []
    for (name, id) in entries {
      bytes += Array(name.utf8) + [0]
      for place in stride(from: 0, to: id.count, by: 2) {
        bytes.append(try #require(UInt8(id.dropFirst(place).prefix(2), radix: 16)))
      }
    }
    try scratch.write(bytes: bytes, to: "raw")
    let tree = try git("hash-object", "-t", "tree", "-w", "--literally", scratch.path("raw"))
    try push(tree: tree, parents: [try head()])
    let log = ApprovalLog(try source())
    for (number, statement) in [one, two, three].enumerated() {
      try append(statement)
      let read = try ApprovalLog(try source()).read()
      #expect(read.contains(statement) && read.contains(one) && read.count == number + 1, "\(entry)")
      #expect(Set(read.problems.map(\.id)) == ["approvals.bad_entry"], "\(entry): \(read.problems.map(\.message))")
      #expect(try log.read().all == read.all)
    }
    let end = try #require(ObjectID(try git("rev-parse", "\(Self.log)^{tree}")))
    let files = try source().repository.files(inTree: end).map(\.path)
    #expect(files == [one, two, three].map(Self.path).sorted())
  }

  static func path(_ statement: SignedStatement) -> String { ApprovalLog.path(of: statement.id) }

  /// Another file under the name of what is about to be said.
  @Test func whoseNameIsTakenIsHeardAllTheSame() throws {
    let (one, two) = (try Self.statement(1), try Self.said(.reject, 2))
    try append(one)
    try vandalise { _ in try scratch.write("{}", to: path(two)) }
    let log = ApprovalLog(try source())
    #expect(try !log.read().contains(two))
    try append(two)
    for reader in [log, ApprovalLog(try source())] { #expect(try reader.read().contains(two)) }
  }

  /// A commit that only git can read.
  @Test func aCommitThatCannotBeReadHidesNothing() throws {
    let (one, two) = (try Self.statement(1), try Self.said(.reject, 2))
    try append(one)
    let bytes = "tree \(try git("rev-parse", "\(Self.log)^{tree}"))\nparent \(try head())\nauthor\n\nx\n"
    try scratch.write(bytes, to: "raw")
    let bad = try git("hash-object", "-t", "commit", "-w", "--literally", scratch.path("raw"))
    try scratch.write(bad + "\n", to: "\(git.folder.split(separator: "/").last ?? "")/\(Self.log)")
    try append(two)
    let read = try ApprovalLog(try source()).read()
    #expect(read.contains(one) && read.contains(two))
    #expect(read.problems.map(\.id) == ["approvals.bad_entry"])
  }

  /// What is no commit is an alarm, and says how it was.
  @Test func aTagInThePlaceOfTheLogIsAnAlarm() throws {
    try append(try Self.statement(1))
    let (seen, log) = (try head(), ApprovalLog(try source()))
    _ = try log.read()
    let blob = try git("rev-parse", "\(Self.log):\(Self.path(try Self.statement(1)))")
    try git("update-ref", Self.log, blob)
    for reader in [log, ApprovalLog(try source(), lastSeen: seen)] {
      #expect(try reader.read().count == 1 && reader.read().problems.map(\.id) == ["approvals.rewritten"])
    }
    let read = try ApprovalLog(try source()).read()
    #expect(read.count == 0 && read.problems.map(\.id) == ["approvals.rewritten"])
  }

  /// While the log does not follow what was seen, what lets a change through is not believed, and what stops one is.
  @Test func aRewrittenLogStillTakesRejections() throws {
    let (one, two, three) = (try Self.statement(1), try Self.statement(2), try Self.said(.reject, 3))
    try append(one)
    let log = ApprovalLog(try source())
    _ = try log.read()
    try git("update-ref", "-d", Self.log)
    for statement in [two, three] { try append(statement) }
    let read = try log.read()
    #expect(read.contains(one) && read.contains(three) && !read.contains(two))
    #expect(try log.read().all == read.all)
  }

  /// Complaints about nonsense are bounded.
  @Test func aFloodOfNonsenseIsNotNamedPieceByPiece() throws {
    let one = try Self.statement(1)
    for round in 0..<3 {
      try vandaliseEmptyAgain(round)
    }
    try append(one)
    let read = try ApprovalLog(try source()).read()
    #expect(read.contains(one) && read.problems.count == 1_001)
  }

  private func vandaliseEmptyAgain(_ round: Int) throws {
    let edit = { for number in 0..<480 { try self.scratch.write("\(round)", to: "clone/\(round)/\(number)") } }
    if round == 0 { try vandaliseEmpty(edit) } else { try vandalise { _ in try edit() } }
  }

  enum Rewriting: CaseIterable { case rewound, replaced, gone }

  @Test(arguments: Rewriting.allCases)
  func aRewrittenLogIsAnAlarmAndWhatWasSeenStillCounts(rewriting: Rewriting) throws {
    let (one, two, three) = (try Self.statement(1), try Self.statement(2), try Self.statement(3))
    try append(one)
    let first = try head()
    try append(two)
    let seen = try head()
    let log = ApprovalLog(try source())
    #expect(try log.read().count == 2)
    switch rewriting {
    case .rewound: try git("update-ref", Self.log, first)
    case .replaced:
      try vandalise(
        { _ in try scratch.write(String(decoding: three.file, as: UTF8.self), to: path(three)) }, rewriting: true)
    case .gone: try git("update-ref", "-d", Self.log)
    }
    // The same for the reader that saw it, and for a later one that was told of the head.
    for reader in [log, ApprovalLog(try source(), lastSeen: seen)] {
      let read = try reader.read()
      #expect(read[one.change] == [one, two] && read.head == seen)
      #expect(read.problems.map(\.id) == ["approvals.rewritten"])
    }
    try git("gc", "-q", "--prune=now")
    #expect(try ApprovalLog(try source(), lastSeen: seen).read().count == 2, "what was seen is kept")
    // Put back as the alarm says, all is well.
    try git("update-ref", Self.log, seen)
    try append(three)
    #expect(try log.read()[one.change] == [one, two, three] && log.read().problems.isEmpty)
  }

  @Test func aLostLogCountsForNothing() throws {
    try append(try Self.statement(1))
    let read = try ApprovalLog(try source(), lastSeen: String(repeating: "1", count: 40)).read()
    #expect(read.count == 0 && read.problems.map(\.id) == ["approvals.lost"])
  }
}
