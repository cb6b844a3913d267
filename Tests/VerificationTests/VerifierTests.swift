import ActualState
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import TestSupport
import Testing
import Verification

@Suite struct VerifierTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    try daily.story()
  }

  func report(of folder: String? = nil) throws -> VerificationReport {
    try AuditVerifier(repository: try Repository(path: folder ?? ops.git.folder)).verify()
  }

  @Test func aTrailHoldsInItsRepositoryAndInAPlainClone() throws {
    let here = try report()
    #expect(here.problems.isEmpty && here.unseen.isEmpty)
    #expect(here.records == Int(try daily.store.auditHead().sequence))
    #expect(here.commits == 7)
    #expect(here.policyCommits == 5, "root, change, revert of the bad one, revert of the change, governance")
    try GitCommand(folder: scratch.path, home: scratch.path)("clone", "-q", ops.git.folder, "clone")
    let there = try report(of: scratch.path("clone"))
    #expect(there.problems.isEmpty && there.records == here.records && there.head == here.head)
  }

  @Test func aRevertIsNamedInTheRecordAndInTheCommit() throws {
    let messages = try ops.git("log", "--format=%B", "audit")
    let change = try ops.git("rev-list", "--reverse", "main").split(separator: "\n")[1]
    #expect(messages.contains("Reverts policy commit \(change)\n"))
    #expect(messages.contains("Refuse commit "))
  }

  @Test func aTrailHoldsAgainstItsStore() throws {
    var comparison = StoreComparison(daily.store, policies: ops.repository)
    var report = try AuditVerifier(repository: ops.repository).verify { try comparison.compare($0, in: $1) }
    try comparison.finish(&report)
    #expect(report.problems.isEmpty)
  }

  @Test func aBranchThatWasCutOffIsSeenWithTheStoreAlone() throws {
    let tip = try #require(try ops.repository.reference("refs/heads/audit"))
    let parent = try #require(try ops.repository.commit(tip).parents.first)
    try ops.point("refs/heads/audit", to: parent)
    #expect(try report().isGood, "from git alone a shorter trail looks whole")
    var comparison = StoreComparison(daily.store, policies: ops.repository)
    var report = try AuditVerifier(repository: ops.repository).verify { try comparison.compare($0, in: $1) }
    try comparison.finish(&report)
    #expect(report.problems.map(\.id) == ["audit.cut_off"])
    #expect(report.problems.first?.message.contains(parent.description) == true)
    #expect(report.problems.first?.message.contains(tip.description) == true)
  }

  /// The old key signed all before, and the new one signs the commit that brings the change and all after it.
  @Test func theAuditKeyIsHandedOver() throws {
    let new = OpsRepository.stranger
    try ops.commit(["state/purser.yaml": OpsRepository.purserYAML(auditKey: new)])
    daily.key = new
    for units: Int64 in [7, 8] {
      try daily.cycle()
      try daily.count(units)
    }
    try daily.cycle()
    let handed = try report()
    #expect(handed.problems.isEmpty && handed.policyCommits == 6)
    daily.key = OpsRepository.auditKey
    try daily.count(9)
    try daily.cycle()
    #expect(try report().problems.map(\.id) == ["audit.key"], "the old key signs nothing more")
  }

  @Test func otherTrustRootsAreRefused() throws {
    let other = try ops.head
    #expect(throws: (any Error).self) {
      try AuditVerifier(repository: ops.repository, trustRoot: other).verify()
    }
  }

  @Test func aRewrittenPolicyBranchIsNamed() throws {
    let first = try #require(try ops.repository.firstParentLine(from: nil, to: ops.head)?.first)
    try ops.point("refs/heads/main", to: first)
    try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 7)])
    #expect(try report().problems.map(\.id) == ["audit.policy_branch"])
  }
}
