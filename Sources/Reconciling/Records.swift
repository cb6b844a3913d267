import Approvals
import DesiredState
import Diagnostics
import Digest
import Operations
import Planning

/// Bodies of audit records. They hold facts only: what was decided, by whom, on what grounds, with which effects.
enum Records {
  /// Rows that a record carries; the plan's digest stands for all of them.
  static let rowLimit = 1000

  /// What a verdict rested on beside git's history.
  struct Grounds {
    var impacts: [ChangeSpan: [String: Int64]]
    /// The head of the log of approvals: whoever rewrites what came before it is found out by the record.
    var log: String?
  }

  static func apply(
    _ plan: Plan, _ digest: SHA256Digest, _ judged: JudgedPolicy, _ gate: Gate, from: PolicyPin?, _ grounds: Grounds,
    holds: HoldBook?
  ) -> AuditDraft {
    var counts: [String: Int64] = [:]
    for planned in plan.actions { counts[planned.action.kind.rawValue, default: 0] += 1 }
    var body: [String: JSONValue] = [
      "type": .string(judged.isEnforced || !gate.passages.isEmpty ? "apply" : "observe"),
      "at": .string(plan.now.description),
      "plan": plan.header,
      "plan_digest": .string(digest.description), "counts": .object(counts.mapValues { .integer($0) }),
      "rows": .array(plan.actions.prefix(rowLimit).map(\.json)), "rows_total": .integer(Int64(plan.actions.count)),
      "policy_changed": .integer(Int64(plan.count(.policyChanged))),
      "world_moved": .integer(Int64(plan.count(.worldMoved))), "policy_from": from?.json ?? .null,
      // A judgement is kept while the branch rests: what it accepted belongs to the record that moved the policy.
      "accepted": .array(judged.judgement.pin == from ? [] : judged.judgement.accepted.map(\.json)),
    ]
    if plan.count(.repair) > 0 { body["repair"] = .integer(Int64(plan.count(.repair))) }
    if from == nil, let root = judged.trustRoot { body["trust_root"] = .string(root) }
    if judged.judgement.pin != from {
      body["impacts"] = json(grounds.impacts)
      let said = judged.judgement.passedOver
      if !said.isEmpty { body["approvals"] = .array(said.map(\.json)) }
      if let series = judged.judgement.formerTrees.series { body["series"] = series.json }
    }
    // Members about holds stand only where there are some, so that other records stay as they always were.
    let waiting = gate.waiting.map(\.hold.cause).filter { $0 != .limits }
    if !waiting.isEmpty { body["waiting"] = .array(waiting.map { .string($0.rawValue) }) }
    if !gate.passages.isEmpty { body["let_through"] = .array(gate.passages.map(\.json)) }
    if let holds { body["holds"] = holds.json }
    let isDecision = judged.judgement.pin != from || !gate.passages.isEmpty
    if isDecision, let log = grounds.log { body["approvals_log"] = .string(log) }
    return AuditDraft(isDecision: isDecision, body: body)
  }

  /// Somebody has looked at a change that took effect without its review.
  static func closed(_ one: ReviewCase, by said: SignedStatement, pin: PolicyPin, at now: Instant) -> AuditDraft {
    AuditDraft(
      isDecision: true,
      body: [
        "type": "review", "at": .string(now.description), "policy": pin.json, "case": one.json,
        "approvals": .array([said.json]),
      ])
  }

  /// A plan that waits because it changes too much.
  static func held(_ held: HeldPlan, holds: HoldBook?) -> AuditDraft {
    var body: [String: JSONValue] = [
      "type": "held", "at": .string(held.plan.now.description), "plan": held.plan.header,
      "hold": held.waiting.hold.json, "radius": held.radius.json,
      "excess": .array(
        held.excess.map {
          [
            "period": .string($0.period), "measure": .string($0.measure), "value": .integer($0.value),
            "limit": .integer($0.limit),
          ]
        }),
    ]
    if let holds { body["holds"] = holds.json }
    return AuditDraft(isDecision: true, body: body)
  }

  static func refusal(
    _ refused: RefusedHead, pin: PolicyPin?, _ grounds: Grounds, now: Instant
  ) -> AuditDraft {
    var body: [String: JSONValue] = [
      "type": "refusal", "at": .string(now.description), "commit": .string(refused.commit.id),
      "summary": .string(refused.commit.summary), "policy": pin?.json ?? .null,
      "reasons": .array(refused.reasons.map(json)),
    ]
    body["impacts"] = json(grounds.impacts)
    if let log = grounds.log { body["approvals_log"] = .string(log) }
    if !refused.statements.isEmpty { body["approvals"] = .array(refused.statements.map(\.json)) }
    return AuditDraft(isDecision: true, body: body)
  }

  /// Nil where no verdict depended on an impact, so that such records stay as they always were.
  private static func json(_ impacts: [ChangeSpan: [String: Int64]]) -> JSONValue? {
    if impacts.isEmpty { return nil }
    return .array(
      impacts.sorted { ($0.key.from, $0.key.to) < ($1.key.from, $1.key.to) }.map { span, measures in
        [
          "from": .string(span.from), "to": .string(span.to),
          "measures": .object(measures.mapValues { .integer($0) }),
        ]
      })
  }

  private static func json(_ reason: Diagnostic) -> JSONValue {
    [
      "id": .string(reason.id), "message": .string(reason.message), "hint": JSONValue(reason.hint),
      "place": JSONValue(reason.location?.description),
    ]
  }
}
