import ActualState
import Approvals
import AuditTrail
import Diagnostics
import Git
import Operations
import TestSupport
import Testing
import Verification

/// A server whose rules ask for reviews: what it refuses, and what may wait on the branch.
@Suite struct ReviewedPushTests {
  static let main = "refs/heads/main"
  static let log = "refs/purser/approvals"

  let scratch: ScratchFolder
  let ops: OpsRepository
  let root: ObjectID
  let morning: Instant

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    root = try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    morning = try #require(Instant("2026-11-24T08:00:00Z"))
  }

  /// A change of ben's that no reference of the server leads to, and what people say about it.
  func pushed(cap: Int, approvedBy people: String...) throws -> (change: ObjectID, log: ObjectID?) {
    let before = try ops.head
    let change = try ops.commit([OpsRepository.web: OpsRepository.channels(cap: cap)], by: .ben, author: "ben")
    let statements = try people.map { try ops.statement($0, from: "\(root)", at: morning) }
    try ops.point(Self.main, to: before)
    guard !statements.isEmpty else { return (change, nil) }
    var files: [String: ObjectID?] = [:]
    for said in statements { files[ApprovalLog.path(of: said.id)] = try ops.repository.writeBlob(said.file) }
    let log = try ops.repository.writeCommit(
      tree: try ops.repository.writeTree(base: nil, files: files), parents: [], author: Person(name: "t", email: "t@t"),
      time: 1, message: "said\n")
    return (change, log)
  }

  func verdict(
    _ change: ObjectID, log: ObjectID? = nil, _ requirement: PushGate.Settings.Requirement = .approved,
    soldOut: Int64? = nil
  ) throws -> (refused: [String], waiting: [String]) {
    var updates = [ReferenceUpdate(name: Self.main, old: try ops.head, new: change)]
    if let log { updates.append(ReferenceUpdate(name: Self.log, old: nil, new: log)) }
    let gate = PushGate(
      repository: try Repository(path: ops.git.folder), settings: .init(requirement: requirement), at: morning
    ) { _ in soldOut.map { ["skus_to_zero": $0] } }
    let verdict = try gate.verdict(on: updates)
    return (verdict.refused.flatMap(\.reasons).map(\.id), verdict.waiting.map(\.id))
  }

  @Test func aChangeWithoutItsReviewIsRefusedOrWaits() throws {
    let change = try pushed(cap: 20).change
    #expect(try verdict(change).refused == ["approval.review_needed"])
    let waits = try verdict(change, .valid)
    #expect(waits.refused.isEmpty && waits.waiting == ["approval.review_needed"])
  }

  @Test func approvalsOfTheSamePushCount() throws {
    let (change, log) = try pushed(cap: 20, approvedBy: "olga")
    #expect(try verdict(change, log: log, soldOut: 0).refused.isEmpty)
    #expect(try verdict(change, soldOut: 0).refused == ["approval.review_needed"], "without them")
    #expect(try verdict(change, log: log, soldOut: 1).refused.first == "approval.review_needed", "two for a sell-out")
  }

  @Test func approvalsOfTheLogCount() throws {
    let (change, log) = try pushed(cap: 20, approvedBy: "olga")
    try ops.point(Self.log, to: try #require(log))
    #expect(try verdict(change, soldOut: 0).refused.isEmpty)
  }

  @Test func whatDependsOnAnUnknownImpactIsRefusedOrWaits() throws {
    let (change, log) = try pushed(cap: 20, approvedBy: "olga")
    #expect(try verdict(change, log: log).refused == ["push.undecided"])
    let waits = try verdict(change, log: log, .valid)
    #expect(waits.refused.isEmpty && waits.waiting == ["push.undecided"])
  }

  /// What waits on the branch hides nothing that is wrong with what comes after it.
  @Test func whatIsWrongIsRefusedAlsoBehindAChangeThatWaits() throws {
    let waiting = try pushed(cap: 20).change
    try ops.point(Self.main, to: waiting)
    func next(_ files: [String: String?], _ signer: OpsRepository.Signer, _ author: String) throws -> [String] {
      let change = try ops.commit(files, by: signer, parents: [waiting], branch: "refs/heads/pushed", author: author)
      return try verdict(change, .valid).refused
    }
    #expect(try next([OpsRepository.web: "kind: Channl\n"], .ben, "ben").contains("state.unknown_kind"))
    #expect(try next([OpsRepository.web: OpsRepository.channels(cap: 9)], .nobody, "ben") == ["approval.unsigned"])
    let tiers = "kind: AllocationTier\nname: growth\nrank: 2\nrule: strict\n"
    #expect(try next(["state/allocation/tiers.yaml": tiers], .ben, "ben") == ["approval.role"])
    #expect(try next([OpsRepository.web: OpsRepository.channels(cap: 9)], .ben, "ben").isEmpty)
  }

  /// What was in force before is known from the audit branch: an exact revert to it needs no review where a rule opens a
  /// lane for it, and anything else does.
  @Test func anExactRevertTakesItsLane() throws {
    let shop = try OpsRepository(scratch, "lane")
    var files = OpsRepository.reviewedFiles
    files["state/governance/people.yaml"]? +=
      "---\nkind: ApprovalRule\nname: back\nkinds: [\"*\"]\nreverts: recorded\nreview: none\n"
    try shop.commit(files.mapValues { $0 }, message: "Begin")
    let daily = Daily(shop)
    try daily.count(50)
    try daily.cycle()
    try shop.commit([OpsRepository.web: OpsRepository.channels(cap: 20)], by: .ben, author: "ben")
    try daily.approve("olga", "otto")
    try daily.cycle()
    let head = try shop.head
    #expect(try daily.store.pin()?.commit == "\(head)")
    func reasons(cap: Int) throws -> [String] {
      let change = try shop.commit(
        [OpsRepository.web: OpsRepository.channels(cap: cap)], by: .ben, parents: [head], branch: "refs/heads/pushed",
        author: "ben")
      let gate = PushGate(repository: try Repository(path: shop.git.folder), settings: .init(), at: morning)
      return try gate.verdict(on: [ReferenceUpdate(name: Self.main, old: head, new: change)]).refused
        .flatMap(\.reasons).map(\.id)
    }
    #expect(try reasons(cap: 100).isEmpty)
    #expect(try reasons(cap: 99) == ["approval.review_needed"])
  }
}
