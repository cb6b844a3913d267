import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// Traps of approving by git that no other suite springs.
@Suite struct TrapTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
  }

  private var tip: ObjectID? {
    get throws { try ops.repository.reference("refs/heads/audit") }
  }

  private func expectWhole() throws {
    var comparison = StoreComparison(daily.store, policies: daily.ops.repository)
    var report = try AuditVerifier(repository: ops.repository).verify { try comparison.compare($0, in: $1) }
    try comparison.finish(&report)
    #expect(report.problems.isEmpty, "\(report.problems)")
  }

  /// The daemon writes into the repository that it watches.
  @Test func anAuditCommitStartsNoLoop() throws {
    try daily.story()
    let (before, version) = (try tip, try daily.store.version())
    for _ in 0..<3 { try daily.cycle() }
    #expect(try tip == before && daily.store.version() == version)
  }

  /// The clock goes back a day and then ahead a year: records keep their order by their numbers, and nothing is done twice.
  @Test func aClockThatJumpsChangesNoOrder() throws {
    try daily.story()
    let records = try daily.store.auditHead().sequence
    daily.now = daily.now - TimeSpan.day
    try daily.cycle()
    #expect(try daily.store.auditHead().sequence == records, "nothing is new")
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 30)])
    try daily.cycle()
    #expect(try daily.store.auditHead().sequence == records + 1)
    daily.now = daily.now + TimeSpan(milliseconds: 365 * TimeSpan.day.milliseconds)
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 40)])
    try daily.cycle()
    try expectWhole()
  }

  /// An approval counts by the clock of who judges, with a few minutes for clocks that differ.
  @Test func anApprovalFromAClockThatIsAheadWaits() throws {
    try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    try daily.count(50)
    try daily.cycle()
    let base = try #require(try daily.store.pin())
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)], by: .ben, author: "ben")
    let ahead = try ops.statement("olga", from: base.commit, at: daily.now + TimeSpan.hour)
    daily.statements = [ahead]
    try daily.cycle()
    #expect(daily.reconciler.status.refused?.reasons.map(\.id).contains("approval.review_needed") == true)
    daily.now = daily.now + TimeSpan.hour
    try daily.cycle()
    #expect(daily.reconciler.status.refused == nil)
    try expectWhole()
  }

  /// Change, revert, revert of the revert, and the revert of that: each is a change like any other, each named with what it
  /// takes back, and the state is that of the last.
  @Test func row38RevertsOfRevertsAreLinkedAndEndWhereTheySay() throws {
    try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    try daily.count(50)
    try daily.cycle()
    let states = [try ops.head, try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)])]
    try daily.cycle()
    var last = states[1]
    for round in 0..<4 {
      let target = states[round % 2]
      let revert = try ops.commit(
        tree: try ops.repository.commit(target).tree, parents: [last],
        message: "Revert\n\nThis reverts commit \(last).")
      try daily.cycle()
      let record = try daily.lastRecord()
      let accepted = try #require(record.json["accepted"]?.array?.last)
      #expect(accepted["commit"] == .string("\(revert)") && accepted["reverts"] == [.string("\(last)")])
      #expect(try daily.store.pin()?.tree == ops.repository.commit(target).tree.description)
      last = revert
    }
    try expectWhole()
  }

  /// A merge is taken back as a whole, and brought again by the revert of that.
  @Test func row38TheRevertOfAMergeIsTakenBackToo() throws {
    try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    try daily.cycle()
    let root = try ops.head
    let side = try ops.commit(
      [OpsRepository.web: OpsRepository.channels(cap: 20)], parents: [root], branch: "refs/heads/side")
    let merged = try ops.repository.commit(side).tree
    let merge = try ops.commit(tree: merged, parents: [root, side], message: "Merge")
    try daily.cycle()
    let revert = try ops.commit(
      tree: try ops.repository.commit(root).tree, parents: [merge],
      message: "Revert\n\nThis reverts commit \(merge), reversing\nchanges made to \(root).")
    try daily.cycle()
    try ops.commit(tree: merged, parents: [revert], message: "Reapply\n\nThis reverts commit \(revert).")
    try daily.cycle()
    #expect(try daily.store.pin()?.tree == merged.description)
    #expect(daily.reconciler.status.refused == nil)
    try expectWhole()
  }
}
