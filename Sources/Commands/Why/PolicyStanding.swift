import ActualState
import DesiredState
import Operations

/// Whether what the policy asks for is done: the commit in force, the mode, what waits for people, and what was refused.
struct PolicyStanding {
  /// The policy in force; nil before the first cycle.
  let commit: String?
  let mode: Mode
  /// What holds the plans of allocation.
  let hold: Hold?
  /// The newest commit, where it does not take effect, and why.
  let refused: (commit: String, reasons: [String])?

  init(_ store: some Store, _ state: DesiredState, _ now: Instant) throws {
    let commit = try store.pin()?.commit
    self.commit = commit
    mode = state.mode(of: .allocation)
    hold = try store.holds().open.first { one in
      (one.cause == .limits || one.cause == .allocation) && one.policy == commit
    }
    refused = try Self.refused(store)
  }

  /// The mark of what was refused last tells whether it still is; its record says why.
  private static func refused(_ store: some Store) throws -> (commit: String, reasons: [String])? {
    let last = try store.lastDecision()
    guard let mark = try store.value(.refused), last > 0, let record = try store.auditRecords(last...last).first,
      record.json["type"]?.string == "refusal", let commit = record.json["commit"]?.string, mark.hasPrefix(commit)
    else { return nil }
    return (commit, (record.json["reasons"]?.array ?? []).compactMap { $0["message"]?.string })
  }
}
