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
  func checkAge(_ source: PolicySource, _ configuration: DaemonConfiguration) throws {
    let key = configuration.auditKey.publicKey
    guard let head = try source.repository.head(ofBranch: "audit"),
      let known = try lastAuditBatch().flatMap({ $0.commit ?? $0.parent }),
      head.description != known, let start = ObjectID(known),
      let line = try? source.repository.firstParentLine(from: start, to: head), !line.isEmpty
    else { return }
    // What others pushed behind them takes nothing away from what these prove.
    let signed = line.prefix { commit in
      guard let found = try? source.repository.signature(of: commit),
        let signature = SSHSignature(armoured: found.armoured)
      else { return false }
      return signature.key == key && signature.isValid(for: found.payload)
    }
    let mine = try auditHead().sequence
    guard let newest = signed.last,
      let last = try? AuditCommit.read(newest, in: source.repository).records.last, last.sequence > mine
    else { return }
    throw Trouble(
      .needsPerson,
      "the store is older than the audit branch: it ends with record \(mine), and record \(last.sequence), signed with"
        + " this daemon's audit key, is at \(newest)",
      hint:
        "nothing is judged or applied until you restore the newest copy of the store. If there is none, start a new one where"
        + " the trail ends: \(configuration.restoring(as: configuration.storePath + ".new")). Do not move the audit branch:"
        + " its records prove what was applied after this copy was made")
  }
}

extension DaemonConfiguration {
  /// The command that begins a new store where the trail ends.
  func restoring(as storePath: String) -> String {
    "purser restore --repo \(Repository.shown(repository).quotedForShell) --store \(storePath.quotedForShell)"
      + (branch == "main" ? "" : " --branch \(branch.quotedForShell)")
  }
}
