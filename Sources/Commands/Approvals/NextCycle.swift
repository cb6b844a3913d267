import Approvals
import Daemon
import Git
import Planning
import Reconciling
import Reports

/// What the next cycle makes of the branch as it is: which commits it accepts, and what of their plan it does not do by
/// itself.
struct NextCycle {
  private let accepted: Set<String>
  /// What of the plan of all that is accepted waits, or is never done.
  private let waits: [PlanWait]

  /// Nil without a store, and where nothing can be planned.
  init?(_ desk: ReviewDesk) throws {
    guard let stored = desk.stored, let snapshot = desk.snapshot else { return nil }
    let judged = try desk.judged(on: snapshot, stored)
    accepted = Set(judged.judgement.accepted.map(\.commit.id))
    guard judged.faults.isEmpty, let first = Gate.all(judged, stored: stored, snapshot: snapshot, now: desk.now).first
    else { return nil }
    waits = PlanWait.all(of: first.gate, judged.state, stored: stored)
  }

  /// What waits with a commit of the branch; nil for one that the cycle does not accept.
  func waits(with commit: ObjectID) -> [PlanWait]? { accepted.contains(commit.description) ? waits : nil }
}

extension ReviewDesk {
  /// What of the plan would wait, or never be done, if a change that nobody has merged were in force; empty without a
  /// store.
  func foreseen(_ reviewed: Reviewed) -> [PlanWait] {
    guard let stored, let snapshot, reviewed.impact != nil else { return [] }
    return PlanWait.foreseen(reviewed.proposed, stored: stored, on: snapshot, at: now)
  }
}
