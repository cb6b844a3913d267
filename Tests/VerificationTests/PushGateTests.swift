import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import TestSupport
import Testing
import Verification

/// What the gate says of pushes, each for the reason that it names.
@Suite struct PushGateTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let root: ObjectID

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    root = try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
  }

  static let web = "state/channels/web.yaml"
  static let main = "refs/heads/main"
  static let audit = "refs/heads/audit"
  /// Where pushed commits lie: the gate reads objects, and references only as they are before the push.
  static let pushed = "refs/heads/pushed"

  /// A commit on top of what is published that no reference of the server leads to yet.
  func pushed(_ files: [String: String?], by signer: OpsRepository.Signer = .anna, on parents: [ObjectID]? = nil)
    throws -> ObjectID
  {
    try ops.commit(files, by: signer, parents: try parents ?? [ops.head], branch: Self.pushed)
  }

  func verdict(
    _ updates: (String, ObjectID?, ObjectID?)..., settings: PushGate.Settings = .init()
  ) throws -> PushVerdict {
    // As the hook does: a repository that was opened for this push.
    try PushGate(repository: try Repository(path: ops.git.folder), settings: settings, at: .distantPast)
      .verdict(on: updates.map { ReferenceUpdate(name: $0.0, old: $0.1, new: $0.2) })
  }

  func reasons(_ name: String, _ old: ObjectID?, _ new: ObjectID?) throws -> [String] {
    try verdict((name, old, new)).refused.flatMap(\.reasons).map(\.id)
  }

  // MARK: The policy branch

  @Test func whatTakesEffectAtOncePasses() throws {
    let change = try pushed([Self.web: OpsRepository.channels(cap: 5)], by: .ben)
    #expect(try verdict((Self.main, root, change)).isAccepted)
    #expect(try verdict((Self.main, nil, root)).isAccepted, "the first push")
  }

  @Test(arguments: [main, audit, "refs/purser/approvals"]) func onlyCommitsArePushed(_ name: String) throws {
    try ops.git("tag", "-a", "-m", "x", "stone", "main")
    for object in ["refs/tags/stone", "main^{tree}", "main:state/purser.yaml"] {
      let id = try #require(ObjectID(try ops.git("rev-parse", object)))
      #expect(try reasons(name, nil, id) == ["push.not_a_commit"])
      #expect(try reasons(name, root, id) == ["push.not_a_commit"])
      // Somebody with access to the server put it there.
      let stuck = try #require(try verdict((name, id, root)).refused.first?.reasons.first)
      #expect(stuck.id == "push.not_a_commit" && stuck.hint?.contains("git update-ref \(name) COMMIT") == true)
    }
    #expect(try reasons("refs/purser/x", nil, root) == ["push.reserved"])
  }

  static let refused: [(files: [String: String?], by: OpsRepository.Signer, id: String)] = [
    ([web: OpsRepository.channels(cap: 5)], .nobody, "approval.unsigned"),
    ([web: OpsRepository.channels(cap: 5)], .stranger, "approval.unknown_key"),
    ([web: OpsRepository.channels(cap: 5)], .forged, "approval.bad_signature"),
    (["state/network/nodes.yaml": "kind: Node\nname: dc\ntype: dc\nregion: south\n"], .ben, "approval.role"),
    (
      [
        web: OpsRepository.channels(cap: 5),
        "state/governance/people.yaml": OpsRepository.governance(benMayChange: "Channel"),
      ], .anna, "approval.governance_mixed"
    ),
    ([web: "kind: Channl\nname: web\n"], .anna, "state.unknown_kind"),
    (
      [
        web: "# x\n" + OpsRepository.channels(cap: 100),
        "state/governance/people.yaml": OpsRepository.governance() + "\n---\n"
          + "kind: Role\nname: more\npeople: [ben]\nkinds: [Node]\npaths: [\"**\"]\n",
      ], .anna, "approval.governance_mixed"
    ),
    (["State/channels/web.yaml": "x\n"], .anna, "tree.same_path"),
    ([".gitmodules": "[submodule \"x\"]\n"], .anna, "tree.submodule"),
    (["notes.txt": "token ghp_" + String(repeating: "a1B2", count: 9)], .anna, "secret.found"),
  ]

  @Test(arguments: refused.indices) func whatTheRulesDoNotAllowIsRefused(_ index: Int) throws {
    let (files, signer, id) = Self.refused[index]
    let change = try pushed(files, by: signer)
    #expect(try reasons(Self.main, root, change).contains(id))
    #expect(try reasons("refs/heads/feature", nil, change).isEmpty, "other branches are everybody's own")
  }

  @Test func aSecretThatALaterCommitTakesOutIsStillRefused() throws {
    let secret = try pushed(["notes.txt": "whsec_" + String(repeating: "a1B2", count: 8) + "\n"])
    let clean = try pushed(["notes.txt": nil], on: [secret])
    let found = try verdict((Self.main, root, clean)).refused.flatMap(\.reasons)
    #expect(found.map(\.id) == ["secret.found"] && found.first?.location?.description == "notes.txt:1:1")
    #expect(found.first.map { "\($0.message)\($0.hint ?? "")".contains("a1B2") } == false)
  }

  /// Neither the merge nor what it leaves shows the token: only the history that it brings along.
  @Test func row26ASecretInAMergedBranchIsRefused() throws {
    let secret = try ops.commit(
      ["notes.txt": "whsec_" + String(repeating: "a1B2", count: 8) + "\n"], parents: [root], branch: "refs/heads/side")
    let clean = try ops.commit(["notes.txt": nil], parents: [secret], branch: "refs/heads/side")
    let merge = try pushed([Self.web: OpsRepository.channels(cap: 5)], on: [root, clean])
    let found = try verdict((Self.main, root, merge)).refused.flatMap(\.reasons)
    #expect(found.map(\.id) == ["secret.found"], "\(found)")
    // The same without the token in its history is taken.
    let squashed = try pushed([Self.web: OpsRepository.channels(cap: 5)], on: [root])
    #expect(try verdict((Self.main, root, squashed)).isAccepted)
  }

  @Test func aLaterCommitOfThePushMayPutItRight() throws {
    let unsigned = try pushed([Self.web: OpsRepository.channels(cap: 5)], by: .nobody)
    let broken = try pushed([Self.web: "kind: Channl\n"])
    let mended = try pushed([Self.web: OpsRepository.channels(cap: 6)], on: [broken])
    #expect(try verdict((Self.main, root, mended)).isAccepted)
    let more = try pushed([Self.web: OpsRepository.channels(cap: 6)], on: [unsigned])
    #expect(try reasons(Self.main, root, more) == ["approval.unsigned"], "the author stays an author")
    let back = try pushed([Self.web: OpsRepository.channels(cap: 100)], on: [unsigned])
    #expect(try verdict((Self.main, root, back)).isAccepted, "what is in force, again")
  }

  @Test func publishedHistoryStays() throws {
    let second = try ops.commit([Self.web: OpsRepository.channels(cap: 5)])
    let rewritten = try pushed([Self.web: OpsRepository.channels(cap: 6)], on: [root])
    #expect(try reasons(Self.main, second, nil) == ["push.deletes"])
    #expect(try reasons(Self.main, second, root) == ["push.rewrites"])
    #expect(try reasons(Self.main, second, rewritten) == ["push.rewrites"])
    let turned = try pushed(["README.md": "hello\n"], on: [rewritten, second])
    #expect(try reasons(Self.main, second, turned) == ["push.turned"])
    let merged = try pushed([Self.web: OpsRepository.channels(cap: 6)], on: [second, rewritten])
    #expect(try verdict((Self.main, second, merged)).isAccepted)
  }

  @Test func aBranchWithAnotherRootIsRefused() throws {
    let other = try ops.commit(
      OpsRepository.firstFiles.mapValues { $0 }, parents: [], message: "Another", branch: Self.pushed)
    let settings = PushGate.Settings(trustRoot: root)
    let refused = try verdict((Self.main, nil, other), settings: settings).refused
    #expect(refused.flatMap(\.reasons).map(\.id) == ["history.other_root"])
  }

  @Test func anotherBranchCanBePolicy() throws {
    let change = try pushed([Self.web: OpsRepository.channels(cap: 5)], by: .nobody)
    let settings = PushGate.Settings(branch: "live")
    #expect(try verdict((Self.main, root, change), settings: settings).isAccepted)
    #expect(try !verdict(("refs/heads/live", root, change), settings: settings).isAccepted)
  }

  /// A symbolic reference is no way around: git moves what it stands for.
  @Test func anAliasIsJudgedAsWhatItStandsFor() throws {
    let change = try pushed([Self.web: OpsRepository.channels(cap: 5)], by: .nobody)
    try ops.git("symbolic-ref", "refs/heads/alias", Self.main)
    #expect(try reasons("refs/heads/alias", root, change) == ["approval.unsigned"])
  }

  @Test func whatIsKeptForPurserIsRefused() throws {
    for name in ["refs/purser/outgoing", "refs/replace/\(root)"] {
      #expect(try reasons(name, nil, root) == ["push.reserved"])
      #expect(try reasons(name, root, nil) == ["push.deletes"])
    }
    #expect(try verdict(("refs/tags/v1", nil, root)).isAccepted)
  }

  @Test(arguments: ["refs/heads/Main", "refs/heads/AUDIT", "refs/Purser/approvals"])
  func aTwinOfWhatIsProtectedIsRefused(name: String) throws {
    #expect(try reasons(name, nil, root) == ["push.twin"])
    #expect(try reasons(name, root, nil).isEmpty, "one that is there may go")
  }

  /// Git has no reference inside another: what lies in a protected name, or is a folder of it, would keep the daemon from
  /// ever writing there.
  @Test(arguments: [
    ("refs/heads/audit/x", "push.in_the_way"), ("refs/heads/Main/x", "push.in_the_way"),
    ("refs/purser", "push.in_the_way"),
    ("refs/heads/main/a/b", "push.in_the_way"),
    ("refs/purser/approvals/x", "push.reserved"),
    ("refs/heads/audits", nil), ("refs/heads/mai", nil), ("refs/tags/audit/x", nil),
  ])
  func whatStandsInTheWayIsRefused(name: String, id: String?) throws {
    #expect(try reasons(name, nil, root) == (id.map { [$0] } ?? []))
    let settings = PushGate.Settings(branch: "live/policy")
    let around = try verdict(("refs/heads/live", nil, root), settings: settings).refused.flatMap(\.reasons)
    #expect(around.map(\.id) == ["push.in_the_way"])
  }

  @Test func aSubmoduleIsRefused() throws {
    let tree = try ops.repository.writeTree(
      ops.repository.entries(ofTree: ops.repository.commit(root).tree)
        + [TreeEntry(name: "vendor", id: root, mode: .submodule)])
    let change = try ops.commit(tree: tree, parents: [root], message: "Bring another", branch: Self.pushed)
    #expect(try reasons(Self.main, root, change) == ["tree.submodule"])
  }

  /// One reference that is refused refuses the push, and each of them is named.
  @Test func aPushIsTakenWholeOrNotAtAll() throws {
    let good = try pushed([Self.web: OpsRepository.channels(cap: 5)])
    let verdict = try verdict((Self.main, root, good), (Self.audit, nil, good), ("refs/purser/x", nil, good))
    #expect(verdict.refused.map(\.name) == [Self.audit, "refs/purser/x"])
  }

  @Test(arguments: ["", "a b c", "\(String(repeating: "0", count: 40)) refs/heads/main"])
  func aLineThatIsNoneIsNotRead(_ line: String) { #expect(ReferenceUpdate(line: line) == nil) }
}
