import Approvals
import Diagnostics
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// Commits and branches that git holds and cannot read: they take no effect, and stop nothing.
@Suite struct DamagedCommitTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let root: ObjectID
  let pin: PolicyPin

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    root = try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    pin = PolicyPin(commit: root.description, tree: try ops.repository.commit(root).tree.description, version: 1)
  }

  static let web = "state/channels/web.yaml"
  static let who = "A <a@example.test>"

  func judge() throws -> JudgedPolicy {
    let repository = try Repository(path: ops.git.folder)
    let head = try #require(try repository.reference("refs/heads/main"))
    return try PolicyHistory(repository: repository).judge(pin: pin, head: head, trustRoot: nil)
  }

  /// Writes an object as it is given and points main to it, as a hostile client would.
  func write(_ text: String, type: String = "commit") throws -> ObjectID {
    let file = try scratch.write(text, to: "object")
    let id = try ops.git("hash-object", "-t", type, "-w", "--literally", file)
    // `git update-ref` would refuse what is no commit.
    try scratch.write(id + "\n", to: "ops/.git/refs/heads/main")
    return try #require(ObjectID(id))
  }

  /// The text of a commit on the head; `TREE` and `WHO` stand for what is in order.
  func text(_ form: String) throws -> String {
    form.replacing("TREE", with: pin.tree).replacing("PARENT", with: "\(try ops.head)").replacing("WHO", with: Self.who)
  }

  static let missing = String(repeating: "1", count: 40)

  static let forms = [
    "tree TREE\nparent PARENT\nauthor WHO 99999999999999999999 +0000\ncommitter WHO 99999999999999999999 +0000\n\nm\n",
    "tree TREE\nparent PARENT\nauthor nobody\ncommitter nobody\n\nm\n",
    "tree TREE\ntree TREE\nparent PARENT\nauthor WHO 1 +0000\ncommitter WHO 1 +0000\n\nm\n",
    "tree \(missing)\nparent PARENT\nauthor WHO 1 +0000\ncommitter WHO 1 +0000\n\nm\n",
    "tree PARENT\nparent PARENT\nauthor WHO 1 +0000\ncommitter WHO 1 +0000\n\nm\n",
    "tree TREE\nparent \(missing)\nauthor WHO 1 +0000\ncommitter WHO 1 +0000\n\nm\n",
    "", "\n", "nonsense",
  ]

  @Test(arguments: forms) func aDamagedHeadIsRefusedAndTheWayBackIsOpen(form: String) throws {
    let good = try ops.commit([Self.web: OpsRepository.channels(cap: 5)], by: .ben)
    let bad = try write(text(form))
    let judged = try judge()
    let refused = try #require(judged.judgement.refused)
    // Not every one of them is damaged for every libgit2; none takes effect.
    #expect(refused.commit.id == bad.description && !refused.reasons.isEmpty)
    #expect(Set(refused.reasons.map(\.id)).isSubset(of: ["history.unreadable", "approval.unsigned"]))
    #expect([pin.commit, good.description].contains(judged.judgement.pin.commit))

    // What the hint says: the branch goes back to what is in force, and work goes on.
    let hint = try #require(refused.reasons.first { $0.id == "history.unreadable" } ?? refused.reasons.first).hint ?? ""
    let command = try #require(hint.firstRange(of: "git ").map { String(hint[$0.lowerBound...]) })
    if refused.reasons.first?.id == "history.unreadable" {
      let done = try ChildProcess.run(
        "sh", ["-c", command], in: ops.git.folder, environment: ["PATH": "/usr/bin:/bin", "HOME": ops.git.home])
      #expect(done.status == 0, "\(command): \(done.errors)")
      #expect(try ops.head.description == judged.judgement.pin.commit)
    } else {
      try ops.git("update-ref", "refs/heads/main", good.description)
    }
    try ops.commit([Self.web: OpsRepository.channels(cap: 6)], by: .ben)
    #expect(try judge().judgement.refused == nil)
  }

  @Test(arguments: ["tag", "blob", "tree", "nothing"]) func aBranchThatIsNoCommitIsRefused(type: String) throws {
    try ops.git("-c", "user.name=t", "-c", "user.email=t@t", "tag", "-a", "-m", "t", "t", "main")
    let name = ["tag": "refs/tags/t", "blob": "main:\(Self.web)", "tree": "main:state"][type]
    let id = try name.map { try ops.git("rev-parse", $0) } ?? Self.missing
    try scratch.write(id + "\n", to: "ops/.git/refs/heads/main")
    let judged = try judge()
    #expect(judged.judgement.pin == pin && judged.judgement.refused?.commit.id == id)
    #expect(judged.judgement.refused?.reasons.map(\.id) == ["history.unreadable"])
  }

  /// Good commits before a damaged one hold, and the tree that is in force, brought back on top of it, unblocks.
  @Test func aDamagedCommitIsPassedByARevert() throws {
    let good = try ops.commit([Self.web: OpsRepository.channels(cap: 5)], by: .ben)
    let bad = try write(text(Self.forms[0]))
    #expect(try judge().judgement.pin.commit == good.description)
    let back = try ops.git("rev-parse", "\(good)^{tree}")
    let revert = try write(
      "tree \(back)\nparent \(bad)\nauthor \(Self.who) 1 +0000\ncommitter \(Self.who) 1 +0000\n\nm\n")
    let judgement = try judge().judgement
    #expect(judgement.refused == nil && judgement.pin.commit == revert.description)
  }

  /// Of two entries of one name the comparison used to skip the first, which is in force already.
  @Test func aFolderThatGitWouldNotWriteIsRefusedAndTheWayBackIsOpen() throws {
    let top = try #require(ObjectID(pin.tree))
    let old = try #require(try ops.repository.entry(at: Self.web, inTree: top))
    let new = try ops.repository.writeBlob(Array(OpsRepository.channels(cap: 5).utf8))
    let bytes = [old.id, new].flatMap { id -> [UInt8] in Array("100644 web.yaml".utf8) + [0] + id.bytes }
    try scratch.write(bytes: bytes, to: "raw")
    let folder = try #require(ObjectID(ops.git("hash-object", "-t", "tree", "-w", "--literally", scratch.path("raw"))))
    func replacing(_ name: String, by id: ObjectID, in tree: ObjectID) throws -> ObjectID {
      try ops.repository.writeTree(
        ops.repository.entries(ofTree: tree).map {
          $0.name == name ? TreeEntry(name: name, id: id, mode: .tree) : $0
        })
    }
    let state = try #require(try ops.repository.entry(at: "state", inTree: top)?.id)
    let tree = try replacing("state", by: try replacing("channels", by: folder, in: state), in: top)
    let bad = try ops.commit(tree: tree, by: .ben, parents: [root], message: "Twice")
    let judged = try judge()
    #expect(judged.judgement.pin == pin && judged.judgement.refused?.commit.id == bad.description)
    let reason = try #require(judged.judgement.refused?.reasons.first)
    #expect(reason.id == "history.unreadable" && reason.message.contains("'state/channels' contains 'web.yaml' twice"))
    let gate = PushGate(
      repository: try Repository(path: ops.git.folder), settings: PushGate.Settings(), at: .distantPast)
    let refused = try gate.verdict(on: [ReferenceUpdate(name: "refs/heads/main", old: root, new: bad)]).refused
    #expect(refused.flatMap(\.reasons).contains { $0.message.contains("'state/channels' contains 'web.yaml' twice") })
    // With the folder as it should be, what comes next holds.
    let mended = try ops.commit([Self.web: OpsRepository.channels(cap: 6)], by: .ben, parents: [root])
    #expect(try judge().judgement.pin.commit == mended.description)
  }

  /// What is lost with the policy in force is an error, and no one's refusal.
  @Test func aLostPinStaysAnError() throws {
    let change = try ops.commit([Self.web: OpsRepository.channels(cap: 5)], by: .ben)
    let path = "\(root)".prefix(2) + "/" + "\(root)".dropFirst(2)
    try FileRemoval.remove(ops.git.folder + "/.git/objects/" + path)
    #expect(throws: (any Error).self) {
      try PolicyHistory(repository: Repository(path: ops.git.folder)).judge(pin: pin, head: change, trustRoot: nil)
    }
  }
}

private enum FileRemoval {
  static func remove(_ path: String) throws {
    let removed = try ChildProcess.run("rm", ["-f", path], environment: ["PATH": "/usr/bin:/bin"])
    try #require(removed.status == 0)
  }
}

extension ObjectID {
  /// As it stands in a folder.
  fileprivate var bytes: [UInt8] {
    let text = description
    return stride(from: 0, to: 40, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
  }
}
