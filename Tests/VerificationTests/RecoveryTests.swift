import Approvals
import Diagnostics
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// The hints of a refusal, followed literally with git on a branch where the refused commit lies below others.
@Suite struct RecoveryTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let pin: PolicyPin

  static let web = "state/channels/web.yaml"
  static let rules = "state/governance/rules.yaml"
  static let people = "state/governance/people.yaml"

  /// Anna and Ben with keys that git signs with; the rules speak of all but suppliers.
  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    var governance = OpsRepository.governance()
    for (name, old) in [("anna", OpsRepository.anna), ("ben", OpsRepository.ben), ("eve", nil)] {
      let made = try ChildProcess.run(
        "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", scratch.path(name)],
        environment: ["PATH": "/usr/bin:/bin"])
      try #require(made.status == 0, "\(made.errors)")
      if let old { governance = governance.replacing(OpsRepository.text(old), with: try Self.key(name, scratch)) }
    }
    let parts = governance.components(before: "kind: ApprovalRule")
    var files = OpsRepository.firstFiles.mapValues { Optional($0) }
    files[Self.people] = parts
    files[Self.rules] = Self.rule("start", "Person, Role, ApprovalRule, Repository, Channel, Node")
    let root = try ops.commit(files, message: "Begin")
    pin = PolicyPin(commit: root.description, tree: try ops.repository.commit(root).tree.description, version: 1)
    try ops.git("reset", "-q", "--hard")
    try ops.git("config", "gpg.format", "ssh")
  }

  static func key(_ name: String, _ scratch: ScratchFolder) throws -> String {
    try scratch.read(name + ".pub").split(separator: "\n").joined().split(separator: " ").prefix(2)
      .joined(separator: " ")
  }

  static func rule(_ name: String, _ kinds: String) -> String {
    "kind: ApprovalRule\nname: \(name)\nkinds: [\(kinds)]\nreview: none\n"
  }

  static let eve = """
    kind: Role
    name: eves
    people: [eve]
    kinds: [Channel, Node]
    paths: [state/**]
    ---
    kind: Person
    name: eve
    email: eve@example.test

    """

  enum Fault: CaseIterable { case unsigned, unknownKey, role, mixed, noRule }

  /// Commits as git does; nobody's is not signed.
  func commit(_ files: [String: String], by name: String?) throws {
    for (path, text) in files { try scratch.write(text, to: "ops/" + path) }
    try ops.git("add", "-A")
    guard let name else {
      _ = try ops.git("commit", "-q", "-m", "Change")
      return
    }
    try sign(as: name)
    try ops.git("commit", "-q", "-S", "-m", "Change")
  }

  func sign(as name: String) throws { try ops.git("config", "user.signingkey", scratch.path(name)) }

  func shell(_ command: String) throws {
    let done = try ChildProcess.run(
      "sh", ["-e", "-c", command], in: ops.git.folder,
      environment: [
        "PATH": "/usr/bin:/bin", "HOME": ops.git.home, "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t",
        "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t",
      ])
    try #require(done.status == 0, "\(command): \(done.errors)")
  }

  func judge() throws -> Judgement {
    let repository = try Repository(path: ops.git.folder)
    let head = try #require(try repository.reference("refs/heads/main"))
    return try PolicyHistory(repository: repository).judge(pin: pin, head: head, trustRoot: nil).judgement
  }

  @Test(arguments: Fault.allCases, [false, true]) func aHintLeadsOut(fault: Fault, isMerged: Bool) throws {
    let node = ["state/network/more.yaml": "kind: Node\nname: more\ntype: dc\nregion: north\n"]
    let supplier = "kind: Supplier\nname: mill\nlead_time: 5d\nconfidence: 80%\n"
    switch fault {
    case .unsigned: try commit(node, by: nil)
    case .unknownKey: try commit(node, by: "eve")
    case .role: try commit(node, by: "ben")
    case .mixed: try commit(node.merging([Self.rules: Self.rule("start", "\"*\"")]) { $1 }, by: "anna")
    case .noRule: try commit(["state/network/mill.yaml": supplier], by: "anna")
    }
    if isMerged {
      try ops.git("branch", "-q", "side", pin.commit)
      try ops.git("checkout", "-q", "side")
      try commit(["state/channels/b2b.yaml": "kind: Channel\nname: b2b\ntype: wholesale\ntier: growth\n"], by: "anna")
      try ops.git("checkout", "-q", "main")
      try ops.git("merge", "-q", "-S", "--no-ff", "--no-edit", "side")
    }
    try commit([Self.web: OpsRepository.channels(cap: 7)], by: "anna")
    let wanted = try ops.git("rev-parse", "HEAD^{tree}")

    let reason = try #require(try judge().refused?.reasons.first)
    let parts = try #require(reason.hint).components(of: "\n    then ")
    try #require(parts.count == 2, "\(reason)")
    try shell(try #require(parts[0].components(of: ":\n").last))
    #expect(try judge().refused == nil)

    // What a person has to do by hand between the two commands.
    if fault == .noRule { try commit([Self.rules: Self.rule("start", "\"*\"")], by: "anna") }
    if fault == .unknownKey {
      try commit(["state/governance/eve.yaml": Self.eve + "keys: [\(try Self.key("eve", scratch))]\n"], by: "anna")
    }
    try sign(as: fault == .unknownKey ? "eve" : "anna")
    try shell(try #require(parts[1].components(of: ":\n").last))
    #expect(try judge().refused == nil)
    #expect(try judge().pin.commit == ops.head.description)
    let kept = fault == .noRule ? Self.rules : fault == .unknownKey ? "state/governance/eve.yaml" : Self.web
    #expect(try ops.git("diff", "--name-only", wanted, "HEAD") == (kept == Self.web ? "" : kept))
  }
}

extension String {
  fileprivate func components(of separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }

  /// What stands before a document that begins with a line.
  fileprivate func components(before line: String) -> String {
    firstRange(of: "---\n" + line).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
