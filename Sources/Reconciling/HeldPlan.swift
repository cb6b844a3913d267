import Approvals
public import DesiredState
public import Operations
public import Planning

/// A plan that changes more than the Repository's limits allow: it waits until somebody changes them, or the world.
///
/// A source that vanished, or a policy with a slip of the pen, would change nearly everything at once.
public struct HeldPlan: Sendable {
  public let plan: Plan
  public let radius: BlastRadius
  /// What goes too far; never empty.
  public let excess: [BlastLimits.Excess]

  /// Nil for a plan that may be applied. The limits are those of the policy that the plan is made with: only a change of
  /// governance alters them, and one that was accepted may. The first plan of a store has nothing to change yet.
  public init?(_ plan: Plan, _ judged: JudgedPolicy, stored: StoredState) {
    let limits = BlastLimits(judged.state)
    guard limits.isLimiting, stored.pin != nil else { return nil }
    radius = Plan.blastRadius(of: judged.enforced(plan))
    let before = stored.spent.flatMap { $0.hour == plan.now.hour ? $0.radius : nil } ?? BlastRadius()
    excess = limits.excess(of: radius, after: before)
    guard !excess.isEmpty else { return nil }
    self.plan = plan
  }

  /// What the plans of the hour will have changed with these actions; nil where nothing limits them.
  static func spent(
    by actions: [Action], _ judged: JudgedPolicy, stored: StoredState, at now: Instant
  ) -> HourlyRadius? {
    guard BlastLimits(judged.state).isLimiting, stored.pin != nil, !actions.isEmpty else { return nil }
    let before = stored.spent.flatMap { $0.hour == now.hour ? $0.radius : nil } ?? BlastRadius()
    return HourlyRadius(hour: now.hour, radius: before + Plan.blastRadius(of: actions))
  }

  /// What is held, so that it is recorded once.
  var mark: String {
    "held \(plan.policy.commit) " + excess.map { "\($0.period) \($0.measure)" }.joined(separator: ", ")
  }

  /// What to do about it.
  public var trouble: Trouble {
    let words = excess.map { one in
      "\(one.measure) \(one.value), and \(one.period) allows \(one.limit)"
    }
    return Trouble(
      .needsPerson,
      "the plan under \(plan.policy.commit.prefix(10)) changes too much and waits: " + words.joined(separator: "; "),
      hint:
        "look at it with 'purser plan'; if it is meant, raise the Repository's limits in a commit of its own, and if it "
        + "is not, revert the change or look for what became of the source")
  }
}

extension JudgedPolicy {
  /// The same branch, seen as if what was accepted since were not there; nil where nothing was.
  func withoutChange(from pin: PolicyPin?) -> JudgedPolicy? {
    guard let pin, pin != judgement.pin, let previous else { return nil }
    return JudgedPolicy(
      judgement: Judgement(pin: pin, accepted: [], refused: nil), state: previous, previous: previous)
  }
}
