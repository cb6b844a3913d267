import Approvals
import Diagnostics
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// Commits that git signed with each kind of key that a Person may have.
@Suite struct KeyKindTests {
  @Test(arguments: [
    ["-t", "ed25519"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "521"],
    ["-t", "rsa", "-b", "2048"],
  ])
  func aCommitIsJudgedByTheKeyOfItsSigner(options: [String]) throws {
    let scratch = try ScratchFolder()
    let ops = try OpsRepository(scratch)
    let made = try ChildProcess.run(
      "ssh-keygen", ["-q", "-N", "", "-C", "ben", "-f", scratch.path("key")] + options,
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path])
    try #require(made.status == 0, "\(made.errors)")
    let line = try scratch.read("key.pub").split(separator: "\n").joined()
    var files = OpsRepository.firstFiles
    files["state/governance/people.yaml"] = OpsRepository.governance().replacing(
      OpsRepository.text(OpsRepository.ben), with: line)
    let root = try ops.commit(files.mapValues { $0 }, message: "Begin")
    let git = ops.git
    try git("reset", "-q", "--hard")
    for (key, value) in [("gpg.format", "ssh"), ("user.signingkey", scratch.path("key.pub"))] {
      try git("config", key, value)
    }
    try scratch.write(OpsRepository.channels(cap: 5), to: "ops/state/channels/web.yaml")
    try git("commit", "-q", "-S", "-am", "Lower the cap")
    let pin = PolicyPin(
      commit: root.description, tree: try ops.repository.commit(root).tree.description, version: 1)
    let judged = try PolicyHistory(repository: ops.repository).judge(
      pin: pin, head: ops.head, trustRoot: nil)
    #expect(judged.judgement.refused?.reasons.map(\.message) == nil)
    #expect(judged.judgement.accepted.map(\.acceptance.authors) == [["ben"]])
    // The same signature under another message fits nothing.
    let commit = try git("cat-file", "commit", "HEAD").replacing("Lower", with: "Raise")
    try scratch.write(commit + "\n", to: "forged")
    let forged = try git("hash-object", "-t", "commit", "-w", scratch.path("forged"))
    try git("update-ref", "refs/heads/main", forged)
    let refused = try PolicyHistory(repository: ops.repository).judge(
      pin: pin, head: ops.head, trustRoot: nil)
    #expect(refused.judgement.refused?.reasons.map(\.id) == ["approval.bad_signature"])
  }
}
