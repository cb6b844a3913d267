import Approvals
public import DesiredState
import Git
public import Operations
public import Planning
public import Reconciling
public import Reports
public import Verification

extension PlanWait {
  /// What of a plan would not be done by itself if its policy took effect now, with what the plans of this hour have changed
  /// already: what the next cycle would hold.
  /// - Parameters:
  ///   - plan: of everything, for a policy that nobody needs to have accepted.
  ///   - state: that policy.
  ///   - previous: what is in force.
  public static func foreseen(
    _ plan: Plan, _ state: DesiredState, inPlaceOf previous: DesiredState?, stored: StoredState
  ) -> [PlanWait] {
    let judgement = Judgement(pin: plan.policy, accepted: [])
    let judged = JudgedPolicy(judgement: judgement, state: state, previous: previous)
    return all(of: Gate(plan, judged, stored: stored, book: stored.holds), state, stored: stored)
  }

  /// The same of a change that nobody has merged yet.
  /// - Parameter snapshot: of all items.
  public static func foreseen(
    _ proposed: ProposedChange, stored: StoredState, on snapshot: Snapshot, at now: Instant
  ) -> [PlanWait] {
    let state = proposed.change.after
    let pin = PolicyPin(commit: proposed.head.description, tree: proposed.tree.description, version: 0)
    let plan = Plan(policy: Policy(state, at: now), pin: pin, insteadOf: nil, snapshot: snapshot, now: now)
    return foreseen(plan, state, inPlaceOf: proposed.change.before, stored: stored)
  }

  /// What a gate lets wait, or passes by.
  /// - Parameters:
  ///   - state: the policy of its plan.
  ///   - stored: what the store says, with the holds that it knows.
  public static func all(of gate: Gate, _ state: DesiredState, stored: StoredState) -> [PlanWait] {
    let waiting = gate.waiting.map { one in
      let hold = stored.holds.open.contains(one.hold) ? one.hold.number : nil
      let slots = one.review.requirement.slots
      guard let domain = Domain.allCases.first(where: { $0.cause == one.hold.cause }) else {
        return PlanWait(
          .limits(one.excess), measures: one.measures, slots: slots, at: one.excess.map(\.location), hold: hold)
      }
      return PlanWait(
        .proposed(domain), measures: one.measures, slots: slots, at: [state.modeLocation(of: domain)].compactMap { $0 },
        hold: hold)
    }
    let observed = gate.observedMeasures
    return waiting
      + Domain.allCases.compactMap { domain in
        observed[domain].map {
          PlanWait(
            .observed(domain), measures: $0, slots: RoleSlots(),
            at: [state.modeLocation(of: domain)].compactMap { $0 })
        }
      }
  }
}
