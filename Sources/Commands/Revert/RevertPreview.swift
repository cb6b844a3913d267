import ActualState
import Approvals
import AuditTrail
import Daemon
import DesiredState
import DesiredStateFiles
import Diagnostics
import Git
import Operations
import Planning
import Reconciling
import SQLiteStore

/// What a revert would do as things are now, held against what the change did when it took effect.
struct RevertPreview {
  /// The plan with the change taken back.
  let after: Plan
  /// What that plan does to what stands now.
  let impact: Impact
  /// Nil where the store has no record of the change.
  let restoration: Restoration?

  /// - Parameter storePath: only read.
  init(_ revert: Revert, storePath: String, in repository: Repository, at now: Instant) throws {
    let store = try SQLiteStore(path: storePath, mode: .readOnly)
    let loader = StateLoader(repository: repository)
    let reverted = try Self.pin(revert, version: store.pin()?.version ?? 1)
    self = try store.reading {
      let stored = try store.storedState()
      guard let pin = stored.pin, let commit = ObjectID(pin.commit) else {
        throw Diagnostic(
          "revert.no_policy", "no policy is in force in '\(storePath)'", hint: "run 'purser run --once' first")
      }
      let snapshot = try Snapshot(of: store, at: now)
      let inForce = try loader.load(commit).state
      func plan(_ pin: PolicyPin, _ state: DesiredState) -> Plan {
        let judged = JudgedPolicy(judgement: Judgement(pin: pin, accepted: []), state: state, previous: inForce)
        return Plan(
          PreparedPolicy(state, commit: pin.commit, at: now), judged, stored: stored, snapshot: snapshot, now: now)
      }
      let before = plan(pin, inForce)
      let after = plan(reverted, try loader.load(tree: revert.tree).state)
      let impact = Impact(snapshot, before: nil, after: after)
      let change = try store.recordedChange(of: revert.change.id.description) { domain, policy in
        try ObjectID(policy.commit).map { try loader.load($0).state.mode(of: domain) == .enforce } ?? true
      }
      guard let change else {
        return Self(after: after, impact: impact, restoration: nil)
      }
      return Self(
        after: after, impact: impact,
        restoration: try Restoration(of: change, before: before, after: after) { order, line in
          try store.line(order, line).map {
            Restoration.LineFate(cancelled: $0.cancelled, shipped: $0.shipped, open: $0.open)
          }
        })
    }
  }

  private init(after: Plan, impact: Impact, restoration: Restoration?) {
    self.after = after
    self.impact = impact
    self.restoration = restoration
  }

  /// What a plan calls the policy of a commit that is not made yet: by the change that it takes back.
  private static func pin(_ revert: Revert, version: Int64) -> PolicyPin {
    PolicyPin(commit: "revert of \(revert.change.id)", tree: revert.tree.description, version: version)
  }
}
