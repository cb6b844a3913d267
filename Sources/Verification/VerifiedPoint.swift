import AuditTrail
import Digest
public import Git
public import Operations

/// Up to where a trail was verified: all that the next verification needs to go on from there.
///
/// Commits are named by what is in them, so that what was once verified under a commit's name stays so, in whatever clone.
/// Nothing here proves itself: only whoever did the verifying may keep it, where nobody else can write, and must forget it
/// when what verifies changes.
public struct VerifiedPoint: Hashable, Sendable {
  /// The last audit commit that holds.
  public var head: ObjectID
  /// The first commit of the policy branch.
  public var trustRoot: ObjectID
  /// The policy in force after it.
  var pin: PolicyPin
  var chain: RecordChain
  /// Audit commits and records up to it, and policy commits that took effect.
  public var commits: Int
  public var records: Int
  var policyCommits: Int
  var formerTrees: FormerTrees
  var holds: HoldChain
  var unseen: [String]
  var approvals: ApprovalChain.Point
}

extension VerifiedPoint {
  /// Whether a repository is the one that was verified, or a clone of it, whatever became of its branches since: it has
  /// the very first commit of the policy, which names its makers' keys and its moment, and no other repository has.
  public func isOf(_ repository: Repository) -> Bool { repository.contains(trustRoot) }

  public var json: JSONValue {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    return [
      "head": .string(head.description), "trust_root": .string(trustRoot.description), "policy": pin.json,
      "record": .integer(chain.last), "hash": .string(chain.hash.description), "ledger": chain.ledger.json,
      "commits": .integer(Int64(commits)), "records": .integer(Int64(records)),
      "policy_commits": .integer(Int64(policyCommits)), "former_trees": formerTrees.json,
      "holds": holds.json,
      "unseen": list(unseen), "approvals": approvals.json,
    ]
  }

  public init?(json: JSONValue) {
    func text(_ key: String) -> String? { json[key]?.string }
    func count(_ key: String) -> Int? { json[key]?.integer.flatMap { $0 >= 0 ? Int(exactly: $0) : nil } }
    func list(_ key: String) -> [String]? {
      guard let values = json[key]?.array else { return nil }
      let texts = values.compactMap(\.string)
      return texts.count == values.count ? texts : nil
    }
    guard let head = text("head").flatMap({ ObjectID($0) }), let root = text("trust_root").flatMap({ ObjectID($0) }),
      let pin = json["policy"].flatMap(PolicyPin.init(json:)), let last = json["record"]?.integer,
      let hash = text("hash").flatMap(SHA256Digest.init(hex:)),
      let ledger = json["ledger"].flatMap(LedgerCheckpoint.init(json:)), let commits = count("commits"),
      let records = count("records"), let policyCommits = count("policy_commits"),
      let formerTrees = json["former_trees"].flatMap(FormerTrees.init(json:)),
      let holds = json["holds"].flatMap(HoldChain.init(json:)),
      let unseen = list("unseen"), let approvals = json["approvals"].flatMap(ApprovalChain.Point.init(json:))
    else { return nil }
    self.init(
      head: head, trustRoot: root, pin: pin, chain: RecordChain(last: last, hash: hash, ledger: ledger),
      commits: commits, records: records, policyCommits: policyCommits, formerTrees: formerTrees,
      holds: holds, unseen: unseen, approvals: approvals)
  }
}
