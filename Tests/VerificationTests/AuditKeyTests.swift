import ActualState
import Approvals
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// Commits that name another audit key than the daemon has.
@Suite struct AuditKeyTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    try daily.count(50)
    try daily.cycle()
  }

  private func name(_ key: PrivateKey?) throws -> ObjectID {
    try ops.commit(["state/purser.yaml": OpsRepository.purserYAML(auditKey: key)], message: "Rotate")
  }

  private var refused: [String] { daily.reconciler.report.refused?.reasons.map(\.id) ?? [] }

  @Test func aCommitThatNamesAnotherKeyWaitsAndTradeGoesOn() throws {
    let inForce = try daily.store.pin()
    let other = try name(OpsRepository.stranger)
    try daily.cycle()
    #expect(refused == ["approval.audit_key"])
    #expect(daily.reconciler.report.refused?.reasons.first?.hint?.contains("--audit-key") == true)
    try daily.count(80)
    try daily.cycle()
    #expect(try daily.published == 80)
    #expect(try daily.store.pin() == inForce)
    // A commit on top waits with it, and one that takes it back ends that.
    try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 20)], by: .ben)
    try daily.cycle()
    #expect(!refused.isEmpty)
    try ops.commit(
      ["state/purser.yaml": OpsRepository.purserYAML()],
      message: "Revert \u{22}Rotate\u{22}\n\nThis reverts commit \(other).")
    try daily.cycle()
    #expect(refused.isEmpty && daily.reconciler.report.accepted.count == 1)
    #expect(try daily.published == 20)
    #expect(try daily.problems == [])
  }

  /// The daemon was down while somebody named a wrong key and took it back: no key but its own ever was in force.
  @Test func aKeyThatWasTakenBackUnseenIsPassedOver() throws {
    let other = try name(OpsRepository.stranger)
    try ops.commit(
      ["state/purser.yaml": OpsRepository.purserYAML(), "state/channels/web.yaml": OpsRepository.channels(cap: 30)],
      parents: [other], message: "Correct")
    try daily.cycle()
    #expect(daily.reconciler.report.accepted.map(\.commit.summary) == ["Correct"])
    #expect(try daily.problems == [])
  }

  /// The gate takes it, as the daemon can have the new key only when the branch names it, and says what it waits for.
  @Test func theGateSaysThatARotationWaits() throws {
    let before = try ops.head
    let change = try name(OpsRepository.stranger)
    try ops.point("refs/heads/main", to: before)
    let gate = PushGate(repository: try Repository(path: ops.git.folder), settings: .init(), at: daily.now)
    let verdict = try gate.verdict(on: [ReferenceUpdate(name: "refs/heads/main", old: before, new: change)])
    #expect(verdict.isAccepted && verdict.waiting.map(\.id) == ["approval.audit_key"])
  }

  @Test func theNewKeyTakesOverWithChangesBesideIt() throws {
    try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 40)], by: .ben, message: "Before")
    _ = try name(OpsRepository.stranger)
    try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 30)], by: .ben, message: "After")
    try daily.cycle()
    #expect(daily.reconciler.report.accepted.map(\.commit.summary) == ["Before"])
    #expect(refused == ["approval.audit_key"])
    daily.key = OpsRepository.stranger
    daily.restart()
    try daily.cycle()
    #expect(daily.reconciler.report.accepted.map(\.commit.summary) == ["Rotate", "After"])
    #expect(refused.isEmpty)
    try daily.count(25)
    try daily.cycle()
    #expect(try daily.published == 25)
    #expect(try daily.problems == [])
  }
}
