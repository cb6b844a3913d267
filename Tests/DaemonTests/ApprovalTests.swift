import ActualState
import Approvals
import AuditTrail
import Daemon
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import SQLiteStore
import TestSupport
import Testing
import Verification

/// Changes that wait for an approval, from the log of approvals to what the daemon puts in force.
@Suite struct ApprovalTests {
  static let lead = PrivateKey(seed: Array(repeating: 5, count: 32))

  let company: CompanyFolder
  let clock: ManualClock

  init() throws {
    company = try CompanyFolder(items: 2)
    clock = try ManualClock()
  }

  /// Two leads, of whom one must approve what is changed of channels.
  private func askForReviews() throws {
    let people = [("olga", Self.lead), ("otto", PrivateKey(seed: Array(repeating: 6, count: 32)))].map { name, key in
      "kind: Person\nname: \(name)\nemail: \(name)@example.test\nkeys: [\(key?.publicKey.description ?? "")]\n---\n"
    }
    let rules = """
      kind: Role
      name: lead
      people: [olga, otto]
      kinds: []
      paths: ["**"]
      ---
      kind: ApprovalRule
      name: channels
      kinds: [Channel]
      review: {lead: 1}

      """
    try company.scratch.write(
      people.joined() + rules, to: "\(company.name)/ops/state/governance/leads.yaml")
    try company.shell("cd ops && git add -A && git commit -qm 'Let leads review channels'")
  }

  /// Appends what olga says about the change from the policy in force to the head.
  private func say(_ kind: Statement.Kind) throws {
    let source = try PolicySource(address: company.repository, mirrorPath: "")
    let repository = source.repository
    let pin = try #require(try SQLiteStore(path: company.store, mode: .readOnly).pin())
    let (base, head) = (ObjectID(pin.commit), try repository.reference("refs/heads/main"))
    let (old, new) = (try repository.commit(try #require(base)), try repository.commit(try #require(head)))
    let files = try FileChange.list(from: old.tree, to: new.tree, in: repository)
    let now = clock.read()
    let statement = Statement(
      kind: kind, change: SHA256Digest(ofChange: files), base: pin.commit, head: new.id.description,
      tree: new.tree.description, policyVersion: pin.version, impact: nil, person: "olga", reason: nil, issuedAt: now,
      expiresAt: kind.permits ? now + .hour : nil, nonce: String(new.id.description.prefix(32)))
    let key = try #require(Self.lead)
    let signed = try #require(statement.signed(by: key))
    try ApprovalLog(source).append(signed, by: Person(name: "olga", email: "olga@example.test"), time: now.seconds)
  }

  @Test func aChangeWaitsUntilItIsApproved() async throws {
    let daemon = try Daemon(company.configuration(), clock: clock.read)
    _ = await daemon.cycle()
    try askForReviews()
    #expect(await daemon.cycle().report.accepted.count == 1)
    try company.commitCap(20)
    #expect(await daemon.cycle().status.refused?.reasons.map(\.id) == ["approval.review_needed"])
    try say(.approve)
    let approved = await daemon.cycle()
    #expect(approved.report.accepted.count == 1 && approved.status.refused == nil)
    #expect(try company.succeed("audit", "verify", "ops").output.contains("3 policy commits"))
  }

  /// Time alone ends an approval, without anything that is pushed.
  @Test func anApprovalThatEndsWhileTheChangeWaitsCountsNoMore() async throws {
    let daemon = try Daemon(company.configuration(), clock: clock.read)
    _ = await daemon.cycle()
    try askForReviews()
    _ = await daemon.cycle()
    try company.commitCap(20)
    try say(.approve)
    clock.advance(seconds: 3600)
    let late = await daemon.cycle()
    #expect(Set(late.status.refused?.reasons.map(\.id) ?? []) == ["approval.review_needed", "approval.expired"])
  }

  /// A log that lost what was said is an alarm; what was said still counts.
  @Test func aRewrittenLogIsAnAlarm() async throws {
    let daemon = try Daemon(company.configuration(), clock: clock.read)
    _ = await daemon.cycle()
    try askForReviews()
    _ = await daemon.cycle()
    try company.commitCap(20)
    try say(.reject)
    #expect(await daemon.cycle().status.refused?.reasons.contains { $0.id == "approval.rejected" } == true)
    let good = try company.shell("git -C ops rev-parse refs/purser/approvals")
    try company.shell("git -C ops update-ref -d refs/purser/approvals")
    let alarmed = await daemon.cycle()
    #expect(alarmed.status.trouble?.message.contains("the log of approvals is gone") == true)
    #expect(alarmed.status.refused?.reasons.contains { $0.id == "approval.rejected" } == true)
    try company.shell("git -C ops update-ref refs/purser/approvals \(good)")
    #expect(await daemon.cycle().status.trouble == nil)
  }
}
