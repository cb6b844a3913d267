import Approvals
import DesiredState
import Operations
import Planning

/// Items that a plan of what was touched should have planned and did not.
///
/// A plan is a function of the policy, the snapshot and the hour, and leaves nothing to do. So whatever the world as it is
/// would have asked for at the moment of the last full plan, of items that nothing has touched since they were planned, was
/// missed then, and no passing of time explains it. It is put right by the full plan that finds it; that it came to this is
/// a fault of Purser and must not go unheard.
struct MissedItems {
  /// In byte order.
  let items: [SKU]

  /// - Parameter snapshot: of every item; another says nothing.
  init(on snapshot: Snapshot, _ judged: JudgedPolicy, stored: StoredState) {
    let (pin, state) = (judged.judgement.pin, judged.state)
    // What waits for people is left over by every plan, and another policy asks for something else.
    guard snapshot.scope == .all, let last = stored.fullPlanAt, stored.pin == pin, stored.holds.open.isEmpty else {
      items = []
      return
    }
    let plan = Plan(
      policy: Policy(state, at: last), pin: pin, previous: nil, policyChanged: false, snapshot: snapshot, now: last)
    // What concerns everything has not been decided yet for the new hour, and would explain anything.
    let concernsAll = plan.actions.contains { planned in
      if case .setSupplier = planned.action { false } else { planned.action.sku == nil }
    }
    let missed = plan.actions.lazy.filter { planned in
      state.mode(of: planned.action.domain) == .enforce
        && planned.action.sku.map { !snapshot.touched.contains($0) } ?? false
    }
    items = concernsAll ? [] : Set(missed.compactMap(\.action.sku)).sorted()
  }

  /// What is said of it.
  var trouble: Trouble? {
    guard !items.isEmpty else { return nil }
    let names = items.prefix(5).map(\.rawValue).joined(separator: ", ") + (items.count > 5 ? ", …" : "")
    return Trouble(
      .needsPerson,
      "the full plan found \(items.count == 1 ? "an item" : "\(items.count) items") to put right that nothing had touched "
        + "since the plan before: \(names)",
      hint:
        "it is corrected now, but an earlier plan should have done it; please report this as a bug in Purser"
    )
  }
}
