import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import TestSupport
import Testing
import Verification

/// A second verification reads only what is new, and finds all the same.
@Suite struct WarmVerifyTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    try daily.story()
  }

  var tip: ObjectID {
    get throws { try #require(try ops.repository.reference("refs/heads/audit")) }
  }

  /// - Returns: the report, and the numbers of the records that were read for it.
  func verify(after point: VerifiedPoint?) throws -> (report: VerificationReport, read: [Int64]) {
    var read: [Int64] = []
    // As a new process does.
    let report = try AuditVerifier(repository: try Repository(path: ops.git.folder)).verify(after: point) { record, _ in
      read.append(record.sequence)
    }
    return (report, read)
  }

  func point() throws -> VerifiedPoint { try #require(try verify(after: nil).report.point) }

  /// Rewrites what is remembered of the trail.
  func altered(_ point: VerifiedPoint, _ key: String, _ value: JSONValue) throws -> VerifiedPoint {
    var members = try #require(point.json.object)
    members[key] = value
    return try #require(VerifiedPoint(json: .object(members)))
  }

  func expectEqual(_ warm: VerificationReport, _ cold: VerificationReport) {
    #expect(warm.point == cold.point && warm.head == cold.head && warm.trustRoot == cold.trustRoot)
    #expect(warm.commits == cold.commits && warm.records == cold.records)
    #expect(warm.policyCommits == cold.policyCommits && warm.ledger == cold.ledger && warm.unseen == cold.unseen)
    #expect(warm.problems == cold.problems)
  }

  @Test func nothingNewIsNothingRead() throws {
    let cold = try verify(after: nil)
    let point = try #require(cold.report.point)
    let warm = try verify(after: point)
    #expect(warm.read.isEmpty && cold.read.count == cold.report.records)
    #expect(warm.report.knownRecords == cold.report.records && warm.report.knownCommits == cold.report.commits)
    expectEqual(warm.report, cold.report)
  }

  /// After each step of a story with policies, refusals and a new audit key, going on finds what beginning anew finds.
  @Test func onlyWhatIsNewIsRead() throws {
    var remembered = try point()
    let new = OpsRepository.stranger
    let steps: [() throws -> Void] = [
      { try daily.count(11) },
      { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 3)], by: .anna) },
      { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 4)], by: .stranger) },
      { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 3)], by: .anna) },
      {
        try ops.commit(["state/purser.yaml": OpsRepository.purserYAML(auditKey: new)])
        daily.key = new
      },
      { try daily.count(13) },
    ]
    for (index, step) in steps.enumerated() {
      let known = remembered.records
      try step()
      try daily.cycle()
      let (warm, cold) = (try verify(after: remembered), try verify(after: nil))
      #expect(warm.report.isGood, "step \(index): \(warm.report.problems)")
      #expect(warm.read == cold.read.filter { $0 > known }, "step \(index)")
      #expect(warm.report.knownRecords == known)
      expectEqual(warm.report, cold.report)
      let next = try #require(warm.report.point)
      remembered = try #require(VerifiedPoint(json: next.json))
    }
  }

  @Test func whatIsWrongInWhatIsNewIsNamed() throws {
    let remembered = try point()
    try daily.count(12)
    daily.key = OpsRepository.stranger
    try daily.cycle()
    let (warm, cold) = (try verify(after: remembered).report, try verify(after: nil).report)
    #expect(warm.problems.map(\.id) == ["audit.key"] && warm.point == nil)
    expectEqual(warm, cold)
  }

  /// From git alone a shorter branch looks whole: not to who saw the longer one.
  @Test func row25ABranchThatWasCutOffIsNamed() throws {
    let (remembered, end) = (try point(), try tip)
    let parent = try #require(try ops.repository.commit(end).parents.first)
    try ops.point("refs/heads/audit", to: parent)
    let report = try verify(after: remembered).report
    #expect(report.problems.map(\.id) == ["audit.went_back"] && report.point == nil)
    #expect(report.problems.first?.message.contains("\(end) with record \(remembered.records)") == true)
    #expect(report.problems.first?.message.contains("\(parent) with record \(report.records)") == true)
  }

  /// Two daemons with one key: each branch holds by itself, and only one was seen.
  @Test func row25ForkedHeadsAreNamed() throws {
    let (remembered, end) = (try point(), try tip)
    let parent = try #require(try ops.repository.commit(end).parents.first)
    var (_, records) = try AuditCommit.read(end, in: ops.repository)
    for index in records.indices {
      records[index].edit("world_moved", 77)
      if index > 0 { records[index].edit("previous", .string(records[index - 1].hash.description)) }
    }
    let key = try #require(OpsRepository.auditKey)
    let fork = try ops.repository.write(try AuditCommit(records), parent: "\(parent)", key: key)
    try ops.point("refs/heads/audit", to: fork)
    #expect(try verify(after: nil).report.isGood, "by itself the fork holds")
    let report = try verify(after: remembered).report
    #expect(report.problems.map(\.id) == ["audit.went_back"])
    #expect(report.problems.first?.message.contains("\(fork)") == true)
    #expect(report.problems.first?.message.contains("\(end)") == true)
  }

  @Test func aPolicyBranchThatWasReplacedIsNamed() throws {
    let remembered = try point()
    let first = try #require(try ops.repository.firstParentLine(from: nil, to: ops.head)?.first)
    try ops.point("refs/heads/main", to: first)
    try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 7)])
    #expect(try verify(after: remembered).report.problems.map(\.id) == ["audit.policy_branch"])
  }

  @Test func anotherTrustRootIsNotBelieved() throws {
    let remembered = try point()
    let other = try ops.head
    #expect(throws: (any Error).self) {
      try AuditVerifier(repository: ops.repository, trustRoot: other).verify(after: remembered)
    }
  }

  /// Whatever is wrong in what is remembered, everything is verified again, and no fault is invented.
  @Test func aPointThatDoesNotFitInventsNoFault() throws {
    let zero = JSONValue.string(String(repeating: "0", count: 40))
    let wrong: [(String, JSONValue)] = [
      ("head", zero), ("head", .string("\(try ops.head)")), ("trust_root", zero),
      ("policy", PolicyPin(commit: String(repeating: "0", count: 40), tree: "", version: 1).json),
      ("policy", PolicyPin(commit: "\(try ops.head)", tree: "", version: 9).json), ("record", 3),
      ("hash", .string(SHA256Digest.zero.description)),
      ("ledger", LedgerCheckpoint(entries: 1 << 40, head: .zero).json),
    ]
    let remembered = try point()
    try daily.count(12)
    try daily.cycle()
    try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 3)], by: .anna)
    try daily.cycle()
    let cold = try verify(after: nil).report
    for (key, value) in wrong {
      let report = try verify(after: altered(remembered, key, value)).report
      // A head that is not on the branch is just what a branch that was cut off looks like.
      if key == "head" {
        #expect(report.problems.map(\.id) == ["audit.went_back"], "\(key) \(value)")
      } else {
        expectEqual(report, cold)
      }
    }
  }

  @Test func aPointIsReadAsItWasWritten() throws {
    let point = try point()
    #expect(VerifiedPoint(json: point.json) == point)
    for key in try #require(point.json.object).keys {
      var members = try #require(point.json.object)
      members[key] = nil
      #expect(VerifiedPoint(json: .object(members)) == nil, "\(key)")
      members[key] = ["x": 1]
      #expect(VerifiedPoint(json: .object(members)) == nil, "\(key)")
    }
  }
}
