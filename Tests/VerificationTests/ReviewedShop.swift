import ActualState
import Approvals
import Digest
import Git
import Operations
import Testing
import Verification

/// A repository whose channels are changed by `ben` and reviewed by the leads `olga` and `otto`.
extension OpsRepository {
  static func key(of name: String) -> PrivateKey? {
    switch name {
    case "anna": anna
    case "ben": ben
    default: PrivateKey(seed: SHA256Digest(of: name).bytes)
    }
  }

  static let everything = Dictionary(
    uniqueKeysWithValues: [
      "orders_losing", "units_losing", "value_losing", "channels", "skus_to_zero", "promises_later",
    ].map { ($0, Int64(1000)) })

  static var reviewedFiles: [String: String] {
    var files = firstFiles
    let people = ["anna", "ben", "olga", "otto"].map { name in
      "kind: Person\nname: \(name)\nemail: \(name)@example.test\nkeys: [\(text(key(of: name)))]\n"
    }
    func role(_ name: String, _ people: String, _ kinds: String) -> String {
      "kind: Role\nname: \(name)\npeople: [\(people)]\nkinds: [\(kinds)]\npaths: [\"**\"]\n"
    }
    let rules = [
      "kind: ApprovalRule\nname: start\nkinds: [\"*\"]\nreview: none\n",
      "kind: ApprovalRule\nname: channels\nkinds: [Channel]\nreview: {lead: 1}\n",
      "kind: ApprovalRule\nname: sold-out\nkinds: [Channel]\nimpact: {skus_to_zero: 1}\nreview: {lead: 2}\n",
    ]
    files["state/governance/people.yaml"] =
      (people + [role("owner", "anna", "\"*\""), role("lead", "olga, otto", ""), role("writer", "ben", "Channel")]
      + rules)
      .joined(separator: "---\n")
    return files
  }

  static let web = "state/channels/web.yaml"

  /// What somebody says about the change from a commit to the head.
  func statement(
    _ person: String, _ kind: Statement.Kind = .approve, from base: String, at now: Instant,
    impact: [String: Int64]? = everything, version: Int64 = 1, reason: String? = nil
  ) throws -> SignedStatement {
    let start = try #require(ObjectID(base))
    let (old, new) = (try repository.commit(start), try repository.commit(try head))
    let files = try FileChange.list(from: old.tree, to: new.tree, in: repository)
    let statement = Statement(
      kind: kind, change: SHA256Digest(ofChange: files), base: base, head: new.id.description,
      tree: new.tree.description, policyVersion: version, impact: impact, person: person, reason: reason, issuedAt: now,
      expiresAt: kind.permits ? now + TimeSpan.day : nil,
      nonce: String(SHA256Digest(of: "\(person) \(kind) \(now)").description.prefix(32)))
    let key = try #require(Self.key(of: person))
    return try #require(statement.signed(by: key))
  }
}

extension Daily {
  func approve(_ people: String..., impact: [String: Int64]? = OpsRepository.everything) throws {
    let pin = try #require(try store.pin())
    for person in people {
      statements.append(
        try ops.statement(person, from: pin.commit, at: now, impact: impact, version: pin.version))
    }
  }

  /// The last record, and what it says of the first commit that it accepts.
  func lastRecord() throws -> AuditRecord {
    let records = try store.auditRecords(1...Int64.max)
    return try #require(records.last)
  }

  /// A trust root, a change that waits for its approval and gets it, one that would do too much for one approval and then
  /// has two, and a revert that is approved as a change of its own.
  func reviewedStory() throws {
    try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    try count(50)
    try cycle()
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 20)], by: .ben, author: "ben")
    try cycle()
    try approve("olga")
    try cycle()
    try ops.commit([OpsRepository.web: OpsRepository.channels(cap: 0)], by: .ben, author: "ben")
    try approve("olga")
    try cycle()
    try approve("otto")
    try cycle()
  }
}
