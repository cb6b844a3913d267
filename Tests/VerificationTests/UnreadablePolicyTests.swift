import ActualState
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import TestSupport
import Testing

@testable import Verification

/// Old history holds a policy that another version of Purser read and this one cannot.
@Suite struct UnreadablePolicyTests {
  let scratch: ScratchFolder
  let daily: Daily
  let ops: OpsRepository

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    try daily.count(50)
    try daily.cycle()
  }

  static let strange = OpsRepository.channels(cap: 20) + "colour: red\n"

  /// Writes the record of an older version, which accepted the head of the branch.
  private func acceptAsBefore(tree: String? = nil) throws -> ObjectID {
    let head = try ops.head
    let before = try #require(try daily.store.pin())
    let commit = try ops.repository.commit(head)
    let pin = PolicyPin(commit: "\(head)", tree: tree ?? "\(commit.tree)", version: before.version)
    daily.now = daily.now + daily.pause
    let plan: JSONValue = [
      "policy": pin.json, "snapshot_version": 9, "now": .string(daily.now.description),
    ]
    let body: [String: JSONValue] = [
      "type": "apply", "at": .string(daily.now.description), "plan": plan,
      "plan_digest": .string(SHA256Digest(of: plan.canonicalBytes + [0x0A]).description), "counts": [:], "rows": [],
      "rows_total": 0, "policy_changed": 0, "world_moved": 0, "policy_from": before.json,
      "accepted": [
        [
          "commit": .string("\(head)"), "summary": "Change", "authors": ["anna"], "rules": ["start"],
          "version": .integer(pin.version), "reverts": [],
        ]
      ],
    ]
    try daily.store.transaction {
      try daily.store.note(AuditDraft(isDecision: true, body: body))
      try daily.store.set(.pin, pin.json.canonical)
    }
    try AuditPublisher(key: try #require(OpsRepository.auditKey)).publish(
      store: daily.store, source: PolicySourceTarget(try PolicySource(address: ops.git.folder, mirrorPath: "")),
      now: daily.now, flush: true, checkpointEvery: .hour)
    daily.restart()
    return head
  }

  private func verify() throws -> VerificationReport { try AuditVerifier(repository: ops.repository).verify() }

  @Test func itsBytesAreVerifiedAndItIsSaidThatItCannotBeRead() throws {
    try ops.commit([OpsRepository.web: Self.strange])
    let head = try acceptAsBefore()
    let report = try verify()
    #expect(report.problems.isEmpty && report.policyCommits == 2, "\(report.problems)")
    #expect(report.unseen.count == 1, "\(report.unseen)")
    #expect(report.unseen.first?.contains("commit \(head) cannot be read by this version of purser") == true)
    #expect(report.unseen.first?.contains("\(OpsRepository.web):6") == true, "\(report.unseen)")
    // What comes after is judged again.
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)])
    try daily.cycle()
    let after = try verify()
    #expect(after.problems.isEmpty && after.policyCommits == 3, "\(after.problems)")
    #expect(try AuditVerifier(repository: ops.repository).verify(after: report.point).problems.isEmpty)
  }

  /// That a file cannot be read lets nothing else through.
  @Test(arguments: [OpsRepository.Signer.stranger, .nobody, .forged]) func itsAuthorIsKnown(
    signer: OpsRepository.Signer
  ) throws {
    try ops.commit([OpsRepository.web: Self.strange], by: signer)
    _ = try acceptAsBefore()
    #expect(try verify().problems.map(\.id) == ["audit.policy"])
  }

  @Test func otherFilesThanTheRecordNamesAreABrokenLink() throws {
    try ops.commit([OpsRepository.web: Self.strange])
    _ = try acceptAsBefore(tree: String(repeating: "1", count: 40))
    #expect(try verify().problems.map(\.id) == ["audit.policy"])
  }

  /// Where it may have said who decides, nothing after it can be judged: that is said to be so, and no link is called broken.
  @Test func withoutItsGovernanceTheRestCannotBeJudged() throws {
    let people = OpsRepository.governance() + "---\nkind: Role\nname: more\ncolour: red\npeople: [ben]\n"
    try ops.commit(["state/governance/people.yaml": people])
    _ = try acceptAsBefore()
    #expect(try verify().problems.isEmpty && verify().unseen.count == 1)
    try ops.commit(["state/governance/people.yaml": OpsRepository.governance()])
    _ = try acceptAsBefore()
    let report = try verify()
    #expect(report.problems.map(\.id) == ["audit.unreadable_policy"], "\(report.problems)")
    #expect(report.problems.first?.message.contains("cannot be read by this version") == true)
  }
}
