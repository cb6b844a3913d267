import Approvals
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import Reconciling

/// Only the daemon may extend the audit branch. It is known by its signature: whoever pushes, every commit must be signed
/// with the audit key that the policy in force names, follow the head, and carry records that continue the chain.
extension PushGate {
  /// - Parameter policyHead: the end of the policy branch with this push.
  func auditReasons(from old: ObjectID?, to new: ObjectID, policyHead: ObjectID?) throws -> [Diagnostic] {
    guard let line = try repository.firstParentLine(from: old, to: new) else { return [] }
    do {
      var chain = try old.map(chain(after:)) ?? RecordChain()
      var keys = try keysInForce(at: old, policyHead: policyHead)
      for commit in line {
        for record in try records(in: commit) {
          try chain.append(record)
          if let key = try keyBrought(by: record.facts, notIn: keys) { keys.append(key) }
        }
        let key = try signer(of: commit)
        guard keys.contains(key) else {
          let named = Set(keys.map(\.fingerprint)).sorted().joined(separator: " or ")
          throw BrokenLink(
            "key",
            "it is signed by \(key.fingerprint), but the audit key in force is \(named.isEmpty ? "not set" : named)")
        }
        // The commit that brings a new key may bear either; the next only the new one.
        keys = keys.suffix(1)
      }
      return []
    } catch let link as BrokenLink {
      return [refusal(link.message)]
    } catch let problem as AuditCommitProblem {
      return [refusal("it \(problem.found)")]
    } catch let problem as AuditRecordProblem {
      return [refusal("record \(problem.sequence) \(problem.problem)")]
    }
  }

  private func signer(of commit: ObjectID) throws -> PublicKey {
    guard let found = try repository.signature(of: commit) else { throw BrokenLink("unsigned", "it is not signed") }
    guard let seal = SSHSignature(armoured: found.armoured), seal.isValid(for: found.payload) else {
      throw BrokenLink("signature", "its signature is invalid")
    }
    return seal.key
  }

  private func records(in commit: ObjectID) throws -> [RecordText] {
    try RecordFile(try AuditCommit.file(of: commit, in: repository).content).records
  }

  private func chain(after head: ObjectID) throws -> RecordChain {
    guard let last = try records(in: head).last else { return RecordChain() }
    return try RecordChain(after: last)
  }

  /// The audit key that the policy in force at the end of the audit branch names; before its first commit, that of the
  /// first commit of the policy branch.
  private func keysInForce(at audit: ObjectID?, policyHead: ObjectID?) throws -> [PublicKey] {
    if let pin = try audit.flatMap(policyInForce(at:)) {
      return [try history.desiredState(at: pin).auditKey].compactMap { $0 }
    }
    guard let policyHead else { return [] }
    let root = try repository.firstParentLine(from: nil, to: policyHead)?.first ?? policyHead
    return [try history.judge(pin: nil, head: root, trustRoot: settings.trustRoot).state.auditKey].compactMap { $0 }
  }

  /// A key that the policy of a record names and the one before it did not. It counts only if that policy follows by the
  /// rules in git's history: otherwise whoever proposes a policy could name a key of their own.
  private func keyBrought(by facts: RecordFacts, notIn keys: [PublicKey]) throws -> PublicKey? {
    guard facts.isPlan, let pin = facts.policy, pin != facts.policyBefore else { return nil }
    guard let commit = ObjectID(pin.commit), repository.contains(commit) else {
      throw BrokenLink("policy", "its policy, \(pin.commit), is not in this repository")
    }
    guard let key = try history.desiredState(at: pin).auditKey, !keys.contains(key) else { return nil }
    let judged = try history.judge(pin: try policyInForce(), head: commit, trustRoot: settings.trustRoot)
    return judged.judgement.pin == pin ? key : nil
  }

  private func refusal(_ found: String) -> Diagnostic {
    Diagnostic(
      "push.audit", "only Purser's daemon writes the audit branch: \(found)",
      hint:
        "omit the branch from the push; for a daemon with a different key, set 'audit_key' in state/purser.yaml")
  }
}
