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

/// What somebody rejected does not come in by another way: merged, squashed, made anew, or from another base. The record of
/// it can be verified by whoever has it all, and by whoever has not.
@Suite struct CarriedTrailTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily
  let root: ObjectID

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    root = try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    try daily.count(50)
    try daily.cycle()
  }

  private var words: String { daily.reconciler.status.refused?.reasons.map(\.message).joined(separator: "\n") ?? "" }

  private func say(
    _ person: String, _ kind: Statement.Kind = .approve, from base: ObjectID, to head: ObjectID
  ) throws {
    daily.now = daily.now + TimeSpan(milliseconds: 1000)
    let (old, new) = (try ops.repository.commit(base), try ops.repository.commit(head))
    let files = try FileChange.list(from: old.tree, to: new.tree, in: ops.repository)
    let statement = Statement(
      kind: kind, change: SHA256Digest(ofChange: files), base: base.description, head: head.description,
      tree: new.tree.description, policyVersion: 1, impact: kind.permits ? OpsRepository.everything : nil,
      person: person, reason: "so", issuedAt: daily.now, expiresAt: kind.permits ? daily.now + TimeSpan.day : nil,
      nonce: String(SHA256Digest(of: "\(person) \(kind) \(daily.now)").description.prefix(32)))
    let key = try #require(OpsRepository.key(of: person))
    daily.statements.append(try #require(statement.signed(by: key)))
  }

  private func channels(_ cap: Int, _ more: String = "") -> [String: String?] {
    [OpsRepository.web: OpsRepository.channels(cap: cap) + more]
  }

  private func verify(_ repository: Repository? = nil) throws -> VerificationReport {
    let report = try AuditVerifier(repository: repository ?? ops.repository).verify()
    #expect(report.problems.isEmpty, "\(report.problems)")
    return report
  }

  enum Way: CaseIterable { case merged, squashed, madeAnew }

  @Test(arguments: Way.allCases) func aRejectionIsNotLost(way: Way) throws {
    let first = try ops.commit(channels(20), by: .ben, parents: [root], branch: "refs/heads/side", author: "ben")
    try say("olga", .reject, from: root, to: first)
    let second = try ops.commit(
      channels(20, "# a note\n"), by: .ben, parents: [first], branch: "refs/heads/side", author: "ben")
    let tree = try ops.repository.commit(second).tree
    let head =
      switch way {
      case .merged: try ops.commit(tree: tree, by: .ben, parents: [root, second], message: "Merge", author: "ben")
      case .squashed: try ops.commit(tree: tree, by: .ben, parents: [root], message: "Squash", author: "ben")
      case .madeAnew:
        try ops.commit(
          channels(20, "min_publish: 2\n"), by: .ben, parents: [root], branch: "refs/heads/main", author: "ben")
      }
    try say("otto", from: root, to: head)
    try daily.cycle()
    #expect(words.contains("it contains what olga rejected in commit \(first.short)"), "\(words)")
    let evidence = Evidence(statements: daily.statements, at: daily.now)
    let pin = try #require(try daily.store.pin())
    let proposed = try PolicyHistory(repository: ops.repository).proposal(head, onto: pin, evidence: evidence)
    #expect(!proposed.change.verdict(evidence).isAccepted, "the desk judges like the daemon")
    _ = try verify()
    try say("olga", .revoke, from: root, to: first)
    try daily.cycle()
    #expect(words == "" && daily.reconciler.report.accepted.map(\.commit.id) == [head.description])
    _ = try verify()
  }

  /// What was to come before it came not: the change is another, and what was rejected is in it.
  @Test func theBaseOfARejectionMayFallAway() throws {
    let first = try ops.commit(channels(20), by: .ben, author: "ben")
    let second = try ops.commit(channels(9), by: .ben, author: "ben")
    try say("olga", .reject, from: first, to: second)
    try say("otto", from: root, to: second)
    try daily.cycle()
    #expect(
      daily.reconciler.status.pin?.commit == root.description
        && daily.reconciler.status.refused?.commit.id == first.description)
    // The commit with which it comes in is named where it is the first.
    let whole = try ops.commit(
      tree: ops.repository.commit(second).tree, by: .ben, parents: [root], message: "Both", author: "ben")
    try daily.cycle()
    #expect(words.contains("it contains what olga rejected in commit \(second.short)"), "\(words), \(whole)")
    _ = try verify()
  }

  /// A clone has the branch and not what was proposed beside it: that a commit was passed over is then taken from the record.
  @Test func aCloneVerifiesWhatItCannotSee() throws {
    let first = try ops.commit(channels(20), by: .ben, parents: [root], branch: "refs/heads/side", author: "ben")
    try say("olga", .reject, from: root, to: first)
    let squashed = try ops.commit(
      channels(20, "# a note\n"), by: .ben, parents: [root], branch: "refs/heads/main", author: "ben")
    try say("otto", from: root, to: squashed)
    try daily.cycle()
    let corrected = try ops.commit(channels(30), by: .ben, author: "ben")
    try say("otto", from: root, to: corrected)
    try daily.cycle()
    #expect(daily.reconciler.report.accepted.map(\.commit.id) == [corrected.description], "\(words)")
    #expect(try verify().unseen.isEmpty)
    let path = scratch.path("clone")
    _ = try ops.git("clone", "-q", "--bare", "--single-branch", "--branch", "main", "file://" + ops.git.folder, path)
    _ = try ops.git(
      "-C", path, "fetch", "-q", "file://" + ops.git.folder, "audit:audit",
      "refs/purser/approvals:refs/purser/approvals")
    let clone = try Repository(path: path)
    #expect(!clone.contains(first))
    #expect(try verify(clone).unseen.contains { $0.contains("commit \(first), which somebody rejected") })
  }
}
