import ActualState
import Approvals
import Diagnostics
import Digest
import Operations
import Reconciling
import Testing
import Verification

/// A repository whose plans are held: the leads `olga` and `otto` let them through.
extension OpsRepository {
  /// - Parameters:
  ///   - fields: of the Repository, such as limits.
  ///   - channels: fields of the ApprovalRule for channels.
  static func heldFiles(
    _ fields: String, held: String = "[{review: {lead: 1}, tolerance: 10%, valid_for: 4h}]",
    channels: String = "review: none"
  ) -> [String: String] {
    var files = reviewedFiles
    files["state/purser.yaml"] =
      purserYAML().replacing("mode: enforce\n", with: "") + (fields.contains("mode:") ? "" : "mode: enforce\n")
      + fields + "\nheld: \(held)\n"
    let people = files["state/governance/people.yaml"] ?? ""
    files["state/governance/people.yaml"] =
      people.replacing("kinds: [Channel]\nreview: {lead: 1}\n", with: "kinds: [Channel]\n\(channels)\n")
      .replacing("impact: {skus_to_zero: 1}\nreview: {lead: 2}\n", with: "review: none\n")
    return files
  }
}

extension Daily {
  /// Goes through a cycle that may leave something waiting.
  func look() throws {
    do { try cycle() } catch let trouble as Trouble where trouble.kind == .needsPerson {}
  }

  func begin(_ files: [String: String], stock: Int64 = 50) throws {
    try ops.commit(files.mapValues { $0 }, message: "Begin")
    try count(stock)
    try look()
  }

  var waiting: [Gate.Waiting] { reconciler.report.waiting }
  /// Why what waits waits, as ids.
  var missing: [String] { waiting.flatMap { $0.review.reasons.map(\.id) } }
  var words: String { waiting.flatMap { $0.review.reasons.map(\.message) }.joined(separator: "\n") }

  var published: Int64? {
    get throws { try store.grant("MUG", "web")?.published }
  }

  /// Somebody says something about a hold.
  /// - Parameters:
  ///   - hold: the last that was begun, if left out.
  ///   - measures: what they see of it, if left out.
  ///   - key: whose key signs it; their own, if left out.
  @discardableResult
  func say(
    _ person: String, _ kind: Statement.Kind = .approve, of hold: Hold? = nil, measures: [String: Int64]? = nil,
    at time: Instant? = nil, hours: Int64 = 4, key: String? = nil
  ) throws -> SignedStatement {
    let known = try hold ?? #require(try store.holds().open.last)
    let seen = waiting.first { $0.hold == known }
    let policy = try seen?.policy ?? #require(try store.pin())
    let at = time ?? now
    let subject = StatementSubject.hold(known)
    var statement = Statement(
      kind: kind, change: subject.digest, base: policy.commit, head: policy.commit,
      tree: policy.tree,
      policyVersion: policy.version, impact: kind.permits ? measures ?? seen?.measures : nil, person: person,
      reason: nil, issuedAt: at,
      expiresAt: kind.permits ? at + TimeSpan(milliseconds: hours * TimeSpan.hour.milliseconds) : nil,
      nonce: String(SHA256Digest(of: "\(person) \(kind) \(at) \(statements.count)").description.prefix(32)))
    statement.about = subject
    let signed = try #require(OpsRepository.key(of: key ?? person).flatMap { statement.signed(by: $0) })
    statements.append(signed)
    return signed
  }

  var problems: [String] {
    get throws { try AuditVerifier(repository: ops.repository).verify().problems.map(\.message) }
  }
}
