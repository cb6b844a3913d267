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
    try Self.pushed(onto: ops, cap: cap, approvedBy: people, at: morning)
  }

  static func pushed(
    onto ops: OpsRepository, cap: Int, approvedBy people: [String], at now: Instant
  ) throws -> (change: ObjectID, log: ObjectID?) {
    let before = try ops.head
    let change = try ops.commit([OpsRepository.web: OpsRepository.channels(cap: cap)], by: .ben, author: "ben")
    let statements = try people.map { try ops.statement($0, from: "\(before)", at: now) }
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

  /// In a freeze nothing waits where the branch takes only what takes effect at once: whoever pushes is told so.
  @Test func whatAFreezeHoldsUpIsPushedAgain() throws {
    let frozen = try OpsRepository(scratch, "frozen")
    var files = OpsRepository.reviewedFiles
    files["state/governance/freeze.yaml"] =
      "kind: FreezeWindow\nname: peak\nkinds: [Channel]\nfrom: 2026-11-24T00:00:00Z\nuntil: 2026-11-25T00:00:00Z\n"
      + "override: {role: owner}\n"
    try frozen.commit(files.mapValues { $0 }, message: "Begin")
    let (change, log) = try Self.pushed(onto: frozen, cap: 20, approvedBy: ["olga"], at: morning)
    func verdict(_ requirement: PushGate.Settings.Requirement) throws -> PushVerdict {
      let gate = PushGate(
        repository: try Repository(path: frozen.git.folder), settings: .init(requirement: requirement), at: morning
      ) { _ in ["skus_to_zero": 0] }
      return try gate.verdict(on: [
        ReferenceUpdate(name: Self.main, old: try frozen.head, new: change),
        ReferenceUpdate(name: Self.log, old: nil, new: log),
      ])
    }
    let refused = try verdict(.approved).refused.flatMap(\.reasons)
    #expect(refused.map(\.id) == ["approval.frozen"])
    let hint = try #require(refused.first?.hint)
    #expect(hint.contains("push it again then") && hint.contains("purser.gate valid"), "\(hint)")
    #expect(hint.contains("purser approve \(change.description.prefix(10)) --break-glass"), "\(hint)")
    let waits = try verdict(.valid)
    #expect(waits.isAccepted && waits.waiting.map(\.id) == ["approval.frozen"])
    #expect(waits.waiting.first?.hint?.hasPrefix("it takes effect automatically then") == true)
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

  /// A commit is its author's also where a file in the tree says that the address is somebody else's.
  @Test func aMailmapMakesNobodyElseTheAuthor() throws {
    let before = try ops.head
    let change = try ops.commit(
      [
        OpsRepository.web: OpsRepository.channels(cap: 20),
        ".mailmap": "Anna <anna@example.test> <olga@example.test>\n",
      ], by: .anna, author: "olga")
    let said = try ops.statement("olga", from: "\(before)", at: morning)
    try ops.point(Self.main, to: before)
    let tree = try ops.repository.writeTree(
      base: nil, files: [ApprovalLog.path(of: said.id): try ops.repository.writeBlob(said.file)])
    let log = try ops.repository.writeCommit(
      tree: tree, parents: [], author: Person(name: "t", email: "t@t"), time: 1, message: "said\n")
    #expect(try verdict(change, log: log, soldOut: 0).refused == ["approval.review_needed", "approval.author"])
  }

  /// What others left waiting on the branch is not held against whoever pushes something that is in order by itself.
  @Test func whatWaitsIsNobodyElsesFault() throws {
    let rule = "kind: ApprovalRule\nname: more\nkinds: [Channel]\nfields: [exposure]\nreview: {lead: 1}\n"
    let people = try #require(OpsRepository.reviewedFiles["state/governance/people.yaml"])
    let tiers = "kind: AllocationTier\nname: growth\nrank: 2\nrule: strict\n"
    for files in [
      ["state/governance/people.yaml": people + "---\n" + rule],
      [OpsRepository.web: OpsRepository.channels(cap: 50), "state/allocation/tiers.yaml": tiers],
    ] {
      try ops.point(Self.main, to: root)
      // Nobody has approved it: the gate took it because it may wait.
      let waiting = try ops.commit(files.mapValues { $0 }, by: .anna, author: "anna")
      func next(_ files: [String: String?]..., by signer: OpsRepository.Signer = .ben) throws -> [String] {
        var head = waiting
        for file in files {
          head = try ops.commit(file, by: signer, parents: [head], branch: "refs/heads/pushed", author: "ben")
        }
        return try verdict(head, .valid).refused
      }
      #expect(try next([OpsRepository.web: OpsRepository.channels(cap: 40)]).isEmpty)
      #expect(try next([OpsRepository.web: OpsRepository.channels(cap: 40)], by: .nobody) == ["approval.unsigned"])
      #expect(try next(["state/allocation/tiers.yaml": tiers + "# \n"]) == ["approval.role"])
      #expect(try next([OpsRepository.web: "kind: Channl\n"]).contains("state.unknown_kind"))
      let mended: [String: String?] = [OpsRepository.web: OpsRepository.channels(cap: 30)]
      #expect(try next([OpsRepository.web: "kind: Channl\n"], mended).isEmpty, "put right in the same push")
      #expect(try next(mended, [OpsRepository.web: "kind: Channl\n"]).contains("state.unknown_kind"))
    }
  }

  /// What was in force before is known from the audit branch: the exact revert of a change needs fewer people where a rule
  /// opens a lane for it, and anything else needs as many as ever.
  @Test func anExactRevertTakesItsLane() throws {
    let shop = try OpsRepository(scratch, "lane")
    var files = OpsRepository.reviewedFiles
    files["state/governance/people.yaml"] =
      files["state/governance/people.yaml"]?.replacing(
        "kinds: [Channel]\nreview: {lead: 1}", with: "kinds: [Channel]\nreview: {lead: 2}")
    files["state/governance/people.yaml"]? +=
      "---\nkind: ApprovalRule\nname: back\nkinds: [\"*\"]\nreverts: recorded\nreview: {lead: 1}\n"
    try shop.commit(files.mapValues { $0 }, message: "Begin")
    let daily = Daily(shop)
    try daily.count(50)
    try daily.cycle()
    try shop.commit([OpsRepository.web: OpsRepository.channels(cap: 20)], by: .ben, author: "ben")
    try daily.approve("olga", "otto")
    try daily.cycle()
    let head = try shop.head
    #expect(try daily.store.pin()?.commit == "\(head)")
    func reasons(cap: Int, _ people: String...) throws -> [String] {
      let (change, log) = try Self.pushed(onto: shop, cap: cap, approvedBy: people, at: morning)
      let gate = PushGate(repository: try Repository(path: shop.git.folder), settings: .init(), at: morning) { _ in
        ["skus_to_zero": 0]
      }
      var updates = [ReferenceUpdate(name: Self.main, old: head, new: change)]
      if let log { updates.append(ReferenceUpdate(name: Self.log, old: nil, new: log)) }
      return try gate.verdict(on: updates).refused.flatMap(\.reasons).map(\.id)
    }
    #expect(try reasons(cap: 100, "olga").isEmpty)
    #expect(try reasons(cap: 100) == ["approval.review_needed"])
    #expect(try reasons(cap: 99, "olga") == ["approval.review_needed"])
    #expect(try reasons(cap: 99, "olga", "otto").isEmpty)
  }
}
