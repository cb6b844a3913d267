import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import TestSupport
import Testing
import Verification

/// Who may extend the audit branch of a server: whoever has the daemon's key, and nobody else.
@Suite struct AuditPushTests {
  static let main = "refs/heads/main"
  static let audit = "refs/heads/audit"

  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    daily = Daily(ops)
  }

  /// Lets the daemon write, and takes the branch back: its new commits are then pushed ones.
  func written(_ work: () throws -> Void = {}) throws -> (old: ObjectID?, new: ObjectID) {
    let old = try ops.repository.reference(Self.audit)
    try work()
    try daily.cycle()
    let new = try #require(try ops.repository.reference(Self.audit))
    return (old, new)
  }

  /// - Parameter old: where the server's audit branch is.
  func reasons(_ old: ObjectID?, _ new: ObjectID?, policy: ObjectID? = nil) throws -> [Diagnostic] {
    let server = try Repository(path: ops.git.folder)
    let now = try server.reference(Self.audit)
    if let old { try ops.point(Self.audit, to: old) } else if now != nil { try ops.git("update-ref", "-d", Self.audit) }
    defer { if let now { try? ops.point(Self.audit, to: now) } }
    var updates = [ReferenceUpdate(name: Self.audit, old: old, new: new)]
    if let policy { updates.append(ReferenceUpdate(name: Self.main, old: try ops.head, new: policy)) }
    return try PushGate(repository: try Repository(path: ops.git.folder), settings: .init(), at: .distantPast).verdict(
      on: updates
    )
    .refused.flatMap(\.reasons)
  }

  @Test func theDaemonsOwnCommitsPass() throws {
    let first = try written { try daily.count(10) }
    #expect(try reasons(first.old, first.new).isEmpty)
    let second = try written { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 5)]) }
    #expect(second.old == first.new)
    #expect(try reasons(second.old, second.new).isEmpty)
    #expect(try reasons(nil, second.new).isEmpty, "both at once, as after an outage")
  }

  @Test func otherKeysAreRefused() throws {
    let first = try written { try daily.count(10) }
    daily.key = OpsRepository.anna
    let second = try written { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 5)]) }
    let found = try reasons(first.new, second.new)
    #expect(found.map(\.id) == ["push.audit"] && found.first?.message.contains("it is signed by") == true, "\(found)")
  }

  @Test func whatIsUnsignedForgedOrNoRecordIsRefused() throws {
    let first = try written { try daily.count(10) }
    for signer in [OpsRepository.Signer.nobody, .forged, .anna] {
      let commit = try ops.commit(
        ["2026/11/24/000000000009.jsonl": "{}\n"], by: signer, parents: [first.new], branch: "refs/heads/pushed")
      #expect(try reasons(first.new, commit).map(\.id) == ["push.audit"])
    }
  }

  /// The same records, signed with the right key, but for one that is left out or told again.
  @Test func aChainWithAGapOrARepeatIsRefused() throws {
    let first = try written { try daily.count(10) }
    let second = try written { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 5)]) }
    let third = try written { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 6)]) }
    let key = try #require(OpsRepository.auditKey)
    for (source, parent) in [(third.new, first.new), (second.new, second.new), (second.new, third.new)] {
      let tree = try ops.repository.commit(source).tree
      let made = try ops.repository.writeTree(
        base: try ops.repository.commit(parent).tree,
        files: ["2026/11/25/000000000099.jsonl": try newFile(tree, since: source)])
      let commit = try ops.repository.writeCommit(
        tree: made, parents: [parent], author: Person(name: "x", email: "x@x"), time: 1, message: "x\n",
        sign: { SSHSignature.sign($0, with: key) })
      let found = try reasons(parent, commit)
      #expect(found.map(\.id) == ["push.audit"] && found.first?.message.contains("expected here") == true, "\(found)")
    }
  }

  private func newFile(_ tree: ObjectID, since commit: ObjectID) throws -> ObjectID? {
    let parent = try ops.repository.commit(commit).parents.first
    let before = try parent.map { try ops.repository.commit($0).tree }
    return try ops.repository.changes(from: before, to: tree).first?.new?.id
  }

  @Test func theBranchIsNeverTakenBackOrAway() throws {
    let first = try written { try daily.count(10) }
    let second = try written { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 5)]) }
    #expect(try reasons(second.new, first.new).map(\.id) == ["push.rewrites"])
    #expect(try reasons(second.new, nil).map(\.id) == ["push.deletes"])
  }

  @Test func aNewKeyCountsOnceThePolicyThatNamesItIsInForce() throws {
    let first = try written { try daily.count(10) }
    let other = try #require(OpsRepository.stranger)
    try ops.commit(["state/purser.yaml": OpsRepository.purserYAML(auditKey: other)])
    daily.key = other
    let second = try written()
    #expect(try reasons(first.new, second.new).isEmpty)
    daily.key = OpsRepository.auditKey
    let third = try written { try ops.commit(["state/channels/web.yaml": OpsRepository.channels(cap: 7)]) }
    #expect(try reasons(second.new, third.new).map(\.id) == ["push.audit"], "the old key is out of force")
  }

  /// Naming a key of one's own in a change that the rules do not allow opens no door.
  @Test func aKeyFromAPolicyThatIsRefusedDoesNotCount() throws {
    let first = try written { try daily.count(10) }
    let tree = try ops.repository.writeTree(
      base: try ops.repository.commit(ops.head).tree,
      files: [
        "state/purser.yaml": try ops.repository.writeBlob(
          Array(OpsRepository.purserYAML(auditKey: OpsRepository.stranger).utf8))
      ])
    let proposed = try ops.commit(
      tree: tree, by: .stranger, parents: [try ops.head], message: "Mine", branch: "refs/heads/proposed")
    let records = try AuditCommit.read(first.new, in: ops.repository).records
    let last = try #require(records.last)
    guard case .object(var body) = last.json else { return }
    body["record"] = .integer(last.sequence + 1)
    body["previous"] = .string(last.hash.description)
    let pin = PolicyPin(commit: proposed.description, tree: tree.description, version: 2)
    body["policy_from"] = RecordFacts(last).policy?.json ?? .null
    body["plan"] = ["policy": pin.json]
    body["type"] = "apply"
    // What the chain checks of a plan is left out by saying that there are more rows than are shown.
    body["rows"] = .array([])
    body["rows_total"] = 1
    body["plan_digest"] = "x"
    let blob = try ops.repository.writeBlob(JSONValue.object(body).canonicalBytes + [0x0A])
    let key = try #require(OpsRepository.stranger)
    let commit = try ops.repository.writeCommit(
      tree: try ops.repository.writeTree(
        base: try ops.repository.commit(first.new).tree, files: ["2026/11/25/000000000099.jsonl": blob]),
      parents: [first.new], author: Person(name: "x", email: "x@x"), time: 1, message: "x\n",
      sign: { SSHSignature.sign($0, with: key) })
    let found = try reasons(first.new, commit)
    #expect(found.map(\.id) == ["push.audit"] && found.first?.message.contains("it is signed by") == true, "\(found)")
  }
}
