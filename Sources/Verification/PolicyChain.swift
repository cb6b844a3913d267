import Approvals
import AuditTrail
import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Git
import Operations
import Planning
import Reconciling

/// The chain of policies as far as it holds: every record's policy is the one before it or follows from it by git's own
/// history, judged again here.
struct PolicyChain {
  let history: PolicyHistory
  let trustRoot: ObjectID
  private(set) var pin: PolicyPin?
  /// Who may sign audit commits: the key in force and, within a commit, those that its records bring in.
  private(set) var keys: Set<PublicKey> = []
  private(set) var commits = 0
  var unseen: [String] = []
  /// What was in force before, for exact reverts.
  private(set) var formerTrees = FormerTrees()
  private var inForce: (pin: PolicyPin, rules: HoldRules)?
  /// What waits for people, and what was let through without them.
  private(set) var holds = HoldChain()

  /// - Parameters:
  ///   - trustRoot: the commit that is to be trusted.
  ///   - head: the first commit of the branch.
  /// - Throws: what `PolicyHistory` throws when they differ or the first commit has errors.
  init(history: PolicyHistory, trustRoot: ObjectID, head: ObjectID) throws {
    self.history = history
    self.trustRoot = trustRoot
    history.recorded = [trustRoot]
    history.rejections.isVerifying = true
    let root = try history.judge(pin: nil, head: head, trustRoot: trustRoot)
    keys = Set([root.state.auditKey].compactMap { $0 })
    commits = 1
  }

  /// Goes on from where an earlier walk ended.
  /// - Returns: nil where the policy that was in force there names no key.
  init?(history: PolicyHistory, after point: VerifiedPoint) throws {
    self.history = history
    history.rejections.isVerifying = true
    trustRoot = point.trustRoot
    guard let key = try history.desiredState(at: point.pin).auditKey else { return nil }
    self.key = key
    keys = [key]
    pin = point.pin
    commits = point.policyCommits
    unseen = point.unseen
    formerTrees = point.formerTrees
    holds = point.holds
  }

  mutating func append(_ record: RecordText) throws {
    let facts = record.facts
    if facts.isPlan {
      let before = pin
      let accepted = try move(facts, record)
      guard let pin else { return }
      let rules = try rules(of: pin)
      try holds.append(record, before: before, pin: pin, rules: rules, accepted: accepted)
    } else if facts.refused != nil {
      try checkRefusal(facts, record)
    } else if facts.type == "held" {
      try holds.append(held: record)
    } else if facts.type == "review", let pin {
      try holds.append(review: record, pin: pin, state: try rules(of: pin).state)
    } else if facts.isRestore {
      guard facts.policy == pin else {
        throw BrokenLink(
          "policy", record: facts.sequence,
          "a new store began with \(Self.name(facts.policy)), and \(Self.name(pin)) was in force")
      }
      unseen.append(
        "a new store began with record \(facts.sequence) in the place of one that was lost: the ledger up to there, and what"
          + " plans wrote before, are in no store")
    }
  }

  /// Those of the policy in force, which most records keep.
  private mutating func rules(of pin: PolicyPin) throws -> HoldRules {
    if let inForce, inForce.pin == pin { return inForce.rules }
    let rules = HoldRules(try history.desiredState(at: pin))
    inForce = (pin, rules)
    return rules
  }

  /// After a commit, only the key in force at its end may sign the next.
  mutating func forgetOldKeys(keeping key: PublicKey?) { if let key { keys = [key] } }

  /// The key in force.
  private(set) var key: PublicKey?

  /// - Returns: the commits that took effect with it.
  private mutating func move(_ facts: RecordFacts, _ record: RecordText) throws -> [AcceptedCommit] {
    guard let new = facts.policy else {
      throw BrokenLink("policy", record: facts.sequence, "it does not say which policy it was made with")
    }
    guard facts.policyBefore == pin else {
      throw BrokenLink(
        "policy", record: facts.sequence,
        "it says that \(Self.name(facts.policyBefore)) was in force before it, but it was \(Self.name(pin))")
    }
    if new == pin {
      guard facts.accepted.isEmpty else {
        throw BrokenLink("accepted", record: facts.sequence, "it accepts commits but does not change the policy")
      }
      return []
    }
    guard let head = ObjectID(new.commit) else {
      throw BrokenLink("policy", record: facts.sequence, "'\(new.commit)' is not a commit id")
    }
    if pin == nil, let named = record.text["trust_root"]?.string, named != trustRoot.description {
      throw BrokenLink(
        "policy", record: facts.sequence, "it trusts the commit \(named), but the branch starts from \(trustRoot)")
    }
    do {
      return try judgeAgain(facts, record, new, head)
    } catch let link as BrokenLink {
      guard let accepted = try accepted(facts, record, new, head) else { throw link }
      try formerTrees.add(facts) { try history.repository.commit(try history.id($0)).tree.description }
      pin = new
      if let named = try history.desiredState(at: new).auditKey { key = named }
      if let key { keys.insert(key) }
      commits += accepted.count
      return accepted
    }
  }

  private mutating func judgeAgain(
    _ facts: RecordFacts, _ record: RecordText, _ new: PolicyPin, _ head: ObjectID
  ) throws -> [AcceptedCommit] {
    history.recorded = Set(facts.accepted.compactMap { ObjectID($0.commit) } + [trustRoot])
    history.rejections.lifted = Self.lifted(record)
    defer { (history.recorded, history.rejections.lifted) = ([], [:]) }
    var evidence = try evidence(record)
    var judged = try judge(head, facts.sequence, evidence)
    if try !says(record, judged.judgement.accepted.map(Self.json)) {
      // The daemon had the key that the policy names in the end: what names another on the way was passed over.
      evidence.auditKey = try history.load(head).state.auditKey
      judged = try judge(head, facts.sequence, evidence)
    }
    if judged.judgement.pin != new, let earlier = try judgedWithoutRejections(judged, facts, head, new, evidence) {
      judged = earlier
    }
    noteMissing(facts)
    if let span = judged.judgement.undecided?.span {
      throw BrokenLink(
        "impact", record: facts.sequence, "it does not say what the change up to \(span.to) would have done")
    }
    guard judged.judgement.pin == new else {
      let refused = judged.judgement.refused.map { ": " + $0.reasons.map(\.message).joined(separator: "; ") } ?? ""
      throw BrokenLink(
        "policy", record: facts.sequence,
        "it puts \(Self.name(new)) in force, but git's history allows \(Self.name(judged.judgement.pin))\(refused)")
    }
    let expected = judged.judgement.accepted.map(Self.json)
    guard try says(record, expected) else {
      let there = facts.accepted.map { $0.commit.prefix(10) }.joined(separator: ", ")
      throw BrokenLink(
        "accepted", record: facts.sequence,
        "by git's history it accepts \(Self.list(judged.judgement.accepted)), and it says \(there.isEmpty ? "none" : there)"
          + " or differs in what it says of them")
    }
    try checkSeries(facts)
    formerTrees = judged.judgement.formerTrees
    formerTrees.series = facts.series
    pin = new
    try noteFaults(of: judged, facts)
    commits += expected.count
    key = judged.state.auditKey
    if let key { keys.insert(key) }
    return judged.judgement.accepted
  }

  /// Whether a record says this of the commits that took effect.
  private func says(_ record: RecordText, _ expected: [JSONValue]) throws -> Bool {
    let said = record.text["accepted"]?.value
    if said == .array(expected) { return true }
    guard let entries = said?.array, entries.count == expected.count else { return false }
    return try zip(entries, expected).allSatisfy { entry, expected in
      guard var members = entry.object, let summary = members["summary"]?.string,
        let commit = members["commit"]?.string,
        let id = ObjectID(commit), history.knows(id)
      else { return false }
      guard CommitFacts.isSummary(summary, of: try history.repository.commit(id).message) else { return false }
      members["summary"] = expected["summary"]
      return .object(members) == expected
    }
  }

  /// Says what this version of Purser would not have accepted.
  private mutating func noteFaults(of judged: JudgedPolicy, _ facts: RecordFacts) throws {
    for commit in (judged.trustRoot.map { [$0] } ?? []) + judged.judgement.accepted.map(\.commit.id) {
      guard let fault = try history.load(try history.id(commit)).diagnostics.first(where: { $0.severity == .error })
      else {
        continue
      }
      unseen.append(
        "commit \(commit) took effect with record \(facts.sequence) and has errors by this version of purser, so that"
          + " another one accepted it: \(Diagnostics([fault]))")
    }
  }

  private mutating func checkRefusal(_ facts: RecordFacts, _ record: RecordText) throws {
    let sequence = record.sequence
    guard facts.policy == pin else {
      throw BrokenLink(
        "policy", record: sequence,
        "it was made with \(Self.name(facts.policy)), but \(Self.name(pin)) was in force")
    }
    guard let pin, let refused = facts.refused, let head = ObjectID(refused) else {
      throw BrokenLink("record", record: sequence, "it does not name the commit that it refuses")
    }
    guard history.knows(head) else {
      // A branch that was pushed back leaves no trace of what was refused in a clone.
      unseen.append("the refused commit \(refused) of record \(sequence) is not on any branch here")
      return
    }
    var evidence = try evidence(record)
    defer { noteMissing(facts) }
    // It named another key than the daemon's, which is the one in force.
    if facts.reasons.contains(Diagnostic.auditKeyID) { evidence.auditKey = try history.desiredState(at: pin).auditKey }
    func judged() throws -> Judgement {
      try history.judge(pin: pin, head: head, trustRoot: trustRoot, evidence: evidence).judgement
    }
    var judgement = try judged()
    if Set(judgement.refused?.reasons.map(\.id) ?? []).isDisjoint(with: facts.reasons) {
      // What only this version finds wrong hides for what it was refused then.
      history.recorded = [head]
      defer { history.recorded = [] }
      judgement = try judged()
    }
    // Another version may have read it, and found something else wrong with it.
    func isNoted() throws -> Bool {
      guard let fault = try unreadable(in: [head])?.fault else { return false }
      unseen.append(
        "commit \(refused), which record \(sequence) refuses, cannot be read by this version of purser, so that the reasons"
          + " were not found again: \(Diagnostics([fault]))")
      return true
    }
    guard judgement.refused?.commit.id == refused else {
      if try isNoted() { return }
      throw BrokenLink("refusal", record: sequence, "it refuses \(refused), but git's history allows it")
    }
    // The words and the number of reasons may differ between versions of Purser; that it is refused may not.
    let reasons = judgement.refused?.reasons.map(\.id) ?? []
    guard !Set(reasons).isDisjoint(with: facts.reasons) else {
      if try isNoted() { return }
      throw BrokenLink(
        "refusal", record: sequence,
        "\(refused) is refused for \(reasons.joined(separator: ", ")), but it says "
          + facts.reasons.joined(separator: ", "))
    }
  }

  /// What the record itself holds of what people said.
  func statements(_ record: RecordText) throws -> [SignedStatement] {
    let embedded = (record.text["accepted"]?.array ?? []).flatMap { $0["approvals"]?.array ?? [] }
    return try (embedded + (record.text["approvals"]?.array ?? [])).map { text in
      guard let statement = SignedStatement(json: text.value) else {
        throw BrokenLink("evidence", record: record.sequence, "it contains a statement that cannot be read")
      }
      return statement
    }
  }

  /// What the record itself holds of what people said and of what changes would have done, at its time.
  private func evidence(_ record: RecordText) throws -> Evidence {
    func broken(_ message: String) -> BrokenLink { BrokenLink("evidence", record: record.sequence, message) }
    guard let at = record.at else { throw broken("it does not say when it was made") }
    var evidence = Evidence(statements: try statements(record), at: at, formerTrees: formerTrees)
    for text in record.text["impacts"]?.array ?? [] {
      let entry = text.value
      guard let from = entry["from"]?.string, let to = entry["to"]?.string,
        let measures = ImpactMeasures(json: entry["measures"] ?? .null)
      else { throw broken("what it says of the impact of a change cannot be read") }
      evidence.impacts[ChangeSpan(from: from, to: to)] = Dictionary(
        uniqueKeysWithValues: ImpactMeasures.Measure.allCases.map { ($0.rawValue, measures[$0]) })
    }
    return evidence
  }

  func judge(_ head: ObjectID, _ sequence: Int64, _ evidence: Evidence) throws -> JudgedPolicy {
    guard history.knows(head) else {
      throw BrokenLink("policy", record: sequence, "the policy commit \(head) is not in the repository")
    }
    do {
      return try history.judge(pin: pin, head: head, trustRoot: trustRoot, evidence: evidence)
    } catch let problem as Diagnostic {
      throw BrokenLink("policy", record: sequence, problem.message)
    }
  }

  /// What a record says of an accepted commit; written down here a second time, so that a change there is noticed.
  private static func json(_ accepted: AcceptedCommit) -> JSONValue {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    let acceptance = accepted.acceptance
    var members: [String: JSONValue] = [
      "commit": .string(accepted.commit.id), "summary": .string(accepted.commit.summary),
      "authors": list(acceptance.authors), "rules": list(acceptance.rules),
      "version": .integer(accepted.version), "reverts": list(accepted.commit.reverts),
    ]
    if !acceptance.requirement.isEmpty { members["requirement"] = acceptance.requirement.json }
    if !acceptance.approvals.isEmpty { members["approvals"] = .array(acceptance.approvals.map(\.json)) }
    if !acceptance.brokenGlass.isEmpty {
      members["broken_glass"] = .array(
        acceptance.brokenGlass.map {
          ["person": .string($0.person), "reason": .string($0.reason), "rules": list($0.rules)]
        })
    }
    if let impact = acceptance.impact { members["impact"] = .object(impact.mapValues { .integer($0) }) }
    return .object(members)
  }

  private static func list(_ accepted: [AcceptedCommit]) -> String {
    accepted.isEmpty ? "none" : accepted.map { String($0.commit.id.prefix(10)) }.joined(separator: ", ")
  }

  private static func name(_ pin: PolicyPin?) -> String {
    pin.map { "policy \($0.commit) (version \($0.version))" } ?? "no policy"
  }
}
