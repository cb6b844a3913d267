import Approvals
public import Operations

/// The parts of a record's body that messages and lists for people speak of.
///
/// Records of a type that this version does not know have the parts that they share with the others.
public struct RecordFacts: Sendable {
  public var sequence: Int64
  /// `apply`, `observe`, `refusal`, `held`, `review`, `restore`, `checkpoint`, or what a newer Purser writes.
  public var type: String
  public var at: String
  /// The policy that it speaks of: mostly the one in force; nil before the first and where it does not matter.
  public var policy: PolicyPin?
  /// The policy that was in force before it.
  public var policyBefore: PolicyPin?
  public var planDigest: String?
  public var counts: [(kind: String, count: Int64)]
  /// The commits that took effect with it, oldest first.
  public var accepted: [Accepted]
  /// The commit that is trusted from then on; nil but in the first record of a policy.
  public var trustRoot: String?
  /// The commit that was refused.
  public var refused: String?
  /// The ids of the reasons for a refusal.
  public var reasons: [String]
  /// The push of which only a part took effect with it or before; nil where none is open.
  public var series: PushedSeries?
  /// What people let through, with who approved it.
  public var passages: [(hold: Int64, cause: String, approvers: [String])]
  /// What waits since then; nil where nothing does.
  public var hold: Int64?
  /// The commit of the case that somebody has looked at, and who.
  public var review: (commit: String, by: [String])?

  public struct Accepted: Sendable {
    public var commit: String
    public var summary: String
    public var authors: [String]
    public var version: Int64
    public var reverts: [String]
    /// Who approved it.
    public var approvers: [String]
    /// Who let it through without the review that it needed.
    public var glassBreakers: [String]
  }

  public init(_ record: AuditRecord) { self.init(JSONText(record.json) ?? .null, sequence: record.sequence) }

  /// - Parameter text: the record.
  init(_ text: JSONText, sequence: Int64) {
    self.sequence = sequence
    type = text["type"]?.string ?? ""
    at = text["at"]?.string ?? ""
    policy = (text["plan"]?["policy"] ?? text["policy"]).flatMap { PolicyPin($0) }
    policyBefore = text["policy_from"].flatMap { PolicyPin($0) }
    planDigest = text["plan_digest"]?.string
    counts = (text["counts"]?.members ?? []).map { ($0.key, $0.value.integer ?? 0) }
    accepted = (text["accepted"]?.array ?? []).map { Accepted($0.value) }
    trustRoot = text["trust_root"]?.string
    refused = type == "refusal" ? text["commit"]?.string : nil
    reasons = (text["reasons"]?.array ?? []).compactMap { $0["id"]?.string }
    series = text["series"].flatMap { PushedSeries(json: $0.value) }
    passages = (text["let_through"]?.array ?? []).map { one in
      (one["hold"]?["number"]?.integer ?? 0, one["hold"]?["cause"]?.string ?? "", Self.approvers(one.value))
    }
    hold = text["hold"]?["number"]?.integer
    review = type == "review" ? (text["case"]?["commit"]?.string ?? "", Self.approvers(text.value)) : nil
  }

  /// Who approved, in byte order.
  static func approvers(_ json: JSONValue) -> [String] {
    let said = (json["approvals"]?.array ?? []).compactMap { try? SignedStatement(json: $0)?.statement() }
    return said.filter { $0.kind == .approve }.map(\.person).sorted { $0.isBytewiseLess(than: $1) }
  }

  /// The policy that is in force after it; nil where it does not say so: that of a plan that was held never was.
  public var inForce: PolicyPin? { type == "held" ? nil : policy }

  public var actions: Int64 { counts.reduce(0) { $0.addingReportingOverflow($1.count).partialValue } }

  public var reverts: [String] { accepted.flatMap(\.reverts) }

  /// Whether it tells of a plan.
  public var isPlan: Bool { type == "apply" || type == "observe" }

  /// Whether a new store went on from there in the place of one that was lost.
  public var isRestore: Bool { type == "restore" }

  /// Whether something was decided, beside routine trade.
  public var isDecision: Bool { isPlan ? policy != policyBefore || !passages.isEmpty : type != "checkpoint" }
}

extension RecordFacts.Accepted {
  init(_ json: JSONValue) {
    commit = json["commit"]?.string ?? ""
    summary = json["summary"]?.string ?? ""
    authors = (json["authors"]?.array ?? []).compactMap(\.string)
    version = json["version"]?.integer ?? 0
    reverts = (json["reverts"]?.array ?? []).compactMap(\.string)
    approvers = RecordFacts.approvers(json)
    glassBreakers = (json["broken_glass"]?.array ?? []).compactMap { $0["person"]?.string }
  }
}
