import AuditTrail
import Digest
import Git
import Operations
import TestSupport
import Verification

/// Verifying a trail offline, over git's own reading of the same files of records.
enum VerifyBenchmark {
  private static let recordsPerCommit = 100

  static func run(_ workshop: Workshop) async throws -> [Comparison] {
    let trail = try Trail(
      path: workshop.path("trail.git"), ids: workshop.path("blobs"), records: workshop.records,
      perCommit: recordsPerCommit)
    let verifier = AuditVerifier(repository: trail.repository)
    let size = "\(workshop.records) records in \(workshop.records / recordsPerCommit) commits"
    func verified(_ point: VerifiedPoint?, known: Int) throws {
      let report = try verifier.verify(after: point)
      expect(report.isGood && report.records == workshop.records && report.knownRecords == known, "\(report.problems)")
    }
    let floor = "one git cat-file --batch of the same files"
    func read() { Floor.run("sh", "-c", "git -C '\(trail.path)' cat-file --batch < '\(trail.ids)' > /dev/null") }
    try trail.point(to: trail.tip)
    let all = try verifier.verify().point
    try trail.point(to: trail.before)
    let before = try verifier.verify().point
    try trail.point(to: trail.tip)
    return [
      try await Comparison(
        "verify \(size), cold", over: floor, aim: .atMost(3), rounds: workshop.rounds,
        measured: { try verified(nil, known: 0) }, baseline: read),
      try await Comparison(
        "verify warm, with \(recordsPerCommit) records that are new", over: floor, rounds: workshop.rounds,
        measured: { try verified(before, known: workshop.records - recordsPerCommit) }, baseline: read),
      try await Comparison(
        "verify warm, with nothing new", over: floor, rounds: workshop.rounds, repeats: (100, 1),
        measured: { try verified(all, known: workshop.records) }, baseline: read),
    ]
  }
}

/// A trail of routine trade under one policy, as a daemon would have written it, packed.
private struct Trail {
  let path: String
  /// The file with the names of all files of records, one a line.
  let ids: String
  let repository: Repository
  /// The end of the trail, and the commit before it.
  let tip: ObjectID
  let before: ObjectID
  private static let person = Person(name: "bench", email: "bench@example.test")

  init(path: String, ids: String, records: Int, perCommit: Int) throws {
    let repository = try Repository.create(path: path, bare: true)
    guard let key = PrivateKey.generate(), let owner = PrivateKey.generate() else {
      preconditionFailure("the system gives no random bytes")
    }
    let root = try Self.root(repository, key.publicKey, owner: owner.publicKey)
    let pin = PolicyPin(
      commit: "\(root)", tree: "\(try repository.commit(root).tree)", version: 1)
    var previous = SHA256Digest.zero
    var line: [ObjectID] = []
    for first in stride(from: 1, through: records, by: perCommit) {
      let batch = (first..<(first + perCommit)).map { number in
        let record = Self.record(number, hour: number / perCommit, pin, previous)
        previous = record.hash
        return record
      }
      let commit = try repository.write(try AuditCommit(batch), parent: line.last.map { "\($0)" }, key: key)
      line.append(commit)
    }
    precondition(line.count > 1, "a trail of one commit has nothing to go on from")
    (self.path, self.ids, self.repository) = (path, ids, repository)
    (tip, before) = (line[line.count - 1], line[line.count - 2])
    try point(to: tip)
    Floor.run("git", "-C", path, "repack", "-adq")
    Floor.run(
      "sh", "-c",
      "git -C '\(path)' rev-list --objects audit | cut -d' ' -f1 | git -C '\(path)' cat-file --batch-check"
        + " | grep ' blob ' | cut -d' ' -f1 > '\(ids)'")
  }

  func point(to commit: ObjectID) throws {
    try repository.setReference(
      "refs/heads/audit", to: commit, expecting: try repository.reference("refs/heads/audit"), by: Self.person,
      reason: "bench")
  }

  private static func root(_ repository: Repository, _ auditKey: PublicKey, owner: PublicKey) throws -> ObjectID {
    let text = """
      kind: Repository
      name: shop
      schema_version: 1
      currency: EUR
      audit_key: \(auditKey)
      ---
      kind: Person
      name: anna
      email: anna@example.test
      keys: [\(owner)]
      ---
      kind: Role
      name: owner
      people: [anna]
      kinds: ["*"]
      paths: ["**"]
      ---
      kind: ApprovalRule
      name: start
      kinds: ["*"]
      review: none

      """
    let tree = try repository.writeTree(
      base: nil, files: ["state/purser.yaml": try repository.writeBlob(Array(text.utf8))])
    let root = try repository.writeCommit(
      tree: tree, parents: [], author: person, time: SyntheticWorld.now.seconds, message: "Begin\n")
    try repository.setReference("refs/heads/main", to: root, expecting: nil, by: person, reason: "bench")
    return root
  }

  /// As large as the record of a small plan, and right in all that is verified. A commit is of an hour, a folder of a day.
  private static func record(_ number: Int, hour: Int, _ pin: PolicyPin, _ previous: SHA256Digest) -> AuditRecord {
    let now = JSONValue.string(
      (SyntheticWorld.now + TimeSpan(milliseconds: Int64(hour) * TimeSpan.hour.milliseconds)).description)
    let header: JSONValue = [
      "policy": pin.json, "snapshot_version": .integer(Int64(number)), "now": now,
    ]
    let row: JSONValue = ["action": "publish", "sku": "SKU-1", "channel": "web", "units": 12, "was": 13]
    let plan = header.canonicalBytes + [0x0A] + row.canonicalBytes + [0x0A]
    let json: JSONValue = [
      "v": 1, "type": "apply", "at": now, "plan": header,
      "plan_digest": .string(SHA256Digest(of: plan).description), "counts": ["publish": 1], "rows": [row],
      "rows_total": 1, "policy_changed": 0, "world_moved": 1, "policy_from": number == 1 ? .null : pin.json,
      "accepted": [], "record": .integer(Int64(number)), "previous": .string(previous.description),
      "ledger": LedgerCheckpoint.empty.json,
    ]
    return AuditRecord(sequence: Int64(number), isDecision: number == 1, json: json)
  }
}
