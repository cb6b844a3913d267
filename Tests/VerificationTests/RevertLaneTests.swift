import ActualState
import Digest
import Git
import Operations
import TestSupport
import Testing
import Verification

/// Attacks on the fast lane for reverts, through whole cycles over a real repository: two leads review a channel, and one of
/// them is enough for a revert.
@Suite struct RevertLaneTests {
  static let shop = "state/channels/shop.yaml"
  static let people = "state/governance/people.yaml"

  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    var files = OpsRepository.reviewedFiles
    let rules = [
      ("channels", "[Channel]", "review: {lead: 2}"), ("people", "[Person, Role, ApprovalRule]", "review: {lead: 2}"),
      ("back", "[\"*\"]", "reverts: recorded\nreview: {lead: 1}"),
    ].map { "kind: ApprovalRule\nname: \($0)\nkinds: \($1)\n\($2)\n" }
    let text = try #require(files[Self.people])
    let kept = text.split(separator: "---\n").filter {
      !$0.contains("name: channels") && !$0.contains("name: sold-out")
    }
    files[Self.people] = (kept.map(String.init) + rules).joined(separator: "---\n")
    files[Self.shop] = Self.shop(50)
    try ops.commit(files.mapValues { $0 }, message: "Begin")
    try daily.cycle()
  }

  static func shop(_ units: Int) -> String {
    OpsRepository.channels(cap: units).replacing("name: web", with: "name: shop")
  }

  static func web(_ units: Int) -> String { OpsRepository.channels(cap: units) }

  private func commit(_ files: [String: String?], by signer: OpsRepository.Signer = .ben) throws {
    try ops.commit(files, by: signer, author: signer == .ben ? "ben" : "anna")
  }

  /// Whether the head takes effect with the approval of some leads.
  private func passes(_ leads: [String]) throws -> Bool {
    for lead in leads { try daily.approve(lead) }
    try daily.cycle()
    return try daily.store.pin()?.commit == ops.head.description
  }

  /// A change with both approvals.
  private func put(_ files: [String: String?], by signer: OpsRepository.Signer = .ben) throws {
    try commit(files, by: signer)
    try #require(try passes(["olga", "otto"]))
  }

  /// What one lead alone lets through; what is refused is taken off the branch again.
  private func isLet(_ files: [String: String?], by signer: OpsRepository.Signer = .ben) throws -> Bool {
    let head = try ops.head
    try commit(files, by: signer)
    if try passes(["olga"]) { return true }
    try ops.point("refs/heads/main", to: head)
    try daily.cycle()
    return false
  }

  private func check() throws {
    let verifier = AuditVerifier(repository: ops.repository)
    var comparison = StoreComparison(daily.store, policies: ops.repository)
    var report = try verifier.verify { try comparison.compare($0, in: $1) }
    try comparison.finish(&report)
    #expect(report.problems.isEmpty, "\(report.problems)")
  }

  @Test func oneChangeIsTakenBackByOneLead() throws {
    try put([OpsRepository.web: Self.web(20)])
    #expect(try !isLet([OpsRepository.web: Self.web(99)]))
    #expect(try isLet([OpsRepository.web: Self.web(100)]))
    #expect(try !isLet([OpsRepository.web: Self.web(20)]), "the revert of the revert")
    try check()
  }

  @Test func severalAtOnceAreNoRevert() throws {
    try put([OpsRepository.web: Self.web(20)])
    try put([Self.shop: Self.shop(5)])
    #expect(try !isLet([OpsRepository.web: Self.web(100), Self.shop: Self.shop(50)]), "the tree of some time ago")
    #expect(try !isLet([OpsRepository.web: Self.web(100), Self.shop: Self.shop(6)]), "a revert and an edit")
    #expect(try isLet([OpsRepository.web: Self.web(100)]), "the older one, whose file nobody changed since")
    #expect(try isLet([Self.shop: Self.shop(50)]))
    try check()
  }

  /// What takes effect in one cycle is not one change for that. Approvals without figures let several through at once.
  @Test func severalOfOneCycleAreNoOneChange() throws {
    let start = try ops.head
    try commit([OpsRepository.web: Self.web(20)])
    let first = try ops.head
    let pin = try #require(try daily.store.pin())
    for lead in ["olga", "otto"] {
      daily.statements.append(try ops.statement(lead, from: pin.commit, at: daily.now, impact: nil))
    }
    try commit([Self.shop: Self.shop(5)])
    for lead in ["olga", "otto"] {
      daily.statements.append(try ops.statement(lead, from: first.description, at: daily.now, impact: nil))
    }
    try #require(try passes([]))
    let accepted = try daily.lastRecord().json["accepted"]?.array?.count
    #expect(accepted == 2 && start != first)
    #expect(try !isLet([OpsRepository.web: Self.web(100), Self.shop: Self.shop(50)]))
    #expect(try isLet([Self.shop: Self.shop(50)]))
    try check()
  }

  @Test func newerValuesAreNotWrittenOver() throws {
    try put([OpsRepository.web: Self.web(20)])
    try put([OpsRepository.web: Self.web(10)])
    #expect(try !isLet([OpsRepository.web: Self.web(100)]))
    try put([OpsRepository.web: Self.web(20)])
    #expect(try !isLet([OpsRepository.web: Self.web(100)]), "changed, and changed back")
    try check()
  }

  @Test func aMergeIsTakenBackWholeOrNotAtAll() throws {
    let start = try ops.head
    let side = try ops.commit(
      [OpsRepository.web: Self.web(20), Self.shop: Self.shop(5)], by: .ben, parents: [start],
      branch: "refs/heads/side", author: "ben")
    try ops.commit(
      tree: try ops.repository.commit(side).tree, by: .ben, parents: [start, side], message: "Merge", author: "ben")
    try #require(try passes(["olga", "otto"]))
    #expect(try !isLet([OpsRepository.web: Self.web(100)]), "half of it")
    #expect(try isLet([OpsRepository.web: Self.web(100), Self.shop: Self.shop(50)]))
    try check()
  }

  @Test func whoMayChangeWhatIsNeverInTheLane() throws {
    let before = try #require(try text(of: Self.people))
    try put([Self.people: before.replacing("people: [ben]", with: "people: [ben, anna]")], by: .anna)
    #expect(try !isLet([Self.people: before], by: .anna))
    try check()
  }

  private func text(of path: String) throws -> String? {
    let tree = try ops.repository.commit(try ops.head).tree
    return try ops.repository.entry(at: path, inTree: tree).map {
      String(decoding: try ops.repository.blob($0.id), as: UTF8.self)
    }
  }
}
