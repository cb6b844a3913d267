import ActualState
import Approvals
import Diagnostics
import Git
import Operations
import Reconciling
import TestSupport
import Testing

@testable import Verification

/// A newer version of Purser finds errors in the policy that an older one accepted: nothing is planned with it, and whoever
/// may change it can mend it.
@Suite struct UpgradeTests {
  let scratch: ScratchFolder
  let daily: Daily
  let ops: OpsRepository

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    try daily.count(50)
    try daily.cycle()
  }

  static let parties = "state/integrations/parties.yaml"
  /// Two systems that own the same event type.
  static let faulty = ["erp", "wms"].map { name in
    "kind: Integration\nname: \(name)\nsource: /\(name)\nowns: [inventory.counted]\n"
  }.joined(separator: "---\n")

  /// What an older version puts in force, which found nothing wrong with it.
  private func acceptAsBefore(_ files: [String: String?]) throws -> ObjectID {
    let commit = try ops.commit(files)
    daily.history.recorded = [commit]
    try daily.cycle()
    daily.history.recorded = []
    daily.restart()
    #expect(try daily.store.pin()?.commit == commit.description)
    return commit
  }

  /// The same where the older version read what this one cannot.
  private func pinAsBefore(_ files: [String: String?]) throws {
    let commit = try ops.commit(files)
    let pin = PolicyPin(
      commit: commit.description, tree: try ops.repository.commit(commit).tree.description,
      version: try #require(try daily.store.pin()).version)
    try daily.store.transaction { try daily.store.set(.pin, pin.json.canonical) }
    daily.restart()
  }

  /// Which words of a summary are secrets is up to the version that wrote the record.
  @Test(
    arguments: [
      ("as it stands", "Cap (https://tracker.example.com/browse?id=12)", true),
      ("all hidden", "*** (" + String(repeating: "*", count: 40) + ")", true),
      ("other words", "Cap (https://tracker.example.com/browse?id=13)", false),
      ("shorter", "Cap", false),
    ])
  func aSummaryMayHideOtherWords(what: String, summary: String, isGood: Bool) throws {
    try ops.commit(["state/notes.txt": "1"], message: "Cap (https://tracker.example.com/browse?id=12)")
    daily.alterRecord = { record in
      guard var accepted = record["accepted"]?.array, var last = accepted.popLast()?.object else { return }
      last["summary"] = .string(summary)
      record["accepted"] = .array(accepted + [.object(last)])
    }
    try daily.cycle()
    let report = try AuditVerifier(repository: ops.repository).verify()
    #expect(report.isGood == isGood, "\(what): \(report.problems)")
  }

  private var trouble: String { daily.reconciler.status.trouble?.description ?? "" }
  private var reasons: [String] { daily.reconciler.report.refused?.reasons.map(\.id) ?? [] }

  @Test func nothingIsPlannedUntilItIsMended() throws {
    let commit = try acceptAsBefore([Self.parties: Self.faulty])
    try daily.count(30)
    let records = try daily.store.auditHead().sequence
    for _ in 0..<3 { try daily.look() }
    #expect(
      trouble.contains("has errors in this version of purser") && trouble.contains("\(Self.parties):9:"), "\(trouble)")
    #expect(trouble.contains("commit a correction"))
    #expect(try daily.published == 50)
    #expect(try daily.store.auditHead().sequence == records)
    // What leaves the error where it is takes no effect.
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)], by: .ben, author: "ben")
    try daily.approve("olga")
    for _ in 0..<3 { try daily.look() }
    #expect(reasons.contains { $0.hasPrefix("state.") })
    #expect(try daily.store.auditHead().sequence == records + 1, "the refusal is recorded once")
    #expect(try daily.store.pin()?.commit == commit.description)
    try ops.point("refs/heads/main", to: commit)
    try ops.commit([Self.parties: nil])
    try daily.cycle()
    #expect(try daily.published == 30)
    let report = try AuditVerifier(repository: ops.repository).verify()
    #expect(report.problems.map(\.message) == [])
    #expect(
      report.unseen.count == 1 && report.unseen[0].contains("\(commit)") && report.unseen[0].contains(Self.parties))
    #expect(try Repository(path: ops.git.folder).reference("refs/heads/audit") != nil)
  }

  /// The gate of a server stands where the daemon does.
  @Test func aPushThatMendsItPassesTheGate() throws {
    _ = try acceptAsBefore([Self.parties: Self.faulty])
    let head = try ops.head
    func refusals(_ files: [String: String?], by signer: OpsRepository.Signer = .anna) throws -> [String] {
      let pushed = try ops.commit(files, by: signer, parents: [head], branch: "refs/heads/pushed")
      let gate = PushGate(repository: try Repository(path: ops.git.folder), settings: .init(), at: daily.now)
      return try gate.verdict(on: [ReferenceUpdate(name: "refs/heads/main", old: head, new: pushed)])
        .refused.flatMap(\.reasons).map(\.id)
    }
    #expect(try refusals([Self.parties: nil]) == [])
    #expect(try refusals([Self.parties: nil], by: .stranger).contains("approval.unknown_key"))
    #expect(try refusals(["state/notes.txt": "x"]).contains { $0.hasPrefix("state.") })
  }

  /// The rules of the policy in force hold for the commit that mends it, and nothing can be hidden in it.
  @Test func whoMendsItNeedsTheSameApprovals() throws {
    _ = try acceptAsBefore([Self.parties: Self.faulty])
    let mend: [String: String?] = [Self.parties: nil, OpsRepository.web: OpsRepository.channels(cap: 20)]
    for signer in [OpsRepository.Signer.stranger, .nobody, .forged] {
      let start = try ops.head
      try ops.commit(mend, by: signer)
      try daily.look()
      #expect(!reasons.isEmpty && trouble.contains("has errors"), "\(signer)")
      try ops.point("refs/heads/main", to: start)
    }
    let start = try ops.head
    try ops.commit(mend, by: .ben, author: "ben")
    try daily.look()
    #expect(reasons.contains("approval.role"), "ben has no role for integrations")
    try ops.point("refs/heads/main", to: start)
    try ops.commit(mend, author: "anna")
    try daily.look()
    #expect(reasons == ["approval.review_needed"])
    // What it would do cannot be worked out, and counts as the most that it could.
    try daily.approve("olga", impact: nil)
    try daily.look()
    #expect(reasons == ["approval.review_needed"])
    try daily.approve("otto")
    try daily.look()
    #expect(reasons == ["approval.review_needed"], "nobody could be shown figures")
    try daily.approve("otto", impact: nil)
    try daily.cycle()
    #expect(try daily.published == 20)
    #expect(try AuditVerifier(repository: ops.repository).verify().problems.map(\.message) == [])
  }

  /// A resource that cannot be read any more may have said anything: whatever rule speaks of its kind asks.
  @Test(arguments: [false, true]) func whatCannotBeReadIsJudgedByAllRulesOfItsKind(isRemoved: Bool) throws {
    let old = OpsRepository.channels(cap: 100)
    let second = "---\n" + old.replacing("name: web", with: "name: shop")
    try pinAsBefore([OpsRepository.web: old + "colour: red\n" + second])
    try daily.look()
    #expect(trouble.contains("\(OpsRepository.web):6:1: Channel has no field 'colour'"), "\(trouble)")
    try ops.commit(
      [OpsRepository.web: isRemoved ? String(second.dropFirst(4)) : old + second], by: .ben, author: "ben")
    try daily.look()
    #expect(reasons == ["approval.review_needed"])
    try daily.approve("ben", impact: nil)
    try daily.look()
    #expect(reasons == ["approval.review_needed", "approval.no_role"], "an author without the role")
    try daily.approve("olga", "otto", impact: nil)
    try daily.cycle()
    #expect(try daily.store.pin()?.commit == ops.head.description)
  }

  @Test func governanceIsNotChangedBesideWhatCannotBeRead() throws {
    let channels = OpsRepository.channels(cap: 100)
    try pinAsBefore([OpsRepository.web: channels + "colour: red\n"])
    let people = try #require(OpsRepository.reviewedFiles["state/governance/people.yaml"])
    try ops.commit([
      OpsRepository.web: channels,
      "state/governance/people.yaml": people.replacing("people: [anna]", with: "people: [anna, ben]"),
    ])
    try daily.look()
    #expect(reasons.contains("approval.governance_mixed"))
  }

  /// Where people, roles or rules may be missing, nobody can say who may mend it.
  @Test(arguments: [
    ("state/governance/people.yaml", "kind: ApprovalRule\nname: more\nkinds: [Channel]\nreview: {lead: 9}\n"),
    (
      "state/governance/people.yaml",
      "kind: ApprovalRule\nname: more\ncolour: red\nkinds: [Channel]\nreview: {lead: 1}\n"
    ),
    (OpsRepository.web, "knid: Channel\nname: more\n"), (OpsRepository.web, "kind: Channel\nname: [\n"),
    (OpsRepository.web, "kind: Repository\nname: two\nschema_version: 1\ncurrency: EUR\n"),
  ]) func withoutItsGovernanceNothingIsJudged(path: String, document: String) throws {
    let good = OpsRepository.reviewedFiles[path] ?? ""
    try pinAsBefore([path: good + "---\n" + document])
    try ops.commit([path: good])
    let pin = try daily.store.pin()
    #expect(throws: Diagnostics.self) { try daily.cycle() }
    #expect(try daily.store.pin() == pin)
  }
}
