import AuditTrail
import Digest
import Git
import Operations
import TestSupport

@testable import ActualState

let testKey = PrivateKey(seed: Array(repeating: 7, count: 32))
let otherKey = PrivateKey(seed: Array(repeating: 8, count: 32))

/// What a test crashes with.
struct Crash: Error {}

func instant(_ text: String) -> Instant { Instant(text) ?? .distantPast }

extension Instant {
  static let morning = instant("2026-11-24T08:00:00Z")
}

/// Bodies as the reconciler writes them, with what the trail reads of them.
enum Body {
  static let root = String(repeating: "a", count: 40)
  static let next = String(repeating: "b", count: 40)
  static let tree = String(repeating: "c", count: 40)

  static func apply(at: Instant = .morning, from: String?, to: String, accepted: [JSONValue] = []) -> AuditDraft {
    let before = from.map { PolicyPin(commit: $0, tree: tree, version: 1).json } ?? .null
    let plan: JSONValue = [
      "policy": PolicyPin(commit: to, tree: tree, version: 1).json, "snapshot_version": 1,
      "now": .string(at.description),
    ]
    return AuditDraft(
      isDecision: from != to,
      body: [
        "type": "apply", "at": .string(at.description), "plan": plan, "plan_digest": .string("\(to.prefix(4))-\(at)"),
        "counts": ["claim": 2, "publish": 3], "rows": [], "rows_total": 5, "policy_from": before,
        "accepted": .array(accepted),
      ])
  }

  static func refusal(at: Instant = .morning) -> AuditDraft {
    AuditDraft(
      isDecision: true,
      body: [
        "type": "refusal", "at": .string(at.description), "commit": .string(next), "summary": "More for us",
        "policy": PolicyPin(commit: root, tree: tree, version: 1).json,
        "reasons": [["id": "approval.unsigned", "message": "it is not signed"]],
      ])
  }

  static func revert(of commit: String) -> JSONValue {
    [
      "commit": .string(next), "summary": "Revert \u{22}More\u{22}\n\nRecords: 1-99", "authors": ["anna"],
      "rules": ["start"], "version": 1, "reverts": [.string(commit)],
    ]
  }
}

/// An audit branch in memory that can crash before or after a step, or be moved by another.
final class MemoryTarget: AuditTarget {
  enum Step: CaseIterable { case beforeWrite, afterWrite, beforeMove, afterMove }

  var head: String?
  var commits: [String: AuditCommit] = [:]
  var crash: Step?
  var beforeMove: () throws -> Void = {}

  private func pass(_ step: Step) throws {
    guard crash == step else { return }
    crash = nil
    throw Crash()
  }

  func auditHead() throws -> String? { head }

  func write(_ commit: AuditCommit, parent: String?, key: PrivateKey) throws -> String {
    try pass(.beforeWrite)
    let id = SHA256Digest(of: "\(parent ?? "")\(commit.path)\(commit.message)\(commit.content.hex)").description
    commits[id] = commit
    try pass(.afterWrite)
    return id
  }

  func moveAuditBranch(to commit: String, expecting expected: String?) throws {
    try pass(.beforeMove)
    try beforeMove()
    guard head == expected else { throw AuditBranchMoved() }
    head = commit
    try pass(.afterMove)
  }
}

extension AuditPublisher {
  func publish(_ store: some Store, to target: some AuditTarget, now: Instant = .morning, flush: Bool = false) throws
    -> [String]
  {
    try publish(store: store, source: target, now: now, flush: flush, checkpointEvery: .hour)
  }
}

extension InMemoryStore {
  /// Alters a row behind the store's back.
  func replace(_ record: AuditRecord) {
    state.records[record.sequence] = record
  }
}

func target(in folder: String) throws -> PolicySourceTarget {
  PolicySourceTarget(try PolicySource(address: folder, mirrorPath: ""))
}
