import Approvals
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import Reconciling

/// What was rejected and came in all the same, or cannot be looked at here.
extension PolicyChain {
  /// What a record accepted, where only a rejection speaks against it that the record itself holds: earlier versions of
  /// Purser looked for what was rejected in fewer places, and whoever hid a rejection would not have recorded it.
  /// - Returns: nil where something else is wrong.
  mutating func judgedWithoutRejections(
    _ strict: JudgedPolicy, _ facts: RecordFacts, _ head: ObjectID, _ new: PolicyPin, _ evidence: Evidence
  ) throws -> JudgedPolicy? {
    guard let reason = strict.judgement.refused?.reasons.first(where: { $0.id == "approval.rejected" }) else {
      return nil
    }
    history.rejections.trustsRecord = true
    defer { history.rejections.trustsRecord = false }
    let judged = try judge(head, facts.sequence, evidence)
    guard judged.judgement.pin == new else { return nil }
    unseen.append(
      "record \(facts.sequence) puts \(new.commit) in force, which this version of purser would not: \(reason.message)")
    return judged
  }

  /// What a record says was rejected of the commits that it accepts.
  static func lifted(_ record: RecordText) -> [ObjectID: Set<SHA256Digest>] {
    var lifted: [ObjectID: Set<SHA256Digest>] = [:]
    for one in record.text["accepted"]?.array ?? [] {
      guard let commit = one["commit"]?.string.flatMap({ ObjectID($0) }) else { continue }
      let said = (one["approvals"]?.array ?? []).compactMap { SignedStatement(json: $0.value) }
      lifted[commit] = Set(said.filter { (try? $0.statement().kind) == .reject }.map(\.change))
    }
    return lifted
  }

  /// A push of which a part took effect began with what was in force, or is the one that was open before.
  func checkSeries(_ facts: RecordFacts) throws {
    guard let series = facts.series, series != formerTrees.series, series.start != pin?.commit else { return }
    throw BrokenLink(
      "series", record: facts.sequence, "it names \(series.start) as the policy before the push, which was not in force"
    )
  }

  /// Says what of a record was taken at its word.
  mutating func noteMissing(_ facts: RecordFacts) {
    for commit in history.rejections.missing.sorted() {
      unseen.append(
        "commit \(commit), which somebody rejected, is not in this repository, so that what record \(facts.sequence) passed"
          + " over because of it was not judged again")
    }
    history.rejections.missing = []
  }
}
