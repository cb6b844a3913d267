import Approvals
import DesiredState
import Diagnostics
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// The policy along real branches: what git adds to the judgement of values.
@Suite struct PolicyHistoryTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let root: ObjectID
  let pin: PolicyPin

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    root = try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    pin = PolicyPin(
      commit: root.description, tree: try ops.repository.commit(root).tree.description, version: 1)
  }

  static let web = "state/channels/web.yaml"

  func judge(_ head: ObjectID? = nil) throws -> JudgedPolicy {
    try PolicyHistory(repository: ops.repository).judge(pin: pin, head: head ?? ops.head, trustRoot: nil)
  }

  @Test func theFirstRunTrustsTheParentlessCommit() throws {
    let change = try ops.commit([Self.web: OpsRepository.channels(cap: 5)], by: .ben)
    let judged = try PolicyHistory(repository: ops.repository).judge(pin: nil, head: change, trustRoot: root)
    #expect(judged.trustRoot == root.description && judged.previous == nil)
    #expect(judged.judgement.accepted.map(\.commit.id) == [change.description])
    #expect(judged.judgement.accepted.first?.acceptance.authors == ["ben"])
    let other = #expect(throws: Diagnostic.self) {
      try PolicyHistory(repository: ops.repository).judge(pin: nil, head: change, trustRoot: change)
    }
    #expect(other?.id == "history.other_root")
  }

  @Test func aTrustRootWithErrorsIsNotTrusted() throws {
    let bad = try ops.commit(["state/purser.yaml": "kind: Repositry\n"], parents: [], branch: "refs/heads/bad")
    let problems = #expect(throws: Diagnostics.self) {
      try PolicyHistory(repository: ops.repository).judge(pin: nil, head: bad, trustRoot: nil)
    }
    #expect(problems?.all.map(\.id).prefix(2) == ["history.root_has_errors", "state.unknown_kind"])
  }

  @Test(arguments: [
    (OpsRepository.Signer.nobody, "approval.unsigned"), (.stranger, "approval.unknown_key"),
    (.forged, "approval.bad_signature"),
  ])
  func sealsAreReadFromGit(signer: OpsRepository.Signer, id: String) throws {
    try ops.commit([Self.web: OpsRepository.channels(cap: 5)], by: signer)
    #expect(try judge().judgement.refused?.reasons.map(\.id) == [id])
    #expect(try judge().judgement.pin == pin)
  }

  @Test func aRewrittenAnUnrelatedAndAnOlderHeadAreRefused() throws {
    let change = try ops.commit([Self.web: OpsRepository.channels(cap: 5)])
    let tree = try ops.repository.commit(change).tree.description
    let later = PolicyPin(commit: change.description, tree: tree, version: 1)
    let sibling = try ops.commit([Self.web: OpsRepository.channels(cap: 6)], parents: [root])
    let unrelated = try ops.commit([Self.web: OpsRepository.channels(cap: 7)], parents: [])
    for head in [root, sibling, unrelated] {
      let judged = try PolicyHistory(repository: ops.repository).judge(pin: later, head: head, trustRoot: nil)
      #expect(judged.judgement.pin == later && judged.judgement.accepted.isEmpty)
      let reason = try #require(judged.judgement.refused?.reasons.first)
      #expect(reason.id == "history.rewritten")
      #expect(reason.message.contains(head.description) && reason.message.contains(change.description))
    }
  }

  @Test func aPinThatIsNotThereIsSaid() throws {
    let lost = PolicyPin(commit: String(repeating: "1", count: 40), tree: "", version: 1)
    let problem = #expect(throws: Diagnostic.self) {
      try PolicyHistory(repository: ops.repository).judge(pin: lost, head: ops.head, trustRoot: nil)
    }
    #expect(problem?.id == "history.pin_missing")
  }

  /// What a merged branch's commits did is judged by what the merge brings, and by who signed the merge.
  @Test func aMergeIsJudgedByItsFirstParent() throws {
    let side = try ops.commit(
      [Self.web: OpsRepository.channels(cap: 5)], by: .stranger, parents: [root], branch: "refs/heads/side")
    let tree = try ops.repository.commit(side).tree
    try ops.commit(tree: tree, by: .ben, parents: [root, side], message: "Merge")
    #expect(try judge().judgement.accepted.map(\.acceptance.authors) == [["ben"]])
  }

  @Test func aMergeThatBringsMoreThanItsParentsIsJudgedForIt() throws {
    let side = try ops.commit(
      [Self.web: OpsRepository.channels(cap: 5)], by: .ben, parents: [root], branch: "refs/heads/side")
    let evil = try ops.repository.writeTree(
      base: try ops.repository.commit(side).tree,
      files: ["state/network/nodes.yaml": try ops.repository.writeBlob(Array("kind: Node\nname: x\n".utf8))])
    try ops.commit(tree: evil, by: .ben, parents: [root, side], message: "Merge")
    #expect(try judge().judgement.accepted.isEmpty)
  }

  @Test func filesOutsideStateAreJudgedToo() throws {
    try ops.commit(["hooks/pre-receive": "#!/bin/sh\n"], by: .ben)
    #expect(try judge().judgement.refused?.reasons.map(\.id) == ["approval.role"])
  }

  @Test func messagesAreStrangersText() throws {
    let long = String(repeating: "x", count: 500)
    let change = try ops.commit(
      [Self.web: OpsRepository.channels(cap: 5)], message: "a\u{1B}[31mb\u{202E}\(long)\r\nsecond")
    let commit = try #require(try judge(change).judgement.accepted.first?.commit)
    #expect(commit.summary == "a\u{FFFD}[31mb\u{FFFD}" + String(long.prefix(192)) + "\u{2026}")
  }

  @Test func gitsOwnSignaturesAreRead() throws {
    let git = ops.git
    let key = git.home + "/anna"
    let made = try ChildProcess.run(
      "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], environment: ["PATH": "/usr/bin:/bin"])
    try #require(made.status == 0, "\(made.errors)")
    let written = try ChildProcess.run("cat", [key + ".pub"], environment: ["PATH": "/usr/bin:/bin"]).output
    let text = written.split(separator: " ").prefix(2).joined(separator: " ")
    try ops.commit([
      "state/governance/people.yaml": OpsRepository.governance().replacing(
        OpsRepository.text(OpsRepository.anna), with: text)
    ])
    try git("reset", "-q", "--hard")
    try git(
      "-c", "gpg.format=ssh", "-c", "user.signingkey=\(key)", "commit", "-q", "--allow-empty", "-S", "-m", "Signed")
    try git("rm", "-q", Self.web)
    try git("-c", "gpg.format=ssh", "-c", "user.signingkey=\(key)", "commit", "-q", "-S", "-m", "No web")
    try git("-c", "gpg.format=ssh", "-c", "user.signingkey=\(key)", "revert", "--no-edit", "-S", "HEAD")
    let judgement = try judge().judgement
    #expect(judgement.refused == nil && judgement.accepted.count == 4 && judgement.pin.version == 2)
    #expect(judgement.accepted.last?.commit.reverts.count == 1)
  }
}
