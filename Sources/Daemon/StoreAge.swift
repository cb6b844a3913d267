import ActualState
import AuditTrail
import Digest
import Git
import Operations
import Reconciling

extension Store {
  /// A store that was put back from a backup names a policy, and knows of trade, that are no more: nothing may be judged by
  /// it, or applied. Every record is written here before git has it, so that git never has more of them.
  ///
  /// The remote is not asked again: while it is away trade goes on by what was fetched last.
  /// Only commits that bear the audit key say so: whoever else writes to the branch must not stop anything.
  /// - Throws: `Trouble` where this store is behind the audit branch.
  func checkAge(_ source: PolicySource, key: PublicKey) throws {
    guard let head = try source.repository.head(ofBranch: "audit"),
      let known = try lastAuditBatch().flatMap({ $0.commit ?? $0.parent }),
      head.description != known, let start = ObjectID(known),
      let line = try? source.repository.firstParentLine(from: start, to: head), !line.isEmpty
    else { return }
    for commit in line {
      guard let found = try? source.repository.signature(of: commit),
        let signature = SSHSignature(armoured: found.armoured), signature.key == key,
        signature.isValid(for: found.payload)
      else { return }
    }
    let mine = try auditHead().sequence
    guard let last = try? AuditCommit.read(head, in: source.repository).records.last, last.sequence > mine else {
      return
    }
    throw Trouble(
      .needsPerson,
      "the store is older than the audit branch: it ends with record \(mine), and record \(last.sequence), signed with"
        + " this daemon's audit key, is at \(head)",
      hint:
        "nothing is judged or applied until you restore the newest copy of the store. Do not move the audit branch: its"
        + " records prove what was applied after this copy was made")
  }
}
