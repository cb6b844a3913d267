import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// Changes that people approve, from the branch to the record that anyone can verify.
@Suite struct ReviewedTrailTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
  }

  private func begin() throws {
    try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    try daily.count(50)
    try daily.cycle()
  }

  private var reasons: Set<String> { Set(daily.reconciler.status.refused?.reasons.map(\.id) ?? []) }

  @discardableResult
  private func change(cap: Int, by signer: OpsRepository.Signer = .ben, author: String = "ben") throws -> ObjectID {
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: cap)], by: signer, author: author)
  }

  @Test func aChangeWaitsForItsApprovalAndIsRecordedWithIt() throws {
    try begin()
    let head = try change(cap: 20)
    for _ in 0..<2 {
      try daily.cycle()
      #expect(reasons == ["approval.review_needed"])
    }
    let refusal = try daily.lastRecord()
    #expect(refusal.json["type"] == "refusal" && refusal.sequence == 2, "it is recorded once")
    try daily.approve("olga")
    try daily.cycle()
    #expect(reasons.isEmpty && daily.reconciler.report.accepted.map(\.commit.id) == [head.description])
    let accepted = try daily.lastRecord().json["accepted"]?.array?.first
    #expect(accepted?["approvals"]?.array?.count == 1 && accepted?["requirement"]?.array?.count == 1)
    #expect(accepted?["impact"]?["channels"] == 1)
  }

  /// The figures that were approved bind: what the change would do today decides, in the cycle that applies it.
  @Test func anApprovalHoldsAsFarAsItsFigures() throws {
    try begin()
    try change(cap: 20)
    try daily.approve("olga", impact: ["channels": 0])
    try daily.cycle()
    #expect(reasons == ["approval.review_needed", "approval.void"])
    #expect(daily.reconciler.status.refused?.reasons.contains { $0.message.contains("channels is 1") } == true)
    try daily.approve("olga", impact: ["channels": 1])
    try daily.cycle()
    #expect(reasons.isEmpty)
  }

  /// The world moves between two looks: what one approval was enough for needs two when it would sell something out.
  @Test func theWorldMovesBetweenApprovalAndApply() throws {
    try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    try daily.cycle()
    try change(cap: 0)
    // Nothing is in stock: a cap of 0 takes nothing from anyone.
    try daily.approve("olga")
    try daily.count(50)
    try daily.cycle()
    #expect(reasons == ["approval.review_needed"])
    try daily.approve("otto")
    try daily.cycle()
    #expect(reasons.isEmpty)
    #expect(try AuditVerifier(repository: ops.repository).verify().problems.isEmpty)
  }

  /// What is applied was judged by the world that it is applied to: trade between plan and apply has the change planned and
  /// judged again.
  @Test(arguments: [true, false]) func theWorldMovesBetweenPlanAndApply(isCovered: Bool) throws {
    try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    try daily.cycle()
    let pin = try daily.store.pin()
    try change(cap: 0)
    try daily.approve("olga")
    if isCovered { try daily.approve("otto") }
    // When it was judged, nothing could be sold, and one approval was enough.
    daily.beforeApply = { [daily] in try daily.count(50) }
    try daily.cycle()
    #expect(daily.beforeApply == nil)
    #expect(try (daily.store.pin() != pin) == isCovered)
    #expect(reasons == (isCovered ? [] : ["approval.review_needed"]))
    #expect(try AuditVerifier(repository: ops.repository).verify().problems.isEmpty)
  }

  @Test func anApprovalSurvivesAMoveOfTheBaseElsewhere() throws {
    try begin()
    let base = try #require(try daily.store.pin())
    // Approved on a branch that is merged after something else.
    try change(cap: 20)
    let statement = try ops.statement("olga", from: base.commit, at: daily.now)
    let root = try #require(ObjectID(base.commit))
    try ops.point("refs/heads/main", to: root)
    try ops.commit(["README.md": "words\n"], author: "anna")
    try daily.cycle()
    daily.statements = [statement]
    try change(cap: 20)
    try daily.cycle()
    #expect(reasons.isEmpty)
    #expect(try AuditVerifier(repository: ops.repository).verify().problems.isEmpty)
  }

  /// Approve, apply, revert, and revert the revert: the same change from the same files needs a new approval.
  @Test func aRevertOfARevertNeedsANewApproval() throws {
    try begin()
    let before = try ops.head
    try change(cap: 20)
    try daily.approve("olga")
    try daily.cycle()
    try change(cap: 100)
    try daily.approve("otto")
    try daily.cycle()
    #expect(reasons.isEmpty && daily.statements.count == 2)
    #expect(try ops.repository.commit(ops.head).tree == ops.repository.commit(before).tree)
    try change(cap: 20)
    try daily.cycle()
    #expect(reasons == ["approval.review_needed", "approval.void"])
    #expect(
      daily.reconciler.status.refused?.reasons.contains { $0.message.hasPrefix("\(OpsRepository.web) was changed") }
        == true)
    try daily.approve("olga")
    try daily.cycle()
    #expect(reasons.isEmpty)
  }

  @Test func anApprovalBeforeTheChangeIsWrittenCountsForNothing() throws {
    try begin()
    try daily.approve("olga")
    try change(cap: 20)
    try daily.cycle()
    #expect(reasons == ["approval.review_needed"])
  }

  // MARK: Who made it

  @Test func coAuthorsAndMergedAuthorsDoNotApprove() throws {
    try begin()
    let root = try ops.head
    try ops.commit(
      [OpsRepository.web: OpsRepository.channels(cap: 20)], by: .ben,
      message: "Cap\n\nCo-Authored-By: Olga <olga@example.test>", author: "ben")
    try daily.approve("olga")
    try daily.cycle()
    #expect(reasons == ["approval.review_needed", "approval.author"])
    // The same by a merge: otto wrote what ben merges.
    try ops.point("refs/heads/main", to: root)
    let side = try ops.commit(
      [OpsRepository.web: OpsRepository.channels(cap: 30)], by: .nobody, parents: [root],
      branch: "refs/heads/side", author: "otto")
    try ops.commit(
      tree: try ops.repository.commit(side).tree, by: .ben, parents: [root, side], message: "Merge", author: "ben")
    try daily.approve("otto")
    try daily.cycle()
    #expect(reasons == ["approval.review_needed", "approval.author"])
    try daily.approve("olga")
    try daily.cycle()
    #expect(reasons.isEmpty)
  }

  @Test func anAuthorWhomNobodyKnowsFailsClosed() throws {
    try begin()
    try change(cap: 20, author: "stranger")
    try daily.approve("olga", "otto")
    try daily.cycle()
    #expect(reasons == ["approval.unmapped"])
  }

  // MARK: Tampering

  @Test func theTrailVerifiesOffline() throws {
    try daily.reviewedStory()
    let report = try AuditVerifier(repository: ops.repository).verify()
    #expect(report.problems.isEmpty && report.policyCommits == 3)
    let message = try ops.repository.commit(try #require(report.head)).message
    #expect(message.contains("\nApproved-By: olga\nApproved-By: otto\n"))
  }

  /// With the daemon's own key and all links made again: what people signed cannot be made up, altered or left out.
  @Test(arguments: [
    ("remove", "audit.policy"), ("alter", "audit.policy"), ("forge", "audit.policy"), ("garble", "audit.evidence"),
    ("no impact", "audit.impact"), ("smaller impact", "audit.accepted"), ("other time", "audit.policy"),
    ("requirement", "audit.accepted"),
  ])
  func whatIsDoneToARecordIsNamed(what: String, id: String) throws {
    try daily.reviewedStory()
    let head = try #require(try ops.repository.reference("refs/heads/audit"))
    let trail = try ops.repository.firstParentLine(from: nil, to: head)
    var batches = try (trail ?? []).map { try AuditCommit.read($0, in: ops.repository).records }
    let index = try #require(batches.lastIndex { $0[0].json["accepted"]?.array?.first?["approvals"] != nil })
    var accepted = try #require(batches[index][0].json["accepted"]?.array?.first?.object)
    var approvals = try #require(accepted["approvals"]?.array)
    var statement = try #require(approvals[0].object)
    switch what {
    case "remove": approvals.removeLast()
    case "alter":
      statement["statement"] = .string((statement["statement"]?.string ?? "").replacing("1000", with: "9000"))
      approvals[0] = .object(statement)
    case "forge":
      let signed = try #require(SignedStatement(json: approvals[0]))
      let stranger = try #require(OpsRepository.stranger)
      approvals[0] = try #require(try signed.statement().signed(by: stranger)).json
    case "garble": approvals[0] = ["statement": "words", "signature": "none"]
    case "no impact": batches[index][0].edit("impacts", .null)
    case "smaller impact":
      var impacts = try #require(batches[index][0].json["impacts"]?.array?.first?.object)
      var measures = try #require(impacts["measures"]?.object)
      measures["channels"] = 0
      impacts["measures"] = .object(measures)
      batches[index][0].edit("impacts", [.object(impacts)])
    case "other time": batches[index][0].edit("at", "2027-11-24T08:00:00Z")
    default: accepted["requirement"] = []
    }
    accepted["approvals"] = .array(approvals)
    batches[index][0].edit("accepted", [.object(accepted)])
    var (previous, parent) = (SHA256Digest.zero, String?.none)
    for batch in batches {
      let linked = batch.map { record in
        var record = record
        record.edit("previous", .string(previous.description))
        previous = record.hash
        return record
      }
      let key = try #require(OpsRepository.auditKey)
      parent = try ops.repository.write(try AuditCommit(linked), parent: parent, key: key).description
    }
    try ops.point("refs/heads/audit", to: try #require(parent.flatMap { ObjectID($0) }))
    let problems = try AuditVerifier(repository: ops.repository).verify().problems
    #expect(problems.map(\.id) == [id], "\(problems)")
    #expect(problems.first?.message.contains("record \(batches[index][0].sequence)") == true)
  }
}
