import AuditTrail
import Diagnostics
import Digest
import FoundationEssentials
import Git
import Glibc
import Operations
import TestSupport
import Testing
import Verification

/// What someone with the repository in hand, and even with a key, can do to a trail, and what is then named.
@Suite struct TamperTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let story: Daily
  let line: [ObjectID]

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    story = Daily(ops)
    try story.story()
    let head = try #require(try ops.repository.reference("refs/heads/audit"))
    line = try #require(try ops.repository.firstParentLine(from: nil, to: head))
  }

  func records() throws -> [[AuditRecord]] { try line.map { try AuditCommit.read($0, in: ops.repository).records } }

  /// Writes the trail anew with other records and the given key, and verifies that.
  func problem(_ batches: [[AuditRecord]], key: PrivateKey? = OpsRepository.auditKey) throws -> String? {
    var parent: String?
    for batch in batches {
      let key = try #require(key)
      parent = try ops.repository.write(try AuditCommit(batch), parent: parent, key: key).description
    }
    try ops.point("refs/heads/audit", to: try #require(parent.flatMap { ObjectID($0) }))
    let report = try AuditVerifier(repository: ops.repository).verify()
    #expect(report.problems.count <= 1)
    return report.problems.first?.id
  }

  /// Records from `index` on with their links made again, as someone with the daemon's key would.
  func relinked(_ batches: [[AuditRecord]]) -> [[AuditRecord]] {
    var previous = SHA256Digest.zero
    return batches.map { batch in
      batch.map { record in
        var record = record
        record.edit("previous", .string(previous.description))
        previous = record.hash
        return record
      }
    }
  }

  @Test func theSameRecordsGiveTheSameTrail() throws {
    #expect(try problem(try records()) == nil)
    #expect(try ops.repository.reference("refs/heads/audit") == line.last)
  }

  @Test func anotherKeyIsNamed() throws {
    #expect(try problem(try records(), key: OpsRepository.stranger) == "audit.key")
  }

  @Test func aDroppedRecordIsNamed() throws {
    for drop in 0..<(line.count - 1) {
      var batches = try records()
      batches.remove(at: drop)
      #expect(try problem(batches) == "audit.sequence")
    }
  }

  @Test func swappedRecordsAreNamed() throws {
    for first in 0..<(line.count - 1) {
      var batches = try records()
      batches.swapAt(first, first + 1)
      #expect(try problem(batches) == "audit.sequence")
    }
  }

  @Test func aRecordAlteredByTheDaemonsOwnKeyBreaksTheChain() throws {
    var batches = try records()
    batches[0][0].edit("world_moved", 77)
    #expect(try problem(batches) == "audit.chain")
  }

  /// Even with the daemon's key and all links made again, what git's policy history says cannot be contradicted.
  @Test(arguments: [
    ("accepted", "audit.accepted"), ("policy_from", "audit.policy"), ("rows", "audit.plan"), ("counts", "audit.plan"),
    ("plan_digest", "audit.plan"), ("ledger", "audit.ledger"),
  ])
  func aRelinkedLieIsNamed(field: String, id: String) throws {
    var batches = try records()
    let index = try #require(batches.lastIndex { $0[0].json["type"] == "apply" && $0[0].json["accepted"] != [] })
    let lie: JSONValue =
      switch field {
      case "accepted": []
      case "policy_from": .null
      case "rows": .array((batches[index][0].json["rows"]?.array ?? []) + [["action": "publish"]])
      case "counts": ["publish": 1]
      case "plan_digest": .string(SHA256Digest.zero.description)
      default: LedgerCheckpoint.empty.json
      }
    if field == "rows" {
      let total = batches[index][0].json["rows_total"]?.integer ?? 0
      batches[index][0].edit("rows_total", .integer(total + 1))
    }
    batches[index][0].edit(field, lie)
    #expect(try problem(relinked(batches)) == id)
  }

  @Test func aRefusalOfWhatIsInOrderIsNamed() throws {
    var batches = try records()
    let index = try #require(batches.firstIndex { $0[0].json["type"] == "refusal" })
    let good = try #require(batches[index - 1].last?.json["plan"]?["policy"]?["commit"])
    batches[index][0].edit("commit", good)
    #expect(try problem(relinked(batches)) == "audit.refusal")
    batches[index][0].edit("commit", try #require(try records()[index][0].json["commit"]))
    batches[index][0].edit("reasons", [["id": "approval.no_rule"]])
    #expect(try problem(relinked(batches)) == "audit.refusal")
  }

  @Test func aPolicyThatGitRefusesCannotBePutInForce() throws {
    var batches = try records()
    let index = try #require(batches.firstIndex { $0[0].json["type"] == "refusal" })
    let bad = try #require(batches[index][0].json["commit"]?.string.flatMap { ObjectID($0) })
    let tree = try ops.repository.commit(bad).tree.description
    let before = try #require(batches[index][0].json["policy"])
    var forged = try #require(batches[index - 1].last)
    let plan: JSONValue = [
      "policy": PolicyPin(commit: bad.description, tree: tree, version: 1).json, "snapshot_version": 9,
      "now": "2026-11-24T09:00:00Z",
    ]
    forged.edit("plan", plan)
    forged.edit("rows", [])
    forged.edit("rows_total", 0)
    forged.edit("counts", [:])
    forged.edit("plan_digest", .string(SHA256Digest(of: plan.canonicalBytes + [0x0A]).description))
    forged.edit("policy_from", before)
    forged.edit("record", .integer(batches[index][0].sequence))
    forged.sequence = batches[index][0].sequence
    batches[index] = [forged]
    #expect(try problem(relinked(Array(batches[...index]))) == "audit.policy")
  }

  @Test func aCommitThatSaysMoreThanItsRecordsIsNamed() throws {
    let key = try #require(OpsRepository.auditKey)
    let commit = try AuditCommit(try records()[0])
    let tree = try ops.repository.writeTree(
      base: nil, files: [commit.path: try ops.repository.writeBlob(commit.content)])
    for (message, time, name) in [
      (commit.message + "\nApproved-By: anna\n", commit.time, AuditCommit.authorName),
      (commit.message, commit.time + 1, AuditCommit.authorName), (commit.message, commit.time, "Anna"),
    ] {
      let id = try ops.repository.writeCommit(
        tree: tree, parents: [], author: Person(name: name, email: AuditCommit.authorEmail), time: time,
        message: message, sign: { SSHSignature.sign($0, with: key) })
      try ops.point("refs/heads/audit", to: id)
      #expect(try AuditVerifier(repository: ops.repository).verify().problems.map(\.id) == ["audit.commit"])
    }
  }

  /// An object of the trail that is altered: its file of records, a folder on the way there, or the commit itself.
  enum Victim: CaseIterable { case file, folder, commit }

  /// Flips bits all over the trail's objects, writes the altered ones under their new names and points the branch at them.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func row24EveryAlteredByteIsFoundAndItsCommitNamed(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<60 {
      let victim = Victim.allCases[Int.random(in: 0..<3, using: &random)]
      let index = Int.random(in: 0..<line.count, using: &random)
      let count = try bytes(of: victim, index).count
      let place = Int.random(in: 0..<count, using: &random)
      try expectFound(victim, index, place, bit: UInt8.random(in: 0..<8, using: &random), "seed \(seed)")
    }
  }

  /// Every byte, with one bit each: minutes, and so only where it is asked for.
  @Test(.enabled(if: getenv("PURSER_EVERY_BYTE") != nil, "PURSER_EVERY_BYTE is not set"), arguments: Victim.allCases)
  func row24EveryByteOneAfterTheOther(victim: Victim) throws {
    for index in line.indices {
      for place in try bytes(of: victim, index).indices {
        try expectFound(victim, index, place, bit: UInt8(place % 8), "every byte")
      }
    }
  }

  private func bytes(of victim: Victim, _ index: Int) throws -> [UInt8] {
    if victim == .commit { return try ops.repository.blob(line[index]) }
    let commit = try ops.repository.commit(line[index])
    guard victim == .file else { return try ops.repository.blob(commit.tree) }
    let path = try AuditCommit.read(line[index], in: ops.repository).path
    return try ops.repository.blob(try #require(try ops.repository.entry(at: path, inTree: commit.tree)).id)
  }

  private func expectFound(_ victim: Victim, _ index: Int, _ place: Int, bit: UInt8, _ seed: String) throws {
    var altered = try bytes(of: victim, index)
    altered[place] ^= 1 << bit
    var object = try ops.repository.blob(line[index])
    switch victim {
    case .commit: object = altered
    case .folder: object.replaceSubrange(5..<45, with: Array(try write(altered, as: "tree").utf8))
    case .file:
      let path = try AuditCommit.read(line[index], in: ops.repository).path
      let base = try ops.repository.commit(line[index]).parents.first.map { try ops.repository.commit($0).tree }
      let tree = try ops.repository.writeTree(base: base, files: [path: try ops.repository.writeBlob(altered)])
      object.replaceSubrange(5..<45, with: Array(tree.description.utf8))
    }
    let tip = try write(object)
    let found = try verify(tip: tip)
    let place = "\(seed): bit \(bit) of byte \(place) of \(victim) \(index)"
    #expect(found?.id.hasPrefix("audit.") == true, "\(place)")
    // A parent that is altered ends at a commit that is not there: the one that names it is the one that can be named.
    #expect(found?.message.contains(tip) == true, "\(place): \(found?.message ?? "nothing")")
  }

  /// The references that a trail is found by, each moved, taken away and pointed elsewhere.
  @Test func row25EveryMovedReferenceIsFound() throws {
    var comparison = StoreComparison(story.store, policies: ops.repository)
    func verify(_ comparison: inout StoreComparison) throws -> [Diagnostic] {
      comparison = StoreComparison(story.store, policies: ops.repository)
      do {
        var report = try AuditVerifier(repository: try Repository(path: ops.git.folder)).verify {
          try comparison.compare($0, in: $1)
        }
        try comparison.finish(&report)
        return report.problems
      } catch let problem as Diagnostic {
        return [problem]
      } catch let problems as Diagnostics {
        return problems.all
      }
    }
    let main = try #require(try ops.repository.firstParentLine(from: nil, to: ops.head))
    let tip = try #require(line.last)
    #expect(try verify(&comparison).isEmpty)
    let other = try ops.commit(
      tree: try ops.repository.commit(main[0]).tree, parents: [], message: "Another root", branch: "refs/heads/other")
    var moves: [(reference: String, to: ObjectID?, names: String, among: Set<String>)] = [
      ("audit", nil, "audit", ["audit.no_branch"]), ("main", nil, "main", ["audit.no_policy"]),
      ("main", other, "\(other)", ["audit.policy"]), ("audit", other, "\(other)", ["audit.commit"]),
      ("audit", main.last, "", ["audit.commit"]), ("main", tip, "", ["history.root_has_errors"]),
    ]
    moves += line.dropLast().map { ("audit", $0, "\($0)", ["audit.cut_off"]) }
    moves += main.dropLast().map { ("main", $0, "\(main[main.count - 1])", ["audit.policy_branch", "audit.policy"]) }
    for move in moves {
      let good = try #require(try ops.repository.reference("refs/heads/\(move.reference)"))
      let path = "ops/.git/refs/heads/\(move.reference)"
      if let target = move.to {
        try scratch.write("\(target)\n", to: path)
      } else {
        try ops.git("update-ref", "-d", "refs/heads/\(move.reference)")
      }
      let found = try verify(&comparison)
      #expect(
        found.contains { move.among.contains($0.id) && $0.message.contains(move.names) },
        "\(move.reference) at \(move.to?.description ?? "nothing"): \(found)")
      try scratch.write("\(good)\n", to: path)
    }
    #expect(try verify(&comparison).isEmpty)
  }

  /// Base64 and headers can be written in more than one way: none but Purser's own passes.
  @Test func aSignatureInAnotherFormIsNamed() throws {
    let tip = try #require(line.last)
    let object = String(decoding: try ops.repository.blob(tip), as: UTF8.self)
    let end = "\n -----END SSH SIGNATURE-----\n"
    let parts = object.split(separator: "\ngpgsig ", maxSplits: 1)
    let seal = "gpgsig " + String(parts[1].split(separator: end, maxSplits: 1)[0]) + end
    let message = parts[1].split(separator: end, maxSplits: 1)[1]
    for form in [
      object.replacing(end, with: "\n \n -----END SSH SIGNATURE-----\n", maxReplacements: 1),
      object.replacing("SSH SIGNATURE-----\n U1NI", with: "SSH SIGNATURE-----\n U1\n NI", maxReplacements: 1),
      seal + parts[0] + "\n" + message,
    ] {
      #expect(form != object)
      #expect(try verify(tip: write(Array(form.utf8)))?.id.hasPrefix("audit.") == true, "\(form)")
    }
  }

  /// Writes an object with any bytes.
  private func write(_ object: [UInt8], as type: String = "commit") throws -> String {
    try Data(object).write(to: URL(filePath: scratch.path("object")))
    return try ops.git("hash-object", "-t", type, "-w", "--literally", scratch.path("object"))
  }

  /// The rest of the trail is not written again: its parents would have to be forged too.
  private func verify(tip: String) throws -> Diagnostic? {
    // By hand: git itself refuses to point a branch at most of these.
    try scratch.write(tip + "\n", to: "ops/.git/refs/heads/audit")
    return try AuditVerifier(repository: ops.repository).verify().problems.first
  }
}

extension AuditRecord {
  mutating func edit(_ key: String, _ value: JSONValue) {
    guard case .object(var members) = json else { return }
    members[key] = value
    json = .object(members)
  }
}
