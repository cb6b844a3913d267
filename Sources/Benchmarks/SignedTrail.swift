import Approvals
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import TestSupport
import Verification

/// A trail as a daemon would have written it, packed: trade under a policy that somebody keeps changing, each change signed
/// by its author and approved by two people, whose statements are in the record that brings it in force.
struct SignedTrail {
  static let recordsPerCommit = 100
  /// Every so many commits of the audit branch one begins with a change of the policy.
  static let commitsPerChange = 5

  let path: String
  /// The file with the names of all files of records, one a line.
  let ids: String
  let repository: Repository
  /// Changes of the policy in it.
  let changes: Int
  /// The end of the trail, and the commit before it.
  let tip: ObjectID
  let before: ObjectID
  /// Who changes the policy.
  fileprivate static let person = Person(name: "anna", email: "anna@example.test")

  init(path: String, ids: String, signers: String, records: Int) throws {
    let repository = try Repository.create(path: path, bare: true)
    let keys = Keys()
    var maker = try RecordMaker(repository, keys)
    var line: [ObjectID] = []
    for first in stride(from: 1, through: records, by: Self.recordsPerCommit) {
      let hour = first / Self.recordsPerCommit
      if hour % Self.commitsPerChange == 1 { try maker.changePolicy(hour: hour) }
      let batch = (0..<Self.recordsPerCommit).map { _ in maker.record(hour: hour) }
      line.append(
        try repository.write(try AuditCommit(batch), parent: line.last.map { "\($0)" }, key: keys.daemon))
    }
    expect(line.count > 1, "a trail of one commit has nothing to go on from")
    (self.path, self.ids, self.repository) = (path, ids, repository)
    changes = maker.changes
    (tip, before) = (line[line.count - 1], line[line.count - 2])
    try point(to: tip)
    try writeFile(keys.allowedSigners, to: signers)
    try repository.setConfiguration([("gpg.ssh.allowedSignersFile", signers)])
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

  private func writeFile(_ text: String, to path: String) throws {
    Floor.run("sh", "-c", "printf '%s' '\(text)' > '\(path)'")
  }

  fileprivate struct Keys {
    let daemon = Self.made()
    let author = Self.made()
    let leads = ["olga": Self.made(), "otto": Self.made()]

    private static func made() -> PrivateKey {
      guard let key = PrivateKey.generate() else { preconditionFailure("the system gives no random bytes") }
      return key
    }

    /// As git wants to know who may sign.
    var allowedSigners: String {
      "\(AuditCommit.authorEmail) \(daemon.publicKey)\n\(SignedTrail.person.email) \(author.publicKey)\n"
    }
  }
}

/// Makes records that are right in all that is verified.
private struct RecordMaker {
  private let repository: Repository
  private let keys: SignedTrail.Keys
  private let history: PolicyHistory
  private let log: ApprovalLog
  private let root: ObjectID
  private var pin: PolicyPin
  private var number = 0
  private(set) var changes = 0
  private var previous = SHA256Digest.zero
  /// The policy before, and what was accepted: what the next record has to say.
  private var moved: (from: PolicyPin?, accepted: [AcceptedCommit], log: String?)?
  private static let person = SignedTrail.person
  private static let channels = "state/channels.yaml"

  init(_ repository: Repository, _ keys: SignedTrail.Keys) throws {
    (self.repository, self.keys) = (repository, keys)
    history = PolicyHistory(repository: repository)
    log = ApprovalLog(try PolicySource(address: repository.gitDirectory, mirrorPath: ""))
    let files: [String: ObjectID?] = [
      "state/purser.yaml": try repository.writeBlob(Array(Self.governance(keys).utf8)),
      Self.channels: try repository.writeBlob(Array(Self.channel(cap: 10).utf8)),
    ]
    root = try repository.writeCommit(
      tree: try repository.writeTree(base: nil, files: files), parents: [], author: Self.person,
      time: SyntheticWorld.now.seconds, message: "Begin\n")
    try repository.setReference("refs/heads/main", to: root, expecting: nil, by: Self.person, reason: "bench")
    pin = PolicyPin(commit: "\(root)", tree: "\(try repository.commit(root).tree)", version: 1)
    moved = (nil, [], nil)
  }

  /// Commits another limit of a channel and has it approved by two people.
  mutating func changePolicy(hour: Int) throws {
    guard number > 0 else { return }
    guard let parent = ObjectID(pin.commit) else { preconditionFailure("a pin names a commit") }
    let old = try repository.commit(parent)
    let blob = try repository.writeBlob(Array(Self.channel(cap: 10 + hour).utf8))
    let head = try repository.writeCommit(
      tree: try repository.writeTree(base: old.tree, files: [Self.channels: blob]), parents: [parent],
      author: Self.person, time: Self.time(hour).seconds, message: "Let the web take \(10 + hour)\n",
      sign: { [keys] in SSHSignature.sign($0, with: keys.author) })
    try repository.setReference("refs/heads/main", to: head, expecting: parent, by: Self.person, reason: "bench")
    let said = try keys.leads.sorted { $0.key < $1.key }.compactMap { name, key in
      try statement(name, from: parent, to: head, at: Self.time(hour))?.signed(by: key)
    }
    var logged: ObjectID?
    for one in said { logged = try log.append(one, by: Self.person, time: Self.time(hour).seconds) }
    let judged = try history.judge(
      pin: pin, head: head, trustRoot: root, evidence: Evidence(statements: said, at: Self.time(hour)))
    expect(judged.judgement.accepted.count == 1, "\(judged.judgement.refused?.reasons.map(\.message) ?? [])")
    moved = (pin, judged.judgement.accepted, logged?.description)
    changes += 1
    pin = judged.judgement.pin
  }

  private func statement(_ person: String, from base: ObjectID, to head: ObjectID, at: Instant) throws -> Statement? {
    let trees = (try repository.commit(base).tree, try repository.commit(head).tree)
    let files = try FileChange.list(from: trees.0, to: trees.1, in: repository)
    return Statement(
      kind: .approve, change: SHA256Digest(ofChange: files), base: "\(base)", head: "\(head)", tree: "\(trees.1)",
      policyVersion: pin.version, impact: nil, person: person, reason: nil, issuedAt: at,
      expiresAt: at + TimeSpan.day, nonce: String(SHA256Digest(of: "\(person) \(head)").description.prefix(32)))
  }

  /// As large as the record of a small plan. A commit is of an hour, a folder of a day.
  mutating func record(hour: Int) -> AuditRecord {
    number += 1
    let now = JSONValue.string(Self.time(hour).description)
    let header: JSONValue = ["policy": pin.json, "snapshot_version": .integer(Int64(number)), "now": now]
    let row: JSONValue = ["action": "publish", "sku": "SKU-1", "channel": "web", "units": 12, "was": 13]
    let plan = header.canonicalBytes + [0x0A] + row.canonicalBytes + [0x0A]
    var json: [String: JSONValue] = [
      "v": 1, "type": "apply", "at": now, "plan": header,
      "plan_digest": .string(SHA256Digest(of: plan).description), "counts": ["publish": 1], "rows": [row],
      "rows_total": 1, "policy_changed": 0, "world_moved": 1,
      "policy_from": (moved.map(\.from) ?? pin)?.json ?? .null,
      "accepted": .array((moved?.accepted ?? []).map(\.json)), "record": .integer(Int64(number)),
      "previous": .string(previous.description), "ledger": LedgerCheckpoint.empty.json,
    ]
    if let log = moved?.log { json["approvals_log"] = .string(log) }
    let record = AuditRecord(sequence: Int64(number), isDecision: moved != nil, json: .object(json))
    moved = nil
    previous = record.hash
    return record
  }

  private static func time(_ hour: Int) -> Instant {
    SyntheticWorld.now + TimeSpan(milliseconds: Int64(hour) * TimeSpan.hour.milliseconds)
  }

  private static func channel(cap: Int) -> String {
    "kind: AllocationTier\nname: one\nrank: 1\n---\n"
      + "kind: Channel\nname: web\ntype: dtc\ntier: one\ncap: {units: \(cap), window: 1d}\n"
  }

  private static func governance(_ keys: SignedTrail.Keys) -> String {
    let people = [("anna", keys.author)] + keys.leads.sorted { $0.key < $1.key }
    return """
      kind: Repository
      name: shop
      schema_version: 1
      currency: EUR
      audit_key: \(keys.daemon.publicKey)
      limits: {per_plan: {published_units: 1000}, per_hour: {published_units: 100000}}
      ---

      """
        + people.map { name, key in
          "kind: Person\nname: \(name)\nemail: \(name)@example.test\nkeys: [\(key.publicKey)]\n---\n"
        }.joined() + """
          kind: Role
          name: owner
          people: [anna]
          kinds: ["*"]
          paths: ["**"]
          ---
          kind: Role
          name: lead
          people: [olga, otto]
          kinds: []
          paths: ["**"]
          ---
          kind: ApprovalRule
          name: start
          kinds: ["*"]
          review: none
          ---
          kind: ApprovalRule
          name: channels
          kinds: [Channel]
          review: {lead: 2}

          """
  }
}
